"""Where the running monitor of a data folder can be reached, and the secret that it asks for.

Both stand in a file of the data folder that only its owner can read, so that whoever may read
the recordings may ask, and nobody else.  A killed process leaves the file and its socket; the
next one clears them away, which it may because only one at a time records into a folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from midback.control.line import LONGEST
from midback.recording.folder import DATABASE, make_private_file

_LONGEST_PATH = 100
"""Bytes in a socket's path: macOS has room for 104 with the zero at the end, Linux for 108."""

_PREFIX = "midback-"
_LONGEST_FILE = 4096

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Door:
    """Where to ask.

    Attributes:
        socket: path of the socket; empty where there is a port instead.
        port: on the loopback interface; 0 where there is a socket.
        token: what a request must bring.
    """

    socket: str
    port: int
    token: str


async def open_door(
    folder: Path, serve: Serve, *, unix: bool = sys.platform != "win32"
) -> tuple[asyncio.Server, Door]:
    """Listen, and write down where.

    Args:
        folder: the data folder, into which no other process records.
        serve: called for each connection.
        unix: whether to listen on a socket of the file system.

    Raises:
        OSError: there is no place to listen at, or the folder cannot be written.
    """
    clear_away(folder)
    token = secrets.token_hex(16)
    if unix:
        server, path = await _bind_somewhere(folder, serve)
        door = Door(path, 0, token)
    else:
        server, port = await _bind_loopback(serve)
        door = Door("", port, token)
    try:
        await server.start_serving()
        _write(_file_of(folder), door)
    # Also when cancelled just now.
    except BaseException:
        server.close()
        _remove_socket(door)
        raise
    return server, door


def read_door(folder: Path) -> Door | None:
    """Where it was written down to be reached last, if anywhere; it may have ended since."""
    try:
        with _file_of(folder).open("rb") as file:
            facts = json.loads(file.read(_LONGEST_FILE))
        return Door(str(facts["socket"]), int(facts["port"]), str(facts["token"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def clear_away(folder: Path) -> None:
    """Remove what one that has ended left behind."""
    door = read_door(folder)
    if door is not None:
        _remove_socket(door)
    with suppress(OSError):
        _file_of(folder).unlink(missing_ok=True)


def _file_of(folder: Path) -> Path:
    return folder / f"{DATABASE}.door"


def _write(path: Path, door: Door) -> None:
    """All at once, so that nobody reads half of it."""
    new = path.with_name(f"{path.name}.new")
    make_private_file(new)
    new.write_text(json.dumps(asdict(door)), encoding="utf-8")
    new.replace(path)


async def _bind_loopback(serve: Serve) -> tuple[asyncio.Server, int]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = await asyncio.start_server(serve, sock=listening, limit=LONGEST, start_serving=False)
    return server, port


async def _bind_somewhere(folder: Path, serve: Serve) -> tuple[asyncio.Server, str]:
    """Beside the recordings, or where the path is short and the file system has sockets."""
    trouble: OSError | None = None
    for path in _places(folder):
        try:
            server = await asyncio.start_unix_server(
                serve, path, limit=LONGEST, start_serving=False
            )
        except OSError as error:
            _remove_folder(path.parent)
            trouble = error
        else:
            with suppress(OSError):
                path.chmod(0o600)
            return server, str(path)
    raise trouble or OSError("no folder is near enough to the root for a socket")


def _places(folder: Path) -> Iterator[Path]:
    beside = folder.absolute() / f"{DATABASE}.socket"
    if _fits(beside):
        yield beside
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        if parent and _fits(Path(parent).absolute() / f"{_PREFIX}12345678" / "socket"):
            with suppress(OSError):
                # Nobody else can look into it.
                yield Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)).absolute() / "socket"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= _LONGEST_PATH


def _remove_socket(door: Door) -> None:
    """Remove a socket that nobody listens at any more, and the folder made for it."""
    if not door.socket:
        return
    path = Path(door.socket)
    with suppress(OSError):
        # What is no socket is none of ours, whatever the file says.
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    _remove_folder(path.parent)


def _remove_folder(folder: Path) -> None:
    if folder.name.startswith(_PREFIX):
        with suppress(OSError):
            folder.rmdir()
