"""Somebody who sits, as a timeline of leans: what a whole clip is tried on.

Limits: turns about the left axis only; the clip is worn the nominal way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from firmware.models.recorded import Array, Felt
from firmware.models.worn import MOUNTING, clip_from_chip
from scipy.spatial.transform import Rotation

from midback.simulated.motion import turned

_BREATH_DEG = 0.15
_BREATHS_HZ = 0.25
_SHAKE_G = 0.4
_SHAKES_HZ = 3.0
_STEP_S = 1e-3

Span = tuple[float, float]


class Sitting:
    """Leans as told, breathes, and fidgets when told.

    Args:
        leans: (time in s, flexion in degrees) from then on, rising; it takes a second to get
            there.
        restless: spans (from, to) in s of being shaken, enough to count as movement.
        worn: the span of time it breathes; before and after, the clip lies on a table.
    """

    def __init__(
        self,
        *leans: Span,
        restless: Sequence[Span] = (),
        worn: Span = (-np.inf, np.inf),
    ) -> None:
        self._nodes_s = np.array([t for time_s, _ in leans for t in (time_s, time_s + 1.0)])
        angles = [leans[0][1], *(lean_deg for _, lean_deg in leans)]
        self._nodes_deg = np.array([a for pair in pairwise(angles) for a in pair])
        self._restless = restless
        self._worn = worn
        chip = clip_from_chip(MOUNTING)
        self._chip = chip
        self._clip_from_chip = Rotation.from_matrix(chip).as_quat(scalar_first=True)

    def at(self, times_s: Array) -> Felt:
        lean_rad = np.radians(self._lean_deg(times_s))
        rate_dps = (self._lean_deg(times_s + _STEP_S) - self._lean_deg(times_s - _STEP_S)) / (
            2 * _STEP_S
        )
        zero = np.zeros_like(lean_rad)
        # The clip's x points forward: it dips, so that what holds it up pushes along minus x.
        acc = np.stack([-np.sin(lean_rad), zero, np.cos(lean_rad)], axis=1)
        for from_s, to_s in self._restless:
            shaken = (times_s >= from_s) & (times_s < to_s)
            acc[shaken, 2] += _SHAKE_G * np.sin(2 * np.pi * _SHAKES_HZ * times_s[shaken])
        rate = np.stack([zero, rate_dps, zero], axis=1)
        half = lean_rad / 2
        quat = np.stack([np.cos(half), zero, np.sin(half), zero], axis=1)
        return acc @ self._chip, rate @ self._chip, turned(quat, self._clip_from_chip)

    def _lean_deg(self, times_s: Array) -> Array:
        from_s, to_s = self._worn
        breathes = (times_s >= from_s) & (times_s < to_s)
        breath = _BREATH_DEG * np.sin(2 * np.pi * _BREATHS_HZ * times_s)
        return np.interp(times_s, self._nodes_s, self._nodes_deg) + np.where(breathes, breath, 0.0)
