"""Where the wearer comes to sit who sits up from a slump, or sits down: upright, as always."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from midback.slip.rests import SUNK, Rests
from midback.slip.tilts import NEAR_DEG, Tilt, along, apart_deg, middle_tilt, minus, size_deg, unit
from midback.slip.turns import Turn

_CURL_LEVER_M = 0.05, 0.36
"""The axis of a curl, 0.2 m away, as it is measured; and what more than a third of a metre away
swings about the hips: people lean back, and come up from a desk."""
_LEAST_DEG, _MOST_DEG = 6.0, 40.0
_STAYS_S, _WITHIN_S = 45.0, 100.0
"""So long they rest there, within so much, or they were only on the way."""
_STAYS_DEG = 3.0

_FAR_DEG, _MOST_FAR_DEG = 6.0, 15.0
"""People who sit up again come within 2 degrees (SD) of where they were, 8.3 at p99 (T4, 45
people); further than the most it is another posture."""
_SURE_DEG = 7.0
_SAME_WAY = 0.7
"""So far off, and so much of it the way of a suspicion, once is enough (own choice)."""
_TOLD = 2.4
"""Evidence of the rests that tells after one that was off: what comes before they sink again.  108
days without a slip had 0.9 at most."""
_ELSEWHERE = 0.3
"""So much of it must be of another place than the most telling one, unless they sat up from a
slump: who sits down, or back, may have taken another posture; a recline has 7."""
_KNOWN_S = 1200
"""They must be known for so long, as long as people in general count for (own choice): to who had
sat upright for eight minutes only, sitting back out of a slump was strange."""
_USUAL = 7


@dataclass(slots=True)
class _Upright:
    """The wearer has just sat up to *there*, or sat down, and rested so long since then."""

    at_s: float
    there: Tilt | None
    slumped: bool = False
    rests: list[tuple[float, Tilt]] = field(default_factory=list[tuple[float, Tilt]])
    rested_s: float = 0.0


class _Off(NamedTuple):
    by: Tilt
    at_s: float
    sat_up: bool
    slumped: bool
    again: bool


class Uprights:
    """Follows where the wearer ends up who curls out of a slump, or sits down.

    The clip has moved if that is off the way in which another suspicion has it, or the same way
    twice running after a slump; otherwise the rests are asked.

    Args:
        rests: holds the suspicions.
        span_deg: the wearer's own slump; where it is not known, nothing is told.
    """

    def __init__(self, rests: Rests, span_deg: float | None) -> None:
        self._rests = rests
        self._way = None if span_deg is None else math.copysign(1.0, span_deg)
        self._usual: deque[Tilt] = deque(maxlen=_USUAL)
        self._new: _Upright | None = None
        self._off: _Off | None = None

    def sat_down(self, time_s: float) -> None:
        """The wearer sat down."""
        self._new = _Upright(time_s, None)

    def update(
        self, time_s: float, span_s: float, tilt: Tilt, turn: Turn | None, *, still: bool
    ) -> Tilt | None:
        """Take a packet, and the turn that ended with it; return by how much the clip moved."""
        if turn is not None and self._sits_up(turn):
            slumped_deg = along(minus(turn.before, self._upright()), (self._way or 1.0, 0.0))
            self._new = _Upright(time_s, turn.after, slumped_deg >= _LEAST_DEG)
        new = self._new
        if new is not None and time_s - new.at_s > _WITHIN_S:
            self._new = None
        elif new is not None and still:
            new.rests.append((span_s, tilt))
            new.rested_s += span_s
            if new.rested_s >= _STAYS_S:
                self._new = None
                self._weigh(new)
        return self._suspected()

    def _upright(self) -> Tilt:
        """Where they usually are; the upright that was taken counts as one of them."""
        if not self._usual:
            return (0.0, 0.0)
        lean, side = middle_tilt(self._usual)
        share = len(self._usual) / (len(self._usual) + 1)
        return share * lean, share * side

    def _sits_up(self, turn: Turn) -> bool:
        if self._way is None or not _LEAST_DEG <= turn.size_deg <= _MOST_DEG:
            return False
        if -self._way * turn.change[0] < _LEAST_DEG:
            return False
        least_m, most_m = _CURL_LEVER_M
        return turn.lever_m >= least_m and turn.lever_m + 2 * turn.doubt_m <= most_m

    def _weigh(self, new: _Upright) -> None:
        """Learn where they are upright; doubt what is far off it."""
        there = middle_tilt([tilt for _, tilt in new.rests])
        if self._way is None or (new.there and apart_deg(there, new.there) > _STAYS_DEG):
            return
        off = minus(there, self._upright())
        before, self._off = self._off, None
        if size_deg(off) <= _FAR_DEG:
            self._usual.append(there)
            self._rests.contradict(off, new.at_s)
            self._rests.withdraw(SUNK)
        elif size_deg(off) <= _MOST_FAR_DEG:
            again = new.slumped and before is not None and _again(off, before)
            self._off = _Off(off, new.at_s, new.there is not None, new.slumped, again)
            elsewhere = -math.inf if new.slumped else _ELSEWHERE
            self._rests.look(
                new.at_s, (unit(off),), _TOLD, elsewhere=elsewhere, known_s=_KNOWN_S, sinks=True
            )

    def _suspected(self) -> Tilt | None:
        off = self._off
        if off is None or size_deg(off.by) < _SURE_DEG:
            return None
        if off.again:
            return off.by
        for each in self._rests.suspects.values():
            if each.cause == SUNK and not off.sat_up:
                continue
            if each.since_s <= off.at_s and along(off.by, each.by) >= _SAME_WAY * size_deg(off.by):
                return off.by
        return None


def _again(off: Tilt, before: _Off) -> bool:
    """Whether they sat up so once before; on to the back of the chair people do that."""
    sure = before.slumped and size_deg(before.by) >= _SURE_DEG and off[0] >= -NEAR_DEG
    return sure and apart_deg(off, before.by) <= NEAR_DEG
