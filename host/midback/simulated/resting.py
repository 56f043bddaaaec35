"""How a clip lies that nobody wears: on a table, on its edge, or carried in a bag.

Sizes are chosen here: a table at which somebody types trembles by a few thousandths of g, and a
bag in the hand swings with the steps.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from midback.simulated.motion import Array, turn_about, turned

_TYPED_G = 0.002
_KNOCK_G = 0.03
_KNOCK_EVERY_S = 25.0
_TYPING_S, _PAUSE_S = 40.0, 25.0
"""So long somebody types at the table, and so long they stop."""

_SWING_DEG, _SWING_HZ = 6.0, 0.9
_STEP_G = 0.12
_CARRIED_S, _SET_DOWN_S = 80.0, 40.0


class Rest(IntEnum):
    """How a clip that nobody wears lies."""

    FLAT = 0
    """On the side that lay against the body."""
    FACE_UP = 1
    EDGE = 2
    """On one of its four narrow sides: its arrow may even point up."""
    TYPED_AT = 3
    """Flat, on a table that somebody types and puts things down at."""
    CARRIED = 4
    """In a bag that somebody carries, sets down, and carries on."""


class Resting:
    """One clip, laid down once.

    Args:
        rng: chance.
        rest: how it lies.
    """

    def __init__(self, rng: np.random.Generator, rest: Rest = Rest.FLAT) -> None:
        self._rng = rng
        self._rest = rest
        around = turn_about(np.array([0.0, 0.0, 1.0]), float(rng.uniform(0, 6)))
        self._lies = turned(around, _lying(rng, rest))

    def go_on(self, time_s: Array) -> tuple[Array, Array]:
        """Orientations, shape ``(n, 4)``, and accelerations in g and earth axes, ``(n, 3)``."""
        n = len(time_s)
        lies = np.broadcast_to(self._lies, (n, 4))
        if self._rest is Rest.TYPED_AT:
            return lies, self._trembling(time_s)
        if self._rest is Rest.CARRIED:
            return self._carried(time_s, lies)
        return lies, np.zeros((n, 3))

    def _trembling(self, time_s: Array) -> Array:
        rng, n = self._rng, len(time_s)
        typing = time_s % (_TYPING_S + _PAUSE_S) < _TYPING_S
        felt_g = _TYPED_G * typing[:, None] * rng.standard_normal((n, 3))
        knocks = rng.random(n) < (time_s[1] - time_s[0]) / _KNOCK_EVERY_S
        felt_g[:, 2] += _KNOCK_G * knocks * rng.standard_normal(n)
        return felt_g

    def _carried(self, time_s: Array, lies: Array) -> tuple[Array, Array]:
        into_s = time_s % (_CARRIED_S + _SET_DOWN_S)
        # A second to take it up and to set it down.
        vigour = np.clip(np.minimum(into_s, _CARRIED_S - into_s), 0.0, 1.0)
        phase = 2 * np.pi * _SWING_HZ * time_s
        half = 0.5 * np.radians(_SWING_DEG) * vigour * np.sin(phase)
        swing = np.zeros((len(time_s), 4))
        swing[:, 0], swing[:, 1] = np.cos(half), np.sin(half)
        steps_g = _STEP_G * np.array([0.5 * np.sin(phase), 0.3 * np.cos(phase), np.cos(2 * phase)])
        rough_g = 0.3 * _STEP_G * self._rng.standard_normal((len(time_s), 3))
        return turned(lies, swing), vigour[:, None] * (steps_g.T + rough_g)


def _lying(rng: np.random.Generator, rest: Rest) -> Array:
    """Orientation but for the heading; x is what lies against the body, z the arrow."""
    if rest is Rest.EDGE:
        return turn_about(np.array([1.0, 0.0, 0.0]), np.pi / 2 * int(rng.integers(4)))
    if rest is Rest.CARRIED:
        return turn_about(rng.standard_normal(3), float(rng.uniform(0.3, np.pi)))
    down = -1.0 if rest is Rest.FACE_UP else 1.0
    return turn_about(np.array([0.0, down, 0.0]), np.pi / 2)
