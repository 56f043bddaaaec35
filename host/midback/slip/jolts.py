"""A jolt of the clip in the midst of a movement: what is quicker than the movement around it.

A trunk turns smoothly.  A clip that is knocked turns for a fraction of a second on top of that:
by more than the rates just before and just after it let expect, and about an axis through itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.shared import flexion
from midback.slip.levers import detour, lever
from midback.slip.tilts import Tilt

Array = NDArray[np.float64]

_SHORTEST_S, _LONGEST_S = 0.2, 0.64
_EDGE_S = 0.12
"""So much on either side tells how the trunk turns meanwhile."""
_LEAST_DEG, _MOST_DEG = 6.0, 20.0
_SURE_DEG = 8.0, 15.0
"""Of 22 people two moved so by 6.7 to 7.2 degrees, and one by 19."""
_SURROUNDED, _BEGINS = 0.6, 0.5
"""The trunk turns no faster than this part of the jolt, or the two cannot be told apart; and a
jolt begins and ends slowly, or it is the calm between two movements."""
_TIGHT = 0.93
"""The shortest window is taken that holds so much of what the best one does."""
_LASTS_S, _SURE_LASTS_S = 0.37, 0.25
"""Its size over its greatest rate.  A smooth jolt of 0.6 s has 0.32; who sits up in 0.9 s, the
quickest of 30 simulated days, 0.42.  Nobody curls up (0.2 m) in less than the second."""
_LEVER_M, _SURE_LEVER_M = 0.25, 0.2
"""96 of 100 jolts of simulated wearers who sat were found, and one thing more in 30 days."""
_STRAIGHT = 1.3
"""The way of 'up' meanwhile over the shortest one: what of people was quick and on the spot went
there and back (own choice)."""


class Jolt(NamedTuple):
    """What the clip turned by against the trunk; *sure* if no person was seen to move so."""

    by: Tilt
    sure: bool


class _Window(NamedTuple):
    first: int
    samples: int
    by: Array
    size_deg: float
    peak_deg: float


def find_jolt(
    frame: flexion.ThoraxFrame, up: Array, force_g: Array, spacing_s: float
) -> Jolt | None:
    """The largest jolt in a movement, or ``None``.

    Args:
        frame: the wearer's axes.
        up: unit 'up' vectors in clip axes, shape ``(n, 3)``.
        force_g: specific force likewise, in g.
        spacing_s: seconds between samples.
    """
    steps_deg = _steps_deg(frame, up)
    fastest_deg = math.sqrt(float((steps_deg * steps_deg).sum(axis=1).max(initial=0.0)))
    if fastest_deg * _LASTS_S < _LEAST_DEG * spacing_s:
        return None
    forward, left = np.array(frame.forward), np.array(frame.left)
    for found in _apart(list(_windows(steps_deg, spacing_s))):
        if found.size_deg > min(_MOST_DEG, found.peak_deg * _LASTS_S / spacing_s):
            continue
        part = slice(max(found.first - 1, 0), found.first + found.samples + 2)
        # 'Up' turns backward in the clip while the clip turns forward.
        way = (found.by[1] * left - found.by[0] * forward) / found.size_deg
        far_m, doubt_m, _ = lever(force_g[part], up[part], spacing_s, way)
        most_m = far_m + 2 * doubt_m
        if most_m <= _LEVER_M and detour(up[part]) <= _STRAIGHT:
            lasts_s = found.size_deg / found.peak_deg * spacing_s
            sure = most_m <= _SURE_LEVER_M and lasts_s <= _SURE_LASTS_S
            sure = sure and _SURE_DEG[0] <= found.size_deg <= _SURE_DEG[1]
            return Jolt((float(found.by[0]), float(found.by[1])), sure)
    return None


def _steps_deg(frame: flexion.ThoraxFrame, up: Array) -> Array:
    """From sample to sample: how far the clip turned forward and to the right."""
    turned = np.degrees(np.cross(up[1:], up[:-1]))
    return np.stack([turned @ np.array(frame.left), turned @ np.array(frame.forward)], axis=1)


def _windows(steps_deg: Array, spacing_s: float) -> Iterator[_Window]:
    """All in which the clip turned for a moment as the trunk around it did not."""
    shortest, longest = round(_SHORTEST_S / spacing_s), round(_LONGEST_S / spacing_s)
    edge = max(round(_EDGE_S / spacing_s), 1)
    gone = np.concatenate([np.zeros((1, 2)), np.cumsum(steps_deg, axis=0)])
    around = (gone[edge:] - gone[:-edge]) / edge
    for count in range(shortest, longest + 1):
        first = np.arange(edge, len(steps_deg) - count - edge + 1)
        before, after = around[first - edge], around[first + count]
        by = gone[first + count] - gone[first] - 0.5 * count * (before + after)
        size_deg = np.linalg.norm(by, axis=1)
        large = np.flatnonzero(size_deg >= _LEAST_DEG)
        if not len(large):
            continue
        first, before, after = first[large], before[large], after[large]
        by, size_deg = by[large], size_deg[large]
        share = ((np.arange(count) + 0.5) / count)[:, None]
        trunk = before[:, None] * (1 - share) + after[:, None] * share
        more = steps_deg[first[:, None] + np.arange(count)] - trunk
        along = np.einsum("wsk,wk->ws", more, by / size_deg[:, None])
        peak = along.max(axis=1)
        ends = np.maximum(along[:, 0], along[:, -1])
        moves = np.maximum(np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1))
        for k in np.flatnonzero((ends <= _BEGINS * peak) & (moves <= _SURROUNDED * peak)):
            yield _Window(int(first[k]), count, by[k], float(size_deg[k]), float(peak[k]))


def _apart(windows: list[_Window]) -> Iterator[_Window]:
    """The largest, as tight as may be; then of those about another moment, and so on."""
    while windows:
        largest = max(windows, key=lambda each: each.size_deg)
        yield min(
            (each for each in windows if _tight(each, largest)),
            key=lambda each: (each.samples, -each.size_deg),
        )
        windows = [each for each in windows if not _about(each, largest)]


def _middle(window: _Window) -> float:
    return window.first + window.samples / 2


def _tight(window: _Window, largest: _Window) -> bool:
    """Whether it holds nearly the same."""
    if abs(_middle(window) - _middle(largest)) > largest.samples / 2:
        return False
    return float(window.by @ largest.by) >= _TIGHT * largest.size_deg**2


def _about(window: _Window, other: _Window) -> bool:
    return abs(_middle(window) - _middle(other)) < other.samples / 2
