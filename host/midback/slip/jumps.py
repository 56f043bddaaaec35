"""Turns on the spot that stay: the clip jumped."""

from __future__ import annotations

import math
from collections import deque

from midback.slip.rests import JUMPED, Rests, Suspect
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg, middle_tilt, minus, plus, size_deg
from midback.slip.turns import PacketMotion, Turn

_JUDGED_AFTER_S = 100.0
"""Still seconds after a jump before it is told: long enough for whoever moves back."""
_AGAIN_AFTER_S = 140.0
"""Whoever seemed to be back may have taken another posture that only looks like it by chance."""
_LEAST_JUMP_DEG = 6.5
"""Less is told by nothing else on a real day, and does little harm (own choice)."""
_USUAL_S = 180
_CARRIED_M = 0.15
"""A turn with a longer lever than this was the trunk's."""


class Jumps:
    """Loose turns that stay; one that is not told of leaves the *rests* a suspicion."""

    def __init__(self, rests: Rests) -> None:
        self._rests = rests
        self._usual: deque[Tilt] = deque(maxlen=_USUAL_S)
        self._usual_s = -math.inf
        self._from: list[Tilt] = []
        self._sum: Tilt | None = None
        self._carried: Tilt = (0.0, 0.0)
        self._since_s = 0.0
        self._still_s = 0.0
        self._back_s = 0.0

    def update(
        self, packet: PacketMotion, tilt: Tilt, turn: Turn | None, *, still: bool
    ) -> Tilt | None:
        """Take a packet, and the turn that ended with it; return by how much the clip jumped."""
        if turn is not None:
            self._turned(turn, packet.time_s)
        if not still:
            return None
        if self._sum is None:
            if packet.time_s - self._usual_s >= 1.0:
                self._usual.append(tilt)
                self._usual_s = packet.time_s
            return None
        self._still_s += packet.span_s
        self._back_s += packet.span_s if self._is_back(tilt, self._sum) else 0.0
        if self._still_s < _JUDGED_AFTER_S:
            return None
        if self._still_s < _JUDGED_AFTER_S + packet.span_s:
            if self._back_s < 0.5 * self._still_s:
                return self._stays(self._sum)
            self._back_s = 0.0
        if self._still_s < _JUDGED_AFTER_S + _AGAIN_AFTER_S:
            return None
        if self._back_s < 0.2 * _AGAIN_AFTER_S:
            return self._stays(self._sum)
        self._sum = None
        return None

    def _stays(self, jumped: Tilt) -> Tilt | None:
        self._sum = None
        self._usual.clear()
        return jumped if size_deg(jumped) >= _LEAST_JUMP_DEG else None

    def _is_back(self, tilt: Tilt, jumped: Tilt) -> bool:
        """Whether the wearer is where they were, just before and for the minutes before that.

        A trunk that was seen to swing there has not taken the clip back.
        """
        straight = plus(self._from[0], self._carried)
        if apart_deg(tilt, plus(straight, jumped)) < apart_deg(tilt, straight):
            return False
        return all(apart_deg(tilt, there) <= NEAR_DEG for there in self._from)

    def _turned(self, turn: Turn, time_s: float) -> None:
        slipped, doubtful = turn.slipped, turn.doubtful
        if doubtful is not None and self._sum is None:
            self._rests.suspect(Suspect(JUMPED, doubtful, time_s, sure=False))
        if slipped is None and self._sum is not None and turn.on_the_spot:
            slipped = turn.change
        if slipped is not None:
            self._add(slipped, turn.before, time_s)
            self._carried = plus(self._carried, minus(turn.change, slipped))
        elif turn.lever_m - 2 * turn.doubt_m > _CARRIED_M:
            self._carried = plus(self._carried, turn.change)

    def _add(self, slipped: Tilt, before: Tilt, time_s: float) -> None:
        if self._sum is None:
            self._sum, self._from, self._since_s = slipped, [before], time_s
            if self._usual:
                self._from.append(middle_tilt(self._usual))
            self._carried = (0.0, 0.0)
            self._still_s = self._back_s = 0.0
        else:
            self._sum = plus(self._sum, slipped)
        if size_deg(self._sum) >= NEAR_DEG:
            self._rests.suspect(Suspect(JUMPED, self._sum, self._since_s))
        else:
            self._rests.withdraw(JUMPED)
            self._sum = None
