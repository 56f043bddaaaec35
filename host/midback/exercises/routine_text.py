"""What was seen of a routine, in words.

"Repetitions seen", never more: the clip sees the trunk move, and no muscle.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from midback.exercises.advice import pain_told
from midback.exercises.drill import By, Drills
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.exercises.screening import WHEN_EASED
from midback.words import degrees, spoken

LIMITS = (
    "Seen is what the clip saw of the upper back, not what any muscle did. Midback is not a "
    "medical device. Stop what hurts."
)


def as_text(done: DoneRoutine, width: int = 80) -> str:
    """The whole of it, for a terminal of so many columns."""
    names = max((len(name_of(each)) for each in done.sets), default=0)
    lines = [
        _wrapped(f"  {name_of(each):{names}}  {set_in_words(each)}", width, names + 4)
        for each in done.sets
    ]
    sides = sides_in_words(done.sets)
    hurt = pain_in_words(done.sets)
    told = [f"{hurt} {WHEN_EASED}", LIMITS] if hurt else [LIMITS]
    notes = [_wrapped(each, width) for each in told]
    return "\n".join([ended_in_words(done), "", *lines, "", *sides, *notes])


def ended_in_words(done: DoneRoutine) -> str:
    """Whether it was whole, and how long it took."""
    lasted = spoken((done.end - done.begin).total_seconds())
    if not done.whole:
        return f"Left after {lasted}, not whole."
    return f"The whole routine{' but for what hurt' * bool(pain_in_words(done.sets))}, {lasted}."


def name_of(done: DoneSet) -> str:
    """Which drill, and which side."""
    return f"{done.title}, {done.side}" if done.side else done.title


def set_in_words(done: DoneSet) -> str:
    """What was seen of one set."""
    if done.outcome is Outcome.NO_TIME:
        return "left out: the five minutes were over"
    parts = _seen(done)
    if done.outcome is not Outcome.DONE:
        parts.append(done.outcome.value)
    return "; ".join(parts)


def sides_in_words(sets: Sequence[DoneSet]) -> list[str]:
    """How far to the left and to the right, of drills that have both."""
    lines: list[str] = []
    for drill in dict.fromkeys(each.drill for each in sets if each.side):
        sides = [_largest(sets, drill, side) for side in ("left", "right")]
        if sides[0] is not None and sides[1] is not None:
            title = next(each.title for each in sets if each.drill == drill)
            lines.append(f"{title}: {degrees(sides[0])} left, {degrees(sides[1])} right.")
    return lines


def pain_in_words(sets: Sequence[DoneSet]) -> str:
    """What was stopped because of pain; empty where nothing was."""
    titles = dict.fromkeys(each.title for each in sets if each.outcome is Outcome.HURT)
    return pain_told((None, None), list(titles))


def drills_in_words(drills: Drills) -> str:
    """A list of all drills."""
    width = max(len(name) for name in drills.known)
    blocks: list[str] = []
    for drill in drills.known.values():
        sees = _SEES[drill.by]
        blocks.append(f"{drill.id:{width}}  {drill.title}, {drill.dose}: {sees}.")
    return "\n".join(blocks)


_SEES = {
    By.REPETITIONS: "repetitions counted where the clip sees them",
    By.METRONOME: "paced, not counted",
    By.HOLD: "seconds counted",
    By.OFF: "timed, the clip taken off",
}


def _wrapped(text: str, width: int, indent: int = 0) -> str:
    return textwrap.fill(
        text, max(width - 1, indent + 30), drop_whitespace=True, subsequent_indent=" " * indent
    )


def _seen(done: DoneSet) -> list[str]:
    if done.by is By.OFF:
        return [f"{done.held_s:.0f} s, by the clock alone"]
    if done.by is By.HOLD:
        return [f"{done.held_s:.0f} of {done.seconds:.0f} s near tall"]
    parts: list[str] = []
    if done.seen or not done.paced:
        parts.append(f"{done.seen} of {done.asked} repetitions seen")
    if done.paced:
        why = ", for you swayed too much to be counted surely" if done.sways else ""
        parts.append(f"{done.paced} paced, not counted{why}")
    if done.range_deg is not None:
        parts.append(f"about {degrees(done.range_deg)} each")
    if done.every_s is not None and done.tempo_s is not None:
        parts.append(f"one every {done.every_s:.1f} s, {done.tempo_s[1]:.1f} s of it far out")
    if done.fading_deg is not None:
        parts.append(f"each {done.fading_deg:.1f}° less than the one before")
    return parts


def _largest(sets: Sequence[DoneSet], drill: str, side: str) -> float | None:
    """Of what may be several sets."""
    found = [
        each.range_deg
        for each in sets
        if (each.drill, each.side) == (drill, side) and each.range_deg is not None
    ]
    return max(found, default=None)
