"""The packets' content whole blocks at a time: a day of it costs a third.

Limits: what only a host that is linked can ask for is not there.  No sample is lost, and there
are no packets but those that the clip judges.
"""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire
from midback.simulated.motor import Motor
from midback.simulated.packing import Pack
from midback.simulated.sampling import PER_COUNT, PERIOD_S, STEP, Sampler, Source, pair_means
from midback.tilt_array import TiltArray


class BlockSampler(Sampler):
    """A ``Sampler`` whose orientations come from ``TiltArray``: the same tilt, any heading.

    Args:
        source, motor: as there.
    """

    block = 600

    def __init__(self, source: Source, motor: Motor) -> None:
        self._tilt = TiltArray(PERIOD_S)
        self._before = copy(self._tilt)
        self._packed: list[list[int]] = []
        self._stale = True
        super().__init__(source, motor)

    def pack(self) -> Pack:
        """The content of this step's packet, as ``judged_pack`` makes it of a batch."""
        first = self.taken - STEP + 1
        shaken = self._motor.shook(first * self.period_s, self.now_s)
        if shaken:
            # After the block was made: what follows in it is found anew.
            rows = slice(self._at, self._at + STEP)
            time_s = self.period_s * np.arange(first, first + STEP, dtype=np.float64)
            self._block[rows] = self._motor.shaken(self._block[rows], time_s)
            self._tilt = copy(self._before)
            self._stale = True
        if self._stale:
            self._packed = self._contents().tolist()
            self._stale = False
        return Pack(tuple(self._packed[self._at // STEP]), STEP - 1, lost=False, shaken=shaken)

    def _lay_out(self) -> None:
        self._before = copy(self._tilt)
        self._stale = True

    def _contents(self) -> NDArray[np.int16]:
        """A row for each step: of each second sample orientation and acceleration."""
        values = self._block.astype(np.float64) * PER_COUNT
        up, _ = self._tilt.update(PERIOD_S, values[:, 3:], values[:, :3])
        quaternions = np.rint(self._tilt.orientation(up[1::2]) * wire.QUATERNION_ONE)
        contents = np.empty((len(self._block) // 2, 7), np.int16)
        contents[:, :4], contents[:, 4:] = quaternions, pair_means(self._block)
        return contents.reshape(len(self._block) // STEP, -1)
