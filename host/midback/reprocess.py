"""The estimator over a whole recording at once: the same judgement, in arrays.

What ``midback.estimator`` does packet by packet, for days: clock and judge are the
same objects, tilt and angles are computed over blocks.  A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.clock import ClipClock, Prior
from midback.judgement import Change, Judge
from midback.seconds import MISSING, Seconds, empty_seconds
from midback.shared import flexion, slump, wire
from midback.tilt_array import TiltArray
from midback.words import State

Array = NDArray[np.float64]

BLOCK = 1 << 14
"""Samples judged at once: enough to keep numpy busy, few enough to stay in the cache."""


class PacketColumns(Protocol):
    """Packets of one kind as columns; ``recording.PacketBlock`` is one."""

    @property
    def kind(self) -> int:
        """Stream kind of ``shared.wire``."""
        ...

    @property
    def arrival_s(self) -> NDArray[np.float64]:
        """Monotonic arrival time of each packet, in seconds."""
        ...

    @property
    def count(self) -> NDArray[np.uint8]:
        """Samples in each packet."""
        ...

    @property
    def flags(self) -> NDArray[np.uint8]:
        """Flags of each packet."""
        ...

    @property
    def sequence(self) -> NDArray[np.uint16]:
        """Sequence number, wraps."""
        ...

    @property
    def boot(self) -> NDArray[np.uint16]:
        """Boot id."""
        ...

    @property
    def ticks(self) -> NDArray[np.uint32]:
        """Clip clock at the last sample, wraps."""
        ...

    @property
    def period_us(self) -> NDArray[np.int32]:
        """Sample period as the clip states it."""
        ...

    @property
    def counts(self) -> NDArray[np.int16]:
        """All samples, oldest first, shape ``(count.sum(), width)``."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What a recording says.

    Attributes:
        seconds: one row a second from session time 0, dtype ``seconds.SECOND``.
        changes: slumps that began or ended, in order of time.
        lost_packets: missing by their sequence numbers.
        duplicate_packets: left out because they were here before.
    """

    seconds: Seconds
    changes: list[Change]
    lost_packets: int
    duplicate_packets: int


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """The samples of one block of packets, duplicates left out; arrays of shape ``(n,)``.

    Attributes:
        time_s: host time.
        flexion_deg, lateral_deg: NaN where unknown.
        up: unit 'up' in clip coordinates, shape ``(n, 3)``, NaN where the sensor failed.
        state: ``words.State`` codes.
    """

    time_s: Array
    flexion_deg: Array
    lateral_deg: Array
    up: Array
    state: NDArray[np.uint8]


def reprocess(
    blocks: Iterable[PacketColumns],
    calibrations: Sequence[tuple[float, Calibration | None]],
    hold_s: float = 30.0,
    policy: slump.SlumpPolicy | None = None,
    prior: Prior | None = None,
) -> Judged:
    """Judge a recording.

    Args:
        blocks: its packets, in order of arrival.
        calibrations: from which arrival time on each calibration holds, ascending;
            before the first there is none.
        hold_s: how long a lean must be held to count as a slump.
        policy: slump lines and times to use in place of the calibrations' own.
        prior: of a wearing that began with late packets, see ``ClipClock.prime``.
    """
    reprocessor = Reprocessor(calibrations, hold_s, policy)
    if prior is not None:
        reprocessor.clock.prime(prior)
    seconds = _SecondTable()
    for block in _gathered(blocks):
        seconds.update(reprocessor.update(block))
    return Judged(
        seconds.table(),
        reprocessor.changes,
        reprocessor.lost_packets,
        reprocessor.duplicate_packets,
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """``PacketColumns`` put together."""

    kind: int
    arrival_s: NDArray[np.float64]
    count: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sequence: NDArray[np.uint16]
    boot: NDArray[np.uint16]
    ticks: NDArray[np.uint32]
    period_us: NDArray[np.int32]
    counts: NDArray[np.int16]


def _gathered(blocks: Iterable[PacketColumns]) -> Iterator[PacketColumns]:
    """The same packets in fewer blocks: a store has one a minute."""
    waiting: list[PacketColumns] = []
    samples = 0
    for block in blocks:
        samples += len(block.counts)
        if waiting and (samples > BLOCK or block.kind != waiting[0].kind):
            yield _put_together(waiting)
            waiting, samples = [], len(block.counts)
        waiting.append(block)
    if waiting:
        yield _put_together(waiting)


def _put_together(blocks: list[PacketColumns]) -> PacketColumns:
    return _Columns(
        blocks[0].kind,
        np.concatenate([block.arrival_s for block in blocks]),
        np.concatenate([block.count for block in blocks]),
        np.concatenate([block.flags for block in blocks]),
        np.concatenate([block.sequence for block in blocks]),
        np.concatenate([block.boot for block in blocks]),
        np.concatenate([block.ticks for block in blocks]),
        np.concatenate([block.period_us for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
    )


class _Placed(NamedTuple):
    """``PacketTime`` of packets that were not here before, as columns of shape ``(packets,)``."""

    last_s: Array
    period_s: Array
    step_s: Array
    spacing_s: Array
    fresh: NDArray[np.bool_]


_TIMES = attrgetter("last_s", "period_s", "step_s", "spacing_s")


class Reprocessor:
    """The estimator's state carried from block to block; see ``reprocess``."""

    def __init__(
        self,
        calibrations: Sequence[tuple[float, Calibration | None]],
        hold_s: float = 30.0,
        policy: slump.SlumpPolicy | None = None,
    ) -> None:
        self.clock = ClipClock()
        self.changes: list[Change] = []
        self.lost_packets = 0
        self.duplicate_packets = 0
        self._pending = list(calibrations)
        self._hold_s = hold_s
        self._policy = policy
        self._tilt: TiltArray | None = None
        self._kind = 0
        self._calibrate(None)

    def update(self, block: PacketColumns) -> SampleBlock:
        """Take the next packets; return what their samples say."""
        kept, placed = self._place(block)
        count = block.count[kept].astype(np.int64)
        if not len(count):
            empty = np.empty(0)
            return SampleBlock(empty, empty, empty, np.empty((0, 3)), empty.astype(np.uint8))
        counts = block.counts if kept.all() else block.counts[np.repeat(kept, block.count)]
        starts = np.cumsum(count) - count
        up, settling = self._ups(block, kept, counts, placed, count, starts)
        self._kind = block.kind
        angles = np.full((2, len(counts)), np.nan)
        states: list[int] = []
        flags = block.flags[kept]
        off_body, shaken = (flags & wire.FLAG_OFF_BODY) != 0, (flags & wire.FLAG_SHAKEN) != 0
        doubtful = (flags & wire.FLAG_DOUBTFUL) != 0
        sums = _acceleration_sums(block.kind, counts, count, starts)
        for first, last in self._spans(block.arrival_s[kept]):
            samples = slice(starts[first], starts[last - 1] + count[last - 1])
            if self._frame is not None:
                angles[:, samples] = _angles_deg(self._frame, up[samples])
            packets = slice(first, last)
            mean_deg = _packet_means(angles[0, samples], starts[packets] - starts[first])
            mean_deg[(shaken | settling)[packets]] = np.nan
            columns = (placed.last_s, count, *sums, off_body, doubtful, shaken)
            states += self._judged(mean_deg, *(column[packets] for column in columns))
        times = _sample_times(placed, count, starts)
        return SampleBlock(
            times, angles[0], angles[1], up, np.repeat(np.array(states, np.uint8), count)
        )

    def _judged(self, mean_deg: Array, *columns: NDArray[Any]) -> Iterator[int]:
        """The state after each packet; *columns* are what ``Judge.update`` takes, in its order.

        Plain Python numbers: those of numpy take several times as long, one by one.
        """
        judge = self._judge
        rows = zip(mean_deg.tolist(), *(column.tolist() for column in columns), strict=True)
        for lean_deg, last_s, count, total_g, squares_g2, half_g, off, doubtful, shaken in rows:
            change = judge.update(
                last_s,
                lean_deg if lean_deg == lean_deg else None,
                count,
                total_g,
                squares_g2,
                half_g,
                off_body=off,
                doubtful=doubtful,
                shaken=shaken,
            )
            if change is not None:
                self.changes.append(change)
            yield judge.state

    def _place(self, block: PacketColumns) -> tuple[NDArray[np.bool_], _Placed]:
        header = (block.boot, block.sequence, block.ticks, block.period_us, block.count)
        columns = (*header, block.flags, block.arrival_s)
        places = [
            self.clock.place(*row) for row in zip(*(c.tolist() for c in columns), strict=True)
        ]
        kept = [place for place in places if not place.duplicate]
        self.duplicate_packets += len(places) - len(kept)
        self.lost_packets += sum(place.lost_packets for place in kept)
        last, period, step, spacing = np.array([_TIMES(p) for p in kept], float).reshape(-1, 4).T
        fresh = np.array([place.fresh for place in kept], bool)
        placed = _Placed(last, period, step, spacing, fresh)
        return np.array([not place.duplicate for place in places], bool), placed

    def _spans(self, arrival_s: Array) -> Iterable[tuple[int, int]]:
        """Runs of packets that share a calibration, which is in force while each is handled."""
        first = 0
        while first < len(arrival_s):
            while self._pending and self._pending[0][0] <= arrival_s[first]:
                self._calibrate(self._pending.pop(0)[1])
            last = len(arrival_s)
            if self._pending:
                last = int(np.searchsorted(arrival_s, self._pending[0][0]))
            yield first, last
            first = last

    def _calibrate(self, calibration: Calibration | None) -> None:
        self._frame = None if calibration is None else calibration.frame()
        policy = None
        if calibration is not None:
            policy = self._policy or calibration.policy(self._hold_s)
        self._judge = Judge(policy)

    def _ups(
        self,
        block: PacketColumns,
        kept: NDArray[np.bool_],
        counts: NDArray[np.int16],
        placed: _Placed,
        count: NDArray[np.int64],
        starts: NDArray[np.int64],
    ) -> tuple[Array, NDArray[np.bool_]]:
        if block.kind == wire.KIND_ORIENTATION:
            return _ups_from_quaternions(counts), np.zeros(len(count), bool)
        period_us = block.period_us[kept]
        dt = np.repeat(placed.period_s, count)
        dt[starts] = placed.step_s
        # Turned over first: the filter works along memory, axis by axis.
        samples = counts.T.astype(np.float64, order="C")
        acc, gyr = (samples[:3] * wire.G_PER_COUNT).T, (samples[3:] * wire.DPS_PER_COUNT).T
        up, settling = np.empty((len(counts), 3)), np.empty(len(counts), bool)
        anew = placed.fresh.copy()
        anew[0] |= self._kind != wire.KIND_RAW
        changed = np.r_[True, (period_us[1:] != period_us[:-1]) | anew[1:]]
        cuts = np.flatnonzero(changed)
        for first, last in zip(cuts, [*cuts[1:], len(count)], strict=True):
            tilt = self._tilt_for(int(period_us[first]) * 1e-6, bool(anew[first]))
            part = slice(starts[first], starts[last - 1] + count[last - 1])
            up[part], settling[part] = tilt.update(dt[part], gyr[part], acc[part])
        return up, np.logical_or.reduceat(settling, starts)

    def _tilt_for(self, period_s: float, anew: bool) -> TiltArray:
        old = self._tilt
        if old is None or old.period_s != period_s:
            self._tilt = TiltArray(period_s)
            if old is not None:
                self._tilt.bias_dps, self._tilt.zeroed = old.bias_dps, old.zeroed
        elif anew:
            old.restart()
        assert self._tilt is not None
        return self._tilt


def _ups_from_quaternions(counts: NDArray[np.int16]) -> Array:
    w, x, y, z = counts[:, :4].T.astype(float) * (1.0 / wire.QUATERNION_ONE)
    n2 = w * w + x * x + y * y + z * z
    valid = (n2 >= flexion.LEAST_NORM**2) & (n2 <= flexion.MOST_NORM**2)
    n2 = np.where(valid, n2, np.nan)
    return np.stack(
        [
            2.0 * (x * z - w * y) / n2,
            2.0 * (y * z + w * x) / n2,
            1.0 - 2.0 * (x * x + y * y) / n2,
        ],
        axis=1,
    )


def _angles_deg(frame: flexion.ThoraxFrame, up: Array) -> Array:
    """Flexion and lateral of 'up' vectors ``(n, 3)``; shape ``(2, n)``."""
    x, y, z = (up @ np.array(axis) for axis in (frame.forward, frame.left, frame.up))
    return np.degrees([np.arctan2(-x, z), np.arcsin(np.clip(y, -1.0, 1.0))])


def _packet_means(values: Array, starts: NDArray[np.int64]) -> Array:
    """Mean of each packet's known values, NaN where there are none."""
    known = np.isfinite(values)
    total = np.add.reduceat(np.where(known, values, 0.0), starts)
    number = np.add.reduceat(known.astype(float), starts)
    return np.divide(total, number, out=np.full(len(starts), np.nan), where=number > 0)


def _acceleration_sums(
    kind: int, counts: NDArray[np.int16], count: NDArray[np.int64], starts: NDArray[np.int64]
) -> Array:
    """What ``shared.motion.acceleration_sums`` gives for each packet, shape ``(3, packets)``."""
    first = 0 if kind == wire.KIND_RAW else 4
    x, y, z = counts.T[first : first + 3].astype(np.float64)
    size = np.sqrt(x * x + y * y + z * z) * wire.G_PER_COUNT - 1.0
    # Either half by itself, first and second by turns; of a single sample the first half is none.
    halves = np.add.reduceat(size, np.stack([starts, starts + count // 2], axis=1).ravel())[::2]
    return np.stack(
        [
            np.add.reduceat(size, starts),
            np.add.reduceat(size * size, starts),
            np.where(count > 1, halves, 0.0),
        ]
    )


def _sample_times(placed: _Placed, count: NDArray[np.int64], starts: NDArray[np.int64]) -> Array:
    spacing = placed.spacing_s
    first = placed.last_s - (count - 1) * spacing
    nth = np.arange(int(count.sum())) - np.repeat(starts, count)
    return np.repeat(first, count) + nth.astype(np.float64) * np.repeat(spacing, count)


class _SecondTable:
    """Gathers samples into seconds as ``seconds.SecondMaker`` does, a block at a time."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.int64], Seconds]] = []
        self._open: SampleBlock | None = None
        self._second = 0

    def update(self, block: SampleBlock) -> None:
        """Take the next samples; the second under way waits for the rest of it."""
        if self._open is not None:
            block = _joined(self._open, block)
        if not len(block.time_s):
            return
        index = self._indices(block.time_s)
        complete = int(np.count_nonzero(index < index[-1]))
        self._parts.append(_grouped(index[:complete], _part(block, slice(None, complete))))
        self._open = _part(block, slice(complete, None))
        self._second = int(index[-1])

    def table(self) -> Seconds:
        """End the second under way; return all."""
        if self._open is not None:
            self._parts.append(_grouped(self._indices(self._open.time_s), self._open))
            self._open = None
        parts = [(index, rows) for index, rows in self._parts if len(index)]
        if not parts:
            return empty_seconds(0)
        table = empty_seconds(int(parts[-1][0][-1]) + 1)
        for index, rows in parts:
            table[index] = rows
        return table

    def _indices(self, time_s: Array) -> NDArray[np.int64]:
        # A sample that falls a hair before the second of the one before it stays with it.
        index = np.maximum(np.trunc(time_s).astype(np.int64), self._second)
        return np.maximum.accumulate(index)


def _joined(first: SampleBlock, then: SampleBlock) -> SampleBlock:
    return SampleBlock(
        np.concatenate([first.time_s, then.time_s]),
        np.concatenate([first.flexion_deg, then.flexion_deg]),
        np.concatenate([first.lateral_deg, then.lateral_deg]),
        np.concatenate([first.up, then.up]),
        np.concatenate([first.state, then.state]),
    )


def _part(block: SampleBlock, part: slice) -> SampleBlock:
    return SampleBlock(
        block.time_s[part],
        block.flexion_deg[part],
        block.lateral_deg[part],
        block.up[part],
        block.state[part],
    )


def _grouped(index: NDArray[np.int64], block: SampleBlock) -> tuple[NDArray[np.int64], Seconds]:
    """One row for each run of equal *index*: medians and the most frequent state."""
    if not len(index):
        return index, empty_seconds(0)
    first = np.flatnonzero(np.r_[True, index[1:] != index[:-1]])
    size = np.diff(np.r_[first, len(index)])
    group = np.repeat(np.arange(len(first)), size)
    rows = empty_seconds(len(first))
    place = (group, np.arange(len(index)) - first[group])
    rows["flexion_cdeg"] = _medians_cdeg(block.flexion_deg, place, len(first), int(size.max()))
    rows["lateral_cdeg"] = _medians_cdeg(block.lateral_deg, place, len(first), int(size.max()))
    states = len(State)
    tally = np.bincount(group * states + block.state, minlength=states * len(first))
    rows["state"] = tally.reshape(-1, states).argmax(axis=1)
    rows["samples"] = np.minimum(size, 255)
    return index[first], rows


def _medians_cdeg(
    values: Array, place: tuple[NDArray[np.int64], NDArray[np.int64]], rows: int, columns: int
) -> NDArray[np.int64]:
    grid = np.full((rows, columns), np.inf)
    grid[place] = np.where(np.isfinite(values), values, np.inf)
    known = np.isfinite(grid).sum(axis=1)
    grid.sort(axis=1)
    middle = grid[np.arange(rows), np.minimum(known // 2, columns - 1)]
    return np.where(known > 0, np.round(100 * np.where(known > 0, middle, 0.0)), MISSING).astype(
        int
    )
