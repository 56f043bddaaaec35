"""Render every part of the clip's case to STL and check what a slicer needs of it.

``python -m tests.check_case [FOLDER]`` from the root of the project: a line a part, exit code 0,
or 1 and what is wrong.  The STL files stay in FOLDER when one is named.  Without OpenSCAD it
says that it skipped everything, and exits 0.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from hardware import rendering
from hardware.mesh import Mesh

BED_MM = 120.0  # the smallest hobby printers


def complaint(mesh: Mesh | None) -> str:
    """What is wrong with a part; nothing when it can be printed."""
    if mesh is None:
        return "is empty"
    if mesh.open_edges:
        return f"has {mesh.open_edges} open edges"
    if mesh.volume_mm3 <= 0:
        return f"has a volume of {mesh.volume_mm3:.0f} mm3"
    if max(mesh.size_mm) > BED_MM:
        return f"is {max(mesh.size_mm):.0f} mm long"
    return ""


def check_part(part: str, folder: Path) -> bool:
    """Render, print one line, and return whether all is well."""
    mesh = rendering.render(part, folder)
    said = complaint(mesh)
    if mesh is None or said:
        print(f"{part} {said}", file=sys.stderr)
        return False
    x, y, z = mesh.size_mm
    print(
        f"{part:13} {x:5.1f} x {y:5.1f} x {z:5.1f} mm, {mesh.volume_mm3 / 1000:5.2f} cm3, closed"
    )
    return True


def check_clearance(part: str, meaning: str, folder: Path) -> bool:
    """Whether nothing is where nothing may be."""
    if rendering.render(part, folder) is None:
        print(f"{part:13} none")
        return True
    print(f"{part}: {meaning}", file=sys.stderr)
    return False


def check_all(folder: Path) -> bool:
    parts = [check_part(part, folder) for part in rendering.PARTS]
    free = [check_clearance(*item, folder) for item in rendering.MUST_BE_EMPTY.items()]
    return all(parts) and all(free)


def main(arguments: list[str]) -> int:
    if rendering.openscad() is None:
        print(f"skipped all {len(rendering.PARTS)} parts of the case: {rendering.MISSING}")
        return 0
    try:
        if arguments:
            folder = Path(arguments[0])
            folder.mkdir(parents=True, exist_ok=True)
            return 0 if check_all(folder) else 1
        with TemporaryDirectory() as folder:
            return 0 if check_all(Path(folder)) else 1
    except rendering.RenderError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
