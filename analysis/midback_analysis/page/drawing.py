"""Drawings that fit phone, screen and paper: x in per cent of the width, y and type in px."""

from __future__ import annotations

from collections.abc import Sequence

from midback_analysis.page.markup import Attribute, Markup, element, join, wide
from midback_analysis.summary import DaySummary

FULL_LABELS = 14
"""More hours than this and their labels lose ``:00``."""

PHONE_LABELS = 12
"""More hours than this and a phone labels every second hour."""


def picture(name: str, title: str, desc: str, height: float, *inside: str) -> Markup:
    """An ``svg`` that a screen reader announces by title and description."""
    head = element("title", title, id=f"{name}-t"), element("desc", desc, id=f"{name}-d")
    labels = f"{name}-t {name}-d"
    return element(
        "svg", *head, *inside, role="img", aria_labelledby=labels, width="100%", height=height
    )


def gutter(height: float, *labels: tuple[float, str]) -> Markup:
    """The column left of a drawing that carries its axis words, at their y."""
    told = (text("100%", y, words, class_="end soft") for y, words in labels)
    return element("svg", *told, height=height, class_="gutter", aria_hidden="true")


def panel(left: str, drawing: str) -> Markup:
    """A gutter and its drawing."""
    return element("div", left, drawing, class_="panel")


def text(x: str, y: float, *words: str, **attributes: Attribute) -> Markup:
    """Words at a place."""
    return element("text", *words, x=x, y=y, **attributes)


def across(y: float, class_: str, start: str = "0", end: str = "100%") -> Markup:
    """A level line."""
    return element("line", x1=start, x2=end, y1=y, y2=y, class_=class_)


def pole(x: str, y1: float, y2: float, class_: str) -> Markup:
    """An upright line."""
    return element("line", x1=x, x2=x, y1=y1, y2=y2, class_=class_)


def percent(share: float) -> str:
    """A share of the width, 0 to 1, as an x."""
    return f"{100 * share:.2f}%"


def at(summary: DaySummary, second: float) -> str:
    """Where a grid second lies on the clock axis."""
    return percent(share_of(summary, second))


def share_of(summary: DaySummary, second: float) -> float:
    """The same as a share of the width, within 0 and 1."""
    span_s = max(1, summary.axis_end_s - summary.axis_start_s)
    return min(1.0, max(0.0, (second - summary.axis_start_s) / span_s))


def hour_axis(summary: DaySummary, y: float) -> Markup:
    """Ticks and labels of the hours, local clock."""
    ticks = [(hour.start_s, hour.label) for hour in summary.hours]
    ticks.append((summary.axis_end_s, summary.axis_end_label))
    tail = wide(":00") if len(summary.hours) <= FULL_LABELS else ""
    return join(
        *(
            join(
                pole(at(summary, second), y, y + 5, "tick"),
                text(at(summary, second), y + 17, label, tail, class_=_label_class(k, ticks)),
            )
            for k, (second, label) in enumerate(ticks)
        )
    )


def _label_class(k: int, ticks: Sequence[tuple[int, str]]) -> str:
    return "mid soft wide" if k % 2 and len(ticks) > PHONE_LABELS + 1 else "mid soft"


def anchored(share: float, margin: float = 0.25) -> str:
    """Class that keeps words centred at *share* of the width inside the drawing."""
    return "start" if share < margin else "end" if share > 1 - margin else "mid"


def mark(kind: str, x: str, y: float, class_: str) -> Markup:
    """One of the marks of ``patterns.svg``; ``y`` is its foot."""
    return element("use", href=f"#g-{kind}", x=x, y=y, class_=class_)


def swatch(state: str) -> Markup:
    """The colour and pattern of a state, for the legend."""
    fill = element("rect", class_=state, width=14, height=14)
    return element("svg", fill, width=14, height=14, class_="swatch", aria_hidden="true")
