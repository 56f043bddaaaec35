"""The drawings of a trend: a ribbon a day on one clock, and dots that run down the page."""

from __future__ import annotations

from midback_analysis.page.drawing import across, mark, percent, picture, pole, text
from midback_analysis.page.markup import Markup, element
from midback_analysis.trend import Figure, ShownDay, Trend
from midback_analysis.trend_day import TrendDay
from midback_analysis.trend_words import short_value, value_words, weekday
from midback_analysis.wording import STATE_WORDS

ROW_PX = 46
"""Height of a day, as the style sheet has it: lines between dots reach from one to the next."""

_RIBBON_PX = 38
_DOT_PX = 24
_TOP_PX = (ROW_PX - _DOT_PX) / 2
_HOUR_S = 3600
_SPARED = 0.25
_UNMEASURED = ("nodata", "uncalibrated")
_MANY_HOURS = 16
_PHONE_HOURS = 10


class Clock:
    """The one clock under all ribbons: whole hours, at least eight."""

    def __init__(self, trend: Trend) -> None:
        self.first, self.last = trend.hours

    def x(self, second: float) -> str:
        """Where a second since midnight lies."""
        return percent(self._share(second))

    def width(self, start_s: float, end_s: float) -> str:
        """How wide a stretch is."""
        return percent(self._share(end_s) - self._share(start_s))

    def _share(self, second: float) -> float:
        share = (second / _HOUR_S - self.first) / (self.last - self.first)
        return min(1.0, max(0.0, share))


def day_ribbon(day: TrendDay, clock: Clock) -> Markup:
    """One day in cells of five minutes, its checks and routines over it."""
    name = f"{weekday(day.day)} {day.day.day}"
    if not day.ribbon:
        told = "could not be read" if day.problem else STATE_WORDS["off"]
        inside = text("50%", 28, told, class_="mid soft")
        return _ribbon(day, name, told, inside)
    bars = [_bar(bar.state, clock.x(bar.start_s), clock.width(bar.start_s, bar.end_s), bar.kept)
            for bar in day.ribbon]  # fmt: skip
    marks = [mark("exercise", clock.x(bout.start_s), 11, "exercise") for bout in day.bouts]
    desc = "Each cell shows the state that took most of it; the numbers stand beside it."
    return _ribbon(day, name, desc, *bars, *marks)


def _ribbon(day: TrendDay, name: str, desc: str, *inside: Markup) -> Markup:
    ground = across(_RIBBON_PX - 1, "grid")
    return picture(f"rib-{day.date}", name, desc, _RIBBON_PX, ground, *inside)


def _bar(state: str, x: str, width: str, kept: bool) -> Markup:
    top, height = 13.0, 24.0
    spared = _SPARED * height if kept and state not in _UNMEASURED else 0.0
    return element(
        "rect", x=x, width=width, y=top + spared, height=height - 2 * spared, class_=state
    )


def hours(clock: Clock) -> Markup:
    """The labels of the clock."""
    count = clock.last - clock.first
    labels: list[Markup] = []
    for hour in range(clock.first, clock.last + 1):
        odd = (hour - clock.first) % 2
        if odd and count > _MANY_HOURS:
            continue
        class_ = "mid soft wide" if odd and count > _PHONE_HOURS else "mid soft"
        labels.append(text(clock.x(hour * _HOUR_S), 12, f"{hour % 24:02d}", class_=class_))
    return picture("clock", "Hours", "Clock time under the ribbons.", 18, *labels)


class Column:
    """One figure down the page: where its values lie, and its usual range behind them."""

    def __init__(self, trend: Trend, figure: Figure) -> None:
        self._figure = figure
        self._usual = trend.usual.get(figure.key)
        values = [figure.of(shown.day) for shown in trend.days]
        known = [value for value in values if value is not None]
        if self._usual is not None:
            known += [self._usual.low, self._usual.high]
        low, high = min(known, default=0.0), max(known, default=1.0)
        # The number stands to the right of its dot.
        spare = max(high - low, 1.0)
        self._low, self._span = low - 0.15 * spare, 1.6 * spare

    def dot(self, shown: ShownDay, before: ShownDay | None) -> Markup:
        """The value of a day; a line joins it to the day before where both count."""
        day, figure = shown.day, self._figure
        value = figure.of(day)
        name = f"dot-{figure.key}-{day.date}"
        title = f"{weekday(day.day)} {day.day.day}, {figure.label}"
        if value is None:
            why = STATE_WORDS["off"] if not day.span_s else "no value"
            return picture(name, title, why, _DOT_PX, *self._behind())
        past = None if before is None or not before.counts else figure.of(before.day)
        parts = self._behind()
        if past is not None and shown.counts:
            parts.append(
                element(
                    "line",
                    x1=self._x(past),
                    x2=self._x(value),
                    y1=12.0 - ROW_PX,
                    y2=12,
                    class_="link",
                )
            )
        told = element("tspan", short_value(figure, day), dx=9, dy=4)
        class_ = "full" if shown.counts else "open"
        parts += [
            element("circle", cx=self._x(value), cy=12, r=4.5, class_=class_),
            text(self._x(value), 12, told, class_="halo"),
        ]
        desc = value_words(figure, value) + ("" if shown.counts else f", {shown.why_not}")
        return picture(name, title, desc, _DOT_PX, *parts)

    def _x(self, value: float) -> str:
        return percent((value - self._low) / self._span)

    def _behind(self) -> list[Markup]:
        usual = self._usual
        if usual is None:
            return []
        wide = percent((usual.high - usual.low) / self._span)
        ground = element(
            "rect", x=self._x(usual.low), width=wide, y=-_TOP_PX, height=ROW_PX, class_="neutral"
        )
        middle = pole(self._x(usual.median), -_TOP_PX, ROW_PX - _TOP_PX, "grid")
        return [ground, middle]
