"""Drawings of a check beside its repetitions: earlier days, the tall hold, the upright found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from statistics import fmean

from midback.exercises import account_words as words
from midback.exercises.account import Account, Measure
from midback.exercises.changes import Change, Key
from midback.exercises.measured import Held
from midback.exercises.results import AWAY_DEG, Endurance, Finding
from midback.words import NBSP, degrees
from midback_analysis.page.drawing import across, percent, picture, pole, text
from midback_analysis.page.markup import Markup, element, join
from midback_analysis.page.repetition_drawings import id_of

_FOOT_PX = 16.0

_PAST_PX = 0.8  # for a degree at most
_PAST_TALL_PX = 100.0  # all rows together
_PAST_ROOM_PX = 5.0

_HELD_PX = 3.3  # for a degree at most
_HELD_TALL_PX = 64.0
_HELD_STEP_S = 0.5
_HELD_DEG = 8.0

_FOUND_DEG = 8.0
_FOUND_Y = 32.0


def began(account: Account) -> date:
    """The first day that a measure of this check was done on."""
    return min(each.past[0][0] for each in account.measures.values() if each.past)


def past(account: Account) -> dict[Key, Markup]:
    """For each measure the days it was done on, all in one scale."""
    spans = [_span(each.change, each) for each in account.measures.values() if each.change]
    px = min(_PAST_PX, _PAST_TALL_PX / max(1.0, sum(high - low for low, high in spans)))
    return {
        key: Markup() if each.change is None else _past(account, key, each, each.change, px)
        for key, each in account.measures.items()
    }


def _span(change: Change, measure: Measure) -> tuple[float, float]:
    """The degrees that a row shows."""
    shown = [measure.found.median_deg, *(deg for _, deg in measure.past)]
    low_deg = change.began_deg - change.detectable_deg
    high_deg = change.began_deg + change.detectable_deg
    return min(low_deg, *shown), max(high_deg, *shown)


def _past(account: Account, key: Key, measure: Measure, change: Change, px: float) -> Markup:
    """Each earlier day a dot, today a ring, over what is no clear change from the first days."""
    foot_deg, top_deg = _span(change, measure)
    height = (top_deg - foot_deg) * px + 2 * _PAST_ROOM_PX
    today_deg = measure.found.median_deg
    first = began(account)
    days = max(1, (account.day - first).days)

    def y(deg: float) -> float:
        return (top_deg - deg) * px + _PAST_ROOM_PX

    def x(day_number: int) -> str:
        return percent(0.03 + 0.92 * day_number / days)

    dots = [(x((day - first).days), y(deg)) for day, deg in measure.past]
    told = ", ".join(degrees(deg) for _, deg in measure.past)
    return picture(
        f"past-{id_of(key)}",
        f"Earlier days: {words.NAMES[key]}",
        f"{told}; today {degrees(today_deg)}. Grey: no clear change from the first days.",
        height,
        element("rect", x="0", width="100%", y=y(change.began_deg + change.detectable_deg),
                height=2 * change.detectable_deg * px, class_="unclear"),
        across(y(change.began_deg), "tick"),
        *(
            element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="joins")
            for (x1, y1), (x2, y2) in zip(dots, [*dots[1:], (x(days), y(today_deg))], strict=True)
        ),
        *(element("circle", cx=cx, cy=cy, r=2.5, class_="full") for cx, cy in dots),
        element("circle", cx=x(days), cy=y(today_deg), r=4, class_="today"),
    )  # fmt: skip


def hold(held: Held, endurance: Endurance) -> Markup:
    """Flexion through the minute of sitting tall; beyond the band is away."""
    points = _means(held)
    highest = max(deg for _, deg in points)
    lowest = min(deg for _, deg in points)
    top_deg, foot_deg = max(_HELD_DEG, highest + 1.0), min(-_HELD_DEG, lowest - 1.0)
    px = min(_HELD_PX, _HELD_TALL_PX / (top_deg - foot_deg))
    height = (top_deg - foot_deg) * px

    def y(deg: float) -> float:
        return (top_deg - deg) * px

    def x(second: float) -> str:
        return percent(0.07 + 0.93 * second / endurance.seconds)

    away_s = endurance.away_after_s
    left = Markup()
    if away_s is not None:
        end = away_s > endurance.seconds / 2
        said = f"{degrees(AWAY_DEG)} away after {away_s:.0f}{NBSP}s"
        left = join(
            pole(x(away_s), 0.0, height, "away"),
            text(percent(0.07 + 0.93 * away_s / endurance.seconds + (-0.01 if end else 0.01)),
                 height - 5, said, class_="end halo" if end else "halo"),
        )  # fmt: skip
    path = "M" + "L".join(f"{second:.1f} {-deg:.2f}" for second, deg in points)
    lines = element(
        "svg",
        element("path", d=path, class_="median"),
        x="7%",
        width="93%",
        height=height,
        viewBox=f"0 {-top_deg:.2f} {endurance.seconds:.2f} {top_deg - foot_deg:.2f}",
        preserveAspectRatio="none",
    )
    return picture(
        "hold",
        "Sitting tall for a minute",
        words.endurance_told(endurance),
        height + _FOOT_PX,
        element("rect", x="7%", width="93%", y=y(AWAY_DEG), height=2 * AWAY_DEG * px,
                class_="neutral"),
        across(y(0.0), "zero", "7%"),
        *(text("5.5%", y(deg) + 4, degrees(deg), class_="end soft") for deg in (-5, 0, 5)),
        lines,
        left,
        *(
            text(x(second), height + 12, f"{second}{NBSP}s",
                 class_="end soft" if second == 60 else "mid soft")
            for second in range(0, math.floor(endurance.seconds) + 1, 20)
        ),
    )  # fmt: skip


def _means(held: Held) -> list[tuple[float, float]]:
    parts: dict[int, list[float]] = {}
    for second, deg in held.flexion_deg:
        parts.setdefault(int(second // _HELD_STEP_S), []).append(deg)
    return [((k + 0.5) * _HELD_STEP_S, fmean(those)) for k, those in parts.items()]


def found(finding: Finding) -> Markup:
    """Where each try ended: forward is to the right."""
    errors = finding.errors_deg
    widest = max(_FOUND_DEG, *(math.ceil(abs(error)) + 1 for error in errors))

    def x(deg: float) -> str:
        return percent(0.5 + 0.48 * deg / widest)

    step = 5 if widest <= 16 else 10
    marks = range(-step * int(widest // step), int(widest) + 1, step)
    return picture(
        "found",
        "Finding your upright",
        ", ".join(degrees(error) for error in errors),
        _FOUND_Y + 44,
        pole("50%", 0.0, _FOUND_Y + 10, "zero"),
        across(_FOUND_Y + 10, "zero"),
        *_tries(errors, x),
        *(text(x(deg), _FOUND_Y + 25, degrees(deg), class_="mid soft") for deg in marks),
        text("0", _FOUND_Y + 41, "back", class_="soft"),
        text("50%", _FOUND_Y + 41, "your upright", class_="mid soft"),
        text("100%", _FOUND_Y + 41, "forward", class_="end soft"),
    )


def _tries(errors: Sequence[float], x: Callable[[float], str]) -> Iterator[Markup]:
    for number, error in enumerate(errors):
        # In their order from top to bottom, so that none hides another.
        y = 3.0 + (_FOUND_Y - 2) * number / max(1, len(errors) - 1)
        yield element("circle", cx=x(error), cy=y, r=3, class_="full")
