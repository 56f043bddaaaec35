"""What is suspected of the clip, and what the wearer's rests since then say about it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from midback.slip.shifts import LEAST_USUAL_S, TOLD, Shift, straight
from midback.slip.tilts import Tilt, unit

JUMPED = "jumped"
SLID = "slid"
WALKS = "walks"
SITS_UP = "sits up"
STANDS = "stands"
RESTS = "rests"
"""What tells: a sudden turn, a slow one, another gait, where they sit up, stand or rest."""
SUNK = "sunk"
"""As a slump sinks: so common that nothing but a sit-up makes it certain."""

_USUAL_S = 1800
"""Half an hour of rests: some seven postures, for people take another one every four minutes."""
_AFTER_S = 480
_SURE_TOLD, _UNSURE_TOLD = 0.8, 3.0
"""Evidence of the rests that tells after a suspicion (own choice; 120 simulated days without a
slip had none).  A person who twitched by seven degrees had 1.8."""
_LEAST_S = 120
"""After a suspicion so many seconds at rest are enough (own choice)."""


class Suspect(NamedTuple):
    """The clip may have moved by so much; *since_s* is the last time that it had not.

    One that is not *sure* was hardly more than what happens on a day without a slip.  *toward* is
    what of it no posture of the wearer's makes, if that is not all of it.  By *over_s* it was
    over, if that is known.
    """

    cause: str
    by: Tilt
    since_s: float
    sure: bool = True
    toward: Tilt | None = None
    over_s: float | None = None


_Seen = deque[tuple[float, Tilt]]


class Rests:
    """How the wearer is tilted while at rest, a second each, place by place.

    Attributes:
        suspects: the last suspicion of each cause.
    """

    def __init__(self) -> None:
        self._place = ""
        self._at: dict[str, _Seen] = {}
        self._older: dict[str, _Seen] = {}
        self.clear(as_worn=True)

    def clear(self, *, as_worn: bool) -> None:
        """The wearer sat tall anew, or put the clip on anew.

        Until then the clip may have hung *as_worn* when they sat tall before: then what was usual
        is known.
        """
        self.suspects: dict[str, Suspect] = {}
        self._shifts: list[Shift] = []
        for place, seen in self._at.items() if as_worn else ():
            self._older.setdefault(place, deque(maxlen=_USUAL_S)).extend(seen)
        self._at = {}
        self.moved(self._place)

    def moved(self, place: str) -> None:
        """The wearer is elsewhere: people stand another way than they sit."""
        self._place = place
        self._seen = self._at.setdefault(place, deque(maxlen=_USUAL_S + _AFTER_S))

    def look(
        self,
        since_s: float,
        ways: Sequence[Tilt],
        told: float = TOLD,
        *,
        elsewhere: float = -math.inf,
        known_s: int = LEAST_USUAL_S,
        sinks: bool = False,
    ) -> None:
        """Look for a shift along any of these *ways*, unit vectors, since then; see ``Shift``."""
        for way in ways:
            self._follow(
                Shift(since_s, way, RESTS, told, elsewhere=elsewhere, known_s=known_s, sinks=sinks)
            )

    def suspect(self, suspect: Suspect) -> None:
        """From now on the rests since then are asked, whether they are tipped that way."""
        self._shifts = [each for each in self._shifts if each.cause != suspect.cause]
        self.suspects[suspect.cause] = suspect
        if suspect.cause == SUNK:
            self._shifts = [
                each for each in self._shifts if not each.explained(suspect.by, suspect.since_s)
            ]
            return
        told = _SURE_TOLD if suspect.sure else _UNSURE_TOLD
        way = unit(suspect.toward or suspect.by)
        self._follow(Shift(suspect.since_s, way, suspect.cause, told, _LEAST_S, suspect.over_s))

    def _follow(self, shift: Shift) -> None:
        """From when it began, which may be minutes ago."""
        for time_s, tilt in self._seen:
            if time_s > shift.since_s:
                shift.rest(time_s, tilt, self._place, self._before)
        self._shifts.append(shift)

    def withdraw(self, cause: str) -> None:
        """Nothing is suspected of that any more."""
        self.suspects.pop(cause, None)
        self._shifts = [each for each in self._shifts if each.cause != cause]

    def contradict(self, off: Tilt, began_s: float, known_s: float = -math.inf) -> None:
        """Upright they were off by so little: what is further from it than nothing is settled.

        Args:
            off: by how much.
            began_s: since when they were upright: a clip that slid meanwhile may be further off.
            known_s: since when it is known what they are like upright: of a clip that may have
                moved before, this tells nothing.
        """
        self._shifts = [
            each
            for each in self._shifts
            if each.since_s < known_s or not each.contradicted(off, began_s)
        ]
        self.suspects = {
            cause: each
            for cause, each in self.suspects.items()
            if each.since_s < known_s or not straight(off, each.by)
        }

    def update(self, time_s: float, tilt: Tilt) -> Suspect | None:
        """A packet at rest; return the suspicion that it makes certain."""
        if self._seen and time_s - self._seen[-1][0] < 1.0:
            return None
        self._seen.append((time_s, tilt))
        self._shifts = [each for each in self._shifts if not each.over(time_s)]
        certain = [
            Suspect(shift.cause, shift.by, shift.since_s)
            for shift in self._shifts
            if shift.rest(time_s, tilt, self._place, self._before)
        ]
        # What was suspected says more than that they rest so.
        return min(certain, key=lambda each: each.cause == RESTS, default=None)

    def _before(self, since_s: float) -> Sequence[Tilt]:
        here = [*self._older.get(self._place, ()), *self._seen]
        return [tilt for time_s, tilt in here if time_s < since_s]
