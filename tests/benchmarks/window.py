"""The live window, by the script that measures it alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rows import Row, Topic

NAME, TITLE = "window", "the live window, drawn off screen at 20 frames a second"
SECONDS = 4
VISIBLE_PERCENT, HIDDEN_PERCENT, MOST_MB = 8.0, 3.0, 200.0


def measure() -> Topic:
    """Show and hide the window for some seconds each."""
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("live_window.py")),
            "--seconds",
            str(SECONDS),
        ],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return Topic(NAME, TITLE, left_out=f"the window does not open here: {last[0]}")
    rows = [
        Row(
            f"CPU, {name}",
            float(percent),
            "% of a core",
            HIDDEN_PERCENT if name == "hidden" else VISIBLE_PERCENT,
            note=f"{frames} frames/s",
        )
        for name, percent, frames in re.findall(
            r"^(.+?) +([\d.]+) % of a core, +([\d.]+) frames/s", done.stdout, re.MULTILINE
        )
    ]
    peak = re.search(r"peak memory +([\d.]+) MB", done.stdout)
    if peak:
        rows.append(Row("peak memory", float(peak[1]), "MB", MOST_MB))
    return Topic(NAME, TITLE, rows)
