"""Slow slides: what crept as no posture does, or as this wearer's seldom do."""

from __future__ import annotations

import math

from midback.slip.creeping import Crept
from midback.slip.rests import SLID, SUNK, Rests, Suspect
from midback.slip.sinking import Sinking
from midback.slip.tilts import Tilt, along, minus, size_deg, unit

_SIDEWAYS_DEG = 6.0
"""On 33 simulated days without a slip 4.7 degrees was the most, of 62 others one had 5.5 (a turn
to somebody on top of two shifts); uprights differ by 3.7 (p99)."""
_AGAINST_DEG = 7.0
"""The same for creeping up out of one's own slump, where 5.4 was the most."""
_SUSPECT_SHARE, _SURE_SHARE = 0.6, 0.75
"""Creeping of so much of either is no more than a suspicion, and one that is sure (own choice)."""
_LEAST_DEG = 5.5
"""A clip that slid by less does little harm, and is told by nothing else on a real day (own
choice): of 148 days that nobody had looked at, three told of 3.4 to 5.3 degrees that were none."""
_ASIDE_DEG, _SLUMPED_ASIDE_DEG, _ASIDE_TOLD = 2.5, 4.0, 2.4
"""Half of a slide of a restless wearer hides in their movements: after so much to a side, or so
much beside a slump, the rests are asked, which must tell so much by themselves, and not by one
posture alone: on one day of eighty that gave 3.3 where nothing had slid (own choice)."""
_SLIDES_S = 75.0
_SUNK_DEG = 5.0
_FIRST_TOLD = 3.6
"""Evidence of the rests that tells, once somebody sinks for the first time: on one day of 120 a
lean after the other gave 2.4 to somebody who never did."""
_NOVEL_DEG, _NOVEL_MIN = 6.0, 150
"""Whoever sinks so far for the first time in long is doubtful, and after so many minutes at rest
without they hardly began to slump (own choice)."""
_STRAIGHT = 0.5
"""No slump goes further to a side than half as far as it sinks: 66 slouches of 22 people went
0.46 at most, 0.33 at p97."""
_SAME_SLIDE_S = 150.0
_STAYS_DEG, _STIRS = 3.0, 2
_OVER_S = 120.0
"""So long after it began what crept in two minutes is over."""


class Slides:
    """Judges what crept: told if no posture creeps so and it lasts.

    Args:
        rests: told of what crept but did not stay, or nobody saw stay, or is a little less.
        sinking: whether the wearer sinks at all.
        span_deg: the wearer's own slump: creeping the other way is doubted, and creeping to a
            side unless they slump meanwhile, for few slump straight.  ``None`` where it is not
            known: only creeping to a side is.
    """

    def __init__(self, rests: Rests, sinking: Sinking, span_deg: float | None) -> None:
        self._rests = rests
        self._sinking = sinking
        self._span_deg = span_deg
        self._looked_s = self._looked_aside_s = -math.inf

    def update(self, crept: Crept) -> Tilt | None:
        """Return by how much the clip slid, if that is certain."""
        strange = self._strange(crept.by)
        share = size_deg(strange)
        if share >= 1.0 and self._stays(crept, strange):
            return crept.by
        sure = share >= _SURE_SHARE
        if sure or (crept.whole and share >= _SUSPECT_SHARE):
            self._suspect(SLID, crept, self._unslumped(crept.by), sure=sure)
        self._look_aside(crept, _ASIDE_DEG if strange[1] else _SLUMPED_ASIDE_DEG)
        if crept.whole:
            self._sinks(crept, usual=share < _SUSPECT_SHARE)
        return None

    def _look_aside(self, crept: Crept, least_deg: float) -> None:
        side_deg = crept.by[1]
        if abs(side_deg) >= least_deg and crept.began_s > self._looked_aside_s:
            self._looked_aside_s = crept.began_s + _SAME_SLIDE_S
            way = 0.0, math.copysign(1.0, side_deg)
            since_s = crept.began_s + _SLIDES_S
            self._rests.look(since_s, (way,), _ASIDE_TOLD, elsewhere=0.0)

    def _sinks(self, crept: Crept, *, usual: bool) -> None:
        """Doubt who sinks and has not for long; *usual* is what no other doubt meets."""
        sunk_deg = self._sunk_deg(crept.by)
        self._sinking.minute(crept.now_s, sunk_deg)
        if sunk_deg >= _SUNK_DEG:
            self._suspect(SUNK, crept, crept.by, sure=False)
        if usual and self._sinking.anew() and size_deg(crept.by) >= _NOVEL_DEG:
            self._suspect(SLID, crept, crept.by, sure=self._sinking.anew(_NOVEL_MIN))
        elif self._sinking.first(crept.now_s) and crept.began_s > self._looked_s:
            self._looked_s = crept.began_s + _SAME_SLIDE_S
            self._rests.look(crept.began_s, (unit(crept.by),), _FIRST_TOLD)

    def _sunk_deg(self, by: Tilt) -> float:
        """How far it goes the way of the wearer's own slump."""
        return math.copysign(1.0, self._span_deg or by[0]) * by[0]

    def _strange(self, by: Tilt) -> Tilt:
        """How much was crept as nobody does, as shares of what is told."""
        sunk_deg = self._sunk_deg(by)
        straight = abs(by[1]) < _STRAIGHT * sunk_deg
        against = by[0] / _AGAINST_DEG if self._span_deg and sunk_deg < 0.0 else 0.0
        return against, 0.0 if straight else by[1] / _SIDEWAYS_DEG

    def _stays(self, crept: Crept, strange: Tilt) -> bool:
        """Whether the wearer is still tipped toward where it crept, or where nobody creeps."""
        if not crept.stays or crept.stirs < _STIRS:
            return False
        here, there = crept.there
        shift = minus(there, here)
        most_deg = max(along(shift, self._unslumped(crept.by)), along(shift, strange))
        return most_deg >= _STAYS_DEG

    def _unslumped(self, by: Tilt) -> Tilt:
        """What of it the wearer's own slump does not explain."""
        sinks = self._span_deg is not None and self._span_deg * by[0] > 0.0
        return (0.0, by[1]) if sinks else by

    def _suspect(self, cause: str, crept: Crept, toward: Tilt, *, sure: bool) -> None:
        """Of those that may be the same one, the largest."""
        by, began_s = crept.by, crept.began_s
        if size_deg(by) < _LEAST_DEG:
            return
        before = self._rests.suspects.get(cause)
        same = before is not None and began_s - before.since_s < _SAME_SLIDE_S
        if before is None or not same or size_deg(by) > size_deg(before.by):
            self._rests.suspect(Suspect(cause, by, began_s, sure, toward, began_s + _OVER_S))
