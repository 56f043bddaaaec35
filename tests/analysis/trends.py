"""Days of a trend made by hand, and whole trends of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from midback_analysis.trend import USUAL_DAYS, Trend, trend_of
from midback_analysis.trend_day import Bar, Block, Bout, TrendDay

SUNDAY = date(2026, 11, 15)
HOUR_S = 3600
NINE_S = 9 * HOUR_S


def a_day(upright_percent: float = 60.0, **more: Any) -> TrendDay:
    """Eight hours at the desk, all alike."""
    blocks = tuple(
        Block(NINE_S + 600 * k, 600, round(6 * upright_percent), 60, 1) for k in range(48)
    )
    made = TrendDay(
        "",
        span_s=8 * HOUR_S,
        measured_s=8 * HOUR_S,
        still_s=8 * HOUR_S,
        coverage_percent=100.0,
        mode="normal",
        lines_deg=(13.0,),
        longest_s=2400,
        upright_percent=upright_percent,
        slumped_percent=10.0,
        shifts_per_hour=6.0,
        blocks=blocks,
        ribbon=(Bar("upright", False, NINE_S, NINE_S + 8 * HOUR_S),),
        rest_still_s=8 * HOUR_S,
        rest_slumped_s=2880,
    )
    return replace(made, **more)


def uneven_day(mean_percent: float, rng: random.Random, **more: Any) -> TrendDay:
    """A day whose blocks differ, and which differs from other days."""
    day_percent = mean_percent + rng.gauss(0, 3)
    shares = [min(1.0, max(0.0, day_percent / 100 + rng.gauss(0, 0.2))) for _ in range(48)]
    blocks = tuple(
        Block(NINE_S + 600 * k, 600, round(600 * share), 60, rng.randint(0, 3))
        for k, share in enumerate(shares)
    )
    upright_s = sum(each.upright_s for each in blocks)
    return a_day(100 * upright_s / (600 * 48), blocks=blocks, **more)


def unworn() -> TrendDay:
    return TrendDay("")


def short_day() -> TrendDay:
    """Under three hours."""
    return a_day(66.0, span_s=9000, measured_s=9000, still_s=9000)


def bout(
    still_s: int = 3600, slumped_s: int = 360, start_s: int = 10 * HOUR_S, kind: str = "routine"
) -> Bout:
    clock = f"{start_s // HOUR_S:02d}:{start_s % HOUR_S // 60:02d}"
    return Bout(kind, clock, start_s, 300, still_s, slumped_s)


def trend(
    window: Sequence[TrendDay],
    before: Sequence[TrendDay] = (),
    until: date = SUNDAY,
    problems: Sequence[str] = (),
) -> Trend:
    """A trend of a window, after some days right before it and unworn ones before those."""
    needed = len(window) + max(USUAL_DAYS, len(window))
    days = [unworn() for _ in range(needed - len(window) - len(before))]
    days += [*before, *window]
    dated = [
        replace(day, date=(until - timedelta(days=needed - 1 - k)).isoformat())
        for k, day in enumerate(days)
    ]
    return trend_of(dated, len(window), problems)


def week(*worn: TrendDay) -> list[TrendDay]:
    """Seven days: these, then unworn ones."""
    return [*worn, *(unworn() for _ in range(7 - len(worn)))]
