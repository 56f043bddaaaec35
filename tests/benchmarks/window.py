"""The live window, by the script that measures it alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rows import Row, Topic

NAME, TITLE = "window", "the live window, drawn off screen at 20 frames a second"
SECONDS, ROUNDS = 3, 2
MEMORY = "peak memory"
VISIBLE_PERCENT, HIDDEN_PERCENT, MOST_MB = 8.0, 3.0, 200.0


def measure() -> Topic:
    """Show and hide the window for some seconds each; the least of some runs."""
    runs: list[dict[str, tuple[float, str]]] = []
    for _ in range(ROUNDS):
        done = _run()
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            return Topic(NAME, TITLE, left_out=f"the window does not open here: {last[0]}")
        runs.append(_figures(done.stdout))
    rows: list[Row] = []
    for name in runs[0]:
        value, note = min(run[name] for run in runs)
        goal, unit = _goal(name)
        rows.append(Row(name, value, unit, goal, note=note))
    return Topic(NAME, TITLE, rows)


def _goal(name: str) -> tuple[float, str]:
    if name == MEMORY:
        return MOST_MB, "MB"
    return (HIDDEN_PERCENT if "hidden" in name else VISIBLE_PERCENT), "% of a core"


def _run() -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name("live_window.py")
    return subprocess.run(
        [sys.executable, str(script), "--seconds", str(SECONDS)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


def _figures(said: str) -> dict[str, tuple[float, str]]:
    """What the script printed: value and note by name."""
    shares = re.findall(r"^(.+?) +([\d.]+) % of a core, +([\d.]+) frames/s", said, re.MULTILINE)
    figures = {
        f"CPU, {name}": (float(percent), f"{frames} frames/s") for name, percent, frames in shares
    }
    if peak := re.search(r"peak memory +([\d.]+) MB", said):
        figures[MEMORY] = float(peak[1]), ""
    return figures
