"""Little timelines for the chain: wearers' postures as packets, and the air they cross."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from math import cos, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration, Vector
from midback.clock import ClipClock, PacketTime
from midback.estimator import Estimate, Estimator
from midback.judgement import Change
from midback.recording import PacketBlock
from midback.shared import wire

Array = NDArray[np.float64]
Arrived = tuple[float, wire.StreamPacket]
"""Arrival in monotonic host seconds, and the packet."""

MADE_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PERIOD_S = 0.02
SAMPLES = 10
PACKET_S = SAMPLES * PERIOD_S
DELAY_S = 0.02
WALKING_G = 0.2
"""How far the size of the acceleration swings on a walker: four times the line for moving."""


def up(flexion_deg: float, lateral_deg: float = 0.0) -> Vector:
    """'Up' in the coordinates of a clip that is worn straight by a wearer tilted like this."""
    lean, side = radians(flexion_deg), radians(lateral_deg)
    return -sin(lean) * cos(side), sin(side), cos(lean) * cos(side)


def upright(span_deg: float | None = None, *, back_enter_deg: float | None = None) -> Calibration:
    """The calibration of a wearer whose clip hangs straight: slump line at 10 degrees."""
    return Calibration(
        id="C-1",
        clip_id="clip-1",
        made_at=MADE_AT,
        neutral_up=up(0.0),
        left=(0.0, 1.0, 0.0),
        span_deg=span_deg,
        back_enter_deg=back_enter_deg,
    )


class TinyClip:
    """A worn clip: every ``hold`` gives the packets of one posture, and time goes on.

    Its gyroscope tells ``bias_dps`` too much, if it sends raw samples.
    """

    def __init__(
        self, kind: int = wire.KIND_ORIENTATION, *, start_s: float = 0.0, boot: int = 7
    ) -> None:
        self.kind = kind
        self.boot = boot
        self.time_s = start_s
        self.first_tick = 5000
        self.sequence = 0
        self.bias_dps = (0.0, 0.0, 0.0)
        self.period_s = PERIOD_S
        self._flexion_deg = 0.0
        self._booted_s = start_s

    def hold(
        self,
        seconds: float,
        flexion_deg: float = 0.0,
        lateral_deg: float = 0.0,
        *,
        walking: bool = False,
        flags: int = 0,
    ) -> list[Arrived]:
        """Stay like this; one second is taken to get there."""
        packets = round(seconds / (SAMPLES * self.period_s))
        arrived: list[Arrived] = []
        for _ in range(packets):
            counts: list[int] = []
            for _ in range(SAMPLES):
                self.time_s += self.period_s
                rate_dps = self._turn_to(flexion_deg)
                size_g = 1.0 + WALKING_G * sin(4 * pi * self.time_s) * walking
                counts += self._sample(up(self._flexion_deg, lateral_deg), size_g, rate_dps)
            arrived.append((self.time_s + DELAY_S, self._packet(counts, flags)))
        return arrived

    def broken(self, seconds: float, quaternion: Sequence[int] = (0, 0, 0, 0)) -> list[Arrived]:
        """Send the same four numbers in place of every orientation."""
        arrived = self.hold(seconds, self._flexion_deg)
        for _, packet in arrived:
            packet.counts = (*quaternion, *packet.counts[4:7]) * SAMPLES
        return arrived

    def lose(self, packets: int) -> None:
        """Let packets get lost on the air."""
        self.hold(packets * SAMPLES * self.period_s, self._flexion_deg)

    def pause(self, seconds: float) -> None:
        """Let time pass without a sample: nothing is numbered meanwhile."""
        self.time_s += seconds

    def restart(self, boot: int) -> None:
        """Pull its power."""
        self.boot, self.sequence, self.first_tick = boot, 0, 0
        self._booted_s = self.time_s

    def _turn_to(self, flexion_deg: float) -> float:
        step_deg = (flexion_deg - self._flexion_deg) * min(1.0, 4 * self.period_s)
        self._flexion_deg += step_deg
        return step_deg / self.period_s

    def _sample(self, up: Vector, size_g: float, rate_dps: float) -> list[int]:
        acc = [round(size_g * v / wire.G_PER_COUNT) for v in up]
        if self.kind == wire.KIND_RAW:
            x, y, z = self.bias_dps
            return [*acc, *(round(v / wire.DPS_PER_COUNT) for v in (x, y + rate_dps, z))]
        return [*quaternion_counts(up), *acc]

    def _packet(self, counts: list[int], flags: int) -> wire.StreamPacket:
        ticks = self.first_tick + round((self.time_s - self._booted_s) / wire.TICK_S)
        packet = wire.StreamPacket(
            self.kind,
            flags,
            self.sequence % wire.SEQUENCE_MODULUS,
            self.boot,
            ticks % wire.TICKS_MODULUS,
            round(self.period_s * 1e6),
            tuple(counts),
        )
        self.sequence += 1
        return packet


def quaternion_counts(up: Vector) -> tuple[int, int, int, int]:
    """The least turn that takes *up* to earth's z, as it crosses the air."""
    w, x, y = 1.0 + up[2], up[1], -up[0]
    scale = wire.QUATERNION_ONE / sqrt(w * w + x * x + y * y)
    return round(w * scale), round(x * scale), round(y * scale), 0


def watch(
    arrived: Iterable[Arrived], estimator: Estimator | None = None
) -> tuple[list[Estimate], list[Change]]:
    """Feed an estimator, by default one calibrated to ``upright``."""
    estimator = estimator or Estimator(upright())
    estimates: list[Estimate] = []
    changes: list[Change] = []
    for arrival_s, packet in arrived:
        estimates += estimator.update(packet, arrival_s)
        changes += estimator.changes
    return estimates, changes


def blocks(arrived: Sequence[Arrived], cuts: Iterable[int] = ()) -> Iterator[PacketBlock]:
    """Lay packets out in columns, cut between kinds and before each of *cuts*."""
    edges = sorted({0, *cuts, len(arrived)})
    for first, last in pairwise(edges):
        for kind, run in groupby(arrived[first:last], key=lambda one: one[1].kind):
            yield _block(kind, list(run))


def _block(kind: int, arrived: list[Arrived]) -> PacketBlock:
    packets = [packet for _, packet in arrived]
    return PacketBlock(
        kind=kind,
        arrival_s=np.array([arrival_s for arrival_s, _ in arrived]),
        count=np.array([p.count for p in packets], np.uint8),
        flags=np.array([p.flags for p in packets], np.uint8),
        sequence=np.array([p.sequence for p in packets], np.uint16),
        boot=np.array([p.boot for p in packets], np.uint16),
        ticks=np.array([p.ticks for p in packets], np.uint32),
        period_us=np.array([p.period_us for p in packets], np.int32),
        counts=np.concatenate([p.counts for p in packets])
        .astype(np.int16)
        .reshape(-1, wire.WIDTH[kind]),
    )


def every_packet(hours: float, packet_s: float = PACKET_S) -> Array:
    """Host times at which a clip finishes packets; the session begins at 100 s."""
    return np.asarray(100.0 + packet_s * np.arange(1, round(hours * 3600 / packet_s) + 1), float)


def over_the_air(sent_s: Array, seed: int = 1, interval_s: float = 0.045) -> Array:
    """Arrivals in order, at connection events; one packet in 250 stalls for 100 to 500 ms.

    A clip needs 2 to 6 ms from its last sample to the radio.
    """
    rng = np.random.default_rng(seed)
    phase_s = rng.uniform(0, interval_s)
    ready_s = sent_s + rng.uniform(0.002, 0.006, len(sent_s)) - phase_s
    stalls_s = np.where(rng.random(len(sent_s)) < 0.004, rng.uniform(0.1, 0.5, len(sent_s)), 0)
    events_s = np.ceil(ready_s / interval_s) * interval_s + phase_s
    arrival_s: Array = np.maximum.accumulate(events_s + stalls_s)
    return arrival_s


def placed(
    sent_s: Array,
    arrival_s: Array,
    *,
    ppm: float = 0.0,
    first_tick: int = 0,
    first_sequence: int = 0,
    period_us: int = 20000,
    count: int = SAMPLES,
    clock: ClipClock | None = None,
) -> list[PacketTime]:
    """Place packets of a clip whose clock is fast by *ppm* and was started at 0 s."""
    clock = clock or ClipClock()
    ticks = np.round(sent_s * (1 + ppm * 1e-6) / wire.TICK_S).astype(np.int64) + first_tick
    rows = zip((ticks % wire.TICKS_MODULUS).tolist(), arrival_s.tolist(), strict=True)
    return [
        clock.place(7, (first_sequence + k) % 65536, tick, period_us, count, 0, arrived_s)
        for k, (tick, arrived_s) in enumerate(rows)
    ]


def errors_s(places: Sequence[PacketTime], sent_s: Array) -> Array:
    """How far each packet was placed from where it was, + late."""
    return np.array([place.last_s for place in places]) - sent_s
