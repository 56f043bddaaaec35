"""How each repetition went over time, by living through a check once more.

Angles are those of the live gauge: positive the way that was asked for.  Pure.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from midback.exercises.items import Axis, Movement
from midback.exercises.measured import Held, Repetition
from midback.exercises.rest import Sample
from midback.exercises.view import View

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
        self._angles: list[float] = []
        self._turns: set[str] = set()

    def seen(self, sample: Sample, view: View) -> None:
        """Take the gauge after one sample."""
        if self._times and sample.time_s <= self._times[-1]:
            return
        self._times.append(sample.time_s)
        self._angles.append(view.angle_deg)
        if isinstance(view.item, Movement) and view.item.axis is Axis.ROTATION:
            self._turns.add(view.item.id)

    def curves(
        self, done: Sequence[Repetition | Held]
    ) -> dict[tuple[str, str], tuple[Curve, ...]]:
        """The curves of what counts, by test and way."""
        found: dict[tuple[str, str], tuple[Curve, ...]] = {}
        for each in done:
            if isinstance(each, Repetition):
                key = each.item, each.way
                found[key] = (*found.get(key, ()), self._curve(each))
        return found

    def _curve(self, one: Repetition) -> Curve:
        first = bisect_left(self._times, one.begin_s - LEAD_S)
        last = bisect_right(self._times, one.end_s)
        sign = math.copysign(1.0, one.angle_deg)
        # What the guide takes off a turn at its farthest it takes off along the whole way.
        drift_dps = 0.0
        if one.item in self._turns:
            drift_dps = sign * one.residual_deg / (one.end_s - one.begin_s)
        points = tuple(
            (time_s - one.begin_s, angle_deg - drift_dps * max(0.0, time_s - one.begin_s))
            for time_s, angle_deg in zip(
                self._times[first:last], self._angles[first:last], strict=True
            )
        )
        return Curve(points, one.arrived_s - one.begin_s, sign * one.angle_deg)
