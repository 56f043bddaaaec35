"""A day of 16 hours: what it takes to keep it, and to judge it anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from invented_day import HOURS
from rows import Row, Topic

HERE = Path(__file__).parent
ANEW = ("anew", f"{HOURS} h of raw 50 Hz from the store to a summary, judged anew")
STORE = ("store", f"the store of {HOURS} h of raw 50 Hz")

MOST_TIMES_VQF, MOST_PEAK_MB, MOST_STORE_MB = 6.0, 500.0, 26.0


def written(folder: Path) -> dict[str, Any]:
    """Write the day into *folder*; what that cost."""
    return _told("long_day.py", str(folder))


def store(cost: dict[str, Any]) -> Topic:
    """What keeping the day cost."""
    packets, megabytes = int(cost["packets"]), float(cost["megabytes"])
    rows = [
        Row("file", megabytes, "MB", MOST_STORE_MB, megabytes / (packets * 134e-6), "as received"),
        Row("commit, once a second", cost["commit_ms"], "ms", note="median of the first hour"),
        Row("commit, slowest of 100", cost["commit_p99_ms"], "ms"),
        Row("commit that packs a minute", cost["minute_ms"], "ms", note="median"),
    ]
    return Topic(*STORE, rows)


def anew(folder: Path) -> Topic:
    """Judging the whole day again, beside VQF alone on the same samples."""
    memory = _told("reprocess_day.py", str(folder), "peak")
    raced = _told("reprocess_day.py", str(folder), "race")
    spent_s: dict[str, list[float]] = raced["spent_s"]
    rows = [
        _raced("store to summary", "anew", spent_s),
        _times_vqf(spent_s),
        _raced("of it, reading the packets", "packets", spent_s),
        Row("VQF.updateBatch alone", None, "s", note="missing")
        if "vqf" not in spent_s
        else _raced("VQF.updateBatch alone", "vqf", spent_s),
        Row(
            "peak memory of the process",
            memory["peak_mb"],
            "MB",
            MOST_PEAK_MB,
            note=f"{memory['before_mb']:.0f} MB before it began",
        ),
        Row(
            "differences from the stored summary",
            0.0 if raced["same"] else 1.0,
            "",
            0.0,
            note=f"{raced['samples']} samples",
        ),
    ]
    return Topic(*ANEW, rows)


def _raced(name: str, key: str, spent_s: dict[str, list[float]]) -> Row:
    ratio = _ratio(key, spent_s)
    return Row(name, min(spent_s[key]), "s", None, ratio, "vqf", "CPU, least of the rounds")


def _times_vqf(spent_s: dict[str, list[float]]) -> Row:
    ratio = _ratio("anew", spent_s)
    missing = "" if ratio is not None else "vqf is missing"
    return Row(
        "store to summary, in times of VQF", ratio, "x", MOST_TIMES_VQF, note=missing or "median"
    )


def _ratio(key: str, spent_s: dict[str, list[float]]) -> float | None:
    if "vqf" not in spent_s:
        return None
    return median(a / b for a, b in zip(spent_s[key], spent_s["vqf"], strict=True))


def _told(script: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
