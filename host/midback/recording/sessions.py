"""Sessions and their events in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from midback.recording import anchors, minutes, packets
from midback.recording.anchors import Anchor, utc_us, wall_of
from midback.recording.database import Database, Row
from midback.recording.model import Event, Session

StoredEvent = tuple[int, str, float | None, str]
"""Session time in microseconds, kind, value, detail."""

_COLUMNS = "id, clip_id, clip_facts, started_utc_us, last_us, closed, calibration_id"


def insert(
    database: Database,
    clip_id: str,
    clip_facts: dict[str, str],
    started: datetime,
    calibration_id: str | None,
) -> int:
    """Begin a session; return its number."""
    started_us = utc_us(started)
    with database.transaction():
        ((session_id,),) = database.query(
            "INSERT INTO session (clip_id, clip_facts, calibration_id, started_utc_us,"
            " earliest_utc_us, latest_utc_us, last_us, closed)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, 0) RETURNING id",
            *(clip_id, json.dumps(clip_facts), calibration_id),
            *(started_us, started_us, started_us),
        )
        anchors.store(database, session_id, [Anchor(0, started_us)])
    return session_id


def touch(database: Database, session_id: int, now: Anchor) -> None:
    """Note that a session lasted until *now*; inside a transaction."""
    database.execute(
        "UPDATE session SET last_us = max(last_us, ?), earliest_utc_us = min(earliest_utc_us, ?),"
        " latest_utc_us = max(latest_utc_us, ?) WHERE id = ?",
        *(now.time_us, now.utc_us, now.utc_us, session_id),
    )


def close(database: Database, session_id: int) -> None:
    """Roll what is staged and end a session; inside a transaction."""
    packets.roll(database, session_id)
    minutes.roll(database, session_id)
    database.execute("UPDATE session SET closed = 1 WHERE id = ?", session_id)


def close_abandoned(database: Database) -> None:
    """End the sessions whose writer never did, each at its last packet."""
    for (session_id,) in database.query("SELECT id FROM session WHERE closed = 0"):
        with database.transaction():
            last_us = packets.last_arrival_us(database, session_id) or 0
            database.execute("UPDATE session SET last_us = ? WHERE id = ?", last_us, session_id)
            close(database, session_id)


def read(
    database: Database, start: datetime | None = None, end: datetime | None = None
) -> list[Session]:
    """Return the sessions whose wall clock span meets the time from *start* to *end*."""
    low = utc_us(start) if start is not None else -(2**63)
    high = utc_us(end) if end is not None else 2**63 - 1
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM session WHERE latest_utc_us >= ? AND earliest_utc_us < ?"
        " ORDER BY id",
        *(low, high),
    )
    return [_session(row) for row in rows]


def read_newest(database: Database, clip_id: str) -> Iterator[Session]:
    """Yield the sessions of a clip, the newest first."""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM session WHERE clip_id = ? ORDER BY id DESC", clip_id
    )
    return map(_session, rows)


def _session(row: Row) -> Session:
    session_id, clip_id, facts, started_us, last_us, closed, calibration_id = row
    return Session(
        id=session_id,
        clip_id=clip_id,
        clip_facts=json.loads(facts),
        started=wall_of(started_us),
        duration_s=last_us / 1e6,
        closed=bool(closed),
        calibration_id=calibration_id,
    )


def add_events(database: Database, session_id: int, events: Sequence[StoredEvent]) -> None:
    """Append *events*; inside a transaction."""
    database.execute_many(
        "INSERT INTO event (session_id, time_us, kind, value, detail) VALUES (?, ?, ?, ?, ?)",
        [(session_id, *event) for event in events],
    )


def newest_event(database: Database, kinds: Sequence[str], detail: str) -> Event | None:
    """Return the newest event of these kinds with this detail, of whichever session."""
    rows = database.rows(
        "SELECT time_us, kind, value, detail FROM event"
        f" WHERE kind IN ({', '.join('?' * len(kinds))}) AND detail = ? ORDER BY id DESC LIMIT 1",
        *(*kinds, detail),
    )
    return Event(rows[0][0] / 1e6, *rows[0][1:]) if rows else None


def read_events(database: Database, session_id: int) -> list[Event]:
    """Return the events of a session, oldest first."""
    rows = database.rows(
        "SELECT time_us, kind, value, detail FROM event WHERE session_id = ? ORDER BY time_us, id",
        session_id,
    )
    return [Event(time_us / 1e6, kind, value, detail) for time_us, kind, value, detail in rows]
