"""Summaries of days: a cache, thrown away as soon as its day gets new data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from midback.recording.database import Database

# A local date, even one that turns at 04:00, begins at most 16 h from the UTC date of that name.
_REACH = timedelta(days=1)


def save(database: Database, date_iso: str, version: int, json: str) -> None:
    """Keep the summary of a date as one version of the algorithm made it."""
    database.execute(
        "INSERT OR REPLACE INTO summary (date, version, json) VALUES (?, ?, ?)",
        *(date_iso, version, json),
    )


def read(database: Database, date_iso: str, version: int) -> str | None:
    """Return the summary of a date, or None if it has to be made."""
    rows = database.rows(
        "SELECT json FROM summary WHERE date = ? AND version = ?", date_iso, version
    )
    return rows[0][0] if rows else None


def forget_around(database: Database, first: datetime, last: datetime) -> None:
    """Throw away the summaries of the UTC dates from *first* to *last* and of their neighbours."""
    database.execute(
        "DELETE FROM summary WHERE date BETWEEN ? AND ?",
        (first.astimezone(UTC) - _REACH).date().isoformat(),
        (last.astimezone(UTC) + _REACH).date().isoformat(),
    )


def forget_all(database: Database) -> None:
    """Throw away every summary: nobody knows which day the new data belong to."""
    database.execute("DELETE FROM summary")
