# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: A001, A002, ARG002, RET503, RUF012  # signatures and idioms are MicroPython's
"""Parts of the board that have pins: ``Pin``, ``PWM``, ``ADC``, ``I2C``.

The devices behind them live on the host side.  Constants as in MicroPython's esp32 port.
"""

from struct import pack, unpack

import _link
import _ops

_EIO = 5


class Pin:
    """A pin by its GPIO number; every object of one number is the same pin."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5

    _handlers = {}
    _outputs = {}

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=0, hold=None):
        if isinstance(id, Pin):
            id = id.id
        if not isinstance(id, int) or not 0 <= id < 64:
            raise ValueError("invalid pin")
        self.id = id
        if mode != -1 or pull not in (-1, None):
            self.init(mode, pull, value=value)
        elif value is not None:
            self.value(value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=0, hold=None):
        if value is not None:
            self.value(value)
        is_output = mode in (self.OUT, self.OPEN_DRAIN)
        if is_output:
            self._outputs.setdefault(self.id, 0)
        else:
            self._outputs.pop(self.id, None)
        pull = 0 if pull in (-1, None) else pull
        _link.send(_ops.PIN_MODE, pack("<BBB", self.id, 1 if is_output else 0, pull))

    def value(self, level=None):
        if level is None:
            return _link.call(_ops.PIN_GET, bytes([self.id]))[0]
        level = 1 if level else 0
        self._outputs[self.id] = level
        _link.send(_ops.PIN_SET, bytes([self.id, level]))

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=3, *, priority=1, wake=None, hard=False):
        if trigger in (self.WAKE_LOW, self.WAKE_HIGH):
            if wake is None:
                raise ValueError("bad wake value")
            level = 1 if trigger == self.WAKE_HIGH else 0
            _link.send(_ops.WAKE_ON, bytes([2, level, self.id]))
            return self
        self._handlers[self.id] = handler
        _link.send(_ops.PIN_IRQ, bytes([self.id, trigger if handler else 0]))
        return self

    @classmethod
    def _on_edge(cls, payload):
        handler = cls._handlers.get(payload[0])
        if handler:
            _link.run_handler(handler, cls(payload[0]))


_link.on(_ops.EV_PIN, Pin._on_edge)


class PWM:
    """Pulses on a pin; the host side keeps a log of every change."""

    def __init__(self, dest, *, freq=5000, duty_u16=None, duty=None, duty_ns=None, invert=0):
        self._pin = dest if isinstance(dest, Pin) else Pin(dest)
        self._hz = freq
        # Without a duty the esp32 port starts at one half: a motor would run.
        self._duty = 32768
        if duty is not None:
            duty_u16 = duty << 6
        self.duty_u16(32768 if duty_u16 is None else duty_u16)

    def init(self, *, freq=None, duty_u16=None):
        if freq is not None:
            self.freq(freq)
        if duty_u16 is not None:
            self.duty_u16(duty_u16)

    def freq(self, hz=None):
        if hz is None:
            return self._hz
        self._hz = hz
        self._tell()

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        if not 0 <= duty <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        self._duty = duty
        self._tell()

    def duty(self, duty=None):
        if duty is None:
            return self._duty >> 6
        self.duty_u16(duty << 6)

    def deinit(self):
        self._duty = 0
        self._tell()

    def _tell(self):
        _link.send(_ops.PWM, pack("<BHI", self._pin.id, self._duty, self._hz))


class ADC:
    """A voltage on a pin."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    _FULL_UV = 3300000

    def __init__(self, pin, *, atten=3):
        self._pin = pin if isinstance(pin, Pin) else Pin(pin)

    def atten(self, atten):
        pass

    def width(self, bits):
        pass

    def read_uv(self):
        return unpack("<I", _link.call(_ops.ADC_READ, bytes([self._pin.id])))[0]

    def read_u16(self):
        return min(65535, self.read_uv() * 65535 // self._FULL_UV)


class I2C:
    """A bus whose devices answer on the host side; what they raise is raised here."""

    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        self._id = 0 if id == -1 else id

    def init(self, **settings):
        pass

    def scan(self):
        return list(_link.call(_ops.I2C_SCAN, bytes([self._id])))

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        head = pack("<BBHH", self._id, addr, memaddr, len(buf))
        reply = _link.call(_ops.I2C_READ, head)
        if reply[0]:
            raise OSError(reply[0])
        if len(reply) - 1 != len(buf):
            raise OSError(_EIO)
        buf[:] = memoryview(reply)[1:]

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        data = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, data)
        return bytes(data)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        head = pack("<BBH", self._id, addr, memaddr)
        reply = _link.call(_ops.I2C_WRITE, head + bytes(buf))
        if reply[0]:
            raise OSError(reply[0])


class SoftI2C(I2C):
    """The same bus, driven by hand."""

    def __init__(self, scl, sda, *, freq=400000, timeout=50000):
        I2C.__init__(self, 0)
