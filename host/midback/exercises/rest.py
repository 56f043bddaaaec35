"""Whether somebody holds still, and how they are tilted and turn meanwhile."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from midback.calibration import Vector, mean_direction
from midback.shared import flexion

REST_S = 2.0
REST_DPS = 2.0
"""So steady is the rate while somebody holds still (standard deviation, all three axes together);
its mean is the gyroscope's bias.  Half a degree a second, as posture.md 4.1 has it, is spoilt by
breathing in four of ten moments of people who sit still (IMU Sitting Postures Dataset, T4)."""

LEVEL_S, LEVEL_DEG = 1.0, 0.4
"""Who is tilted alike for so long, within so much, sits there and is not on the way: of people who
sit still 0.5 degrees is the standard deviation over half a minute (T4, likewise)."""

GAP_S = 0.3
"""A longer silence is a gap: nobody knows what happened in it."""


class Sample(NamedTuple):
    """One sample of the clip.

    Attributes:
        time_s: when it was.
        up: unit 'up' in clip axes.
        rate_dps: angular rate in clip axes.
    """

    time_s: float
    up: Vector
    rate_dps: Vector


class Rest:
    """Follows the last ``REST_S``."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque()

    def clear(self) -> None:
        """A new stillness is wanted."""
        self._samples.clear()

    def update(self, sample: Sample) -> None:
        """Take the next sample; after a gap everything begins anew."""
        samples = self._samples
        if samples and sample.time_s - samples[-1].time_s > GAP_S:
            samples.clear()
        samples.append(sample)
        while len(samples) > 1 and samples[1].time_s <= sample.time_s - REST_S:
            samples.popleft()

    @property
    def still(self) -> bool:
        """Whether they have held still for ``REST_S``."""
        samples = self._samples
        if not samples or samples[-1].time_s - samples[0].time_s < REST_S:
            return False
        mean, count = self.rate_dps, len(samples)
        spread = sum(
            (rate - usual) ** 2
            for each in samples
            for rate, usual in zip(each.rate_dps, mean, strict=True)
        )
        return spread <= count * REST_DPS**2

    @property
    def level(self) -> Vector | None:
        """The mean 'up' of the last ``LEVEL_S``; ``None`` where it changed meanwhile."""
        samples = self._samples
        since_s = samples[-1].time_s - LEVEL_S
        ups = [each.up for each in samples if each.time_s >= since_s]
        if samples[0].time_s > since_s:
            return None
        farthest_deg = max(flexion.angle_between_deg(ups[0], up) for up in ups)
        return mean_direction(ups) if farthest_deg <= LEVEL_DEG else None

    @property
    def rate_dps(self) -> Vector:
        """The mean rate of the last ``REST_S``: the bias, once they hold still."""
        x, y, z = (sum(each.rate_dps[k] for each in self._samples) for k in range(3))
        count = len(self._samples)
        return x / count, y / count, z / count

    @property
    def up(self) -> Vector:
        """The mean 'up' of the last ``REST_S``."""
        return mean_direction([each.up for each in self._samples])
