"""Tilts: flexion and lateral together, in degrees."""

from __future__ import annotations

import math
from collections.abc import Collection
from statistics import median

Tilt = tuple[float, float]
"""Flexion and lateral, in degrees."""

NEAR_DEG = 4.0
"""Two changes of tilt that differ by no more may well be the same one (own choice)."""


def mean_tilt(tilts: Collection[Tilt]) -> Tilt:
    """The mean of at least one."""
    lean_deg = side_deg = 0.0
    for lean, side in tilts:
        lean_deg += lean
        side_deg += side
    return lean_deg / len(tilts), side_deg / len(tilts)


def middle_tilt(tilts: Collection[Tilt]) -> Tilt:
    """The median of each, of at least one."""
    return median(lean for lean, _ in tilts), median(side for _, side in tilts)


def plus(first: Tilt, second: Tilt) -> Tilt:
    """One after the other."""
    return first[0] + second[0], first[1] + second[1]


def minus(after: Tilt, before: Tilt) -> Tilt:
    """The change from one to the other."""
    return after[0] - before[0], after[1] - before[1]


def size_deg(tilt: Tilt) -> float:
    """How far a tilt, or a change of it, is in whatever direction."""
    return math.hypot(*tilt)


def apart_deg(first: Tilt, second: Tilt) -> float:
    """How far two tilts lie apart."""
    return size_deg(minus(first, second))


def along(change: Tilt, way: Tilt) -> float:
    """How far a change goes the way of another."""
    return (change[0] * way[0] + change[1] * way[1]) / size_deg(way)


def unit(way: Tilt) -> Tilt:
    """The same way, one degree far."""
    far_deg = size_deg(way)
    return way[0] / far_deg, way[1] / far_deg
