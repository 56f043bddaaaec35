"""Repetitions of a set, measured along where its own movements show that the wearer faces."""

import numpy as np
import pytest
from exercises.test_facing import seen, turned

from midback.exercises.counting import Counted
from midback.exercises.facing import Facing
from midback.exercises.items import Axis
from midback.exercises.rest import Sample
from midback.exercises.routine_seen import SeenCount, Trail
from midback.shared import flexion

MOUNTING = turned(25.0, 15.0, 8.0)
BACK_DEG = 12.0
PERIOD_S = 0.02


def set_of(facing: Facing, repetitions: int, axis: Axis = Axis.FLEXION) -> list[SeenCount]:
    """Back and up again, by 12 degrees in 3 s, once every 4 s."""
    trail, counted = Trail(axis, -1, facing), []
    for number in range(repetitions):
        largest_deg = 0.0
        for at_s in np.arange(0.0, 4.0, PERIOD_S):
            back_deg = BACK_DEG * np.sin(np.pi * np.clip((at_s - 1.0) / 3.0, 0.0, 1.0)) ** 2
            up = seen(MOUNTING, -back_deg, 0.0)
            value_deg = flexion.angles_deg(facing.frame, up)[0]
            largest_deg = min(largest_deg, value_deg)
            trail.add(Sample(4.0 * number + at_s, up, (0.0, 0.0, 0.0)), value_deg)
        counted.append(trail.seen(Counted(4.0 * (number + 1), largest_deg, 0.8, 0.8, 0.8)))
    return counted


def printed() -> Facing:
    """By the print of a clip that hangs turned."""
    return Facing(flexion.thorax_frame(seen(MOUNTING, 0.0, 0.0)))


def test_a_set_that_tells_forward_is_measured_along_it():
    counted = set_of(printed(), 6)
    before = [each.measured().peak_deg for each in counted]
    for each in counted:
        each.show_forward()

    assert before == [each.counted.peak_deg for each in counted]
    # The print takes the cosine of 25 degrees for it.
    assert before[0] == pytest.approx(-0.9 * BACK_DEG, abs=0.3)
    found = [each.measured().peak_deg for each in counted]
    assert found == pytest.approx([-BACK_DEG] * 6, abs=0.15)


def test_a_set_too_small_to_tell_stays_as_the_print_has_it():
    counted = set_of(printed(), 2)
    for each in counted:
        each.show_forward()

    assert [each.measured() for each in counted] == [each.counted for each in counted]


def test_a_turn_shows_nothing_and_stays_as_it_was_counted():
    facing = printed()
    counted = set_of(facing, 6, Axis.ROTATION)
    for each in counted:
        each.show_forward()

    assert facing.turned_deg is None
    assert [each.measured() for each in counted] == [each.counted for each in counted]


def test_what_the_motor_hid_before_a_repetition_does_not_stop_it():
    facing = printed()
    trail = Trail(Axis.FLEXION, -1, facing)
    up = seen(MOUNTING, -BACK_DEG, 0.0)
    trail.add(Sample(10.0, up, (0.0, 0.0, 0.0)), -11.0)
    only = trail.seen(Counted(10.0, -11.0, 0.0, 0.0, 0.0))

    assert only.measured().peak_deg == -11.0
