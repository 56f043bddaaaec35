"""Joints that move smoothly: every posture is a sum of such movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from midback.simulated.motion import Array

_SOON_S = 5.0
"""A movement with less than this to go cannot be stopped without a jolt."""


def swift(x: Array) -> Array:
    """A movement made on purpose, from 0 at 0 to 1 at 1: the minimum-jerk profile.

    Flash and Hogan, Journal of Neuroscience 5:1688, 1985.
    """
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)


def creeping(x: Array) -> Array:
    """Sagging, from 0 at 0 to 1 at 1: fastest after a third of the time, then ever slower."""
    return x * x * (6.0 - 8.0 * x + 3.0 * x * x)


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

    def move_by(self, size: float, start_s: float, duration_s: float) -> None:
        """Let running movements be and end so much further."""
        self.add(Movement(start_s, duration_s, size))

    def bump(
        self, size: float, start_s: float, out_s: float, stay_s: float, back_s: float
    ) -> float:
        """Go somewhere, stay, and come back; return when that is over."""
        self.add(Movement(start_s, out_s, size))
        back = Movement(start_s + out_s + stay_s, back_s, -size)
        self.add(back)
        return back.end_s

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
