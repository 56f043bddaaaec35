"""A whole clip in virtual time: unmodified firmware, modelled sensors, a wearer and a host."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

from firmware.models.bus import I2cBus
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Moving, Still
from firmware.rig.compiled import image
from firmware.rig.hardware import ClockCounter, Hardware
from firmware.rig.process import FIRMWARE, HEAP_BYTES, Program
from firmware.rig.virtual import VirtualClip

from clip_firmware.board import BOARDS
from clip_firmware.files import Files
from clip_firmware.settings import Settings
from midback.shared import wire

BOARD = BOARDS["XIAO ESP32-C3"]
IMU_ADDRESS = 0x6A
CHIPS = (Lsm6dsv16x, Lsm6dsox)
UPRIGHT = (0, 0, 32767, 0, 32767, 0)
"""``OP_SET_NEUTRAL``'s axes for a clip that hangs straight while its wearer sits tall."""
QUICK = (1000, 500, 0, 0, 10, 20)
"""``OP_SET_SLUMP``'s lines for a slump after one second past 10 degrees."""
_PAUSE_MS = 300
_OS: Any = os  # as CPython's is typed, it has too few of the board's functions


class World:
    """A clip, switched on at time 0.

    Attributes:
        clip: its firmware in virtual time; ``clip.host`` is who is in radio range.
        imu: the chip on its bus, or ``None``.
        bus: where the chip is.
    """

    def __init__(
        self, folder: Path, chip: Lsm6dsv16x | Lsm6dsox | None, *, ticks_us: int, heap_bytes: int
    ) -> None:
        self.imu = chip
        self.bus = I2cBus({} if chip is None else {IMU_ADDRESS: chip})
        self.hardware = Hardware(bus=self.bus)
        self.hardware.watchers[BOARD.scl] = ClockCounter(self.bus.recover)
        self.set_battery(4000)
        program = Program(FIRMWARE, folder, heap_bytes=heap_bytes, search=(), rom=image())
        self.clip = VirtualClip(
            program, self.hardware, imu=chip, int1_pin=BOARD.int1, ticks_us=ticks_us
        )
        self._tag = 0

    @property
    def host(self):
        """Who is in radio range."""
        return self.clip.host

    @property
    def flash(self) -> Path:
        """The clip's file system."""
        return self.clip.program.flash

    @property
    def files(self) -> Files:
        """The small files in it, as the firmware reads them."""
        return Files(str(self.flash / "data"), _OS, open)

    def set_up(
        self,
        *,
        neutral: tuple[int, ...] | None = UPRIGHT,
        slump: tuple[int, ...] | None = None,
        others: tuple[tuple[int, ...], ...] = (),
        alone: bool = False,
    ) -> None:
        """Before it is switched on: settings that an earlier wearing left in its flash.

        Slot 0 is in use, with these lines; *others* are the neutrals of the slots after it.
        """
        settings = Settings()
        contexts, settings.alone = settings.contexts, alone
        contexts.neutrals[0], contexts.slumps[0] = neutral, slump
        for slot, other in enumerate(others, 1):
            contexts.neutrals[slot] = other
        self.flash.mkdir(parents=True)
        assert settings.save(self.files)

    def run_before(self, lines: str) -> None:
        """Have every start run these lines ahead of the firmware: so faults get into it.

        What they import comes into memory as orderly as ``main.py`` sees to it.
        """
        main = self.clip.program.folder / "before_main.py"
        tidy = "import gc\ngc.collect()\ngc.threshold(4096)\n"
        main.write_text(f"{tidy}{dedent(lines)}\nexecfile({str(FIRMWARE)!r})\n")
        self.clip.program = replace(self.clip.program, main=main)

    def set_battery(self, millivolts: int) -> None:
        """Charge or empty the cell."""
        self.hardware.adc_uv[BOARD.vbat] = 500 * millivolts

    def plug_in(self) -> None:
        """A computer at the other end of the cable counts its frames."""
        words = dict(self.hardware.words)
        assert BOARD.usb_frame is not None
        words[BOARD.usb_frame] = lambda: int(self.clip.now_s * 1000) % 2048
        self.hardware.words = words

    def press(self, hold_s: float = 0.1, *, after_s: float = 0.0) -> None:
        """Press the button."""
        self.clip.press(BOARD.button, self.clip.now_s + after_s, hold_s)

    def pair(self) -> None:
        """Hold the button, connect and pair.

        A button that is held while the clip comes on means nothing, so it is given a second.
        """
        self.clip.run_until(max(1.0, self.clip.now_s))
        self.press(3.2)
        self.clip.run_for(3.5)
        self.host.connect()
        self.host.pair()
        self.clip.run_for(1.0)

    def command(self, op: int, *args: int, wait_s: float = 0.5) -> wire.Reply:
        """Write a command and wait for its reply."""
        self._tag = (self._tag + 1) % 256
        self.host.write_control(wire.encode_command(op, self._tag, *args))
        self.clip.run_for(wait_s)
        return next(reply for reply in reversed(self.replies()) if reply.tag == self._tag)

    def start(self, kind: int = wire.KIND_ORIENTATION) -> wire.Reply:
        """Ask for the stream, as the host does."""
        orientation = kind == wire.KIND_ORIENTATION
        return self.command(wire.OP_START, kind, *((4000, 5) if orientation else (2000, 10)))

    def status(self) -> wire.Status:
        """What a read of the status gives."""
        return wire.decode_status(self.host.read(wire.STATUS_UUID))

    def packets(self) -> list[tuple[float, wire.StreamPacket]]:
        """The stream as it came: when, and what."""
        return [
            (note.time_s, wire.decode_stream(note.payload))
            for note in self.host.notifications
            if note.uuid == wire.STREAM_UUID
        ]

    def replies(self) -> list[wire.Reply]:
        """All answers to commands."""
        return [wire.decode_reply(payload) for payload in self._noted(wire.CONTROL_UUID)]

    def log(self) -> list[wire.EpochRecord]:
        """Read the clip's whole log, as a host does."""
        records: list[wire.EpochRecord] = []
        first = self.status().log_first
        while True:
            seen = len(self._noted(wire.LOG_UUID))
            assert self.command(wire.OP_LOG_READ, first, 32, wait_s=4.0).result == wire.OK
            pages = [wire.decode_page(page)[2] for page in self._noted(wire.LOG_UUID)[seen:]]
            for page in pages:
                records += page
            if not pages or not pages[-1]:
                return records
            first = records[-1].sequence + 1

    def _noted(self, uuid: str) -> list[bytes]:
        return [note.payload for note in self.host.notifications if note.uuid == uuid]

    def buzzes(self) -> list[float]:
        """When the motor began to run, pulse by pulse."""
        return [from_s for from_s, _ in self.buzzed()]

    def buzzed(self) -> list[tuple[float, float]]:
        """Every time the motor ran, from when to when; to now if it still does."""
        spans: list[tuple[float, float]] = []
        since_s: float | None = None
        for pulse in self.hardware.pulses:
            if pulse.pin == BOARD.buzz and bool(pulse.duty_u16) != (since_s is not None):
                if since_s is not None:
                    spans.append((since_s, pulse.time_s))
                since_s = pulse.time_s if pulse.duty_u16 else None
        return spans if since_s is None else [*spans, (since_s, self.clip.now_s)]

    def felt(self, from_s: float = 0.0, to_s: float = math.inf) -> list[tuple[int, ...]]:
        """The patterns the wearer felt in this time: ms of on, off, on ... of each, in tens.

        A pause of 0.3 s or more ends a pattern; what the firmware means by them is in
        ``clip_firmware.buzzer``.
        """
        patterns: list[list[int]] = []
        before_s = -math.inf
        for on_s, off_s in self.buzzed():
            if from_s <= on_s < to_s:
                pause_ms = _tens(on_s - before_s) if patterns else _PAUSE_MS
                patterns = patterns if pause_ms < _PAUSE_MS else [*patterns, []]
                patterns[-1] += [pause_ms] * bool(patterns[-1]) + [_tens(off_s - on_s)]
                before_s = off_s
        return [tuple(pattern) for pattern in patterns]


def _tens(seconds: float) -> int:
    return 10 * round(100 * seconds)


@contextmanager
def switched_on(
    folder: Path,
    motion: Moving | None = None,
    *,
    chip: Callable[[Moving], Lsm6dsv16x | Lsm6dsox] | None = Lsm6dsv16x,
    ticks_us: int = 0,
    heap_bytes: int = HEAP_BYTES,
) -> Generator[World]:
    """A clip that was just switched on; lying still unless told otherwise."""
    part = None if chip is None else chip(Still() if motion is None else motion)
    world = World(folder, part, ticks_us=ticks_us, heap_bytes=heap_bytes)
    with world.clip:
        yield world
        # What the models call misuse is a fault of the drivers.
        assert part is None or not list(part.misuse)
