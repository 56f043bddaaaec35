"""A file that SQLite cannot work with is set aside; nothing is ever deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

_SIDE_FILES = ("", "-wal", "-shm")


def set_aside(path: Path) -> Path:
    """Rename a database and its side files; return the new name.

    The name carries the time (UTC) at which the file was last written.
    """
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = _free_name(path, f"{path.name}.corrupt-{written}")
    for suffix in _SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(target.with_name(target.name + suffix))
    return target


def _free_name(path: Path, name: str) -> Path:
    target, number = path.with_name(name), 2
    while target.exists():
        target, number = path.with_name(f"{name}-{number}"), number + 1
    return target
