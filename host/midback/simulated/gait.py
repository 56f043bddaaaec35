"""Walking, as a clip between the shoulder blades feels it."""

from __future__ import annotations

import numpy as np

from midback.simulated.motion import Array

_PACE_POWER = 2.5
_STAIRS = 1.3


class Gait:
    """Walking: what each step adds to the tilt and the acceleration of the upper back.

    Sizes are the orders of magnitude of level walking: vertical acceleration of 0.2 g RMS at
    the step rate, a degree or two of tilt, a few degrees of twist at half that rate.  The
    acceleration of the trunk grows with the walking speed, more than in proportion, and it is
    higher on stairs (Kavanagh and Menz, Gait & Posture 28:1, 2008; the exponent and the factor
    are chosen here).

    Attributes:
        pace: steps in the time of one at the wearer's own rate.
        stairs: whether they go up or down.
    """

    def __init__(self, rng: np.random.Generator, step_hz: float) -> None:
        self._rng = rng
        self._step_hz = step_hz
        self._phase = 0.0
        self.pace = 1.0
        self.stairs = False

    def take(self, n: int, dt_s: float) -> tuple[Array, Array]:
        """The next ``n`` samples.

        Returns:
            Flexion, lateral and heading in degrees, shape ``(3, n)``; acceleration forward,
            left and up in g, shape ``(n, 3)``.
        """
        step_hz = self._step_hz * self.pace * (1 + 0.02 * self._rng.standard_normal())
        phase = self._phase + 2 * np.pi * step_hz * dt_s * np.arange(1, n + 1)
        self._phase = float(phase[-1] % (4 * np.pi))
        half = phase / 2
        angles_deg = np.array([1.2 * np.sin(phase), 2.0 * np.sin(half), 4.0 * np.cos(half)])
        force_g = np.array(
            [
                0.10 * np.sin(phase + 0.6),
                0.08 * np.sin(half + 0.4),
                0.28 * np.cos(phase) + 0.09 * np.cos(2 * phase + 0.8),
            ]
        ).T
        force_g *= self.pace**_PACE_POWER * (_STAIRS if self.stairs else 1.0)
        return angles_deg, force_g + 0.03 * self._rng.standard_normal((n, 3))
