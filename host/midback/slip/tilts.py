"""Tilts: flexion and lateral together, in degrees."""

from __future__ import annotations

import math
from collections.abc import Collection

Tilt = tuple[float, float]
"""Flexion and lateral, in degrees."""

NEAR_DEG = 4.0
"""Two changes of tilt that differ by no more may well be the same one (own choice)."""


def mean_tilt(tilts: Collection[Tilt]) -> Tilt:
    """The mean of at least one."""
    return (
        sum(lean for lean, _ in tilts) / len(tilts),
        sum(side for _, side in tilts) / len(tilts),
    )


def apart_deg(first: Tilt, second: Tilt) -> float:
    """How far two tilts lie apart."""
    return math.hypot(first[0] - second[0], first[1] - second[1])
