"""How far it tipped, and how soon sitting up followed a buzz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from midback.words import degrees
from midback_analysis.answers import FOLLOWED_S
from midback_analysis.levels import borders_deg
from midback_analysis.page.drawing import across, percent, picture, pole, text
from midback_analysis.page.markup import Markup, element, join
from midback_analysis.summary import Buzz, DaySummary
from midback_analysis.wording import lines_deg, number

FOOT = 132
TALL = 92
_SHOWN_MIN = 0.1
"""A degree held for less than 6 s in a day does not widen the axis."""

_BIN_S = 3
_STACK = 7
_TIME_SHARE = 0.78
_LATER_SHARE = 0.85


def spread(summary: DaySummary) -> Markup:
    """Minutes of still time at each degree, in the colour of its posture."""
    tilts = summary.tilt_deg or (0.0, 0.0, 0.0)
    told = zip((10, 50, 90), tilts, strict=True)
    return _Spread(summary).drawing(", ".join(f"P{p} {degrees(v)}" for p, v in told))


class _Spread:
    """The drawing with its scales."""

    def __init__(self, summary: DaySummary) -> None:
        self.summary = summary
        bars = summary.minutes_per_degree
        held = [degree for degree, minutes in bars if minutes >= _SHOWN_MIN]
        self.left = min([-20, *(degree - 2 for degree in held)])
        self.right = max([35, *(degree + 3 for degree in held)])
        self.bars = [(d, minutes) for d, minutes in bars if self.left <= d < self.right]
        self.highest = max((minutes for _, minutes in self.bars), default=1.0)
        self.lines = lines_deg(summary)

    def x(self, deg: float) -> str:
        return percent((deg - self.left) / (self.right - self.left))

    def y(self, minutes: float) -> float:
        return FOOT - minutes / self.highest * TALL

    def drawing(self, told: str) -> Markup:
        return picture(
            "spread",
            "How far the upper back tipped",
            f"Minutes of still time at each degree. {told}",
            FOOT + 66,
            *self._grid(),
            *(self._bar(degree, minutes) for degree, minutes in self.bars),
            *self._limits(),
            across(FOOT, "zero"),
            *self._axis(),
            *self._percentiles(),
        )

    def _grid(self) -> Iterator[Markup]:
        step = _round_step(self.highest / 2)
        for k in (1, 2):
            if k * step <= self.highest:
                y = self.y(k * step)
                words = f"{number(k * step)} min" + (" per degree" if k == 2 else "")
                yield join(across(y, "grid"), text("0", y - 4, words, class_="soft"))

    def _bar(self, degree: int, minutes: float) -> Markup:
        y, width = self.y(minutes), percent(0.88 / (self.right - self.left))
        borders = borders_deg(self.lines[0] if self.lines else 0.0)[:3]
        class_ = ("back", "upright", "mild", "slumped")[sum(degree + 0.5 >= b for b in borders)]
        return element(
            "rect", x=self.x(degree + 0.06), width=width, y=y, height=FOOT - y, class_=class_
        )

    def _limits(self) -> Iterator[Markup]:
        for k, line in enumerate(sorted(self.lines)):
            yield pole(self.x(line), 18, FOOT, "limit")
            # Of several lines the lowest has its words on the left, so that none cross.
            left = len(self.lines) > 1 and k == 0
            x, y = self.x(line + (-0.7 if left else 0.7)), 27.0 + 14 * max(0, k - 1)
            yield text(x, y, f"slump line {degrees(line)}", class_="end halo" if left else "halo")

    def _axis(self) -> Iterator[Markup]:
        step = 10 if self.right - self.left <= 70 else 20
        for deg in range(-80, 91, step):
            if self.left < deg < self.right:
                yield text(self.x(deg), FOOT + 15, degrees(deg), class_="mid soft")

    def _percentiles(self) -> Iterator[Markup]:
        if self.summary.tilt_deg is None:
            return
        low, middle, high = self.summary.tilt_deg
        yield across(FOOT + 30, "span", self.x(low), self.x(high))
        yield element("circle", cx=self.x(middle), cy=FOOT + 30, r=3.5, class_="full")
        yield text(self.x(low), FOOT + 48, f"P10 {degrees(low)}", class_="end")
        # On a line of its own, because the three may lie within a degree.
        yield text(self.x(middle), FOOT + 62, f"P50 {degrees(middle)}", class_="mid")
        yield text(self.x(high), FOOT + 48, f"P90 {degrees(high)}", class_="start")


def _round_step(size: float) -> float:
    """The largest of 1, 2, 5, 10 ... that is not above *size*, at least 1."""
    steps = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]
    return max((step for step in steps if step <= size), default=1.0)


def answers(summary: DaySummary) -> Markup:
    """One dot for each buzz at the time until sitting up; the others in a field of their own."""
    given = summary.buzzes.given
    later = [buzz for buzz in given if buzz.after_s is None]
    marks = (0, 15, 30, 45, 60)
    return picture(
        "answers",
        "Time from buzz to sitting up",
        f"One dot for each of {len(given)} buzzes; {len(later)} not within {FOLLOWED_S} s.",
        100,
        element("rect", x=percent(_LATER_SHARE), width="15%", y=0, height=78, class_="neutral"),
        *_in_time([buzz for buzz in given if buzz.after_s is not None]),
        *_too_late(len(later)),
        across(78, "zero"),
        *(text(_time_x(second), 94, f"{second} s", class_="mid soft") for second in marks),
        text(percent(_LATER_SHARE + 0.075), 94, "later", class_="mid soft"),
    )


def _time_x(second: float) -> str:
    return percent(second / FOLLOWED_S * _TIME_SHARE + 0.03)


def _in_time(buzzes: Sequence[Buzz]) -> Iterator[Markup]:
    columns: dict[int, int] = {}
    for buzz in buzzes:
        column = int((buzz.after_s or 0) // _BIN_S)
        columns[column] = columns.get(column, 0) + 1
    step = min(10.0, 66 / max([_STACK, *columns.values()]))
    for column, count in columns.items():
        for k in range(count):
            x = _time_x(column * _BIN_S)
            yield element("circle", cx=x, cy=70 - step * k, r=min(4.0, step * 0.45), class_="full")


def _too_late(count: int) -> Iterator[Markup]:
    columns = max(1, -(-count // _STACK))
    for k in range(count):
        x = _LATER_SHARE + 0.15 * (k // _STACK + 0.5) / columns
        radius = 4.0 if columns <= 4 else 2.5
        yield element("circle", cx=percent(x), cy=70 - 10 * (k % _STACK), r=radius, class_="open")
