"""How each repetition went over time, by living through a check once more.

Angles are positive the way that was asked for, by the axes that the results are measured by; of a
turn they are those of the live gauge.  Pure.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from midback.calibration import Vector
from midback.exercises.items import Axis, Movement
from midback.exercises.measured import Measured, Repetition, tilt_deg
from midback.exercises.rest import Sample
from midback.exercises.view import View
from midback.shared import flexion

LEAD_S = 0.5
"""So much before they set off is shown as well."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One repetition that counts.

    Attributes:
        points: seconds since they set off, and degrees from where they rested.
        counted_s, counted_deg: when and how far they had arrived: what counts.
    """

    points: tuple[tuple[float, float], ...]
    counted_s: float
    counted_deg: float


class Trace:
    """Takes down the gauge of a whole check: give ``seen`` to ``check.again``."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._ups: list[Vector] = []
        self._gauge_deg: list[float] = []
        self._axes: dict[str, Axis] = {}

    def seen(self, sample: Sample, view: View) -> None:
        """Take the gauge after one sample."""
        if self._times and sample.time_s <= self._times[-1]:
            return
        self._times.append(sample.time_s)
        self._ups.append(sample.up)
        self._gauge_deg.append(view.angle_deg)
        if isinstance(view.item, Movement):
            self._axes[view.item.id] = view.item.axis

    def curves(self, measured: Sequence[Measured]) -> dict[tuple[str, str], tuple[Curve, ...]]:
        """The curves of what counts, by test and way."""
        found: dict[tuple[str, str], tuple[Curve, ...]] = {}
        for frame, done in measured:
            for each in done:
                if isinstance(each, Repetition):
                    key = each.item, each.way
                    found[key] = (*found.get(key, ()), self._curve(each, frame))
        return found

    def _curve(self, one: Repetition, frame: flexion.ThoraxFrame) -> Curve:
        first = bisect_left(self._times, one.begin_s - LEAD_S)
        last = bisect_right(self._times, one.end_s)
        sign = math.copysign(1.0, one.angle_deg)
        seconds = [time_s - one.begin_s for time_s in self._times[first:last]]
        axis = self._axes[one.item]
        if axis is Axis.ROTATION:
            # What the guide takes off a turn at its farthest it takes off along the whole way.
            drift_dps = sign * one.residual_deg / (one.end_s - one.begin_s)
            gauge = zip(seconds, self._gauge_deg[first:last], strict=True)
            angles = [angle_deg - drift_dps * max(0.0, at_s) for at_s, angle_deg in gauge]
        else:
            tilts = (tilt_deg(axis, frame, up) for up in self._ups[first:last])
            angles = [sign * (deg - one.from_deg) for deg in tilts]
        points = tuple(zip(seconds, angles, strict=True))
        return Curve(points, one.arrived_s - one.begin_s, sign * one.angle_deg)
