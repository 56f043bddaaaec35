"""How far the upper back tips from the wearer's own upright, from the 'up' vector.

Frames: the *clip* frame is printed on the case; worn as it should be, its x
points forward (into the wearer), y to the wearer's left, z up along the spine.
The *thorax* frame has the same names of axes, but is the wearer's: z is up while
they sit tall, whatever the angle at which the clip hangs.

``flexion_deg`` is positive when the spine tips toward the wearer's front,
``lateral_deg`` when it tips toward the wearer's right.  Both are exact for any
mixture of the two and free of heading.  The unsigned angle between two gravity
vectors is never used: it mixes side-bending into flexion, 7 degrees of it.

Runs unchanged on CPython and on the board.
"""

import math

CLIP_LEFT = (0.0, 1.0, 0.0)
"""The clip's own left, when it is worn the right way up."""

DEG = 180.0 / math.pi

LEAST_NORM, MOST_NORM = 0.9, 1.1
"""A quaternion further off unit length than this is a fault of the sensor, not rounding."""

_LEAST_NORM2, _MOST_NORM2 = LEAST_NORM**2, MOST_NORM**2


class ThoraxFrame:
    """The wearer's axes ``forward``, ``left`` and ``up``, unit vectors in clip coordinates."""

    def __init__(
        self,
        forward: tuple[float, float, float],
        left: tuple[float, float, float],
        up: tuple[float, float, float],
    ) -> None:
        self.forward = forward
        self.left = left
        self.up = up


def thorax_frame(
    neutral_up: tuple[float, float, float], left: tuple[float, float, float] = CLIP_LEFT
) -> ThoraxFrame:
    """The frame of a wearer whose 'up' in clip coordinates is *neutral_up* while sitting tall.

    *left* points to the wearer's left, in clip coordinates, as well as is known;
    it is turned to lie square to *neutral_up*.

    Raises:
        ValueError: the two vectors are (nearly) parallel, or one is zero.
    """
    ux, uy, uz = _unit(neutral_up)
    lx, ly, lz = left
    along = lx * ux + ly * uy + lz * uz
    if abs(along) > 0.9 * math.sqrt(lx * lx + ly * ly + lz * lz):
        raise ValueError("the clip lies on its side: its left points up or down")
    lx, ly, lz = _unit((lx - along * ux, ly - along * uy, lz - along * uz))
    forward = (ly * uz - lz * uy, lz * ux - lx * uz, lx * uy - ly * ux)
    return ThoraxFrame(forward, (lx, ly, lz), (ux, uy, uz))


def left_from_bow(
    neutral_up: tuple[float, float, float], bowed_up: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The wearer's left in clip coordinates, from sitting tall and from bowing forward.

    Bowing forward turns the spine about the axis that points to the left, so 'up'
    moves backward in clip coordinates.

    Raises:
        ValueError: the two directions do not differ.
    """
    nx, ny, nz = neutral_up
    bx, by, bz = bowed_up
    return _unit((by * nz - bz * ny, bz * nx - bx * nz, bx * ny - by * nx))


def angles_deg(frame: ThoraxFrame, up: tuple[float, float, float]) -> tuple[float, float]:
    """``(flexion_deg, lateral_deg)`` of one unit 'up' vector in clip coordinates.

    Flexion within -180 to 180, lateral within -90 to 90.
    """
    x, y, z = up
    ax, ay, az = frame.forward
    bx, by, bz = frame.left
    cx, cy, cz = frame.up
    sideways = bx * x + by * y + bz * z
    if not -1.0 <= sideways <= 1.0:  # by rounding
        sideways = 1.0 if sideways > 0.0 else -1.0
    return (
        DEG * math.atan2(-(ax * x + ay * y + az * z), cx * x + cy * y + cz * z),
        DEG * math.asin(sideways),
    )


def up_from_quaternion(
    w: float, x: float, y: float, z: float
) -> tuple[float, float, float] | None:
    """Unit 'up' in clip coordinates from earth_from_clip, or ``None`` for no rotation at all.

    A quaternion is taken as it is up to ten per cent off unit length: further off it
    is not rounding but a fault of the sensor.
    """
    n2 = w * w + x * x + y * y + z * z
    if not _LEAST_NORM2 <= n2 <= _MOST_NORM2:
        return None
    return (
        2.0 * (x * z - w * y) / n2,
        2.0 * (y * z + w * x) / n2,
        1.0 - 2.0 * (x * x + y * y) / n2,
    )


def angle_between_deg(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """The unsigned angle between two vectors, accurate also when it is small."""
    ax, ay, az = a
    bx, by, bz = b
    cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return DEG * math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), ax * bx + ay * by + az * bz)


def _unit(vector: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    if length < 1e-6:
        raise ValueError("a direction cannot be the zero vector")
    return x / length, y / length, z / length
