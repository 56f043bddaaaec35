"""Puts the page of a trend together."""

from __future__ import annotations

from midback.words import DISCLAIMER
from midback_analysis import trend_words
from midback_analysis.page.drawing import swatch
from midback_analysis.page.markup import Markup, element, join
from midback_analysis.page.sheet import sheet
from midback_analysis.page.trend_drawings import Clock, Column, day_ribbon, hours
from midback_analysis.trend import FIGURES, Figure, ShownDay, Trend
from midback_analysis.wording import STATE_WORDS


def trend_page(trend: Trend) -> str:
    """The whole page as one HTML document; words from outside are escaped."""
    header = element(
        "header",
        element("p", f"Midback · {trend_words.kicker(trend)}", class_="kicker"),
        element("h1", trend_words.title(trend)),
    )
    sentence = element("p", trend_words.sentence(trend), class_="sentence")
    content = [header, sentence, _days(trend), _changes(trend), _after(trend), _footer(trend)]
    return sheet(trend_words.title(trend), content, "trend.css")


def _days(trend: Trend) -> Markup:
    clock = Clock(trend)
    columns = [Column(trend, figure) for figure in FIGURES]
    rows = [
        _row(shown, trend.days[k - 1] if k else None, clock, columns)
        for k, shown in enumerate(trend.days)
    ]
    heads = [element("th", _label(each), scope="col", class_="dot") for each in FIGURES]
    head = element(
        "tr",
        element("th", "day", scope="col"),
        element("th", "the day in cells of five minutes", scope="col", class_="rib"),
        element("th", "measured", scope="col", class_="about"),
        *heads,
    )
    table = element(
        "table",
        element("thead", head),
        element("tbody", *rows),
        element("tfoot", _foot(trend, clock)),
        class_="trend",
    )
    return element("section", element("div", table, class_="scroll"), _legend(trend))


def _label(figure: Figure) -> str:
    return f"{figure.label}, {figure.unit}"


def _row(shown: ShownDay, before: ShownDay | None, clock: Clock, columns: list[Column]) -> Markup:
    day = shown.day
    length, share = trend_words.measured_words(day)
    small = ", ".join(part for part in (share, shown.why_not if day.span_s else "") if part)
    about = [length, element("br"), element("small", small)] if small else [length]
    name = element(
        "th", element("b", trend_words.weekday(day.day)), f" {day.day.day}", scope="row"
    )
    return element(
        "tr",
        name,
        element("td", day_ribbon(day, clock), class_="rib"),
        element("td", *about, class_="about"),
        *(
            element("td", column.dot(shown, before), class_="dot", data_label=_label(figure))
            for figure, column in zip(FIGURES, columns, strict=True)
        ),
    )


def _foot(trend: Trend, clock: Clock) -> Markup:
    cells: list[Markup] = []
    for figure in FIGURES:
        now = trend_words.change_of(trend, figure).now
        told = element("b", "–" if now is None else trend_words.value_words(figure, now))
        usual = trend_words.usual_words(trend, figure)
        more = [element("br"), element("small", usual)] if usual else []
        cells.append(element("td", told, *more, class_="dot"))
    count = len(trend.counting)
    of = f"median of {count}" if count >= trend.least else f"{count} of {trend.least} days needed"
    return element(
        "tr",
        element("td"),
        element("td", hours(clock), class_="rib"),
        element("td", element("small", of), class_="about"),
        *cells,
    )


def _legend(trend: Trend) -> Markup:
    shown = {bar.state for each in trend.days for bar in each.day.ribbon}
    items = [
        element("li", swatch(state), words)
        for state, words in STATE_WORDS.items()
        if state in shown
    ]
    if any(bar.kept for each in trend.days for bar in each.day.ribbon):
        low = element("rect", y=4, width=14, height=6, class_="upright")
        svg = element("svg", low, width=14, height=14, aria_hidden="true")
        items.append(element("li", svg, "low: kept by the clip, ten seconds at a time"))
    if any(each.day.bouts for each in trend.days):
        sign = element("use", href="#g-exercise", x=7, y=12, class_="exercise")
        svg = element("svg", sign, width=14, height=14, aria_hidden="true")
        items.append(element("li", svg, "check or routine"))
    return element("ul", *items, class_="legend row") if items else Markup()


def _changes(trend: Trend) -> Markup:
    told = [element("p", words) for words in trend_words.changes_in_words(trend)]
    if not told:
        return Markup()
    return element("section", element("h2", f"Against {trend_words.before_words(trend)}"), *told)


def _after(trend: Trend) -> Markup:
    if not trend.after:
        return Markup()
    told = [element("p", trend_words.after_words(each)) for each in trend.after]
    listed = [
        join(f"{trend_words.weekday(day.day)} {day.day.day}: {trend_words.bout_words(day.bouts)}")
        for day in (each.day for each in trend.days)
        if day.bouts
    ]
    return element(
        "section",
        element("h2", "Checks and routines"),
        *told,
        element("p", " · ".join(listed), class_="note after"),
    )


def _footer(trend: Trend) -> Markup:
    grey = (
        "Grey column: the usual range; its line is the median. An open ring is a day that does "
        "not count, and a line joins only days that follow each other and both count; ≥ where a "
        "gap cut the longest spell."
    )
    told = [grey, *trend_words.notes(trend)] if trend.usual else list(trend_words.notes(trend))
    return element(
        "footer",
        element("h2", "How this was measured"),
        *(element("p", words) for words in told),
        element("p", element("b", "Not a medical device."), " ", DISCLAIMER),
    )
