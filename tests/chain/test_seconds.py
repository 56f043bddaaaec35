"""Once a second the judgement is put down: median angles and the state that took longest."""

import numpy as np
import pytest

from midback.seconds import MISSING, SECOND, SecondMaker, angle_deg, empty_seconds
from midback.words import State

NAN = float("nan")
Row = tuple[int, tuple[int, int, int, int]]


def rows(samples: list[tuple[float, float, State]]) -> list[Row]:
    """Rows from (time, flexion, state); lateral is always a tenth of flexion."""
    maker = SecondMaker()
    closed = [maker.update([t], [(lean, lean / 10)], state) for t, lean, state in samples]
    return [row for rows in [*closed, maker.close()] for row in rows]


def test_a_second_keeps_the_middle_of_its_angles():
    at = [(5.1, 3.0), (5.3, 4.0), (5.5, 90.0)]

    assert rows([(t, lean, State.UPRIGHT) for t, lean in at]) == [(5, (400, 40, State.UPRIGHT, 3))]


def test_a_second_keeps_the_state_that_took_most_of_it():
    states = [State.MOVING, State.UPRIGHT, State.MOVING]

    closed = rows([(0.3 * k, 1.0, state) for k, state in enumerate(states)])

    assert closed[0][1][2] == State.MOVING


def test_of_two_states_as_long_the_one_with_the_lower_number_counts():
    closed = rows([(0.2, 1.0, State.SLUMPED), (0.7, 1.0, State.LEANING)])

    assert closed[0][1][2] == State.LEANING


def test_a_second_without_a_sample_leaves_no_row():
    samples = [(0.5, 1.0, State.UPRIGHT), (3.5, 2.0, State.UPRIGHT)]

    assert [second for second, _ in rows(samples)] == [0, 3]


def test_a_second_without_an_angle_says_so():
    assert rows([(2.5, NAN, State.NEW)]) == [(2, (MISSING, MISSING, State.NEW, 1))]


def test_an_angle_that_is_not_known_does_not_spoil_the_known_ones():
    samples = [(2.1, NAN, State.UPRIGHT), (2.2, 7.0, State.UPRIGHT)]

    assert rows(samples) == [(2, (700, 70, State.UPRIGHT, 2))]


def test_samples_of_the_moment_before_the_session_count_into_its_first_second():
    samples = [(-1.3, 1.0, State.UPRIGHT), (-0.1, 1.0, State.UPRIGHT), (0.4, 1.0, State.UPRIGHT)]

    assert rows(samples) == [(0, (100, 10, State.UPRIGHT, 3))]


def test_a_sample_that_falls_a_hair_back_stays_with_the_second_under_way():
    samples = [(0.9, 1.0, State.UPRIGHT), (1.01, 1.0, State.UPRIGHT), (0.99, 1.0, State.UPRIGHT)]

    assert [(second, row[3]) for second, row in rows(samples)] == [(0, 1), (1, 2)]


def test_more_samples_than_a_byte_holds_are_as_many_as_it_can_say():
    closed = rows([(k / 1000, 1.0, State.UPRIGHT) for k in range(900)])

    assert closed[0][1][3] == 255


def test_nothing_closes_an_empty_second():
    assert SecondMaker().close() == []


def test_a_row_fits_the_table():
    closed = rows([(0.5, -179.99, State.BACK)])

    assert np.array([closed[0][1]], SECOND)["flexion_cdeg"] == -17999


def test_seconds_of_which_nothing_is_known_are_neither_good_nor_bad():
    nothing = empty_seconds(2)

    assert nothing.tolist() == [(MISSING, MISSING, State.NO_DATA, 0)] * 2


def test_stored_angles_come_back_as_degrees_and_missing_ones_as_nothing():
    stored = np.array([1234, -50, MISSING], np.int16)

    assert angle_deg(stored) == pytest.approx([12.34, -0.5, NAN], nan_ok=True)
