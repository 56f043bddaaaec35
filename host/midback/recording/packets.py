"""Packets in the file: staged row by row, rolled into a chunk per minute, read back."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby, takewhile

from midback.errors import RecordingError
from midback.recording import chunk
from midback.recording.columns import (
    ArrivedPacket,
    Columns,
    from_packets,
    to_blocks,
    to_packets,
)
from midback.recording.database import Database, Row
from midback.recording.model import PacketBlock
from midback.shared import wire

MINUTE_US = 60_000_000
_COLUMNS = "first_us, last_us, malformed, crc, packets"
_CHECKED = struct.Struct("<4q")


def stage(database: Database, session_id: int, packets: Sequence[ArrivedPacket]) -> None:
    """Append *packets*; inside a transaction."""
    database.execute_many(
        "INSERT INTO staged_packet (session_id, arrival_us, payload) VALUES (?, ?, ?)",
        [(session_id, arrival_us, payload) for arrival_us, payload in packets],
    )


def roll(database: Database, session_id: int, before_us: int | None = None) -> None:
    """Turn staged packets into chunks, one for each minute; inside a transaction.

    Stops at the first packet that arrived at *before_us* or later, so that the
    order in which packets were added is never changed.
    """
    staged = database.query(
        "SELECT id, arrival_us, payload FROM staged_packet WHERE session_id = ? ORDER BY id",
        session_id,
    )
    due = list(takewhile(lambda row: before_us is None or row[1] < before_us, staged))
    for _, minute in groupby(due, key=lambda row: row[1] // MINUTE_US):
        _insert_chunk(database, session_id, [(arrival_us, data) for _, arrival_us, data in minute])
    database.execute_many("DELETE FROM staged_packet WHERE id = ?", [(row[0],) for row in due])


def _insert_chunk(database: Database, session_id: int, packets: list[ArrivedPacket]) -> None:
    columns = from_packets(packets)
    first_us, last_us = int(columns.arrival_us.min()), int(columns.arrival_us.max())
    malformed = len(columns.verbatim)
    data = chunk.encode(columns)
    crc = _crc(session_id, first_us, last_us, malformed, data)
    database.execute(
        f"INSERT INTO chunk (session_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        *(session_id, first_us, last_us, malformed, crc, data),
    )


def read_packets(
    database: Database, session_id: int, start_us: float, end_us: float, problems: list[str]
) -> Iterator[ArrivedPacket]:
    """Yield packets that arrived from *start_us* up to but without *end_us*."""
    for columns in _read_columns(database, session_id, start_us, end_us, problems):
        for arrival_us, payload in to_packets(columns):
            if start_us <= arrival_us < end_us:
                yield arrival_us, payload


def read_blocks(database: Database, session_id: int, problems: list[str]) -> Iterator[PacketBlock]:
    """Yield all well-formed packets as arrays."""
    everything = (float("-inf"), float("inf"))
    for columns in _read_columns(database, session_id, *everything, problems):
        yield from to_blocks(columns)


def count_malformed(database: Database, session_id: int) -> int:
    """Return how many packets of a session do not follow the protocol."""
    _, staged = _contents(database, session_id)
    ((rolled,),) = database.rows(
        "SELECT coalesce(sum(malformed), 0) FROM chunk WHERE session_id = ?", session_id
    )
    return int(rolled) + len(from_packets(staged).verbatim)


def last_arrival_us(database: Database, session_id: int) -> int | None:
    """Return when the last packet of a session arrived."""
    ((last_us,),) = database.query(
        "SELECT max(last_us) FROM ("
        "SELECT last_us FROM chunk WHERE session_id = ? UNION ALL "
        "SELECT arrival_us FROM staged_packet WHERE session_id = ?)",
        *(session_id, session_id),
    )
    return last_us


def last_packet(database: Database, session_id: int) -> tuple[int, wire.StreamPacket] | None:
    """Return the newest packet of a session, and the session time of its arrival in microseconds.

    What does not follow the protocol, or is damaged, is passed over.
    """
    staged = database.rows(
        "SELECT arrival_us, payload FROM staged_packet WHERE session_id = ? ORDER BY id DESC",
        session_id,
    )
    chunks = database.rows(
        "SELECT id FROM chunk WHERE session_id = ? ORDER BY id DESC", session_id
    )
    rolled = (each for row in chunks for each in _newest_first(database, session_id, row[0]))
    for arrival_us, payload in chain(staged, rolled):
        with suppress(wire.WireError):
            return arrival_us, wire.decode_stream(payload)
    return None


def _newest_first(database: Database, session_id: int, chunk_id: int) -> list[ArrivedPacket]:
    try:
        columns = chunk.decode(_intact_row(database, session_id, chunk_id)[-1])
    except (RecordingError, chunk.ChunkError):
        return []
    return list(to_packets(columns))[::-1]


def copy_chunks(source: Database, target: Database) -> int:
    """Copy all intact chunks into a file without chunks; return how many there were.

    Inside a transaction of *target*.
    """
    copied = 0
    listed = source.readable("SELECT id, session_id FROM chunk INDEXED BY chunk_list")
    for chunk_id, session_id in listed:
        try:
            row = _intact_row(source, session_id, chunk_id)
        except (RecordingError, chunk.ChunkError):
            continue
        target.execute(
            f"INSERT INTO chunk (id, session_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(chunk_id, session_id, *row),
        )
        copied += 1
    return copied


@dataclass(frozen=True, slots=True)
class _Listed:
    id: int
    first_us: int
    last_us: int

    @property
    def minutes(self) -> str:
        first, last = self.first_us // MINUTE_US, self.last_us // MINUTE_US
        return f"minute {first}" if first == last else f"minutes {first} to {last}"


def _contents(database: Database, session_id: int) -> tuple[list[_Listed], list[ArrivedPacket]]:
    """What a session consists of at one moment; chunks, once there, never change."""
    with database.snapshot():
        listed = database.rows(
            "SELECT id, CAST(ifnull(first_us, 0) AS INTEGER), CAST(ifnull(last_us, 0) AS INTEGER)"
            " FROM chunk WHERE session_id = ? ORDER BY id",
            session_id,
        )
        staged = database.rows(
            "SELECT arrival_us, payload FROM staged_packet WHERE session_id = ? ORDER BY id",
            session_id,
        )
    return [_Listed(*row) for row in listed], [(row[0], row[1]) for row in staged]


def _read_columns(
    database: Database, session_id: int, start_us: float, end_us: float, problems: list[str]
) -> Iterator[Columns]:
    chunks, staged = _contents(database, session_id)
    for listed in chunks:
        if listed.last_us < start_us or listed.first_us >= end_us:
            continue
        try:
            yield chunk.decode(_intact_row(database, session_id, listed.id)[-1])
        except (RecordingError, chunk.ChunkError) as error:
            _add_problem(problems, session_id, listed, error)
    if staged:
        yield from_packets(staged)


def _intact_row(database: Database, session_id: int, chunk_id: int) -> Row:
    """Return the columns of a chunk, its packets last."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM chunk WHERE id = ?", chunk_id)
    for row in rows:
        first_us, last_us, malformed, crc, data = row
        facts = (first_us, last_us, malformed)
        # Damage may change the type of a value, too.
        typed = all(isinstance(fact, int) for fact in facts) and isinstance(data, bytes)
        if typed and crc == _crc(session_id, first_us, last_us, malformed, data):
            return row
    raise chunk.ChunkError("its checksum does not match")


def _crc(session_id: int, first_us: int, last_us: int, malformed: int, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(_CHECKED.pack(session_id, first_us, last_us, malformed)))


def _add_problem(problems: list[str], session_id: int, listed: _Listed, error: Exception) -> None:
    problem = (
        f"packets of {listed.minutes} of session {session_id} are lost ({error}); "
        "the other minutes are unharmed"
    )
    if problem not in problems:
        problems.append(problem)
