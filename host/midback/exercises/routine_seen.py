"""Repetitions of a routine as the clip saw them: counted at once, measured when their set ends.

The counter goes by the axes that are known when a set begins, from the clip's print or a bow.
How 'up' moved is kept beside, for the movements of the set may show better where the wearer
faces (``facing``); each set is told by what is known when it ends, and earlier ones stay.  Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from midback.calibration import Vector, mean_direction
from midback.exercises.counting import Counted
from midback.exercises.facing import Facing
from midback.exercises.items import Axis
from midback.exercises.measured import tilt_deg
from midback.exercises.rest import Sample
from midback.shared import flexion

_BEFORE_S = 2.0  # so long before they set off is their rest
_SHARE = 4  # a fourth of the samples is the rest, or the farthest


class SeenCount(NamedTuple):
    """A repetition that counts.

    Attributes:
        counted: as the counter has it.
        axis: that it was counted by, and
        frame: the wearer's axes then.
        facing: where they face, as it becomes known.
        rest, far: mean 'up' before it, and where it went farthest.
    """

    counted: Counted
    axis: Axis
    frame: flexion.ThoraxFrame
    facing: Facing
    rest: Vector
    far: Vector

    def show_forward(self) -> None:
        """Let it count for where they face."""
        self.facing.add(self.axis, self.rest, self.far)

    def measured(self) -> Counted:
        """By the axes as they are known now."""
        more_deg = self._went_deg(self.facing.frame) - self._went_deg(self.frame)
        return self.counted._replace(peak_deg=self.counted.peak_deg + more_deg)

    def _went_deg(self, frame: flexion.ThoraxFrame) -> float:
        if self.axis is Axis.ROTATION:
            return 0.0
        return tilt_deg(self.axis, frame, self.far) - tilt_deg(self.axis, frame, self.rest)


class _Row(NamedTuple):
    time_s: float
    up: Vector
    value_deg: float


class Trail:
    """How 'up' moved in a set, from one repetition to the next.

    Args:
        axis: that is counted by.
        sign: of the value, the way that is asked for.
        facing: where the wearer faces.
    """

    def __init__(self, axis: Axis, sign: int, facing: Facing) -> None:
        self._axis = axis
        self._sign = sign
        self._facing = facing
        self._frame = facing.frame
        self._rows: list[_Row] = []

    def add(self, sample: Sample, value_deg: float) -> None:
        """Take a sample that the motor did not shake, and what the counter is given for it."""
        self._rows.append(_Row(sample.time_s, sample.up, value_deg * self._sign))

    def seen(self, counted: Counted) -> SeenCount:
        """The repetition that ended with the last sample."""
        begun_s = counted.begun_s
        before = [row for row in self._rows if begun_s - _BEFORE_S <= row.time_s <= begun_s]
        under_way = [row for row in self._rows if row.time_s >= begun_s]
        self._rows.clear()
        rest, far = _lowest(before or under_way), _lowest(under_way, reverse=True)
        return SeenCount(counted, self._axis, self._frame, self._facing, rest, far)


def _lowest(rows: list[_Row], *, reverse: bool = False) -> Vector:
    """The mean 'up' of a fourth of them, by their values; of the highest in *reverse*."""
    ranked = sorted(rows, key=lambda row: row.value_deg, reverse=reverse)
    return mean_direction([row.up for row in ranked[: 1 + len(ranked) // _SHARE]])
