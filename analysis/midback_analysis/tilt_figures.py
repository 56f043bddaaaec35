"""How far the upper back tipped: percentiles, the curve of the day, minutes at each degree."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from midback_analysis.levels import UNKNOWN, Level
from midback_analysis.measured import Measured, levels_by_part
from midback_analysis.quantiles import quantiles, row_quantile
from midback_analysis.summary import Curve

SHARES = (0.1, 0.5, 0.9)
"""Amplitude probability distribution (Jonsson): static, median and peak load."""

UPRIGHT_ERROR_DEG = 2.0
"""How far off an upright may be set: the largest error that remains in real use."""

WINDOW_S = 300
STEP_S = 120
MEASURED_SHARE = 0.6


def percentiles(theta_deg: NDArray[np.float32]) -> tuple[float, float, float] | None:
    """Percentiles 10, 50 and 90 of known angles, None without one."""
    if not len(theta_deg):
        return None
    low, middle, high = quantiles(theta_deg, SHARES)
    return low, middle, high


def upright_between(day: Measured) -> tuple[float, float]:
    """Least and greatest upright share, in per cent, were the upright set up to 2 degrees off."""
    errors = (-UPRIGHT_ERROR_DEG, UPRIGHT_ERROR_DEG)
    moved = [levels_by_part(day.theta_deg + np.float32(e), day.record) for e in errors]
    shares = [_upright_percent(level) for level in (day.level, *moved)]
    return min(shares), max(shares)


def _upright_percent(level: NDArray[np.int8]) -> float:
    known = int(np.count_nonzero(level != UNKNOWN))
    return 100 * int(np.count_nonzero(level == Level.UPRIGHT)) / max(1, known)


def curve(theta_deg: NDArray[np.float32]) -> Curve:
    """Percentiles of five minutes, every two minutes; under 60 % measured there is no value.

    Args:
        theta_deg: flexion of each second, NaN where unknown or moving, shape ``(n,)``.
    """
    # Half a window of nothing on both sides lets the curve begin with the day.
    padded = np.pad(theta_deg, WINDOW_S // 2, constant_values=np.nan)
    ordered = np.sort(sliding_window_view(padded, WINDOW_S)[::STEP_S], axis=1)
    count = np.count_nonzero(~np.isnan(ordered), axis=1)
    lines = [_told(row_quantile(ordered, count, share), count) for share in SHARES]
    return Curve(tuple(float(k * STEP_S) for k in range(len(ordered))), *lines)


def _told(values: NDArray[np.float64], count: NDArray[np.intp]) -> tuple[float | None, ...]:
    enough = (count >= MEASURED_SHARE * WINDOW_S).tolist()
    return tuple(
        value if told else None for value, told in zip(values.tolist(), enough, strict=True)
    )


def minutes_per_degree(theta_deg: NDArray[np.float32]) -> tuple[tuple[int, float], ...]:
    """Minutes from each whole degree to the next, lowest first; known angles only."""
    degrees, seconds = np.unique(np.floor(theta_deg).astype(int), return_counts=True)
    return tuple(zip(degrees.tolist(), (seconds / 60).tolist(), strict=True))
