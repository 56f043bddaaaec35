"""How the hours after exercises were sat, beside the rest of the same days, over many days.

Seconds are summed over days, and days are what the interval is sampled by: what was sat in one
day hangs together.  It is that of leaving out one day after the other (the jackknife over
clusters), of the difference within days, so that a day which is slumped from morning to evening
says nothing for or against an exercise.

Limits: whoever exercises when the day goes well, or at the same hour each day, finds a difference
that no exercise made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.exercises.exercise import Exercise
from midback_analysis.exercised import LEAST_S
from midback_analysis.summary import Share
from midback_analysis.trend_day import Bout, TrendDay

LEAST_DAYS = 3
"""As a week needs.  On simulated days the interval of three held the truth 95 times in 100, wide
as it is: 25 to 30 points to either side, 10 from eight days."""

SAME_HOUR_S = 7200
"""Exercises that all begin within so long are done at the same hour (own choice)."""

LEAST_REST_S = 3600
"""Of still time outside of the hours after exercises: less is no day to compare with."""


@dataclass(frozen=True, slots=True)
class After:
    """The hours after one kind of exercise.

    Attributes:
        kind: which, in words.
        bouts: how many there were in all, whatever the days were like.
        days: days that count, with still time enough in the hour after one and in the rest.
        bouts_used: how many of that kind these days had.
        hour_after: slumped share of the still time in the hours after, None with too few days.
        otherwise: the same of the rest of these days.
        difference: percentage points, the former less the latter.
        begun: clock of the earliest and of the latest of them.
        same_hour: whether these lie within ``SAME_HOUR_S``, so that nothing tells a difference
            from one that the hour of the day makes.
    """

    kind: str
    bouts: int
    days: int
    bouts_used: int
    hour_after: Share | None = None
    otherwise: Share | None = None
    difference: Share | None = None
    begun: tuple[str, str] | None = None
    same_hour: bool = False


class _Day(NamedTuple):
    bouts: int
    after_slumped_s: int
    after_still_s: int
    rest_slumped_s: int
    rest_still_s: int


def after_exercises(all_days: Iterable[TrendDay], counting: Sequence[TrendDay]) -> list[After]:
    """One entry for each kind of exercise that occurred.

    Args:
        all_days: of the window.
        counting: those of them that count.
    """
    every = [bout.kind for day in all_days for bout in day.bouts]
    return [_after(str(kind), every.count(kind), counting) for kind in Exercise if kind in every]


def _after(kind: str, bouts: int, counting: Sequence[TrendDay]) -> After:
    days = [each for day in counting if (each := _used(day, kind)) is not None]
    used = sum(day.bouts for day in days)
    if len(days) < LEAST_DAYS:
        return After(kind, bouts, len(days), used)
    hour_after, otherwise, difference = _shares(days)
    mine = [bout for day in counting for bout in _bouts(day, kind)]
    first, *_, last = sorted(mine, key=lambda bout: bout.start_s)
    return After(
        kind,
        bouts,
        len(days),
        used,
        hour_after,
        otherwise,
        difference,
        (first.clock, last.clock),
        last.start_s - first.start_s <= SAME_HOUR_S,
    )


def _shares(days: Sequence[_Day]) -> tuple[Share, Share, Share]:
    """Slumped in the hours after, otherwise, and the difference."""
    sums = np.array([each[1:] for each in days], dtype=np.float64)
    count = len(days)
    every = _percents(np.ones((1, count)) @ sums)[:, 0]
    left_out = _percents((np.ones((count, count)) - np.eye(count)) @ sums)
    spread = ((left_out - left_out.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    reach = _t(count) * np.sqrt((count - 1) / count * spread)
    after, rest, less = zip(every.tolist(), reach.tolist(), strict=True)
    return _share(*after, 0.0), _share(*rest, 0.0), _share(*less, -100.0)


def _percents(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of sums of seconds, shape ``(m, 4)``, the two shares and their difference, ``(3, m)``."""
    after_slumped, after_still, rest_slumped, rest_still = sums.T
    after, rest = after_slumped / after_still, rest_slumped / rest_still
    return 100 * np.stack([after, rest, after - rest])


def _used(day: TrendDay, kind: str) -> _Day | None:
    """What a day says of exercises of a kind, if it says enough."""
    mine = _bouts(day, kind)
    if not mine:
        return None
    return _Day(
        len(mine),
        sum(each.slumped_s for each in mine),
        sum(each.still_s for each in mine),
        day.rest_slumped_s,
        day.rest_still_s,
    )


def _bouts(day: TrendDay, kind: str) -> list[Bout]:
    """Those with still time enough in the hour after them, on a day with enough of the rest."""
    if day.rest_still_s < LEAST_REST_S:
        return []
    return [each for each in day.bouts if each.kind == kind and each.still_s >= LEAST_S]


def _t(days: int) -> float:
    # Here, because days without exercises need not wait for it to load.
    from scipy.special import stdtrit

    return float(stdtrit(days - 1, 0.975))


def _share(value: float, reach: float, least: float) -> Share:
    return Share(value, (max(value - reach, least), min(value + reach, 100.0)))
