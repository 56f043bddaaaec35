"""``midback doctor``: what is wrong, if anything, as a report that can be shown to anybody."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace

from midback.cli.pen import Pen
from midback.doctor import Finding, Mark, exit_code
from midback.doctor.air import Wish, examine
from midback.doctor.examination import Examination
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Look at everything, print what was found, and return the code of the first problem."""
    examination = Examination(
        data_folder(args.data),
        _chosen_by(args),
        wanted=args.clip,
        seconds=args.seconds,
        simulated=_simulated if args.demo else None,
    )
    return _as_json(examination) if args.json else _as_text(examination)


def _as_text(examination: Examination) -> int:
    pen = Pen(sys.stdout)
    found: list[Finding] = []
    pen.paragraph("This report names neither you nor your clip: paste it into an issue as it is.")
    for part in examination.parts():
        pen.heading(part.title)
        with _waiting(part.waiting):
            findings = part.examine()
        for finding in findings:
            pen.marked(finding.mark, finding.name, finding.found, finding.to_do)
        found += findings
    pen.paragraph("")
    pen.paragraph(_summary(found))
    return exit_code(found)


def _as_json(examination: Examination) -> int:
    parts: dict[str, list[dict[str, object]]] = {}
    found: list[Finding] = []
    for part in examination.parts():
        findings = part.examine()
        parts[part.title] = [asdict(finding) for finding in findings]
        found += findings
    print(
        json.dumps({"exit_code": exit_code(found), "parts": parts}, indent=2, ensure_ascii=False)
    )
    return exit_code(found)


@contextmanager
def _waiting(why: str) -> Generator[None]:
    """Say meanwhile what takes so long, where somebody watches."""
    watched = sys.stdout.isatty() and sys.stderr.isatty()
    if not why or not watched or os.environ.get("TERM") == "dumb":
        yield
        return
    # In one line, or it could not be taken back.
    print(
        f"  {why}"[: shutil.get_terminal_size().columns - 1], end="", file=sys.stderr, flush=True
    )
    try:
        yield
    finally:
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def _summary(found: Sequence[Finding]) -> str:
    problems = [finding for finding in found if finding.mark is Mark.PROBLEM]
    notes = sum(finding.mark is Mark.NOTE for finding in found)
    noted = f", {notes} note{'s' * (notes != 1)}" if notes else ""
    if not problems:
        return f"No problem{noted}."
    how_many = f"{len(problems)} problem{'s' * (len(problems) != 1)}{noted}"
    return f"{how_many}.  Begin with the first: {problems[0].name}."


def _chosen_by(args: argparse.Namespace) -> str:
    if args.data is not None:
        return "chosen with --data"
    if os.environ.get("MIDBACK_DATA"):
        return "chosen with MIDBACK_DATA"
    return "the system's place"


def _simulated(wish: Wish) -> list[Finding]:
    """Look at a simulated clip instead."""
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    simulation = Simulation()

    async def look() -> list[Finding]:
        async with simulation.day.air:
            return await examine(replace(wish, radio=simulation.radio))

    return virtual_time.run(look())
