"""Small multiples of the repetitions of a check: one panel for each way of each test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from midback.exercises import account_words as words
from midback.exercises.account import Measure
from midback.exercises.changes import Key
from midback.exercises.curves import LEAD_S, Curve
from midback.words import NBSP, degrees
from midback_analysis.page.drawing import across, percent, picture, pole, text
from midback_analysis.page.markup import Markup, element

MOST_PX = 1.7  # for a degree
TALLEST_PX = 135.0
"""All rows together: with the rest they have to fit on one sheet."""

_LEAST_S = 6.0
_STEP_S = 0.08  # finer cannot be seen
_ROOM_DEG = 4.0
_LINES_DEG = (20, 40, 80)
_WORDS_PX = 15.0
_LEAST_Y_PX = 11.0
_FOOT_PX = 16.0


def panels(rows: Sequence[dict[Key, Measure]]) -> list[list[Markup]]:
    """One small drawing for each measure, all in one scale, those of a row of one height."""
    curves = [curve for row in rows for each in row.values() for curve in each.curves]
    longest_s = max([_LEAST_S, *(curve.points[-1][0] for curve in curves)])
    spans = [_span(row) for row in rows]
    px = min(MOST_PX, TALLEST_PX / sum(top_deg - foot_deg for top_deg, foot_deg in spans))
    return [
        [_Scale(longest_s, *span, px).panel(key, each) for key, each in row.items()]
        for row, span in zip(rows, spans, strict=True)
    ]


def _span(row: dict[Key, Measure]) -> tuple[float, float]:
    """The angles that a row shows."""
    angles = [deg for each in row.values() for curve in each.curves for _, deg in curve.points]
    top_deg = max(angles) + _ROOM_DEG
    # The words of the highest line stay within the drawing.
    line_deg = _LINES_DEG[0]
    top_deg = max(top_deg, top_deg // line_deg * line_deg + _WORDS_PX / MOST_PX)
    return top_deg, min(-_ROOM_DEG, min(angles) - 1.0)


class _Scale(NamedTuple):
    """Seconds to per cent and degrees to px."""

    longest_s: float
    top_deg: float
    foot_deg: float
    px: float

    @property
    def _height(self) -> float:
        return (self.top_deg - self.foot_deg) * self.px

    def _x(self, second: float) -> str:
        return percent((second + LEAD_S) / (self.longest_s + LEAD_S))

    def _y(self, deg: float) -> float:
        return (self.top_deg - deg) * self.px

    def panel(self, key: Key, measure: Measure) -> Markup:
        found, name = measure.found, words.NAMES[key]
        angles = ", ".join(degrees(angle) for angle in found.angles_deg)
        drawing = picture(
            f"curves-{id_of(key)}",
            f"Each repetition of: {name}",
            f"Degrees over seconds, from rest to rest. What counted: {angles}.",
            self._height + _FOOT_PX,
            self._published(measure),
            *self._grid(),
            self._lines(measure.curves),
            *(
                element("circle", cx=self._x(c.counted_s), cy=self._y(c.counted_deg), r=3,
                        class_="full dot")
                for c in measure.curves
            ),
            *self._seconds(),
        )  # fmt: skip
        head = element("p", name, " ", element("b", degrees(found.median_deg)), class_="name")
        return element("div", head, drawing)

    def _published(self, measure: Measure) -> Markup:
        """Where most of others lie."""
        if measure.published is None:
            return Markup()
        high_deg = min(measure.published.high_deg, self.top_deg)
        low_deg = min(measure.published.low_deg, self.top_deg)
        return element(
            "rect", x="0", width="100%", y=self._y(high_deg), class_="others",
            height=self._y(low_deg) - self._y(high_deg),
        )  # fmt: skip

    def _grid(self) -> Iterator[Markup]:
        step = next((deg for deg in _LINES_DEG if deg * self.px >= _WORDS_PX), _LINES_DEG[-1])
        for deg in range(0, math.floor(self.top_deg) + 1, step):
            yield across(self._y(deg), "grid" if deg else "zero")
            if deg and self._y(deg) >= _LEAST_Y_PX:
                yield text("100%", self._y(deg) - 3, degrees(deg), class_="end soft halo")

    def _lines(self, curves: Sequence[Curve]) -> Markup:
        span_s, span_deg = self.longest_s + LEAD_S, self.top_deg - self.foot_deg
        return element(
            "svg",
            *(element("path", d=_path(curve), class_="median") for curve in curves),
            width="100%",
            height=self._height,
            viewBox=f"{-LEAD_S:.2f} {-self.top_deg:.2f} {span_s:.2f} {span_deg:.2f}",
            preserveAspectRatio="none",
        )

    def _seconds(self) -> Iterator[Markup]:
        for second in range(0, math.floor(self.longest_s) + 1, 4):
            yield pole(self._x(second), self._y(0.0) - 2, self._y(0.0) + 2, "tick")
            label = f"{second}{NBSP}s" if second else "0"
            yield text(self._x(second), self._height + 11, label, class_="mid soft")


def id_of(key: Key) -> str:
    """Names a measure within the page."""
    return "-".join(part for part in key if part).replace("_", "-")


def _path(curve: Curve) -> str:
    points: list[str] = []
    shown_s = -math.inf
    for second, deg in curve.points:
        if second - shown_s >= _STEP_S:
            shown_s = second
            points.append(f"{second:.2f} {-deg:.1f}")
    return "M" + "L".join(points)
