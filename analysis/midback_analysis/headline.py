"""The top of a summary: the date, what was measured, one sentence, three figures."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from midback.words import NBSP, day_in_words, degrees, duration
from midback_analysis.summary import DaySummary, Halves, HourRow, Untimed
from midback_analysis.wording import line_words, number, times, whole_shares

LOW_COVERAGE_PERCENT = 60
SAME_WITHIN_POINTS = 5
APART_DEG = 5

_STRETCHES = 4


def title(summary: DaySummary) -> str:
    """The date in words: ``Thursday 12 November 2026``."""
    return day_in_words(date.fromisoformat(summary.date))


def measured_line(summary: DaySummary) -> tuple[str, str]:
    """How much was measured, and of what; empty on a day without wear."""
    coverage = summary.coverage
    if coverage.first is None or coverage.last is None or coverage.percent is None:
        return "", ""
    if not coverage.measured_s:
        span = f"{coverage.first.clock} to {coverage.last.clock}"
        return "Nothing measured", f" from first to last wear ({span})"
    return (
        f"{duration(coverage.measured_s)} measured",
        f", {number(coverage.percent)}{NBSP}% of the {duration(coverage.span_s)} from first to "
        f"last wear ({coverage.first.clock} to {coverage.last.clock})",
    )


def kept_line(summary: DaySummary) -> str:
    """How much is known only by tens of seconds, and which part of the day that is."""
    kept_s, measured_s = summary.coverage.kept_s, summary.coverage.measured_s
    if not kept_s:
        return ""
    share = "all of it" if kept_s == measured_s else f"{duration(kept_s)} of it"
    told = f"{share} at ten-second resolution, kept by the clip"
    longest = sorted(summary.kept, key=lambda each: -each.length_s)[:_STRETCHES]
    spans = [
        f"{each.start.clock} to {each.end.clock}"
        for each in sorted(longest, key=lambda each: each.start.second)
    ]
    shorter = len(summary.kept) - len(longest)
    if shorter:
        spans.append(f"{shorter} shorter")
    listed = f"{', '.join(spans[:-1])} and {spans[-1]}" if spans[1:] else spans[0]
    return f"{told}: {listed}"


def untimed_span(untimed: Untimed, date_iso: str) -> str:
    """Between which moments something lies: ``between 08:10 and 13:40``."""
    before = untimed.before.removeprefix(f"{date_iso} ")
    if untimed.after is None:
        return f"before {before}"
    return f"between {untimed.after.removeprefix(f'{date_iso} ')} and {before}"


def time_line(summary: DaySummary) -> str:
    """Where the time went, still first; states that need a reason only if they occurred."""
    state_s = summary.state_s
    parts = [
        ("still", summary.coverage.still_s, True),
        ("moving", state_s["moving"], True),
        ("worn but no data", state_s["nodata"], True),
        ("worn but not calibrated", state_s["uncalibrated"], False),
        ("not worn", state_s["off"], True),
    ]
    told = [f"{name} {duration(seconds)}" for name, seconds, always in parts if always or seconds]
    return " · ".join(told) if summary.coverage.measured_s else ""


def sentence(summary: DaySummary) -> str:
    """The day in one sentence; only what the record supports."""
    coverage = summary.coverage
    if not coverage.span_s:
        return _never_worn(summary)
    if not coverage.measured_s:
        return _nothing_measured(summary)
    if not summary.enough:
        return f"Too little to say: {duration(coverage.measured_s)} measured."
    told = _comparison(summary) + _worst_hour(summary.hours) + "."
    if low_coverage(summary):
        return (
            f"Only {duration(coverage.measured_s)} of {duration(coverage.span_s)} were measured: "
            f"{told[0].lower()}{told[1:]}"
        )
    return told


def _never_worn(summary: DaySummary) -> str:
    if not summary.untimed:
        return "The clip was not worn."
    length_s = sum(each.length_s for each in summary.untimed)
    return f"The clip was worn for {duration(length_s)}, at a time nobody knows."


def low_coverage(summary: DaySummary) -> bool:
    """Whether so little is known that the figures stand back."""
    percent = summary.coverage.percent
    return percent is not None and percent < LOW_COVERAGE_PERCENT


def _nothing_measured(summary: DaySummary) -> str:
    uncalibrated_s = summary.state_s["uncalibrated"]
    if uncalibrated_s:
        return f"Worn {duration(uncalibrated_s)} without a calibration: posture is not judged."
    lost = [each.at.clock for each in summary.happenings if each.kind == "link_lost"]
    why = f": link lost at {lost[0]}" if lost else ""
    return f"Worn {duration(summary.state_s['nodata'])}, nothing received{why}."


def _comparison(summary: DaySummary) -> str:
    shares, halves = summary.shares or {}, summary.halves
    if not summary.state_s["slumped"]:
        return f"No still time past {line_words(summary)}"
    if shares["slumped"] < 0.5:
        return f"Less than 1{NBSP}% of the still time slumped"
    if halves is None:
        return f"Slumped for {number(shares['slumped'])}{NBSP}% of the still time"
    return _halves(halves)


def _halves(halves: Halves) -> str:
    before = f"{number(halves.before_percent)}{NBSP}%"
    after = f"{number(halves.after_percent)}{NBSP}%"
    forward = halves.before_percent >= halves.after_percent
    same = abs(halves.before_percent - halves.after_percent) < SAME_WITHIN_POINTS
    this, that = _names(halves, forward=forward or same)
    one, other = (before, after) if forward or same else (after, before)
    if same:
        return f"About as slumped {this} ({one} of the still time) as {that} ({other})"
    return f"More slumped {this} ({one} of the still time) than {that} ({other})"


def _names(halves: Halves, *, forward: bool) -> tuple[str, str]:
    """Names of the two halves, the one told first in full; *forward* tells the earlier first."""
    if halves.pause is None:
        names = ("in the first half of the day", "in the second half")
        return names if forward else ("in the second half of the day", "in the first half")
    pause = "the midday break" if halves.midday else f"the break at {halves.pause.clock}"
    return (f"before {pause}", "after it") if forward else (f"after {pause}", "before it")


def _worst_hour(hours: tuple[HourRow, ...]) -> str:
    worst = max(hours, key=lambda hour: hour.minutes("slumped"))
    if worst.minutes("slumped") < 1:
        return ""
    following = hours.index(worst) + 1
    until = hours[following].label if following < len(hours) else _next(worst.label)
    return f", most between {worst.label} and {until} o’clock"


def _next(label: str) -> str:
    return f"{(int(label[:2]) + 1) % 24:02d}"


class Figure(NamedTuple):
    """One of the three big figures, with what makes it less certain."""

    value: str
    unit: str
    label: str
    sure: tuple[str, ...]


def figures(summary: DaySummary) -> tuple[Figure, ...]:
    """Longest still spell, upright share, shifts; none on a day that says too little."""
    if summary.shares is None or summary.still_spell is None or summary.upright_between is None:
        return ()
    spell, (low, high) = summary.still_spell, summary.upright_between
    value, _, unit = duration(spell.length_s).rpartition(NBSP)
    between = f"{number(low)} to {number(high)}{NBSP}% if your upright were set 2° off"
    ended = "cut by a gap: at least this long" if spell.cut else "no gap in it"
    when = f"{spell.start.clock} to {spell.end.clock}, {ended}"
    apart = uprights_apart(summary)
    more = (apart,) if apart else ()
    upright = whole_shares(summary.shares)["upright"]
    rate = number(summary.shifts.per_hour or 0)
    return (
        Figure(value, unit, "longest still spell", (when, *more)),
        Figure(upright, "%", "of still time upright", (between, *more)),
        Figure(rate, "per hour", "posture shifts", (_shift_words(summary), *more)),
    )


def _shift_words(summary: DaySummary) -> str:
    shifts = summary.shifts
    counted = f"{times(shifts.count, 'shift')} counted"
    if shifts.low is None or shifts.high is None:
        return counted
    return f"{number(shifts.low)} to {number(shifts.high)} (95{NBSP}%), {counted}"


def uprights_apart(summary: DaySummary) -> str:
    """``two uprights, 9° apart`` where that is more than ``APART_DEG``, else nothing."""
    apart = max((each.apart_deg or 0 for each in summary.judged), default=0)
    if apart <= APART_DEG:
        return ""
    # Contexts have uprights of their own; only what was set again counts.
    number = 1 + sum(each.apart_deg is not None for each in summary.judged)
    count = {2: "two", 3: "three", 4: "four"}.get(number, str(number))
    return f"{count} uprights, {degrees(apart)} apart"
