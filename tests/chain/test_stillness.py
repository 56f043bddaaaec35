"""How long a posture lasted, and when it is time for another one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.seconds import MISSING, angle_deg
from midback.stillness import CHANGE_S, MOVE_AFTER_S, SIDE_S, Spell, Stillness
from midback.words import STILL, State
from midback_analysis.movement import longest_still, shifts

Stretch = tuple[int, float, float, State]
"""Seconds, flexion, lateral, state."""

UP = State.UPRIGHT


def sat(seconds: int, flexion_deg: float = 0.0, lateral_deg: float = 0.0) -> Stretch:
    return seconds, flexion_deg, lateral_deg, UP


def moved(seconds: int) -> Stretch:
    return seconds, 0.0, 0.0, State.MOVING


def rows(*stretches: Stretch) -> list[tuple[int, int, int, int]]:
    return [
        (round(100 * lean), round(100 * side), state, 25)
        for seconds, lean, side, state in stretches
        for _ in range(seconds)
    ]


def lived(*stretches: Stretch) -> Stillness:
    stillness = Stillness()
    for second, row in enumerate(rows(*stretches)):
        stillness.update(second, row)
    return stillness


def nudges(*stretches: Stretch, after_s: float = 600.0, again_s: float = 900.0) -> list[int]:
    """Seconds after which a nudge to move was due."""
    stillness = Stillness(after_s, again_s)
    return [
        second + 1 for second, row in enumerate(rows(*stretches)) if stillness.update(second, row)
    ]


def in_a_day(table: list[tuple[int, int, int, int]], part: list[int]) -> Spell | None:
    """The longest spell as the summary of a day finds it."""
    flexion, lateral, state, _ = np.array(table, dtype=np.int16).reshape(-1, 4).T
    still = np.isin(state, STILL)
    nan = np.float32("nan")
    parts = np.array(part, dtype=np.int16)
    shift_s = shifts(
        np.where(still, angle_deg(flexion), nan), np.where(still, angle_deg(lateral), nan), parts
    )
    spell = longest_still(still, shift_s, parts)
    return None if spell is None else Spell(*spell)


stretches = st.tuples(
    st.integers(1, 90),
    st.sampled_from([0.0, 2.5, 5.0, 5.01, 9.0, -6.0]),
    st.sampled_from([0.0, 0.0, 5.0, -4.99]),
    st.sampled_from([UP, UP, UP, State.SLUMPED, State.MOVING, State.NO_DATA]),
)
jitter = st.lists(st.integers(-80, 80), min_size=1, max_size=40)


@given(st.lists(stretches, min_size=1, max_size=14), jitter, st.integers(0, 600))
def test_the_longest_spell_is_that_of_the_days_summary(
    day: list[Stretch], noise: list[int], rezeroed: int
):
    table = [
        (lean + noise[k % len(noise)], side, state, count)
        if state is not State.NO_DATA
        else (MISSING, MISSING, state, 0)
        for k, (lean, side, state, count) in enumerate(rows(*day))
    ]
    stillness = Stillness()
    for second, row in enumerate(table):
        if second == rezeroed:
            stillness.recalibrated()
        # A second without a packet is not told of at all.
        if row[2] != State.NO_DATA or second == len(table) - 1:
            stillness.update(second, row)

    assert stillness.close() == in_a_day(table, [int(k >= rezeroed) for k in range(len(table))])


@given(st.lists(st.integers(-1500, 1500), min_size=1, max_size=300), st.integers(1, 7))
def test_so_it_is_for_any_angles_at_all(values: list[int], every: int):
    table = [(values[k // every], 0, int(UP), 25) for k in range(len(values) * every)]
    stillness = Stillness()
    for second, row in enumerate(table):
        stillness.update(second, row)

    assert stillness.close() == in_a_day(table, [0] * len(table))


def test_a_day_without_a_still_second_has_no_spell():
    assert lived(moved(100)).close() is None


def test_hours_out_of_range_end_a_spell():
    stillness = Stillness()
    for second, row in enumerate(rows(sat(100))):
        stillness.update(second, row)
        stillness.update(second + 7200, row)
    for second, row in enumerate(rows(sat(50))):
        stillness.update(second + 7200 + 100, row)

    assert stillness.close() == Spell(7200, 7350)


def test_a_posture_lasts_through_a_reach():
    # Away from the line of 5 degrees by as much as a posture changes while it is kept.
    assert lived(sat(100), moved(3), sat(100, 3.0)).same_s == 203


def test_getting_up_ends_a_posture():
    assert lived(sat(100), moved(CHANGE_S), sat(50)).same_s == 50


def test_sitting_otherwise_after_a_reach_is_another_posture():
    assert lived(sat(100), moved(3), sat(100, 8.0)).same_s == 100


def test_a_shift_is_another_posture_from_where_it_was():
    assert lived(sat(300), sat(100, 7.0)).same_s == 100


def test_whoever_moves_keeps_no_posture():
    assert lived(sat(300), moved(CHANGE_S)).same_s == 0


def test_a_new_upright_is_no_change_of_posture():
    stillness = lived(sat(100))
    stillness.recalibrated()
    for second, row in enumerate(rows(sat(100, 9.0)), 100):
        stillness.update(second, row)

    assert stillness.same_s == 200


def test_after_a_while_in_one_posture_a_nudge_is_due_and_then_not_for_long():
    assert nudges(sat(2000)) == [620, 1520]


def test_no_nudge_while_a_change_of_posture_may_be_under_way():
    # The wearer has just moved when it falls due; 40 s later that is certain.
    assert nudges(sat(590), sat(400, 8.0)) == []


def test_no_nudge_for_whoever_moves_in_time():
    assert nudges(sat(500), moved(30), sat(500), sat(500, 6.0)) == []


def test_a_nudge_waits_until_a_reach_is_over():
    assert nudges(sat(618), moved(4), sat(100)) == [623]


def test_by_default_half_an_hour_is_long():
    assert nudges(sat(1900), after_s=MOVE_AFTER_S) == [1820]


@pytest.mark.parametrize(("after_s", "again_s"), [(0.0, 60.0), (60.0, -1.0)])
def test_times_that_cannot_be_are_refused(after_s: float, again_s: float):
    with pytest.raises(ValueError, match="must be above 0"):
        Stillness(after_s, again_s)


def test_a_second_that_was_here_before_changes_nothing():
    stillness = lived(sat(2 * SIDE_S))
    stillness.update(3, rows(moved(1))[0])

    assert stillness.same_s == 2 * SIDE_S
