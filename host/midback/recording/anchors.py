"""Where session time lies on the wall clock.

An anchor at the start and in every minute; when somebody sets the wall clock,
or the computer sleeps, a new anchor from that moment.  Durations never depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from midback.recording.database import Database
from midback.recording.model import Session, WallTimes
from midback.recording.packets import MINUTE_US

JUMP_US = 2_000_000
"""Slewing a clock stays far below this within a minute; setting it rarely does."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Anchor(NamedTuple):
    """One reading of both clocks in microseconds: since the session started, and since 1970."""

    time_us: int
    utc_us: int


class Anchoring:
    """Decides when a reading of both clocks becomes an anchor."""

    def __init__(self, first: Anchor) -> None:
        self._last = first

    def update(self, reading: Anchor) -> tuple[Anchor | None, int]:
        """Take a reading; return it if it is an anchor, and the jump of the wall clock in us."""
        elapsed_us = reading.time_us - self._last.time_us
        drift_us = reading.utc_us - self._last.utc_us - elapsed_us
        jump_us = drift_us if abs(drift_us) > JUMP_US else 0
        if not jump_us and reading.time_us // MINUTE_US == self._last.time_us // MINUTE_US:
            return None, 0
        self._last = reading
        return reading, jump_us


def utc_us(wall: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC of an aware *wall* clock time, exactly.

    >>> utc_us(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    return (wall - _EPOCH) // _MICROSECOND


def wall_of(microseconds: int) -> datetime:
    """Return the UTC time that many microseconds after 1970-01-01."""
    return _EPOCH + microseconds * _MICROSECOND


def store(database: Database, session_id: int, anchors: Sequence[Anchor]) -> None:
    """Keep *anchors*; inside a transaction."""
    database.execute_many(
        "INSERT OR REPLACE INTO anchor (session_id, time_us, utc_us) VALUES (?, ?, ?)",
        [(session_id, *anchor) for anchor in anchors],
    )


def read_wall_times(database: Database, session: Session) -> WallTimes:
    """Return how a session's time lies on the wall clock."""
    rows = database.rows(
        "SELECT time_us, utc_us FROM anchor WHERE session_id = ? ORDER BY time_us", session.id
    )
    rows = rows or [(0, utc_us(session.started))]
    times = np.array(rows, dtype=np.float64).reshape(-1, 2) / 1e6
    return WallTimes(times[:, 0], times[:, 1])
