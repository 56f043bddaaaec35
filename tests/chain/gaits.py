"""How the size of the acceleration goes in walking, and in what is none.

Written apart from the simulated wearer's gait: each step has its own length and strength, left
differs from right, the second and third harmonic come in any phase, and heels strike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PAIR_HZ = 25
"""Samples a second in the packets that a clip judges."""

NOISE_G = 0.004
_FINE = 4


def steps(
    seconds: float,
    step_hz: float,
    swing_g: float,
    rng: np.random.Generator,
    rate_hz: float = PAIR_HZ,
) -> Array:
    """|a| - 1 g of a walk; *swing_g* is the usual one from peak to peak."""
    number = int(seconds * step_hz) + 3
    ends_s = np.cumsum((1 + 0.04 * rng.standard_normal(number)) / step_hz)
    strength = np.where(np.arange(number) % 2, 0.85, 1.15) * (
        1 + 0.08 * rng.standard_normal(number)
    )
    time_s = np.arange(round(seconds * rate_hz) * _FINE) / (rate_hz * _FINE)
    which = np.searchsorted(ends_s, time_s, side="right")
    begun_s = np.concatenate([[0.0], ends_s])[which]
    share = (time_s - begun_s) / (ends_s[which] - begun_s)
    second, third = rng.uniform(0, 0.5), rng.uniform(0, 0.2)
    shape = (
        np.cos(2 * np.pi * share)
        + second * np.cos(4 * np.pi * share + rng.uniform(0, 6.28))
        + third * np.cos(6 * np.pi * share + rng.uniform(0, 6.28))
    )
    since_s = share / step_hz
    strike = np.exp(-since_s / 0.04) * np.sin(2 * np.pi * 12 * since_s)
    away = (shape + rng.uniform(0, 0.6) * strike) * strength[which]
    away = away.reshape(-1, _FINE).mean(axis=1)
    low, high = np.percentile(away, [2, 98])
    return away * swing_g / (high - low) + 0.01 * rng.standard_normal(len(away))


def rocking(seconds: float, hz: float, swing_g: float, rng: np.random.Generator) -> Array:
    """|a| - 1 g of somebody who rocks, bounces or shakes at this rate."""
    time_s = np.arange(round(seconds * PAIR_HZ)) / PAIR_HZ
    wander = np.cumsum(rng.standard_normal(len(time_s))) * 0.05
    away = swing_g / 2 * np.sin(2 * np.pi * hz * time_s + wander)
    return away + NOISE_G * rng.standard_normal(len(away))
