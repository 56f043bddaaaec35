"""However the clip hangs, a check tells how far its wearer truly went."""

import numpy as np
import pytest
from exercises.mounted import Mounting, errors_deg, led_with

from midback.exercises.measured import Repetition
from midback.simulated.exerciser import HEALTHY, STIFF, Ranges

PEOPLE = {
    "healthy": HEALTHY,
    "stiff": STIFF,
    "slides down in the chair": Ranges(slump=-14.0, side=(20.0, 28.0)),
    "moves little": Ranges(slump=12.0, arms_up=6.0, chair=5.0, side=(15.0, 18.0)),
}
BENDS = ("tall_slump", "arm_raise", "chair_extension", "side_bend")


@pytest.mark.parametrize("yaw_deg", [-25.0, -12.0, 0.0, 12.0, 25.0])
@pytest.mark.parametrize("person", PEOPLE)
def test_flexion_and_side_bends_are_right_to_a_degree(yaw_deg: float, person: str):
    seed = [*PEOPLE].index(person) + round(100 + yaw_deg)
    roll_deg = 8.0 if seed % 2 else -8.0
    mounting = Mounting(yaw_deg, 15.0, roll_deg)
    errors = errors_deg(*led_with(mounting, PEOPLE[person], BENDS, seed))

    assert [item for item, _ in errors] == [*BENDS, BENDS[-1]]
    assert errors == pytest.approx(dict.fromkeys(errors, 0.0), abs=1.0)


@pytest.mark.parametrize("yaw_deg", [-25.0, 25.0])
def test_turns_are_right_to_two_and_a_half_degrees(yaw_deg: float):
    check, _ = led_with(Mounting(yaw_deg, 15.0, 8.0), STIFF, ("rotation",), 7)
    sides = {"left": STIFF.turn[0], "right": -STIFF.turn[1]}
    turns = [each for each in check.done if isinstance(each, Repetition)]
    errors = [each.angle_deg - sides[each.way] for each in turns]

    # They themselves go a degree (SD) more or less each time.
    assert len(errors) == 6
    assert np.sqrt(np.mean(np.square(errors))) <= 2.5
