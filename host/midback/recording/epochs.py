"""Epochs that the clip kept while no host was near, in the file: as received, each with its CRC.

Numbered in the order in which the clip kept them, so that those of a day lie together.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from midback.errors import RecordingError
from midback.recording import clip_times, placing, summaries
from midback.recording.anchors import utc_us, wall_of
from midback.recording.database import Database, Row
from midback.recording.model import KeptEpochs, Unplaced
from midback.recording.placing import Placed
from midback.shared import wire

# Frozen with the files that use it; the protocol may move on.
RECORD = np.dtype(
    [
        ("sequence", "<u4"),
        ("ticks", "<u4"),
        ("boot", "<u2"),
        ("mean_cdeg", "<i2"),
        ("min_cdeg", "<i2"),
        ("max_cdeg", "<i2"),
        ("lateral_cdeg", "<i2"),
        ("motion_mg", "<u2"),
        ("upright_ds", "u1"),
        ("slumped_ds", "u1"),
        ("back_ds", "u1"),
        ("moving_ds", "u1"),
        ("buzzes", "u1"),
        ("flags", "u1"),
        ("time_20s", "<u2"),
        ("crc", "<u4"),
    ]
)
_CRC_SIZE = 4
_DAY_S = 86_400.0
_CONTEXT = 1_000
"""Rows of before that tell after what an epoch without a time lies: some hours."""

_BATCH = 20_000
"""Rows read at once: more than three days of wear."""

_KEY = "clip_id, boot, ticks, sequence"
_COLUMNS = "id, received_utc_us, record"
_INSERT = (
    f"INSERT OR IGNORE INTO epoch (id, {_KEY}, received_utc_us, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def save(
    database: Database, clip_id: str, records: Sequence[wire.EpochRecord], received: datetime
) -> int:
    """Keep *records*; return how many were new."""
    received_us = utc_us(received)
    buffer = bytearray(wire.RECORD_SIZE)
    rows: list[Row] = []
    for record in records:
        wire.encode_record(record, buffer)
        key = (clip_id, record.boot, record.ticks, record.sequence)
        rows.append((None, *key, received_us, bytes(buffer)))
    with database.lasting_transaction():
        ((last,),) = database.query("SELECT coalesce(max(id), 0) FROM epoch")
        database.execute_many(_INSERT, rows)
        new = database.query(f"SELECT {_COLUMNS} FROM epoch WHERE id > ? ORDER BY id", last)
        if new:
            _forget_summaries(database, clip_id, new)
    return len(new)


def _forget_summaries(database: Database, clip_id: str, rows: list[Row]) -> None:
    _, placed, _ = _placed(database, clip_id, rows)
    end_s = placed.end_s
    if np.isnan(end_s).any():
        summaries.forget_all(database)
    else:
        first_us, last_us = (round(1e6 * time_s) for time_s in (end_s.min(), end_s.max()))
        summaries.forget_around(database, wall_of(first_us), wall_of(last_us))


def read(
    database: Database, start: datetime, end: datetime, problems: list[str]
) -> list[KeptEpochs]:
    """Return what each clip kept from *start* to *end*, and what it may have kept then."""
    span_s = (utc_us(start) / 1e6, utc_us(end) / 1e6)
    found = (_of_clip(database, clip_id, *span_s, problems) for clip_id in _clips(database))
    return [kept for kept in found if len(kept.end_s) or kept.unplaced]


def _clips(database: Database) -> Iterator[str]:
    """Each clip once, without going through all epochs."""
    clip_id = ""
    while True:
        ((clip_id,),) = database.rows("SELECT min(clip_id) FROM epoch WHERE clip_id > ?", clip_id)
        if clip_id is None:
            return
        yield clip_id


def _of_clip(
    database: Database, clip_id: str, start_s: float, end_s: float, problems: list[str]
) -> KeptEpochs:
    rows: list[Row] = []
    for batch in _batches(database, clip_id, round(1e6 * start_s), problems):
        rows += batch
        if _latest_s(database, clip_id, rows) > end_s + _DAY_S:
            break
    records, placed, received_s = _placed(database, clip_id, rows)
    starts_s = placed.end_s - placed.length_s
    inside = np.flatnonzero((placed.end_s > start_s) & (starts_s < end_s))
    inside = inside[np.argsort(placed.end_s[inside], kind="stable")]
    # What the host had before the time asked for was kept before it.
    first = next(iter(np.flatnonzero(received_s >= start_s).tolist()), len(rows))
    unknown = placing.unplaced(placed, received_s, first)
    return KeptEpochs(
        clip_id,
        starts_s[inside],
        placed.end_s[inside],
        placed.doubtful[inside],
        records[inside],
        tuple(each for each in unknown if _may_lie(each, start_s, end_s)),
    )


def _may_lie(each: Unplaced, start_s: float, end_s: float) -> bool:
    early = each.after is None or each.after.timestamp() < end_s
    return early and each.before.timestamp() > start_s


def _latest_s(database: Database, clip_id: str, rows: list[Row]) -> float:
    _, placed, _ = _placed(database, clip_id, rows)
    return float(np.fmax.reduce(placed.end_s, initial=-np.inf))


def _placed(
    database: Database, clip_id: str, rows: list[Row]
) -> tuple[NDArray[np.void], Placed, NDArray[np.float64]]:
    """Rows as columns: records, where they lie, when the host got them."""
    records = np.frombuffer(b"".join(row[2] for row in rows), dtype=RECORD)
    received_s = np.array([row[1] for row in rows], dtype=np.float64) / 1e6
    boots: list[int] = np.unique(records["boot"]).tolist()
    marks = clip_times.read_marks(database, clip_id, boots)
    return records, placing.place(records, received_s, marks), received_s


def _batches(
    database: Database, clip_id: str, start_us: int, problems: list[str]
) -> Iterator[list[Row]]:
    """Intact rows in their order, from a little before those that the host got at *start_us*."""
    found = database.rows(
        "SELECT id FROM epoch WHERE clip_id = ? AND received_utc_us >= ?"
        " ORDER BY received_utc_us LIMIT 1",
        *(clip_id, start_us),
    )
    if not found:
        return
    ((first,),) = found
    # Along the rows themselves: sorting the rows of an index would need all of them.
    sql = (
        f"SELECT {_COLUMNS} FROM epoch NOT INDEXED"
        " WHERE clip_id = ? AND id >= ? AND id < ? ORDER BY id"
    )
    ((stop,),) = database.rows("SELECT max(id) + 1 FROM epoch")
    low = max(0, first - _CONTEXT)
    while low < stop:
        high = max(low, first) + _BATCH
        yield _intact(database, sql, (clip_id, low, high), problems)
        low = high


def _intact(
    database: Database, sql: str, values: tuple[str, int, int], problems: list[str]
) -> list[Row]:
    try:
        rows = database.rows(sql, *values)
        lost = 0
    except RecordingError as error:
        _tell(problems, f"some epochs that clip {values[0]} kept are lost ({error})")
        # From both ends up to the damaged page.
        ends = (database.readable(sql + order, *values) for order in ("", " DESC"))
        rows = sorted({row for end in ends for row in end})
    intact = [row for row in rows if _is_intact(row)]
    lost = len(rows) - len(intact)
    if lost:
        _tell(
            problems,
            f"{lost} of the epochs that clip {values[0]} kept are lost "
            "(their checksums do not match); the others are unharmed",
        )
    return intact


def _is_intact(row: Row) -> bool:
    *_, received_us, record = row
    # Damage may change the type of a value, too.
    if not (isinstance(received_us, int) and isinstance(record, bytes)):
        return False
    body, crc = record[:-_CRC_SIZE], record[-_CRC_SIZE:]
    return len(record) == RECORD.itemsize and crc == zlib.crc32(body).to_bytes(_CRC_SIZE, "little")


def copy(source: Database, target: Database) -> None:
    """Copy all intact epochs into a file without epochs; inside a transaction of *target*."""
    for row in source.readable(f"SELECT id, {_KEY}, received_utc_us, record FROM epoch"):
        if _is_intact(row):
            with suppress(sqlite3.IntegrityError):  # damage changed the type of a value
                target.execute(_INSERT, *row)


def _tell(problems: list[str], problem: str) -> None:
    if problem not in problems:
        problems.append(problem)
