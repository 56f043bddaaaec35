"""Somebody who leans and bends sideways at the hips, and what a clip on their back measures of it.

Written without the code under test: the trunk's orientation is a ``Rotation`` that follows from
the movement, the rates follow from it, and the errors are those of consumer-grade parts.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from midback.shared import tilt

PERIOD_S = 0.02
G = 9.80665
FROM_HIPS_M = np.array([-0.1, 0.0, 0.45])
"""The clip lies behind the spine, and this high above the hips."""

UP = np.array([0.0, 0.0, 1.0])

Vector = tuple[float, float, float]
Array = NDArray[np.float64]


class Sample(NamedTuple):
    time_s: float
    up: Vector
    rate_dps: Vector


class Clip(NamedTuple):
    """How it is worn and how far off its numbers are."""

    trunk_from_clip: Rotation
    bias_dps: Array
    scale: Array
    noise_dps: float = 0.1
    offset_g: Array = np.zeros(3)
    noise_g: float = 0.003


def some_clip(rng: np.random.Generator) -> Clip:
    """Tilted by the slope of the back and a little to a side; 1 to 3 % off, up to 10 dps."""
    return Clip(
        Rotation.from_euler("YX", [15.0, rng.uniform(-8.0, 8.0)], degrees=True),
        rng.uniform(-10.0, 10.0, 3),
        1.0 + rng.uniform(0.01, 0.03, 3) * rng.choice([-1.0, 1.0], 3),
        offset_g=rng.uniform(-0.02, 0.02, 3),
    )


class Mover:
    """A timeline in degrees: flexion forward, bending to the right.

    They sway as much as people who sit still: 0.5 dps (RMS) in all directions together.
    """

    def __init__(self, lasts_s: float, rng: np.random.Generator, sway_deg: float = 0.15) -> None:
        self.time_s: Array = np.arange(0.0, lasts_s, PERIOD_S)
        phases = rng.uniform(0.0, 2.0 * np.pi, 2)
        waves = np.sin(2.0 * np.pi * np.outer([0.25, 0.4], self.time_s) + phases[:, None])
        self.flexion, self.right = sway_deg * np.sqrt(2.0) * waves
        self._rng = rng

    def bends_to_their_right(self, at_s: float, by_deg: float, takes_s: float) -> None:
        self.right += by_deg * self._eased(at_s, takes_s)

    def leans_forward(self, at_s: float, by_deg: float, takes_s: float) -> None:
        self.flexion += by_deg * self._eased(at_s, takes_s)

    def _eased(self, at_s: float, takes_s: float) -> Array:
        """From 0 to 1 with the least jerk, as people move (Flash and Hogan 1985)."""
        x = np.clip((self.time_s - at_s) / takes_s, 0.0, 1.0)
        return x**3 * (10.0 - 15.0 * x + 6.0 * x * x)

    def samples(self, clip: Clip) -> list[Sample]:
        """What the clip sends, with 'up' as the tilt filter finds it."""
        angles_deg = np.stack([self.flexion, self.right], axis=1)
        earth_from_trunk = Rotation.from_euler("YX", angles_deg, degrees=True)
        earth_from_clip = earth_from_trunk * clip.trunk_from_clip
        steps = earth_from_clip[:-1].inv() * earth_from_clip[1:]
        rates = np.vstack([np.zeros(3), np.degrees(steps.as_rotvec()) / PERIOD_S])
        place_m = earth_from_trunk.apply(FROM_HIPS_M)
        pushed_g = np.gradient(np.gradient(place_m, PERIOD_S, axis=0), PERIOD_S, axis=0) / G
        forces = earth_from_clip.inv().apply(pushed_g + UP)
        noise = self._rng.normal(0.0, 1.0, (2, *rates.shape))
        rates = rates * clip.scale + clip.bias_dps + clip.noise_dps * noise[0]
        forces = forces + clip.offset_g + clip.noise_g * noise[1]
        return self._filtered(rates, forces, clip)

    def _filtered(self, rates: Array, forces: Array, clip: Clip) -> list[Sample]:
        found = tilt.TiltFilter(PERIOD_S)
        # It lay on the table before it was put on.
        lying = clip.bias_dps + self._rng.normal(0.0, clip.noise_dps, (100, 3))
        for gx, gy, gz in lying.tolist():
            found.update(PERIOD_S, gx, gy, gz, 0.0, 0.0, 1.0)
        found.restart()
        samples: list[Sample] = []
        for time_s, (gx, gy, gz), (ax, ay, az) in zip(
            self.time_s.tolist(), rates.tolist(), forces.tolist(), strict=True
        ):
            found.update(PERIOD_S, gx, gy, gz, ax, ay, az)
            samples.append(Sample(time_s, found.up, (gx, gy, gz)))
        return samples
