"""Packets in, estimates out: the pure chain from the clip's bytes to the wearer's posture.

``clock -> tilt -> flexion -> motion -> slump`` in one object.  A clip on the air, a
simulated one and a recording all enter here, and nothing downstream asks which.
``midback.reprocess`` does the same to a whole day at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple, overload

from midback.calibration import Calibration, Vector
from midback.clock import ClipClock, PacketTime
from midback.judgement import Change, Judge
from midback.shared import flexion, slump, wire
from midback.shared.motion import acceleration_sums
from midback.shared.tilt import TiltFilter
from midback.slip.tilts import Tilt
from midback.words import State

_UNIT = 1.0 / wire.QUATERNION_ONE

NAN = float("nan")

NO_UP: Vector = (NAN, NAN, NAN)
"""Stands for the 'up' vector of an invalid sample."""

_NO_TILT: Tilt = (NAN, NAN)


class Quality(IntFlag):
    """What is doubtful about an estimate; 0 is a good one."""

    SETTLING = 1
    """The filter started, or started again after a gap, less than 3 s ago."""
    SHAKEN = 2
    """The vibration motor ran."""
    INVALID = 4
    """The sensor sent something impossible; there is no angle."""


_VALID = ~int(Quality.INVALID)


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


@dataclass(slots=True)
class Estimates(Sequence[Estimate]):
    """The estimates of one packet, oldest first, in columns: most want one thing of all samples.

    Attributes:
        times_s: host time of each sample, in seconds.
        tilts: flexion and lateral of each, in degrees, as ``Estimate`` has them.
        ups: unit 'up' vector of each, in clip coordinates.
        state: what the wearer does.
        quality: what is doubtful about some of them, ``Quality`` flags; all but ``INVALID`` hold
            for each.
    """

    times_s: list[float]
    tilts: list[Tilt]
    ups: list[Vector]
    state: State
    quality: int

    def __len__(self) -> int:
        return len(self.times_s)

    @overload
    def __getitem__(self, index: int) -> Estimate: ...
    @overload
    def __getitem__(self, index: slice) -> list[Estimate]: ...
    def __getitem__(self, index: int | slice) -> Estimate | list[Estimate]:
        return list(self)[index]

    def __iter__(self) -> Iterator[Estimate]:
        state, doubts, valid = self.state, self.quality, self.quality & _VALID
        for time_s, (lean, side), up in zip(self.times_s, self.tilts, self.ups, strict=True):
            yield Estimate(time_s, lean, side, up, state, doubts if up is NO_UP else valid)


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

    def update(self, packet: wire.StreamPacket, arrival_s: float) -> Estimates:
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
            return Estimates([], [], [], self.judge.state, 0)
        self.lost_packets += placed.lost_packets
        quality = int(Quality.SHAKEN) if packet.flags & wire.FLAG_SHAKEN else 0
        if packet.kind == wire.KIND_RAW:
            ups, settling = self._from_raw(packet, placed)
            quality |= Quality.SETTLING if settling else 0
        else:
            ups = _from_orientation(packet)
        self._kind = packet.kind
        tilts = self._tilts(ups)
        self._tell_judge(packet, placed, None if quality else _mean_deg(tilts))
        self._felt = packet, ups
        return Estimates(
            placed.times_s(len(ups)),
            tilts,
            [NO_UP if up is None else up for up in ups],
            self.judge.state,
            quality | Quality.INVALID if None in ups else quality,
        )

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

    def _tilts(self, ups: Sequence[Vector | None]) -> list[Tilt]:
        frame = self._frame
        if frame is None:
            return [_NO_TILT] * len(ups)
        return [_NO_TILT if up is None else flexion.angles_deg(frame, up) for up in ups]

    def _tell_judge(
        self, packet: wire.StreamPacket, placed: PacketTime, flexion_deg: float | None
    ) -> None:
        count, flags = packet.count, packet.flags
        first, width = _acceleration_at(packet.kind)
        sums = acceleration_sums(packet.counts, first, width, wire.G_PER_COUNT)
        self.size_g = 1.0 + sums[0] / count
        change = self.judge.update(
            placed.last_s,
            flexion_deg,
            count,
            *sums,
            off_body=bool(flags & wire.FLAG_OFF_BODY),
            doubtful=bool(flags & wire.FLAG_DOUBTFUL),
            shaken=bool(flags & wire.FLAG_SHAKEN),
        )
        if change is not None:
            self.changes.append(change)


def _from_orientation(packet: wire.StreamPacket) -> list[Vector | None]:
    counts = packet.counts
    ups: list[Vector | None] = []
    for i in range(0, len(counts), 7):
        w, x, y, z = counts[i : i + 4]
        ups.append(flexion.up_from_quaternion(w * _UNIT, x * _UNIT, y * _UNIT, z * _UNIT))
    return ups


def _mean_deg(tilts: Sequence[Tilt]) -> float | None:
    """Mean flexion of the samples that have one."""
    known = [lean for lean, _ in tilts if lean == lean]
    return sum(known) / len(known) if known else None


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
