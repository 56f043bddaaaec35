"""The words of an account, the same in terminal, window and page; no markup, no layout.

Whole degrees; a true minus sign; a dash where there is no number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from midback.exercises.account import Account, Measure
from midback.exercises.changes import Key, Sides
from midback.exercises.facing import TOLD_DEG, Forward
from midback.exercises.items import ITEMS, LEFT, RIGHT
from midback.exercises.results import (
    APART_DEG,
    APART_PERCENT,
    AWAY_DEG,
    DETECTABLE_DEG,
    LEAST_DETECTABLE_DEG,
    OWN_DAYS,
    PUBLISHED,
    Endurance,
    Finding,
    Published,
)
from midback.words import NBSP, day_in_words, degrees

NAMES: dict[Key, str] = {
    ("tall_slump", ""): "Tall to slumped",
    ("arm_raise", ""): "Arms overhead, back by",
    ("chair_extension", ""): "Back over the chair",
    ("rotation", LEFT): "Turning to the left",
    ("rotation", RIGHT): "Turning to the right",
    ("side_bend", LEFT): "Bending to the left",
    ("side_bend", RIGHT): "Bending to the right",
}
"""Each measure in a few words."""

TITLES = {item.id: item.title for item in ITEMS}

DASH = "–"

LIMITS = (
    "One clip between the shoulder blades, on skin or shirt: it sees how the upper back tips and "
    "turns, and no muscle. The shirt and the shoulder blades move it as well; the low back and "
    "the pelvis may join in, which it cannot tell apart. Forward is where your slumps and "
    "bends go together; one to a side alone misleads it. Compare your numbers with "
    "your own, not with somebody else’s."
)

_STANDS_OUT = {
    "low_turn": "turning",
    "small_extension": "bending back",
    "fades": "sitting tall for a minute",
    "lost_upright": "finding your upright",
    "desk": "how much you were slumped of late",
}
_SPANS = 2
_NAMED = 3
_LEVEL_DEG = 0.5  # what rounds to nothing


def title(account: Account) -> str:
    """The day."""
    return day_in_words(account.day)


def facts(account: Account) -> str:
    """When it was, whether it is incomplete, and pain before and after."""
    spans = " and ".join(f"{begin:%H:%M} to {end:%H:%M}" for begin, end in account.spans)
    if len(account.spans) > _SPANS:
        first, last = account.spans[0][0], account.spans[-1][1]
        spans = f"{first:%H:%M} to {last:%H:%M}, in {len(account.spans)} parts"
    before, after = account.pain
    told = [spans] if account.whole else [spans, "incomplete"]
    pains = [(before, "before"), *((pain, "on going on") for pain in account.pain_between)]
    said = [(pain, when) for pain, when in [*pains, (after, "after")] if pain is not None]
    if said:
        (first, when), *later = said
        parts = [f"pain {first} of 10 {when}", *(f"{pain} {when}" for pain, when in later)]
        told.append(_and(parts))
    return " · ".join(told)


def sentence(account: Account) -> str:
    """What the check comes to, in one sentence."""
    if account.empty:
        return "Nothing was measured."
    advice = account.advice
    if advice and advice[0].id == "hurts":
        return "It hurt, so no exercises come of this check."
    told = [_STANDS_OUT.get(each.id, f"turning to the {each.more}") for each in advice]
    seen = _uneven_bend(account) + _changes(account)
    if told:
        first = (
            f"{'One thing stands' if len(told) == 1 else 'Two things stand'} out: {_and(told)}."
        )
    elif seen:
        first = "Nothing to work on stands out."
    else:
        first = f"Nothing stands out{'' if account.whole else ' in what was measured'}."
    return " ".join([first, *seen])


def _uneven_bend(account: Account) -> list[str]:
    """Of an uneven turn the advice tells."""
    sides = account.sides.get("side_bend")
    if sides is None or not sides.again:
        return []
    return [f"Bending to a side: {sides_told(sides)}."]


def _changes(account: Account) -> list[str]:
    clear = {
        NAMES[key].removesuffix(", back by"): changed(each)
        for key, each in account.measures.items()
        if each.change is not None and each.change.clear
    }
    if not clear:
        return []
    if len(clear) == 1:
        ((name, by),) = clear.items()
        return [f"{name}: {by} than at first."]
    if len(clear) > _NAMED:
        return [f"{len(clear)} measures have changed since your first days."]
    first, *others = clear
    return [
        f"{_and([first, *(name.lower() for name in others)])} have changed since your first days."
    ]


def size(deg: float) -> str:
    """How large something is that has no sign; never nothing where there is a little.

    >>> size(2.4), size(0.3), size(0.0)
    ('2°', '<1°', '0°')
    """
    return "<1°" if 0.0 < deg < _LEVEL_DEG else degrees(deg)


def others(published: Published | None) -> str:
    """What was published: ``4 to 17°``."""
    if published is None:
        return DASH
    if math.isinf(published.high_deg):
        return f"from {degrees(published.low_deg)}"
    return f"{round(published.low_deg)} to {degrees(published.high_deg)}"


def began(measure: Measure) -> str:
    """Where the wearer began."""
    return DASH if measure.change is None else degrees(measure.change.began_deg)


def limit(deg: float) -> str:
    """A detectable change, to half a degree, because it is a limit.

    >>> limit(8.5), limit(6.0), limit(5.62)
    ('8.5°', '6°', '5.5°')
    """
    return f"{round(2 * deg) / 2:g}°"


def changed(measure: Measure) -> str:
    """Today beside the first days: ``9° less``, ``within 8.5°``, or ``first time``."""
    change = measure.change
    if change is None:
        return "first time"
    if not change.clear:
        return f"within {limit(change.detectable_deg)}"
    return f"{degrees(abs(change.by_deg))} {'more' if change.by_deg > 0 else 'less'}"


def sides_told(sides: Sides) -> str:
    """Left beside right: ``18° less to the left (50 %), on two days``."""
    apart = degrees(sides.apart_deg)
    if not sides.differ:
        return f"{apart} apart, no clear difference"
    side = LEFT if sides.left_deg < sides.right_deg else RIGHT
    told = f"{apart} less to the {side} ({sides.apart_percent:.0f}{NBSP}%)"
    return f"{told}, on {'two days' if sides.again else 'one day only'}"


def endurance_told(held: Endurance) -> str:
    """How the tall hold went."""
    slope, (low, high) = held.slope_deg_per_min, held.slope_95_deg_per_min
    if abs(slope) < _LEVEL_DEG:
        told = "level"
    else:
        ends = sorted((abs(low), abs(high)))
        within = f"{round(ends[0])} to {degrees(ends[1])}" if low * high > 0 else "about level"
        verb = "sank forward" if slope > 0 else "moved back"
        told = f"{verb} by {degrees(abs(slope))} a minute ({within})"
    away = (
        f"never {degrees(AWAY_DEG)} away"
        if held.away_after_s is None
        else f"{degrees(AWAY_DEG)} away after {held.away_after_s:.0f}{NBSP}s"
    )
    return f"{told}, {away}; sway {held.sway_deg:.1f}°"


def finding_told(found: Finding) -> str:
    """How the upright was found again."""
    constant = found.constant_deg
    where = "neither forward nor back"
    if abs(constant) >= _LEVEL_DEG:
        where = f"{degrees(abs(constant))} {'forward' if constant > 0 else 'back'}"
    return (
        f"{size(found.absolute_deg)} off in {len(found.errors_deg)} tries, on average {where} "
        f"(SD {size(found.variable_deg)})"
    )


def undone(account: Account) -> list[str]:
    """What was left out, stopped and not come to, a sentence each."""
    told = (
        ("Stopped because of pain", account.stopped),
        ("Left out", account.left_out),
        ("Not come to", account.missing),
    )
    return [
        f"{words}: {', '.join(TITLES[item].lower() for item in those)}."
        for words, those in told
        if those
    ]


def forward(account: Account) -> list[str]:
    """What is to be said of where forward was taken to be, a sentence or two each."""
    if account.empty:
        return []
    told = [_forward_told(each) for each in account.forward if each.seen]
    return [words for words in dict.fromkeys(told) if words]


def _forward_told(found: Forward) -> str:
    """What is to be said of where forward was taken to be; empty if nothing is."""
    beside_deg = found.from_bow_deg if found.bowed else found.from_print_deg
    if beside_deg is None:
        told = "The bends were too small, or went too different ways, to tell where forward is: "
        if found.bowed:
            return f"{told}it was taken from the bow of your calibration."
        return (
            f"{told}it was taken from the clip’s print. A clip that hangs turned shows bends "
            "smaller, until “calibrate --bow” has told it where forward is."
        )
    if abs(beside_deg) <= TOLD_DEG:
        return ""
    if found.bowed:
        side = LEFT if beside_deg > 0 else RIGHT
        return (
            f"By your movements forward is {degrees(abs(beside_deg))} to the {side} of where your "
            "calibration has it. This check went by your movements; your days go by the "
            "calibration, until “calibrate --bow” renews it."
        )
    return (
        f"The clip hung turned by {degrees(abs(beside_deg))}, which was allowed for here; "
        "your days do so after “calibrate --bow”."
    )


def method() -> str:
    """How the numbers of every test come about."""
    return (
        "Measured: the median of the repetitions that count, from rest to rest; spread: the "
        "greatest less the least."
    )


def compared(account: Account) -> str:
    """Forward, what the tests that were done are judged by, and what today is compared with."""
    return " ".join([*forward(account), *_judged(account), _since(account)])


def _judged(account: Account) -> list[str]:
    told: list[str] = []
    if account.sides:
        told.append(
            f"Sides differ by {APART_DEG:.0f}° and {APART_PERCENT:.0f}{NBSP}% or more on two "
            "days, or not at all."
        )
    if account.endurance is not None:
        told.append(
            "The slope of the tall hold is Theil-Sen’s, with a 95 % interval as if its seconds "
            "were independent."
        )
    if account.finding is not None:
        told.append(
            "Finding the upright repeats badly (ICC 0.38, J Neuroeng Rehabil 5:9), so it is "
            "practice rather than a measure."
        )
    return told


def _since(account: Account) -> str:
    if not account.compared:
        return (
            "There is no earlier day to compare with yet; up to "
            f"{limit(DETECTABLE_DEG)} from one day to another are no more than chance."
        )
    known = [each.change for each in account.measures.values() if each.change is not None]
    told = "At first: the median of your first three days. "
    if any(not change.own for change in known):
        told += (
            f"A change is told beyond {limit(DETECTABLE_DEG)}, from what is published on seated "
            f"turning and the error of the clip; from {OWN_DAYS} earlier days on by your own "
            "scatter. "
        )
    if any(change.own for change in known):
        told += (
            "A change is told beyond what your own days scatter from one to the next (2.77 times "
            f"its standard error, and never below {limit(LEAST_DETECTABLE_DEG)}). "
        )
    if len(known) == len(NAMES):
        return f"{told}With seven measures, up to one check in three names one by chance."
    return f"{told}Of measures that are as they were, up to 7 in 100 are named by chance."


def sources(account: Account) -> list[tuple[str, str]]:
    """The tests that others were measured in, and who those were."""
    done = {item for item, _ in account.measures}
    return [(TITLES[item], each.words) for item, each in PUBLISHED.items() if item in done]


def _and(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
