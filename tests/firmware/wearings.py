"""Long wearings of a whole clip, and what the host makes of the packets they brought.

The wearer feels the buzzes and may sit up, and the motor shakes the chip.  The host is always
near, asks for the stream whenever the clip comes on, and now and then tells what it has got; it
never holds the lease.  A wearing is
run once and kept for all tests that ask for it: an hour takes half a minute.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Shaken, worn
from firmware.rig.hardware import Pulse
from firmware.rig.virtual import Start
from firmware.rig.virtual_host import Notification
from firmware.worlds import BOARD, World, switched_on

from midback.calibration import Calibration
from midback.estimator import Estimate, Estimator
from midback.shared import wire
from midback.shared.motion import acceleration_sums
from midback.shared.nudge import Nudger
from midback.simulated import Wearer, simulated_day
from midback.words import State

Part = type[Lsm6dsv16x] | type[Lsm6dsox]

MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)
TRIM = -18
"""The chip's oscillator is off by 2.3 % (LSM6DSV16X) or 2.7 % (LSM6DSOX)."""

HOUR_S = 3600.0
DAY_S = 9 * HOUR_S
_AFTERWARDS_MIN = 5.0
_ACKNOWLEDGE_S = 60
_APART_S = 0.3
"""Pulses closer than this belong to one pattern."""

_PATTERNS: dict[tuple[int, ...], int] = {
    (80, 80): wire.PATTERN_NUDGE,
    (150, 150, 150): wire.PATTERN_STRONG,
}
_TELL_MEMORY = """
import gc
from clip_firmware.log import Log

prepare = Log.prepare
calls = 0

def told(log):
    global calls
    if not calls % 60:
        gc.collect()
        print("free %d" % gc.mem_free())
    calls += 1
    return prepare(log)

Log.prepare = told
"""


class Case(NamedTuple):
    """Which part is worn, and for how long."""

    part: Part
    seconds: float

    def __str__(self) -> str:
        return f"{self.part.NAME}-{self.seconds:.0f}s"


_NORMAL = (Case(Lsm6dsv16x, HOUR_S), Case(Lsm6dsox, 600.0))
DAYS = (Case(Lsm6dsv16x, DAY_S), Case(Lsm6dsox, DAY_S))
_SOAK = (Case(Lsm6dsox, HOUR_S), *DAYS)
WORN = pytest.mark.parametrize(
    "case", [*_NORMAL, *(pytest.param(case, marks=pytest.mark.soak) for case in _SOAK)], ids=str
)
"""For a test of every wearing: those of the normal run, and in a soak the longer ones."""


class Buzz(NamedTuple):
    """A pattern: when its first pulse began, and which it was."""

    time_s: float
    pattern: int


class Arrived(NamedTuple):
    """A packet, when it came and when the clip that sent it had started."""

    time_s: float
    started_s: float
    packet: wire.StreamPacket


@dataclass(frozen=True)
class Wearing:
    """What came of it; times in seconds since the clip was first switched on.

    Attributes:
        notifications: of the stream.
        ran: from when to when the motor ran, each time.
        log: the clip's own record of it, read at the end.
        status: at the end.
        starts: of the firmware.
        console: what it printed.
        sample_us: between two samples of the chip, as its oscillator really runs.
        real_s: how long it took to compute.
    """

    notifications: Sequence[Notification]
    ran: Sequence[tuple[float, float]]
    log: Sequence[wire.EpochRecord]
    status: wire.Status
    starts: Sequence[Start]
    console: str
    sample_us: float
    real_s: float

    def packets(self) -> Iterator[Arrived]:
        """The stream as it came."""
        starts = [start.time_s for start in self.starts]
        for note in self.notifications:
            while len(starts) > 1 and starts[1] <= note.time_s:
                starts.pop(0)
            yield Arrived(note.time_s, starts[0], wire.decode_stream(note.payload))

    def boots(self) -> list[list[Arrived]]:
        """The same, one list for each start of the firmware."""
        found: dict[float, list[Arrived]] = {}
        for arrived in self.packets():
            found.setdefault(arrived.started_s, []).append(arrived)
        return list(found.values())

    def felt(self) -> list[tuple[float, tuple[int, ...]]]:
        """Each pattern: when it began, and the ms of its pulses."""
        patterns: list[list[tuple[float, float]]] = []
        for span in self.ran:
            if not patterns or span[0] - patterns[-1][-1][1] > _APART_S:
                patterns.append([])
            patterns[-1].append(span)
        return [(spans[0][0], _lengths_ms(spans)) for spans in patterns]

    def buzzes(self) -> list[Buzz]:
        """The nudges among them."""
        return [
            Buzz(time_s, _PATTERNS[pulses])
            for time_s, pulses in self.felt()
            if pulses in _PATTERNS
        ]


def _lengths_ms(spans: list[tuple[float, float]]) -> tuple[int, ...]:
    """To the nearest hundredth of a second: the clip is that punctual."""
    return tuple(10 * round(100 * (to_s - from_s)) for from_s, to_s in spans)


class _Felt(list[Pulse]):
    """The log of the motor's pin; chip and wearer feel what goes into it."""

    def __init__(self, drive: list[tuple[float, float]], wearer: Wearer) -> None:
        super().__init__()
        self._drive = drive
        self._wearer = wearer

    def append(self, pulse: Pulse, /) -> None:
        super().append(pulse)
        if pulse.pin != BOARD.buzz:
            return
        before_s = self._drive[-1][0] if self._drive else -_APART_S
        self._drive.append((pulse.time_s, pulse.duty_u16 / 655.35))
        if pulse.duty_u16 and pulse.time_s - before_s >= _APART_S:
            self._wearer.feel_buzz(pulse.time_s)


class _Attentive:
    """A host that has paired: looks for the clip once a second, and asks for the stream."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asked = False
        self._seconds = 0
        self._look()

    def _look(self) -> None:
        host, clip = self._world.host, self._world.clip
        clip.at(clip.now_s + 1.0, self._look)
        self._seconds += 1
        if not host.connected:
            self._asked = False
            if host.advertising:
                host.connect(bonded=True)
        elif host.encrypted and not self._asked:
            self._asked = True
            host.write_control(
                wire.encode_command(wire.OP_START, 0, wire.KIND_ORIENTATION, 4000, 5)
            )
        elif host.encrypted and self._seconds % _ACKNOWLEDGE_S == 0:
            self._acknowledge()

    def _acknowledge(self) -> None:
        host = self._world.host
        newest = next(n for n in reversed(host.notifications) if n.uuid == wire.STREAM_UUID)
        packet = wire.decode_stream(newest.payload)
        host.write_control(
            wire.encode_command(wire.OP_ACKNOWLEDGE, 0, packet.boot, packet.sequence)
        )


@cache
def worn_for(case: Case) -> Wearing:
    """Let somebody wear a clip that streams."""
    part, seconds = case
    began = time.monotonic()
    minutes = None if seconds >= DAY_S else seconds / 60 + _AFTERWARDS_MIN
    day = simulated_day(6, MORNING, minutes)
    drive: list[tuple[float, float]] = []
    motion = Shaken(worn(day), drive)
    with (
        TemporaryDirectory() as folder,
        switched_on(
            Path(folder), motion, chip=lambda felt: part.typical(felt, trim=TRIM)
        ) as world,
    ):
        world.hardware.pulses = _Felt(drive, day.wearer)
        world.set_up()
        if seconds >= DAY_S:
            world.run_before(_TELL_MEMORY)
        world.pair()
        _Attentive(world)
        world.clip.run_until(seconds)
        return _ended(world, began)


def _ended(world: World, began: float) -> Wearing:
    assert world.imu is not None
    sample_us = 1e6 / world.imu.setup.hz
    stream = [note for note in world.host.notifications if note.uuid == wire.STREAM_UUID]
    status, log = world.status(), world.log()
    return Wearing(
        stream,
        world.buzzed(),
        log,
        status,
        world.clip.starts,
        world.clip.console,
        sample_us,
        time.monotonic() - began,
    )


class Judged(NamedTuple):
    """A packet as the host sees it.

    Attributes:
        boot, ticks: the clip's start that sent it, and its clock at the last sample.
        samples: in it.
        state: what the wearer does after it.
        shaken: whether the motor spoilt it.
        flexion_deg, lateral_deg: of its samples.
        total_g, squares_g2: sums over them, of |a| - 1 g and of its square.
    """

    boot: int
    ticks: int
    samples: int
    state: State
    shaken: bool
    flexion_deg: array[float]
    lateral_deg: array[float]
    total_g: float
    squares_g2: float


class ByHost(NamedTuple):
    """What the host makes of a wearing's packets: its estimator, and the nudges it would give."""

    packets: Sequence[Judged]
    buzzes: Sequence[Buzz]
    lost: int
    doubled: int


@cache
def by_host(case: Case) -> ByHost:
    """Judge a wearing as the host does, packet by packet."""
    calibration = Calibration("id", "clip", MORNING, (0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
    estimator, nudger = Estimator(calibration), Nudger()
    packets: list[Judged] = []
    buzzes: list[Buzz] = []
    for time_s, _, packet in worn_for(case).packets():
        estimates = estimator.update(packet, time_s)
        packets.append(_judged(packet, estimates, estimator.judge.state))
        pattern = _due(estimator, nudger, estimates[-1].time_s)
        if pattern is not None:
            buzzes.append(Buzz(time_s, pattern))
    return ByHost(packets, buzzes, estimator.lost_packets, estimator.duplicate_packets)


def _judged(packet: wire.StreamPacket, estimates: Sequence[Estimate], state: State) -> Judged:
    shaken = bool(packet.flags & wire.FLAG_SHAKEN)
    return Judged(
        packet.boot,
        packet.ticks,
        packet.count,
        state,
        shaken,
        array("d", [estimate.flexion_deg for estimate in estimates]),
        array("d", [estimate.lateral_deg for estimate in estimates]),
        *acceleration_sums(packet.counts, 4, 7, wire.G_PER_COUNT)[:2],
    )


def _due(estimator: Estimator, nudger: Nudger, time_s: float) -> int | None:
    for change in estimator.changes:
        if change.kind == "slump_started":
            return nudger.slump_started(time_s)
        nudger.slump_ended()
    if estimator.judge.state == State.SLUMPED:
        return nudger.still_slumped(time_s)
    return None
