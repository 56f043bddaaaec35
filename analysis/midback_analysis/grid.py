"""The seconds of a session, and what short gaps in them mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def pause(last_s: float, until_s: float) -> Grid:
    """The seconds between two sessions, not worn; both ends are seconds since 1970."""
    count = max(0, round(until_s - last_s) - 1)
    utc_s = last_s + np.arange(1, count + 1, dtype=np.float64)
    unknown = np.full(count, np.nan, dtype=np.float32)
    away = np.full(count, State.AWAY, dtype=np.uint8)
    return Grid(utc_s, unknown, unknown, away, np.full(count, NO_CALIBRATION, dtype=np.int16))


def joined(grids: Sequence[Grid]) -> Grid:
    """One after the other; of nothing, a grid of no seconds."""
    return Grid(
        np.concatenate([np.zeros(0), *(grid.utc_s for grid in grids)]),
        np.concatenate([np.zeros(0, np.float32), *(grid.flexion_deg for grid in grids)]),
        np.concatenate([np.zeros(0, np.float32), *(grid.lateral_deg for grid in grids)]),
        np.concatenate([np.zeros(0, np.uint8), *(grid.state for grid in grids)]),
        np.concatenate([np.zeros(0, np.int16), *(grid.part for grid in grids)]),
    )
