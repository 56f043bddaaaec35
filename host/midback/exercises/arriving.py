"""Whether a movement of a check has arrived, and where.  Pure."""

from __future__ import annotations

from collections import deque
from statistics import fmean

from midback.calibration import Vector, mean_direction
from midback.exercises.rest import Sample

_STAYS_S, _STAYS_DEG = 1.0, 2.5  # so long within so much they have arrived
_TAKEN_S = 0.5  # of that: before, the last of the movement is still in it


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
