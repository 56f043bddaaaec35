"""What the clip's firmware costs under MicroPython: time, garbage and memory, stage by stage.

    uv run poe bench-clip [--json FILE] [--rounds N]

The yardstick is a plain Madgwick update in the same interpreter and the same run: absolute times
are this machine's, ratios (of the least of many rounds) carry over to a board, roughly.  Bytes
are those of a 64-bit interpreter; what is left on the heap is about half of it on 32 bits.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "firmware")]
sys.path.append(str(ROOT / "tests/firmware/fakes/cpython"))

from firmware.models.bench import ADDRESS, Bench  # noqa: E402
from firmware.models.bus import BYTE_S  # noqa: E402
from firmware.models.worn import MOUNTING, worn  # noqa: E402
from firmware.rig.compiled import compiled, image  # noqa: E402
from firmware.rig.modules import shims_bytes  # noqa: E402
from firmware.rig.process import HEAP_BYTES, Program  # noqa: E402
from rounds import Rounds  # noqa: E402
from rows import Row, Topic, table  # noqa: E402
from run import machine  # noqa: E402
from shared.board import micropython  # noqa: E402

from clip_firmware.imu import find_imu  # noqa: E402
from clip_firmware.samples import Batch  # noqa: E402
from firmware import worlds  # noqa: E402
from midback.shared import wire  # noqa: E402
from midback.simulated import simulated_day  # noqa: E402

ON_BOARD = Path(__file__).parent / "on_board"
ROUNDS = 61
BURST_S = 0.2
SECONDS = 8.0
HEAP = "4m"  # nothing is collected while the clock runs
APART_DEG = 3.0
"""The yardsticks and the clip may differ by this: else one of them does not do its work."""

MADGWICK_MS = (0.95, 1.9)
"""One update on an ESP32-C3 at 80 MHz: two estimates; hardware.md says by what."""

RATES = {"LSM6DSV16X": (60.0, 4), "LSM6DSOX": (52.0, 2)}
"""Samples a second, and words in the FIFO for each."""

STAGES = {
    "madgwick": "Madgwick update (yardstick)",
    "complementary": "gravity-only complementary filter",
    "read": "FIFO: decode, scale, turn into clip axes",
    "convert": "  of the next: counts to g and deg/s",
    "tilt update": "  of the next: shared/tilt update",
    "tilt quaternion": "  of the next: its quaternion",
    "orientation": "orientation of every sample",
    "wear": "worn or put down",
    "pack": "averaging into packets",
    "judge": "posture and judgement",
    "epochs": "epochs",
    "encode": "encode_stream",
    "outbox": "outbox",
    "whole": "whole path, FIFO to radio",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: time by stage and round, calls a round, bytes a call, what else it said."""

    rounds: Rounds
    calls: Mapping[str, int]
    bytes: Mapping[str, float]
    facts: Mapping[str, Any]

    def least_us(self, name: str) -> float:
        return 1e6 * self.rounds.least_s(name) / self.calls[name]

    def ratio(self, name: str) -> float:
        """To one update of Madgwick's filter, one call; both undisturbed."""
        return self.least_us(name) / self.least_us("madgwick")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the firmware under MicroPython.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="of which the least time counts"
    )
    args = parser.parse_args()
    print(machine(), flush=True)
    topics: list[Topic] = []
    with tempfile.TemporaryDirectory(prefix="midback-bench-") as folder:
        for topic in measured(Path(folder), args.rounds):
            topics.append(topic)
            print(f"\n{table(topic)}", flush=True)
    if args.json:
        rows = {
            topic.name: [
                (row.name, row.value, row.unit, row.ratio, row.note) for row in topic.rows
            ]
            for topic in topics
        }
        args.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    return 0


def measured(folder: Path, rounds: int) -> Iterator[Topic]:
    """Stages and memory with either chip; then what lies in flash."""
    for chip in worlds.CHIPS:
        words = folder / f"{chip.NAME}.fifo"
        words.write_bytes(fifo_words(chip))
        cost = on_board(chip.NAME, words, rounds)
        if cost.facts["apart_deg"] > APART_DEG:
            raise SystemExit(f"{chip.NAME}: the filters differ by {cost.facts['apart_deg']} deg")
        yield stages(chip.NAME, cost)
        yield on_a_board(chip, cost)
        yield memory(chip, cost, folder)
    yield code()


def fifo_words(chip: Any) -> bytes:
    """What the driver reads from the modelled chip on a wearer at a desk, whole bursts of it."""
    day = simulated_day(6, datetime(2026, 11, 20, 8, tzinfo=UTC), minutes=1)
    bench = Bench(chip(worn(day)))
    tapped = _Tapped(bench.bus)
    imu, batch = find_imu(tapped, MOUNTING), Batch()
    imu.configure(10)
    while bench.now_s < SECONDS:
        bench.wait(BURST_S)
        imu.read(batch)
    whole = 40 * 7 * imu._SLOT_WORDS  # slots are numbered by four, bursts are of ten
    return bytes(tapped.words[: len(tapped.words) // whole * whole])


class _Tapped:
    """A bus on which somebody writes down what comes from the FIFO."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.words = bytearray()

    def readfrom_mem_into(self, addr: int, memaddr: int, buf: bytearray | memoryview) -> None:
        self._bus.readfrom_mem_into(addr, memaddr, buf)
        if addr == ADDRESS and memaddr == 0x78:
            self.words += buf

    def writeto_mem(self, addr: int, memaddr: int, buf: bytearray) -> None:
        self._bus.writeto_mem(addr, memaddr, buf)


def on_board(chip: str, words: Path, rounds: int) -> Measured:
    """Run the stages in a MicroPython of their own."""
    command = [micropython(), "-X", f"heapsize={HEAP}", str(ON_BOARD / "mount.py"), str(image())]
    done = subprocess.run(
        [*command, str(ON_BOARD / "stages.py"), chip, str(words), str(rounds)],
        env=os.environ | {"MICROPYPATH": f"{ON_BOARD}:.frozen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    facts, *lines = [json.loads(line) for line in done.stdout.splitlines()]
    return Measured(
        Rounds({line["name"]: line["spent_s"] for line in lines}),
        {line["name"]: line["calls"] for line in lines},
        {line["name"]: line["bytes"] / line["calls"] for line in lines},
        facts,
    )


def stages(chip: str, cost: Measured) -> Topic:
    """Every stage, by sample; the rarer ones by packet of ten samples."""
    rows = [_row(cost, name, text) for name, text in STAGES.items() if name in cost.calls]
    title = "cost of one sample, 64-bit interpreter, nothing collected meanwhile"
    return Topic(chip, title, rows)


def _row(cost: Measured, name: str, text: str) -> Row:
    us, ratio, size = cost.least_us(name), cost.ratio(name), cost.bytes[name]
    if name in ("read", "whole"):  # what stands in for the bus is no part of it
        us, ratio = us - cost.least_us("bus"), ratio - cost.ratio("bus")
        size -= cost.bytes["bus"]
    packets = cost.calls[name] < cost.calls["madgwick"]
    note = f"{size:.0f} bytes" + (", a packet of ten samples" if packets else "")
    return Row(text, us, "us", ratio=ratio, against="Madgwick", note=note)


def on_a_board(chip: Any, cost: Measured) -> Topic:
    """The share of a processor, by how long Madgwick's update takes there."""
    hz, words = RATES[chip.NAME]
    per_s = hz * (cost.ratio("whole") - cost.ratio("bus"))
    rows = [
        Row("ESP32-C3 at 80 MHz, processor", 100 * per_s * ms / 1000, "%", note=f"if {ms} ms")
        for ms in MADGWICK_MS
    ]
    rows.append(Row("waiting for I2C at 400 kHz", 100 * hz * words * 7 * BYTE_S, "%"))
    title = "estimate by how long Madgwick's update takes there; collecting comes on top"
    return Topic(f"{chip.NAME} on a board", title, rows)


def memory(chip: Any, cost: Measured, folder: Path) -> Topic:
    """What stays on the heap, and how soon what goes fills the rest."""
    flash, ram = (heap_of(chip, folder, in_flash=where) for where in (True, False))
    live, free, collect_us = flash["streaming"]
    size = cost.bytes["whole"] - cost.bytes["bus"]
    madgwicks = collect_us / cost.least_us("madgwick")
    rows = [
        Row("live once started, code in flash", flash["started"][0] / 1000, "kB"),
        Row("live while streaming, code in flash", live / 1000, "kB"),
        Row("the same, code loaded into memory", ram["streaming"][0] / 1000, "kB"),
        Row("left of the tests' heap, code in flash", free / 1000, "kB"),
        Row("samples until that is full", free / size, ""),
        Row("one collection", collect_us, "us", ratio=madgwicks, against="Madgwick"),
    ]
    return Topic(f"{chip.NAME} in memory", "heap, 64-bit interpreter", rows)


def code() -> Topic:
    """The compiled firmware, as it goes onto a board."""
    files = {path.stem: path.stat().st_size for path in compiled().rglob("*.mpy")}
    rows = [
        Row(f"{len(files)} files, compiled with -O3", sum(files.values()) / 1000, "kB"),
        Row("the same as one image for flash", image().stat().st_size / 1000, "kB"),
    ]
    return Topic("code", "bytes of firmware and midback.shared", rows)


def heap_of(chip: Any, folder: Path, *, in_flash: bool) -> dict[str, tuple[int, ...]]:
    """When started and when streaming: live bytes, free ones, and us to collect.

    Live is all that is in use but what stands in for a board's flash and for its own modules.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    day = simulated_day(6, datetime(2026, 11, 20, 8, tzinfo=UTC), minutes=3)
    world = worlds.World(place, chip(worn(day)), ticks_us=0, heap_bytes=HEAP_BYTES)
    program = world.clip.program
    own = (ON_BOARD, *(() if in_flash else (compiled(),)))
    world.clip.program = Program(
        ON_BOARD / "tell_heap.py",
        place,
        heap_bytes=program.heap_bytes if in_flash else 2 * program.heap_bytes,
        search=own,
        rom=program.rom if in_flash else None,
    )
    with world.clip:
        world.clip.run_until(1)
        world.pair()
        world.command(wire.OP_SET_NEUTRAL, 0, *worlds.UPRIGHT)
        world.start()
        world.clip.run_until(60)
        said = [line.split() for line in world.clip.console.splitlines()]
    told = {line[1]: [int(field) for field in line[2:]] for line in said if line[:1] == ["heap"]}
    others = shims_bytes() + (image().stat().st_size if in_flash else 0)
    return {name: (live - others, *rest) for name, (live, *rest) in told.items()}


if __name__ == "__main__":
    sys.exit(main())
