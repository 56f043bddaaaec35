"""What is soldered to the board, as far as time plays no part: both hosts use it.

Devices on the bus raise ``OSError`` as a bus does; anything else they raise is a fault of the
test, and ends it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

from firmware.rig.shims import _ops as ops

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
EXT0_WAKE, EXT1_WAKE, TIMER_WAKE, GPIO_WAKE = 2, 3, 4, 7

RISING, FALLING = 1, 2
_PULL_UP = 2
_EIO, _ENODEV = 5, 19


Answer = Callable[[bytes], bytes | None]
"""Does what the firmware wants; returns the reply if it waits for one."""


class Bus(Protocol):
    """The devices on an I2C bus, as ``machine.I2C`` would reach them."""

    def readfrom_mem_into(self, addr: int, memaddr: int, buf: bytearray, /) -> None: ...

    def writeto_mem(self, addr: int, memaddr: int, buf: bytes, /) -> None: ...


@runtime_checkable
class _Scannable(Protocol):
    def scan(self) -> list[int]: ...


class NoBus:
    """A bus on which nobody answers."""

    def readfrom_mem_into(self, addr: int, _memaddr: int, _buf: bytearray, /) -> None:
        raise OSError(_ENODEV, f"nobody answers at 0x{addr:02x}")

    def writeto_mem(self, addr: int, _memaddr: int, _buf: bytes, /) -> None:
        raise OSError(_ENODEV, f"nobody answers at 0x{addr:02x}")


class Pulse(NamedTuple):
    """A change of a PWM output; the duty is of 65535."""

    time_s: float
    pin: int
    duty_u16: int
    hz: int


class WakeSource(NamedTuple):
    """Pins that wake the board, and the level at which they do; all of them if ``every``."""

    pins: tuple[int, ...]
    level: int
    every: bool


class ClockCounter:
    """Frees a stuck bus after nine rising edges on its clock line; a watcher of that pin."""

    def __init__(self, recover: Callable[[], None]) -> None:
        self._recover = recover
        self._level = 0
        self._edges = 0

    def __call__(self, level: int) -> None:
        self._edges += level > self._level
        self._level = level
        if self._edges == 9:
            self._edges = 0
            self._recover()


@dataclass
class Hardware:
    """The board's surroundings.

    Args:
        bus: the devices on I2C.
        adc_uv: what each analogue pin reads, in microvolts.
        inputs: what drives an input pin; others rest where their pull holds them.
        words: memory of the chip, for ``machine.mem32``.
        watchers: who is told of each level an output pin is set to.
        now_s: the clock for the log.
        rtc_memory: survives resets, not the loss of power.

    Attributes:
        pulses: every change of a PWM output.
        outputs: the level of each output pin.
        edges: the edges each pin interrupts at.
    """

    bus: Bus = field(default_factory=NoBus)
    adc_uv: dict[int, int] = field(default_factory=dict[int, int])
    inputs: dict[int, Callable[[], int]] = field(default_factory=dict[int, Callable[[], int]])
    words: Mapping[int, Callable[[], int]] = field(default_factory=dict[int, Callable[[], int]])
    watchers: dict[int, Callable[[int], None]] = field(
        default_factory=dict[int, Callable[[int], None]]
    )
    now_s: Callable[[], float] = lambda: 0.0
    rtc_memory: bytes = b""
    pulses: list[Pulse] = field(default_factory=list[Pulse])
    outputs: dict[int, int] = field(default_factory=dict[int, int])
    pulls: dict[int, int] = field(default_factory=dict[int, int])
    edges: dict[int, int] = field(default_factory=dict[int, int])
    wake: dict[int, WakeSource] = field(default_factory=dict[int, WakeSource])
    hz: int = 160_000_000

    def __post_init__(self) -> None:
        self._duties: dict[int, int] = {}
        self._answers: dict[int, Answer] = {
            ops.I2C_READ: self._i2c_read,
            ops.I2C_WRITE: self._i2c_write,
            ops.I2C_SCAN: self._i2c_scan,
            ops.PIN_GET: lambda payload: bytes([self.level(payload[0])]),
            ops.PIN_MODE: self._pin_mode,
            ops.PIN_SET: self._pin_set,
            ops.PIN_IRQ: self._pin_irq,
            ops.PWM: self._pwm,
            ops.ADC_READ: lambda payload: struct.pack("<I", self.adc_uv.get(payload[0], 0)),
            ops.MEM_GET: self._mem_get,
            ops.RTC_MEMORY: self._rtc_memory,
            ops.WAKE_ON: self._wake_on,
            ops.FREQ: self._freq,
        }

    @property
    def answers(self) -> dict[int, Answer]:
        """What to do for each op about what is soldered on: payload in, reply out."""
        return self._answers

    def level(self, pin: int) -> int:
        """What the pin reads: 0 or 1."""
        if pin in self.inputs:
            return self.inputs[pin]()
        if pin in self.outputs:
            return self.outputs[pin]
        return int(self.pulls.get(pin) == _PULL_UP)

    def woken_by(self) -> int | None:
        """The wake reason whose pins have their level now."""
        for reason, (pins, level, every) in self.wake.items():
            quorum = all if every else any
            if pins and quorum(self.level(pin) == level for pin in pins):
                return reason
        return None

    def silence(self) -> None:
        """The firmware ended: outputs float, and a MOSFET's gate is pulled down."""
        for pin, duty in self._duties.items():
            if duty:
                self.pulses.append(Pulse(self.now_s(), pin, 0, 0))
        self._duties.clear()
        self.outputs.clear()
        self.edges.clear()

    def reset(self) -> None:
        """The chip starts anew: pulls and wake sources, which deep sleep keeps, are gone too."""
        self.silence()
        self.pulls.clear()
        self.wake.clear()

    def _i2c_read(self, payload: bytes) -> bytes:
        _, address, register, length = struct.unpack("<BBHH", payload)
        data = bytearray(length)
        try:
            self.bus.readfrom_mem_into(address, register, data)
        except OSError as error:
            return bytes([error.errno or _EIO])
        return b"\0" + data

    def _i2c_write(self, payload: bytes) -> bytes:
        _, address, register = struct.unpack_from("<BBH", payload)
        try:
            self.bus.writeto_mem(address, register, payload[4:])
        except OSError as error:
            return bytes([error.errno or _EIO])
        return b"\0"

    def _i2c_scan(self, _: bytes) -> bytes:
        if isinstance(self.bus, _Scannable):
            return bytes(self.bus.scan())
        return bytes(address for address in range(0x08, 0x78) if self._is_there(address))

    def _is_there(self, address: int) -> bool:
        try:
            self.bus.readfrom_mem_into(address, 0, bytearray(1))
        except OSError:
            return False
        return True

    def _pin_mode(self, payload: bytes) -> None:
        pin, is_output, pull = payload
        self.pulls[pin] = pull
        if is_output:
            self.outputs.setdefault(pin, 0)
        else:
            self.outputs.pop(pin, None)

    def _pin_set(self, payload: bytes) -> None:
        pin, level = payload
        self.outputs[pin] = level
        if pin in self.watchers:
            self.watchers[pin](level)

    def _pin_irq(self, payload: bytes) -> None:
        self.edges[payload[0]] = payload[1]

    def _pwm(self, payload: bytes) -> None:
        pin, duty, hz = struct.unpack("<BHI", payload)
        if self._duties.get(pin) != duty:
            self._duties[pin] = duty
            self.pulses.append(Pulse(self.now_s(), pin, duty, hz))

    def _mem_get(self, payload: bytes) -> bytes:
        (address,) = struct.unpack("<I", payload)
        return struct.pack("<I", self.words[address]() if address in self.words else 0)

    def _rtc_memory(self, payload: bytes) -> None:
        self.rtc_memory = payload

    def _wake_on(self, payload: bytes) -> None:
        reason, level, *pins = payload
        every = reason == EXT1_WAKE and not level
        self.wake[reason] = WakeSource(tuple(pins), level, every)

    def _freq(self, payload: bytes) -> None:
        (self.hz,) = struct.unpack("<I", payload)
