"""The wearer's body: how it is held, and the accelerations that its movements cause."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.simulated.gait import Gait
from midback.simulated.habits import Habits
from midback.simulated.joints import Joint, swift
from midback.simulated.motion import Array
from midback.simulated.noise import Coloured

_LEVER_M = 0.45
"""From the hip joints up to between the shoulder blades of a seated adult."""

_SAG_FORWARD_M, _SAG_DOWN_M = 0.1, 0.08
"""A slump hardly moves the upper back: the pelvis rolls back by about 10 degrees while the thorax
tips forward (Nairn et al., Manual Therapy 18:498, 2013).  With 0.2 m below and 0.25 m above the
bend this is 3 cm forward and 2 to 3 cm down in a slump of 20 degrees."""

_G = 9.80665

_FIRST_STEPS = 2
"""By the end of the first step walking is steady (Breniere and Do, Journal of Biomechanics
19:1035, 1986); one more is granted."""

_TAPPING_HZ = (3.0, 12.0)


class Held(NamedTuple):
    """How the thorax was held, and what it felt; arrays over ``n`` samples.

    ``heading_deg`` is one number while the wearer does not turn.
    ``acceleration_g`` is in earth axes, whose x is where the wearer faced at first.
    ``sag_deg`` is what of the flexion is a slump; ``walking`` leaves the first two steps out.
    """

    time_s: Array
    flexion_deg: Array
    lateral_deg: Array
    heading_deg: Array | float
    acceleration_g: Array
    sag_deg: Array
    walking: NDArray[np.bool_]


class Body:
    """Joints with a will, and sway, breathing and gait without one.

    Attributes:
        slump: flexion by sagging, in degrees.
        shift: flexion by sitting differently.
        bend: flexion by leaning, reaching and bowing.
        lateral: tilt to the right.
        heading: turn to the left.
        height: of the hips above the seat, in metres.
    """

    def __init__(self, rng: np.random.Generator, habits: Habits) -> None:
        self.slump, self.shift, self.bend = Joint(), Joint(), Joint()
        self.lateral, self.heading, self.height = Joint(), Joint(), Joint()
        self._rng = rng
        self._habits = habits
        self._sway = Coloured(rng, 2, None, habits.sway_hz)
        self._last_sway = self._sway.take(2)
        self._unrest = 1.0
        self._tapping = Coloured(rng, 3, *_TAPPING_HZ)
        self._gait = Gait(rng, habits.step_hz)
        self._breath = float(rng.uniform(0, 2 * np.pi))
        self._steps_from_s = self._steps_to_s = 0.0

    def walk(self, from_s: float, to_s: float, pace: float = 1.0, *, stairs: bool = False) -> None:
        """Make steps in this time, ``pace`` times as fast as usual."""
        self._steps_from_s, self._steps_to_s = from_s, to_s
        self._gait.pace, self._gait.stairs = pace, stairs

    def stand_still(self, at_s: float) -> None:
        """Make no more steps."""
        self._steps_to_s = min(self._steps_to_s, at_s)

    def forget(self, before_s: float) -> None:
        """Let go of movements that were over by then."""
        for joint in (
            self.slump,
            self.shift,
            self.bend,
            self.lateral,
            self.heading,
            self.height,
        ):
            joint.forget(before_s)

    def move(
        self, start_s: float, n: int, period_s: float, *, unrest: float, tremor_g: float
    ) -> Held:
        """The next ``n`` samples.

        Args:
            start_s: when the last one was.
            n: how many.
            period_s: seconds between two.
            unrest: what the usual sway is multiplied by.
            tremor_g: spread of small accelerations while not walking.
        """
        # One sample more at either end, from which the acceleration is found.
        time_s: Array = start_s + period_s * np.arange(n + 2, dtype=np.float64)
        flexion_deg, lateral_deg = self._tilts(time_s, unrest)
        height_m = self.height.at(time_s)
        sag_deg = np.zeros(n + 2) + self.slump.at(time_s)
        acceleration_g = lever_acceleration(
            np.radians(flexion_deg - sag_deg),
            np.radians(lateral_deg),
            height_m,
            period_s,
            np.radians(sag_deg),
        )
        time_s, flexion_deg, lateral_deg = time_s[1:-1], flexion_deg[1:-1], lateral_deg[1:-1]
        heading_deg = self.heading.at(time_s)
        steady_s = self._steps_from_s + _FIRST_STEPS / self._habits.step_hz
        walking = (time_s > steady_s) & (time_s < self._steps_to_s)
        if self._steps_from_s < time_s[-1] and start_s < self._steps_to_s:
            rise = np.minimum(time_s - self._steps_from_s, self._steps_to_s - time_s)
            vigour = swift(np.clip(rise, 0.0, 1.0))
            angles_deg, force_g = self._gait.take(n, period_s)
            flexion_deg = flexion_deg + vigour * angles_deg[0]
            lateral_deg = lateral_deg + vigour * angles_deg[1]
            heading_deg = heading_deg + vigour * angles_deg[2]
            acceleration_g += vigour[:, None] * force_g
        else:
            acceleration_g += tremor_g * self._tapping.take(n)
        _face(heading_deg, acceleration_g)
        return Held(
            time_s, flexion_deg, lateral_deg, heading_deg, acceleration_g, sag_deg[1:-1], walking
        )

    def _tilts(self, time_s: Array, unrest: float) -> tuple[Array, Array]:
        habits = self._habits
        n = len(time_s) - 2
        sway = self._swayed(n) * habits.sway_deg
        # From one activity to the next in a ramp: a step would be a knock.
        before, self._unrest = self._unrest, unrest
        sway *= unrest if unrest == before else np.linspace(before, unrest, n + 2)[:, None]
        rate = 2 * np.pi * habits.breathing_hz * (1 + 0.1 * self._rng.standard_normal())
        breath = self._breath + rate * (time_s - time_s[0])
        self._breath = float(breath[n] % (2 * np.pi))
        flexion = habits.breathing_deg * np.sin(breath) + sway[:, 0]
        for joint in (self.slump, self.shift, self.bend):
            flexion += joint.at(time_s)
        return flexion, 0.6 * sway[:, 1] + self.lateral.at(time_s)

    def _swayed(self, n: int) -> Array:
        fresh = self._sway.take(n)
        sway = np.concatenate([self._last_sway, fresh])
        self._last_sway = fresh[-2:]
        return sway


def _face(heading_deg: Array | float, acceleration_g: Array) -> None:
    """Turn what was forward and left for the wearer into earth axes, in place."""
    heading = np.radians(heading_deg)
    cos, sin = np.cos(heading), np.sin(heading)
    forward, left = acceleration_g[:, 0].copy(), acceleration_g[:, 1].copy()
    acceleration_g[:, 0] = cos * forward - sin * left
    acceleration_g[:, 1] = sin * forward + cos * left


def lever_acceleration(
    flexion_rad: Array,
    lateral_rad: Array,
    height_m: Array | float,
    dt_s: float,
    sag_rad: Array | float = 0.0,
) -> Array:
    """Acceleration of the upper back as it swings about the hips and is lifted.

    Args:
        flexion_rad: forward tilt at the hips, shape ``(n + 2,)``: one sample more at either end.
        lateral_rad: tilt to the right, likewise.
        height_m: height of the hips, likewise, or one number.
        dt_s: seconds between samples.
        sag_rad: forward tilt by slumping, likewise.

    Returns:
        Forward, left and up in g, shape ``(n, 3)``.
    """
    sag = np.sin(sag_rad)
    place = np.empty((3, len(flexion_rad)))
    place[0] = np.sin(flexion_rad)
    place[1] = -np.sin(lateral_rad)
    place[2] = np.cos(flexion_rad) * np.cos(lateral_rad)
    place *= _LEVER_M
    place[0] += _SAG_FORWARD_M * sag
    place[2] -= _SAG_DOWN_M * np.abs(sag)
    place[2] += height_m
    bend = place[:, 2:] - 2 * place[:, 1:-1] + place[:, :-2]
    return (bend / (_G * dt_s * dt_s)).T
