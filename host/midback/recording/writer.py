"""One session being recorded: buffered in memory, committed about once a second."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime

import numpy as np

from midback.errors import RecordingError
from midback.recording import anchors, minutes, packets, sessions, summaries
from midback.recording.anchors import Anchor, Anchoring, utc_us
from midback.recording.database import Database, is_damage
from midback.recording.packets import MINUTE_US
from midback.recording.pending import KEPT_S, Pending
from midback.seconds import SECOND

_LOG = logging.getLogger(__name__)
_MOST_SECONDS = 31 * 24 * 3600


class SessionWriter:
    """Takes what happens, in the order in which it happens; ``Store.begin`` makes one.

    All times are session time in seconds.  ``add_*`` only touch memory and may be
    called while another thread commits.

    Attributes:
        session_id: the number of the session in the file.
        trouble: why nothing can be written at the moment, as a sentence for the wearer.
        dropped: packets given up because the trouble lasted too long.
    """

    def __init__(self, database: Database, session_id: int, started: datetime) -> None:
        self.session_id = session_id
        self.trouble: str | None = None
        self.dropped = 0
        self._database = database
        self._pending = Pending()
        self._anchoring = Anchoring(Anchor(0, utc_us(started)))
        self._rolled_us = 0
        self._must_checkpoint = False

    def add_packet(self, arrival_s: float, payload: bytes) -> None:
        """Keep one stream payload as it was received, well-formed or not."""
        self._pending.packets.append((_microseconds(arrival_s), bytes(payload)))

    def add_second(self, index: int, row: tuple[int, int, int, int] | np.void) -> None:
        """Keep the judgement of session second *index*; *row* is of dtype ``SECOND``."""
        if not 0 <= index < _MOST_SECONDS:
            raise ValueError(f"session second {index} is not within 0 to {_MOST_SECONDS - 1}")
        self._pending.seconds.append((int(index), np.array(row, dtype=SECOND).tobytes()))

    def add_event(
        self, time_s: float, kind: str, value: float | None = None, detail: str = ""
    ) -> None:
        """Keep one event."""
        plain = None if value is None else float(value)
        self._pending.events.append((_microseconds(time_s), kind, plain, detail))

    def commit(self, now_s: float, wall: datetime) -> None:
        """Write what was added; once a minute, roll the finished minutes and checkpoint.

        Call it about once a second, also when nothing was added.  When the disk is
        full, the data stay in memory for up to ``KEPT_S`` seconds, ``trouble`` says so, and the
        next commit tries again.

        Args:
            now_s: session time now in seconds.
            wall: wall clock time at that moment, aware of its time zone.
        """
        now = Anchor(_microseconds(now_s), utc_us(wall))
        self._note_time(now)
        taken = self._pending.taken()
        try:
            self._write(taken, now, wall)
        except sqlite3.DatabaseError as error:
            self.dropped += self._pending.drop_older(now.time_us)
            self._tell(error, self._pending.waiting_s(now.time_us))
            return
        self._pending.discard(taken)
        self._finish(now)

    def close(self, now_s: float, wall: datetime) -> None:
        """Write the rest and end the session.

        Raises:
            RecordingError: the rest cannot be written; the store closes the
                session with what was committed when it is next opened.
        """
        self.commit(now_s, wall)
        if self.trouble is None:
            try:
                with self._database.transaction():
                    sessions.close(self._database, self.session_id)
                self._database.checkpoint()
            except sqlite3.DatabaseError as error:
                self._tell(error, 0)
        if self.trouble is not None:
            raise RecordingError(f"the end of this session was not saved: {self.trouble}")

    def _note_time(self, now: Anchor) -> None:
        anchor, jump_us = self._anchoring.update(now)
        if anchor:
            self._pending.anchors.append(anchor)
        if jump_us:
            self._pending.events.append((now.time_us, "clock_jump", jump_us / 1e6, ""))

    def _write(self, taken: Pending, now: Anchor, wall: datetime) -> None:
        database, session_id = self._database, self.session_id
        with database.transaction():
            packets.stage(database, session_id, taken.packets)
            minutes.stage(database, session_id, taken.seconds)
            sessions.add_events(database, session_id, taken.events)
            anchors.store(database, session_id, taken.anchors)
            sessions.touch(database, session_id, now)
            if taken.packets or taken.seconds:
                summaries.forget_around(database, wall, wall)
            if _minute_us(now) > self._rolled_us:
                packets.roll(database, session_id, _minute_us(now))
                minutes.roll(database, session_id, _minute_us(now) // 1_000_000)

    def _finish(self, now: Anchor) -> None:
        """After a successful commit: the data are safe, whatever happens here."""
        if _minute_us(now) > self._rolled_us:
            self._rolled_us = _minute_us(now)
            self._must_checkpoint = True
        try:
            if self._must_checkpoint:
                self._database.checkpoint()
        except sqlite3.DatabaseError as error:
            self._tell(error, 0)
            return
        self._must_checkpoint = False
        self.trouble = None

    def _tell(self, error: sqlite3.DatabaseError, waiting_s: int) -> None:
        sentence = _sentence(error, waiting_s)
        if self.trouble is None:
            _LOG.warning("%s (%s)", sentence, error)
        self.trouble = sentence


def _minute_us(now: Anchor) -> int:
    return now.time_us - now.time_us % MINUTE_US


def _microseconds(time_s: float) -> int:
    return round(time_s * 1e6)


def _sentence(error: sqlite3.DatabaseError, waiting_s: int) -> str:
    if is_damage(error):
        return (
            "The recording file is damaged: stop and start Midback, "
            "which sets the file aside and begins a new one."
        )
    kept = f"{waiting_s} s of data wait in memory, at most {KEPT_S} s"
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return f"The disk is full: free some space. Until then {kept}."
    return f"The recording cannot be written ({error}): is the disk there? Until then {kept}."
