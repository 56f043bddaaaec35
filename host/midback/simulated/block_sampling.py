"""A clip's samples, whole blocks at a time: a day of them costs half as much.

Limits: what only a host that is linked can ask for is not there.  No sample is lost, and the
orientation is that of every second sample.
"""

from __future__ import annotations

from copy import copy

import numpy as np

from midback.shared import wire
from midback.simulated.motor import Motor
from midback.simulated.sampling import PERIOD_S, STEP, Sampler
from midback.simulated.sensor import SensorErrors
from midback.simulated.wearer import Wearer
from midback.tilt_array import TiltArray


class BlockSampler(Sampler):
    """A ``Sampler`` whose orientations come from ``TiltArray``; the same tilt, any heading.

    Args:
        wearer, errors, motor, seed: as there.
    """

    block = 300

    def __init__(
        self, wearer: Wearer, errors: SensorErrors | None, motor: Motor, *, seed: int
    ) -> None:
        self._tilt = TiltArray(PERIOD_S)
        self._before = copy(self._tilt)
        self._found: list[tuple[int, int, int, int]] = []
        self._stale = True
        super().__init__(wearer, errors, motor, seed=seed)

    def _oriented(self, values: list[list[float]]) -> list[tuple[int, int, int, int]]:
        rows = slice(self._at, self._at + STEP)
        if values != self._values[rows]:
            # The motor shook them after the block was made: what follows is found anew.
            self._values[rows] = values
            self._stale = True
        if self._stale:
            self._tilt = copy(self._before)
            self._found = self._orientations()
            self._stale = False
        return self._found[rows.start // 2 : rows.stop // 2]

    def _next_block(self) -> None:
        super()._next_block()
        self._before = copy(self._tilt)
        self._stale = True

    def _orientations(self) -> list[tuple[int, int, int, int]]:
        values = np.array(self._values)
        up, _ = self._tilt.update(PERIOD_S, values[:, 3:], values[:, :3])
        counts = np.rint(self._tilt.orientation(up[1::2]) * wire.QUATERNION_ONE)
        return [(w, x, y, z) for w, x, y, z in counts.astype(int).tolist()]
