"""One walk: how the wearer was tilted as they set out, at its end, and all the way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from midback.calibration import Vector
from midback.shared import flexion
from midback.slip.tilts import Tilt

STOP_S = 3.0
"""Whoever makes no step for longer has stopped."""

_RISING_S = 4.0
"""The first steps are made while getting up: people bend forward for it."""
_EDGE_S = 5.0
"""The beginning of a walk and its end: some four strides."""
_LEAST_S = 2.0
"""Between two stops people may make no more than four steps."""


class Walk:
    """'Up' at each packet with steps; there may be stops between them.

    Args:
        began_s: when it began.

    Attributes:
        began_s: see there.
        judged, looked: how many of its packets the judge of whole walks has seen, and who looks
            for a drift.
    """

    def __init__(self, began_s: float = -math.inf) -> None:
        self.began_s = began_s
        self.judged = self.looked = 0
        self._ups: list[Vector] = []
        self._span_s = 0.0
        self._since_stop = 0

    def __len__(self) -> int:
        return len(self._ups)

    def step(self, up: Vector, span_s: float, *, stopped: bool) -> None:
        """Add a packet of so many seconds with steps; before it the wearer may have stopped."""
        if stopped:
            self._since_stop = len(self._ups)
        self._ups.append(up)
        self._span_s = span_s

    def lasts_s(self, since: int = 0) -> float:
        """Seconds with steps from packet *since* on."""
        return self._span_s * (len(self._ups) - since)

    def up(self, since: int = 0) -> Vector:
        """The median of each axis from packet *since* on."""
        return _middle(self._ups[since:])

    def beginning(self, frame: flexion.ThoraxFrame) -> Tilt | None:
        """The tilt once the wearer had got up; ``None`` while that is also the end."""
        risen, edge = self._packets(_RISING_S), self._packets(_EDGE_S)
        if len(self._ups) < risen + 2 * edge:
            return None
        return flexion.angles_deg(frame, _middle(self._ups[risen : risen + edge]))

    def end(self, frame: flexion.ThoraxFrame) -> Tilt | None:
        """The tilt over the last steps since a stop; ``None`` if they were too few."""
        begin = max(self._since_stop, self._packets(_RISING_S), len(self) - self._packets(_EDGE_S))
        if self.lasts_s(begin) < _LEAST_S:
            return None
        return flexion.angles_deg(frame, _middle(self._ups[begin:]))

    def _packets(self, seconds: float) -> int:
        return round(seconds / self._span_s) if self._ups else 0


def _middle(ups: Sequence[Vector]) -> Vector:
    return (
        median(x for x, _, _ in ups),
        median(y for _, y, _ in ups),
        median(z for _, _, z in ups),
    )
