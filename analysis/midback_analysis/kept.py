"""What the clip kept by itself, put where nothing was streamed: ten seconds at a time.

An epoch tells its means and how long each state took, not when.  Its states are laid in the
order of a record's columns, but a slump that goes on from the epoch before comes first, and one
that goes on into the next comes last, so that none is cut where it was not.  Of an epoch that
was streamed in part, what the stream tells is taken off first.

A slump from epochs begins and ends within ten seconds of where it is told.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midback.recording import KeptEpochs
from midback.seconds import Resolution, angle_deg
from midback.shared import judge, wire
from midback.words import STILL, State
from midback_analysis.episodes import (
    GAP,
    MOVED,
    SAT_UP,
    TAKEN_OFF,
    Episode,
    Event,
    runs,
)
from midback_analysis.grid import NO_CALIBRATION, Grid

_COLUMNS = ("upright_ds", "slumped_ds", "back_ds", "moving_ds")
_SLUMPED, _MOVING, _REST = 1, 3, 4
_STATES = (State.UPRIGHT, State.SLUMPED, State.BACK, State.MOVING)
_COLUMN_OF = {State.UPRIGHT: 0, State.LEANING: 0, State.SLUMPED: 1, State.BACK: 2, State.MOVING: 3}
_IN_ORDER = (0, 1, 2, 3, 4)
_SLUMPED_FIRST = (1, 0, 2, 3, 4)
_SLUMPED_LAST = (0, 2, 3, 4, 1)

_TOUCHING_S = 0.1
"""Rounding, and a clock that runs unevenly, leave less than this between two epochs."""

_LATE_S = 3.0
"""A buzz that the host asked for is felt, and counted by the clip, so much later at most."""

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def edges_s(kept: Sequence[KeptEpochs]) -> tuple[float, float] | None:
    """First and last moment that any clip kept, seconds since 1970."""
    if not any(len(each.end_s) for each in kept):
        return None
    begins = [float(each.start_s.min()) for each in kept if len(each.start_s)]
    ends = [float(each.end_s.max()) for each in kept if len(each.end_s)]
    return min(begins), max(ends)


class Filling:
    """One clip's epochs on the day's grid.

    Args:
        grid: the day; where it is silent it is filled.
        kept: epochs in order of time.
        part: calibration by which each epoch was judged, an index, shape ``(n,)``.
        hold_s: how long the clip waits before a lean counts as a slump.

    Attributes:
        filled: grid seconds that were filled, ascending.
    """

    def __init__(
        self, grid: Grid, kept: KeptEpochs, part: NDArray[np.int16], hold_s: float
    ) -> None:
        self._grid = grid
        self._records = kept.records
        self._hold_s = hold_s
        middle_s = grid.utc_s + 0.5
        count = len(kept.end_s)
        self._epoch = np.searchsorted(kept.end_s, middle_s)
        at = np.minimum(self._epoch, count - 1)
        self._within = (self._epoch < count) & (kept.start_s[at] <= middle_s)
        silent = grid.resolution == Resolution.NOTHING
        self.filled: Ints = np.flatnonzero(self._within & silent)
        self._next = self._consecutive(kept)
        self._lay_out(part)
        self._leave_unworn(kept, silent & ~self._within)

    def _consecutive(self, kept: KeptEpochs) -> Bools:
        """Whether each epoch goes on from the one before it without a gap; shape ``(n + 1,)``."""
        records = self._records
        sequence = records["sequence"].astype(np.int64)
        again = (records["boot"][1:] == records["boot"][:-1]) & (np.diff(sequence) == 1)
        touching = kept.start_s[1:] - kept.end_s[:-1] < _TOUCHING_S
        self._numbered: Bools = again
        return np.concatenate([[False], again & touching, [False]])

    def _lay_out(self, part: NDArray[np.int16]) -> None:
        grid, epoch = self._grid, self._epoch[self.filled]
        records = self._records
        count = len(records)
        seconds = np.zeros((count, 5))
        for column, name in enumerate(_COLUMNS):
            seconds[:, column] = records[name] / 10
        seconds[:, :4] = np.maximum(seconds[:, :4] - self._streamed(), 0.0)
        silent = np.bincount(epoch, minlength=count)
        seconds[:, _REST] = np.maximum(silent - seconds.sum(axis=1), 0.0)
        order = self._orders()
        ends = np.cumsum(np.take_along_axis(seconds, order, axis=1), axis=1)
        middle = _ranks(epoch) + 0.5
        place = (middle[:, np.newaxis] >= ends[epoch]).sum(axis=1)
        column = order[epoch, np.minimum(place, _REST)]
        self._set(column, epoch, part[epoch])
        slumped = grid.state[self.filled] == State.SLUMPED
        self._slumped = np.bincount(epoch[slumped], minlength=count) > 0

    def _set(self, column: Ints, epoch: Ints, part: NDArray[np.int16]) -> None:
        grid, records = self._grid, self._records[epoch]
        off = (records["flags"] & wire.RECORD_OFF_BODY) != 0
        state = np.array([*_STATES, State.NO_DATA])[column]
        state[(column == _REST) & off] = State.AWAY
        still = np.isin(state, STILL)
        state[still & (part == NO_CALIBRATION)] = State.NEW
        judged = np.isin(state, STILL)
        unknown = np.float32(np.nan)
        at = self.filled
        grid.flexion_deg[at] = np.where(judged, angle_deg(records["mean_cdeg"]), unknown)
        grid.lateral_deg[at] = np.where(judged, angle_deg(records["lateral_cdeg"]), unknown)
        grid.state[at] = state
        grid.part[at] = part
        grid.resolution[at] = Resolution.EPOCHS

    def _streamed(self) -> NDArray[np.float64]:
        """Seconds of each epoch by column that the stream tells of, shape ``(n, 4)``."""
        heard = self._within & (self._grid.resolution != Resolution.NOTHING)
        column = np.full(256, _REST)
        for state, number in _COLUMN_OF.items():
            column[state] = number
        place = self._epoch[heard] * 5 + column[self._grid.state[heard]]
        table = np.bincount(place, minlength=5 * len(self._records))
        return table.reshape(-1, 5)[:, :4].astype(np.float64)

    def _orders(self) -> NDArray[np.intp]:
        slumped = np.concatenate([[False], self._records["slumped_ds"] > 0, [False]])
        goes_on = (slumped[:-2] & self._next[:-1])[:, np.newaxis]
        will_go_on = (slumped[2:] & self._next[1:])[:, np.newaxis]
        last = np.where(will_go_on, np.array(_SLUMPED_LAST), np.array(_IN_ORDER))
        return np.where(goes_on, np.array(_SLUMPED_FIRST), last)

    def _leave_unworn(self, kept: KeptEpochs, silent: Bools) -> None:
        """Of time in which nobody wears it, the clip keeps nothing, and goes on numbering."""
        pause_s = kept.start_s[1:] - kept.end_s[:-1]
        unworn = np.concatenate([[False], self._numbered & (pause_s >= wire.EPOCH_S), [False]])
        at = np.flatnonzero(silent & unworn[self._epoch])
        self._grid.state[at] = State.AWAY
        self._grid.resolution[at] = Resolution.EPOCHS

    def slumps(self) -> list[Episode]:
        """The slumps that the clip judged and nobody streamed, in order."""
        stretches = runs(np.where(self._slumped, np.cumsum(~self._next[:-1]), -1))
        return [self._slump(run.start, run.stop - 1) for run in stretches if run.value >= 0]

    def _slump(self, first: int, last: int) -> Episode:
        at = self.filled[np.isin(self._epoch[self.filled], (first, last))]
        slumped = at[self._grid.state[at] == State.SLUMPED]
        start_s, end_s = float(slumped[0]), float(slumped[-1] + 1)
        if not self._goes_on(first - 1, first):
            start_s = max(0.0, start_s - self._hold_s)
        return Episode(start_s, end_s, self._ended(first, last), kept=True)

    def _goes_on(self, before: int, after: int) -> bool:
        """Whether one slump reaches from an epoch into the next."""
        return bool(self._next[after]) and self._records["slumped_ds"][before] > 0

    def _ended(self, first: int, last: int) -> str:
        records = self._records[last : last + 1 + bool(self._next[last + 1])]
        seen = len(records) == 2
        if seen and records["slumped_ds"][1] > 0:
            return GAP
        other_ds = int(sum(records[name][0] for name in _COLUMNS)) - int(records["slumped_ds"][0])
        if not seen and not (other_ds and (first < last or self._goes_on(last - 1, last))):
            return GAP
        if (records["flags"] & wire.RECORD_OFF_BODY).any():
            return TAKEN_OFF
        moving_s = int(records["moving_ds"].sum()) / 10
        return MOVED if moving_s >= judge.MOVED_S else SAT_UP

    def buzzes(self, asked_s: Sequence[float]) -> list[Event]:
        """The buzzes that the clip gave by itself, each in the middle of what it may be in.

        Args:
            asked_s: grid seconds at which the host asked for one, ascending.
        """
        found: list[Event] = []
        waiting = list(asked_s)
        at = np.flatnonzero(self._within)
        epoch = self._epoch[at]
        for number in np.flatnonzero(self._records["buzzes"]).tolist():
            seconds = at[epoch == number]
            if not len(seconds):
                continue
            waiting = [second for second in waiting if second >= seconds[0] - _LATE_S]
            counted = int(self._records["buzzes"][number])
            asked = sum(second <= seconds[-1] + 1 for second in waiting[:counted])
            del waiting[:asked]
            slumped = seconds[self._grid.state[seconds] == State.SLUMPED]
            likely = slumped if len(slumped) else seconds
            middle_s = float(likely[len(likely) // 2])
            found += [Event(middle_s, CLIP_BUZZ)] * (counted - asked)
        return found


CLIP_BUZZ = "clip_buzz"
"""Kind of the event that the clip buzzed by itself; its second is known to ten."""


def _ranks(epoch: Ints) -> Ints:
    """How many of the same epoch come before each; shape as given."""
    order = np.argsort(epoch, kind="stable")
    ordered = epoch[order]
    first = np.searchsorted(ordered, ordered)
    ranks = np.empty(len(epoch), dtype=np.intp)
    ranks[order] = np.arange(len(epoch)) - first
    return ranks
