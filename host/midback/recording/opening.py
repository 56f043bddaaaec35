"""Opening the file to read or to write, whatever state it is found in."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from midback.errors import NothingRecorded, RecordingError
from midback.recording import schema, sessions
from midback.recording.database import Database, is_damage
from midback.recording.folder import make_private_file
from midback.recording.quarantine import set_aside
from midback.recording.salvage import salvage


def open_to_read(path: Path) -> Database:
    """Open an existing recording; nothing in it is changed.

    Raises:
        NothingRecorded: there is no file yet, or it is still empty.
        RecordingTooNew: a newer Midback wrote it.
        RecordingError: it is damaged, or must be upgraded first.
    """
    if not path.exists():
        raise _nothing(path)
    with ExitStack() as undo:
        try:
            database = Database(path, write=False)
            undo.callback(database.close)
            _check_version(database, path)
        except sqlite3.DatabaseError as error:
            raise _unreadable(path, error) from error
        undo.pop_all()
    return database


def open_to_write(path: Path, problems: list[str]) -> Database:
    """Open a recording, made or upgraded or set aside as needed; the writer's lock is held.

    Raises:
        RecordingTooNew: a newer Midback wrote it; it is left as it is.
        RecordingError: the disk is full, or the file cannot be written.
    """
    try:
        return _open_to_write(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise _unwritable(path, error) from error
        damage = str(error)
    aside = set_aside(path)
    try:
        database = _open_to_write(path)
    except sqlite3.DatabaseError as error:
        raise _unwritable(path, error) from error
    problems.append(
        f"the recording was damaged ({damage}): it was set aside as {aside}, and a new one begun; "
        f"minutes copied from the old one: {_salvaged(aside, database)}"
    )
    return database


def _salvaged(aside: Path, fresh: Database) -> str:
    try:
        return str(salvage(aside, fresh))
    except sqlite3.DatabaseError as error:
        return f"none ({error})"


def _open_to_write(path: Path) -> Database:
    _refuse_newer(path)
    for suffix in ("-wal", "-shm"):
        if (side := path.with_name(path.name + suffix)).exists():
            make_private_file(side)
    make_private_file(path)
    with ExitStack() as undo:
        database = Database(path, write=True)
        undo.callback(database.close)
        schema.migrate(database.connection, path)
        sessions.close_abandoned(database)
        database.checkpoint()
        undo.pop_all()
    return database


def _refuse_newer(path: Path) -> None:
    """Look at the version without opening for writing, which alone could change the file."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with closing(Database(path, write=False)) as database:
        schema.refuse_newer(schema.version_of(database.connection), path)


def _check_version(database: Database, path: Path) -> None:
    version = schema.version_of(database.connection)
    schema.refuse_newer(version, path)
    if version == 0:
        raise _nothing(path)
    if version < schema.VERSION:
        raise RecordingError(
            f"{path} has the older format {version}: start 'midback live' once, "
            "which upgrades it after a backup"
        )


def _nothing(path: Path) -> NothingRecorded:
    return NothingRecorded(
        f"nothing is recorded in {path.parent} yet: start 'midback live', or choose another "
        "folder with --data"
    )


def _unreadable(path: Path, error: sqlite3.DatabaseError) -> RecordingError:
    return RecordingError(
        f"{path} cannot be read ({error}): restore a copy of it, or start 'midback live', which "
        "sets a damaged file aside and begins a new one"
    )


def _unwritable(path: Path, error: sqlite3.DatabaseError) -> RecordingError:
    return RecordingError(
        f"{path} cannot be written ({error}): check that the disk has space and that the "
        "folder is yours, or choose another folder"
    )
