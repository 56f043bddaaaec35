"""What Midback costs and how exact it is, beside the field's filters, all in one run.

    uv run poe bench [--only NAME ...] [--json FILE] [--whole-day]

Other work on the machine spoils absolute times, so these are the least of several
rounds; ratios are the median of ratios within a round.  Exit code 1: a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import accuracy
import commands
import live_chain
import simulated_day
import whole_day
import window
from rows import Topic, table

PACKAGES = ("numpy", "scipy", "vqf", "imufusion", "ahrs")
CPU_FACTS = Path("/proc/cpuinfo")
# First what starts nothing large: memory of this process counts against no one.
NAMES = ("live", "window", "store", "anew", "command", "demo", "accuracy")


def main() -> int:
    """Measure, print, and say by the exit code whether every goal was met."""
    args = _parser().parse_args()
    wanted: Sequence[str] = args.only or NAMES
    print(machine(), flush=True)
    topics: list[Topic] = []
    with tempfile.TemporaryDirectory(prefix="midback-bench-") as folder:
        for topic in measured(wanted, Path(folder), whole_demo=args.whole_day):
            topics.append(topic)
            print(f"\n{table(topic)}", flush=True)
    over = [f"{t.name}: {row.name}" for t in topics for row in t.rows if row.verdict == "over"]
    print("\n" + (f"goals missed: {'; '.join(over)}" if over else "every goal met"))
    if args.json:
        facts = {"machine": machine(), "topics": [_plain(topic) for topic in topics]}
        args.json.write_text(json.dumps(facts, indent=2), encoding="utf-8")
    return 1 if over else 0


def measured(wanted: Sequence[str], folder: Path, *, whole_demo: bool) -> Iterator[Topic]:
    """The wanted topics, one after the other; the long day is written once for all of them."""
    if "live" in wanted:
        yield live_chain.measure()
    if "window" in wanted:
        yield window.measure()
    if {"store", "anew", "command"} & set(wanted):
        cost = whole_day.written(folder)
        if "store" in wanted:
            yield whole_day.store(cost)
        if "anew" in wanted:
            yield whole_day.anew(folder)
        if "command" in wanted:
            yield commands.measure(folder)
    if "demo" in wanted:
        yield simulated_day.measure(whole=whole_demo)
    if "accuracy" in wanted:
        yield accuracy.measure()


def machine() -> str:
    """What these numbers were measured on."""
    versions = [f"Python {platform.python_version()}", *map(_version, PACKAGES)]
    return f"{_cpu()}, {os.cpu_count()} cores; {platform.system()}; {', '.join(versions)}"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def _cpu() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _plain(topic: Topic) -> dict[str, object]:
    rows = [asdict(row) | {"verdict": row.verdict} for row in topic.rows]
    return {
        "name": topic.name,
        "title": topic.title,
        "left_out": topic.left_out,
        "rows": rows,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Midback beside the field's filters.")
    parser.add_argument(
        "--only", action="append", choices=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    parser.add_argument(
        "--whole-day", action="store_true", help="live through all nine hours of the demo"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
