"""How much the wearer changed posture: shifts, and the longest spell without one."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from midback_analysis.episodes import runs
from midback_analysis.quantiles import quantiles

SHIFT_DEG = 5.0
"""A posture shift as Dunk and Callaghan define it."""

SIDE_S = 20
"""Medians of 20 s on both sides; with 10 s four in ten shifts found were none (synthetic days)."""

BLOCK_S = 600
RESAMPLES = 400
SEED = 9


def shifts(
    flexion_deg: NDArray[np.float32], lateral_deg: NDArray[np.float32], part: NDArray[np.integer]
) -> NDArray[np.intp]:
    """Seconds at which the wearer took another posture.

    The median of the next 20 s differs from that of the previous 20 s by 5 degrees or more,
    forwards or sideways, and by more than anywhere within 20 s.

    Args:
        flexion_deg: one-second medians, NaN unless still, shape ``(n,)``.
        lateral_deg: the same to the side.
        part: calibration of each second; a change of it is no shift.
    """
    if len(part) < 2 * SIDE_S:
        return np.zeros(0, dtype=np.intp)
    step = np.fmax(_step_deg(flexion_deg), _step_deg(lateral_deg))
    step[part[: len(step)] != part[-len(step) :]] = 0
    return _peaks(step) + SIDE_S


def _step_deg(angle_deg: NDArray[np.float32]) -> NDArray[np.float32]:
    """Size of the step between second 20 + k - 1 and 20 + k, NaN where a second is missing."""
    ordered = np.sort(sliding_window_view(angle_deg, SIDE_S), axis=1)
    # NaN sorts to the end, so one missing second spoils its window and no other.
    half = SIDE_S // 2
    medians = (ordered[:, half - 1] + ordered[:, half]) / 2
    medians[np.isnan(ordered[:, -1])] = np.nan
    return np.abs(medians[SIDE_S:] - medians[:-SIDE_S])


def _peaks(step_deg: NDArray[np.float32]) -> NDArray[np.intp]:
    """Local maxima of at least ``SHIFT_DEG``, no two closer than ``SIDE_S``."""
    size = np.nan_to_num(step_deg, nan=0.0)
    around = sliding_window_view(np.pad(size, SIDE_S), 2 * SIDE_S + 1)
    likely = np.flatnonzero(size >= SHIFT_DEG)
    highest = likely[size[likely] == around[likely].max(axis=1, initial=0)]
    found: list[int] = []
    for second in _middles(highest):
        if not found or second - found[-1] >= SIDE_S:
            found.append(second)
    return np.array(found, dtype=np.intp)


def _middles(seconds: NDArray[np.intp]) -> list[int]:
    """A clean step is equally high for a while, because medians do not mind: take its middle."""
    groups = np.split(seconds, np.flatnonzero(np.diff(seconds) > 1) + 1)
    return [int(group[(len(group) - 1) // 2]) for group in groups if len(group)]


class Spell(NamedTuple):
    """A stretch of sitting or standing still, seconds ``start`` to before ``stop``."""

    start: int
    stop: int


def longest_still(
    still: NDArray[np.bool_], shift_s: NDArray[np.intp], part: NDArray[np.integer]
) -> Spell | None:
    """The longest time without a shift, a movement, a gap or a new upright; None if never still.

    Args:
        still: whether posture was judged, shape ``(n,)``.
        shift_s: seconds of the shifts.
        part: calibration of each second.
    """
    cut = np.zeros(len(still), dtype=np.int32)
    cut[shift_s] = 1
    cut[1:] |= part[1:] != part[:-1]
    spells = runs(np.where(still, np.cumsum(cut), -1))
    length = np.where(spells.value >= 0, spells.length, 0)
    if not length.any():
        return None
    k = int(np.argmax(length))
    return Spell(int(spells.start[k]), int(spells.stop[k]))


def shifts_between(
    still: NDArray[np.bool_], shift_s: NDArray[np.intp]
) -> tuple[float, float] | None:
    """95 % interval of the shifts per hour of still time, from a block bootstrap.

    Ten minutes stay together, because shifts come in clusters.  The draw is seeded: the same
    day always gives the same interval.  None under one hour of blocks or without a shift.
    """
    blocks = -(-len(still) // BLOCK_S)
    worn = np.bincount(np.flatnonzero(still) // BLOCK_S, minlength=blocks)
    count = np.bincount(shift_s // BLOCK_S, minlength=blocks)[worn > 0]
    worn = worn[worn > 0]
    if len(worn) < 3600 // BLOCK_S or not count.any():
        return None
    # Loading numpy.random takes longer than all of this.
    noise = random.Random(SEED).randbytes(4 * RESAMPLES * len(worn))
    picked = (np.frombuffer(noise, dtype="<u4") % len(worn)).reshape(RESAMPLES, len(worn))
    rates = 3600 * count[picked].sum(axis=1) / worn[picked].sum(axis=1)
    low, high = quantiles(rates, (0.025, 0.975))
    return low, high
