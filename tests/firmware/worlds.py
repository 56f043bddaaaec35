"""A whole clip in virtual time: unmodified firmware, modelled sensors, a wearer and a host."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firmware.models.bus import I2cBus
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Moving, Still
from firmware.rig.compiled import image
from firmware.rig.hardware import ClockCounter, Hardware
from firmware.rig.process import FIRMWARE, HEAP_BYTES, Program
from firmware.rig.virtual import VirtualClip

from clip_firmware.board import BOARDS
from midback.shared import wire

BOARD = BOARDS["XIAO ESP32-C3"]
IMU_ADDRESS = 0x6A
CHIPS = (Lsm6dsv16x, Lsm6dsox)
UPRIGHT = (0, 0, 32767, 0, 32767, 0)
"""``OP_SET_NEUTRAL``'s arguments for a clip that hangs straight while its wearer sits tall."""


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
        """Hold the button, connect and pair."""
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
        pulses = [pulse for pulse in self.hardware.pulses if pulse.pin == BOARD.buzz]
        running = False
        begun: list[float] = []
        for pulse in pulses:
            if pulse.duty_u16 and not running:
                begun.append(pulse.time_s)
            running = bool(pulse.duty_u16)
        return begun


@contextmanager
def switched_on(
    folder: Path,
    motion: Moving | None = None,
    *,
    chip: type[Lsm6dsv16x] | type[Lsm6dsox] | None = Lsm6dsv16x,
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
