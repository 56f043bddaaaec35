"""Copies what can still be read out of a file that SQLite no longer opens.

The first page of the file holds its header and the list of tables, and is the
same in every recording of one format: lent from the new file, it opens the old one
again.  What its checksum does not confirm, or does not fit its table, stays behind.

Limits: an upgrade puts the tables that are new with it where a file that was born newer has
other pages.  Of a file that was upgraded to format 2 the clip's own epochs are not found.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from midback.recording import epochs, packets, sessions
from midback.recording.database import Database
from midback.recording.folder import make_private_file

_TABLES = (
    *("session", "anchor", "minute", "event", "calibration"),
    *("staged_packet", "staged_second", "clip_time"),
)
_PAGE = 4096
# Bytes 28 to 40 of the header: length of the file in pages, first free page, number of
# free pages.  Zero makes SQLite look at the file itself (fileformat2.html, 1.3.7).
_OWN_LENGTHS = slice(28, 40)
_SIDE_FILES = ("-wal", "-shm")


def salvage(aside: Path, fresh: Database) -> int:
    """Copy what is readable in *aside* into the new, empty file; return the chunks copied.

    Raises:
        sqlite3.DatabaseError: nothing could be copied, or the new file cannot be written.
    """
    copy = aside.with_name(f"{aside.name}.salvage")
    try:
        _copy_with_head(aside, copy, fresh.path)
        with closing(Database(copy, write=False)) as old, fresh.transaction():
            for table in _TABLES:
                _copy_rows(old, fresh, table)
            epochs.copy(old, fresh)
            copied = packets.copy_chunks(old, fresh)
    finally:
        for suffix in ("", *_SIDE_FILES):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    sessions.close_abandoned(fresh)
    return copied


def _copy_with_head(aside: Path, copy: Path, fresh: Path) -> None:
    for suffix in ("", "-wal"):
        source = aside.with_name(aside.name + suffix)
        if source.exists():
            target = copy.with_name(copy.name + suffix)
            make_private_file(target)
            shutil.copyfile(source, target)
    with fresh.open("rb") as file:
        head = bytearray(file.read(_PAGE))
    head[_OWN_LENGTHS] = bytes(12)
    with copy.open("r+b") as file:
        file.write(head)


def _copy_rows(old: Database, fresh: Database, table: str) -> None:
    for row in old.readable(f"SELECT * FROM {table}"):
        marks = ", ".join("?" * len(row))
        try:
            fresh.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", *row)
        except sqlite3.IntegrityError:
            continue  # damage changed the type of a value
