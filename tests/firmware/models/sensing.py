"""From movement to what the output registers show.

Two simple filters stand for the chain.  In high performance a value is the mean of the time
since the one before, which passes 0.44 of the rate (the LSM6DSV16X's own filter at 60 Hz:
24.6 Hz); in low power it is a point in time.  An LPF2 is one more pole.  The real chains are
steeper, and later by about a sample.  A slower sensor beside a faster one is averaged over the
faster one's period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from firmware.models.recorded import Moving
from firmware.models.words import Array, Shorts, counts
from scipy.signal import lfilter  # pyright: ignore[reportUnknownVariableType]  # scipy: no types

_WITHIN = 8
"""Points a mean is made of: enough to show how a 200 Hz motor is averaged away."""


@dataclass(frozen=True, slots=True)
class Imperfect:
    """How a chip differs from a perfect one; axes are the chip's.

    Attributes:
        gyro_bias_dps: what it shows when nothing turns.
        accel_offset_g: what it shows in free fall.
        gyro_noise_dps: noise density, in deg/s per root hertz.
        accel_noise_g: likewise, in g.
        seed: chance.
    """

    gyro_bias_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    accel_offset_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyro_noise_dps: float = 0.0
    accel_noise_g: float = 0.0
    seed: int = 0

    @classmethod
    def drawn(cls, seed: int, gyro_noise_dps: float, accel_noise_g: float) -> Imperfect:
        """One with this noise, and a bias of half a degree per second or so."""
        x, y, z = np.random.default_rng([seed, 0xB1A5]).normal(0.0, 0.5, 3).tolist()
        return cls((x, y, z), (0.0, 0.0, 0.0), gyro_noise_dps, accel_noise_g, seed)


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the configuration makes of the signal.

    Attributes:
        accel_g, gyro_dps: weight of a count.
        accel_mean, gyro_mean: whether it averages (high performance) or samples a point.
        accel_cutoff: LPF2's corner as a share of the rate, or ``None`` without it.
    """

    accel_g: float
    gyro_dps: float
    accel_mean: bool
    gyro_mean: bool
    accel_cutoff: float | None


@dataclass(frozen=True, slots=True)
class Sensed:
    """Some ticks: filtered acceleration in g, counts of both sensors, true orientation."""

    accel_g: Array
    accel: Shorts
    gyro: Shorts
    quaternions: Array


class Sensing:
    """One chip's sensing elements."""

    def __init__(self, motion: Moving, imperfect: Imperfect) -> None:
        self.motion = motion
        self._bias = np.array(imperfect.gyro_bias_dps)
        self._offset = np.array(imperfect.accel_offset_g)
        self._densities = (imperfect.accel_noise_g, imperfect.gyro_noise_dps)
        # A table by tick: looking ahead and looking back show the same noise.
        rng = np.random.default_rng([imperfect.seed, 0x105])
        self._noise = rng.standard_normal((1 << 14, 6)) if any(self._densities) else None

    def take(
        self, first: int, times_s: Array, period_s: float, ranges: Ranges, before: Array | None
    ) -> Sensed:
        """What ticks ``first`` and on show.

        Args:
            first: number of the first tick.
            times_s: when they are, shape ``(n,)``.
            period_s: between two of them.
            ranges: the configuration.
            before: filtered acceleration at the tick before, ``None`` at the start.
        """
        accel, gyro, quaternions = self._felt(times_s, period_s, ranges)
        accel, gyro = accel + self._offset, gyro + self._bias
        if self._noise is not None:
            rows = np.arange(first, first + len(times_s)) % len(self._noise)
            root_hz = np.sqrt(0.5 / period_s)
            accel = accel + self._noise[rows, :3] * (self._densities[0] * root_hz)
            gyro = gyro + self._noise[rows, 3:] * (self._densities[1] * root_hz)
        if ranges.accel_cutoff is not None:
            accel = _low_pass(accel, ranges.accel_cutoff, before)
        return Sensed(
            accel, counts(accel, ranges.accel_g), counts(gyro, ranges.gyro_dps), quaternions
        )

    def _felt(self, times_s: Array, period_s: float, ranges: Ranges) -> tuple[Array, Array, Array]:
        if not (ranges.accel_mean or ranges.gyro_mean):
            return self.motion.at(times_s)
        n = len(times_s)
        earlier_s = period_s * np.arange(_WITHIN - 1, -1, -1) / _WITHIN
        felt = self.motion.at((times_s[:, None] - earlier_s).ravel())
        accel, gyro = (part.reshape(n, _WITHIN, 3) for part in felt[:2])
        return (
            accel.mean(axis=1) if ranges.accel_mean else accel[:, -1],
            gyro.mean(axis=1) if ranges.gyro_mean else gyro[:, -1],
            felt[2][_WITHIN - 1 :: _WITHIN],
        )


def _low_pass(values: Array, cutoff: float, before: Array | None) -> Array:
    keep = float(np.exp(-2 * np.pi * cutoff))
    state = keep * (values[0] if before is None else before)
    filtered, _ = lfilter([1 - keep], [1, -keep], values, axis=0, zi=state[None])
    return filtered
