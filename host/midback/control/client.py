"""The other process's side: one request, one answer.  Needs no event loop."""

from __future__ import annotations

import socket
from pathlib import Path

from midback.control.door import Door, read_door
from midback.control.line import LONGEST, Facts, Malformed, decode_line, encode_line
from midback.errors import MonitorUnreachable, RecordingBusy, UsageError
from midback.recording.lock import held_by

_ANSWER_S = 5.0


def ask(folder: Path, request: str, **facts: object) -> Facts:
    """Ask the monitor that records into *folder*, and return the facts of its answer.

    Args:
        folder: the data folder.
        request: what is wanted.
        facts: what belongs to it.

    Raises:
        MonitorUnreachable: nobody records there, or who does cannot be asked.
        UsageError: it answered that it cannot do so; says why.
        OSError: the folder is not for us to look into.
    """
    busy = held_by(folder)
    if busy is None:
        raise MonitorUnreachable(folder)
    door = read_door(folder)
    if door is None:
        raise MonitorUnreachable(folder, busy.who)
    answer = _answer(door, encode_line({"token": door.token, "ask": request, **facts}), busy)
    if answer.pop("ok", None) is not True:
        raise UsageError(str(answer.get("error", "it cannot be done")))
    return answer


def _answer(door: Door, line: bytes, busy: RecordingBusy) -> Facts:
    try:
        with _connected(door) as connection, connection.makefile("rb") as answers:
            connection.sendall(line)
            return decode_line(answers.readline(LONGEST + 1))
    except (OSError, Malformed) as error:
        raise MonitorUnreachable(busy.folder, busy.who) from error


def _connected(door: Door) -> socket.socket:
    if not door.socket:
        return socket.create_connection(("127.0.0.1", door.port), _ANSWER_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_ANSWER_S)
        connection.connect(door.socket)
    except BaseException:
        connection.close()
        raise
    return connection
