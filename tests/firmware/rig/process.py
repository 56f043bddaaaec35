"""The MicroPython process that runs the firmware, and the socket to it."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from firmware.rig.modules import shims, shims_bytes
from shared.board import HEAP, ROOT, micropython

RIG = Path(__file__).parent
DEMO = RIG / "demo" / "main.py"
FIRMWARE = ROOT / "firmware" / "main.py"

PATIENCE_S = 5.0
"""Starting it takes a tenth."""

LOOK_S = 0.2
"""Real time between two looks at one that says nothing."""

HEAP_BYTES = int(HEAP.rstrip("k")) * 1024
_HEAD = struct.Struct("<HB")
_PIECE_BYTES = 1 << 16

SOURCES = (ROOT / "firmware", ROOT / "host")


@dataclass(frozen=True, slots=True)
class Program:
    """What runs, and on what.

    Args:
        main: the file a board would start.
        folder: keeps the clip's flash, its working directory, and what it printed.
        heap_bytes: memory for the program; what stands in for the board's own modules has its own.
        search: where its modules are found, after those that stand in for the board's.
        rom: the image of a read-only file system in flash with modules, found before the others.
    """

    main: Path
    folder: Path
    heap_bytes: int = HEAP_BYTES
    search: tuple[Path, ...] = SOURCES
    rom: Path | None = None

    @property
    def flash(self) -> Path:
        """The clip's file system."""
        return self.folder / "flash"

    @property
    def log(self) -> Path:
        """What it printed, over all its starts."""
        return self.folder / "console.txt"


class Process:
    """One start of the firmware; speaks in the messages of ``shims._ops``.

    Args:
        program: what runs.
        patience_s: how long it may compute without a word, in time of the processor: real time
            would tell how busy the machine is.

    Attributes:
        socket: the host side's end of the link.
    """

    def __init__(self, program: Program, patience_s: float = PATIENCE_S) -> None:
        micropython()  # before there is anything to close: it may skip the test
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(LOOK_S)
        program.flash.mkdir(parents=True, exist_ok=True)
        try:
            self._process = _start(program, theirs.fileno())
        finally:
            theirs.close()
        self._patience_s = patience_s
        self._heard = bytearray()
        self._silent_since_s: float | None = None

    @property
    def pid(self) -> int:
        """The operating system's number for it."""
        return self._process.pid

    def say(self, op: int, payload: bytes) -> None:
        """Send a message; one that has ended does not hear it."""
        with suppress(ConnectionError):
            self.socket.sendall(_HEAD.pack(len(payload), op) + payload)

    def hear(self) -> bool:
        """Wait until it says something; whether it does: it may end first, or hang."""
        piece = None
        while piece is None:
            try:
                piece = self.socket.recv(_PIECE_BYTES)
            except TimeoutError:
                if self.hangs():
                    return False
            except ConnectionError:
                return False
        self._silent_since_s = None
        self._heard += piece
        return bool(piece)

    def message(self) -> tuple[int, bytes] | None:
        """The next message that was heard as a whole: op and payload."""
        if len(self._heard) < _HEAD.size:
            return None
        length, op = _HEAD.unpack_from(self._heard)
        end = _HEAD.size + length
        if len(self._heard) < end:
            return None
        payload = bytes(self._heard[_HEAD.size : end])
        del self._heard[:end]
        return op, payload

    def hangs(self) -> bool:
        """Whether it has computed for too long since this was first asked, and said nothing."""
        times = psutil.Process(self.pid).cpu_times()
        now_s = times.user + times.system
        if self._silent_since_s is None:
            self._silent_since_s = now_s
        return now_s - self._silent_since_s > self._patience_s

    def kill(self) -> None:
        """Take its power, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()
        self.socket.close()


def _start(program: Program, link: int) -> subprocess.Popen[bytes]:
    search = [shims(), *program.search, program.main.parent, ".frozen"]
    # Flash is no heap: here the image has to lie in it all the same.
    rom_bytes = 0 if program.rom is None else program.rom.stat().st_size
    heap = program.heap_bytes + shims_bytes() + rom_bytes
    environment = {
        "MICROPYPATH": ":".join(map(str, search)),
        "CLIP_MAIN": str(program.main),
        "CLIP_ROM": "" if program.rom is None else str(program.rom),
        "CLIP_LINK": str(link),
    }
    with program.log.open("ab") as log:
        return subprocess.Popen(
            [micropython(), "-X", f"heapsize={heap}", str(RIG / "launch.py")],
            cwd=program.flash,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(link,),
        )
