"""The firmware's process, its surroundings, and its radio on the virtual air.

A reset, a deep sleep or a hungry watchdog ends the process and starts the next one, as on a board.
All of it keeps the event loop's time, see ``lockstep``.

Limits: pins are looked at every few milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self

from bumble import att, hci
from firmware.rig import gatt
from firmware.rig.air import Air
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
from firmware.rig.link import Link, Work
from firmware.rig.lockstep import lockstep_loop
from firmware.rig.peripheral import Peripheral
from firmware.rig.process import PATIENCE_S, Process, Program
from firmware.rig.shims import _ops as ops
from firmware.rig.virtual import FirmwareEnded, Imu, Start
from shared.board import micropython

ADDRESS = "F0:F1:F2:F3:F4:F5"

_LOOK_S = 0.004
_ANSWER_S = 5.0


class _End(NamedTuple):
    cause: int
    sleep_s: float | None = None


class Bridge:
    """The clip and its surroundings; an async context manager.

    Args:
        air: where its radio is.
        program: what runs.
        hardware: what is soldered to the board.
        imu: what drives ``int1_pin``, if anything.
        patience_s: of each process.

    Attributes:
        starts: of the firmware, the first included.
        can_take: whether the clip's radio has memory for a notification now.
        on_power: called when power comes back after a cut, before the firmware starts.
        feeds: how often the watchdog was fed.
    """

    def __init__(
        self,
        air: Air,
        program: Program,
        hardware: Hardware | None = None,
        *,
        imu: Imu | None = None,
        int1_pin: int = -1,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.program = program
        self.hardware = Hardware() if hardware is None else hardware
        self.starts: list[Start] = []
        self.can_take: Callable[[], bool] = lambda: True
        self.on_power: Callable[[], None] = lambda: None
        self.feeds = 0
        self._patience_s = patience_s
        self._air = air
        self._alarm = asyncio.Event()
        self._leaving = False
        self._loop = lockstep_loop()
        self._start_s = self._loop.time()
        self._powered_s = 0.0
        self._solder(imu, int1_pin)
        self._lives: asyncio.Task[None] | None = None
        self._clear()
        self._answers = self.hardware.answers | self._own_answers()
        self._works = self._all_works()

    def _solder(self, imu: Imu | None, pin: int) -> None:
        self.hardware.now_s = lambda: self.now_s
        if hasattr(self.hardware.bus, "clock"):
            self.hardware.bus.clock = lambda: self.now_s  # pyright: ignore[reportAttributeAccessIssue]
        if imu is not None:
            self.hardware.inputs[pin] = lambda: int(imu.int1(self.now_s))

    def _clear(self) -> None:
        self._radio: Peripheral | None = None
        self._settings: dict[str, str | int] = {}
        self._link: Link | None = None
        self._waiting: dict[int, asyncio.Future[tuple[int, bytes]]] = {}
        self._number = 0
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._levels: dict[int, int] = {}
        self._wdt_s = 0.0
        self._wdt: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[_End] = self._loop.create_future()

    @property
    def now_s(self) -> float:
        """Time since the clip was first switched on."""
        return self._loop.time() - self._start_s

    @property
    def console(self) -> str:
        """What the firmware printed."""
        log = self.program.log
        return log.read_text(errors="replace") if log.exists() else ""

    def set_input(self, pin: int, level: int) -> None:
        """Drive an input pin from now on."""
        self.hardware.inputs[pin] = lambda: level

    def wake(self) -> None:
        """End a sleep as its timer would."""
        self._alarm.set()

    def cut_power(self, losing: str = "") -> None:
        """Take its power for a moment; the file of that name in its flash is gone afterwards."""
        self.hardware.rtc_memory = b""
        self._powered_s = self.now_s
        self._end(PWRON_RESET)
        if losing:
            (self.program.flash / losing).unlink()

    async def __aenter__(self) -> Self:
        micropython()  # here, not in the task: it may skip the test
        self._lives = asyncio.create_task(self._live())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._lives is not None
        # Not cancelled: in the middle of a start or an end, something would be left behind.
        self._leaving = True
        self._end(PWRON_RESET)
        self._alarm.set()
        await self._lives

    # Lives

    async def _live(self) -> None:
        start = Start(0.0, PWRON_RESET, 0)
        while not self._leaving:
            self.starts.append(start)
            end = await self._one_life()
            reason = 0
            if end.sleep_s is not None:
                reason = await self._sleep(end.sleep_s)
            self.hardware.reset()
            if end.cause == PWRON_RESET:
                self.on_power()
            start = Start(self.now_s, end.cause, reason)

    async def _one_life(self) -> _End:
        self._clear()
        process = Process(self.program, self._patience_s)
        link = Link(process, self._answers, self._works, self._on_silence)
        self._link = link
        watching = asyncio.create_task(self._watch_pins())
        try:
            return await self._over
        finally:
            watching.cancel()
            self._alarm.set()
            await link.close()
            await asyncio.gather(watching, return_exceptions=True)
            self._die()

    def _on_silence(self, error: Exception | None) -> None:
        """It ended by itself, or hangs: nothing runs until the watchdog bites."""
        if error is None and self._wdt is None:
            error = FirmwareEnded("the firmware ended or hangs:\n" + self.console[-3000:])
        if error is not None and not self._over.done():
            self._over.set_exception(error)

    def _die(self) -> None:
        for timer in (self._wdt, *self._timers.values()):
            if timer is not None:
                timer.cancel()
        self.hardware.silence()
        if self._radio is not None:
            self._radio.stop(hci.HCI_CONNECTION_TIMEOUT_ERROR)

    async def _sleep(self, seconds: float) -> int:
        """Stay asleep that long, or until a pin wakes; the reason."""
        end_s = self.now_s + seconds
        self._alarm.clear()
        while self.now_s < end_s and not (self._alarm.is_set() or self._leaving):
            if (reason := self.hardware.woken_by()) is not None:
                return reason
            await asyncio.sleep(min(_LOOK_S, max(0.0, end_s - self.now_s)))
        return TIMER_WAKE

    def _end(self, cause: int, sleep_s: float | None = None) -> None:
        if not self._over.done():
            self._over.set_result(_End(cause, sleep_s))
        if self._link is not None:
            self._link.stop()

    # The link

    def _tell(self, op: int, payload: bytes) -> None:
        if self._link is not None:
            self._link.tell(op, payload)

    async def _ask(self, op: int, payload: bytes) -> tuple[int, bytes]:
        self._number = (self._number + 1) & 0xFFFF
        answer: asyncio.Future[tuple[int, bytes]] = self._loop.create_future()
        self._waiting[self._number] = answer
        self._tell(op, struct.pack("<H", self._number) + payload)
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        except TimeoutError:
            # A host that asks a dead firmware gets an error, in the end.
            return att.ErrorCode.UNLIKELY_ERROR, b""

    async def _watch_pins(self) -> None:
        while not self._over.done():
            for pin, edges in self.hardware.edges.items():
                level = self.hardware.level(pin)
                before = self._levels.get(pin, level)
                self._levels[pin] = level
                if level != before and edges & (RISING if level else FALLING):
                    self._tell(ops.EV_PIN, bytes([pin, level]))
            await asyncio.sleep(_LOOK_S)

    # What the firmware wants

    def _own_answers(self) -> dict[int, Answer]:
        return {
            ops.BOOT: self._on_boot,
            ops.DEEP_SLEEP: self._on_deep_sleep,
            ops.RESET: lambda payload: self._end(payload[0]),
            ops.WDT_START: self._on_wdt_start,
            ops.WDT_FEED: self._on_wdt_feed,
            ops.TIMER: self._on_timer,
            ops.PIN_IRQ: self._on_pin_irq,
            ops.BLE_CONFIG: self._on_config,
            ops.BLE_ANSWER: self._on_answer,
            ops.BLE_SERVICES: self._on_services,
            ops.BLE_INDICATE: self._on_indicate,
            ops.BLE_DISCONNECT: self._on_disconnect,
            ops.BLE_PAIR: self._on_pair,
            ops.BLE_PASSKEY: lambda _: None,
        }

    def _all_works(self) -> dict[int, Work]:
        return {
            ops.LIGHT_SLEEP: self._on_light_sleep,
            ops.BLE_ACTIVE: self._on_active,
            ops.BLE_ADVERTISE: self._on_advertise,
            ops.BLE_QUIET: self._on_quiet,
            ops.BLE_NOTIFY: self._on_notify,
            ops.BLE_UPDATE: self._on_update,
        }

    def _on_boot(self, _: bytes) -> bytes:
        start = self.starts[-1]
        day_us = round((self.now_s - self._powered_s) * 1e6)
        head = struct.pack("<BBQQ", start.cause, start.wake_reason, 0, day_us)
        return head + self.hardware.rtc_memory

    def _on_deep_sleep(self, payload: bytes) -> None:
        (ms,) = struct.unpack("<I", payload)
        self._end(DEEPSLEEP_RESET, float("inf") if ms == ops.FOREVER else ms / 1000)

    async def _on_light_sleep(self, payload: bytes) -> bytes:
        assert self._link is not None
        (ms,) = struct.unpack("<I", payload)
        reason = await self._sleep(float("inf") if ms == ops.FOREVER else ms / 1000)
        return self._link.passed(after=bytes([reason]))

    def _on_pin_irq(self, payload: bytes) -> None:
        self.hardware.answers[ops.PIN_IRQ](payload)
        self._levels[payload[0]] = self.hardware.level(payload[0])

    def _on_wdt_start(self, payload: bytes) -> None:
        (ms,) = struct.unpack("<I", payload)
        self._wdt_s = ms / 1000
        self._on_wdt_feed(b"")

    def _on_wdt_feed(self, _: bytes) -> None:
        self.feeds += 1
        if self._wdt is not None:
            self._wdt.cancel()
        self._wdt = self._loop.call_later(self._wdt_s, self._end, WDT_RESET)

    def _on_timer(self, payload: bytes) -> None:
        timer, ms = struct.unpack("<BI", payload)
        if timer in self._timers:
            self._timers.pop(timer).cancel()
        if ms:
            ring = bytes([timer])
            later = self._loop.call_later(ms / 1000, self._tell, ops.EV_TIMER, ring)
            self._timers[timer] = later

    # Its radio

    def _on_config(self, payload: bytes) -> None:
        name, value = json.loads(payload)
        self._settings[name] = value
        if self._radio is not None:
            self._radio.configure()

    def _on_answer(self, payload: bytes) -> None:
        number, error = struct.unpack_from("<HB", payload)
        answer = self._waiting.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_result((error, payload[3:]))

    def _on_services(self, payload: bytes) -> bytes:
        self._on_air.register(gatt.decode_services(payload))
        return b""

    def _on_indicate(self, payload: bytes) -> None:
        link, handle = struct.unpack_from("<HH", payload)
        self._on_air.indicate(link, handle, payload[4:])

    def _on_disconnect(self, payload: bytes) -> None:
        self._on_air.disconnect(*struct.unpack("<H", payload))

    def _on_pair(self, payload: bytes) -> None:
        self._on_air.pair(*struct.unpack("<H", payload))

    @property
    def _on_air(self) -> Peripheral:
        assert self._radio is not None, "the shim lets nothing through while the radio is off"
        return self._radio

    async def _on_active(self, payload: bytes) -> bytes:
        if self._radio is not None:
            self._radio.stop()
            self._radio = None
        if payload[0]:
            self._radio = Peripheral(self._air, ADDRESS, self._settings, self._tell, self._ask)
            await self._radio.start()
        return b""

    async def _on_advertise(self, payload: bytes) -> bytes:
        interval_us, _, length, _ = struct.unpack_from("<IBBB", payload)
        await self._on_air.advertise(interval_us, payload[7 : 7 + length], payload[7 + length :])
        return b""

    async def _on_quiet(self, _: bytes) -> None:
        await self._on_air.quiet()

    async def _on_notify(self, payload: bytes) -> bytes:
        link, handle = struct.unpack_from("<HH", payload)
        if not self.can_take():
            return bytes([gatt.ENOMEM])
        return bytes([await self._on_air.notify(link, handle, payload[4:])])

    async def _on_update(self, payload: bytes) -> None:
        handle = int.from_bytes(payload[:2], "little")
        await self._on_air.update(handle, payload[2:])
