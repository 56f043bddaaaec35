# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: A002, ARG002, RET503, RUF012  # signatures and idioms are MicroPython's
"""The board's ``machine``: its power, clocks and watchdog; ``_parts`` has what has pins.

``reset``, ``deepsleep`` and a hungry watchdog really end this process: the host side kills it
and starts the next one, with the same flash and RTC memory.  Constants as in the esp32 port.
"""

from struct import pack, unpack

import _link
import _ops
from _parts import ADC, I2C, PWM, Pin, SoftI2C  # noqa: F401

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

PIN_WAKE = 2
EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4

SLEEP = 2
DEEPSLEEP = 4

_RTC_BYTES = 2048  # MICROPY_HW_RTC_USER_MEM_MAX

_cause, _reason = _link.boot[0], _link.boot[1]
_hz = 160000000


def reset_cause():
    return _cause


def wake_reason():
    return _reason


def reset():
    _link.call(_ops.RESET, bytes([HARD_RESET]))


def soft_reset():
    _link.call(_ops.RESET, bytes([SOFT_RESET]))


def deepsleep(time_ms=None):
    _link.call(_ops.DEEP_SLEEP, pack("<I", _ops.FOREVER if time_ms is None else time_ms))


def lightsleep(time_ms=None):
    global _reason
    _reason = _link.light_sleep(_ops.FOREVER if time_ms is None else time_ms)


def idle():
    _link.advance(1000)


def freq(hz=None):
    global _hz
    if hz is None:
        return _hz
    if hz not in (20000000, 40000000, 80000000, 160000000, 240000000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _hz = hz
    _link.send(_ops.FREQ, pack("<I", hz))


def unique_id():
    return b"\x34\x85\x18\x00\x5e\x01"


def disable_irq():
    return 0


def enable_irq(state):
    pass


class WDT:
    """A watchdog: the host side's clock decides, and it cannot be stopped."""

    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        _link.send(_ops.WDT_START, pack("<I", timeout))

    def feed(self):
        _link.send(_ops.WDT_FEED)


class RTC:
    """Memory that outlives resets and deep sleep, not the loss of power."""

    _kept = _link.boot[18:]

    def memory(self, data=None):
        if data is None:
            return RTC._kept
        if len(data) > _RTC_BYTES:
            raise ValueError("buffer too long")
        RTC._kept = bytes(data)
        _link.send(_ops.RTC_MEMORY, RTC._kept)


class Timer:
    """A timer; its callback runs between two instructions of the firmware."""

    ONE_SHOT = 0
    PERIODIC = 1

    _running = {}

    def __init__(self, id, **settings):
        if id < 0:
            raise ValueError("invalid Timer number")
        self._id = id
        if settings:
            self.init(**settings)

    def init(self, *, mode=1, period=-1, freq=-1, callback=None, hard=False):
        self._ms = round(1000 / freq) if freq != -1 else period
        self._mode = mode
        self._callback = callback
        self._running[self._id] = self
        _link.send(_ops.TIMER, pack("<BI", self._id, max(1, self._ms)))

    def deinit(self):
        self._running.pop(self._id, None)
        _link.send(_ops.TIMER, pack("<BI", self._id, 0))

    @classmethod
    def _on_timer(cls, payload):
        timer = cls._running.get(payload[0])
        if timer is None:
            return
        if timer._mode == cls.PERIODIC:
            _link.send(_ops.TIMER, pack("<BI", timer._id, max(1, timer._ms)))
        else:
            del cls._running[timer._id]
        if timer._callback:
            _link.run_handler(timer._callback, timer)


_link.on(_ops.EV_TIMER, Timer._on_timer)


class _Words:
    """Memory of the chip by address, as far as the host side has it."""

    def __getitem__(self, address):
        return unpack("<I", _link.call(_ops.MEM_GET, pack("<I", address)))[0]

    def __setitem__(self, address, word):
        pass


mem32 = _Words()
