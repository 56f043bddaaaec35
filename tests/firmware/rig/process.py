"""The MicroPython process that runs the firmware, and the sockets to it."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from firmware.rig.modules import shims, shims_bytes
from shared.board import HEAP, ROOT, micropython

RIG = Path(__file__).parent
DEMO = RIG / "demo" / "main.py"
FIRMWARE = ROOT / "firmware" / "main.py"

HEAP_BYTES = int(HEAP.rstrip("k")) * 1024
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
    """One start of the firmware.

    Attributes:
        requests: the host side's end of the socket for calls and sends.
        events: its end of the socket for events in real time.
    """

    def __init__(self, program: Program, *, virtual: bool) -> None:
        micropython()  # before there is anything to close: it may skip the test
        self.requests, requests = socket.socketpair()
        self.events, events = socket.socketpair()
        program.flash.mkdir(parents=True, exist_ok=True)
        try:
            self._process = _start(program, requests.fileno(), events.fileno(), virtual=virtual)
        finally:
            requests.close()
            events.close()

    @property
    def pid(self) -> int:
        """The operating system's number for it."""
        return self._process.pid

    def kill(self) -> None:
        """Take its power, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()
        self.requests.close()
        self.events.close()


def _start(
    program: Program, requests: int, events: int, *, virtual: bool
) -> subprocess.Popen[bytes]:
    search = [shims(), *program.search, program.main.parent, ".frozen"]
    # Flash is no heap: here the image has to lie in it all the same.
    rom_bytes = 0 if program.rom is None else program.rom.stat().st_size
    heap = program.heap_bytes + shims_bytes() + rom_bytes
    environment = {
        "MICROPYPATH": ":".join(map(str, search)),
        "CLIP_MAIN": str(program.main),
        "CLIP_ROM": "" if program.rom is None else str(program.rom),
        "CLIP_TIME": "virtual" if virtual else "real",
        "CLIP_REQUESTS": str(requests),
        "CLIP_EVENTS": str(events),
    }
    with program.log.open("ab") as log:
        return subprocess.Popen(
            [micropython(), "-X", f"heapsize={heap}", str(RIG / "launch.py")],
            cwd=program.flash,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(requests, events),
        )
