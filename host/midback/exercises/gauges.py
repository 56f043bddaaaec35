"""How far somebody has moved, by one axis: through a whole set, or from one rest.

Flexion and side-bend come from gravity.  A turn is the gyroscope's rate about 'up' added up, from
the bias of a stillness before (posture.md 4.1).  It drifts by some degrees in a minute, which the
counter of a set takes off by following the rest, and a check by what is left over at the end of a
repetition.  Pure.
"""

from __future__ import annotations

from midback.calibration import Vector
from midback.exercises.items import Axis
from midback.exercises.measured import tilt_deg
from midback.exercises.rest import Rest, Sample
from midback.shared import flexion

BRIDGE_S = 1.0
"""The motor spoils samples for half a second at a time; over a longer gap no turn is known."""


class Gauge:
    """Follows one axis.

    Args:
        axis: which.
        frame: the wearer's axes.
        bias_dps: what the gyroscope shows at rest.

    Attributes:
        broken: whether so much was missing that the angle is not known any more.
    """

    def __init__(self, axis: Axis, frame: flexion.ThoraxFrame, bias_dps: Vector) -> None:
        self.broken = False
        self._axis = axis
        self._frame = frame
        self._bias_dps = bias_dps
        self._last: Sample | None = None
        self._turned_deg = 0.0

    def update(self, sample: Sample) -> float:
        """The angle at a sample, in degrees with the project's sign; of a turn from the first."""
        before, self._last = self._last, sample
        if self._axis is not Axis.ROTATION:
            return tilt_deg(self._axis, self._frame, sample.up)
        if before is not None:
            since_s = sample.time_s - before.time_s
            self.broken |= since_s > BRIDGE_S
            rate_dps = (self._about_up_dps(before) + self._about_up_dps(sample)) / 2
            self._turned_deg += rate_dps * since_s
        return self._turned_deg

    def _about_up_dps(self, sample: Sample) -> float:
        pairs = zip(sample.rate_dps, self._bias_dps, sample.up, strict=True)
        return sum((rate - bias) * up for rate, bias, up in pairs)


class FromRest:
    """Follows one axis from where they rested.

    Args:
        axis: which.
        frame: the wearer's axes.
        rest: how they rested.
        start: the last sample of that.

    Attributes:
        rest: mean 'up' where they rested.
    """

    def __init__(self, axis: Axis, frame: flexion.ThoraxFrame, rest: Rest, start: Sample) -> None:
        self._axis = axis
        self._frame = frame
        self._gauge = Gauge(axis, frame, rest.rate_dps)
        self._gauge.update(start)
        self.rests(rest.up)

    def rests(self, up: Vector) -> None:
        """They rest there by now; a turn counts from where it did."""
        self.rest = up
        self._from_deg = 0.0
        if self._axis is not Axis.ROTATION:
            self._from_deg = tilt_deg(self._axis, self._frame, up)

    def update(self, sample: Sample) -> float:
        """How far from there they are at a sample, in degrees with the project's sign."""
        return self._gauge.update(sample) - self._from_deg
