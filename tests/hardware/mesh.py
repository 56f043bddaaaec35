"""Printed parts as triangles: read what OpenSCAD writes, and say whether a slicer can use it.

Limits: text STL only, which is what OpenSCAD 2021 writes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

Point = tuple[float, float, float]
Triangle = tuple[Point, Point, Point]


@dataclass(frozen=True)
class Mesh:
    """A surface of *triangles*, their corners counter-clockwise seen from outside, in mm."""

    triangles: tuple[Triangle, ...]

    @property
    def size_mm(self) -> Point:
        """Extent along x, y and z."""
        corners = [corner for triangle in self.triangles for corner in triangle]
        x, y, z = (max(c[k] for c in corners) - min(c[k] for c in corners) for k in range(3))
        return x, y, z

    @property
    def volume_mm3(self) -> float:
        """The volume enclosed; meaningless unless closed."""
        return sum(_cone_mm3(*triangle) for triangle in self.triangles)

    @property
    def open_edges(self) -> int:
        """Edges that are not shared by exactly two triangles that agree which side is out."""
        edges = Counter(edge for a, b, c in self.triangles for edge in ((a, b), (b, c), (c, a)))
        return sum(1 for (a, b), count in edges.items() if count != 1 or edges[b, a] != 1)


def _cone_mm3(a: Point, b: Point, c: Point) -> float:
    """Signed volume between a triangle and the origin."""
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    ) / 6.0


def read(path: Path) -> Mesh:
    """Return the mesh in an STL file in text form.

    Raises:
        ValueError: it is not one.
    """
    text = path.read_text(encoding="ascii")
    if not text.startswith("solid"):
        raise ValueError(f"{path} is no STL in text form")
    corners = [_corner(line) for line in text.splitlines() if line.lstrip().startswith("vertex")]
    if len(corners) % 3:
        raise ValueError(f"{path} ends within a triangle")
    thirds = zip(corners[0::3], corners[1::3], corners[2::3], strict=True)
    return Mesh(tuple(triangle for triangle in thirds if len(set(triangle)) == 3))


def _corner(line: str) -> Point:
    x, y, z = (float(word) for word in line.split()[1:])
    return x, y, z
