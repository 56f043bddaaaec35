"""The clip's vibration motor: patterns, limits, and what it does to the sensor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire

_PULSES_S: dict[int, tuple[tuple[float, float], ...]] = {
    wire.PATTERN_TICK: ((0.04, 0.0),),
    wire.PATTERN_NUDGE: ((0.08, 0.12), (0.08, 0.0)),
    wire.PATTERN_STRONG: ((0.15, 0.15), (0.15, 0.15), (0.15, 0.0)),
    wire.PATTERN_LONG: ((0.6, 0.0),),
    wire.PATTERN_LOW_BATTERY: ((0.04, 0.2), (0.04, 0.0)),
}
"""Seconds on and off, pattern by pattern."""

_BETWEEN_REPEATS_S = 0.4
_MOST_ON_S = 6.0
_DUTY_WINDOW_S = 60.0
AFTERSHAKE_S = 0.3
"""How long samples stay suspect after the motor stopped."""

_SHAKE_COUNTS = np.array([1200.0] * 3 + [400.0] * 3)
"""Spread at full strength: 0.6 g and 24 dps, a coin motor's 200 Hz folded into 50 Hz samples."""


class Motor:
    """Runs pulses; refuses more than 6 s of them within a minute.

    Args:
        felt: is told when a pattern begins.
        seed: chance.

    Attributes:
        buzzes: patterns begun since the clip was switched on, modulo 65536.
    """

    def __init__(self, felt: Callable[[float], None], *, seed: int = 0) -> None:
        self.buzzes = 0
        self._felt = felt
        self._rng = np.random.default_rng([seed, 0xB022])
        self._pulses: deque[tuple[float, float, float]] = deque(maxlen=200)
        self._busy_until_s = -1.0

    def restart(self) -> None:
        """The clip is switched on, and knows of no buzz before."""
        self.buzzes = 0
        self._pulses.clear()
        self._busy_until_s = -1.0

    def buzz(self, pattern: int, repeats: int, strength_percent: int, now_s: float) -> int:
        """Begin a pattern; return the result code of the command."""
        if now_s < self._busy_until_s:
            return wire.BUSY
        fresh: list[tuple[float, float, float]] = []
        at_s = now_s
        for _ in range(repeats):
            for on_s, off_s in _PULSES_S[pattern]:
                fresh.append((at_s, at_s + on_s, strength_percent / 100))
                at_s += on_s + off_s
            at_s += _BETWEEN_REPEATS_S
        recent = [p for p in self._pulses if p[0] > now_s - _DUTY_WINDOW_S]
        # A nanosecond of rounding is no vibration.
        if sum(end - begin for begin, end, _ in [*recent, *fresh]) > _MOST_ON_S + 1e-9:
            return wire.REFUSED
        self._pulses.extend(fresh)
        self._busy_until_s = fresh[-1][1]
        self.buzzes = (self.buzzes + 1) & 0xFFFF
        self._felt(now_s)
        return wire.OK

    def shook(self, first_s: float, last_s: float) -> bool:
        """Whether a sample in this time is suspect."""
        if first_s > self._busy_until_s + AFTERSHAKE_S:
            return False
        return any(b <= last_s and first_s <= e + AFTERSHAKE_S for b, e, _ in self._pulses)

    def shaken(self, counts: NDArray[np.int16], time_s: NDArray[np.float64]) -> NDArray[np.int16]:
        """Sensor counts, shape ``(n, 6)``, with the motor's shaking where it ran."""
        strength = np.zeros(len(time_s))
        for begin, end, share in self._pulses:
            strength[(time_s >= begin) & (time_s <= end)] = share
        noise = self._rng.standard_normal(counts.shape) * _SHAKE_COUNTS * strength[:, None]
        return np.clip(counts + np.rint(noise), -32768, 32767).astype(np.int16)
