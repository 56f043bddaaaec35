"""A firmware made for tests, which says that it runs and needs no hardware, and boards for it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flashing.pty_board import PtyBoard

from midback.flashing import repl
from midback.flashing.sources import firmware_sources

MAIN = """
import machine
import time

import clip_firmware.app
from midback.shared import wire

machine.WDT(timeout=8000)
while True:
    print("midback: running, protocol %d" % wire.VERSION)
    time.sleep_ms(200)
"""


SOON_S = 100.0
"""How long a board is waited for that answers within a second on a machine with nothing to do."""

VERSION = 'VERSION = "0.1.0"\n'


def firmware_of(folder: Path, **modules: str) -> None:
    """Write a release with these modules beside its own."""
    own = folder / "clip_firmware"
    own.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(MAIN)
    for name, text in {"__init__": VERSION, "app": "WORDS = 'upright'\n", **modules}.items():
        (own / f"{name}.py").write_text(text)


def build(folder: Path) -> Path:
    """The present release as it is built into a MicroPython, for ``PtyBoard``."""
    for path, source in firmware_sources().items():
        target = folder / path.removeprefix("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return folder


def boards(folder: Path) -> Iterator[Callable[..., PtyBoard]]:
    """Plugs a board in; the same one each time, unless *image* names another.

    The installer has more patience with them than with real ones: see ``SOON_S``.
    """
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are there on POSIX systems only")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        for patience in ("_TRY_S", "_SILENCE_S"):
            patch.setattr(repl, patience, SOON_S)

        def plug_in(image: str = "board.img", **traits: Any) -> PtyBoard:
            return stack.enter_context(PtyBoard(folder / image, **traits))

        yield plug_in
