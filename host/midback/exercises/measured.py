"""What was measured in a check: repetitions, and a posture that was held.

The clip sees how 'up' moved; how far that is forward and to a side depends on where forward is,
which may become known later.  So what was seen is kept, and measured by the axes known best.

Flexion is the tilt within the wearer's sagittal plane, from the vertical of their tall hold;
lateral is the angle between 'up' and that plane.  Those are a turn about the vertical, then a
bend to the right, then one forward, in this order; of a bend along one axis the order does not
matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from midback.calibration import Vector
from midback.exercises.items import Axis, Movement
from midback.shared import flexion


@dataclass(frozen=True, slots=True)
class Repetition:
    """One that counts.

    Attributes:
        item: id of its test.
        way: ``left``, ``right`` or empty.
        angle_deg: how far they went and stayed, with the project's sign.
        residual_deg: how far from the start they ended, likewise.
        from_deg: where they started, from the tall hold; 0 for a turn, which has no such zero.
        begin_s, arrived_s, end_s: when they set off, had arrived, and were back.
    """

    item: str
    way: str
    angle_deg: float
    residual_deg: float
    from_deg: float
    begin_s: float
    arrived_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """A posture that was held.

    Attributes:
        item: id of its test.
        begin_s, end_s: when.
        flexion_deg: at each sample seconds since the beginning, and flexion from there.
    """

    item: str
    begin_s: float
    end_s: float
    flexion_deg: tuple[tuple[float, float], ...]


Measured = tuple[flexion.ThoraxFrame, Sequence[Repetition | Held]]
"""What counts, and the axes that it was measured by."""


@dataclass(frozen=True, slots=True)
class SeenRepetition:
    """A repetition as the clip saw it.

    Attributes:
        item, way: which.
        rest, far, back: mean 'up' at rest before it, where they stayed, and when they were back.
        turned_deg: how far they turned and how much of it was left, where that is measured.
        begin_s, arrived_s, end_s: as of ``Repetition``.
    """

    item: Movement
    way: str
    rest: Vector
    far: Vector
    back: Vector
    turned_deg: tuple[float, float]
    begin_s: float
    arrived_s: float
    end_s: float

    def measured(self, frame: flexion.ThoraxFrame) -> Repetition:
        """By these axes."""
        axis, from_deg = self.item.axis, 0.0
        far_deg, residual_deg = self.turned_deg
        if axis is not Axis.ROTATION:
            from_deg = tilt_deg(axis, frame, self.rest)
            far_deg = tilt_deg(axis, frame, self.far) - from_deg
            residual_deg = tilt_deg(axis, frame, self.back) - from_deg
        return Repetition(
            self.item.id,
            self.way,
            far_deg,
            residual_deg,
            from_deg,
            self.begin_s,
            self.arrived_s,
            self.end_s,
        )


@dataclass(frozen=True, slots=True)
class SeenHold:
    """A posture that was held, as the clip saw it.

    Attributes:
        item: id of its test.
        begin_s: when.
        rest: mean 'up' before it.
        ups: seconds since the beginning, and 'up', of each sample.
    """

    item: str
    begin_s: float
    rest: Vector
    ups: tuple[tuple[float, Vector], ...]

    def measured(self, frame: flexion.ThoraxFrame) -> Held:
        """By these axes."""
        from_deg = tilt_deg(Axis.FLEXION, frame, self.rest)
        flexions = [(at_s, tilt_deg(Axis.FLEXION, frame, up) - from_deg) for at_s, up in self.ups]
        return Held(self.item, self.begin_s, self.begin_s + self.ups[-1][0], tuple(flexions))


def tilt_deg(axis: Axis, frame: flexion.ThoraxFrame, up: Vector) -> float:
    """Flexion or lateral, from the tall hold."""
    return flexion.angles_deg(frame, up)[axis is Axis.LATERAL]
