"""What was seen in a day's routines, from the files that they were kept in.

The store tells that there was a routine, and when; its own file tells what was done in it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from midback.exercises.exercise import Exercise
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_record import routines_on
from midback.exercises.routine_sets import DoneSet
from midback.exercises.routine_text import set_in_words
from midback_analysis.day import DayRecord
from midback_analysis.exercised import seen_within
from midback_analysis.summary import RoutineSeen, SetSeen


def with_routines(record: DayRecord, folder: Path) -> DayRecord:
    """A day with what was seen in its routines.

    Args:
        record: the day.
        folder: where the data are.

    Returns:
        The same day; a file that cannot be read becomes one of its problems, where a routine of
        the day has none.
    """
    found = routines_on(folder, record.date, record.zone)
    told = replace(record, routines=tuple(_seen(each) for each in found.done))
    missing = any(
        each.exercise == Exercise.ROUTINE and not seen_within(told, each.start_s, each.end_s)
        for each in told.exercises
    )
    return replace(told, problems=(*told.problems, *found.problems)) if missing else told


def _seen(done: DoneRoutine) -> RoutineSeen:
    sets = tuple(_set_seen(each) for each in done.sets)
    return RoutineSeen(done.begin.timestamp(), done.end.timestamp(), done.whole, sets)


def _printable(title: str) -> str:
    """The title of a drill may be anybody's."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in title)


def _set_seen(done: DoneSet) -> SetSeen:
    return SetSeen(
        drill=done.drill,
        title=_printable(done.title),
        side=done.side,
        counted_by=str(done.by),
        outcome=str(done.outcome),
        asked=done.asked,
        seen=done.seen,
        paced=done.paced,
        asked_s=done.seconds,
        held_s=done.held_s,
        range_deg=done.range_deg,
        tempo_s=done.tempo_s,
        every_s=done.every_s,
        fading_deg=done.fading_deg,
        told=set_in_words(done),
    )
