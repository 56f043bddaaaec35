"""How far a movement of a check goes, and whether it has arrived.

Flexion and side-bend come from gravity; a turn is the rate about 'up', added up less the bias of
the rest before it.  Pure.
"""

from __future__ import annotations

from collections import deque
from statistics import fmean

from midback.calibration import Vector, mean_direction
from midback.exercises.items import Axis
from midback.exercises.measured import tilt_deg
from midback.exercises.rest import Rest, Sample
from midback.shared import flexion

_STAYS_S, _STAYS_DEG = 1.0, 2.5  # so long within so much they have arrived
_TAKEN_S = 0.5  # of that: before, the last of the movement is still in it


class Gauge:
    """How far they are from where they rested, by one axis.

    Args:
        axis: which, with the project's signs.
        frame: the wearer's axes.
        rest: how they rested.
        start: the last sample of that.

    Attributes:
        rest: mean 'up' where they rested.
        angle_deg: how far from there they are, in degrees.
    """

    def __init__(self, axis: Axis, frame: flexion.ThoraxFrame, rest: Rest, start: Sample) -> None:
        self._axis = axis
        self._frame = frame
        self._bias_dps = rest.rate_dps
        self.rests(rest.up)
        self._last = start
        self.angle_deg = 0.0

    def rests(self, up: Vector) -> None:
        """They rest there by now; a turn counts from where it did."""
        self.rest = up
        self._from_deg = 0.0 if self._axis is Axis.ROTATION else self._tilt_deg(up)

    def update(self, sample: Sample) -> float:
        """Take the next sample; return the angle."""
        before, self._last = self._last, sample
        if self._axis is Axis.ROTATION:
            rate_dps = (self._about_up_dps(before) + self._about_up_dps(sample)) / 2
            self.angle_deg += rate_dps * (sample.time_s - before.time_s)
        else:
            self.angle_deg = self._tilt_deg(sample.up) - self._from_deg
        return self.angle_deg

    def _about_up_dps(self, sample: Sample) -> float:
        pairs = zip(sample.rate_dps, self._bias_dps, sample.up, strict=True)
        return sum((rate - bias) * up for rate, bias, up in pairs)

    def _tilt_deg(self, up: Vector) -> float:
        return tilt_deg(self._axis, self._frame, up)


class Plateau:
    """Whether they stay where they are."""

    def __init__(self) -> None:
        self._seen: deque[tuple[Sample, float]] = deque()

    def update(self, sample: Sample, angle_deg: float) -> bool:
        """Take an angle; return whether the last second of them lies close together."""
        seen = self._seen
        seen.append((sample, angle_deg))
        while len(seen) > 1 and seen[1][0].time_s <= sample.time_s - _STAYS_S:
            seen.popleft()
        angles = [angle for _, angle in seen]
        stays = sample.time_s - seen[0][0].time_s >= _STAYS_S
        return stays and max(angles) - min(angles) <= _STAYS_DEG

    @property
    def mean_deg(self) -> float:
        """How far they stay."""
        return fmean(angle for _, angle in self._taken)

    @property
    def mean_up(self) -> Vector:
        """The mean 'up' there."""
        return mean_direction([sample.up for sample, _ in self._taken])

    @property
    def middle_s(self) -> float:
        """When that was."""
        return fmean(sample.time_s for sample, _ in self._taken)

    @property
    def _taken(self) -> list[tuple[Sample, float]]:
        since_s = self._seen[-1][0].time_s - _TAKEN_S
        return [each for each in self._seen if each[0].time_s >= since_s]
