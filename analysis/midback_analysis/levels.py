"""Levels of tilt: the fixed classes that shares and the level x duration table are made of.

Exposure variation analysis (Mathiassen and Winkel 1991) on one-second medians.  Without
hysteresis its result depends on the sample rate: on one synthetic day the classes changed
119 times an hour at 1 Hz and 1085 times at 10 Hz; with 1.5 degrees 6 to 8 times at any rate.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from midback_analysis.episodes import runs

HYSTERESIS_DEG = 1.5
HELD_S = (5, 15, 60, 300, 900, 1800)
"""Upper ends of the duration classes; the last class is everything longer."""

UNKNOWN = -1
"""No level: not still, or no angle."""


class Level(IntEnum):
    """Classes of flexion; the first two borders are fixed, so that settings cannot move them."""

    BACK = 0
    """Below −8 degrees."""
    UPRIGHT = 1
    """−8 to 5 degrees."""
    MILD = 2
    """5 degrees to the slump line."""
    PAST_LINE = 3
    """The slump line to 20 degrees."""
    PAST_20 = 4
    """20 to 30 degrees."""
    PAST_30 = 5
    """Over 30 degrees."""


def borders_deg(enter_deg: float) -> list[float]:
    """The five borders between the levels, ascending; a level may be empty.

    >>> borders_deg(13.2)
    [-8.0, 5.0, 13.2, 20.0, 30.0]
    """
    line = max(5.0, enter_deg)
    return [-8.0, 5.0, line, max(20.0, line), max(30.0, line)]


def levels(flexion_deg: NDArray[np.float32], enter_deg: float) -> NDArray[np.int8]:
    """Level of each second, ``UNKNOWN`` where the angle is NaN; shape ``(n,)``.

    A level is left only when the angle lies more than ``HYSTERESIS_DEG`` outside it.
    After an unknown second the plain level counts.

    Args:
        flexion_deg: one-second medians, shape ``(n,)``.
        enter_deg: the slump line.
    """
    borders = borders_deg(enter_deg)
    plain = np.searchsorted(borders, flexion_deg, side="right").astype(np.int8)
    plain[np.isnan(flexion_deg)] = UNKNOWN
    return _held(plain, _leavings(flexion_deg, borders))


def _leavings(flexion_deg: NDArray[np.float32], borders: list[float]) -> list[list[int]]:
    """For each level, and last for unknown, the seconds at which it is left, ascending."""
    ends = [-np.inf, *borders, np.inf]
    outside = [
        ~((flexion_deg >= low - HYSTERESIS_DEG) & (flexion_deg < high + HYSTERESIS_DEG))
        for low, high in pairwise(ends)
    ]
    outside.append(~np.isnan(flexion_deg))
    return [(np.flatnonzero(out[1:] & ~out[:-1]) + 1).tolist() for out in outside]


def _held(plain: NDArray[np.int8], leavings: list[list[int]]) -> NDArray[np.int8]:
    """Go from change to change: a loop over changes, not over seconds."""
    held, now = np.empty_like(plain), 0
    while now < len(plain):
        level = int(plain[now])
        leaving = leavings[level]
        k = bisect_right(leaving, now)
        following = leaving[k] if k < len(leaving) else len(plain)
        held[now:following] = level
        now = following
    return held


def exposure_percent(level: NDArray[np.int8]) -> NDArray[np.float64]:
    """Per cent of the known seconds by level and by how long the level was held.

    Args:
        level: levels of consecutive seconds, shape ``(n,)``.

    Returns:
        Shape ``(6, 7)``: rows are levels, columns the duration classes of ``HELD_S``.
        The cells add up to 100, or to 0 if nothing is known.
    """
    stretches = runs(level)
    known = stretches.value != UNKNOWN
    held = np.searchsorted(HELD_S, stretches.length[known], side="left")
    table = np.zeros((len(Level), len(HELD_S) + 1))
    np.add.at(table, (stretches.value[known].astype(np.intp), held), stretches.length[known])
    return 100 * table / max(1.0, float(table.sum()))
