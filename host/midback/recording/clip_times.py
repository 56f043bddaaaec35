"""Moments at which the host knew the clip's clock and the wall clock, in the file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from datetime import datetime

from midback.recording import summaries
from midback.recording.anchors import utc_us, wall_of
from midback.recording.database import Database, Row
from midback.recording.placing import Mark, Marks
from midback.shared import wire

_CHECKED = struct.Struct("<3q")
_AGAIN_S = 600.0
_SAME_S = 0.2
"""What crosses the air is late by less than this, as a rule."""


def mark(database: Database, clip_id: str, boot: int, ticks: int, wall: datetime) -> None:
    """Keep one moment, and forget the summaries of the days on which epochs now lie elsewhere.

    One that says the same as that of ten minutes before or less is not needed.
    """
    now_us = utc_us(wall)
    before = _latest(database, clip_id, boot)
    if before is not None and _says_the_same(before, Mark(ticks, now_us / 1e6)):
        return
    with database.transaction():
        if before is not None:
            moved = sorted([wall_of(round(1e6 * before.utc_s)), wall])
            summaries.forget_around(database, *moved)
        elif database.query(
            "SELECT 1 FROM epoch WHERE clip_id = ? AND boot = ? LIMIT 1", clip_id, boot
        ):
            summaries.forget_all(database)
        database.execute(
            "INSERT OR IGNORE INTO clip_time (clip_id, boot, ticks, utc_us, crc)"
            " VALUES (?, ?, ?, ?, ?)",
            *(clip_id, boot, ticks, now_us, _crc(clip_id, boot, ticks, now_us)),
        )


def read_marks(database: Database, clip_id: str, boots: Iterable[int]) -> Marks:
    """Return the marks of some starts of a clip; a damaged one is left out."""
    return {boot: _marks(database, clip_id, boot) for boot in boots}


def _marks(database: Database, clip_id: str, boot: int, most: int = -1) -> list[Mark]:
    """The newest *most* of them, or all; oldest first."""
    rows = database.rows(
        "SELECT ticks, utc_us, crc FROM clip_time WHERE clip_id = ? AND boot = ?"
        " ORDER BY id DESC LIMIT ?",
        *(clip_id, boot, most),
    )
    intact = [row for row in reversed(rows) if _is_intact(clip_id, boot, row)]
    return [Mark(ticks, time_us / 1e6) for ticks, time_us, _ in intact]


def _latest(database: Database, clip_id: str, boot: int) -> Mark | None:
    return next(iter(_marks(database, clip_id, boot, 1)), None)


def _says_the_same(before: Mark, now: Mark) -> bool:
    passed_s = (now.ticks - before.ticks) % wire.TICKS_MODULUS * wire.TICK_S
    return passed_s < _AGAIN_S and abs(now.utc_s - before.utc_s - passed_s) < _SAME_S


def _is_intact(clip_id: str, boot: int, row: Row) -> bool:
    # Damage may change the type of a value, too.
    return all(isinstance(value, int) for value in row) and row[-1] == _crc(
        clip_id, boot, *row[:-1]
    )


def _crc(clip_id: str, boot: int, ticks: int, time_us: int) -> int:
    return zlib.crc32(clip_id.encode(), zlib.crc32(_CHECKED.pack(boot, ticks, time_us)))
