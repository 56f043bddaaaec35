"""A trend for a terminal: plain characters, any width, no colour needed."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator

from midback.words import DISCLAIMER, NBSP
from midback_analysis import trend_words
from midback_analysis.text import LEAST_WIDTH, SIGNS
from midback_analysis.trend import FIGURES, Figure, ShownDay, Trend, Usual
from midback_analysis.trend_day import TrendDay
from midback_analysis.wording import STATE_WORDS, number

_LABEL = 7
_ROW = "{:<7}{:>11}{:>7}{:>8}{:>8}{:>7}"
_HOUR_S = 3600
_SIGNS_AN_HOUR = (6, 4, 2, 1)
_EXERCISE = "■"


def trend_text(trend: Trend, width: int = 80) -> str:
    """The trend as text.

    Args:
        trend: what to tell.
        width: columns of the terminal; under ``LEAST_WIDTH`` lines may run over.
    """
    width = max(LEAST_WIDTH, width)
    parts = [
        trend_words.title(trend),
        _wrapped(trend_words.sentence(trend), width),
        _ribbons(trend, width),
        "\n".join(_table(trend, width)),
        "\n".join(_wrapped(each, width) for each in trend_words.changes_in_words(trend)),
        "\n".join(_wrapped(trend_words.after_words(each), width) for each in trend.after),
        "\n".join(_wrapped(note, width) for note in trend_words.notes(trend)),
    ]
    told = "\n\n".join(part for part in parts if part)
    disclaimer = _wrapped(f"Not a medical device. {DISCLAIMER}", width)
    return _printable(f"{told}\n{disclaimer}\n".replace(NBSP, " "))


def _printable(told: str) -> str:
    """Words from outside, such as how buzzing was set, may hold anything."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in told)


def _wrapped(words: str, width: int, indent: str = "") -> str:
    return textwrap.fill(
        words, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _name(day: TrendDay) -> str:
    return f"{trend_words.weekday(day.day)} {day.day.day}"


def _ribbons(trend: Trend, width: int) -> str:
    """A line for each day on one clock."""
    states = {bar.state for shown in trend.days for bar in shown.day.ribbon}
    if not states:
        return ""
    first, last = trend.hours
    fitting = [each for each in _SIGNS_AN_HOUR if each * (last - first) <= width - _LABEL]
    an_hour = fitting[0] if fitting else _SIGNS_AN_HOUR[-1]
    # Two digits and a space between them and the next.
    step = max(1, 4 // an_hour)
    head = "".join(f"{hour % 24:02d}".ljust(an_hour * step) for hour in range(first, last, step))
    each_s = _HOUR_S // an_hour
    rows = [
        "".join(_signs(shown.day, first * _HOUR_S, last * _HOUR_S, each_s)) for shown in trend.days
    ]
    lines = [
        f"{_name(shown.day):{_LABEL}}{row}" for shown, row in zip(trend.days, rows, strict=True)
    ]
    legend = [f"{SIGNS[state]} {words}" for state, words in STATE_WORDS.items() if state in states]
    if any(shown.day.bouts for shown in trend.days):
        legend.append(f"{_EXERCISE} check or routine")
    legend.append(f"{each_s // 60} min a sign")
    told = "  ".join(each.replace(" ", NBSP) for each in legend)
    return "\n".join(
        line.rstrip() for line in (f"{'':{_LABEL}}{head}", *lines, _wrapped(told, width))
    )


def _signs(day: TrendDay, start_s: int, end_s: int, each_s: int) -> Iterator[str]:
    """What took most of each sign's time; an exercise is shown however short it was."""
    for left_s in range(start_s, end_s, each_s):
        right_s = left_s + each_s
        if any(left_s <= bout.start_s < right_s for bout in day.bouts):
            yield _EXERCISE
            continue
        lengths = Counter[str]()
        for bar in day.ribbon:
            lengths[bar.state] += max(0, min(bar.end_s, right_s) - max(bar.start_s, left_s))
        lengths["off"] = max(0, each_s - lengths.total())
        state, _ = lengths.most_common(1)[0]
        yield " " if state == "off" else SIGNS[state]


def _table(trend: Trend, width: int) -> Iterator[str]:
    yield _ROW.format("", "measured", "", "longest", "upright", "shifts")
    for shown in trend.days:
        length, share = trend_words.measured_words(shown.day)
        cells = [_cell(each, shown) for each in FIGURES]
        row = _ROW.format(_name(shown.day), length, share, *cells)
        remarks = trend_words.day_remarks(shown)
        if len(row) + 2 + len(remarks) <= width:
            yield f"{row}  {remarks}".rstrip()
        else:
            yield row
            yield _wrapped(remarks, width, " " * _LABEL)
    medians = [trend_words.change_of(trend, each).now for each in FIGURES]
    if any(each is not None for each in medians):
        told = ["–" if each is None else number(each) for each in medians]
        yield _ROW.format("median", f"of {len(trend.counting)}", "", *told)
    if trend.usual:
        ranges = [_range(trend.usual[each.key]) for each in FIGURES]
        yield _ROW.format("usual", f"of {trend.usual_days}", "", *ranges)
    yield _wrapped(
        "longest: still spell, min; upright: % of still time; shifts: posture shifts per hour of "
        "still time; in brackets: the day does not count; ≥: cut by a gap",
        width,
    )


def _cell(figure: Figure, shown: ShownDay) -> str:
    told = trend_words.short_value(figure, shown.day)
    return told if shown.counts or figure.of(shown.day) is None else f"({told})"


def _range(usual: Usual) -> str:
    return f"{number(usual.low)}–{number(usual.high)}"
