"""Judged seconds in the file: staged one by one, rolled into a row per minute, read back."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Sequence

import numpy as np

from midback.errors import RecordingError
from midback.recording.database import Database, Row
from midback.seconds import SECOND, Seconds, empty_seconds
from midback.words import State

_MINUTE = 60
_CHECKED = struct.Struct("<2q")
_MINUTE_SIZE = _MINUTE * SECOND.itemsize

NumberedSecond = tuple[int, bytes]
"""Session second, and one ``SECOND`` as bytes."""


def stage(database: Database, session_id: int, seconds: Sequence[NumberedSecond]) -> None:
    """Add *seconds*, the later of two with one number winning; inside a transaction."""
    database.execute_many(
        "INSERT OR REPLACE INTO staged_second (session_id, second, row) VALUES (?, ?, ?)",
        [(session_id, second, row) for second, row in seconds],
    )


def roll(database: Database, session_id: int, before: int | None = None) -> None:
    """Move staged seconds before second *before* into minutes; inside a transaction.

    A second that is judged late joins the minute that was already there.
    """
    end = sys.maxsize if before is None else before
    staged = database.query(
        "SELECT second, row FROM staged_second WHERE session_id = ? AND second < ?",
        *(session_id, end),
    )
    for minute in sorted({second // _MINUTE for second, _ in staged}):
        data = _merged(database, session_id, minute, staged)
        database.execute(
            "INSERT OR REPLACE INTO minute (session_id, minute, crc, seconds) VALUES (?, ?, ?, ?)",
            *(session_id, minute, _crc(session_id, minute, data), data),
        )
    database.execute(
        "DELETE FROM staged_second WHERE session_id = ? AND second < ?", session_id, end
    )


def read_seconds(database: Database, session_id: int, least: int, problems: list[str]) -> Seconds:
    """Return every second of a session up to the last known one, and at least *least*."""
    with database.snapshot():
        minutes = _minute_rows(database, session_id, problems)
        staged = database.rows(
            "SELECT second, row FROM staged_second WHERE session_id = ? ORDER BY second",
            session_id,
        )
    ends = [least, *((m + 1) * _MINUTE for m, _ in minutes), *(s + 1 for s, _ in staged)]
    table = bytearray(empty_seconds(max(ends)).tobytes())
    for minute, data in minutes:
        table[minute * _MINUTE_SIZE : (minute + 1) * _MINUTE_SIZE] = data
    _overlay(table, 0, staged)
    return _trimmed(np.frombuffer(table, dtype=SECOND), least)


def _minute_rows(database: Database, session_id: int, problems: list[str]) -> list[Row]:
    """Return ``(minute, seconds)`` of all minutes that are intact."""
    sql = "SELECT minute, crc, seconds FROM minute WHERE session_id = ? ORDER BY minute"
    try:
        rows = database.rows(sql, session_id)
    except RecordingError as error:
        _tell(problems, f"some judged seconds of session {session_id} are lost ({error})")
        # From both ends up to the damaged page.
        ends = (database.readable(sql + order, session_id) for order in ("", " DESC"))
        rows = [row for end in ends for row in end]
    return [
        (minute, data)
        for minute, crc, data in rows
        if _is_intact(session_id, minute, crc, data, problems)
    ]


def _is_intact(
    session_id: int, minute: object, crc: object, data: object, problems: list[str]
) -> bool:
    # Damage may change the type of a value, too.
    if (
        isinstance(minute, int)
        and isinstance(data, bytes)
        and len(data) == _MINUTE_SIZE
        and crc == _crc(session_id, minute, data)
    ):
        return True
    _tell(
        problems,
        f"judged seconds of minute {minute} of session {session_id} are lost "
        "(its checksum does not match); the other minutes are unharmed",
    )
    return False


def _tell(problems: list[str], problem: str) -> None:
    if problem not in problems:
        problems.append(problem)


def _merged(database: Database, session_id: int, minute: int, staged: list[Row]) -> bytes:
    """Return the bytes of a minute: what is stored, overlaid with what is staged."""
    stored = database.query(
        "SELECT crc, seconds FROM minute WHERE session_id = ? AND minute = ?", session_id, minute
    )
    table = bytearray(empty_seconds(_MINUTE).tobytes())
    for crc, data in stored:
        if _is_intact(session_id, minute, crc, data, []):
            table[:] = data
    inside = [row for row in staged if row[0] // _MINUTE == minute]
    _overlay(table, minute * _MINUTE, inside)
    return bytes(table)


def _overlay(table: bytearray, first: int, seconds: list[Row]) -> None:
    for second, row in seconds:
        at = (second - first) * SECOND.itemsize
        table[at : at + SECOND.itemsize] = row


def _trimmed(seconds: Seconds, least: int) -> Seconds:
    known = np.flatnonzero((seconds["state"] != State.NO_DATA) | (seconds["samples"] > 0))
    end = max(least, int(known[-1]) + 1 if len(known) else 0)
    return seconds[:end]


def _crc(session_id: int, minute: int, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(_CHECKED.pack(session_id, minute)))
