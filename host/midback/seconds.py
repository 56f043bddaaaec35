"""What judgement leaves behind once a second: the table that summaries are made from.

Angles are stored in hundredths of a degree.  A second without samples keeps the
state ``NO_DATA`` and no angle, so that nothing unknown can ever be scored as good.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from midback.words import State

MISSING = -32768
"""Stands for an angle that is not known."""

SECOND = np.dtype(
    [("flexion_cdeg", "<i2"), ("lateral_cdeg", "<i2"), ("state", "u1"), ("samples", "u1")]
)
"""One second of a session: median angles, the state that took most of it, samples received."""

Seconds = NDArray[np.void]

Closed = tuple[int, tuple[int, int, int, int]]
"""A second that ended: its index in the session, and its row as ``SECOND`` has it."""


class Resolution(IntEnum):
    """How closely one second is known; the greater the closer."""

    NOTHING = 0
    """Nothing tells of it."""
    EPOCHS = 1
    """From ten seconds that the clip kept by itself: their means, and how long each state took."""
    FULL = 2
    """From the samples that were streamed."""


def empty_seconds(count: int) -> Seconds:
    """Return *count* seconds of which nothing is known."""
    seconds = np.zeros(count, dtype=SECOND)
    seconds["flexion_cdeg"] = MISSING
    seconds["lateral_cdeg"] = MISSING
    seconds["state"] = State.NO_DATA
    return seconds


def angle_deg(centidegrees: NDArray[np.int16]) -> NDArray[np.float32]:
    """Turn stored angles into degrees, NaN where missing; any shape."""
    known = centidegrees != MISSING
    return np.where(known, centidegrees.astype(np.float32) / 100, np.float32(np.nan))


class SecondMaker:
    """Gathers estimates into seconds of a session, as they come."""

    def __init__(self) -> None:
        self._index = -1
        self._flexion: list[float] = []
        self._lateral: list[float] = []
        self._states: list[int] = []

    def update(
        self, time_s: float, flexion_deg: float, lateral_deg: float, state: int
    ) -> Closed | None:
        """Take one estimate, at session time; return the second that it closed, if any.

        A sample of before the session counts into its first second.
        """
        closed = None
        index = max(int(time_s), 0)
        if index > self._index:
            closed = self.close()
            self._index = index
        self._states.append(state)
        if flexion_deg == flexion_deg:
            self._flexion.append(flexion_deg)
            self._lateral.append(lateral_deg)
        return closed

    def close(self) -> Closed | None:
        """End the second under way; return it, or ``None`` if it is empty."""
        if not self._states:
            return None
        row = (
            _median_cdeg(self._flexion),
            _median_cdeg(self._lateral),
            _most_frequent(self._states),
            min(len(self._states), 255),
        )
        self._flexion.clear()
        self._lateral.clear()
        self._states.clear()
        return self._index, row


def _median_cdeg(values: list[float]) -> int:
    """The middle value (the upper one of two), in hundredths of a degree."""
    return round(100 * sorted(values)[len(values) // 2]) if values else MISSING


def _most_frequent(states: list[int]) -> int:
    """The state of most samples; of two as frequent, the lower number."""
    return max(range(max(states) + 1), key=lambda state: (states.count(state), -state))
