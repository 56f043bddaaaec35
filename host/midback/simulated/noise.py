"""Noise of a given colour: postural sway, and the tremor of typing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from midback.simulated.motion import Array

NOMINAL_HZ = 50.0
"""The rate it is drawn for; a sensor that samples a per cent faster does not matter."""


class Coloured:
    """Endless band-limited noise of unit standard deviation, made a minute at a time."""

    def __init__(
        self, rng: np.random.Generator, columns: int, low_hz: float | None, high_hz: float
    ) -> None:
        self._rng = rng
        band = high_hz if low_hz is None else (low_hz, high_hz)
        kind = "lowpass" if low_hz is None else "bandpass"
        # scipy.signal has no complete annotations.
        design: Any = signal.butter  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        self._filter: Any = signal.sosfilt  # pyright: ignore[reportUnknownMemberType]
        self._sections: Array = design(2, band, kind, fs=NOMINAL_HZ, output="sos")
        self._state = np.zeros((len(self._sections), 2, columns))
        width_hz = high_hz - (low_hz or 0.0)
        # White noise of variance 1 has 2/fs of it in each hertz; a second-order Butterworth
        # passes 1.11 times its nominal width.
        self._scale = 1.0 / np.sqrt(1.11 * width_hz * 2 / NOMINAL_HZ)
        self._columns = columns
        self._store = np.empty((0, columns))
        self._used = 0
        self._refill(1000)

    def take(self, n: int) -> Array:
        """The next ``n`` values, shape ``(n, columns)``."""
        if self._used + n > len(self._store):
            self._refill(max(3000, n))
        part = self._store[self._used : self._used + n]
        self._used += n
        return part

    def _refill(self, n: int) -> None:
        white = self._rng.standard_normal((n, self._columns))
        fresh, self._state = self._filter(self._sections, white, axis=0, zi=self._state)
        self._store = np.concatenate([self._store[self._used :], self._scale * fresh])
        self._used = 0
