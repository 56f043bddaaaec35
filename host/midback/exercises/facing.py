"""Where the wearer's front is, found from the movements of their own check.

Sitting tall tells what is up, not what is forward.  A clip that hangs turned about the spine takes
the cosine of a bend for it, and its sine for a bend to the side: at 22 degrees 8 % of it are lost.

Who slumps, raises the arms or bends back moves 'up' along their sagittal plane; who bends to a
side, square to it.  Forward is the direction that all of these together show best: the first
principal component, in which each counts by the square of its size.  So one kind that goes partly
aside is outweighed by the others, and whoever leans forward alike in bending to either side shifts
nothing.  It is not told where all of them together are too small, or do not agree.

Limits: whoever only slumps, and partly to a side, seems to face that way; of such a slump of 18
degrees by 5 to a side, 0.7 too much is shown.  Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from midback.calibration import Vector
from midback.exercises.items import Axis
from midback.shared import flexion

LEAST_DEG = 25.0
"""Root of the sum of squares of all movements: where each strays by 3 degrees, as in bows, forward
is known to 7 degrees (RMS).  That is as good as from the least bow of a calibration."""

LEAST_AGREEING = 0.75
"""Of the sum of squares, what the principal component has more than the other one; two kinds of
equal size that are 41 degrees apart reach as much (own choice)."""

MOST_TURNED_DEG = 35.0
"""No clip hangs turned by more, as a calibration has it: the movements went aside."""

TOLD_DEG = 6.0
"""Less is not worth a word: so far apart lie forward from a bow and from bends to the sides (the
median of 45 people, IMU Sitting Postures Dataset, T4)."""


@dataclass(frozen=True, slots=True)
class Forward:
    """Where forward was taken to be, in one stretch of a check.

    Attributes:
        seen: whether there was any movement that could tell.
        from_print_deg: how far to the left of the clip's print the movements have it; ``None``
            where they do not tell.
        from_bow_deg: how far to the left of where a bow had it; ``None`` where there was no bow
            while the clip hung as it does, or the movements do not tell.
        bowed: whether there was.
    """

    seen: bool
    from_print_deg: float | None
    from_bow_deg: float | None
    bowed: bool

    @classmethod
    def of(cls, facing: Facing, *, bowed: bool) -> Forward:
        """What came of *facing*, whose first axes came from a bow or from the clip's print."""
        return cls(facing.seen, facing.turned_deg, facing.from_taken_deg if bowed else None, bowed)


class Facing:
    """Follows one wearer from when they sat tall.

    Args:
        taken: their axes as far as known by then.

    Attributes:
        frame: the axes to measure by.
        turned_deg: how far forward is to the left of the clip's print, by the movements; ``None``
            as long as they do not tell.
    """

    def __init__(self, taken: flexion.ThoraxFrame) -> None:
        self.frame = self._taken = taken
        self.turned_deg: float | None = None
        self._printed = flexion.thorax_frame(taken.up)
        self._along = self._across = self._size = 0.0

    @property
    def seen(self) -> bool:
        """Whether there was any movement that can tell forward."""
        return self._size > 0.0

    @property
    def from_taken_deg(self) -> float | None:
        """How far forward is to the left of where it was taken to be at first."""
        if self.turned_deg is None:
            return None
        taken, printed = self._taken.forward, self._printed
        return self.turned_deg - flexion.DEG * math.atan2(
            _dot(taken, printed.left), _dot(taken, printed.forward)
        )

    def add(self, axis: Axis, rest: Vector, far: Vector) -> None:
        """Take a movement: mean 'up' at rest before it, and where they stayed.

        A turn tells nothing.
        """
        if axis is Axis.ROTATION:
            return
        moved = (far[0] - rest[0], far[1] - rest[1], far[2] - rest[2])
        ahead = flexion.DEG * _dot(moved, self._printed.forward)
        aside = flexion.DEG * _dot(moved, self._printed.left)
        if axis is Axis.LATERAL:
            ahead, aside = aside, -ahead
        self._along += ahead * ahead - aside * aside
        self._across += 2.0 * ahead * aside
        self._size += ahead * ahead + aside * aside
        self._find()

    def _find(self) -> None:
        shown = math.hypot(self._along, self._across)
        turned_deg = flexion.DEG * math.atan2(self._across, self._along) / 2.0
        tells = shown >= max(LEAST_DEG**2, LEAST_AGREEING * self._size)
        if not tells or abs(turned_deg) > MOST_TURNED_DEG:
            self.frame, self.turned_deg = self._taken, None
            return
        self.turned_deg = turned_deg
        cos, sin = math.cos(turned_deg / flexion.DEG), math.sin(turned_deg / flexion.DEG)
        (fx, fy, fz), (lx, ly, lz) = self._printed.forward, self._printed.left
        left = (cos * lx - sin * fx, cos * ly - sin * fy, cos * lz - sin * fz)
        self.frame = flexion.thorax_frame(self._printed.up, left)


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
