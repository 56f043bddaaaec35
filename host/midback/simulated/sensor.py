"""A consumer inertial sensor, fixed to the wearer a little askew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midback.shared.wire import DPS_PER_COUNT, G_PER_COUNT
from midback.simulated.motion import Array, Motion, seen_from, turn_about, turned

_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class SensorErrors:
    """How one sensor differs from a perfect one; vectors are x, y, z in clip axes.

    Attributes:
        gyro_bias_dps: what it shows when nothing turns.
        accel_offset_g: what it shows in free fall.
        gyro_scale: what a rate is multiplied by.
        accel_scale: what a specific force is multiplied by.
        gyro_noise_dps: standard deviation of the noise of one sample.
        accel_noise_g: likewise.
        back_from_clip: how the clip sits on the thorax, a unit quaternion (w, x, y, z);
            (1, 0, 0, 0) is the nominal way: x into the wearer, y to the left, z up.
        rate_error: how much longer its true sample period is than the stated one, as a share.
    """

    gyro_bias_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    accel_offset_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyro_scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    accel_scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gyro_noise_dps: float = 0.0
    accel_noise_g: float = 0.0
    back_from_clip: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    rate_error: float = 0.0

    def __post_init__(self) -> None:
        if not -0.1 <= self.rate_error <= 0.1:
            raise ValueError(f"a rate error of {self.rate_error} is not within -0.1 to 0.1")
        if abs(sum(part * part for part in self.back_from_clip) - 1.0) > 1e-6:
            raise ValueError(f"back_from_clip {self.back_from_clip} is not a unit quaternion")

    @classmethod
    def drawn(cls, seed: int) -> SensorErrors:
        """A usual sensor, usually fixed: another one for every seed.

        Noise is the LSM6DSV16X's (2.8 mdps and 60 ug per root hertz) in the 25 Hz that samples
        at 50 Hz can carry; bias, offset and scale are what such parts show after soldering.  It
        sits 10 to 25 degrees askew and samples up to 1 % too fast or too slowly.
        """
        rng = np.random.default_rng([seed, 0x1A0])

        def three(spread: float, around: float = 0.0) -> tuple[float, float, float]:
            x, y, z = around + spread * np.clip(rng.standard_normal(3), -2.5, 2.5)
            return float(x), float(y), float(z)

        askew = turn_about(rng.standard_normal(3), float(np.radians(rng.uniform(10.0, 25.0))))
        return cls(
            gyro_bias_dps=three(1.2),
            accel_offset_g=three(0.012),
            gyro_scale=three(0.005, 1.0),
            accel_scale=three(0.003, 1.0),
            gyro_noise_dps=2.8e-3 * 5.0,
            accel_noise_g=60e-6 * 5.0,
            back_from_clip=(float(askew[0]), float(askew[1]), float(askew[2]), float(askew[3])),
            rate_error=float(rng.uniform(-0.01, 0.01)),
        )


class Sensor:
    """Turns motion into counts, block by block.

    The rate it shows is the mean over each sample period, as a sensor with its own averaging
    gives it, so that summing up the rates follows every turn.
    """

    def __init__(self, errors: SensorErrors | None = None, *, seed: int = 0) -> None:
        self.errors = SensorErrors() if errors is None else errors
        self._rng = np.random.default_rng([seed, 0x5E5])
        self._mounting = np.array(self.errors.back_from_clip)
        self._askew = abs(self._mounting[0]) != 1.0
        self._last: Array | None = None
        e = self.errors
        # All in counts, a row for each axis.
        per_count = np.array([[G_PER_COUNT]] * 3 + [[DPS_PER_COUNT]] * 3)
        self._scale = np.array([[*e.accel_scale, *e.gyro_scale]]).T / per_count
        self._offset = np.array([[*e.accel_offset_g, *e.gyro_bias_dps]]).T / per_count
        self._noise = np.array([[e.accel_noise_g]] * 3 + [[e.gyro_noise_dps]] * 3) / per_count

    def read(self, motion: Motion, period_s: float) -> NDArray[np.int16]:
        """What the registers hold after each sample, shape ``(n, 6)``.

        Acceleration x, y, z (specific force: 1 g upward at rest) in ``G_PER_COUNT``, then rate
        x, y, z in ``DPS_PER_COUNT``; both stop at the ends of their range.
        """
        clip = motion.earth_from_back
        if self._askew:
            clip = turned(clip, self._mounting)
        felt_g = seen_from(clip, motion.acceleration_g + _UP)
        counts = np.concatenate([felt_g.T, self._rate_dps(clip, period_s).T])
        counts *= self._scale
        counts += self._offset
        noise = np.ascontiguousarray(self._rng.standard_normal((len(clip), 6)).T)
        noise *= self._noise
        counts += noise
        np.rint(counts, out=counts)
        np.minimum(np.maximum(counts, -32768.0, out=counts), 32767.0, out=counts)
        return counts.astype(np.int16).T

    def _rate_dps(self, clip: Array, period_s: float) -> Array:
        before = np.empty_like(clip)
        before[0] = clip[0] if self._last is None else self._last
        before[1:] = clip[:-1]
        self._last = clip[-1]
        before[:, 1:] *= -1
        w, x, y, z = turned(before, clip).T
        sine = np.sqrt(x * x + y * y + z * z)
        still = sine < 1e-9
        per_sine = np.where(still, 2.0, 2 * np.arctan2(sine, np.abs(w)) / (sine + still))
        return (np.array([x, y, z]) * np.copysign(np.degrees(per_sine) / period_s, w)).T
