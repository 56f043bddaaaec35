"""Where the wearer is after they stood up or sat down: standing has an upright of its own.

Sitting and standing upright differ by -3 to +15 degrees (three wearers, peers.md 0), and one
clip cannot see which it is; only the change shows (``transitions``), and whoever walks stands.
So after a change that lasts the wearer is asked, and until they answer, walk on or turn back,
nudges wait.  Pure: session time, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from midback.calibration import CONTEXTS, Calibration, stands_at
from midback.questions import Question
from midback.transitions import STOOD_UP, Transition
from midback.words import STILL, State

DESK, STANDING_DESK, _ = CONTEXTS

PLACE = "place"
"""Kind of the question where the wearer is."""

ASKED_S = 120.0
"""So long the question stays."""

LASTS_S = 20.0
"""So long the wearer is still before they are asked: who only stops on their way is not."""

LONGEST_S = 600.0
"""Nudges wait no longer: what was taken for standing up may have been none (own choice)."""

ELSEWHERE = "another place"
"""Why nudges are held."""


def place_question(place: str) -> Question:
    """What to ask whoever seems to stand, or to sit, where they did not.

    >>> place_question("standing desk").text
    'You seem to stand: are you at the standing desk now?'
    """
    seems = "stand" if stands_at(place) else "sit"
    return Question(PLACE, f"You seem to {seems}: are you at the {place} now?", ASKED_S)


class Places:
    """Follows where one wearer says they are, and whether they seem to stand or to sit there."""

    def __init__(self, context: str = DESK) -> None:
        self._context = self._seat = DESK
        self._stands = False
        self._walked = False
        self._since_s: float | None = None
        self._offered = False
        self.chose(context)

    def chose(self, context: str) -> None:
        """The wearer says where they are."""
        self._context = context
        self._stands = stands_at(context)
        if not self._stands:
            self._seat = context
        self._walked = False
        self._since_s = None

    def denied(self, place: str) -> None:
        """The wearer says that they are not there.

        Who walked and stands somewhere else is still not where they were; anybody else is.
        """
        if not (stands_at(place) and self._walked):
            self.chose(self._context)

    def update(
        self,
        time_s: float,
        state: State,
        moved: Transition | None,
        known: Mapping[str, Calibration],
    ) -> str | None:
        """Take one packet; return the context to offer now, ``None`` for most.

        Args:
            time_s: when it was.
            state: what the wearer does.
            moved: a change that was seen with it.
            known: the contexts that have an upright; such a one is offered before others.
        """
        if state in (State.AWAY, State.DOUBTFUL):
            return None
        if moved is not None:
            self._stands = moved.kind == STOOD_UP
        if state is State.WALKING:
            self._stands = self._walked = True
            self._since_s = None
        if self._stands == stands_at(self._context):
            self._walked = False
            self._since_s = None
        elif state in STILL:
            if self._since_s is None:
                self._since_s, self._offered = time_s, False
            if not self._offered and time_s - self._since_s >= LASTS_S:
                self._offered = True
                return self._other(known)
        return None

    def elsewhere(self, time_s: float) -> bool:
        """Whether the wearer seems to be somewhere else than they said."""
        return self._since_s is not None and time_s - self._since_s < LONGEST_S

    def _other(self, known: Mapping[str, Calibration]) -> str:
        if not self._stands:
            return self._seat
        return next((name for name in known if stands_at(name)), STANDING_DESK)
