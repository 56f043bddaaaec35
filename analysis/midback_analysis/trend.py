"""Several days beside each other: which of them count, and whether they differ from those before.

A day counts from three hours of measured time on, with a coverage of 60 % or more, with uprights
that agree, and with the buzzing of the other days.  A window tells something from three such days
of seven on, or ten of twenty-eight, and is compared with the window before it if that has as many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from midback.words import degrees
from midback_analysis.after_exercise import After, after_exercises
from midback_analysis.headline import APART_DEG, LOW_COVERAGE_PERCENT
from midback_analysis.quantiles import quantiles
from midback_analysis.resampled import (
    Draws,
    interval,
    median,
    medians_of_days,
    medians_of_days_and_blocks,
)
from midback_analysis.trend_day import Block, TrendDay

WINDOWS = (7, 28)
LEAST_COUNTING = {7: 3, 28: 10}
LEAST_MEASURED_S = 3 * 3600
USUAL_DAYS = 28
LEAST_USUAL = 10
"""Days that count which a usual range is told from."""

_HOUR_S = 3600
_MORNING_S = 9 * _HOUR_S
_LEAST_HOURS = 8

_DRAW_DAYS = 10
"""From so many days on days are drawn, from fewer blocks within them as well."""

MORE, LESS, ALIKE, NOT_YET, ONE_A_DAY = (
    "more",
    "less",
    "no clear difference",
    "not yet",
    "one a day",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that each day has.

    Attributes:
        key: names it in the JSON.
        label: for people.
        unit: of a value, as in ``58 %``.
        of: a day's value, None where too little was measured.
        counted: what of a block it counts, None where it is no sum over blocks.
        per: what the value is told in: 100 of shares, 3600 of rates an hour.
    """

    key: str
    label: str
    unit: str
    of: Callable[[TrendDay], float | None]
    counted: Callable[[Block], int] | None = None
    per: float = 1.0


FIGURES = (
    Figure(
        "longest_still_min",
        "longest still spell",
        "min",
        lambda day: None if day.longest_s is None else day.longest_s / 60,
    ),
    Figure(
        "upright_percent",
        "upright share",
        "%",
        lambda day: day.upright_percent,
        lambda block: block.upright_s,
        100.0,
    ),
    Figure(
        "shifts_per_hour",
        "posture shifts",
        "per hour",
        lambda day: day.shifts_per_hour,
        lambda block: block.shifts,
        3600.0,
    ),
)
"""The three of the day's page that do not depend on the slump line."""


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the window, and why it does not count (empty where it does)."""

    day: TrendDay
    why_not: str

    @property
    def counts(self) -> bool:
        """Whether it enters medians, ranges and comparisons."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle half of the days that count of the four weeks before, and their median."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """The median of the days that count against that of the window before.

    Attributes:
        figure: its ``key``.
        now: median of the window, None with too few days.
        before: median of the window before, None with too few days.
        difference: now less before, None where either is.
        low: where 95 of 100 draws of it begin, None where it cannot be told.
        high: where they end.
        verdict: ``MORE``, ``LESS``, ``ALIKE``, ``NOT_YET``, or ``ONE_A_DAY``: a figure that a day
            has only one of has no interval from so few days.
    """

    figure: str
    now: float | None
    before: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Some days, and how they stand to those before.

    Attributes:
        days: of the window, in order.
        before: of as many days before it.
        usual_days: how many count of the four weeks before.
        usual: by ``key`` of the figure; empty with too few.
        changes: one for each figure.
        after: how the hours after exercises were sat, one for each kind.
        mode: the buzzing of the days that count, None if nothing tells of it.
        problems: what could not be read, one sentence each.
    """

    days: tuple[ShownDay, ...]
    before: tuple[ShownDay, ...]
    usual_days: int
    usual: dict[str, Usual]
    changes: tuple[Change, ...]
    after: tuple[After, ...]
    mode: str | None
    problems: tuple[str, ...] = ()

    @property
    def least(self) -> int:
        """How many days have to count."""
        return LEAST_COUNTING[len(self.days)]

    @property
    def hours(self) -> tuple[int, int]:
        """First and last hour of the clock that all days share; over 24 is the next day."""
        bars = [bar for shown in self.days for bar in shown.day.ribbon]
        first = min((bar.start_s for bar in bars), default=_MORNING_S) // _HOUR_S
        last = -(-max((bar.end_s for bar in bars), default=0) // _HOUR_S)
        return first, max(last, first + _LEAST_HOURS)

    @property
    def counting(self) -> list[TrendDay]:
        """The days of the window that count."""
        return [each.day for each in self.days if each.counts]

    @property
    def counting_before(self) -> list[TrendDay]:
        """Those of the window before."""
        return [each.day for each in self.before if each.counts]


def first_day_needed(until: date, length: int) -> date:
    """The first of all days that a trend of *length* days up to *until* looks at."""
    return until - timedelta(days=length + max(USUAL_DAYS, length) - 1)


def trend_of(days: Sequence[TrendDay], length: int, problems: Sequence[str] = ()) -> Trend:
    """How the last days stand to those before.

    Args:
        days: one for each date in order, from ``first_day_needed`` on.
        length: of the window, one of ``WINDOWS``.
        problems: what could not be read.
    """
    window = days[-length:]
    mode = _mode([day for day in window if not _why_not(day)])
    shown = [ShownDay(day, _why_not(day) or _other_mode(day, mode)) for day in days]
    now, before = shown[-length:], shown[-2 * length : -length]
    usual = [each.day for each in shown[-length - USUAL_DAYS : -length] if each.counts]
    counting = [each.day for each in now if each.counts]
    counting_before = [each.day for each in before if each.counts]
    least = LEAST_COUNTING[length]
    return Trend(
        tuple(now),
        tuple(before),
        len(usual),
        {each.key: _usual(each, usual) for each in FIGURES} if len(usual) >= LEAST_USUAL else {},
        tuple(_change(each, counting, counting_before, least) for each in FIGURES),
        tuple(after_exercises(window, counting)),
        mode,
        tuple(problems),
    )


def _why_not(day: TrendDay) -> str:
    """Why a day counts in no trend, whatever the others are like; empty if it may."""
    if day.problem:
        return "could not be read"
    if not day.span_s:
        return "not worn"
    if day.measured_s < LEAST_MEASURED_S:
        return "too short to count"
    if (day.coverage_percent or 0.0) < LOW_COVERAGE_PERCENT:
        return "too many gaps to count"
    if day.apart_deg > APART_DEG:
        return f"two uprights, {degrees(day.apart_deg)} apart"
    if day.upright_percent is None:
        return "too little still time to count"
    return ""


def _mode(days: Sequence[TrendDay]) -> str | None:
    """The buzzing of most days; of as many, that of the later ones."""
    counts = Counter(day.mode for day in reversed(days))
    return counts.most_common(1)[0][0] if counts else None


def _other_mode(day: TrendDay, mode: str | None) -> str:
    if day.mode == mode:
        return ""
    return f"buzzing {day.mode or 'not told'}: not compared"


def _usual(figure: Figure, days: Sequence[TrendDay]) -> Usual:
    low, middle, high = quantiles(_values(figure, days), (0.25, 0.5, 0.75))
    return Usual(low, middle, high)


def _values(figure: Figure, days: Sequence[TrendDay]) -> NDArray[np.float64]:
    return np.array([figure.of(day) for day in days], dtype=np.float64)


def _change(
    figure: Figure, days: Sequence[TrendDay], before: Sequence[TrendDay], least: int
) -> Change:
    now = median(_values(figure, days).tolist()) if len(days) >= least else None
    then = median(_values(figure, before).tolist()) if len(before) >= least else None
    if now is None or then is None:
        return Change(figure.key, now, then, None, None, None, NOT_YET)
    draws = Draws()
    drawn = [_drawn(figure, each, draws) for each in (days, before)]
    if drawn[0] is None or drawn[1] is None:
        return Change(figure.key, now, then, now - then, None, None, ONE_A_DAY)
    low, high = interval(drawn[0] - drawn[1])
    verdict = MORE if low > 0 else LESS if high < 0 else ALIKE
    return Change(figure.key, now, then, now - then, low, high, verdict)


def _drawn(figure: Figure, days: Sequence[TrendDay], draws: Draws) -> NDArray[np.float64] | None:
    """Medians of days drawn anew; None where that says nothing."""
    if len(days) >= _DRAW_DAYS:
        return medians_of_days(_values(figure, days), draws)
    counted = figure.counted
    if counted is None:
        return None
    blocks = [
        (
            np.array([counted(block) for block in day.blocks], dtype=np.float64),
            np.array([block.still_s for block in day.blocks], dtype=np.float64),
        )
        for day in days
    ]
    return medians_of_days_and_blocks(blocks, figure.per, draws)
