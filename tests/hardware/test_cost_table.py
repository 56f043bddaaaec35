"""What hardware.md says the firmware costs in memory, against the firmware as it is now.

Times are this machine's and no test's; ``poe bench-clip`` measures them when it is quiet.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hardware.tables import ROOT, table
from shared.board import micropython

CHIPS = ("LSM6DSV16X", "LSM6DSOX")
STAGES = {  # as the table begins a row, and as the benchmark names it
    "Madgwick update": "Madgwick update (yardstick)",
    "gravity-only complementary filter": "gravity-only complementary filter",
    "FIFO: decode": "FIFO: decode, scale, turn into clip axes",
    "orientation of every sample": "orientation of every sample",
    "of it: counts": "  of the next: counts to g and deg/s",
    "of it: `shared/tilt.py`": "  of the next: shared/tilt update",
    "of it: its quaternion": "  of the next: its quaternion",
    "worn or put down": "worn or put down",
    "averaging into packets": "averaging into packets",
    "posture and judgement": "posture and judgement",
    "epochs": "epochs",
    "encode_stream": "encode_stream",
    "outbox": "outbox",
    "whole path": "whole path, FIFO to radio",
}
MEMORY_HEAD = "memory, kB of 1000 bytes"
MEMORY = {
    "live while streaming, code in flash, 64 bit": "live while streaming, code in flash",
    "live while streaming, code loaded into memory, 64 bit": "the same, code loaded into memory",
}
HZ = (60.0, 52.0)
MADGWICK_MS = (0.95, 1.9)
FREE_KB = 40.0
COLLECTION_MS = 23.0
I2C_BYTE_S = 9 / 400e3
"""Eight bits and an acknowledge."""

Rows = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Topic -> row -> what the benchmark found, in two rounds: bytes need no more."""
    micropython()  # or a skip
    found = tmp_path_factory.mktemp("cost") / "rows.json"
    script = ROOT / "tests" / "benchmarks" / "firmware_cost.py"
    subprocess.run(
        [sys.executable, str(script), "--rounds", "2", "--json", str(found)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=280,
    )
    return _rows(found)


def _rows(found: Path) -> Rows:
    """Bytes where they are told, else the value itself."""
    topics = json.loads(found.read_text(encoding="utf-8"))
    return {
        topic: {
            name: int(note.split()[0]) if "bytes" in note else value
            for name, value, _, _, note in rows
        }
        for topic, rows in topics.items()
    }


def printed(head: str, beginnings: dict[str, str]) -> dict[str, list[str]]:
    """The benchmark's name of a row -> its cells, of every row that begins as one of these."""
    body = table(head)[1:]
    return {
        name: next(row for row in body if row[0].startswith(beginning))
        for beginning, name in beginnings.items()
    }


def test_every_stage_is_in_the_table_and_the_table_has_no_other():
    assert len(table("stage")[1:]) == len(printed("stage", STAGES)) == len(STAGES)


@pytest.mark.parametrize("column", [0, 1], ids=CHIPS)
def test_what_a_stage_leaves_on_the_heap_is_what_it_does_now(measured: Rows, column: int):
    stages = measured[CHIPS[column]]
    for name, cells in printed("stage", STAGES).items():
        cell = cells[2 + 2 * column]
        if cell:
            # What happens now and then falls into the counted round or does not.
            assert stages[name] == pytest.approx(int(cell), rel=0.02, abs=8), name


@pytest.mark.parametrize("column", [0, 1], ids=CHIPS)
def test_what_it_keeps_on_the_heap_is_what_it_keeps_now(measured: Rows, column: int):
    heap = measured[f"{CHIPS[column]} in memory"]
    for name, cells in printed(MEMORY_HEAD, MEMORY).items():
        # Beyond that somebody should know of it.
        assert heap[name] == pytest.approx(float(cells[1 + column]), abs=2.0), name


def test_the_firmware_is_as_large_as_the_table_says(measured: Rows):
    (row,) = [row for row in table(MEMORY_HEAD)[1:] if row[0].startswith("compiled firmware")]
    (size,) = [kb for name, kb in measured["code"].items() if "compiled" in name]

    assert size == pytest.approx(float(row[1]), abs=1.0)


@pytest.mark.parametrize("column", [0, 1], ids=CHIPS)
def test_what_it_would_take_on_a_board_follows_from_the_tables_own_numbers(column: int):
    whole = printed("stage", STAGES)["whole path, FIFO to radio"]
    ratio, size = float(whole[1 + 2 * column]), int(whole[2 + 2 * column])
    share, i2c, garbage, collections, collecting = (
        [float(number) for number in re.findall(r"[\d.]+", row[1 + column])]
        for row in table("*estimate* for an ESP32-C3 at 80 MHz")[1:]
    )
    garbage_kb = HZ[column] * size / 2 / 1000
    words = (28, 14)[column]

    assert share == [round(HZ[column] * ratio * ms / 10) for ms in MADGWICK_MS]
    assert i2c == [pytest.approx(100 * HZ[column] * words * I2C_BYTE_S, abs=0.05)]
    assert garbage == [round(garbage_kb)]
    assert collections == [round(garbage_kb / FREE_KB, 1)]
    assert collecting == [round(garbage_kb / FREE_KB * COLLECTION_MS / 10)]
