"""What is different from earlier days, told only where chance does not explain it.

A day counts by the median of its checks, and today is compared with where the wearer began: the
median of their first days.  Were they compared with all earlier days, whoever gets on slowly would
run after themselves.  Where nothing changed, 3 to 7 in 100 measures still exceed the detectable
change (simulated with 1 to 10 earlier days and a standard error of 3.1 degrees); a check has seven
of them, so up to one in three names one by chance.  Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from midback.exercises.results import OWN_DAYS, Results, detectable_deg, differ

Key = tuple[str, str]
"""A test and a way of it, as in ``Results.ranges``."""

Past = Sequence[tuple[date, Results]]
"""The days of earlier checks and what came of them, the oldest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """Today beside earlier days.

    Attributes:
        by_deg: today less where they began, in degrees.
        began_deg: median of the first ``OWN_DAYS`` days.
        days: how many earlier days there are.
        detectable_deg: so much it must be before it is told.
    """

    by_deg: float
    began_deg: float
    days: int
    detectable_deg: float

    @property
    def clear(self) -> bool:
        """Whether it is more than chance explains."""
        return abs(self.by_deg) > self.detectable_deg

    @property
    def own(self) -> bool:
        """Whether it is judged by the wearer's own scatter."""
        return self.days >= OWN_DAYS


def day_medians(past: Past, key: Key) -> list[tuple[date, float]]:
    """The median of each day on which a test was done, the oldest first."""
    days: dict[date, list[float]] = {}
    for day, results in past:
        size_deg = results.degrees(*key)
        if size_deg is not None:
            days.setdefault(day, []).append(size_deg)
    return [(day, median(those)) for day, those in days.items()]


def change_since(now: Results, past: Past, today: date, key: Key) -> Change | None:
    """Today beside the days before it; ``None`` where there are none."""
    size_deg = now.degrees(*key)
    days = [deg for day, deg in day_medians(past, key) if day < today]
    if size_deg is None or not days:
        return None
    began_deg = median(days[:OWN_DAYS])
    return Change(size_deg - began_deg, began_deg, len(days), detectable_deg(days))


@dataclass(frozen=True, slots=True)
class Sides:
    """Left beside right.

    Attributes:
        left_deg, right_deg: how far.
        differ: whether they do so today, by ``results.differ``.
        again: whether the last other day says the same.
    """

    left_deg: float
    right_deg: float
    differ: bool
    again: bool

    @property
    def apart_deg(self) -> float:
        """How far apart, without sign."""
        return abs(self.left_deg - self.right_deg)

    @property
    def apart_percent(self) -> float:
        """The same, of their mean."""
        return 200.0 * self.apart_deg / (self.left_deg + self.right_deg)


def sides_of(now: Results, past: Past, today: date, item: str) -> Sides | None:
    """Left beside right, today and on the last other day; ``None`` where one is missing.

    Two days must say the same of the same side, because once is often chance.
    """
    sides = now.sides(item)
    if sides is None:
        return None
    found = [each.sides(item) for day, each in past if day < today]
    others = [each for each in found if each is not None]
    uneven = differ(sides)
    again = uneven and bool(others) and differ(others[-1]) and _same_side(sides, others[-1])
    return Sides(*sides, uneven, again)


def _same_side(sides: tuple[float, float], others: tuple[float, float]) -> bool:
    return (sides[0] > sides[1]) == (others[0] > others[1])
