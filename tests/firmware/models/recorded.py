"""Movements that are known beforehand: lying still, and samples of anything.

All in chip axes, the ones printed on the breakout.  Specific force reads +1 g upward at rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
from firmware.models.interpolation import between, rates_dps, unit, without_jumps
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from midback.simulated.motion import seen_from
from midback.tilt_array import TiltArray

Array = NDArray[np.float64]
Felt = tuple[Array, Array, Array]

UP = np.array([0.0, 0.0, 1.0])
"""Away from the earth's centre, in earth axes."""


class Moving(Protocol):
    """Anything that can be felt at any time."""

    def at(self, times_s: Array) -> Felt:
        """Acceleration in g ``(n, 3)``, rate in deg/s ``(n, 3)``, earth_from_chip ``(n, 4)``.

        Times rise within a call, and may go back by some minutes from call to call.  Whoever
        changes what it said of times already asked has a ``version`` that changes with it.
        """
        ...


class Still:
    """Lies where it was put.

    Args:
        up: which way is up, in chip axes; the default is the nominal wearing.
    """

    def __init__(self, up: Sequence[float] = (0.0, 1.0, 0.0)) -> None:
        self._up = np.asarray(up, float) / np.linalg.norm(up)
        turn = Rotation.align_vectors(UP[None], self._up[None])[0]
        self._earth_from_chip: Array = turn.as_quat(canonical=True, scalar_first=True)

    def at(self, times_s: Array) -> Felt:
        n = len(times_s)
        orientation = np.broadcast_to(self._earth_from_chip, (n, 4))
        return np.broadcast_to(self._up, (n, 3)), np.zeros((n, 3)), orientation


class Recorded:
    """Samples of a movement, and straight lines between them; before and after, it rests.

    Args:
        times_s: rising, shape ``(n,)``.
        acc: in g, shape ``(n, 3)``.
        rate: in deg/s, shape ``(n, 3)``.
        quat: earth_from_chip, shape ``(n, 4)``; ``None`` takes it from a fusion of acc and
            rate, which must then be evenly spaced.  Its heading means nothing.
        averaged_s: acc and rate are means over this time before their own.
    """

    def __init__(
        self,
        times_s: Array,
        acc: Array,
        rate: Array,
        quat: Array | None = None,
        *,
        averaged_s: float = 0.0,
    ) -> None:
        self.times_s = np.asarray(times_s, float)
        self._felt = np.hstack([acc, rate])
        self._felt_s = self.times_s - averaged_s / 2
        self._quat = without_jumps(fused(self.times_s, acc, rate) if quat is None else quat)

    @classmethod
    def of_orientations(cls, times_s: Array, earth_from_chip: Array) -> Self:
        """A movement about the chip's own centre, told by orientations ``(n, 4)``."""
        acc = seen_from(earth_from_chip, np.tile(UP, (len(times_s), 1)))
        rate = rates_dps(earth_from_chip, np.diff(times_s))
        middle = np.vstack([rate[:1], (rate[1:] + rate[:-1]) / 2, rate[-1:]])
        return cls(times_s, acc, middle, earth_from_chip)

    def at(self, times_s: Array) -> Felt:
        felt = between(times_s, self._felt_s, self._felt)
        outside = (times_s < self.times_s[0]) | (times_s > self.times_s[-1])
        felt[outside, 3:] = 0.0
        return felt[:, :3], felt[:, 3:], unit(between(times_s, self.times_s, self._quat))


def fused(times_s: Array, acc: Array, rate: Array) -> Array:
    """Orientations ``(n, 4)`` from evenly spaced samples, right in their tilt only."""
    tilt = TiltArray(float(np.median(np.diff(times_s))))
    up, _ = tilt.update(np.diff(times_s, prepend=times_s[0]), rate, acc)
    return tilt.orientation(up)
