"""The words of a trend, once for page and terminal.

As those of a day: no praise, no blame, nothing about causes.  A difference is told with its
interval, and called one only where that leaves out zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from midback.calibration import Vector
from midback.shared.flexion import angle_between_deg
from midback.words import NBSP, day_in_words, degrees, duration, short_day
from midback_analysis.after_exercise import LEAST_DAYS, After
from midback_analysis.footnotes import LIMITS, share_words
from midback_analysis.headline import APART_DEG
from midback_analysis.summary import Share
from midback_analysis.trend import (
    ALIKE,
    FIGURES,
    LEAST_USUAL,
    MORE,
    NOT_YET,
    ONE_A_DAY,
    Change,
    Figure,
    ShownDay,
    Trend,
)
from midback_analysis.trend_day import Bout, TrendDay
from midback_analysis.wording import number, times

_UPRIGHT = next(each for each in FIGURES if each.key == "upright_percent")

COUNTS = (
    "A day counts with 3 h or more measured, 60 % or more of the time from first to last wear, "
    "one upright (no two of one place more than 5° apart), and the buzzing of the other days. "
    "A day without the clip has no value, not zero."
)
INTERVALS = (
    "95 % intervals come from drawing the days anew, and under ten days the blocks of ten minutes "
    "within them as well. Whoever looks every day sees a difference by chance now and then."
)
AFTER_NOTE = (
    "Hours after exercises are summed over the days that count, beside the rest of the same days; "
    "intervals are sampled by day. People slump more at some hours than at others, so what the "
    "same hours are like on days without an exercise is taken off. Whoever exercises when a day "
    "goes easily still finds a difference that no exercise made."
)


def kicker(trend: Trend) -> str:
    """What this is: ``week``."""
    return {7: "week", 28: "four weeks"}[len(trend.days)]


def title(trend: Trend) -> str:
    """From when to when."""
    return span_in_words(trend.days[0].day.day, trend.days[-1].day.day)


def span_in_words(first: date, last: date) -> str:
    """Two dates, what they share told once.

    >>> span_in_words(date(2026, 11, 9), date(2026, 11, 15))
    '9 to 15 November 2026'
    >>> span_in_words(date(2026, 12, 28), date(2027, 1, 3))
    '28 December 2026 to 3 January 2027'
    """
    _, *begin = day_in_words(first).split()
    _, *end = day_in_words(last).split()
    while len(begin) > 1 and begin[-1] == end[len(begin) - 1]:
        begin.pop()
    return f"{' '.join(begin)} to {' '.join(end)}"


def weekday(day: date) -> str:
    """Its first three letters."""
    return day_in_words(day)[:3]


def before_words(trend: Trend) -> str:
    """What the window is compared with."""
    return f"the {len(trend.days)}{NBSP}days before"


def sentence(trend: Trend) -> str:
    """How many days there are, and how upright they were against those before."""
    worn = [each for each in trend.days if each.day.span_s]
    if not worn:
        unread = any(each.day.problem for each in trend.days)
        return "None of these days could be read." if unread else "The clip was not worn."
    count = len(trend.counting)
    told = f"{times(len(worn), 'day').capitalize()} worn, {count or 'none'} count{_s(count)}."
    change = change_of(trend, _UPRIGHT)
    if change.now is None:
        return (
            f"{told} Cannot tell yet: {count} of {trend.least} days that count; wear it 3{NBSP}h "
            f"or more on {trend.least - count} more."
        )
    return f"{told} Median upright share {value_words(_UPRIGHT, change.now)}, {_against(trend)}."


def _s(count: int) -> str:
    return "s" if count < 2 else ""


def _against(trend: Trend) -> str:
    change = change_of(trend, _UPRIGHT)
    before = before_words(trend)
    if change.difference is None:
        return f"against {before} cannot tell yet: {_enough_before(trend)}"
    return f"{difference_words(_UPRIGHT, change)} against {before}{_how_sure(_UPRIGHT, change)}"


def _enough_before(trend: Trend) -> str:
    return f"{len(trend.counting_before)} of {trend.least} days that count"


def change_of(trend: Trend, figure: Figure) -> Change:
    """The change of one figure."""
    return next(each for each in trend.changes if each.figure == figure.key)


def changes_in_words(trend: Trend) -> list[str]:
    """How each figure stands to the window before; nothing where too few days count."""
    return [
        _change_words(trend, figure, change.now)
        for figure in FIGURES
        if (change := change_of(trend, figure)).now is not None
    ]


def _change_words(trend: Trend, figure: Figure, now: float) -> str:
    change = change_of(trend, figure)
    name = f"{figure.label[:1].upper()}{figure.label[1:]}"
    told = f"{name}: median {value_words(figure, now)}"
    if change.difference is None or change.before is None:
        return f"{told}; {before_words(trend)} cannot tell yet, {_enough_before(trend)}."
    then = value_words(figure, change.before)
    return (
        f"{told}, {then} in {before_words(trend)}, {difference_words(figure, change)}"
        f"{_how_sure(figure, change)}."
    )


def difference_words(figure: Figure, change: Change) -> str:
    """The difference with its sign."""
    assert change.difference is not None
    unit = "percentage points" if figure.unit == "%" else figure.unit
    return f"{signed(change.difference)}{NBSP}{unit}"


def _how_sure(figure: Figure, change: Change) -> str:
    if change.verdict == ONE_A_DAY:
        return "; a day has one longest spell, so how sure that is cannot be told from so few"
    assert change.low is not None
    assert change.high is not None
    between = f"95{NBSP}% between {signed(change.low)} and {signed(change.high)}"
    return f" ({between}): {verdict_words(figure, change.verdict)}"


def verdict_words(figure: Figure, verdict: str) -> str:
    """``more``, ``less`` or ``no clear difference``, as fits the figure."""
    if verdict in (ALIKE, NOT_YET, ONE_A_DAY):
        return ALIKE if verdict == ALIKE else "cannot tell yet"
    words = {"min": ("longer", "shorter"), "%": ("more", "less")}
    more, less = words.get(figure.unit, ("more", "fewer"))
    return more if verdict == MORE else less


def signed(value: float) -> str:
    """A whole number with its sign; one decimal where a whole one would hide it.

    >>> signed(7.4), signed(-3.6), signed(0.3), signed(0.0)
    ('+7', '−4', '+0.3', '0')
    """
    told = f"{value:+.0f}" if abs(value) >= 0.5 else f"{value:+.1f}"
    return "0" if not float(told) else told.replace("-", "−")


def value_words(figure: Figure, value: float) -> str:
    """A value with its unit; spells as lengths of time."""
    if figure.unit == "min":
        return duration(60 * value)
    return f"{number(value)}{NBSP}{figure.unit}"


def short_value(figure: Figure, day: TrendDay) -> str:
    """A day's value without its unit; ``≥`` where a gap cut its longest spell."""
    value = figure.of(day)
    if value is None:
        return "–"
    cut = figure.key == "longest_still_min" and day.longest_cut
    return f"{'≥' if cut else ''}{number(value)}"


def usual_words(trend: Trend, figure: Figure) -> str:
    """The middle half of the four weeks before, without its unit."""
    usual = trend.usual.get(figure.key)
    return "" if usual is None else f"usual {number(usual.low)} to {number(usual.high)}"


def usual_note(trend: Trend) -> str:
    """What the ranges are made from, or what they lack."""
    if trend.usual:
        return (
            f"Usual is the middle half of the {trend.usual_days} days that count of the four "
            "weeks before."
        )
    return (
        f"No usual range yet: {trend.usual_days} of {LEAST_USUAL} days that count are there in "
        "the four weeks before."
    )


def measured_words(day: TrendDay) -> tuple[str, str]:
    """How much was measured, and its share; dashes and words where nothing was."""
    if not day.span_s or day.coverage_percent is None:
        return "–", ""
    return duration(day.measured_s), f"{number(day.coverage_percent)}{NBSP}%"


def bout_words(bouts: Sequence[Bout]) -> str:
    """The exercises of a day: ``routine 10:00, movement check 14:05``."""
    return ", ".join(f"{each.kind} {each.clock}" for each in bouts)


def day_remarks(shown: ShownDay) -> str:
    """What a day's numbers do not tell: exercises, and why it does not count."""
    return "; ".join(part for part in (bout_words(shown.day.bouts), shown.why_not) if part)


def after_words(after: After) -> str:
    """How the hours after one kind of exercise were sat."""
    many = times(after.bouts, after.kind)
    if after.hour_after is None or after.otherwise is None or after.difference is None:
        return (
            f"After {many}: cannot tell yet, {after.days} of {LEAST_DAYS} days that count and "
            f"have 20{NBSP}min of still time in the hour after and 1{NBSP}h in the rest."
        )
    return (
        f"Slumped in the hour after a {after.kind}: {share_words(after.hour_after)} of still "
        f"time, otherwise {share_words(after.otherwise)}, {_points(after.difference)}; from "
        f"{times(after.bouts_used, after.kind)} on {after.days}{NBSP}days that count. "
        f"{_against_the_hour(after)}"
    )


def _points(difference: Share) -> str:
    low, high = difference.between
    return (
        f"{signed(difference.percent)} percentage points (95{NBSP}% between {signed(low)} and "
        f"{signed(high)})"
    )


def _against_the_hour(after: After) -> str:
    """Whether it is more than what the hour of the day makes."""
    if after.same_hours is None or after.beyond is None:
        return (
            "Whether that is only the hour of the day it cannot tell yet: "
            f"{after.days_without} of {LEAST_DAYS} days that count without any, worn at that hour."
        )
    low, high = after.beyond.between
    verdict = ALIKE if low <= 0 <= high else "more slumped" if low > 0 else "less slumped"
    return (
        f"The same hours of {times(after.days_without, 'day')} without any: "
        f"{signed(after.same_hours.percent)} percentage points; beyond that "
        f"{_points(after.beyond)}: {verdict}."
    )


def notes(trend: Trend) -> Iterable[str]:
    """What bears on the numbers: rules, mixed settings, clock changes, what cannot be read."""
    yield LIMITS
    yield f"{COUNTS} {usual_note(trend)} {INTERVALS}"
    if trend.after:
        yield AFTER_NOTE
    lines = sorted({line for day in trend.counting for line in day.lines_deg})
    told = list(dict.fromkeys(degrees(line) for line in lines))
    if trend.after and len(told) > 1:
        yield f"The slump line was not the same on all of these days: {', '.join(told)}."
    apart_deg = _uprights_apart_deg([*trend.counting_before, *trend.counting])
    if apart_deg > APART_DEG:
        yield (
            f"Between these days the upright was set anew, up to {degrees(apart_deg)} from the "
            "first of the same clip and place: the clip sat otherwise, or the upright is another, "
            "and then so are the shares."
        )
    for shown in trend.days:
        if shown.day.day_hours != 24 and shown.day.span_s:
            yield (
                f"The clock changed on {short_day(shown.day.day)}: a {shown.day.day_hours:g}-hour "
                "day, whose ribbon goes on in elapsed time."
            )
    for shown in trend.days:
        if shown.day.doubt:
            yield f"On {short_day(shown.day.day)} {shown.day.doubt}."
    if trend.mode:
        yield f"Buzzing {trend.mode} on the days that count."
    yield from trend.problems


def _uprights_apart_deg(days: Sequence[TrendDay]) -> float:
    """The largest angle between an upright and the first one of the same clip and place."""
    first: dict[tuple[str, str], Vector] = {}
    apart_deg = 0.0
    for upright in (each for day in days for each in day.uprights):
        before = first.setdefault((upright.clip_id, upright.context), upright.up)
        apart_deg = max(apart_deg, angle_between_deg(before, upright.up))
    return apart_deg
