"""A board with MicroPython on it: what it is, which files it has, and how to change them."""

from __future__ import annotations

import base64
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from midback.errors import ClipError
from midback.flashing import on_board
from midback.flashing.chips import MICROPYTHON_NEEDED, SUPPORTED, Chip, chip_called
from midback.flashing.compiling import BoardFile
from midback.flashing.repl import BoardRefused, NoMicroPython, Repl

OWN_PLACES = ("/main.py", "/main.py" + on_board.NEW, "/clip_firmware", "/midback")
"""Where the firmware's files lie on a board; everything else there is not looked at."""

_CHUNK = 768
_NO_SPACE = re.compile(r"\b28\b|ENOSPC")


@dataclass(frozen=True, slots=True)
class Survey:
    """What is on a board: SHA-256 by path, and bytes of a block and of what is free."""

    files: dict[str, str]
    block: int
    free: int


class Board:
    """A board that runs MicroPython, and of a kind that the firmware runs on.

    Attributes:
        machine: what MicroPython calls it.
        version: of its MicroPython.
        built_in: version of the firmware that is built into it, empty when none is.

    Raises:
        ClipError: the firmware does not run on it; the message says why.
    """

    def __init__(self, repl: Repl) -> None:
        self._repl = repl
        repl.run(Path(on_board.__file__).read_text(encoding="utf-8"))
        platform, self.version, self.machine = self._ask("identify()")[:3]
        self.chip = _supported(platform, self.machine)
        _recent_enough(self.version, self.chip)
        self.built_in = "".join(self._ask("built_in()"))

    def survey(self) -> Survey:
        """Look at the firmware's files."""
        block, free = (int(number) for number in self._ask("free()")[0].split())
        shown = [line for place in OWN_PLACES for line in self._ask(f"show({place!r})")]
        return Survey({path: sha for sha, path in _pairs(shown)}, block, free)

    def write(self, file: BoardFile) -> bool:
        """Write a file beside the one in use; whether it arrived whole.

        Raises:
            ClipError: there is no space for it.
        """
        path = file.path + on_board.NEW
        try:
            self._ask(f"file = begin({path!r})")
            for at in range(0, len(file.content), _CHUNK):
                chunk = base64.b64encode(file.content[at : at + _CHUNK]).decode()
                self._ask(f"add(file, {chunk!r})")
            shown = self._ask(f"end(file, {path!r})")
        except BoardRefused as error:
            if _NO_SPACE.search(error.error):
                self.remove([path])
                raise no_space(len(file.content)) from error
            if error.error.startswith("ValueError"):  # not even base64 any more
                return False
            raise
        return _pairs(shown) == [(file.sha256, path)]

    def take_over(self, paths: Sequence[str]) -> None:
        """Let files that were written replace those in use."""
        self._ask(f"take_over({list(paths)!r})")

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files."""
        self._ask(f"drop({list(paths)!r})")

    def sweep(self, folder: str) -> None:
        """Remove a folder with everything in it."""
        self._ask(f"sweep({folder!r})")

    def _ask(self, call: str) -> list[str]:
        return self._repl.run(call).splitlines()


@contextmanager
def board_on(port: str, patience_s: float = 0.0) -> Generator[Board]:
    """The board on *port*, its program stopped; it is restarted at the end, whatever happens.

    *patience_s* is how long it may take to come up.
    """
    with _interrupted(port, patience_s) as repl:
        yield Board(repl)


def runs_micropython(port: str) -> bool:
    """Whether a MicroPython, of whatever kind, answers on *port*.

    Raises:
        ClipError: the port cannot be used.
    """
    try:
        with _interrupted(port, 0.0):
            return True
    except NoMicroPython:
        return False


@contextmanager
def _interrupted(port: str, patience_s: float) -> Generator[Repl]:
    repl = Repl(port, patience_s)
    try:
        repl.interrupt()
        yield repl
    finally:
        repl.restart()
        repl.close()


def no_space(wanted: int) -> ClipError:
    """What to say when the flash of a board is full; *wanted* in bytes."""
    return ClipError(
        f"the board has no space for another {wanted / 1000:.0f} kB: remove what is not "
        "Midback's from it with 'mpremote fs rm', and try again"
    )


def _pairs(lines: Sequence[str]) -> list[tuple[str, str]]:
    return [(sha, path) for sha, _, path in (line.partition(" ") for line in lines)]


def _supported(platform: str, machine: str) -> Chip:
    chip = chip_called(machine) if platform == "esp32" else None
    if chip is None:
        raise ClipError(
            f"this board is a {machine or platform}, on which the firmware does not run: use one "
            f"with {SUPPORTED}"
        )
    return chip


def _recent_enough(version: str, chip: Chip) -> None:
    if tuple(int(part) for part in version.split(".")[:2]) < MICROPYTHON_NEEDED:
        raise ClipError(
            f"the board runs MicroPython {version}, the firmware needs "
            f"{'.'.join(map(str, MICROPYTHON_NEEDED))} or newer: write it with --base and its "
            f"image from {chip.download}"
        )
