"""Whether the wearer sinks at all, while they sit: a habit, whatever becomes of the clip."""

from __future__ import annotations

import math

_SINKS_DEG = 4.0
_NEVER_MIN = 100
"""Within 20 minutes of sitting everybody slumped in an hour-long sit (PMC5447416).  Whoever has
not sunk at all for so long at rest, and then sinks and stays there, is at least doubtful (own
choice: after an hour one simulated day of 60 told wrongly, for some drop into their slumps)."""
_FIRST_DEG, _FIRST_MIN = 5.0, 40
"""On 63 of 64 simulated days with slumps the wearer first sank so far within 40 minutes at rest;
on 32 days without a slump nobody ever did, in two minutes."""
_SAME_S = 150.0


class Sinking:
    """Counts minutes at rest by how far the wearer sinks around them."""

    def __init__(self) -> None:
        self._rested_min = 0
        self._unsunk_min = self._unsunk_before_min = 0
        self._first_s = math.inf

    def minute(self, time_s: float, sunk_deg: float) -> None:
        """In two minutes up to then they sank by so much."""
        self._rested_min += 1
        if sunk_deg >= _FIRST_DEG:
            self._first_s = min(time_s, self._first_s)
        if sunk_deg < _SINKS_DEG:
            self._unsunk_min += 1
        elif self._unsunk_min:
            # The same sinking lies in several minutes.
            self._unsunk_before_min, self._unsunk_min = self._unsunk_min, 0

    def anew(self, minutes: int = _NEVER_MIN) -> bool:
        """Whether they sink now who have not for so long at rest."""
        return self._unsunk_min == 0 and self._unsunk_before_min >= minutes

    def first(self, time_s: float) -> bool:
        """Whether this is the first time that they sink, after long enough."""
        return 0.0 <= time_s - self._first_s < _SAME_S and self._rested_min >= _FIRST_MIN
