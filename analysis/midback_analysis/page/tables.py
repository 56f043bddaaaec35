"""The tables of the page: shares, hours, longest slumps, level x duration."""

from __future__ import annotations

from midback.words import NBSP, degrees, duration
from midback_analysis.footnotes import slump_ended, slump_length
from midback_analysis.levels import Level
from midback_analysis.measured import LEVEL_STATE
from midback_analysis.page.drawing import swatch
from midback_analysis.page.markup import Markup, element, join, table
from midback_analysis.summary import POSTURES, DaySummary, Exercised, HourRow
from midback_analysis.wording import (
    HELD_WORDS,
    STATE_WORDS,
    level_share,
    level_words,
    number,
    ranges,
    shown_states,
    whole_shares,
)

FULL_TINT_PERCENT = 25
"""A cell of the level x duration table has its full tint from here on."""


def legend(summary: DaySummary) -> Markup:
    """The legend of the ribbon, which is the table of shares."""
    meaning = ranges(summary)
    shares = whole_shares(summary.shares) if summary.shares else {}
    items: list[Markup] = []
    for state in shown_states(summary):
        share = ""
        if state in POSTURES and shares:
            share = join(" · ", element("b", f"{shares[state]}{NBSP}%"))
        items.append(
            element(
                "li",
                swatch(state),
                element("b", STATE_WORDS[state]),
                element("span", meaning[state]),
                element("span", duration(summary.state_s[state]), share),
            )
        )
    return element("ul", *items, class_="legend", style=f"--n:{len(items)}")


def hour_table(summary: DaySummary) -> Markup:
    """The same as the drawings on the clock axis, in words."""
    states = shown_states(summary)
    head = ["from", *(STATE_WORDS[state] for state in states)]
    head += ["P10", "P50", "P90", "shifts", "buzzes"]
    rows = [_hour_row(hour, states) for hour in summary.hours if hour.worn_s]
    if summary.coverage.kept_s:
        head.append("kept by the clip")
        kept_s = [hour.kept_s for hour in summary.hours if hour.worn_s]
        rows = [[*row, number(s / 60)] for row, s in zip(rows, kept_s, strict=True)]
    inside = table(head, rows, "Minutes by state, degrees, counts")
    summary_line = element("summary", "The same by the hour, as a table")
    return element("details", summary_line, element("div", inside, class_="scroll"))


def _hour_row(hour: HourRow, states: tuple[str, ...]) -> list[str]:
    tilts = [degrees(v) for v in hour.tilt_deg] if hour.tilt_deg else ["–"] * 3
    minutes = [number(hour.minutes(state)) for state in states]
    counts = [str(hour.shifts), str(hour.buzzes)] if hour.measured_s else ["–"] * 2
    return [f"{hour.label}:00", *minutes, *tilts, *counts]


def slump_table(summary: DaySummary) -> Markup:
    """The longest slumps, each with a bar; frayed where its end could not be seen."""
    longest = summary.slumps.longest
    head = element(
        "tr",
        element("th", "from", scope="col"),
        element("th", "length", scope="col", colspan="2"),
        element("th", "tilt", scope="col"),
        element("th", "ended", scope="col", class_="words"),
    )
    rows: list[Markup] = []
    for slump in longest:
        width = 100 * slump.length_s / max(1.0, longest[0].length_s)
        bar = element("i", class_="cut" if slump.censored else None, style=f"width:{width:.0f}%")
        rows.append(
            element(
                "tr",
                element("th", slump.start.clock, scope="row"),
                element("td", bar, class_="bar"),
                element("td", slump_length(slump)),
                element("td", "–" if slump.tilt_deg is None else degrees(slump.tilt_deg)),
                element("td", slump_ended(slump), class_="words"),
            )
        )
    body = element("tbody", *rows)
    return element("table", element("thead", head), body, class_="slumps")


def set_table(exercised: Exercised) -> Markup:
    """What was seen of a routine, a line for each set."""
    rows = [
        element(
            "tr",
            element("th", each.name, scope="row"),
            element("td", each.told, class_="words"),
        )
        for each in exercised.sets
    ]
    return element("table", element("tbody", *rows), class_="sets") if rows else Markup()


def exposure_table(summary: DaySummary) -> Markup:
    """Level x duration: forward is up, sums on both sides."""
    exposure = summary.exposure or ()
    names = level_words(summary)
    over = element(
        "tr",
        element("td"),
        element("th", "held for up to", colspan="7", scope="colgroup"),
        element("td"),
        class_="over",
    )
    heads = [element("th", held, scope="col") for held in (*HELD_WORDS, "all")]
    sums = [element("td", number(sum(c)), class_="sum") for c in zip(*exposure, strict=True)]
    foot = [element("th", "all", scope="row"), *sums, element("td", "100", class_="sum")]
    return element(
        "table",
        element("thead", over, element("tr", element("td"), *heads)),
        element("tbody", *(_level_row(summary, each) for each in sorted(names, reverse=True))),
        element("tfoot", element("tr", *foot)),
        class_="eva",
    )


def _level_row(summary: DaySummary, level: Level) -> Markup:
    exposure = summary.exposure or ()
    cells = [
        element(
            "td",
            number(cell) if cell else "·",
            style=f"--v:{min(1.0, cell / FULL_TINT_PERCENT):.2f}",
        )
        for cell in exposure[level]
    ]
    name = element("th", level_words(summary)[level], scope="row")
    total = element("td", level_share(summary, level), class_="sum")
    return element("tr", name, *cells, total, class_=LEVEL_STATE[level])
