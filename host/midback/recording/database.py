"""The SQLite file: how it is opened, and transactions.

Invariant: one writing connection in one process (``lock.py``); readers open
``mode=ro`` and so never checkpoint; nothing is memory-mapped.  SQLite 3.7.0 to
3.51.2 can corrupt a WAL that two connections write or checkpoint at once.

``synchronous=NORMAL`` and a checkpoint at every full minute: a killed process
loses nothing that was committed; a power cut leaves the file intact and may
take back what was committed since the last full minute.  What a clip deletes
because it lies here is committed with ``FULL``: a power cut does not take it back.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from midback.errors import RecordingError

Row = tuple[Any, ...]

_BUSY_TIMEOUT_S = 5.0


class Database:
    """One connection; its methods may be called from any thread, one at a time."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self._turn = threading.RLock()
        mode = "rw" if write else "ro"
        self.connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._configure(write)
        except BaseException:
            self.connection.close()
            raise

    def _configure(self, write: bool) -> None:
        self.connection.execute("PRAGMA mmap_size = 0")
        if write:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")

    def execute(self, sql: str, *values: object) -> None:
        """Run one statement."""
        with self._turn:
            self.connection.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Run one statement for each of *rows*."""
        with self._turn:
            self.connection.executemany(sql, rows)

    def query(self, sql: str, *values: object) -> list[Row]:
        """Return all rows of a query; errors are those of ``sqlite3``."""
        with self._turn:
            return self.connection.execute(sql, values).fetchall()

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return all rows of a query.

        Raises:
            RecordingError: the part of the file that holds them is damaged.
        """
        with self._explained():
            return self.query(sql, *values)

    def readable(self, sql: str, *values: object) -> list[Row]:
        """Return the rows of a query up to the first page that is damaged."""
        rows: list[Row] = []
        with self._turn, suppress(sqlite3.DatabaseError):
            rows.extend(self.connection.execute(sql, values))
        return rows

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Everything read inside belongs to the same moment; keep it short.

        Raises:
            RecordingError: the part of the file that is read is damaged.
        """
        with self._turn, self._explained():
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All that is written inside is kept, or nothing of it."""
        with self._turn:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            finally:
                self._roll_back()

    @contextmanager
    def lasting_transaction(self) -> Generator[None]:
        """The same, and when it has ended a power cut does not take it back.

        Commits of before are then on the disk, too.  As far as the disk tells the truth
        about what it has written.
        """
        with self._turn:
            self.connection.execute("PRAGMA synchronous = FULL")
            try:
                with self.transaction():
                    yield
            finally:
                self.connection.execute("PRAGMA synchronous = NORMAL")

    def _roll_back(self) -> None:
        # Nothing is open after a commit, nor after some errors, such as a full disk.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise RecordingError(
                f"{self.path} cannot be read here ({error}): keep a copy of it; "
                "what is undamaged can still be read"
            ) from error

    def checkpoint(self) -> None:
        """Move what is committed from the WAL into the file, and to the disk."""
        self.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the connection; calling it again does no harm."""
        with self._turn:
            self.connection.close()


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether *error* means that the file itself is broken, not just busy or out of space."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
