"""Rests before and after a suspicion: who wears a clip that moved is tipped from then on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from midback.slip.shifts import TOLD, Shift
from midback.slip.tilts import Tilt, along, apart_deg, size_deg

JUMPED = "jumped"
SLID = "slid"
WALKS = "walks"
SITS_UP = "sits up"
RESTS = "rests"
"""What tells: a sudden turn, a slow one, another gait, where they sit up, where they rest."""
SUNK = "sunk"
"""As a slump sinks: so common that nothing but a sit-up makes it certain."""

_USUAL_S = 1800
"""Half an hour of rests: some seven postures, for people take another one every four minutes."""
_LEAST_USUAL_S = 480
"""At least as many as are compared with them."""
_FIRST_S, _LONG_S, _LAST_S = 120, 420, 480
"""Whoever comes back to rest has a few movements to make; two postures later chance has had
its chance: what is less sure must last that long."""
_SHARE = 0.5
_SELDOM = 0.9
"""As far as half of the suspicion, and as at most one in ten seconds before it.  At any moment of
simulated days without a slip 8 to 13 in 100 suspicions of 10 degrees would find this, and 3 to 6
if it must last; after 37 slips 25 did, and 22."""


class Suspect(NamedTuple):
    """The clip may have moved by so much; *since_s* is the last time that it had not.

    One that is not *sure* was hardly more than what happens on a day without a slip.  *toward* is
    what of it no posture of the wearer's makes, if that is not all of it.
    """

    cause: str
    by: Tilt
    since_s: float
    sure: bool = True
    toward: Tilt | None = None


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
        self._seen = self._at.setdefault(place, deque(maxlen=_USUAL_S + _LAST_S))

    def look(
        self, since_s: float, ways: Sequence[Tilt], cause: str = RESTS, told: float = TOLD
    ) -> None:
        """Look for a shift along any of these *ways*, unit vectors, since then; see ``Shift``."""
        self._shifts += [Shift(since_s, way, cause, told) for way in ways]

    def suspect(self, suspect: Suspect) -> None:
        """From now on the rests are compared with those before it."""
        self.suspects[suspect.cause] = suspect

    def contradict(self, off: Tilt, began_s: float) -> None:
        """Upright they were off by so little: what is further from it than nothing is settled.

        Args:
            off: by how much.
            began_s: since when they were upright: a clip that slid meanwhile may be further off.
        """
        self._shifts = [each for each in self._shifts if not each.contradicted(off, began_s)]
        self.suspects = {
            cause: each
            for cause, each in self.suspects.items()
            if apart_deg(off, each.by) < size_deg(off)
        }

    def update(self, time_s: float, tilt: Tilt) -> Suspect | None:
        """A packet at rest; return the suspicion that it makes certain."""
        if self._seen and time_s - self._seen[-1][0] < 1.0:
            return None
        self._seen.append((time_s, tilt))
        for suspect in self.suspects.values():
            if suspect.cause != SUNK and self._agree(suspect):
                return suspect
        self._shifts = [each for each in self._shifts if not each.over(time_s)]
        for shift in self._shifts:
            if shift.rest(time_s, tilt, self._place, self._before):
                return Suspect(shift.cause, shift.by, shift.since_s)
        return None

    def _before(self, since_s: float) -> Sequence[Tilt]:
        here = [*self._older.get(self._place, ()), *self._seen]
        return [tilt for time_s, tilt in here if time_s < since_s]

    def _agree(self, suspect: Suspect) -> bool:
        """Whether the wearer is tipped now as they seldom were, toward where it says."""
        first_s = _FIRST_S if suspect.sure else _LONG_S
        if len(self._seen) < _LEAST_USUAL_S + first_s:
            return False
        if not self._seen[-_LAST_S - 1][0] < suspect.since_s <= self._seen[-first_s][0]:
            return False
        toward = suspect.toward or suspect.by
        before: list[float] = []
        after: list[float] = []
        for time_s, tilt in self._seen:
            part = after if time_s >= suspect.since_s else before
            part.append(along(tilt, toward))
        if len(before) < _LEAST_USUAL_S:
            return False
        before.sort()
        now = median(after)
        seldom = before[int(_SELDOM * len(before))]
        return now >= seldom and now - median(before) >= _SHARE * size_deg(toward)
