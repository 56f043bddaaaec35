"""Turns on the spot that stay: the clip jumped."""

from __future__ import annotations

import math

from midback.slip.tilts import NEAR_DEG, Tilt
from midback.slip.turns import PacketMotion, Turn

_JUDGED_AFTER_S = 100.0
"""Still seconds after a jump before it is told: long enough for whoever moves back."""
_BACK_SHARE = 0.35


class Jumps:
    """Loose turns that stay.

    ``suspect`` is the last one that was not told of, for the walks to agree with.
    """

    def __init__(self) -> None:
        self.suspect: Tilt | None = None
        self._from: Tilt = (0.0, 0.0)
        self._sum: Tilt | None = None
        self._still_s = 0.0
        self._back_s = 0.0

    def update(
        self, packet: PacketMotion, tilt: Tilt, turn: Turn | None, *, still: bool
    ) -> Tilt | None:
        """Take a packet, and the turn that ended with it."""
        if turn is not None and turn.loose:
            self._add(turn)
        if self._sum is None or not still:
            return None
        size = math.hypot(*self._sum)
        along = (
            (tilt[0] - self._from[0]) * self._sum[0] + (tilt[1] - self._from[1]) * self._sum[1]
        ) / (size * size)
        self._still_s += packet.span_s
        self._back_s += packet.span_s if along < _BACK_SHARE else 0.0
        if self._still_s < _JUDGED_AFTER_S:
            return None
        jumped, self._sum = self._sum, None
        self.suspect = jumped
        return jumped if self._back_s < 0.5 * self._still_s else None

    def _add(self, turn: Turn) -> None:
        if self._sum is None:
            self._sum, self._from = turn.change, turn.before
            self._still_s = self._back_s = 0.0
            return
        self._sum = (self._sum[0] + turn.change[0], self._sum[1] + turn.change[1])
        if math.hypot(*self._sum) < NEAR_DEG:
            self._sum = None
