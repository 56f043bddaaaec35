"""Where the wearer stands, against how they walked: whoever stands is as upright."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection

from midback.slip.rests import SUNK, Rests
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg, middle_tilt, minus, plus, size_deg

_LONG_S = 180
"""Some four shifts of weight: of one leg's posture alone nothing is told (own choice)."""
_STOOP: Tilt = (2.0, 0.0)
"""Walking and standing upright differ by 1.5 to 2 degrees (UCI, chest); who walks stoops."""
_FAR_DEG, _MOST_FAR_DEG = 8.5, 16.0
"""They differ by 4 to 5 degrees at p90, for seconds each; minutes differ by less."""
_AGREES_S, _AGREES_DEG = 60, 6.0
"""So long they stand as a suspicion has it, and so far off: then it is certain (own choice).  Two
in three who get up are seen to (231 of 334, simulated), all who sit down (232 of 232): of whoever
only walked it is not known that they stand."""
_SOON_S = 30.0
"""Whoever gets up walks soon; a dive into a drawer looks like getting up, too (46 in 62 days)."""


class Standing:
    """Follows the rests of somebody who says that they stand, or was seen to get up and walk.

    Args:
        suspicions: what else makes the clip doubtful.
        walked: tells how they walk, if that is known.
    """

    def __init__(self, suspicions: Rests, walked: Callable[[], Tilt | None]) -> None:
        self._others = suspicions
        self._walked = walked
        self._stands = self._on_foot = False
        self._got_up_s = self._stepped_s = -math.inf
        self._rests: deque[tuple[float, Tilt]] = deque(maxlen=_LONG_S)
        self._last_s = 0.0

    def moved(self, *, stands: bool) -> None:
        """They are in another place."""
        self._stands = stands
        self._rests.clear()

    def stood_up(self, time_s: float) -> None:
        """They seem to have got up."""
        self._got_up_s = time_s
        self._on_foot = self._on_foot or time_s - self._stepped_s <= _SOON_S

    def sat_down(self) -> None:
        """They sit."""
        self._on_foot = False
        self._got_up_s = -math.inf
        self.moved(stands=False)

    def update(
        self, time_s: float, tilt: Tilt, *, still: bool, walking: bool = False
    ) -> Tilt | None:
        """Take a packet; return by how much the clip moved."""
        if walking:
            self._stepped_s = time_s
            self._on_foot = self._on_foot or abs(time_s - self._got_up_s) <= _SOON_S
        if not (self._stands or self._on_foot) or not still or time_s - self._last_s < 1.0:
            return None
        self._last_s = time_s
        self._rests.append((time_s, tilt))
        walked = self._walked()
        if walked is None or len(self._rests) % _AGREES_S:
            return None
        return self._suspected(walked) or self._tipped(walked)

    def _suspected(self, walked: Tilt) -> Tilt | None:
        """By how much they stand tipped as something else has it."""
        for each in self._others.suspects.values():
            since_s = each.since_s if each.over_s is None else each.over_s
            there = [tilt for time_s, tilt in self._rests if time_s > since_s]
            if each.cause == SUNK or len(there) < _AGREES_S:
                continue
            off = _off(there, walked)
            if size_deg(off) >= _AGREES_DEG and apart_deg(off, each.by) <= NEAR_DEG:
                return off
        return None

    def _tipped(self, walked: Tilt) -> Tilt | None:
        """The same by itself: only of somebody who says that they stand."""
        if not self._stands or len(self._rests) < _LONG_S:
            return None
        off = _off([tilt for _, tilt in self._rests], walked)
        self._rests.clear()
        return off if _FAR_DEG <= size_deg(off) <= _MOST_FAR_DEG else None


def _off(there: Collection[Tilt], walked: Tilt) -> Tilt:
    return minus(plus(middle_tilt(there), _STOOP), walked)
