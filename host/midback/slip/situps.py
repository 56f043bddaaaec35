"""Where the wearer comes to sit who sits up from a slump: upright, as they always were."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from midback.slip.rests import SUNK, Rests
from midback.slip.tilts import NEAR_DEG, Tilt, along, apart_deg, middle_tilt, minus, size_deg
from midback.slip.turns import Turn

_CURL_LEVER_M = 0.05, 0.36
"""The axis of a curl, 0.2 m away, as it is measured; and what more than a third of a metre away
swings about the hips: people lean back, and come up from a desk."""
_LEAST_DEG, _MOST_DEG = 6.0, 40.0
_STAYS_S = 5.0
_STAYS_DEG = 3.0

_FAR_DEG, _MOST_FAR_DEG = 6.0, 15.0
"""People who sit up again come within 2 degrees (SD) of where they were, 8.3 at p99 (T4, 45
people); further than the most it is another posture."""
_SURE_DEG = 7.0
_SAME_WAY = 0.7
"""So far off, and so much of it the way of a suspicion, once is enough (own choice)."""
_USUAL, _LEAST_USUAL = 7, 3


class _SitUp(NamedTuple):
    at_s: float
    there: Tilt


class SitUps:
    """Follows where the wearer ends up who curls out of a slump.

    The clip has moved if that is off, and so was the time before; or if it is off the way in
    which another suspicion has it.

    Args:
        rests: holds the suspicions.
        span_deg: the wearer's own slump; where it is not known, nothing is told.
    """

    def __init__(self, rests: Rests, span_deg: float | None) -> None:
        self._rests = rests
        self._way = None if span_deg is None else math.copysign(1.0, span_deg)
        self._usual: deque[Tilt] = deque(maxlen=_USUAL)
        self._new: _SitUp | None = None
        self._off: Tilt | None = None
        self._off_s = -math.inf

    def update(self, time_s: float, tilt: Tilt, turn: Turn | None) -> Tilt | None:
        """Take a packet, and the turn that ended with it; return by how much the clip moved."""
        if turn is not None and self._sits_up(turn):
            self._new = _SitUp(time_s, turn.after)
        if self._new is not None and time_s - self._new.at_s >= _STAYS_S:
            new, self._new = self._new, None
            if apart_deg(tilt, new.there) <= _STAYS_DEG and self._sat_up(new):
                return self._off
        return self._off if self._suspected() else None

    def _upright(self) -> Tilt:
        return middle_tilt(self._usual) if len(self._usual) >= _LEAST_USUAL else (0.0, 0.0)

    def _sits_up(self, turn: Turn) -> bool:
        if self._way is None or not _LEAST_DEG <= turn.size_deg <= _MOST_DEG:
            return False
        up_deg, from_deg = -self._way * turn.change[0], self._way * turn.before[0]
        if up_deg < _LEAST_DEG or from_deg < self._way * self._upright()[0] + _LEAST_DEG:
            return False
        least_m, most_m = _CURL_LEVER_M
        return turn.lever_m >= least_m and turn.lever_m + 2 * turn.doubt_m <= most_m

    def _sat_up(self, new: _SitUp) -> bool:
        """Whether it was off, as the time before."""
        off = minus(new.there, self._upright())
        before, self._off = self._off, None
        if size_deg(off) <= _FAR_DEG:
            self._usual.append(new.there)
            self._rests.contradict(off, new.at_s)
            self._rests.suspects.pop(SUNK, None)
            return False
        if self._way is None or size_deg(off) > _MOST_FAR_DEG or self._way * off[0] < -NEAR_DEG:
            return False
        self._off, self._off_s = off, new.at_s
        return before is not None and apart_deg(before, off) <= NEAR_DEG

    def _suspected(self) -> bool:
        off = self._off
        if off is None or size_deg(off) < _SURE_DEG:
            return False
        return any(
            each.since_s <= self._off_s and along(off, each.by) >= _SAME_WAY * size_deg(off)
            for each in self._rests.suspects.values()
        )
