"""One or two simple things to do, by rules that say why.

The rules are conventions of exercise guides; none of them promises anything.  They are tried in
their order, and the first two that hold are told.  Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from midback.exercises.changes import Past, sides_of
from midback.exercises.items import LEFT, RIGHT
from midback.exercises.results import PUBLISHED, Results
from midback.exercises.screening import MORE_PAIN, MOST_PAIN
from midback.words import degrees

MOST = 2
"""More than this nobody does every day."""

LOW_TURN_DEG = 30.0
"""Less is well below the 40 degrees of young adults; it falls with age, which is said."""

FADES_DEG_PER_MIN, FADES_S = 3.0, 30.0
"""A hold that sinks faster, or is left sooner, fades (own choice)."""

LOST_DEG = 5.0
"""Errors of more in finding the upright (own choice).  Such a test repeats badly, with an ICC of
0.38 (J Neuroeng Rehabil 5:9), so it is practice rather than a measure."""

SHOW_SOMEBODY = "No exercises come of this check. Show it to a physiotherapist or a doctor."

MUCH_SLUMPED_PERCENT = 50.0
"""A day slumped for more of its still time than this (own choice)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A thing to do.

    Attributes:
        id: names its rule.
        drills: ids of the drills that serve it, none for what is no exercise.
        more: the side that gets another set, or empty.
        todo: what to do, in a few words.
        why: what was measured.
    """

    id: str
    drills: tuple[str, ...]
    todo: str
    why: str
    more: str = ""


def advise(
    now: Results,
    earlier: Past,
    today: date,
    slumped_percent: float | None = None,
    hurt: str = "",
) -> list[Advice]:
    """At most two things to do, the most telling first; with pain nothing but to ask somebody.

    Args:
        now: of today's check.
        earlier: of others, the oldest first.
        today: its day.
        slumped_percent: of the still time of the last days, if that is known.
        hurt: what ``pain_told`` says.
    """
    if hurt:
        return [pain_rule(hurt)]
    found = [
        _uneven_turn(now, earlier, today) or _low_turn(now),
        _small_extension(now),
        _fades(now),
        _lost_upright(now),
    ]
    told = [each for each in found if each is not None]
    if not told and slumped_percent is not None and slumped_percent > MUCH_SLUMPED_PERCENT:
        told.append(_desk(slumped_percent))
    return told[:MOST]


def pain_rule(hurt: str) -> Advice:
    """What to do where it hurt: no exercise.

    Args:
        hurt: what ``pain_told`` says.
    """
    return Advice("hurts", (), SHOW_SOMEBODY, hurt)


def pain_told(pain: tuple[int | None, int | None], stopped: Sequence[str]) -> str:
    """What was said of pain, where it is more than the check goes on with; else nothing.

    Args:
        pain: before and after, 0 to 10.
        stopped: titles of the tests that were stopped because of it.
    """
    before, after = pain
    if stopped:
        return f"Stopped because of pain: {', '.join(stopped)}."
    if before is not None and after is not None and after - before >= MORE_PAIN:
        return f"Your pain went from {before} to {after} of 10."
    if after is not None and after > MOST_PAIN:
        return f"Your pain was {after} of 10 afterwards."
    return ""


def _uneven_turn(now: Results, earlier: Past, today: date) -> Advice | None:
    sides = sides_of(now, earlier, today, "rotation")
    if sides is None or not sides.again:
        return None
    side = LEFT if sides.left_deg < sides.right_deg else RIGHT
    why = f"Your turn to the {side} was {degrees(sides.apart_deg)} smaller, and so on another day."
    todo = f"Seated twists, with one more set to the {side}."
    return Advice("uneven_turn", ("seated_twist",), todo, why, side)


def _low_turn(now: Results) -> Advice | None:
    sides = now.sides("rotation")
    if sides is None or min(sides) >= LOW_TURN_DEG:
        return None
    left, right = (degrees(each) for each in sides)
    why = (
        f"You turned {left} to the left and {right} to the right; young adults turn 40° and more, "
        "and it gets less with age."
    )
    return Advice("low_turn", ("seated_twist",), "Seated twists to both sides.", why)


def _small_extension(now: Results) -> Advice | None:
    for item, what in (("arm_raise", "raising your arms"), ("chair_extension", "bending back")):
        size_deg = now.degrees(item)
        if size_deg is not None and size_deg < PUBLISHED[item].low_deg:
            why = f"In {what} your upper back went back by {degrees(size_deg)}, which is little."
            return Advice(
                "small_extension", ("chair_extension",), "Extensions over the chair.", why
            )
    return None


def _fades(now: Results) -> Advice | None:
    held = now.endurance
    if held is None:
        return None
    todo, drills = "Band rows and wall slides.", ("band_row", "wall_slide")
    if held.away_after_s is not None and held.away_after_s < FADES_S:
        why = f"Sitting tall, you had moved by 5° after {held.away_after_s:.0f} s."
        return Advice("fades", drills, todo, why)
    low, _ = held.slope_95_deg_per_min
    if held.slope_deg_per_min > FADES_DEG_PER_MIN and low > 0.0:
        why = f"Sitting tall, you sank forward by {degrees(held.slope_deg_per_min)} in a minute."
        return Advice("fades", drills, todo, why)
    return None


def _lost_upright(now: Results) -> Advice | None:
    found = now.finding
    if found is None or found.absolute_deg <= LOST_DEG:
        return None
    why = f"With eyes closed you found your upright to {degrees(found.absolute_deg)}."
    return Advice(
        "lost_upright", ("find_upright",), "Finding your upright, six times, eyes closed.", why
    )


def _desk(slumped_percent: float) -> Advice:
    why = f"You were slumped for {slumped_percent:.0f} % of your still time of late."
    return Advice("desk", (), "Raise the screen, and get up every half hour.", why)
