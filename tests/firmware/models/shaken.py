"""What a coin motor's vibration adds to a movement.

An eccentric mass that turns about an axis out of the back: force in its plane, which follows
the square of its speed, and a rocking of the clip.  Sizes are those of the simulated clip's
motor; nobody measured them on this case.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from firmware.models.recorded import Array, Felt, Moving

_FULL_HZ = 200.0
_FULL_G = 1.2
_FULL_DPS = 60.0
_INERTIA_S = 0.04


class Shaken:
    """A movement, and a motor beside the chip.

    Args:
        motion: what the clip does without it.
        motor_log: (time in s, drive in percent) from then on, oldest first; may grow.
    """

    def __init__(self, motion: Moving, motor_log: Sequence[tuple[float, float]]) -> None:
        self._motion = motion
        self._log = motor_log
        self._known: object = None
        self._nodes = np.zeros((4, 0))

    @property
    def version(self) -> tuple[object, ...]:
        """Changes with the log."""
        newest = self._log[-1] if self._log else None
        return len(self._log), newest, getattr(self._motion, "version", 0)

    def at(self, times_s: Array) -> Felt:
        acc, rate, quat = self._motion.at(times_s)
        if self._log:
            speed, turns = self._turning(times_s)
            if speed.any():
                shake = speed**2 * np.exp(2j * np.pi * turns)
                acc, rate = acc.copy(), rate.copy()
                acc[:, 0] += _FULL_G * shake.real
                acc[:, 1] += _FULL_G * shake.imag
                rate[:, :2] += _FULL_DPS * np.stack([shake.imag, shake.real], axis=1)
        return acc, rate, quat

    def _turning(self, times_s: Array) -> tuple[Array, Array]:
        """Speed as a share of the full one, and turns so far."""
        if self._known != self.version:
            self._nodes = self._spin_up()
            self._known = self.version
        at_s, drive, speed, turns = self._nodes[:, np.searchsorted(self._nodes[0], times_s) - 1]
        later_s = np.minimum(times_s - at_s, 1e6)
        fading = np.exp(-later_s / _INERTIA_S)
        now = drive + (speed - drive) * fading
        run = drive * later_s + (speed - drive) * _INERTIA_S * (1 - fading)
        return np.where(now < 1e-3, 0.0, now), turns + _FULL_HZ * run

    def _spin_up(self) -> Array:
        """Time, drive, speed and turns at each entry of the log, and long before."""
        nodes = [(-1e6, 0.0, 0.0, 0.0)]
        for time_s, percent in sorted(self._log, key=lambda entry: entry[0]):
            at_s, drive, speed, turns = nodes[-1]
            later_s = time_s - at_s
            fading = float(np.exp(-later_s / _INERTIA_S))
            run = drive * later_s + (speed - drive) * _INERTIA_S * (1 - fading)
            now = drive + (speed - drive) * fading
            nodes.append((time_s, percent / 100, now, (turns + _FULL_HZ * run) % 1.0))
        return np.array(nodes).T
