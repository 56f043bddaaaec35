"""Levels of tilt: what counts as upright, and for how long it was held."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from midback_analysis.levels import HYSTERESIS_DEG, UNKNOWN, Level, exposure_percent, levels

angles = hnp.arrays(
    np.float32,
    st.integers(0, 300),
    elements=st.one_of(st.floats(-60, 80, width=32), st.just(float("nan"))),
)


def level(*flexion_deg: float, enter_deg: float = 13.0) -> list[int]:
    return levels(np.array(flexion_deg, dtype=np.float32), enter_deg).tolist()


@pytest.mark.parametrize(
    ("flexion_deg", "expected"),
    [
        (-9, Level.BACK),
        (-8, Level.UPRIGHT),
        (4.9, Level.UPRIGHT),
        (5, Level.MILD),
        (13, Level.PAST_LINE),
        (20, Level.PAST_20),
        (31, Level.PAST_30),
    ],
)
def test_a_first_second_takes_its_plain_level(flexion_deg: float, expected: Level):
    assert level(flexion_deg) == [expected]


def test_a_wobble_over_a_border_keeps_the_level():
    assert level(4, 6, 6.4, 4) == [Level.UPRIGHT] * 4


def test_a_lean_well_over_a_border_changes_it():
    assert level(4, 6.6, 4) == [Level.UPRIGHT, Level.MILD, Level.MILD]


def test_after_a_gap_the_plain_level_counts():
    assert level(4, float("nan"), 6) == [Level.UPRIGHT, UNKNOWN, Level.MILD]


def test_a_slump_line_at_20_leaves_no_level_between():
    assert level(19, 20, 31, enter_deg=20.0) == [Level.MILD, Level.MILD, Level.PAST_30]


def test_two_seconds_upright_and_six_mild_fill_two_cells():
    table = exposure_percent(np.array([1, 1, 2, 2, 2, 2, 2, 2], dtype=np.int8))

    assert {(r, c): table[r, c] for r, c in zip(*table.nonzero(), strict=True)} == {
        (Level.UPRIGHT, 0): 25,
        (Level.MILD, 1): 75,
    }


@given(angles, st.floats(8, 25))
def test_fast_levels_are_those_of_the_plain_rule(flexion_deg, enter_deg):
    assert levels(flexion_deg, enter_deg).tolist() == plain_rule(flexion_deg, enter_deg)


@given(angles, st.floats(8, 25))
def test_the_cells_add_up_to_100(flexion_deg, enter_deg):
    total = exposure_percent(levels(flexion_deg, enter_deg)).sum()

    assert total == pytest.approx(0 if np.isnan(flexion_deg).all() else 100)


def plain_rule(flexion_deg, enter_deg: float) -> list[int]:
    """The definition, second by second."""
    borders = [-8.0, 5.0, enter_deg, max(20.0, enter_deg), max(30.0, enter_deg)]
    ends = np.array([-np.inf, *borders, np.inf])
    now, found = UNKNOWN, []
    for deg in flexion_deg:
        stays = now != UNKNOWN and (
            ends[now] - HYSTERESIS_DEG <= deg < ends[now + 1] + HYSTERESIS_DEG
        )
        if np.isnan(deg):
            now = UNKNOWN
        elif not stays:
            now = int(np.searchsorted(borders, deg, side="right"))
        found.append(now)
    return found
