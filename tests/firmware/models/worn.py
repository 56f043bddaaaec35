"""A chip on a simulated wearer's back, moved in blocks as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from firmware.models.interpolation import on_grid, rates_dps, unit, without_jumps
from firmware.models.recorded import UP, Array, Felt
from scipy.spatial.transform import Rotation

from midback.simulated.day import SimulatedDay
from midback.simulated.motion import seen_from, turned
from midback.simulated.wearer import Wearer

MOUNTING = "-z-x+y"
"""Breakout flat, component side away from the wearer, chip y up the spine."""

_STEP_S = 0.02
_BLOCK = 150
_REMEMBERED = round(900 / _STEP_S)


def clip_from_chip(mounting: str) -> Array:
    """The matrix of a mounting such as ``-z-x+y``: clip x is minus chip z, and so on.

    Raises:
        ValueError: it is not a proper rotation by signed axes.
    """
    matrix = np.zeros((3, 3))
    signs, axes = mounting[::2], mounting[1::2]
    if set(signs) <= set("+-") and sorted(axes) == ["x", "y", "z"]:
        for row in range(3):
            matrix[row, "xyz".index(axes[row])] = 1.0 if signs[row] == "+" else -1.0
    if not np.isclose(np.linalg.det(matrix), 1.0):
        raise ValueError(f"mounting {mounting!r} is not a rotation by signed axes like {MOUNTING}")
    return matrix


class Worn:
    """What a chip on a simulated wearer feels.

    The wearer learns of buzzes through ``wearer.feel_buzz`` as ever, with times that count from
    when the clip was put on.  Only the last quarter of an hour is remembered.

    Args:
        worn_by: the wearer, or a simulated day with one.
        mounting: how the breakout sits in the clip.
        back_from_clip: how the clip sits on the back, a unit quaternion.
        put_on_s: when the wearer's time begins, by the clock of ``at``; before, it rests.
    """

    def __init__(
        self,
        worn_by: Wearer | SimulatedDay,
        mounting: str = MOUNTING,
        *,
        back_from_clip: Sequence[float] = (1.0, 0.0, 0.0, 0.0),
        put_on_s: float = 0.0,
    ) -> None:
        self.wearer = worn_by.wearer if isinstance(worn_by, SimulatedDay) else worn_by
        chip = Rotation.from_matrix(clip_from_chip(mounting)).as_quat(scalar_first=True)
        self._back_from_chip = turned(np.asarray(back_from_clip, float), chip)
        self._put_on_s = put_on_s
        self._felt = np.empty((2 * _REMEMBERED, 10))
        self._first = 0
        self._count = 0

    def at(self, times_s: Array) -> Felt:
        """See ``Moving``.

        Raises:
            ValueError: this was too long ago.
        """
        since_s = times_s - self._put_on_s
        while self.wearer.now_s <= since_s[-1] + _STEP_S or not self._count:
            self._move()
        places = since_s / _STEP_S - 1 - self._first
        if self._first and places[0] < 0:
            raise ValueError(f"{times_s[0]:.1f} s is too long ago to be remembered")
        felt = self._felt[: self._count]
        acc = on_grid(places, felt[:, :3])
        # A rate is the mean over the step before, so it belongs half a step earlier.
        rate = on_grid(places + 0.5, felt[:, 3:6])
        rate[since_s < 0] = 0.0
        return acc, rate, unit(on_grid(places, felt[:, 6:]))

    def _move(self) -> None:
        if self._count + _BLOCK > len(self._felt):
            forgotten = self._count - _REMEMBERED
            self._felt[:_REMEMBERED] = self._felt[forgotten : self._count]
            self._first, self._count = self._first + forgotten, _REMEMBERED
        motion = self.wearer.move(_BLOCK, _STEP_S)
        quat = turned(motion.earth_from_back, self._back_from_chip)
        before = self._felt[self._count - 1 : self._count, 6:] if self._count else quat[:1]
        orientations = without_jumps(np.vstack([before, quat]))
        block = self._felt[self._count : self._count + _BLOCK]
        block[:, :3] = seen_from(quat, motion.acceleration_g + UP)
        block[:, 3:6] = rates_dps(orientations, np.full(_BLOCK, _STEP_S))
        block[:, 6:] = orientations[1:]
        self._count += _BLOCK


def worn(
    worn_by: Wearer | SimulatedDay, mounting: str = MOUNTING, *, put_on_s: float = 0.0
) -> Worn:
    """A clip on a simulated wearer, worn the nominal way."""
    return Worn(worn_by, mounting, put_on_s=put_on_s)
