"""What the store gives back: sessions, events, packets as arrays, wall clock times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from midback.roles import ROLE, Role


@dataclass(frozen=True, slots=True)
class Session:
    """One wearing.

    Attributes:
        id: its number in this file.
        clip_id: which clip was worn.
        clip_facts: what the clip said about itself, such as model and firmware.
        started: wall clock time (UTC) at session second 0.
        duration_s: monotonic length in seconds; of a running session, up to its last commit.
        closed: false while it runs, or when its writer ended without closing it.
        calibration_id: the calibration it began with, if there was one.
    """

    id: int
    clip_id: str
    clip_facts: dict[str, str]
    started: datetime
    duration_s: float
    closed: bool
    calibration_id: str | None

    @property
    def role(self) -> str:
        """Where the clip was worn, see ``roles.Role``."""
        return self.clip_facts.get(ROLE, Role.UPPER)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once; ``time_s`` is session time in seconds.

    The store itself adds ``clock_jump``: the wall clock moved by ``value`` seconds
    against the monotonic clock, + forward.
    """

    time_s: float
    kind: str
    value: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class PacketBlock:
    """Well-formed stream packets of one kind that arrived one after the other.

    All arrays but ``counts`` have shape ``(packets,)``; the fields are those of
    ``midback.shared.wire.StreamPacket``.

    Attributes:
        kind: ``KIND_ORIENTATION`` or ``KIND_RAW``.
        arrival_s: session time of arrival in seconds, float64.
        count: samples in each packet, uint8.
        flags: uint8.
        sequence: uint16, wraps.
        boot: uint16.
        ticks: clip clock at the last sample of the packet in 0.1 ms, uint32, wraps.
        period_us: time between two samples as the clip believes it, int32.
        counts: all samples, oldest first, int16, shape ``(count.sum(), width)``.
    """

    kind: int
    arrival_s: NDArray[np.float64]
    count: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sequence: NDArray[np.uint16]
    boot: NDArray[np.uint16]
    ticks: NDArray[np.uint32]
    period_us: NDArray[np.int32]
    counts: NDArray[np.int16]


class LastPacket(NamedTuple):
    """The newest well-formed stream packet that is stored of a clip.

    Attributes:
        boot: which start of the clip it is of.
        sequence: its number, wraps at 65536.
        ticks: clip clock at its last sample in 0.1 ms, wraps.
        at: wall clock time (UTC) of its last sample; that of its arrival where no mark of
            this start is near.
    """

    boot: int
    sequence: int
    ticks: int
    at: datetime


class Unplaced(NamedTuple):
    """A stretch of epochs that the clip kept at a time nobody knows.

    Attributes:
        length_s: how much it kept.
        after: it lies after this moment (UTC), or ``None`` if nothing earlier is known.
        before: and before this one.
    """

    length_s: float
    after: datetime | None
    before: datetime


@dataclass(frozen=True, slots=True)
class KeptEpochs:
    """The epochs of ten seconds that one clip kept by itself, in order of time.

    All arrays have shape ``(n,)``.

    Attributes:
        clip_id: which clip.
        start_s: begin of each, seconds since 1970-01-01 UTC; at the earliest, because one
            that a silence came before may be shorter.
        end_s: its end.
        doubtful: somebody set the computer's clock while it was kept, so that it may lie
            elsewhere by as much.
        records: as the clip kept them, dtype ``epochs.RECORD``, fields as in
            ``midback.shared.wire.EpochRecord``.
        unplaced: what has no time, but may lie in the time asked for.
    """

    clip_id: str
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    doubtful: NDArray[np.bool_]
    records: NDArray[np.void]
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True)
class WallTimes:
    """Session time to wall clock time, piecewise from one anchor to the next.

    Attributes:
        session_s: session time of each anchor in seconds, ascending, shape ``(n,)``, n >= 1.
        epoch_s: wall clock time read there, seconds since 1970-01-01 UTC, shape ``(n,)``.
    """

    session_s: NDArray[np.float64]
    epoch_s: NDArray[np.float64]

    def __call__(self, session_s: ArrayLike) -> NDArray[np.float64]:
        """Return seconds since 1970-01-01 UTC for session times in seconds, any shape."""
        times_s = np.asarray(session_s, dtype=np.float64)
        last = np.searchsorted(self.session_s, times_s, side="right") - 1
        anchor = np.maximum(last, 0)
        return self.epoch_s[anchor] + (times_s - self.session_s[anchor])
