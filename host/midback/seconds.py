"""What judgement leaves behind once a second: the table that summaries are made from.

Angles are stored in hundredths of a degree.  A second without samples keeps the
state ``NO_DATA`` and no angle, so that nothing unknown can ever be scored as good.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Gathers the samples of packets into seconds of a session, as they come."""

    def __init__(self) -> None:
        self._index = 0
        self._empty()

    def _empty(self) -> None:
        self._tilts: list[tuple[float, float]] = []
        self._samples = [0] * len(State)

    def update(
        self, times_s: Sequence[float], tilts: Sequence[tuple[float, float]], state: State
    ) -> list[Closed]:
        """Take the samples of one packet, oldest first; return the seconds that they closed.

        Args:
            times_s: session time of each.  Those of before the session count into its first
                second.
            tilts: flexion and lateral of each, in degrees, NaN where not known.
            state: what the wearer does.
        """
        closed: list[Closed] = []
        begin, ends_s = 0, self._index + 1
        for at, time_s in enumerate(times_s):
            if time_s >= ends_s:
                self._take(tilts[begin:at], state)
                closed += self.close()
                self._index, begin = int(time_s), at
                ends_s = self._index + 1
        self._take(tilts[begin:], state)
        return closed

    def close(self) -> list[Closed]:
        """End the second under way; return it, unless it is empty."""
        samples, tilts = self._samples, self._tilts
        count = sum(samples)
        if not count:
            return []
        self._empty()
        row = (
            _median_cdeg([lean for lean, _ in tilts]),
            _median_cdeg([side for _, side in tilts]),
            samples.index(max(samples)),  # of two as frequent, the lower number
            min(count, 255),
        )
        return [(self._index, row)]

    def _take(self, tilts: Sequence[tuple[float, float]], state: State) -> None:
        self._tilts += [tilt for tilt in tilts if tilt[0] == tilt[0]]
        self._samples[state] += len(tilts)


def _median_cdeg(values: list[float]) -> int:
    """The middle value (the upper one of two), in hundredths of a degree."""
    return round(100 * sorted(values)[len(values) // 2]) if values else MISSING
