"""The words of a summary, once for page and terminal.

No praise, no blame, no score; nothing about treating or preventing anything.  Numbers are
whole; a share that is there but under a half is ``<1``; what is not known is a dash.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from midback.words import LOOK, NBSP, State, degrees, duration

from .levels import Level, borders_deg
from .summary import DaySummary, Halves, HourRow, Slump

LOW_COVERAGE_PERCENT = 60
SAME_WITHIN_POINTS = 5
APART_DEG = 5

STATE_WORDS = {
    "upright": LOOK[State.UPRIGHT].words.lower(),
    "mild": "mildly forward",
    "slumped": LOOK[State.SLUMPED].words.lower(),
    "back": LOOK[State.BACK].words.lower(),
    "moving": LOOK[State.MOVING].words.lower(),
    "nodata": "no data",
    "uncalibrated": LOOK[State.NEW].words.lower(),
    "off": LOOK[State.AWAY].words.lower(),
}
HELD_WORDS = tuple(
    f"{held}".replace(" ", NBSP)
    for held in ("5 s", "15 s", "1 min", "5 min", "15 min", "30 min", "longer")
)
ENDED = {
    "moved": "moved about",
    "gap": "no data from here on",
    "taken off": "clip taken off",
    "end": "wearing ended",
}

LIMITS = (
    "One clip between the shoulder blades measures how far the upper back tips from the upright "
    "you chose. It does not see the curve of the spine, the neck or the arms, and it cannot tell "
    "a slow slump from a slow lean at the hips, or sitting from standing. Time without data is "
    "shown and counts for nothing. There is no single correct posture; regular change matters "
    "more."
)
DEFINITIONS = (
    "Shares from 1-second medians with 1.5° hysteresis; a shift is a change of 5° or more "
    "between 20-second medians, and in simulated sitting about 1 in 10 is missed or wrongly "
    "counted."
)
DISCLAIMER = "Not for diagnosis, monitoring or treatment of any disease or injury."


def number(value: float) -> str:
    """A whole number; ``<1`` for a little, ``0`` only for nothing, a true minus.

    >>> number(0), number(0.2), number(56.6), number(-3.2)
    ('0', '<1', '57', '−3')
    """
    if 0 < value < 0.5:
        return "<1"
    return f"{round(value) + 0}".replace("-", "−")


def whole_shares(shares: dict[str, float]) -> dict[str, str]:
    """Whole per cent that still add up to 100: the largest remainders are rounded up.

    >>> whole_shares({"a": 33.4, "b": 33.3, "c": 33.3})
    {'a': '34', 'b': '33', 'c': '33'}
    """
    floors = {name: int(share) for name, share in shares.items()}
    # A share under a half is told as "<1" and takes no part in the sum.
    takers = [name for name, share in shares.items() if share >= 0.5]
    takers.sort(key=lambda name: floors[name] - shares[name])
    for name in takers[: 100 - sum(floors.values())]:
        floors[name] += 1
    return {
        name: "<1" if not floor and shares[name] > 0 else str(floor)
        for name, floor in floors.items()
    }


def times(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 shift``, ``2 shifts``, ``no shift``."""
    return f"{count or 'no'}{NBSP}{one if count < 2 else many or one + 's'}"


def title(summary: DaySummary) -> str:
    """The date in words: ``Thursday 12 November 2026``."""
    day = date.fromisoformat(summary.date)
    return f"{day:%A} {day.day} {day:%B %Y}"


def measured_line(summary: DaySummary) -> tuple[str, str]:
    """How much was measured, and of what; the second part may be empty."""
    coverage = summary.coverage
    if coverage.first is None or coverage.last is None or coverage.percent is None:
        return f"{LOOK[State.AWAY].words} on this day", ""
    return (
        f"{duration(coverage.measured_s)} measured",
        f", {number(coverage.percent)}{NBSP}% of the {duration(coverage.span_s)} from first to "
        f"last wear ({coverage.first.clock} to {coverage.last.clock})",
    )


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
    return " · ".join(told) if summary.coverage.span_s else ""


def sentence(summary: DaySummary) -> str:
    """The day in one sentence; only what the record supports."""
    coverage = summary.coverage
    if not coverage.span_s:
        return "The clip was not worn."
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
    count = {2: "two", 3: "three", 4: "four"}.get(len(summary.judged), str(len(summary.judged)))
    return f"{count} uprights, {degrees(apart)} apart" if apart > APART_DEG else ""


def lines_deg(summary: DaySummary) -> list[float]:
    """The slump lines of the day, each once, in order of use."""
    return list(dict.fromkeys(each.enter_deg for each in summary.judged))


def line_words(summary: DaySummary) -> str:
    """The slump line as a number, where the day had only one."""
    told = {degrees(line) for line in lines_deg(summary)}
    return told.pop() if len(told) == 1 else "the slump line"


def ranges(summary: DaySummary) -> dict[str, str]:
    """What each of ``STATES`` means."""
    line = line_words(summary)
    return {
        "upright": "−8 to 5°",
        "mild": f"5{'' if line[0].isdigit() else '°'} to {line}",
        "slumped": f"over {line}",
        "back": "below −8°",
        "moving": "posture not judged",
        "nodata": "worn, nothing received",
        "uncalibrated": "worn, no upright set",
        "off": "",
    }


def level_words(summary: DaySummary) -> dict[Level, str]:
    """Names of the levels, without those that this slump line leaves empty."""
    lines = lines_deg(summary)
    line = max(lines, default=0.0)
    bounds = borders_deg(line)
    start = degrees(line) if len(lines) == 1 else "slump line"
    told = {
        Level.BACK: STATE_WORDS["back"],
        Level.UPRIGHT: STATE_WORDS["upright"],
        Level.MILD: STATE_WORDS["mild"],
        Level.PAST_LINE: f"{start.rstrip('°')} to 20°",
        Level.PAST_20: f"{round(bounds[3])} to {round(bounds[4])}°",
        Level.PAST_30: f"over {round(bounds[4])}°",
    }
    if min(lines, default=0.0) >= 20:
        del told[Level.PAST_LINE]
    return told


def level_share(summary: DaySummary, level: Level) -> str:
    """Per cent of still time at a level; rounded as the share of the same name."""
    shares, exposure = summary.shares or {}, summary.exposure or ()
    name = {Level.BACK: "back", Level.UPRIGHT: "upright", Level.MILD: "mild"}.get(level)
    return whole_shares(shares)[name] if name else number(sum(exposure[level]))


def slump_note(summary: DaySummary) -> str:
    """How many slumps there were, and from when a lean counts as one."""
    slumps = summary.slumps
    rule = f"past {line_words(summary)}{hold_words(summary)}"
    if not slumps.count:
        return f"None {rule}."
    half = "" if slumps.median_s is None else f", half of them up to {duration(slumps.median_s)}"
    return f"{slumps.count} in all{half if slumps.count > 1 else ''}; counted once {rule}"


def hold_words(summary: DaySummary) -> str:
    """The hold as `` for 30 s``, where the recording names it."""
    hold_s = summary.slumps.hold_s
    return "" if hold_s is None else f" for {number(hold_s)}{NBSP}s"


def slump_length(slump: Slump) -> str:
    """Its length, with ``≥`` where the end could not be seen."""
    return f"{'≥' if slump.censored else ''}{duration(slump.length_s)}"


def slump_ended(slump: Slump) -> str:
    """How it ended, in words."""
    if slump.how in ENDED:
        return ENDED[slump.how]
    if slump.after_buzz_s is None:
        return "sat up, no buzz"
    if slump.after_buzz_s < 90:
        return f"sat up {round(slump.after_buzz_s)}{NBSP}s after a buzz"
    return f"sat up {duration(slump.after_buzz_s)} after a buzz"


def buzz_note(summary: DaySummary) -> str:
    """How many buzzes there were, and how soon sitting up followed."""
    buzzes = summary.buzzes
    if not buzzes.given:
        return "Buzzing was off." if buzzes.mode == "off" else "No buzz was given."
    told = f"{len(buzzes.given)} given, {buzzes.followed} followed by sitting up within 60{NBSP}s"
    if buzzes.method == "answered" and buzzes.median_s is not None:
        return f"{told}, after a median of {number(buzzes.median_s)}{NBSP}s."
    if buzzes.median_s is None:
        return f"{told}, fewer than half of all."
    return (
        f"{told}; half of all within {number(buzzes.median_s)}{NBSP}s "
        "(Kaplan-Meier, the others counted as not yet)."
    )


def buzz_more(summary: DaySummary) -> str:
    """What the buzzes do not show: slumps without one, tests, pauses."""
    buzzes, told = summary.buzzes, list[str]()
    if summary.slumps.without_buzz:
        told.append(f"{times(summary.slumps.without_buzz, 'slump')} without a buzz")
    if buzzes.outside:
        told.append(f"{times(buzzes.outside, 'buzz', 'buzzes')} outside a slump, not counted here")
    if buzzes.snoozed:
        told.append(f"buzzing paused {times(buzzes.snoozed, 'time')}")
    return _started("; ".join(told))


def _started(told: str) -> str:
    return f"{told[0].upper()}{told[1:]}." if told else ""


def provenance(summary: DaySummary) -> str:
    """Calibrations, clip, versions and settings behind the numbers."""
    told = [_calibrations(summary), _clips(summary), _settings(summary), DEFINITIONS]
    return " ".join(part for part in told if part)


def _calibrations(summary: DaySummary) -> str:
    if not summary.judged:
        return ""
    first, *others = summary.judged
    facts = [f"set {_when(summary, first.made)}"]
    if first.span_deg is not None:
        facts.append(f"tall to slumped {degrees(first.span_deg)}")
    facts.append(f"slump line {degrees(first.enter_deg)}")
    if first.back_enter_deg is not None:
        facts.append(f"and {degrees(first.back_enter_deg)} leaning back")
    told = [f"Calibration {first.id} ({', '.join(facts)})"]
    for other in others:
        line = "" if other.enter_deg == first.enter_deg else f", slump line {degrees(other.enter_deg)}"
        told.append(
            f"upright set again at {other.start.clock} ({other.id}), "
            f"{degrees(other.apart_deg or 0)} from the first{line}"
        )
    return "; ".join(told) + "."


def _when(summary: DaySummary, made: str) -> str:
    day, _, clock = made.partition(" ")
    return f"at {clock}" if day == summary.date else f"on {day} at {clock}"


def _clips(summary: DaySummary) -> str:
    told = [
        ", ".join(
            [
                f"clip {each.facts.get('name') or each.id}",
                *(f"firmware {each.facts[key]}" for key in ["firmware"] if each.facts.get(key)),
            ]
        )
        for each in summary.clips
    ]
    return _started("; ".join([*told, f"judgement {summary.judgement_version}"]))


def _settings(summary: DaySummary) -> str:
    mode = summary.buzzes.mode
    hold = hold_words(summary)
    facts = [f"buzzing {mode}"] if mode else []
    facts += [f"a slump is a lean past the line{hold}"] if hold else []
    return _started("; ".join(facts))


def notes(summary: DaySummary) -> Iterable[str]:
    """What is unusual about this day: its length, parts that could not be read."""
    if summary.day_hours != 24:
        yield (
            f"The clock changed: a {summary.day_hours:g}-hour day. "
            "The axis is elapsed time, its labels are local."
        )
    yield from summary.problems


