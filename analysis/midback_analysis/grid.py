"""The seconds of a day, one after the other, and what short gaps in them mean."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from midback.seconds import Resolution
from midback.words import STILL, State
from midback_analysis.episodes import runs

HELD_GAP_S = 2
"""A gap up to this long keeps the last second's state and angle; a longer one is unknown."""

NO_CALIBRATION = -1


@dataclass(slots=True)
class Grid:
    """Consecutive seconds; arrays of equal length, see ``DayRecord``."""

    utc_s: NDArray[np.float64]
    flexion_deg: NDArray[np.float32]
    lateral_deg: NDArray[np.float32]
    state: NDArray[np.uint8]
    part: NDArray[np.int16]
    resolution: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.utc_s)

    def bridge(self) -> None:
        """Hold the last second through gaps of up to ``HELD_GAP_S``.

        A gap is a second without samples, or a still one without an angle: for a moment
        after each buzz the motor shakes the clip too much to measure.
        """
        silent = self.state == State.NO_DATA
        for gap in runs(silent | (np.isin(self.state, STILL) & np.isnan(self.flexion_deg))):
            if gap.value and gap.length <= HELD_GAP_S and gap.start > 0:
                self._hold(gap.start, gap.stop)

    def _hold(self, start: int, stop: int) -> None:
        last = self.state[start - 1]
        here = self.state[start:stop]
        here[here == State.NO_DATA] = last
        self.resolution[start:stop] = self.resolution[start - 1]
        if last in STILL:
            self.flexion_deg[start:stop] = self.flexion_deg[start - 1]
            self.lateral_deg[start:stop] = self.lateral_deg[start - 1]

    def lay_aside(self) -> None:
        """A clip that lay off the body when it fell silent, and after it, was not worn between."""
        stretches = list(runs(self.state))
        for k, gap in enumerate(stretches):
            before = stretches[k - 1].value if k else State.NO_DATA
            after = stretches[k + 1].value if k + 1 < len(stretches) else State.AWAY
            if gap.value == State.NO_DATA and before == after == State.AWAY:
                self.state[gap.start : gap.stop] = State.AWAY

    def lay(self, piece: Grid, at: NDArray[np.intp]) -> None:
        """Put *piece* at these places, one for each of its seconds, lengthening the grid.

        Where two sessions meet within a second, the one that knows more has it.  Seconds
        that are left out were not worn; wall time runs evenly through them.
        """
        length = len(self)
        fresh = at >= length
        places = np.arange(length, int(at[-1]) + 1)
        known_at = np.concatenate([np.arange(length)[-1:], at[fresh]])
        known_s = np.concatenate([self.utc_s[-1:], piece.utc_s[fresh]])
        self._append(unworn(np.interp(places, known_at, known_s) if len(places) else np.zeros(0)))
        there = self.resolution[at]
        taken = (there == Resolution.NOTHING) | (piece.resolution > there)
        for each in fields(self):
            getattr(self, each.name)[at[taken]] = getattr(piece, each.name)[taken]

    def surround(self, before: int, after: int) -> None:
        """Add seconds at both ends in which the clip was not worn."""
        first_s, last_s = float(self.utc_s[0]), float(self.utc_s[-1])
        longer = unworn(first_s + np.arange(-before, 0, dtype=np.float64))
        longer._append(self)
        longer._append(unworn(last_s + np.arange(1, after + 1, dtype=np.float64)))
        for each in fields(self):
            setattr(self, each.name, getattr(longer, each.name))

    def _append(self, more: Grid) -> None:
        for each in fields(self):
            both = [getattr(self, each.name), getattr(more, each.name)]
            setattr(self, each.name, np.concatenate(both))


def unworn(utc_s: NDArray[np.float64]) -> Grid:
    """Seconds in which the clip was not worn; *utc_s* is their wall time, since 1970."""
    count = len(utc_s)
    return Grid(
        utc_s,
        np.full(count, np.nan, dtype=np.float32),
        np.full(count, np.nan, dtype=np.float32),
        np.full(count, State.AWAY, dtype=np.uint8),
        np.full(count, NO_CALIBRATION, dtype=np.int16),
        np.full(count, Resolution.NOTHING, dtype=np.uint8),
    )
