"""Packets in, estimates out: the pure chain from the clip's bytes to the wearer's posture.

``clock -> tilt -> flexion -> motion -> slump`` in one object.  A clip on the air, a
simulated one and a recording all enter here, and nothing downstream asks which.
``midback.reprocess`` does the same to a whole day at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from typing import NamedTuple

from midback.calibration import Calibration, Vector
from midback.clock import ClipClock, PacketTime
from midback.judgement import Change, Judge
from midback.shared import flexion, slump, wire
from midback.shared.motion import acceleration_sums
from midback.shared.tilt import TiltFilter
from midback.words import State

_UNIT = 1.0 / wire.QUATERNION_ONE

NAN = float("nan")


class Quality(IntFlag):
    """What is doubtful about an estimate; 0 is a good one."""

    SETTLING = 1
    """The filter started, or started again after a gap, less than 3 s ago."""
    SHAKEN = 2
    """The vibration motor ran."""
    INVALID = 4
    """The sensor sent something impossible; there is no angle."""


class Estimate(NamedTuple):
    """One sample's worth of knowledge.

    Attributes:
        time_s: host time of the sample, in seconds.
        flexion_deg: forward tilt from the wearer's upright, + forward; NaN without a
            calibration or for an invalid sample.
        lateral_deg: sideways tilt, + to the wearer's right; NaN as above.
        up: unit 'up' vector in clip coordinates.
        state: what the wearer does.
        quality: what is doubtful, ``Quality`` flags.
    """

    time_s: float
    flexion_deg: float
    lateral_deg: float
    up: Vector
    state: State
    quality: int


class Estimator:
    """One wearing of one clip.

    Args:
        calibration: the wearer's upright, or ``None`` before there is one.
        policy: slump lines and times; by default those of the calibration.

    Attributes:
        clock: the fit of the clip's clock.
        judge: what the wearer does now.
        changes: slumps that began or ended during the last ``update``.
        lost_packets, duplicate_packets: counted over the wearing.
        size_g: mean size of the acceleration over the last packet.
    """

    def __init__(
        self, calibration: Calibration | None = None, policy: slump.SlumpPolicy | None = None
    ) -> None:
        self.clock = ClipClock()
        self.lost_packets = 0
        self.duplicate_packets = 0
        self.size_g = 1.0
        self._felt: tuple[wire.StreamPacket, list[Vector | None]] | None = None
        self.changes: list[Change] = []
        self._tilt: TiltFilter | None = None
        self._kind = 0
        self.recalibrate(calibration, policy)

    @property
    def zeroed(self) -> bool:
        """Whether the gyroscope's bias is known, where that is found here: kind raw."""
        return self._tilt is not None and self._tilt.zeroed

    @property
    def acceleration_g(self) -> Vector:
        """Mean acceleration over the last packet's valid samples, in clip coordinates.

        NaN before there was one.
        """
        return NO_UP if self._felt is None else _mean_g(*self._felt)

    def recalibrate(
        self, calibration: Calibration | None, policy: slump.SlumpPolicy | None = None
    ) -> None:
        """Judge by another calibration from the next packet on."""
        self.calibration = calibration
        self._frame = None if calibration is None else calibration.frame()
        if calibration is not None and policy is None:
            policy = calibration.policy()
        self.judge = Judge(policy if calibration is not None else None)

    def update(self, packet: wire.StreamPacket, arrival_s: float) -> list[Estimate]:
        """Take one packet; return one estimate for each of its samples, oldest first.

        A packet that was here before gives none.

        Args:
            packet: as decoded.
            arrival_s: monotonic host time at which it came.
        """
        self.changes = []
        placed = self.clock.update(packet, arrival_s)
        if placed.duplicate:
            self.duplicate_packets += 1
            return []
        self.lost_packets += placed.lost_packets
        quality = Quality.SHAKEN if packet.flags & wire.FLAG_SHAKEN else 0
        if packet.kind == wire.KIND_RAW:
            ups, settling = self._from_raw(packet, placed)
        else:
            ups, settling = self._from_orientation(packet), False
        self._kind = packet.kind
        return self._judged(packet, placed, ups, quality | (Quality.SETTLING if settling else 0))

    def _from_raw(
        self, packet: wire.StreamPacket, placed: PacketTime
    ) -> tuple[list[Vector | None], bool]:
        anew = placed.fresh or self._kind != wire.KIND_RAW
        tilt = self._tilt_for(packet.period_us * 1e-6, anew)
        counts = packet.counts
        g, dps = wire.G_PER_COUNT, wire.DPS_PER_COUNT
        dt_s = placed.step_s
        ups: list[Vector | None] = []
        settling = False
        for i in range(0, len(counts), 6):
            ax, ay, az, gx, gy, gz = counts[i : i + 6]
            tilt.update(dt_s, gx * dps, gy * dps, gz * dps, ax * g, ay * g, az * g)
            dt_s = placed.period_s
            settling = settling or tilt.uncertain
            ups.append(tilt.up)
        return ups, settling

    def _tilt_for(self, period_s: float, anew: bool) -> TiltFilter:
        """The filter, begun anew where samples do not follow on; its bias is kept."""
        old = self._tilt
        if old is None or old.period_s != period_s:
            self._tilt = TiltFilter(period_s)
            if old is not None:
                self._tilt.bias_dps, self._tilt.zeroed = old.bias_dps, old.zeroed
        elif anew:
            old.restart()
        assert self._tilt is not None
        return self._tilt

    def _from_orientation(self, packet: wire.StreamPacket) -> list[Vector | None]:
        counts = packet.counts
        ups: list[Vector | None] = []
        for i in range(0, len(counts), 7):
            w, x, y, z = counts[i : i + 4]
            ups.append(flexion.up_from_quaternion(w * _UNIT, x * _UNIT, y * _UNIT, z * _UNIT))
        return ups

    def _judged(
        self,
        packet: wire.StreamPacket,
        placed: PacketTime,
        ups: list[Vector | None],
        quality: int,
    ) -> list[Estimate]:
        frame = self._frame
        angles = [
            (NAN, NAN) if frame is None or up is None else flexion.angles_deg(frame, up)
            for up in ups
        ]
        first, width = _acceleration_at(packet.kind)
        sums = acceleration_sums(packet.counts, first, width, wire.G_PER_COUNT)
        self.size_g = 1.0 + sums[0] / packet.count
        self._felt = packet, ups
        mean_deg = None
        if not quality:
            known = [a for a, _ in angles if a == a]
            mean_deg = sum(known) / len(known) if known else None
        change = self.judge.update(
            placed.last_s,
            mean_deg,
            packet.count,
            *sums,
            off_body=bool(packet.flags & wire.FLAG_OFF_BODY),
            doubtful=bool(packet.flags & wire.FLAG_DOUBTFUL),
            shaken=bool(packet.flags & wire.FLAG_SHAKEN),
        )
        if change is not None:
            self.changes.append(change)
        state = self.judge.state
        spacing_s = placed.spacing_s
        first_s = placed.last_s - (packet.count - 1) * spacing_s
        return [
            Estimate(first_s + i * spacing_s, lean, side, up, state, quality)
            if up is not None
            else Estimate(
                first_s + i * spacing_s, NAN, NAN, NO_UP, state, quality | Quality.INVALID
            )
            for i, (up, (lean, side)) in enumerate(zip(ups, angles, strict=True))
        ]


def _acceleration_at(kind: int) -> tuple[int, int]:
    """Where in a sample the acceleration begins, and how many numbers a sample has."""
    return 0 if kind == wire.KIND_RAW else 4, wire.WIDTH[kind]


def _mean_g(packet: wire.StreamPacket, ups: Sequence[Vector | None]) -> Vector:
    """Mean acceleration of the samples that have an 'up'; NaN if none has."""
    first, width = _acceleration_at(packet.kind)
    valid = [i * width + first for i, up in enumerate(ups) if up is not None]
    if not valid:
        return NO_UP
    counts, per = packet.counts, wire.G_PER_COUNT / len(valid)
    return (
        per * sum(counts[i] for i in valid),
        per * sum(counts[i + 1] for i in valid),
        per * sum(counts[i + 2] for i in valid),
    )


NO_UP: Vector = (NAN, NAN, NAN)
"""Stands for the 'up' vector of an invalid sample."""
