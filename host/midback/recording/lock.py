"""One writer at a time: a lock that the operating system takes back when a process dies."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from midback.errors import RecordingBusy
from midback.recording.folder import DATABASE, make_private_file

_PATIENCE_S = 0.5
"""Somebody who only looks whether anybody records holds the lock for a moment."""

_LONGEST_COMMAND = 64


class WriterLock:
    """Held from construction to ``release``.

    Who holds it stands in a file of its own, because on Windows nobody else
    can read a locked file.

    Raises:
        RecordingBusy: another store, in this process or another, writes here.
    """

    def __init__(self, folder: Path) -> None:
        # Here, because it loads asyncio, which takes longer than reading a whole day.
        from filelock import FileLock, Timeout

        path = _lock_of(folder)
        self._holder = _holder_of(folder)
        make_private_file(path)
        # Not per thread: the store may be closed in another thread than opened it.
        self._lock = FileLock(path, timeout=_PATIENCE_S, mode=0o600, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise _busy(folder) from None
        try:
            make_private_file(self._holder)
            self._holder.write_text(_this_process(), encoding="utf-8")
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Let others write; calling it again does no harm."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()


def held_by(folder: Path) -> RecordingBusy | None:
    """What a second writer in *folder* would be told now, or ``None``; changes nothing in it.

    Raises:
        OSError: the folder is not for us to look into.
    """
    from filelock import FileLock, Timeout

    path = _lock_of(folder)
    if not path.exists():
        return None
    try:
        with FileLock(path, timeout=0, mode=0o600):
            return None
    except Timeout:
        return _busy(folder)


def _lock_of(folder: Path) -> Path:
    return folder / f"{DATABASE}.lock"


def _holder_of(folder: Path) -> Path:
    return folder / f"{DATABASE}.pid"


def _this_process() -> str:
    facts = {
        "pid": os.getpid(),
        "command": _command(sys.argv),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(facts)


def _command(argv: list[str]) -> str:
    """What a person would call this process: ``midback live``, or the name of a program."""
    program = Path(argv[0] if argv else "")
    if program.stem == "midback" or program.parent.parts[-2:] == ("midback", "cli"):
        return " ".join(["midback", *argv[1:2]])
    # Python has a name of its own for what is no file: "-c", "-" or nothing.
    return program.name if program.suffix else "python"


def _busy(folder: Path) -> RecordingBusy:
    """Who the holder says it is; what a killed process left behind does not count."""
    try:
        facts = json.loads(_holder_of(folder).read_text(encoding="utf-8"))
        pid = int(facts["pid"])
        since = datetime.fromisoformat(facts["since"])
        command = "".join(c for c in str(facts["command"]) if c.isprintable())
    except (OSError, ValueError, TypeError, KeyError):
        return RecordingBusy(folder)
    if not _runs(pid):
        return RecordingBusy(folder)
    return RecordingBusy(folder, command[:_LONGEST_COMMAND], pid, since)


def _runs(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "win32":
        # There a signal of 0 would end the process.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
