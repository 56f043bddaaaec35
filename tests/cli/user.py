"""Somebody at a terminal: types a command, reads what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from midback.cli import main
from midback.cli.simulation import Simulation
from midback.recording import Store
from midback.simulated import Truth

COMMANDS = (
    "demo",
    "setup",
    "live",
    "check",
    "routine",
    "snooze",
    "pause",
    "context",
    "status",
    "nudges",
    "experiment",
    "scan",
    "calibrate",
    "replay",
    "day",
    "trend",
    "recompute",
    "sync",
    "evaluate",
    "alone",
    "flash",
    "doctor",
)


HEAVY = {"numpy", "scipy", "bleak", "PySide6", "pyqtgraph"}
"""Packages that take time to load."""


class Outcome(NamedTuple):
    """What a command gave: its exit code, and what it said where."""

    code: int
    out: str
    err: str


class Demo(NamedTuple):
    """A finished demo, the folder it kept, and what its wearer really did."""

    folder: Path
    outcome: Outcome
    truth: Truth

    @property
    def page(self) -> Path:
        return self.folder / "day.html"

    @property
    def day(self) -> date:
        """The date of the invented day, local time."""
        with Store.open(self.folder, write=False) as store:
            return store.sessions()[0].started.astimezone().date()


def run(argv: Iterable[object]) -> int:
    """The exit code of one command in this process."""
    try:
        return main([str(arg) for arg in argv])
    except SystemExit as leaving:
        return int(leaving.code or 0)


def demo_of(folder: Path, seed: int, minutes: int) -> Demo:
    """Run a headless demo into *folder*."""
    out, err = StringIO(), StringIO()
    simulated: list[Simulation] = []

    def simulation(*args: Any) -> Simulation:
        simulated.append(Simulation(*args))
        return simulated[0]

    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch("midback.cli.demo.Simulation", simulation),
    ):
        code = run(["demo", "--headless", "--seed", seed, "--minutes", minutes, "--out", folder])
    outcome = Outcome(code, out.getvalue(), err.getvalue())
    return Demo(folder, outcome, simulated[0].day.truth)


class Keyboard(StringIO):
    """Somebody at a terminal who types these lines, each when asked."""

    def __init__(self, *lines: str) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))

    def isatty(self) -> bool:
        return True


def in_a_process(*argv: object, **environment: str) -> Outcome:
    """One command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "midback.cli", *(str(arg) for arg in argv)],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def loaded_by(code: str, *, names: Iterable[str]) -> set[str]:
    """Which of these packages some Python code has loaded by its end."""
    ending = f"import sys; print(*{{m.split('.')[0] for m in sys.modules}} & {set(names)!r})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{ending}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def failed_well(outcome: Outcome, code: int) -> str:
    """What a command says that fails as it should: one line, and this exit code."""
    lines = outcome.err.splitlines()
    complaints = [line for line in lines if line.startswith("midback: ")]
    assert outcome.code == code, outcome
    assert "Traceback" not in outcome.err
    assert complaints == lines[-1:], outcome.err
    return complaints[0].removeprefix("midback: ")
