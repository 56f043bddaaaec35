"""Movements in words and the signs they must give; runs on CPython and on MicroPython.

The room: the wearer faces its x, has its y to their left, and its z is up.  A posture is written
as the three directions of the wearer in the room: where the chest points (forward), where the
left shoulder points (left), where the spine points (up).
"""

import math

from midback.shared import flexion

COS_30, SIN_30 = 0.8660254037844386, 0.5
COS_10, SIN_10 = 0.984807753012208, 0.17364817766693033
SQRT_HALF = 0.7071067811865476

# (movement, forward, left, up, flexion in degrees, lateral in degrees)
MOVEMENTS = (
    ("sits tall", (1, 0, 0), (0, 1, 0), (0, 0, 1), 0, 0),
    (
        # The spine tips toward the wearer's front and the chest toward the floor.
        "bows forward by 30",
        (COS_30, 0, -SIN_30),
        (0, 1, 0),
        (SIN_30, 0, COS_30),
        30,
        0,
    ),
    (
        # The spine tips behind the wearer, the chest looks up.
        "leans back by 10",
        (COS_10, 0, SIN_10),
        (0, 1, 0),
        (-SIN_10, 0, COS_10),
        -10,
        0,
    ),
    (
        # The spine tips to the wearer's right, the left shoulder rises.
        "bends to the right by 10",
        (1, 0, 0),
        (0, COS_10, SIN_10),
        (0, -SIN_10, COS_10),
        0,
        10,
    ),
    (
        # The spine tips to the wearer's left, the left shoulder sinks.
        "bends to the left by 30",
        (1, 0, 0),
        (0, COS_30, -SIN_30),
        (0, SIN_30, COS_30),
        0,
        -30,
    ),
    ("turns the chair to the left", (0, 1, 0), (-1, 0, 0), (0, 0, 1), 0, 0),
    (
        "turns the chair half way to the right",
        (SQRT_HALF, -SQRT_HALF, 0),
        (SQRT_HALF, SQRT_HALF, 0),
        (0, 0, 1),
        0,
        0,
    ),
    (
        # Faces the room's y and bows there.
        "turns to the left, then bows forward by 30",
        (0, COS_30, -SIN_30),
        (-1, 0, 0),
        (0, SIN_30, COS_30),
        30,
        0,
    ),
    (
        # The chest looks at the floor, the spine lies level.
        "bows forward by 90",
        (0, 0, -1),
        (0, 1, 0),
        (1, 0, 0),
        90,
        0,
    ),
    (
        # Bent 10 to the right as above; then bows by 30 about the line through the shoulders,
        # which stays where it is: forward' = forward cos 30 - up sin 30, up' = forward sin 30
        # + up cos 30.
        "bends to the right by 10 and bows forward by 30",
        (COS_30, SIN_10 * SIN_30, -COS_10 * SIN_30),
        (0, COS_10, SIN_10),
        (SIN_30, -SIN_10 * COS_30, COS_10 * COS_30),
        30,
        10,
    ),
    (
        "bends to the left by 30 and leans back by 10",
        (COS_10, SIN_30 * SIN_10, COS_30 * SIN_10),
        (0, COS_30, -SIN_30),
        (-SIN_10, SIN_30 * COS_10, COS_30 * COS_10),
        -10,
        -30,
    ),
)

# How the clip hangs on the wearer who sits tall: its forward, left and up as printed on the case,
# in the directions (forward, left, up) of the wearer.
MOUNTINGS = (
    ("as printed", (1, 0, 0), (0, 1, 0), (0, 0, 1)),
    # The upper back slopes: the clip's up leans toward the wearer's front.
    ("sloping by 30", (COS_30, 0, -SIN_30), (0, 1, 0), (SIN_30, 0, COS_30)),
    ("askew by 10", (1, 0, 0), (0, COS_10, SIN_10), (0, -SIN_10, COS_10)),
    # To the left of the spine, its face turned outward.
    ("turned by 30", (COS_30, SIN_30, 0), (-SIN_30, COS_30, 0), (0, 0, 1)),
    (
        # Sloping by 30, and then turned by 10 about the spine: x' = x cos 10 - y sin 10,
        # y' = x sin 10 + y cos 10 for each of its directions.
        "sloping by 30 and turned by 10",
        (COS_30 * COS_10, COS_30 * SIN_10, -SIN_30),
        (-SIN_10, COS_10, 0),
        (SIN_30 * COS_10, SIN_30 * SIN_10, COS_30),
    ),
    ("upside down", (1, 0, 0), (0, -1, 0), (0, 0, -1)),
    ("in a breast pocket", (-1, 0, 0), (0, -1, 0), (0, 0, 1)),
)


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def seen_by_clip(mounting, vector):
    """A direction given in the wearer's axes, in the axes printed on the clip."""
    _, clip_forward, clip_left, clip_up = mounting
    return dot(clip_forward, vector), dot(clip_left, vector), dot(clip_up, vector)


def up_of(movement):
    """The room's up in the wearer's axes: the share of each direction that points up."""
    _, forward, left, up, _, _ = movement
    return forward[2], left[2], up[2]


def close(got, expected, tolerance=1e-9):
    assert len(got) == len(expected)
    return max(abs(got[i] - expected[i]) for i in range(len(got))) < tolerance


def raises_value_error(function, *arguments):
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


def check_the_table_is_made_of_postures():
    for name, forward, left, up, _, _ in MOVEMENTS:
        assert close((dot(forward, forward), dot(left, left), dot(up, up)), (1, 1, 1)), name
        assert close((dot(forward, left), dot(left, up), dot(up, forward)), (0, 0, 0)), name
        # Right-handed: forward x left = up.
        assert close(
            (
                forward[1] * left[2] - forward[2] * left[1],
                forward[2] * left[0] - forward[0] * left[2],
                forward[0] * left[1] - forward[1] * left[0],
            ),
            up,
        ), name


def check_every_movement_gives_its_signs_with_a_clip_worn_as_printed():
    frame = flexion.thorax_frame((0.0, 0.0, 1.0))
    for movement in MOVEMENTS:
        got = flexion.angles_deg(frame, up_of(movement))
        assert close(got, movement[4:]), (movement[0], got)


def check_every_movement_gives_its_signs_however_the_clip_hangs():
    for mounting in MOUNTINGS:
        frame = flexion.thorax_frame(
            seen_by_clip(mounting, (0, 0, 1)), seen_by_clip(mounting, (0, 1, 0))
        )
        for movement in MOVEMENTS:
            got = flexion.angles_deg(frame, seen_by_clip(mounting, up_of(movement)))
            assert close(got, movement[4:]), (mounting[0], movement[0], got)


def check_a_slope_needs_no_measured_axis():
    # The printed left is right for a clip that only slopes or hangs askew.
    for mounting in MOUNTINGS[:3]:
        frame = flexion.thorax_frame(seen_by_clip(mounting, (0, 0, 1)))
        got = flexion.angles_deg(frame, seen_by_clip(mounting, up_of(MOVEMENTS[1])))
        assert close(got, (30, 0)), (mounting[0], got)


def check_a_bow_finds_the_wearers_left():
    for mounting in MOUNTINGS:
        tall = seen_by_clip(mounting, (0, 0, 1))
        bowed = seen_by_clip(mounting, up_of(MOVEMENTS[1]))
        left = flexion.left_from_bow(tall, bowed)
        assert close(left, seen_by_clip(mounting, (0, 1, 0))), (mounting[0], left)


def check_a_crooked_left_is_squared_to_upright():
    # A left that also points up by 30 degrees means the same frame.
    frame = flexion.thorax_frame((0.0, 0.0, 1.0), (0.0, COS_30, SIN_30))
    assert close(frame.left, (0, 1, 0))
    assert close(frame.forward, (1, 0, 0))
    assert close(frame.up, (0, 0, 1))


def check_lengths_do_not_matter_to_a_frame():
    frame = flexion.thorax_frame((0.0, 0.0, 9.81), (0.0, 0.2, 0.0))
    assert close(frame.left, (0, 1, 0))
    assert close(frame.forward, (1, 0, 0))
    assert close(frame.up, (0, 0, 1))


def check_a_clip_on_its_side_is_refused():
    assert raises_value_error(flexion.thorax_frame, (0.0, 1.0, 0.0))
    assert raises_value_error(flexion.thorax_frame, (0.0, -1.0, 0.0))
    assert raises_value_error(flexion.thorax_frame, (0.0, COS_10, SIN_10))
    # 30 degrees from it will do.
    assert flexion.thorax_frame((0.0, COS_30, SIN_30))


def check_directions_that_are_none_are_refused():
    assert raises_value_error(flexion.thorax_frame, (0.0, 0.0, 0.0))
    assert raises_value_error(flexion.thorax_frame, (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    assert raises_value_error(flexion.left_from_bow, (0.0, 0.0, 1.0), (0.0, 0.0, 1.0))


def check_lateral_survives_a_vector_a_hair_too_long():
    frame = flexion.thorax_frame((0.0, 0.0, 1.0))
    assert close(flexion.angles_deg(frame, (0.0, 1.0000001, 0.0)), (0, 90))
    assert close(flexion.angles_deg(frame, (0.0, -1.0000001, 0.0)), (0, -90))


def check_the_angle_between_directions():
    assert close([flexion.angle_between_deg((1, 0, 0), (COS_30, SIN_30, 0))], [30])
    assert close([flexion.angle_between_deg((0, 0, 1), (0, 0, -2))], [180])
    # Diagonals of a cube's faces.
    assert close([flexion.angle_between_deg((1, 1, 0), (0, 1, 1))], [60])
    assert close([flexion.angle_between_deg((1, 0, 1), (1, 1, 0))], [60])
    assert close([flexion.angle_between_deg((0, 1, 1), (1, 0, -1))], [120])
    assert flexion.angle_between_deg((0, 0, 1), (0, 0, 3)) == 0
    small = math.radians(1e-5)
    got = flexion.angle_between_deg((0.0, 0.0, 1.0), (math.sin(small), 0.0, math.cos(small)))
    assert abs(got - 1e-5) < 1e-9, got


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
