"""The three drawings on the clock axis: ribbon, curve, hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from midback.words import degrees, duration
from midback_analysis.page.drawing import (
    across,
    anchored,
    at,
    gutter,
    hour_axis,
    mark,
    panel,
    percent,
    picture,
    share_of,
    text,
)
from midback_analysis.page.markup import Markup, element, join, wide
from midback_analysis.summary import CELL_S, Curve, DaySummary
from midback_analysis.wording import STATE_WORDS, lines_deg, number

NAMED_SHARE = 0.075
"""Width a stretch needs to carry its name."""

_UNMEASURED = ("off", "nodata", "uncalibrated")
_SPARED = 0.25
"""Of the height, above and below what is known by tens of seconds."""

CURVE_HEIGHT = 170
_PX_PER_DEG = CURVE_HEIGHT / 52
_LABEL_PX = 13
HOUR_HEIGHT = 96
MANY_HOURS = 16
"""From here on a phone shows every second count; the table has them all."""


def ribbon(summary: DaySummary) -> Markup:
    """The day in cells of five minutes, with buzzes, calibrations and the longest still spell."""
    buzzes = [
        mark("buzz", at(summary, buzz.at.second), 28, "open" if buzz.after_s is None else "full")
        for buzz in summary.buzzes.given
    ]
    buzzes += [mark("own", at(summary, each.second), 28, "own") for each in summary.buzzes.by_clip]
    buzzes += [
        mark("withheld", at(summary, each.at.second), 28, "withheld")
        for each in summary.buzzes.withheld
        if not each.later
    ]
    calibrations = [
        mark("calibration", at(summary, each.at.second), 13, "calibration")
        for each in summary.happenings
        if each.kind == "calibration"
    ]
    exercises = [
        mark("exercise", at(summary, each.at.second), 13, "exercise") for each in summary.exercises
    ]
    drawing = picture(
        "ribbon",
        "The day in cells of five minutes",
        "Each cell shows the state that took most of it; one that the clip kept is low. "
        "The same facts stand in the table by the hour.",
        110,
        *buzzes,
        *calibrations,
        *exercises,
        *_bars(summary, 30, 34),
        hour_axis(summary, 64),
        _spell(summary),
    )
    buzzed = summary.buzzes.given or summary.buzzes.by_clip or summary.buzzes.withheld
    labels = [(27.0, "buzzes")] if buzzed else []
    return panel(gutter(110, *labels), drawing)


def empty_ribbon() -> Markup:
    """The ribbon of a day without wear: no clock, because nothing says which hours to show."""
    return picture(
        "ribbon",
        "The day in cells of five minutes",
        "The clip was not worn.",
        34,
        element("rect", x="0", width="100%", y=0, height=34, class_="neutral"),
        text("50%", 21, STATE_WORDS["off"], class_="mid soft"),
    )


def _bars(summary: DaySummary, y: float, height: float) -> Iterator[Markup]:
    start_s = summary.axis_start_s
    for (state, kept), cells in groupby(zip(summary.cells, summary.cells_kept, strict=True)):
        end_s = start_s + CELL_S * len(list(cells))
        left, right = share_of(summary, start_s), share_of(summary, end_s)
        spared = _SPARED * height if kept and state not in _UNMEASURED else 0.0
        yield element(
            "rect", x=percent(left), width=percent(right - left), y=y + spared,
            height=height - 2 * spared, class_=state,
        )  # fmt: skip
        within = start_s > 0 and end_s < summary.coverage.span_s
        if state in _UNMEASURED and within and right - left > NAMED_SHARE:
            middle, name = percent((left + right) / 2), STATE_WORDS[state]
            yield text(middle, y + height / 2 + 4, name, class_="mid wide halo")
        start_s = end_s


def _spell(summary: DaySummary) -> Markup:
    spell = summary.still_spell
    if spell is None or not summary.enough:
        return Markup()
    start, end = at(summary, spell.start.second), at(summary, spell.end.second)
    middle = share_of(summary, (spell.start.second + spell.end.second) / 2)
    name = f"longest still spell, {duration(spell.length_s)}"
    return join(
        across(91, "span", start, end),
        text(percent(middle), 107, name, class_=anchored(middle)),
    )


class _Scale(NamedTuple):
    """Degrees to px: forward is up."""

    top_deg: float
    bottom_deg: float

    @property
    def height(self) -> float:
        return (self.top_deg - self.bottom_deg) * _PX_PER_DEG

    def y(self, deg: float) -> float:
        return (self.top_deg - deg) * _PX_PER_DEG


def curve(summary: DaySummary) -> Markup:
    """Median and 10th to 90th percentile of five minutes, over the slump line filled."""
    scale = _scale(summary.curve)
    grid = _grid(summary, scale)
    drawing = picture(
        "curve",
        "Tilt of the upper back through the day",
        "Median and 10th to 90th percentile in windows of five minutes; gaps stay gaps.",
        scale.height,
        element(
            "rect", x="0", width="100%", y=scale.y(5), height=scale.y(-8) - scale.y(5),
            class_="neutral",
        ),
        *(across(scale.y(deg), "grid" if deg else "zero") for deg in grid),
        *(
            across(scale.y(part.enter_deg), "limit", at(summary, part.start_s),
                   at(summary, part.end_s))
            for part in _parts(summary)
        ),
        _lines(summary, scale),
        *(
            text(at(summary, part.start_s), scale.y(part.enter_deg) - 5,
                 f"slump line {degrees(part.enter_deg)}", class_="halo")
            for before, part in pairwise(_parts(summary))
            if before.enter_deg != part.enter_deg
        ),
    )  # fmt: skip
    return panel(gutter(scale.height, *_labels(summary, grid, scale)), drawing)


def _scale(curve: Curve) -> _Scale:
    lows = [value for value in curve.p10 if value is not None]
    highs = [value for value in curve.p90 if value is not None]
    return _Scale(max([34.0, *(v + 2 for v in highs)]), min([-18.0, *(v - 2 for v in lows)]))


def _grid(summary: DaySummary, scale: _Scale) -> list[int]:
    """Round numbers in sight; one too near to a slump line stays away, upright never does."""
    lines = [scale.y(line) for line in lines_deg(summary)]
    return [
        deg
        for deg in range(-90, 91, 10)
        if scale.bottom_deg < deg < scale.top_deg
        and (deg == 0 or all(abs(scale.y(deg) - y) >= _LABEL_PX for y in lines))
    ]


def _labels(
    summary: DaySummary, grid: Sequence[int], scale: _Scale
) -> Iterator[tuple[float, Markup]]:
    for deg in grid:
        yield scale.y(deg) + 4, join(wide("upright ") if deg == 0 else "", degrees(deg))
    for line in lines_deg(summary)[:1]:
        yield scale.y(line) + 4, join(wide("slump line "), degrees(line))


class _Part(NamedTuple):
    start_s: float
    end_s: float
    enter_deg: float


def _parts(summary: DaySummary) -> list[_Part]:
    """Stretches with one slump line: the dashed line steps where another begins."""
    if not summary.judged:
        return []
    starts: list[float] = [each.start.second for each in summary.judged]
    ends = [*starts[1:], summary.axis_end_s]
    starts[0] = summary.axis_start_s
    return [
        _Part(start, end, each.enter_deg)
        for start, end, each in zip(starts, ends, summary.judged, strict=True)
    ]


def _lines(summary: DaySummary, scale: _Scale) -> Markup:
    """The curves, alone in a nested drawing that stretches; its units are minutes and degrees."""
    start, end = summary.axis_start_s / 60, summary.axis_end_s / 60
    over = element(
        "clipPath",
        *(
            element("rect", x=part.start_s / 60, width=(part.end_s - part.start_s) / 60,
                    y=-scale.top_deg, height=max(0.0, scale.top_deg - part.enter_deg))
            for part in _parts(summary)
        ),
        id="over",
    )  # fmt: skip
    band, middle = _paths(summary.curve)
    return element(
        "svg",
        over,
        element("path", d=band, class_="band"),
        element("path", d=band, class_="band over", clip_path="url(#over)"),
        element("path", d=middle, class_="median"),
        width="100%",
        height=scale.height,
        viewBox=f"{start:.2f} {-scale.top_deg:.2f} {end - start:.2f} "
        f"{scale.top_deg - scale.bottom_deg:.2f}",
        preserveAspectRatio="none",
    )


def _paths(curve: Curve) -> tuple[str, str]:
    band, middle = "", ""
    for known, points in groupby(
        zip(curve.second, curve.p10, curve.p50, curve.p90, strict=True),
        key=lambda point: point[2] is not None,
    ):
        if not known:
            continue
        low, mid, high = list[str](), list[str](), list[str]()
        for second, p10, p50, p90 in points:
            for line, deg in ((low, p10), (mid, p50), (high, p90)):
                line.append(f"{second / 60:.0f} {-(deg or 0):.1f}")
        band += "M" + "L".join(low) + "L" + "L".join(reversed(high)) + "z"
        middle += "M" + "L".join(mid)
    return band, middle


def hours(summary: DaySummary) -> Markup:
    """One column for each hour, sixty minutes high, and three counts under it."""
    drawing = picture(
        "hours",
        "Hour by hour",
        "Sixty minutes for each hour, slumped at the foot; "
        "under it minutes slumped, posture shifts and buzzes.",
        HOUR_HEIGHT + 76,
        across(0, "grid"),
        across(HOUR_HEIGHT / 2, "grid"),
        *(join(*_column(summary, k), *_counts(summary, k)) for k in range(len(summary.hours))),
        across(HOUR_HEIGHT, "zero"),
        hour_axis(summary, HOUR_HEIGHT),
    )
    labels = [(8.0, "60"), (52.0, "30"), (96.0, "0 min")]
    counts = [(132.0, join("slumped", wide(" min"))), (149.0, "shifts"), (166.0, "buzzes")]
    return panel(gutter(HOUR_HEIGHT + 76, *labels, *counts), drawing)


def _column(summary: DaySummary, k: int) -> Iterator[Markup]:
    hour = summary.hours[k]
    left, right = share_of(summary, hour.start_s), share_of(summary, hour.end_s)
    width, y = right - left, float(HOUR_HEIGHT)
    # An hour that a clock moved back within is longer than sixty minutes: its column is full.
    full_s = max(3600, hour.end_s - hour.start_s)
    for state in ("slumped", "mild", "upright", "back", "moving", "uncalibrated", "nodata"):
        tall = hour.minutes(state) * 60 / full_s * HOUR_HEIGHT
        y -= tall
        if tall > 0.3:
            yield element(
                "rect", x=percent(left + 0.08 * width), width=percent(0.84 * width), y=y,
                height=tall, class_=state,
            )  # fmt: skip


def _counts(summary: DaySummary, k: int) -> Iterator[Markup]:
    hour = summary.hours[k]
    middle = at(summary, (hour.start_s + hour.end_s) / 2)
    class_ = "mid" if hour.worn_s >= 1800 else "mid soft"
    if k % 2 and len(summary.hours) > MANY_HOURS:
        class_ += " wide"
    counts = (hour.minutes("slumped"), hour.shifts, hour.buzzes)
    for row, count in enumerate(counts):
        told = number(count) if hour.measured_s else "–"
        yield text(middle, HOUR_HEIGHT + 36 + 17 * row, told, class_=class_)
