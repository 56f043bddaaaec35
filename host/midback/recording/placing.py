"""Where a clip's epochs lie on the wall clock.

A clip counts ticks from each start on.  Where the host knew both clocks it made a mark; between
two marks of one start time runs evenly, beyond them as the clip counts it.  A start without a
mark goes by the time that the clip believed, which its records carry in steps of 20 s.  One
with neither has no time.

Pure: marks may have been made before the epochs or after them.  Limits: beyond the marks a
clock that is off by 100 ppm errs by 0.36 s an hour; a wall clock that was set by less than
``STEADY_S`` and ``STEADY_SHARE`` between two marks is taken for a clip's that runs unevenly;
what a clip believed after a long sleep may be off by minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.recording.model import Unplaced
from midback.shared import wire

STEADY_S = 2.0
STEADY_SHARE = 0.02
"""Two marks whose clocks differ by more than this do not belong together."""

WRAP_S = wire.TICKS_MODULUS * wire.TICK_S
_TIME_STEP_S = float(wire.TIME_UNIT_S)
_TIME_WRAP_S = wire.TIME_MODULUS * _TIME_STEP_S
_SLACK_S = 12 * 3600.0
"""The wall clock may have been set, and the clip's own time be off; a wrap takes ten times as
long."""

Array = NDArray[np.float64]
Records = NDArray[np.void]


class Mark(NamedTuple):
    """One moment on both clocks: ticks since the clip's start, seconds since 1970."""

    ticks: int
    utc_s: float


Marks = Mapping[int, Sequence[Mark]]
"""By boot, in the order in which they were made."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One entry for each record, shape ``(n,)``.

    Attributes:
        end_s: end of the epoch, seconds since 1970; NaN where nobody knows.
        length_s: how long it lasted at most.
        doubtful: somebody set the wall clock between the marks before and after it.
    """

    end_s: Array
    length_s: Array
    doubtful: NDArray[np.bool_]


def place(records: Records, received_s: Array, marks: Marks) -> Placed:
    """Place the records of one clip.

    Args:
        records: dtype ``RECORD``, in the order in which the clip kept them, shape ``(n,)``.
        received_s: when the host got each, seconds since 1970.
        marks: of this clip.
    """
    end_s = np.full(len(records), np.nan)
    length_s = np.full(len(records), float(wire.EPOCH_S))
    doubtful = np.zeros(len(records), dtype=np.bool_)
    starts = [(run, _Start(records[run], received_s[run])) for run in _runs(records["boot"])]
    for run, start in starts:
        length_s[run] = start.lengths_s()
        known = marks.get(int(records["boot"][run.start]), ())
        end_s[run], doubtful[run] = start.by_marks(known, _latest_s(end_s[: run.start]))
    # From the last one back, because a time that wraps is told by what lies after it.
    next_s = np.inf
    for run, start in reversed(starts):
        if np.isnan(end_s[run.start]):
            end_s[run] = start.by_own_time(_latest_s(end_s[: run.start]), next_s)
        next_s = float(np.fmin.reduce(end_s[run] - length_s[run], initial=next_s))
    return Placed(end_s, length_s, doubtful)


def _latest_s(end_s: Array) -> float:
    return float(np.fmax.reduce(end_s, initial=-np.inf))


def unplaced(placed: Placed, received_s: Array, first: int = 0) -> Iterator[Unplaced]:
    """What has no time, with what is known of it: stretch by stretch, in order.

    A stretch lies after everything the clip kept before, and before what it kept next or
    the host got it.

    Args:
        placed: as the clip kept them.
        received_s: when the host got each, seconds since 1970.
        first: where to begin; the records before only tell what lies after them.
    """
    unknown = np.isnan(placed.end_s)
    starts_s = placed.end_s - placed.length_s
    for part in _runs(unknown[first:]):
        start, stop = part.start + first, part.stop + first
        if unknown[start]:
            after_s = _latest_s(placed.end_s[:start])
            next_s = float(starts_s[stop]) if stop < len(starts_s) else np.inf
            before_s = min(float(received_s[stop - 1]), max(next_s, after_s))
            yield Unplaced(
                float(placed.length_s[start:stop].sum()),
                _wall_of(after_s) if after_s > -np.inf else None,
                _wall_of(before_s),
            )


def _wall_of(utc_s: float) -> datetime:
    return datetime.fromtimestamp(utc_s, UTC)


def _runs(values: NDArray[np.generic]) -> Iterator[slice]:
    """Stretches of equal neighbours."""
    edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return (slice(first, stop) for first, stop in pairwise(edges) if first < stop)


class _Chain(NamedTuple):
    """Marks that agree with each other; ``clip_s`` counts on across wraps."""

    clip_s: Array
    utc_s: Array

    def utc_of(self, clip_s: Array) -> Array:
        before_s = np.minimum(clip_s - self.clip_s[0], 0.0)
        beyond_s = np.maximum(clip_s - self.clip_s[-1], 0.0)
        return np.interp(clip_s, self.clip_s, self.utc_s) + before_s + beyond_s


def _chains(marks: Sequence[Mark]) -> list[_Chain]:
    chains: list[list[tuple[float, float]]] = []
    for mark in marks:
        clip_s = mark.ticks * wire.TICK_S
        if chains:
            before_s, utc_s = chains[-1][-1]
            passed_s = mark.utc_s - utc_s
            clip_s += WRAP_S * round((before_s + passed_s - clip_s) / WRAP_S)
            if abs(clip_s - before_s - passed_s) <= STEADY_S + STEADY_SHARE * abs(passed_s):
                chains[-1].append((clip_s, mark.utc_s))
                continue
        chains.append([(clip_s, mark.utc_s)])
    return [_Chain(*np.array(sorted(chain)).T) for chain in chains]


class _Start:
    """The records that follow each other from one start of the clip.

    Attributes:
        clip_s: clip time of their ends, across wraps.
    """

    def __init__(self, records: Records, received_s: Array) -> None:
        self._records = records
        self._received_s = received_s
        self._order = np.argsort(records["sequence"], kind="stable")
        ticks = records["ticks"][self._order].astype(np.int64)
        steps = np.diff(ticks) % wire.TICKS_MODULUS
        self._steps_s = steps * wire.TICK_S
        self.clip_s = np.empty(len(records))
        self.clip_s[self._order] = ticks[0] * wire.TICK_S + np.r_[0.0, np.cumsum(self._steps_s)]

    def lengths_s(self) -> Array:
        lengths_s = np.empty(len(self.clip_s))
        longest_s = float(wire.EPOCH_S)
        lengths_s[self._order] = np.r_[longest_s, np.minimum(self._steps_s, longest_s)]
        return lengths_s

    def by_marks(self, marks: Sequence[Mark], earlier_s: float) -> tuple[Array, NDArray[np.bool_]]:
        """Ends on the wall clock, NaN without a mark, and which of them are doubtful.

        Args:
            marks: of this start, or of one of another year that has its name.
            earlier_s: when the clip kept the last that is known of before.
        """
        chains = [
            fitting
            for chain in _chains(marks)
            if (fitting := self._fitting(chain, earlier_s)) is not None
        ]
        if chains:
            return self._between(chains)
        count = len(self.clip_s)
        return np.full(count, np.nan), np.zeros(count, dtype=np.bool_)

    def _fitting(self, chain: _Chain, earlier_s: float) -> _Chain | None:
        """The marks in the clip time of the records, if they can be of this very start.

        Starts are named by 16 bits: one of another year may have the same name.
        """
        first_s, last_s = float(self.clip_s.min()), float(self.clip_s.max())
        begin_s, end_s = float(chain.clip_s[0]), float(chain.clip_s[-1])
        fitting: list[tuple[float, int]] = []
        for wraps in range(
            int((first_s - end_s) // WRAP_S), int((last_s - begin_s) // WRAP_S) + 2
        ):
            moved_s = wraps * WRAP_S
            gap_s = max(0.0, first_s - end_s - moved_s, begin_s + moved_s - last_s)
            if self._can_be(chain.utc_of(self.clip_s - moved_s), earlier_s):
                fitting.append((gap_s, wraps))
        if not fitting:
            return None
        return _Chain(chain.clip_s + min(fitting)[1] * WRAP_S, chain.utc_s)

    def _can_be(self, utc_s: Array, earlier_s: float) -> bool:
        """Whether the host got these ends later, the clip kept them then, and thinks so, too."""
        if (utc_s - self._received_s).max() > _SLACK_S or utc_s.min() < earlier_s - _SLACK_S:
            return False
        apart_s = self._apart_s(utc_s)
        return not len(apart_s) or abs(float(np.median(apart_s))) <= _SLACK_S

    def _apart_s(self, utc_s: Array) -> Array:
        """By how much each record's own time is later, for those that have one."""
        told = (self._records["flags"] & wire.RECORD_TIME_SET) != 0
        own_s = self._records["time_20s"][told] * _TIME_STEP_S + _TIME_STEP_S / 2
        half_s = _TIME_WRAP_S / 2
        return (own_s - utc_s[told] + half_s) % _TIME_WRAP_S - half_s

    def _between(self, chains: Sequence[_Chain]) -> tuple[Array, NDArray[np.bool_]]:
        chain_of = np.repeat(np.arange(len(chains)), [len(chain.clip_s) for chain in chains])
        clip_s = np.concatenate([chain.clip_s for chain in chains])
        utc_s = np.concatenate([chain.utc_s for chain in chains])
        order = np.argsort(clip_s, kind="stable")
        chain_of, clip_s, utc_s = chain_of[order], clip_s[order], utc_s[order]
        after = np.searchsorted(clip_s, self.clip_s)
        left, right = np.maximum(after - 1, 0), np.minimum(after, len(clip_s) - 1)
        doubtful = chain_of[left] != chain_of[right]
        nearer_left = self.clip_s - clip_s[left] < clip_s[right] - self.clip_s
        near = np.where(nearer_left, left, right)
        end_s = utc_s[near] + self.clip_s - clip_s[near]
        sure = ~doubtful
        for number, chain in enumerate(chains):
            mine = sure & (chain_of[left] == number)
            end_s[mine] = chain.utc_of(self.clip_s[mine])
        return end_s, doubtful

    def by_own_time(self, earlier_s: float, later_s: float) -> Array:
        """Ends by the time that the records carry, NaN where none does.

        One offset for all of them, the one that fits most.  Their time is cut to 20 s and
        wraps after 15 days: the last one is taken that what is known leaves possible.

        Args:
            earlier_s: when the clip kept the last that is known of before.
            later_s: when the next that is known began.
        """
        told = np.flatnonzero(self._records["flags"] & wire.RECORD_TIME_SET)
        if not len(told):
            return np.full(len(self.clip_s), np.nan)
        last = int(told[-1])
        later_s = min(later_s, float(self._received_s[last]))
        own_s = float(self._records["time_20s"][last]) * _TIME_STEP_S
        own_s += (later_s + _SLACK_S - own_s) // _TIME_WRAP_S * _TIME_WRAP_S
        end_s = self.clip_s + own_s - self.clip_s[last]
        # Each true end lies up to a step later than its own time says.
        least_s = np.sort(self._apart_s(end_s) - _TIME_STEP_S / 2)
        fitting = np.searchsorted(least_s, least_s - _TIME_STEP_S, side="right")
        best = int(np.argmax(np.arange(len(least_s)) - fitting))
        end_s += (least_s[fitting[best]] + least_s[best] + _TIME_STEP_S) / 2
        early_s = max(0.0, earlier_s - float(end_s.min()) + wire.EPOCH_S)
        late_s = float(end_s.max()) - later_s
        return end_s + (min(early_s, -late_s) if late_s < 0 else -late_s)
