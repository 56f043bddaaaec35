"""Where the wearer stands, against how they walked: whoever stands is as upright."""

from __future__ import annotations

from collections.abc import Callable

from midback.slip.tilts import Tilt, middle_tilt, minus, plus, size_deg

_LONG_S = 180
"""Some four shifts of weight: of one leg's posture alone nothing is told (own choice)."""
_STOOP: Tilt = (2.0, 0.0)
"""Walking and standing upright differ by 1.5 to 2 degrees (UCI, chest); who walks stoops."""
_FAR_DEG, _MOST_FAR_DEG = 8.5, 16.0
"""They differ by 4 to 5 degrees at p90, for seconds each; minutes differ by less."""


class Standing:
    """Follows the rests of somebody who says that they stand.

    Args:
        walked: tells how they walk, if that is known.
    """

    def __init__(self, walked: Callable[[], Tilt | None]) -> None:
        self._walked = walked
        self._stands = False
        self._rests: list[Tilt] = []
        self._last_s = 0.0

    def moved(self, *, stands: bool) -> None:
        """They are in another place."""
        self._stands = stands
        self._rests.clear()

    def update(self, time_s: float, tilt: Tilt, *, still: bool) -> Tilt | None:
        """Take a packet; return by how much the clip moved."""
        if not self._stands or not still or time_s - self._last_s < 1.0:
            return None
        self._last_s = time_s
        self._rests.append(tilt)
        if len(self._rests) < _LONG_S:
            return None
        there = middle_tilt(self._rests)
        self._rests.clear()
        walked = self._walked()
        if walked is None:
            return None
        off = minus(plus(there, _STOOP), walked)
        return off if _FAR_DEG <= size_deg(off) <= _MOST_FAR_DEG else None
