"""Puts the page together: what is shown on which kind of day, and in which order."""

from __future__ import annotations

from midback.words import DISCLAIMER
from midback_analysis import footnotes, headline, moved_clip
from midback_analysis.page import clock_drawings, tables, tilt_drawings
from midback_analysis.page.markup import Markup, element, join
from midback_analysis.page.sheet import sheet
from midback_analysis.summary import DaySummary

_MARKS = (
    ("buzz", "full", 12, "buzz, sat up within 60 s"),
    ("buzz", "open", 12, "buzz, not within 60 s"),
    ("own", "own", 12, "buzz by the clip itself"),
    ("withheld", "withheld", 12, "withheld, and no buzz in that slump"),
    ("calibration", "calibration", 12, "upright set (calibration)"),
    ("exercise", "exercise", 12, "check or routine"),
)


def day_page(summary: DaySummary) -> str:
    """The whole page as one HTML document; words from outside are escaped."""
    content = [_header(summary), element("p", headline.sentence(summary), class_="sentence")]
    content += [_figures(summary), _day(summary)]
    if summary.enough:
        content += [_tilt_and_slumps(summary), _buzzes_and_exposure(summary)]
    if summary.exercises:
        content.append(_exercises(summary))
    content.append(_footer(summary))
    return sheet(headline.title(summary), content)


def _header(summary: DaySummary) -> Markup:
    measured, of = headline.measured_line(summary)
    lines = (
        headline.kept_line(summary),
        headline.time_line(summary),
        moved_clip.line(summary.happenings),
    )
    return element(
        "header",
        element("p", "Midback · daily summary", class_="kicker"),
        element("h1", headline.title(summary)),
        *([element("p", element("b", measured), of, class_="facts")] if measured else []),
        *(element("p", line, class_="facts soft") for line in lines if line),
    )


def _figures(summary: DaySummary) -> Markup:
    shown = headline.figures(summary)
    if not shown:
        return Markup()
    told = (
        element(
            "div",
            element("p", figure.value, element("span", figure.unit), class_="value"),
            element("p", figure.label, class_="label"),
            element("p", *_lines(figure.sure), class_="sure"),
        )
        for figure in shown
    )
    class_ = "bigs soft" if headline.low_coverage(summary) else "bigs"
    return element("section", *told, class_=class_, aria_label="Three figures")


def _lines(lines: tuple[str, ...]) -> list[str]:
    broken: list[str] = []
    for line in lines:
        broken += [line, element("br")]
    return broken[:-1]


def _day(summary: DaySummary) -> Markup:
    if not summary.coverage.span_s:
        return element("section", element("h2", "The day"), clock_drawings.empty_ribbon())
    curve, hours = Markup(), Markup()
    if summary.coverage.measured_s:
        note = "median and 10th to 90th percentile of 5 minutes; forward is up"
        curve = join(_sub("Tilt of the upper back", note), clock_drawings.curve(summary))
    if summary.enough:
        note = "minutes of each hour; grey counts: under 30\u00a0min worn"
        drawing, table = clock_drawings.hours(summary), tables.hour_table(summary)
        hours = join(_sub("Hour by hour", note), drawing, table)
    return element(
        "section",
        element("h2", "The day"),
        _key(summary),
        clock_drawings.ribbon(summary),
        tables.legend(summary),
        curve,
        hours,
    )


def _sub(heading: str, note: str) -> Markup:
    return element("h3", heading, " ", element("span", note))


def _key(summary: DaySummary) -> Markup:
    """The marks of the ribbon that occur in it."""
    occurs = {
        "full": any(buzz.after_s is not None for buzz in summary.buzzes.given),
        "open": any(buzz.after_s is None for buzz in summary.buzzes.given),
        "own": bool(summary.buzzes.by_clip),
        "withheld": any(not each.later for each in summary.buzzes.withheld),
        "calibration": any(each.kind == "calibration" for each in summary.happenings),
        "exercise": bool(summary.exercises),
    }
    told: list[Markup] = []
    for kind, class_, foot, words in _MARKS:
        if occurs[class_]:
            sign = element("use", href=f"#g-{kind}", x=6, y=foot, class_=class_)
            svg = element("svg", sign, width=12, height=12, aria_hidden="true")
            told.append(element("span", svg, words))
    if any(summary.cells_kept):
        low = element("rect", y=4, width=12, height=4, class_="upright")
        svg = element("svg", low, width=12, height=12, aria_hidden="true")
        told.append(element("span", svg, "low: kept by the clip, ten seconds at a time"))
    return element("p", *told, class_="key") if told else Markup()


def _tilt_and_slumps(summary: DaySummary) -> Markup:
    tipped = element(
        "section",
        element("h2", "How far it tipped"),
        element("p", "Still time at each degree from your upright", class_="note"),
        tilt_drawings.spread(summary),
    )
    slumps = element(
        "section",
        element("h2", "Longest slumps"),
        element("p", footnotes.slump_note(summary), class_="note"),
        tables.slump_table(summary) if summary.slumps.count else "",
    )
    return element("div", tipped, slumps, class_="pair page")


def _buzzes_and_exposure(summary: DaySummary) -> Markup:
    more = footnotes.buzz_more(summary)
    buzzes = element(
        "section",
        element("h2", "Buzzes"),
        element("p", footnotes.buzz_note(summary), class_="note"),
        tilt_drawings.answers(summary) if summary.buzzes.given else "",
        element("p", more, class_="note after") if more else "",
    )
    exposure = element(
        "section",
        element("h2", "How long at a time"),
        element("p", "Per cent of still time, by tilt and by how long it was held", class_="note"),
        element("div", tables.exposure_table(summary), class_="scroll"),
    )
    return element("div", buzzes, exposure, class_="pair")


def _exercises(summary: DaySummary) -> Markup:
    notes = [footnotes.SETS_NOTE] if any(each.sets for each in summary.exercises) else []
    notes.append(footnotes.EXERCISES_NOTE)
    return element(
        "section",
        element("h2", "Exercises"),
        *(
            part
            for each in summary.exercises
            for part in (element("p", footnotes.exercise_words(each)), tables.set_table(each))
        ),
        *(element("p", note, class_="note after") for note in notes),
    )


def _footer(summary: DaySummary) -> Markup:
    told = [footnotes.LIMITS, *footnotes.notes(summary)]
    if summary.coverage.span_s:
        told.append(footnotes.provenance(summary))
    return element(
        "footer",
        element("h2", "How this was measured"),
        *(element("p", words) for words in told),
        element("p", element("b", "Not a medical device."), " ", DISCLAIMER),
    )
