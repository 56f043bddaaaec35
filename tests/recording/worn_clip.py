"""A clip that keeps epochs by itself, with the truth of when each of them was.

It knows nothing of how the store places them: wall time here is where everything begins.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from midback.recording import Store
from midback.shared import wire
from midback.shared.wire import EpochRecord

CLIP = "7A3F"
MORNING = datetime(2026, 11, 12, 8, tzinfo=UTC)
EPOCH_S = 10.0
LONG_AGO = MORNING - timedelta(days=400)
MUCH_LATER = MORNING + timedelta(days=400)


class Kept(NamedTuple):
    """A record, and when its epoch really ended, in seconds from ``MORNING``."""

    record: EpochRecord
    end_s: float


class WornClip:
    """Times are seconds from ``MORNING``.  It knows the time once a host told it.

    Args:
        boot: id of this start.
        started_s: when it was switched on.
        ppm: how much too fast its clock is.
        first_tick: what its clock read then.
    """

    def __init__(
        self,
        boot: int = 7,
        started_s: float = 0.0,
        ppm: float = 0.0,
        first_tick: int = 0,
        first_sequence: int = 0,
    ) -> None:
        self.now_s = started_s
        self.off_s: float | None = None
        self.sequence = first_sequence
        self.boot = boot
        self._ppm = ppm
        self._started_s = started_s
        self._first_tick = first_tick

    def restart(self, boot: int, ppm: float = 0.0, off_s: float | None = None) -> WornClip:
        """It starts anew and knows its log; after a deep sleep the time, too, off by *off_s*."""
        self.__init__(boot, self.now_s, ppm, 0, self.sequence)
        self.off_s = off_s
        return self

    def ticks(self, at_s: float | None = None) -> int:
        """What its clock reads."""
        passed_s = (self.now_s if at_s is None else at_s) - self._started_s
        return (self._first_tick + round(passed_s * (1e4 + self._ppm / 100))) % (1 << 32)

    def wait(self, seconds: float) -> WornClip:
        """Nobody wears it."""
        self.now_s += seconds
        return self

    def wear(self, epochs: int, **fields: int) -> list[Kept]:
        """Keep *epochs* one after the other; by default the wearer sits upright."""
        kept: list[Kept] = []
        for _ in range(epochs):
            self.now_s += EPOCH_S
            record = epoch(self.sequence, self.ticks(), self.boot, **fields)
            if self.off_s is not None:
                record.set_time(int(MORNING.timestamp() + self.now_s + self.off_s))
            kept.append(Kept(record, self.now_s))
            self.sequence += 1
        return kept


def epoch(sequence: int, ticks: int, boot: int = 7, **fields: int) -> EpochRecord:
    """Ten seconds upright, unless *fields* say otherwise."""
    record = EpochRecord(sequence, ticks, boot, 120, -50, 300, 80, 4, 100, 0, 0, 0, 0, 0)
    for name, value in fields.items():
        assert hasattr(record, name)
        setattr(record, name, value)
    return record


def at(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def mark(store: Store, clip: WornClip, at_s: float) -> None:
    """The host is there: it learns the clip's clock, and tells it the time."""
    clip.off_s = 0.0
    store.mark_clip_time(CLIP, clip.boot, clip.ticks(at_s), at(at_s))


def save(store: Store, kept: list[Kept], at_s: float) -> int:
    return store.save_epochs(CLIP, [each.record for each in kept], at(at_s))


def encoded(record: EpochRecord) -> bytes:
    buffer = bytearray(wire.RECORD_SIZE)
    wire.encode_record(record, buffer)
    return bytes(buffer)


def ends_s(store: Store, clip_id: str = CLIP) -> list[float]:
    """Where the store places everything that it can place, in seconds from ``MORNING``."""
    found = {each.clip_id: each for each in store.epochs(LONG_AGO, MUCH_LATER)}
    if clip_id not in found:
        return []
    return [end_s - MORNING.timestamp() for end_s in found[clip_id].end_s.tolist()]
