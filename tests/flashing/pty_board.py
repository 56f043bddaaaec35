"""A board on a pseudo-terminal: a real MicroPython with a real littlefs in an image file.

Its raw REPL is MicroPython's own.  What a board has and a process lacks is added here: it starts
again after a soft or a hard reset, and only after a hard one runs ``main.py``.  Two
pseudo-terminals, because the port has to outlive the process.  What is sent while it starts waits
until it is up, so that no interruption goes astray.
POSIX only.
"""

from __future__ import annotations

import os
import select
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shared.board import micropython

BOOT = Path(__file__).parent / "board_side" / "boot.py"
HARD_RESET = 77
_UP = b"\x06"
_PROMPT = b">>> "
_RAW = b"raw REPL; CTRL-B to exit\r\n"


class PtyBoard:
    """A board that is plugged in for as long as the block lasts.

    *built_in* is a folder that stands for what is frozen into its MicroPython.

    Attributes:
        port: its serial port.
        resets: hard resets so far.
        said: everything it has sent.
        tamper: what becomes of bytes on their way to the board; None pulls the plug.
    """

    def __init__(
        self,
        image: Path,
        *,
        blocks: int = 256,
        platform: str = "esp32",
        version: str = "1.29.0",
        machine: str = "Seeed XIAO ESP32S3 with ESP32-S3",
        answers: bool = True,
        built_in: Path | None = None,
    ) -> None:
        modules = str(built_in or "")
        self._arguments = [str(image), str(blocks), platform, version, machine, modules]
        self._watchdogs = image.with_suffix(".watchdogs")
        self._answers = answers
        self.resets = 0
        self.tamper: Callable[[bytes], bytes | None] = bytes
        self.said = b""

    def __enter__(self) -> PtyBoard:
        self._ours, self._theirs = _terminal()
        self.port = os.ttyname(self._theirs)
        self._wake, self._stop = os.pipe()
        self._pass_on(self._start("run"))
        self._relaying = threading.Thread(target=self._relay, daemon=True)
        self._relaying.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def watchdogs(self) -> list[int]:
        """The times, in ms, that watchdogs were started with."""
        return [int(line) for line in self._watchdogs.read_text().splitlines()]

    def say(self, words: bytes) -> bytes:
        """Send these words in place of MicroPython; for use in ``tamper``."""
        os.write(self._ours, words)
        return b""

    def unplug(self) -> None:
        """End everything; again is no matter."""
        if not self._relaying.is_alive() and self._process.returncode is not None:
            return
        os.close(self._stop)
        self._relaying.join()
        self._process.kill()
        self._end()
        os.close(self._wake)
        with suppress(OSError):
            os.close(self._ours)
        os.close(self._theirs)

    def _start(self, action: str) -> bytes:
        """Start the process, and wait until the board is up; what it has said since."""
        self._inner, terminal = _terminal()
        micro = [micropython(), "-X", "heapsize=192k", "-i", str(BOOT), *self._arguments, action]
        self._process = subprocess.Popen(
            micro,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        return self._after(_UP)

    def _end(self) -> int:
        """Wait for the process, which has let go of its terminal or was killed; its exit code."""
        code = self._process.wait()
        os.close(self._inner)
        return code

    def _relay(self) -> None:
        while True:
            ready, _, _ = select.select([self._ours, self._inner, self._wake], [], [])
            if self._wake in ready:
                return
            if self._inner in ready and not self._from_board():
                self._start_again()
            elif self._ours in ready and not self._to_board():
                return

    def _from_board(self) -> bool:
        piece = _read(self._inner)
        self._pass_on(piece)
        return bool(piece)

    def _pass_on(self, piece: bytes) -> None:
        self.said += piece
        if self._answers:
            os.write(self._ours, piece)

    def _to_board(self) -> bool:
        piece = self.tamper(_read(self._ours))
        if piece is None:
            os.close(self._ours)
            return False
        os.write(self._inner, piece)
        return True

    def _start_again(self) -> None:
        """What a board does when its MicroPython ends."""
        if self._end() == HARD_RESET:
            self.resets += 1
            self._pass_on(self._start("run"))
            return
        os.write(self._ours, b"MPY: soft reboot\r\n")
        if self.said.rfind(_PROMPT) > self.said.rfind(_RAW):
            self._pass_on(self._start("run"))
            return
        self._after(_PROMPT, self._start("stop"))
        os.write(self._inner, b"\x01")
        self._after(_RAW + b">")
        os.write(self._ours, _RAW + b">")

    def _after(self, words: bytes, heard: bytes = b"") -> bytes:
        """Wait for these words; what has come after them."""
        while words not in heard and (piece := _read(self._inner)):
            heard += piece
        return heard.partition(words)[2]


def _terminal() -> tuple[int, int]:
    """Both ends of a pseudo-terminal that passes bytes on as they are."""
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    return ours, theirs


def _read(terminal: int) -> bytes:
    """What there is to read; nothing when the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
