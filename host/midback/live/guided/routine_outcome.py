"""What came of a routine as the window's results; the words are those of the terminal."""

from __future__ import annotations

from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_text import (
    LIMITS,
    ended_in_words,
    name_of,
    pain_in_words,
    set_in_words,
    sides_in_words,
)
from midback.exercises.screening import WHEN_EASED
from midback.live.guided.scene import Outcome, Row, Todo


def routine_outcome(done: DoneRoutine) -> Outcome:
    """What the window tells of a routine."""
    hurt = pain_in_words(done.sets)
    return Outcome(
        sentence=ended_in_words(done),
        rows=tuple(Row(name_of(each), "", set_in_words(each)) for each in done.sets),
        todo=(Todo(WHEN_EASED, hurt),) if hurt else (),
        notes=(*sides_in_words(done.sets), LIMITS),
    )
