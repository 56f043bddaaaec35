"""One writer at a time: a lock that the operating system takes back when a process dies."""

from __future__ import annotations

import os
from pathlib import Path

from midback.errors import RecordingBusy
from midback.recording.folder import DATABASE, make_private_file


class WriterLock:
    """Held from construction to ``release``.

    The process id stands in a file of its own, because on Windows nobody else
    can read a locked file.

    Raises:
        RecordingBusy: another store, in this process or another, writes here.
    """

    def __init__(self, folder: Path) -> None:
        # Here, because it loads asyncio, which takes longer than reading a whole day.
        from filelock import FileLock, Timeout

        path = folder / f"{DATABASE}.lock"
        self._holder = folder / f"{DATABASE}.pid"
        make_private_file(path)
        # Not per thread: the store may be closed in another thread than opened it.
        self._lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise RecordingBusy(_busy(folder, self._holder)) from None
        try:
            make_private_file(self._holder)
            self._holder.write_text(str(os.getpid()), encoding="ascii")
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Let others write; calling it again does no harm."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()


def _busy(folder: Path, holder: Path) -> str:
    try:
        process = f" (process {int(holder.read_text(encoding='ascii'))})"
    except (OSError, ValueError):
        process = ""
    return (
        f"another Midback{process} already records in {folder}: "
        "close it first, or choose another folder with --data"
    )
