"""The case's parts through OpenSCAD.

``clip.scad`` renders one part at a time, chosen by its variable ``part``; a check is a part too:
what must be empty.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from hardware import mesh

SOURCE = Path(__file__).parents[2] / "firmware" / "case" / "clip.scad"
PARTS = ("base", "tray", "lid", "plate_clip", "plate_magnet", "keeper", "plate_loop")
MUST_BE_EMPTY = {
    "interference": "the board, the IMU, the cell, the motor or the button meets the case",
    "overlap": "base, tray and lid meet each other",
}
NOTHING_THERE = "Current top level object is empty"
MISSING = "OpenSCAD is not installed (Debian: apt-get install --no-install-recommends openscad)"

Numbers = list[float]


class RenderError(Exception):
    """OpenSCAD could not make this part; the text is what it said."""


def openscad() -> str | None:
    """The program, or ``None`` where it is not installed."""
    return shutil.which("openscad")


def render(part: str, folder: Path, **variables: str | float | Numbers) -> mesh.Mesh | None:
    """Return *part* with *variables* in place of the source's, or ``None`` when nothing is there.

    Raises:
        RenderError: OpenSCAD failed, or warned of something in the source.
    """
    program = openscad()
    if program is None:
        raise RenderError(MISSING)
    target = folder / f"{part}.stl"
    values = {"part": f'"{part}"', **variables}
    options = [word for name, value in values.items() for word in ("-D", f"{name}={value}")]
    done = subprocess.run(
        [program, *options, "-o", str(target), str(SOURCE)],
        capture_output=True,
        text=True,
        check=False,
    )
    if NOTHING_THERE in done.stderr:
        return None
    if done.returncode or "WARNING" in done.stderr:
        raise RenderError(f"{part}: {done.stderr.strip()}")
    return mesh.read(target)


def parameters() -> dict[str, float | Numbers]:
    """The plain numbers and lists of numbers that the source begins with, in mm."""
    found: dict[str, float | Numbers] = {}
    for name, value in re.findall(r"^(\w+) = ([^;]+);", SOURCE.read_text(encoding="utf-8"), re.M):
        if re.fullmatch(r"[\d.]+", value):
            found[name] = float(value)
        elif re.fullmatch(r"\[[\d., ]+\]", value):
            found[name] = [float(word) for word in value.strip("[]").split(",")]
    return found
