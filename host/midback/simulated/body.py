"""The wearer's body: joint angles as sums of movements, and the accelerations they cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import signal

from midback.simulated.motion import Array, swift

NOMINAL_HZ = 50.0

_LEVER_M = 0.45
"""From the hip joints up to between the shoulder blades of a seated adult."""

_G = 9.80665

_SOON_S = 5.0
"""A movement with less than this to go cannot be stopped without a jolt."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One smooth step of a joint."""

    start_s: float
    duration_s: float
    size: float
    profile: Callable[[Array], Array] = swift

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + self.duration_s

    def at(self, time_s: Array) -> Array:
        """How far it has come, shape ``(n,)``."""
        share = np.minimum(np.maximum((time_s - self.start_s) / self.duration_s, 0.0), 1.0)
        return self.size * self.profile(share)


class Joint:
    """A value that changes by movements, several of which may run at once."""

    def __init__(self) -> None:
        self._value = 0.0
        self._movements: list[Movement] = []

    @property
    def final(self) -> float:
        """Where it will be when all movements are over."""
        return self._value + sum(movement.size for movement in self._movements)

    def at(self, time_s: Array) -> Array | float:
        """Its value: an array, or one number while it rests."""
        if not self._movements:
            return self._value
        value = self._movements[0].at(time_s)
        for movement in self._movements[1:]:
            value = value + movement.at(time_s)
        return value + self._value

    def value(self, now_s: float) -> float:
        """Its value at one moment."""
        return self._value + float(sum(m.at(np.array([now_s]))[0] for m in self._movements))

    def add(self, movement: Movement) -> None:
        """Move on top of what already moves."""
        self._movements.append(movement)

    def move_to(self, target: float, start_s: float, duration_s: float) -> None:
        """Let running movements be and end at ``target``."""
        self.add(Movement(start_s, duration_s, target - self.final))

    def bump(
        self, size: float, start_s: float, out_s: float, stay_s: float, back_s: float
    ) -> None:
        """Go somewhere, stay, and come back."""
        self.add(Movement(start_s, out_s, size))
        self.add(Movement(start_s + out_s + stay_s, back_s, -size))

    def redirect(self, now_s: float, target: float, start_s: float, duration_s: float) -> None:
        """Give up what was intended and go to ``target`` instead.

        What began and is nearly over ends as it would; a slow movement stops where it is.
        """
        now = np.array([now_s])
        begun = [m for m in self._movements if m.start_s < now_s]
        self._movements = [m for m in begun if m.end_s - now_s <= _SOON_S]
        slow = [m for m in begun if m.end_s - now_s > _SOON_S]
        self._value += float(sum(m.at(now)[0] for m in slow))
        self.move_to(target, start_s, duration_s)

    def forget(self, before_s: float) -> None:
        """Fold movements that were over by then into the value."""
        if self._movements and any(movement.end_s < before_s for movement in self._movements):
            self._value += sum(m.size for m in self._movements if m.end_s < before_s)
            self._movements = [m for m in self._movements if m.end_s >= before_s]


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


def lever_acceleration(
    flexion_rad: Array, lateral_rad: Array, height_m: Array | float, dt_s: float
) -> Array:
    """Acceleration of the upper back as it swings about the hips and is lifted.

    Args:
        flexion_rad: forward tilt, shape ``(n + 2,)``: one sample more at either end.
        lateral_rad: tilt to the right, likewise.
        height_m: height of the hips, likewise, or one number.
        dt_s: seconds between samples.

    Returns:
        Forward, left and up in g, shape ``(n, 3)``.
    """
    place = np.empty((len(flexion_rad), 3))
    place[:, 0] = np.sin(flexion_rad)
    place[:, 1] = -np.sin(lateral_rad)
    place[:, 2] = np.cos(flexion_rad) * np.cos(lateral_rad)
    place *= _LEVER_M
    place[:, 2] += height_m
    bend = place[2:] - 2 * place[1:-1] + place[:-2]
    return bend / (_G * dt_s * dt_s)


class Gait:
    """Walking: what each step adds to the tilt and the acceleration of the upper back.

    Sizes are the orders of magnitude of level walking: vertical acceleration of 0.2 g RMS at
    the step rate, a degree or two of tilt, a few degrees of twist at half that rate.
    """

    def __init__(self, rng: np.random.Generator, step_hz: float) -> None:
        self._rng = rng
        self._step_hz = step_hz
        self._phase = 0.0

    def take(self, n: int, dt_s: float) -> tuple[Array, Array]:
        """The next ``n`` samples.

        Returns:
            Flexion, lateral and heading in degrees, shape ``(3, n)``; acceleration forward,
            left and up in g, shape ``(n, 3)``.
        """
        step_hz = self._step_hz * (1 + 0.02 * self._rng.standard_normal())
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
        return angles_deg, force_g + 0.03 * self._rng.standard_normal((n, 3))
