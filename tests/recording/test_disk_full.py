"""A disk that takes no more costs nothing as long as it does not last too long."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from recording.scenes import (
    arrivals,
    begin,
    calibration,
    expected_seconds,
    packet,
    record,
    record_second,
    wall,
)

from midback.errors import RecordingError
from midback.recording import SessionWriter, Store

START_S, END_S = 57, 63  # the scene that is made to fail spans a roll


class FailingConnection:
    """Passes statements on, but fails from the *first* to the *last* as a full disk does."""

    def __init__(self, connection: sqlite3.Connection, first: int, last: int) -> None:
        self._connection = connection
        self._failing = range(first, last + 1)
        self.count = 0

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, values: Iterable[object] = ()) -> sqlite3.Cursor:
        self._maybe_fail(sql)
        return self._connection.execute(sql, tuple(values))

    def executemany(self, sql: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        self._maybe_fail(sql)
        return self._connection.executemany(sql, rows)

    def close(self) -> None:
        self._connection.close()

    def _maybe_fail(self, sql: str) -> None:
        if sql == "ROLLBACK":
            return
        self.count += 1
        if self.count in self._failing:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error


def fail(store: Store, first: int, last: int) -> FailingConnection:
    failing = FailingConnection(store._database.connection, first, last)
    store._database.connection = cast(sqlite3.Connection, failing)
    return failing


def heal(store: Store) -> None:
    failing = cast(FailingConnection, store._database.connection)
    store._database.connection = failing._connection


def statements_of_the_scene(folder: Path) -> int:
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        failing = fail(store, 0, -1)
        record(writer, START_S, END_S)
        writer.close(END_S, wall(END_S))
        return failing.count


def assert_all_there(store: Store) -> None:
    (session,) = store.sessions()
    assert list(store.packets(session)) == arrivals(START_S, END_S)
    assert store.seconds(session)[START_S:].tolist() == expected_seconds(END_S)[START_S:]
    assert session.closed


@pytest.mark.parametrize("length", [1, 3])
def test_whichever_statement_fails_nothing_is_lost_or_doubled(tmp_path: Path, length: int):
    statements = statements_of_the_scene(tmp_path / "whole")
    assert statements > 40  # or the scene has become empty
    for first in range(1, statements + 1):
        with Store.open(tmp_path / str(first), write=True) as store:
            writer = begin(store)
            fail(store, first, first + length - 1)
            record(writer, START_S, END_S)
            heal(store)
            writer.close(END_S, wall(END_S))

            assert_all_there(store)


def full_disk(folder: Path) -> tuple[Store, SessionWriter]:
    store = Store.open(folder, write=True)
    writer = begin(store)
    record(writer, 0, 10)
    fail(store, 1, 10**9)
    return store, writer


def test_a_full_disk_is_told_in_one_sentence_until_it_is_over(folder: Path):
    store, writer = full_disk(folder)
    with store:
        record(writer, 10, 13)
        told = writer.trouble
        heal(store)
        record_second(writer, 13)

        assert told == (
            "The disk is full: free some space. "
            "Until then 3 s of data wait in memory, at most 600 s."
        )
        assert writer.trouble is None


def test_what_waits_longer_than_ten_minutes_is_dropped_and_counted(folder: Path):
    store, writer = full_disk(folder)
    with store:
        record(writer, 10, 700)
        heal(store)
        record_second(writer, 700)
        (session,) = store.sessions()

        kept = list(store.packets(session))
        assert kept == arrivals(0, 10) + arrivals(100, 701)
        assert writer.dropped == 90 * 5
        assert store.seconds(session)["samples"].tolist() == [50] * 10 + [0] * 90 + [50] * 601


def test_a_flood_during_a_full_disk_does_not_fill_the_memory(folder: Path):
    store, writer = full_disk(folder)
    with store:
        payload = packet(0)
        for number in range(61_000):
            writer.add_packet(10 + number / 1e5, payload)
        writer.commit(11, wall(11))

        assert writer.dropped == 1000


def test_an_end_that_cannot_be_saved_is_an_error_and_the_rest_is_there(folder: Path):
    store, writer = full_disk(folder)
    with store:
        record_second(writer, 10)
        with pytest.raises(RecordingError, match=r"not saved.*disk is full"):
            writer.close(11, wall(11))
        heal(store)

        assert list(store.packets(store.sessions()[0])) == arrivals(0, 10)


@pytest.mark.parametrize(
    "write",
    [
        begin,
        lambda store: store.save_calibration(calibration("C-1")),
        lambda store: store.save_summary("2026-03-04", 1, "{}"),
    ],
    ids=["session", "calibration", "summary"],
)
def test_other_writing_says_that_the_disk_may_be_full(
    folder: Path, write: Callable[[Store], object]
):
    store, _ = full_disk(folder)
    with store, pytest.raises(RecordingError, match="check that the disk has space"):
        write(store)


def test_a_failed_checkpoint_is_tried_again_and_loses_nothing(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 59)
        checkpoints: list[bool] = []

        def checkpoint() -> None:
            checkpoints.append(True)
            if len(checkpoints) == 1:
                raise sqlite3.OperationalError("disk I/O error")

        store._database.checkpoint = checkpoint
        record_second(writer, 59)
        told = writer.trouble
        record(writer, 60, 63)
        (session,) = store.sessions()

        assert told == (
            "The recording cannot be written (disk I/O error): is the disk there? "
            "Until then 0 s of data wait in memory, at most 600 s."
        )
        assert (len(checkpoints), writer.trouble) == (2, None)
        assert list(store.packets(session)) == arrivals(0, 63)
