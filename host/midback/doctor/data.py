"""Where recordings are kept: whether that folder is private, has room, and can be read."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from midback.doctor.finding import Finding, failed, note, ok, problem
from midback.errors import DataError, MidbackError, NothingRecorded
from midback.recording import Session, Store
from midback.recording.folder import DATABASE
from midback.recording.lock import held_by
from midback.roles import Role
from midback.words import duration

_READ_S = 10.0
"""How long recordings are read through; the newest come first."""

_SHOWN = 5
_LEAST_MB, _ENOUGH_MB = 50, 500
"""A day of sixteen hours takes about 12 MB."""

_SIDE_FILES = ("-wal", "-shm")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examine(folder: Path, chosen_by: str) -> Iterator[Finding]:
    """Everything about *folder*.

    Args:
        folder: where recordings are kept; it may not exist.
        chosen_by: how it was chosen, in words.
    """
    try:
        yield from _examined(folder, f"{folder}, {chosen_by}")
    except OSError as error:
        yield _unusable("folder", error)


def _examined(folder: Path, place: str) -> Iterator[Finding]:
    if folder.is_dir():
        yield ok("folder", place)
        yield _private(folder)
        yield _writable(folder)
        yield _space(folder)
        yield _recorder(folder)
        yield from _recordings(folder)
    elif folder.exists():
        yield problem("folder", f"{place}, is a file", "Name a folder.", DataError)
    else:
        yield note("folder", f"{place}, is not there yet", "'midback live' makes it and records.")
        room = next(parent for parent in folder.absolute().parents if parent.is_dir())
        yield _writable(room)
        yield _space(room)


def _private(folder: Path) -> Finding:
    if sys.platform == "win32":
        return ok("private", "as far as Windows keeps folders of users apart")
    try:
        if not folder.stat().st_mode & _OTHERS:
            return ok("private", "only this account can look into it")
        open_to_others = [path.name for path in folder.glob("*") if path.stat().st_mode & _OTHERS]
    except OSError as error:
        return _unusable("private", error)
    if not open_to_others:
        return ok("private", "others can list it, but not read what is in it")
    names = ", ".join(sorted(open_to_others)[:3])
    to_do = "Close it to them: 'chmod -R go-rwx' and the folder's name."
    if any(name.startswith(DATABASE) for name in open_to_others):
        return problem("private", f"others can read {names}", to_do, DataError)
    return note("private", f"others can read {names}, but not the recordings", to_do)


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
    except OSError as error:
        return _unusable("writable", error)
    return ok("writable", "yes")


def _unusable(name: str, error: OSError) -> Finding:
    to_do = "Check that the folder is yours and the disk has space, or choose another with --data."
    return problem(name, f"no ({error.strerror or error})", to_do, DataError)


def _space(folder: Path) -> Finding:
    free_mb = shutil.disk_usage(folder).free / 1e6
    found = f"{free_mb:.0f} MB free" if free_mb < 10_000 else f"{free_mb / 1000:.0f} GB free"
    if free_mb < _LEAST_MB:
        to_do = "Make room, or choose a folder on another disk with --data."
        return problem("disk", found, to_do, DataError)
    if free_mb < _ENOUGH_MB:
        return note("disk", f"{found}; a long day takes about 12 MB")
    return ok("disk", found)


def _recorder(folder: Path) -> Finding:
    try:
        busy = held_by(folder)
    except OSError as error:
        return _unusable("recorder", error)
    if busy is None:
        return ok("recorder", "nobody records now")
    if busy.pid is None or busy.since is None:
        return note("recorder", "another Midback records here now")
    minutes = duration(max(time.time() - busy.since.timestamp(), 0.0))
    return note("recorder", f"'{busy.command}' (process {busy.pid}) has recorded for {minutes}")


def _recordings(folder: Path) -> Iterator[Finding]:
    aside = [p for p in folder.glob(f"{DATABASE}.corrupt-*") if not p.name.endswith(_SIDE_FILES)]
    if aside:
        files = f"{len(aside)} damaged file{'s' * (len(aside) > 1)}"
        yield note("set aside", f"{files}, each with a new one begun in its place")
    try:
        with Store.open(folder, write=False) as store:
            yield from _contents(store)
    except NothingRecorded:
        yield note("recordings", "none yet")
    except MidbackError as error:
        yield failed("recordings", error)


def _contents(store: Store) -> Iterator[Finding]:
    sessions = [session for role in Role for session in store.sessions(role=role)]
    sessions.sort(key=lambda session: session.id)
    length = duration(sum(session.duration_s for session in sessions))
    made = len(store.calibrations())
    calibrations = f"{made} calibration{'s' * (made != 1)}"
    yield ok("recordings", f"{len(sessions)}, {length} in all; {calibrations}")
    read = _read_through(store, sessions)
    for damage in store.problems[:_SHOWN]:
        yield problem("damage", damage, "What is lost is lost; go on recording.", DataError)
    if len(store.problems) > _SHOWN:
        yield note("damage", f"{len(store.problems) - _SHOWN} more of the like")
    if not store.problems:
        how_many = "all" if read == len(sessions) else f"the newest {read} of {len(sessions)}"
        yield ok("damage", f"none in {how_many}, read from end to end")


def _read_through(store: Store, sessions: list[Session]) -> int:
    """Read recordings from end to end, the newest first, while there is time; how many."""
    deadline_s = time.monotonic() + _READ_S
    for read, session in enumerate(reversed(sessions)):
        store.seconds(session)
        for _ in store.packets(session):
            if time.monotonic() > deadline_s:
                return read
    return len(sessions)
