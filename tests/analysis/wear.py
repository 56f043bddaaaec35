"""Sessions written second by second into a real store, and what a day then reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from analysis.days import LONDON

from midback.recording import SessionWriter, Store
from midback.seconds import MISSING, Resolution
from midback.words import State
from midback_analysis.day import DayRecord, read_day

DAY = date(2026, 11, 12)
NINE = datetime(2026, 11, 12, 9, tzinfo=UTC)


class Wear:
    """One session, written second by second on a clock of its own."""

    def __init__(self, store: Store, started: datetime = NINE, first: str | None = "A") -> None:
        facts = {"name": "Midback 7A3F", "firmware": "0.1.0"}
        self.writer: SessionWriter = store.begin("7A3F", facts, started, first)
        self.started = started
        self.now = 0

    def sit(self, seconds: int, deg: float = 0.0, state: State = State.UPRIGHT) -> Wear:
        for second in range(self.now, self.now + seconds):
            self.writer.add_second(second, (round(deg * 100), 0, state, 50))
        return self.pass_by(seconds)

    def pass_by(self, seconds: int) -> Wear:
        """Nothing arrives."""
        self.now += seconds
        return self

    def lie(self, seconds: int) -> Wear:
        for second in range(self.now, self.now + seconds):
            self.writer.add_second(second, (MISSING, MISSING, State.AWAY, 50))
        return self.pass_by(seconds)

    def note(self, kind: str, value: float | None = None, detail: str = "") -> Wear:
        self.writer.add_event(float(self.now), kind, value, detail)
        return self

    def sleep(self, seconds: int) -> Wear:
        """The computer sleeps: the wall clock goes on, the session's does not."""
        self.writer.commit(float(self.now), self.started + timedelta(seconds=self.now))
        self.started += timedelta(seconds=seconds)
        self.writer.commit(float(self.now), self.started + timedelta(seconds=self.now))
        return self

    def end(self) -> None:
        self.writer.close(float(self.now), self.started + timedelta(seconds=self.now))


def states(day: DayRecord) -> list[tuple[State, int]]:
    return [(State(value), length) for value, length in stretches(day.state)]


def resolutions(day: DayRecord) -> list[tuple[Resolution, int]]:
    return [(Resolution(value), length) for value, length in stretches(day.resolution)]


def stretches(values: np.ndarray) -> Sequence[tuple[int, int]]:
    changes = np.flatnonzero(np.diff(values, prepend=255))
    lengths = np.diff(changes, append=len(values))
    return list(zip(values[changes].tolist(), lengths.tolist(), strict=True))


def read(store: Store, day: date = DAY) -> DayRecord:
    return read_day(store, day, LONDON)
