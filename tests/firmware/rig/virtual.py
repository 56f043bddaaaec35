"""A clip in virtual time: the firmware runs, and time passes only while it waits.

Everything happens in one thread, in one order: what the host does, what fails and who presses
the button is a timeline, and a day takes minutes.  The watchdog runs by the same clock, and a
firmware that hangs is left to it.

Limits: Python code and notifications cost no virtual time.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from firmware.rig.hardware import (
    DEEPSLEEP_RESET,
    FALLING,
    PWRON_RESET,
    RISING,
    TIMER_WAKE,
    WDT_RESET,
    Answer,
    Hardware,
)
from firmware.rig.process import PATIENCE_S, Process, Program
from firmware.rig.shims import _ops as ops
from firmware.rig.timeline import NEVER_US, Action, Timeline
from firmware.rig.virtual_host import VirtualHost

_HEAD = struct.Struct("<HB")
_LOOK_AGAIN_US = 30_000_000  # within what an IMU looks ahead


class FirmwareEnded(Exception):
    """The firmware ended, or hangs, and no watchdog watches; what it printed last is told."""


class Imu(Protocol):
    """What has an interrupt line to the board."""

    def int1(self, now_s: float) -> bool | int: ...

    def next_int1_s(self, now_s: float) -> float | None:
        """When it is next raised; ``None``: it is, or will not be for a minute."""
        ...


class Start(NamedTuple):
    """A start of the firmware: when, and what ``machine.reset_cause`` and ``wake_reason`` say."""

    time_s: float
    cause: int
    wake_reason: int


class DeepSleep(NamedTuple):
    """A deep sleep that is over."""

    from_s: float
    to_s: float
    wake_reason: int


@dataclass(slots=True)
class _Wait:
    op: int
    from_us: int
    until_us: int


@dataclass(slots=True)
class _Off:
    from_us: int
    until_us: int
    asleep: bool


class VirtualClip:
    """The clip, its surroundings and its host; use it as a context manager.

    Args:
        program: what runs; the flash folder is kept over all starts.
        hardware: what is soldered to the board.
        imu: what drives ``int1_pin``, if anything.
        ticks_us: where the board's clock stands when it comes on, for clocks that wrap.
        patience_s: of each process.

    Attributes:
        sleep_drift: by which share the board's time of day runs fast in deep sleep, where an
            oscillator without a crystal measures it.
        host: who is in radio range.
        starts: of the firmware, the first included.
        deep_sleeps: that are over.
        light_sleep_us: how long it slept lightly, in all.
        feeds: how often the watchdog was fed.
        messages: how many the firmware sent.
    """

    def __init__(
        self,
        program: Program,
        hardware: Hardware | None = None,
        *,
        imu: Imu | None = None,
        int1_pin: int = -1,
        ticks_us: int = 0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.program = program
        self.hardware = Hardware() if hardware is None else hardware
        self.now_us = 0
        self.starts: list[Start] = []
        self.deep_sleeps: list[DeepSleep] = []
        self.light_sleep_us = 0
        self.feeds = 0
        self.messages = 0
        self.sleep_drift = 0.0
        self._day_ahead_us = 0  # of the board's time of day against virtual time
        self._ticks_us = ticks_us
        self._patience_s = patience_s
        self._imu, self._int1 = imu, int1_pin
        self._timeline = Timeline()
        self._process: Process | None = None
        self._wait: _Wait | None = None
        self._off = _Off(0, 0, asleep=False)
        self._wdt_us, self._wdt_due_us = 0, NEVER_US
        self._told = bytearray()
        self._levels: dict[int, int] = {}
        self._timers: dict[int, int] = {}
        self.host = VirtualHost(self)
        self._answers = self._all_answers()
        self._solder()

    def _solder(self) -> None:
        self.hardware.now_s = lambda: self.now_s
        if hasattr(self.hardware.bus, "clock"):
            self.hardware.bus.clock = lambda: self.now_s  # pyright: ignore[reportAttributeAccessIssue]
        if self._imu is not None:
            imu = self._imu
            self.hardware.inputs[self._int1] = lambda: int(imu.int1(self.now_s))

    def _all_answers(self) -> dict[int, Answer]:
        own: dict[int, Answer] = {
            ops.BOOT: self._on_boot,
            ops.ADVANCE: lambda payload: self._on_wait(ops.ADVANCE, payload, 1),
            ops.LIGHT_SLEEP: self._on_light_sleep,
            ops.DEEP_SLEEP: self._on_deep_sleep,
            ops.RESET: self._on_reset,
            ops.WDT_START: self._on_wdt_start,
            ops.WDT_FEED: self._on_wdt_feed,
            ops.TIMER: self._on_timer,
        }
        return own | self.hardware.answers | self.host.answers()

    # For tests

    @property
    def now_s(self) -> float:
        """Virtual time since the clip was first switched on."""
        return self.now_us / 1e6

    @property
    def running(self) -> bool:
        """Whether the firmware runs: not in deep sleep, not without power."""
        return self._process is not None

    def at(self, time_s: float, action: Action) -> None:
        """Do *action* at that time."""
        self._timeline.at(round(time_s * 1e6), action)

    def set_input(self, pin: int, level: int) -> None:
        """Drive an input pin from now on."""
        self.hardware.inputs[pin] = lambda: level

    def press(self, pin: int, at_s: float, hold_s: float = 0.1) -> None:
        """Press the button between *pin* and ground."""
        self.at(at_s, lambda: self.set_input(pin, 0))
        self.at(at_s + hold_s, lambda: self.set_input(pin, 1))

    def cut_power(self, off_s: float = 1.0) -> None:
        """Take its power for a while, wherever it is: flash stays, RTC memory and time go."""
        self._stop()
        self.hardware.rtc_memory = b""
        self._off = _Off(self.now_us, self.now_us + round(off_s * 1e6), asleep=False)

    def run_for(self, seconds: float) -> None:
        """Let time pass."""
        self.run_until(self.now_s + seconds)

    def run_until(self, time_s: float) -> None:
        """Let time pass up to then; the firmware has done all it does at that time.

        Raises:
            FirmwareEnded: it ended without a watchdog to restart it.
        """
        until_us = round(time_s * 1e6)
        while not self._turn(until_us):
            pass

    def settle(self) -> None:
        """Let the firmware do what it does at this very time."""
        self.run_until(self.now_s)

    def tell(self, op: int, payload: bytes) -> None:
        """Queue an event for the firmware; it hears of it as soon as it waits."""
        if self._process is not None:
            self._told += _HEAD.pack(len(payload), op) + payload

    @property
    def console(self) -> str:
        """What the firmware printed."""
        return self.program.log.read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    # Time

    def _turn(self, until_us: int) -> bool:
        """Take one step; whether *until_us* is reached."""
        if self._process is None:
            return self._stay_off(until_us)
        if self._wait is None:
            self._serve(self._process)
            return False
        return self._let_pass(self._wait, until_us)

    def _let_pass(self, wait: _Wait, until_us: int) -> bool:
        self._go_to(min(wait.until_us, until_us, self._next_us()))
        if self._process is None:
            return False
        if self.now_us >= self._wdt_due_us and wait.op == ops.ADVANCE:
            self._restart(WDT_RESET)
            return False
        if self._over(wait):
            self._resume(wait)
            return False
        return self.now_us >= until_us

    def _over(self, wait: _Wait) -> bool:
        if self.now_us >= wait.until_us:
            return True
        if wait.op == ops.LIGHT_SLEEP:
            return self.hardware.woken_by() is not None
        return bool(self._told)

    def _next_us(self) -> int:
        """When something may happen next; the watchdog rests in light sleep."""
        sleeping = self._wait is None or self._wait.op == ops.LIGHT_SLEEP
        due_us = NEVER_US if sleeping else self._wdt_due_us
        return min(self._timeline.next_us, due_us, self._next_edge_us(sleeping))

    def _next_edge_us(self, sleeping: bool) -> int:
        if self._imu is None or not (sleeping or self.hardware.edges.get(self._int1)):
            return NEVER_US
        next_s = self._imu.next_int1_s(self.now_s)
        if next_s is None:
            return self.now_us + _LOOK_AGAIN_US
        # A time between two microseconds has not come at the first of them.
        return max(self.now_us + 1, math.ceil(next_s * 1e6))

    def _go_to(self, time_us: int) -> None:
        if self._imu is not None and self._levels.get(self._int1) and time_us > self.now_us:
            # Its line may have fallen by itself meanwhile.
            self._levels[self._int1] = int(self._imu.int1((time_us - 1) / 1e6))
        self.now_us = max(self.now_us, time_us)
        self._timeline.run_until(self.now_us)
        self._look_for_edges()

    def _look_for_edges(self) -> None:
        for pin, edges in self.hardware.edges.items():
            level = self.hardware.level(pin)
            before = self._levels.get(pin, level)
            self._levels[pin] = level
            edge = RISING if level else FALLING
            if level != before and edges & edge:
                self.tell(ops.EV_PIN, bytes([pin, level]))

    def _resume(self, wait: _Wait) -> None:
        elapsed_us = self.now_us - wait.from_us
        reply = struct.pack("<I", elapsed_us)
        if wait.op == ops.LIGHT_SLEEP:
            self.light_sleep_us += elapsed_us
            self._wdt_due_us += elapsed_us
            reply += bytes([self.hardware.woken_by() or TIMER_WAKE])
        self._wait = None
        self._reply(wait.op, reply + self._told)
        self._told.clear()

    # The firmware

    def _stay_off(self, until_us: int) -> bool:
        off = self._off
        if off.asleep and (reason := self.hardware.woken_by()) is not None:
            self._wake(reason)
        elif self.now_us >= off.until_us:
            self._wake(TIMER_WAKE)
        elif self.now_us >= until_us:
            return True
        else:
            next_us = min(self._timeline.next_us, self._next_edge_us(sleeping=True))
            self._go_to(min(off.until_us, until_us, next_us))
        return False

    def _wake(self, reason: int) -> None:
        off = self._off
        if not off.asleep:
            self._day_ahead_us = -self.now_us
            self._start(PWRON_RESET, 0)
            return
        self._day_ahead_us += round((self.now_us - off.from_us) * self.sleep_drift)
        self.deep_sleeps.append(DeepSleep(off.from_us / 1e6, self.now_s, reason))
        self._start(DEEPSLEEP_RESET, reason)

    def _start(self, cause: int, wake_reason: int) -> None:
        self.hardware.reset()
        self.starts.append(Start(self.now_s, cause, wake_reason))
        self._process = Process(self.program, self._patience_s)

    def _stop(self) -> None:
        """End the process as the loss of power does."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        self._wait = None
        self._wdt_due_us = NEVER_US
        self._told.clear()
        self._levels.clear()
        self._timers.clear()
        self.host.power_off()
        self.hardware.silence()

    def _restart(self, cause: int) -> None:
        self._stop()
        self._start(cause, 0)

    def _serve(self, process: Process) -> None:
        """Take one message of the firmware and answer it."""
        while (message := process.message()) is None:
            if not process.hear():
                self._give_up()
                return
        op, payload = message
        self.messages += 1
        reply = self._answers[op](payload)
        if reply is not None:
            self._reply(op, reply)

    def _reply(self, op: int, payload: bytes) -> None:
        if self._process is not None:
            self._process.say(op, payload)

    def _give_up(self) -> None:
        """It ended or hangs: nothing runs until the watchdog bites."""
        if self._wdt_due_us == NEVER_US:
            self._stop()
            raise FirmwareEnded("the firmware ended or hangs:\n" + self.console[-3000:])
        due_us = self._wdt_due_us
        while self._timeline.next_us < due_us:
            self._go_to(self._timeline.next_us)
        self._go_to(due_us)
        self._restart(WDT_RESET)

    # What it wants

    def _on_boot(self, _: bytes) -> bytes:
        start = self.starts[-1]
        day_us = self.now_us + self._day_ahead_us
        head = struct.pack("<BBQQ", start.cause, start.wake_reason, self._ticks_us, day_us)
        return head + self.hardware.rtc_memory

    def _on_wait(self, op: int, payload: bytes, scale: int) -> None:
        (amount,) = struct.unpack("<I", payload)
        until_us = NEVER_US if amount == ops.FOREVER else self.now_us + amount * scale
        self._wait = _Wait(op, self.now_us, until_us)
        self._look_for_edges()

    def _on_light_sleep(self, payload: bytes) -> None:
        # The radio does not survive it (micropython issue 6396).
        self.host.disconnect()
        self._on_wait(ops.LIGHT_SLEEP, payload, 1000)

    def _on_deep_sleep(self, payload: bytes) -> None:
        (ms,) = struct.unpack("<I", payload)
        self._stop()
        until_us = NEVER_US if ms == ops.FOREVER else self.now_us + ms * 1000
        self._off = _Off(self.now_us, until_us, asleep=True)

    def _on_reset(self, payload: bytes) -> None:
        self._restart(payload[0])

    def _on_wdt_start(self, payload: bytes) -> None:
        (ms,) = struct.unpack("<I", payload)
        self._wdt_us = ms * 1000
        self._wdt_due_us = self.now_us + self._wdt_us

    def _on_wdt_feed(self, _: bytes) -> None:
        self.feeds += 1
        self._wdt_due_us = self.now_us + self._wdt_us

    def _on_timer(self, payload: bytes) -> None:
        timer, ms = struct.unpack("<BI", payload)
        due_us = self.now_us + ms * 1000 if ms else NEVER_US
        self._timers[timer] = due_us
        if ms:
            self._timeline.at(due_us, lambda: self._ring(timer, due_us))

    def _ring(self, timer: int, due_us: int) -> None:
        # One that was stopped or set anew meanwhile, or of an earlier start, does not ring.
        if self._timers.get(timer) == due_us:
            self.tell(ops.EV_TIMER, bytes([timer]))
