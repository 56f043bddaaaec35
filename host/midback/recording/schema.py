"""The tables, and how an older file becomes a current one: forward only, after a backup.

``MIGRATIONS[n]`` takes a file from version n to n + 1; ``PRAGMA user_version`` says
where a file stands.  Times are integer microseconds: ``*_us`` since the session
started, ``*_utc_us`` since 1970-01-01 UTC.

The whole list of tables must fit the first page of the file: ``salvage`` lends it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from midback.errors import RecordingTooNew
from midback.recording.folder import make_private_file

Migration = tuple[str, ...]

_FIRST: Migration = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        clip_id TEXT NOT NULL,
        clip_facts TEXT NOT NULL,
        calibration_id TEXT,
        started_utc_us INTEGER NOT NULL,
        earliest_utc_us INTEGER NOT NULL,
        latest_utc_us INTEGER NOT NULL,
        last_us INTEGER NOT NULL,
        closed INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE staged_packet (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        arrival_us INTEGER NOT NULL,
        payload BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE staged_second (
        session_id INTEGER NOT NULL,
        second INTEGER NOT NULL,
        row BLOB NOT NULL,
        PRIMARY KEY (session_id, second)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE chunk (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        first_us INTEGER NOT NULL,
        last_us INTEGER NOT NULL,
        malformed INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        packets BLOB NOT NULL
    ) STRICT
    """,
    # Holds all that listing needs, so that one damaged chunk cannot hide the others.
    "CREATE INDEX chunk_list ON chunk (session_id, id, first_us, last_us, malformed)",
    """
    CREATE TABLE minute (
        session_id INTEGER NOT NULL,
        minute INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        seconds BLOB NOT NULL,
        PRIMARY KEY (session_id, minute)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE anchor (
        session_id INTEGER NOT NULL,
        time_us INTEGER NOT NULL,
        utc_us INTEGER NOT NULL,
        PRIMARY KEY (session_id, time_us)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        time_us INTEGER NOT NULL,
        kind TEXT NOT NULL,
        value REAL,
        detail TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX event_list ON event (session_id, time_us, id)",
    """
    CREATE TABLE calibration (
        id TEXT PRIMARY KEY,
        clip_id TEXT NOT NULL,
        made_utc_us INTEGER NOT NULL,
        json TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE summary (
        date TEXT NOT NULL,
        version INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (date, version)
    ) STRICT
    """,
)

_SECOND: Migration = (
    # Numbered in the order in which the clip kept them, because the host reads them in it.
    """
    CREATE TABLE epoch (
        id INTEGER PRIMARY KEY,
        clip_id TEXT NOT NULL,
        boot INTEGER NOT NULL,
        ticks INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        received_utc_us INTEGER NOT NULL,
        record BLOB NOT NULL,
        UNIQUE (clip_id, boot, ticks, sequence)
    ) STRICT
    """,
    "CREATE INDEX epoch_list ON epoch (clip_id, received_utc_us)",
    """
    CREATE TABLE clip_time (
        id INTEGER PRIMARY KEY,
        clip_id TEXT NOT NULL,
        boot INTEGER NOT NULL,
        ticks INTEGER NOT NULL,
        utc_us INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        UNIQUE (clip_id, boot, ticks, utc_us)
    ) STRICT
    """,
)
MIGRATIONS: Sequence[Migration] = (_FIRST, _SECOND)
VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of a file; 0 is an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(version: int, path: Path) -> None:
    """Pass when *version* is one this Midback knows.

    Raises:
        RecordingTooNew: a newer Midback wrote the file.
    """
    if version > VERSION:
        raise RecordingTooNew(
            f"{path} has format {version}, this Midback knows formats up to {VERSION}: "
            "upgrade Midback; the file was left as it is"
        )


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the open file to the newest version, a file with data after a backup.

    Each step is one transaction, so a crash leaves a whole version behind.
    """
    version = version_of(connection)
    if 0 < version < VERSION:
        _back_up(connection, path.with_name(f"{path.name}.backup-v{version}"))
    for step, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    make_private_file(path)
    with closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
