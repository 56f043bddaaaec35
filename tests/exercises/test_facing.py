"""Forward is found from movements, against orientations that scipy composes."""

import numpy as np
import pytest
from exercises.people import Person, lived
from scipy.spatial.transform import Rotation

from midback.exercises.facing import MOST_TURNED_DEG, Facing
from midback.exercises.guide import Guide
from midback.exercises.items import ITEMS, Axis
from midback.exercises.measured import Repetition
from midback.shared import flexion

FRONT, LEFT, UP = np.eye(3)


def seen(mounting: Rotation, front_deg: float, right_deg: float):
    """'Up' in clip axes when the spine tips toward the wearer's front, and to their right."""
    tipped = Rotation.from_rotvec(np.radians(front_deg) * LEFT)
    bent = Rotation.from_rotvec(np.radians(right_deg) * FRONT)
    return tuple((bent * tipped * mounting).inv().apply(UP).tolist())


def turned(deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Rotation:
    """A clip that hangs turned about the spine, to the wearer's left."""
    return Rotation.from_euler("ZYX", [deg, pitch_deg, roll_deg], degrees=True)


def facing_of(mounting: Rotation, *movements: tuple[Axis, float, float]) -> Facing:
    tall = seen(mounting, 0.0, 0.0)
    facing = Facing(flexion.thorax_frame(tall))
    for axis, front_deg, right_deg in movements:
        facing.add(axis, tall, seen(mounting, front_deg, right_deg))
    return facing


SLUMP = (Axis.FLEXION, 18.0, 0.0)
BACK = (Axis.FLEXION, -10.0, 0.0)
BENDS = ((Axis.LATERAL, 0.0, -25.0), (Axis.LATERAL, 0.0, 25.0))


@pytest.mark.parametrize("turn_deg", [-25.0, -10.0, 0.0, 10.0, 25.0])
@pytest.mark.parametrize(("pitch_deg", "roll_deg"), [(0.0, 0.0), (15.0, 8.0), (-5.0, -8.0)])
@pytest.mark.parametrize(
    "movements", [[SLUMP] * 2, [BACK] * 7, list(BENDS)], ids=["slumps", "extensions", "side-bends"]
)
def test_each_kind_of_movement_shows_where_the_wearer_faces(
    turn_deg: float, pitch_deg: float, roll_deg: float, movements: list[tuple[Axis, float, float]]
):
    mounting = turned(turn_deg, pitch_deg, roll_deg)
    frame = facing_of(mounting, *movements).frame

    # The wearer's own front and left, level, in clip axes.
    assert frame.forward == pytest.approx(mounting.inv().apply(FRONT), abs=0.001)
    assert frame.left == pytest.approx(mounting.inv().apply(LEFT), abs=0.001)
    both = flexion.angles_deg(frame, seen(mounting, 20.0, -12.0))
    assert both == pytest.approx((20.0, -12.0), abs=0.01)


def test_a_clip_that_hangs_turned_to_the_left_has_forward_to_the_right_of_its_print():
    assert facing_of(turned(20.0), SLUMP, SLUMP).turned_deg == pytest.approx(-20.0, abs=0.1)


def test_a_slump_that_goes_partly_aside_is_outweighed_by_the_bends_to_the_sides():
    aside = [(Axis.FLEXION, 18.0, 6.0)] * 4
    bends = [*BENDS] * 4
    alone, together = facing_of(turned(10.0), *aside), facing_of(turned(20.0), *aside, *bends)

    assert alone.turned_deg == pytest.approx(-10.0 - 18.4, abs=0.5)
    # The cosine of 5 degrees costs 0.4 %.
    assert together.turned_deg == pytest.approx(-20.0, abs=5.0)


def test_who_leans_forward_alike_in_bending_to_either_side_shifts_nothing():
    bends = [(Axis.LATERAL, 8.0, -25.0), (Axis.LATERAL, 8.0, 25.0)]

    assert facing_of(turned(15.0), *bends).turned_deg == pytest.approx(-15.0, abs=0.1)


@pytest.mark.parametrize(
    "movements",
    [
        pytest.param([(Axis.FLEXION, 9.0, 0.0)] * 2, id="too small"),
        pytest.param([SLUMP, (Axis.FLEXION, 0.0, 17.0)] * 2, id="this way and that"),
        pytest.param([(Axis.ROTATION, 18.0, 0.0)] * 4, id="turns"),
        pytest.param([], id="none"),
    ],
)
def test_where_movements_do_not_tell_forward_stays_where_it_was_taken_to_be(
    movements: list[tuple[Axis, float, float]],
):
    facing = facing_of(turned(20.0), *movements)

    assert (facing.turned_deg, facing.from_taken_deg) == (None, None)
    assert facing.frame.left == pytest.approx((0.0, 1.0, 0.0), abs=1e-9)


@pytest.mark.parametrize(("turn_deg", "tells"), [(33.0, True), (37.0, False)])
def test_nobody_wears_a_clip_further_turned_than_a_calibration_has_it(
    turn_deg: float, tells: bool
):
    assert MOST_TURNED_DEG == 35.0
    assert (facing_of(turned(turn_deg), SLUMP, SLUMP).turned_deg is not None) is tells


def test_where_a_bow_had_it_stays_until_movements_tell_and_is_compared_with_them():
    tall = seen(turned(20.0), 0.0, 0.0)
    bowed = flexion.thorax_frame(tall, flexion.left_from_bow(tall, seen(turned(10.0), 30.0, 0.0)))
    facing = Facing(bowed)
    assert facing.frame is bowed

    for _ in range(2):
        facing.add(Axis.FLEXION, tall, seen(turned(20.0), 18.0, 0.0))
    assert facing.from_taken_deg == pytest.approx(-10.0, abs=0.1)


# --- over a guide ---

RANGES = {
    ("tall_slump", ""): 18.0,
    ("chair_extension", ""): -9.0,
    ("side_bend", "left"): -24.0,
    ("side_bend", "right"): 26.0,
}


def guided(who: Person, *items: str) -> Guide:
    guide = Guide(flexion.thorax_frame, [item for item in ITEMS if item.id in items])
    for _ in lived(guide, who):
        pass
    return guide


def angles(guide: Guide) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for each in guide.done:
        if isinstance(each, Repetition):
            found.setdefault((each.item, each.way), []).append(each.angle_deg)
    return found


@pytest.mark.parametrize("turn_deg", [-25.0, 25.0])
def test_what_was_measured_before_forward_was_known_is_measured_by_it_too(turn_deg: float):
    # All four extensions are too small to tell: forward is known from the side-bends on.
    who = Person(ranges=dict(RANGES), askew_deg=(4.0, 15.0, turn_deg))
    found = angles(guided(who, "chair_extension", "side_bend"))

    assert set(found) == {key for key in RANGES if key[0] != "tall_slump"}
    for key, those in found.items():
        assert those == pytest.approx([RANGES[key]] * 3, abs=0.5), key


def test_the_gauge_shows_the_whole_of_a_bend_from_when_forward_is_known():
    who = Person(ranges=dict(RANGES), askew_deg=(0.0, 15.0, 25.0))
    guide = Guide(flexion.thorax_frame, [item for item in ITEMS if item.id == "tall_slump"])
    farthest: dict[tuple[bool, int], float] = {}
    for view in lived(guide, who):
        number = view.practice, view.number
        farthest[number] = max(farthest.get(number, 0.0), view.angle_deg)

    assert farthest[True, 1] == pytest.approx(18.0 * np.cos(np.radians(25.0)), abs=0.5)
    assert farthest[False, 3] == pytest.approx(18.0, abs=0.5)


def test_who_moves_too_little_for_it_is_measured_by_the_print():
    ranges = {("chair_extension", ""): -9.0}
    guide = guided(Person(ranges=ranges, askew_deg=(0.0, 15.0, 25.0)), "chair_extension")

    assert guide.facing is not None
    assert (guide.facing.seen, guide.facing.turned_deg) == (True, None)
    by_print = -9.0 * np.cos(np.radians(25.0))
    assert angles(guide)["chair_extension", ""] == pytest.approx([by_print] * 3, abs=0.5)
