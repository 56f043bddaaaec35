"""What a simulated wearing costs: wearer, clip, air, and the whole host chain."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from rows import Row, Topic

NAME, TITLE = "demo", "midback demo without a window: simulation and host chain, CPU time"
DAY_MIN, SHORT_MIN = 540.0, 30.0


def measure(*, whole: bool = False) -> Topic:
    """Live through a day, or through its beginning; no goal, it is to be known."""
    empty_s, minutes = _cpu_s(5.0), DAY_MIN if whole else SHORT_MIN
    spent_s = _cpu_s(minutes)
    # Both begin with the same start of Python and the same guided calibration.
    day_s = empty_s + (spent_s - empty_s) * (DAY_MIN - 5.0) / (minutes - 5.0)
    note = "measured" if whole else f"from {minutes:.0f} min; --whole-day lives through all of it"
    speed = 60 * (DAY_MIN - 5.0) / max(day_s - empty_s, 1e-9)
    rows = [
        Row(f"a day of {DAY_MIN / 60:.0f} h", day_s, "s", note=note),
        Row("of it, the first 5 min with start and calibration", empty_s, "s"),
        Row("simulated seconds in a second", speed, "x"),
    ]
    return Topic(NAME, TITLE, rows)


def _cpu_s(minutes: float) -> float:
    before = _children_s()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "midback.cli", "demo", "--headless"),
                *("--minutes", f"{minutes:g}", "--out", folder),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return _children_s() - before


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system
