"""Turns on the spot that stay: the clip jumped."""

from __future__ import annotations

import math
from collections import deque

from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg, middle_tilt
from midback.slip.turns import PacketMotion, Turn

_JUDGED_AFTER_S = 100.0
"""Still seconds after a jump before it is told: long enough for whoever moves back."""
_AGAIN_AFTER_S = 140.0
"""Whoever seemed to be back may have taken another posture that only looks like it by chance."""
_LEAST_JUMP_DEG = 6.5
"""Less is told by nothing else on a real day, and does little harm (own choice)."""
_USUAL_S = 180


class Jumps:
    """Loose turns that stay.

    ``suspect`` is the last one that was not told of, for the walks to agree with.
    """

    def __init__(self) -> None:
        self.suspect: Tilt | None = None
        self._usual: deque[Tilt] = deque(maxlen=_USUAL_S)
        self._usual_s = -math.inf
        self._from: list[Tilt] = []
        self._sum: Tilt | None = None
        self._still_s = 0.0
        self._back_s = 0.0

    def update(
        self, packet: PacketMotion, tilt: Tilt, turn: Turn | None, *, still: bool
    ) -> Tilt | None:
        """Take a packet, and the turn that ended with it; return by how much the clip jumped."""
        if turn is not None and (turn.on_the_spot if self._sum else turn.loose):
            self._add(turn)
        if not still:
            return None
        if self._sum is None:
            if packet.time_s - self._usual_s >= 1.0:
                self._usual.append(tilt)
                self._usual_s = packet.time_s
            return None
        self._still_s += packet.span_s
        self._back_s += packet.span_s if self._is_back(tilt) else 0.0
        if self._still_s < _JUDGED_AFTER_S:
            return None
        if self._still_s < _JUDGED_AFTER_S + packet.span_s:
            if self._back_s < 0.5 * self._still_s:
                return self._told()
            self._back_s = 0.0
        if self._still_s < _JUDGED_AFTER_S + _AGAIN_AFTER_S:
            return None
        if self._back_s < 0.2 * _AGAIN_AFTER_S:
            return self._told()
        self.suspect, self._sum = self._sum, None
        return None

    def _told(self) -> Tilt | None:
        jumped, self._sum = self._sum, None
        self._usual.clear()
        if jumped is not None and math.hypot(*jumped) < _LEAST_JUMP_DEG:
            self.suspect, jumped = jumped, None
        return jumped

    def _is_back(self, tilt: Tilt) -> bool:
        """Whether the wearer is where they were, just before and for the minutes before that."""
        return all(apart_deg(tilt, there) <= NEAR_DEG for there in self._from)

    def _add(self, turn: Turn) -> None:
        if self._sum is None:
            self._sum, self._from = turn.change, [turn.before]
            if self._usual:
                self._from.append(middle_tilt(self._usual))
            self._still_s = self._back_s = 0.0
            return
        self._sum = (self._sum[0] + turn.change[0], self._sum[1] + turn.change[1])
        if math.hypot(*self._sum) < NEAR_DEG:
            self._sum = None
