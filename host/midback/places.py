"""Where the wearer is after they stood up or sat down: standing has an upright of its own.

Sitting and standing upright differ by -3 to +15 degrees (three wearers, peers.md 0), and one
clip cannot see which it is; only the change shows (``transitions``).  So after one the wearer is
asked, and until they answer, walk or turn back, nudges wait.  Pure: session time, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from midback.calibration import CONTEXTS, Calibration
from midback.transitions import STOOD_UP, Transition

DESK, STANDING_DESK, _ = CONTEXTS

ASKED_S = 120.0
"""So long the question stays."""

LONGEST_S = 600.0
"""Nudges wait no longer: what was taken for standing up may have been none (own choice)."""

ELSEWHERE = "another place"
"""Why nudges are held."""


def stands_at(context: str) -> bool:
    """Whether the wearer stands there, by its name."""
    return "stand" in context


class Places:
    """Follows where one wearer says they are, and where they seem to be."""

    def __init__(self, context: str = DESK) -> None:
        self._context = context
        self._seat = context if not stands_at(context) else DESK
        self._elsewhere_s: float | None = None

    def chose(self, context: str) -> None:
        """The wearer says where they are."""
        self._context = context
        if not stands_at(context):
            self._seat = context
        self._elsewhere_s = None

    def walked(self) -> None:
        """The wearer walks: where they were does not count any more."""
        self._elsewhere_s = None

    def moved(self, transition: Transition, known: Mapping[str, Calibration]) -> str | None:
        """Take a change; return the context to offer, ``None`` if they are back where they said.

        A context with an upright goes before one without.
        """
        stands = transition.kind == STOOD_UP
        if stands == stands_at(self._context):
            self._elsewhere_s = None
            return None
        self._elsewhere_s = transition.time_s
        if not stands:
            return self._seat
        return next((name for name in known if stands_at(name)), STANDING_DESK)

    def elsewhere(self, time_s: float) -> bool:
        """Whether the wearer seems to be somewhere else than they said."""
        return self._elsewhere_s is not None and time_s - self._elsewhere_s < LONGEST_S

    def stayed(self) -> None:
        """The wearer says that they are where they were."""
        self._elsewhere_s = None
