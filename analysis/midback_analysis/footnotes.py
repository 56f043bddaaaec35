"""What stands beside and below the figures: slumps, buzzes, where the numbers come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from midback.curl import Posture
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.nudging import (
    DAILY_CAP,
    HOURLY_CAP,
    IN_EXPERIMENT,
    PLAN,
    PROBE_DAY,
    QUIET_HOURS,
    SNOOZE,
    TOO_SOON,
)
from midback.pausing import CALL, PAUSE, PRESENTING, QUIET
from midback.places import ELSEWHERE
from midback.reminder import REMINDED
from midback.words import NBSP, degrees, duration
from midback_analysis import moved_clip
from midback_analysis.episodes import END, GAP, MOVED, TAKEN_OFF
from midback_analysis.headline import untimed_span
from midback_analysis.summary import Buzzes, DaySummary, Exercised, Share, Slump, Withheld
from midback_analysis.wording import line_words, number, times

ENDED = {
    MOVED: "moved about",
    GAP: "no data from here on",
    TAKEN_OFF: "clip taken off",
    END: "wearing ended",
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


KEPT = (
    "Where no computer was near, the clip kept ten seconds at a time: their mean, least and most "
    "tilt, and how long each state took. Shares, spread and curve use the mean there; changes "
    "within ten seconds do not show, so that tilts seem held for longer. A slump’s end is known "
    "to ten seconds; it is told from one hold before the clip called it a slump."
)
_BY_CLIP = "timed to ten seconds, so what followed is not counted"


EXERCISES_NOTE = (
    "One hour says little, and people sit differently over a day anyway: it takes weeks to see "
    "whether an exercise goes with less slumping."
)


SETS_NOTE = (
    "Seen is what the clip saw of the upper back, not what any muscle did; what it cannot see is "
    "paced, and not counted."
)


def exercise_words(exercised: Exercised) -> str:
    """One exercise, and how the hour after it was sat."""
    told = f"{exercised.kind.capitalize()} at {exercised.at.clock}, {duration(exercised.length_s)}"
    if exercised.whole is False:
        told += ", left before its end"
    after, otherwise = exercised.hour_after, exercised.otherwise
    if after is None:
        return f"{told}. Too little still time in the hour after it to tell how that was sat."
    beside = "" if otherwise is None else f", otherwise {share_words(otherwise)}"
    return f"{told}. Slumped in the hour after it: {share_words(after)} of still time{beside}."


def share_words(share: Share) -> str:
    """A share and its interval: ``10 % (2 to 18)``."""
    low, high = share.between
    return f"{share.percent:.0f}{NBSP}% ({low:.0f} to {high:.0f})"


_WITHHELD: dict[str, str] = {
    PLAN: "by the plan",
    PROBE_DAY: "on the probe day",
    IN_EXPERIMENT: "by the experiment",
    SNOOZE: "while snoozed",
    QUIET_HOURS: "in quiet hours",
    DAILY_CAP: "over the daily cap",
    HOURLY_CAP: "over the hourly cap",
    TOO_SOON: "too soon after another",
    PAUSE: "while paused",
    CALL: "in a call",
    QUIET: "under do not disturb",
    PRESENTING: "during a talk or a film",
    Posture.LEAN: "in a lean from the hips",
    LOOKS_LIKE_A_LEAN: "in what looked like a lean from the hips",
    ELSEWHERE: "while you seemed to be in another place",
}


def slump_note(summary: DaySummary) -> str:
    """How many slumps there were, and from when a lean counts as one."""
    slumps = summary.slumps
    rule = f"past {line_words(summary)}{_back_words(summary)}{hold_words(summary)}"
    if not slumps.count:
        return f"None {rule}."
    half = "" if slumps.median_s is None else f", half of them up to {duration(slumps.median_s)}"
    return f"{slumps.count} in all{half if slumps.count > 1 else ''}; counted once {rule}"


def _back_words(summary: DaySummary) -> str:
    """The line behind upright, for wearers whose slump goes backward."""
    lines = {degrees(each.back_enter_deg) for each in summary.judged if each.back_enter_deg}
    return f" or {lines.pop()} leaning back" if len(lines) == 1 else ""


def hold_words(summary: DaySummary) -> str:
    """The hold as `` for 30 s``, where the recording names it."""
    hold_s = summary.slumps.hold_s
    return "" if hold_s is None else f" for {hold_s:g}{NBSP}s"


def slump_length(slump: Slump) -> str:
    """Its length, with ``≥`` where the end was not seen, ``≈`` where it is known to 10 s only."""
    sign = "≥" if slump.censored else "≈" if slump.kept else ""
    return f"{sign}{duration(slump.length_s)}"


def slump_ended(slump: Slump) -> str:
    """How it ended, in words."""
    own = slump.by_clip == slump.buzzes > 0
    if own and (slump.after_buzz_s is None or slump.how in ENDED):
        return f"{ENDED.get(slump.how, 'sat up')}, buzzed by the clip itself"
    if slump.how in ENDED:
        return ENDED[slump.how]
    if slump.after_buzz_s is None:
        return "sat up, no buzz"
    exact = slump.after_buzz_s < 90 and not slump.kept
    after = f"{round(slump.after_buzz_s)}{NBSP}s" if exact else duration(slump.after_buzz_s)
    return f"sat up {after} after {'the clip’s own' if own else 'a'} buzz"


def buzz_note(summary: DaySummary) -> str:
    """How many buzzes there were, and how soon sitting up followed."""
    buzzes = summary.buzzes
    if not buzzes.given and buzzes.by_clip:
        return f"{len(buzzes.by_clip)} given, all by the clip itself, {_BY_CLIP}."
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
    own = sum(buzz.by_clip for buzz in buzzes.given)
    if own:
        told.append(f"{own} of these by the clip itself")
    if buzzes.given and buzzes.by_clip:
        told.append(f"{len(buzzes.by_clip)} more by the clip itself, {_BY_CLIP}")
    if summary.slumps.without_buzz:
        told.append(f"{times(summary.slumps.without_buzz, 'slump')} without a buzz")
    if buzzes.outside:
        told.append(f"{times(buzzes.outside, 'buzz', 'buzzes')} outside a slump, not counted here")
    if buzzes.withheld:
        told.append(_withheld_words(buzzes.withheld))
    if buzzes.snoozed:
        told.append(f"snoozed {times(buzzes.snoozed, 'time')}")
    return " ".join(part for part in (_started("; ".join(told)), _unaided_words(buzzes)) if part)


def why_withheld(reason: str) -> str:
    """Why a nudge was not given, such as ``in a call``; goes on from ``withheld``.

    >>> why_withheld("call"), why_withheld("fire drill")
    ('in a call', 'for another reason (fire drill)')
    """
    return _WITHHELD.get(reason, f"for another reason ({reason})")


def _withheld_words(withheld: Sequence[Withheld]) -> str:
    """How many nudges were withheld and why, the most frequent reason first."""
    counts = Counter(each.reason for each in withheld)
    reasons = [f"{count} {why_withheld(reason)}" for reason, count in counts.most_common()]
    later = sum(each.later for each in withheld)
    given = f" ({later} given later in the slump)" if later else ""
    return f"{len(withheld)} withheld: {', '.join(reasons)}{given}"


def _unaided_words(buzzes: Buzzes) -> str:
    """What the plan's time without nudges was like; told by itself, never against other time."""
    unaided = buzzes.unaided
    if unaided is None or not unaided.still_s:
        return ""
    percent = number(100 * unaided.slumped_s / unaided.still_s)
    if unaided.probe_day:
        return (
            f"A probe day without nudges: {percent}{NBSP}% of {duration(unaided.still_s)} still "
            "were slumped."
        )
    return (
        f"In the 10{NBSP}min after nudges that the plan left out, {percent}{NBSP}% of "
        f"{duration(unaided.still_s)} still were slumped."
    )


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
    facts = [f"{first.context}, set {_when(summary, first.made)}"]
    if first.span_deg is not None:
        facts.append(f"tall to slumped {degrees(first.span_deg)}")
    facts.append(f"slump line {degrees(first.enter_deg)}")
    if first.back_enter_deg is not None:
        facts.append(f"and {degrees(first.back_enter_deg)} leaning back")
    told = [f"Calibration {first.id} ({', '.join(facts)})"]
    for other in others:
        line = (
            ""
            if other.enter_deg == first.enter_deg
            else f", slump line {degrees(other.enter_deg)}"
        )
        if other.apart_deg is None:
            told.append(f"{other.context} from {other.start.clock} on ({other.id}){line}")
            continue
        told.append(
            f"upright set again at {other.start.clock} ({other.id}), "
            f"{degrees(other.apart_deg)} from the first{line}"
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
    """What is told of this day alone: its length, what the clip kept, what cannot be read."""
    if summary.day_hours != 24:
        yield (
            f"The clock changed: a {summary.day_hours:g}-hour day. "
            "The axis is elapsed time, its labels are local."
        )
    if summary.coverage.kept_s:
        yield KEPT
    yield from moved_clip.notes(summary.happenings)
    for each in summary.happenings:
        if each.kind == REMINDED:
            yield f"You were reminded of your routine at {each.at.clock}."
    for each in summary.untimed:
        yield (
            f"{duration(each.length_s)} were recorded by the clip at a time nobody knows, "
            f"{untimed_span(each, summary.date)}; they are in no number here."
        )
    yield from summary.problems
