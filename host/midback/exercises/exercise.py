"""What exercise a wearing is given to, if it is to one: its session in the store says so.

Such a session is the whole of the exercise, from its first sample to its last, and nothing in it
is judged.  So the store tells when a day's exercises were.
"""

from __future__ import annotations

from enum import StrEnum

EXERCISE = "exercise"
"""Name of the exercise among the facts of a session."""


class Exercise(StrEnum):
    """What a wearer is led through; the words say why nudges wait meanwhile."""

    CHECK = "movement check"
    ROUTINE = "routine"
