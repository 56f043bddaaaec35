"""How the hours after exercises were sat, beside the rest of the same days, over many days.

Seconds are summed over days, and days are what intervals are sampled by: what was sat in one day
hangs together.  They are those of leaving out one day after the other (the jackknife over
clusters), of the difference within days, so that a day which is slumped from morning to evening
says nothing for or against an exercise.

Most people slump more at some hours than at others, whatever they do.  So the same hours of days
without any exercise are held against the rest of those days as well, and only what goes beyond
that is called a difference.  Where there are too few such days, it is not.

Limits: whoever exercises when a day goes well finds a difference that no exercise made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.exercises.exercise import Exercise
from midback_analysis.exercised import AFTER_S, LEAST_S
from midback_analysis.summary import Share
from midback_analysis.trend_day import BLOCK_S, Bout, TrendDay

LEAST_DAYS = 3
"""As a week needs.  On simulated days the interval of three held the truth 95 times in 100, wide
as it is: 25 to 30 points to either side, 10 from eight days."""

LEAST_REST_S = 3600
"""Of still time outside of the hours after exercises: less is no day to compare with."""


@dataclass(frozen=True, slots=True)
class After:
    """The hours after one kind of exercise; all shares are None where too few days tell.

    Attributes:
        kind: which, in words.
        bouts: how many there were in all, whatever the days were like.
        days: days that count, with still time enough in the hour after one and in the rest.
        bouts_used: how many of that kind these days had.
        days_without: days that count and had no exercise, with still time enough in the same
            hours and in the rest.
        hour_after: slumped share of the still time in the hours after.
        otherwise: the same of the rest of these days.
        difference: percentage points, the former less the latter.
        same_hours: the same difference in the same hours of the days without an exercise.
        beyond: percentage points that ``difference`` lies beyond ``same_hours``.
    """

    kind: str
    bouts: int
    days: int
    bouts_used: int
    days_without: int
    hour_after: Share | None = None
    otherwise: Share | None = None
    difference: Share | None = None
    same_hours: Share | None = None
    beyond: Share | None = None


class _Sums(NamedTuple):
    """Of one day: seconds in the hours after exercises, or in the same hours, and in the rest."""

    slumped_s: int
    still_s: int
    rest_slumped_s: int
    rest_still_s: int


class _Estimate(NamedTuple):
    """A number of percentage points, its standard error and the degrees of freedom."""

    value: float
    error: float
    freedom: float

    def share(self, least: float = -100.0) -> Share:
        reach = _t(self.freedom) * self.error
        between = (max(self.value - reach, least), min(self.value + reach, 100.0))
        return Share(self.value, between)

    def beyond(self, other: _Estimate) -> _Estimate:
        """The difference of two that share no day (Welch and Satterthwaite)."""
        a, b = self.error**2, other.error**2
        parts = a**2 / self.freedom + b**2 / other.freedom
        freedom = (a + b) ** 2 / parts if parts > 0 else self.freedom + other.freedom
        return _Estimate(self.value - other.value, math.sqrt(a + b), freedom)


def after_exercises(all_days: Iterable[TrendDay], counting: Sequence[TrendDay]) -> list[After]:
    """One entry for each kind of exercise that occurred.

    Args:
        all_days: of the window.
        counting: those of them that count.
    """
    every = [bout.kind for day in all_days for bout in day.bouts]
    return [_after(str(kind), every.count(kind), counting) for kind in Exercise if kind in every]


def _after(kind: str, bouts: int, counting: Sequence[TrendDay]) -> After:
    used = [(day, bouts_of) for day in counting if (bouts_of := _bouts(day, kind))]
    days = [_with_exercise(day, bouts_of) for day, bouts_of in used]
    mine = [bout for _, bouts_of in used for bout in bouts_of]
    without = [
        sums
        for day in counting
        if not day.bouts and (sums := _in_the_same_hours(day, mine)) is not None
    ]
    found = After(kind, bouts, len(days), len(mine), len(without))
    if len(days) < LEAST_DAYS:
        return found
    hour_after, otherwise, difference = _estimates(days)
    found = replace(
        found,
        hour_after=hour_after.share(0.0),
        otherwise=otherwise.share(0.0),
        difference=difference.share(),
    )
    if len(without) < LEAST_DAYS:
        return found
    *_, same_hours = _estimates(without)
    beyond = difference.beyond(same_hours).share()
    return replace(found, same_hours=same_hours.share(), beyond=beyond)


def _bouts(day: TrendDay, kind: str) -> list[Bout]:
    """Those with still time enough in the hour after them, on a day with enough of the rest."""
    if day.rest_still_s < LEAST_REST_S:
        return []
    return [each for each in day.bouts if each.kind == kind and each.still_s >= LEAST_S]


def _with_exercise(day: TrendDay, bouts: Sequence[Bout]) -> _Sums:
    return _Sums(
        sum(each.slumped_s for each in bouts),
        sum(each.still_s for each in bouts),
        day.rest_slumped_s,
        day.rest_still_s,
    )


def _in_the_same_hours(day: TrendDay, bouts: Sequence[Bout]) -> _Sums | None:
    """A day without an exercise: what it was like in the hours after those of other days."""
    sums: list[_Sums] = []
    for bout in bouts:
        begin_s = bout.start_s + bout.length_s
        within, rest = [0, 0], [0, 0]
        for block in day.blocks:
            middle_s = block.start_s + BLOCK_S // 2
            here = within if begin_s <= middle_s < begin_s + AFTER_S else rest
            here[0] += block.slumped_s
            here[1] += block.still_s
        if within[1] >= LEAST_S and rest[1] >= LEAST_REST_S:
            sums.append(_Sums(*within, *rest))
    return _Sums(*map(sum, zip(*sums, strict=True))) if sums else None


def _estimates(days: Sequence[_Sums]) -> list[_Estimate]:
    """Slumped in the hours, in the rest, and the difference, in per cent of still time."""
    sums, count = np.array(days, dtype=np.float64), len(days)
    every = _percents(np.ones((1, count)) @ sums)[:, 0]
    left_out = _percents((np.ones((count, count)) - np.eye(count)) @ sums)
    spread = ((left_out - left_out.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    errors = np.sqrt((count - 1) / count * spread)
    return [
        _Estimate(value, error, count - 1)
        for value, error in zip(every.tolist(), errors.tolist(), strict=True)
    ]


def _percents(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of sums of seconds, shape ``(m, 4)``, the two shares and their difference, ``(3, m)``."""
    slumped, still, rest_slumped, rest_still = sums.T
    here, rest = slumped / still, rest_slumped / rest_still
    return 100 * np.stack([here, rest, here - rest])


def _t(freedom: float) -> float:
    # Here, because days without exercises need not wait for it to load.
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
