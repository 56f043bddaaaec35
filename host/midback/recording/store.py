"""The store: everything that was recorded, in one SQLite file on this machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType

from midback.calibration import Calibration
from midback.errors import RecordingError
from midback.recording import (
    anchors,
    calibrations,
    clip_times,
    contexts,
    epochs,
    latest,
    minutes,
    packets,
    sessions,
    summaries,
)
from midback.recording.contexts import InUse
from midback.recording.database import Database
from midback.recording.folder import DATABASE, make_private_folder
from midback.recording.lock import WriterLock
from midback.recording.model import (
    Event,
    KeptEpochs,
    LastPacket,
    PacketBlock,
    Session,
    WallTimes,
)
from midback.recording.opening import open_to_read, open_to_write
from midback.recording.writer import SessionWriter
from midback.roles import Role
from midback.seconds import Seconds
from midback.shared import wire


class Store:
    """Writes sessions and reads them back; a context manager.

    Methods may be called from any thread, one at a time; a view that reads while
    another part writes opens a store of its own with ``write=False``.  All reading
    raises ``RecordingError`` where the file itself is broken; a damaged chunk or
    minute costs only itself.

    Attributes:
        problems: one sentence for each damage met so far.
    """

    def __init__(self, database: Database, lock: WriterLock | None, problems: list[str]) -> None:
        self.problems = problems
        self._database = database
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Store:
        """Open the recording in *folder*, to write as the only one or to read.

        A writer creates what is missing and ends sessions that crashed.

        Raises:
            NothingRecorded: there is nothing to read yet.
            RecordingBusy: another process writes here.
            RecordingTooNew: a newer Midback wrote the file; it is left as it is.
            RecordingError: the file cannot be read or written.
        """
        path = folder / DATABASE
        if not write:
            return cls(open_to_read(path), None, [])
        problems: list[str] = []
        with ExitStack() as undo:
            try:
                make_private_folder(folder)
                lock = WriterLock(folder)
                undo.callback(lock.release)
                database = open_to_write(path, problems)
            except OSError as error:
                raise RecordingError(
                    f"{error.filename or folder} cannot be used ({error.strerror}): check that "
                    "the folder is yours and has space, or choose another folder"
                ) from error
            undo.pop_all()
        return cls(database, lock, problems)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; calling it again does no harm."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def begin(
        self,
        clip_id: str,
        clip_facts: dict[str, str],
        started: datetime,
        calibration_id: str | None = None,
    ) -> SessionWriter:
        """Begin a session at wall clock time *started* (aware of its time zone).

        Raises:
            RecordingError: it cannot be written.
        """
        try:
            session_id = sessions.insert(
                self._database, clip_id, clip_facts, started, calibration_id
            )
        except sqlite3.DatabaseError as error:
            raise self._unwritable(error) from error
        return SessionWriter(self._database, session_id, started)

    def sessions(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        role: Role = Role.UPPER,
    ) -> list[Session]:
        """Return the sessions that overlap the time from *start* to *end*, oldest first.

        Only those of clips worn in this *role*: a second clip at the waistband is no other
        wearing of the upper back.
        """
        found = sessions.read(self._database, start, end)
        return [session for session in found if session.role == role]

    def packets(
        self, session: Session, start_s: float = 0.0, end_s: float = float("inf")
    ) -> Iterator[tuple[float, bytes]]:
        """Yield ``(arrival_s, payload)`` byte for byte as received, in order of arrival.

        From session time *start_s* up to but without *end_s*.
        """
        span = (start_s * 1e6, end_s * 1e6)
        for arrival_us, payload in packets.read_packets(
            self._database, session.id, *span, self.problems
        ):
            yield arrival_us / 1e6, payload

    def packet_blocks(self, session: Session) -> Iterator[PacketBlock]:
        """Yield all well-formed packets as arrays, in order of arrival; for reprocessing."""
        return packets.read_blocks(self._database, session.id, self.problems)

    def malformed_packets(self, session: Session) -> int:
        """Return how many packets of a session do not follow the protocol."""
        return packets.count_malformed(self._database, session.id)

    def seconds(self, session: Session) -> Seconds:
        """Return the judged seconds, dtype ``SECOND``; the index is the whole session second.

        Where nothing is known the state is ``NO_DATA`` and the angles are ``MISSING``.
        """
        return minutes.read_seconds(
            self._database, session.id, int(session.duration_s), self.problems
        )

    def utc_of(self, session: Session) -> WallTimes:
        """Return what turns session times (s) into seconds since 1970-01-01 UTC."""
        return anchors.read_wall_times(self._database, session)

    def events(self, session: Session) -> list[Event]:
        """Return the events of a session, oldest first."""
        return sessions.read_events(self._database, session.id)

    def newest_event(self, kinds: Sequence[str], detail: str) -> Event | None:
        """Return the newest event of these kinds with this detail, of whichever session."""
        return sessions.newest_event(self._database, kinds, detail)

    def last_packet(self, clip_id: str) -> LastPacket | None:
        """Return the newest stream packet of a clip that is stored, of whichever session.

        What the clip sent after it, the clip may still have.  Reads one minute at most,
        if none is damaged.
        """
        return latest.last_packet(self._database, clip_id)

    def save_epochs(
        self, clip_id: str, records: Sequence[wire.EpochRecord], received: datetime
    ) -> int:
        """Keep epochs that a clip kept by itself; those that are here already change nothing.

        When this returns, all of them are on the disk, and neither a kill nor a power cut
        takes them back, as far as the disk tells the truth: the clip may be told to trim
        them.  When it raises, none of them need be there: the clip must not.

        Args:
            clip_id: whose they are.
            records: in the order in which the clip kept them; pages one after the other.
            received: wall clock time at which they came, aware of its time zone.

        Returns:
            How many were new.

        Raises:
            RecordingError: they cannot be written.
            WireError: a value does not fit the wire's record.
        """
        try:
            return epochs.save(self._database, clip_id, records, received)
        except sqlite3.DatabaseError as error:
            raise self._unwritable(error) from error

    def mark_clip_time(self, clip_id: str, boot: int, ticks: int, wall: datetime) -> None:
        """Keep that the clip's clock of this start read *ticks* at wall clock time *wall*.

        Epochs of before and after find their place by it.  Call it at each connection, with
        each page of the log, and about once an hour; a mark that says nothing new is not kept.

        Raises:
            RecordingError: it cannot be written.
        """
        try:
            clip_times.mark(self._database, clip_id, boot, ticks, wall)
        except sqlite3.DatabaseError as error:
            raise self._unwritable(error) from error

    def epochs(self, start: datetime, end: datetime) -> list[KeptEpochs]:
        """Return what each clip kept by itself from *start* to *end*, placed on the wall clock.

        Computed from all marks there are now, whether they came before the epochs or after.
        """
        return epochs.read(self._database, start, end, self.problems)

    def save_calibration(self, calibration: Calibration) -> None:
        """Keep a calibration; saving the very same one again changes nothing.

        Raises:
            RecordingError: another one has this id, or it cannot be written.
        """
        try:
            calibrations.save(self._database, calibration)
        except sqlite3.DatabaseError as error:
            raise self._unwritable(error) from error

    def calibration(self, calibration_id: str) -> Calibration | None:
        """Return the calibration with this id, if there is one."""
        return calibrations.read(self._database, calibration_id)

    def latest_calibration(self, clip_id: str) -> Calibration | None:
        """Return the newest calibration of a clip, if there is one."""
        return next(reversed(calibrations.read_all(self._database, clip_id)), None)

    def contexts(self, clip_id: str) -> dict[str, Calibration]:
        """Return the newest calibration of a clip in each context, by the context's name."""
        return {each.context: each for each in calibrations.read_all(self._database, clip_id)}

    def last_context(self, clip_id: str) -> str | None:
        """Return the name of the context that was last chosen, if the wearer ever chose."""
        return contexts.last_context(self._database, clip_id)

    def newest_events(self, clip_id: str, kind: str, most: int) -> list[Event]:
        """Return up to *most* events of a kind, over all sessions of a clip, the newest first."""
        return contexts.newest_events(self._database, clip_id, kind, most)

    def calibrations_used(self, clip_id: str) -> list[InUse]:
        """Return what a clip was judged by from when on, over all its sessions."""
        return contexts.history(self._database, clip_id)

    def calibrations(self) -> list[Calibration]:
        """Return all calibrations, oldest first."""
        return calibrations.read_all(self._database)

    def save_summary(self, date_iso: str, version: int, json: str) -> None:
        """Keep the summary of a local date as version *version* of the algorithm made it.

        It is thrown away when the date, or the date before or after, gets new data.

        Raises:
            RecordingError: it cannot be written.
        """
        try:
            summaries.save(self._database, date_iso, version, json)
        except sqlite3.DatabaseError as error:
            raise self._unwritable(error) from error

    def summary(self, date_iso: str, version: int) -> str | None:
        """Return the saved summary of a local date, or None if it has to be made."""
        return summaries.read(self._database, date_iso, version)

    def _unwritable(self, error: sqlite3.DatabaseError) -> RecordingError:
        return RecordingError(
            f"{self._database.path} cannot be written ({error}): check that the disk has space"
        )
