"""How far somebody is from where they rested, by one axis, through the moments of a routine.

A turn is the gyroscope's rate about 'up' added up, from the bias of a stillness before
(posture.md 4.1).  It drifts by some degrees in a minute, which a counter that follows the rest
takes off.  Pure.
"""

from __future__ import annotations

from midback.calibration import Vector
from midback.exercises.items import Axis
from midback.exercises.rest import Sample
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
            return flexion.angles_deg(self._frame, sample.up)[self._axis is Axis.LATERAL]
        if before is not None:
            since_s = sample.time_s - before.time_s
            self.broken |= since_s > BRIDGE_S
            rate_dps = (self._about_up_dps(before) + self._about_up_dps(sample)) / 2
            self._turned_deg += rate_dps * since_s
        return self._turned_deg

    def _about_up_dps(self, sample: Sample) -> float:
        pairs = zip(sample.rate_dps, self._bias_dps, sample.up, strict=True)
        return sum((rate - bias) * up for rate, bias, up in pairs)
