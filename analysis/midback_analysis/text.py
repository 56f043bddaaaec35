"""The summary of a day for a terminal: plain characters, any width, no colour needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from midback.words import DISCLAIMER, LOOK, NBSP, State, degrees, duration
from midback_analysis import footnotes, headline, moved_clip, wording
from midback_analysis.levels import Level
from midback_analysis.summary import CELL_S, DaySummary, Exercised, HourRow
from midback_analysis.wording import number

SIGNS = {
    "upright": LOOK[State.UPRIGHT].shape,
    "mild": "◐",
    "slumped": LOOK[State.SLUMPED].shape,
    "back": LOOK[State.BACK].shape,
    "moving": LOOK[State.MOVING].shape,
    "nodata": LOOK[State.NO_DATA].shape,
    "uncalibrated": "?",
    "off": "·",
}
"""One sign for each of ``STATES``, the same as in the window where it has one."""

LEAST_WIDTH = 48
_TABLE_WIDTH = 72
_FIGURE_WIDTH = 13
_NAME_WIDTH = 26


def day_text(summary: DaySummary, width: int = 80) -> str:
    """The day as text.

    Args:
        summary: what to tell.
        width: columns of the terminal; under ``LEAST_WIDTH`` lines may run over.
    """
    width = max(LEAST_WIDTH, width)
    parts = [_head(summary, width), _wrapped(headline.sentence(summary), width)]
    if summary.coverage.span_s:
        parts += [_figures(summary, width), _ribbon(summary, width)]
    if summary.enough:
        parts += [_slumps(summary, width), _buzzes(summary, width), _exposure(summary, width)]
    parts += [_exercises(summary, width), _foot(summary, width)]
    return "\n\n".join(part for part in parts if part).replace(NBSP, " ") + "\n"


def _exercises(summary: DaySummary, width: int) -> str:
    if not summary.exercises:
        return ""
    lines: list[str] = []
    for each in summary.exercises:
        lines += [_wrapped(footnotes.exercise_words(each), width), *_sets(each, width)]
    notes = [footnotes.SETS_NOTE] if any(each.sets for each in summary.exercises) else []
    lines += [_wrapped(note, width) for note in (*notes, footnotes.EXERCISES_NOTE)]
    return "\n".join(lines)


def _sets(exercised: Exercised, width: int) -> list[str]:
    """What was seen, a line for each set; names of a wearer's own drills may be long."""
    names = [each.name for each in exercised.sets]
    wide = min(max(map(len, names), default=0), _NAME_WIDTH)
    return [
        _hanging(f"  {name:{wide}}  {each.told}", width, wide + 4)
        for name, each in zip(names, exercised.sets, strict=True)
    ]


def _wrapped(words: str, width: int, indent: str = "") -> str:
    return textwrap.fill(
        words, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _hanging(line: str, width: int, indent: int) -> str:
    return textwrap.fill(line, width, subsequent_indent=" " * indent, break_on_hyphens=False)


def _head(summary: DaySummary, width: int) -> str:
    lines = (
        headline.title(summary),
        "".join(headline.measured_line(summary)),
        headline.kept_line(summary),
        headline.time_line(summary),
        moved_clip.line(summary.happenings),
    )
    return "\n".join(_wrapped(line, width) for line in lines if line)


def _figures(summary: DaySummary, width: int) -> str:
    lines: list[str] = []
    for figure in headline.figures(summary):
        lines.append(f"{figure.value} {figure.unit}".ljust(_FIGURE_WIDTH) + figure.label)
        lines += [_wrapped(sure, width, " " * _FIGURE_WIDTH) for sure in figure.sure]
    return "\n".join(lines)


def _ribbon(summary: DaySummary, width: int) -> str:
    """One line an hour, one sign for five minutes, three counts."""
    head = "from  5 min a sign"
    if summary.enough:
        head += f"{'slumped':>9}{'shifts':>8}{'buzzes':>8}"
    rows = [_hour(summary, hour) for hour in summary.hours if hour.worn_s]
    return "\n".join([head, *rows, "", *_legend(summary, width)])


def _hour(summary: DaySummary, hour: HourRow) -> str:
    first = (hour.start_s - summary.axis_start_s) // CELL_S
    last = (hour.end_s - summary.axis_start_s) // CELL_S
    signs = "".join(SIGNS[state] for state in summary.cells[first:last])
    told = f"{hour.label:<4}  {signs:<12}"
    if not summary.enough:
        return told.rstrip()
    if not hour.measured_s:
        return f"{told}{'–':>9}{'–':>8}{'–':>8}"
    slumped = f"{number(hour.minutes('slumped'))} min"
    return f"{told}{slumped:>9}{hour.shifts:>8}{hour.buzzes:>8}"


def _legend(summary: DaySummary, width: int) -> Iterable[str]:
    ranges = wording.ranges(summary)
    shares = wording.whole_shares(summary.shares) if summary.shares else {}
    for state in wording.shown_states(summary):
        share = f"{shares[state]} %" if state in shares else ""
        told = f"{SIGNS[state]} {wording.STATE_WORDS[state]:<18}"
        meaning = f"{ranges[state]:<24}" if width >= _TABLE_WIDTH else ""
        yield f"{told}{meaning}{duration(summary.state_s[state]):>11}{share:>6}".rstrip()


def _slumps(summary: DaySummary, width: int) -> str:
    note = footnotes.slump_note(summary)
    rows = [
        (
            slump.start.clock,
            footnotes.slump_length(slump),
            "–" if slump.tilt_deg is None else degrees(slump.tilt_deg),
            footnotes.slump_ended(slump),
        )
        for slump in summary.slumps.longest
    ]
    table = _table(rows, left=(0, 3))
    ended = max((line.index(row[3]) for line, row in zip(table, rows, strict=True)), default=0)
    return "\n".join(
        [_wrapped(f"Slumps: {note}", width), *(_hanging(line, width, ended) for line in table)]
    )


def _buzzes(summary: DaySummary, width: int) -> str:
    told = f"Buzzes: {footnotes.buzz_note(summary)} {footnotes.buzz_more(summary)}"
    return _wrapped(told.strip(), width)


def _exposure(summary: DaySummary, width: int) -> str:
    """Level x duration, forward on top; only where the terminal is wide enough."""
    if summary.exposure is None or width < _TABLE_WIDTH:
        return ""
    rows = [("held for up to", *wording.HELD_WORDS, "all")]
    names = wording.level_words(summary)
    for level in sorted(names, reverse=True):
        cells = summary.exposure[level]
        told = [number(cell) if cell else "·" for cell in cells]
        rows.append((names[level], *told, wording.level_share(summary, Level(level))))
    columns = zip(*summary.exposure, strict=True)
    rows.append(("all", *(number(sum(column)) for column in columns), "100"))
    title = "Per cent of still time, by tilt and by how long it was held"
    return "\n".join([title, *_table(rows, left=(0,))])


def _table(rows: Sequence[tuple[str, ...]], left: tuple[int, ...]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(wide) if k in left else cell.rjust(wide)
            for k, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _foot(summary: DaySummary, width: int) -> str:
    told = [footnotes.LIMITS, *footnotes.notes(summary)]
    if summary.coverage.span_s:
        told.append(footnotes.provenance(summary))
    told.append(f"Not a medical device. {DISCLAIMER}")
    return "\n".join(_wrapped(part, width) for part in told)
