"""What a check comes to, against repetitions that are written by hand."""

import numpy as np
import pytest

from midback.exercises.measured import Held, Repetition
from midback.exercises.results import (
    DETECTABLE_DEG,
    LEAST_DETECTABLE_DEG,
    detectable_deg,
    differ,
    results_of,
)


def repetitions(item: str, way: str, *angles: float, residual: float = 0.0) -> list[Repetition]:
    return [Repetition(item, way, angle, residual, 0.0, 0.0, 1.0, 2.0) for angle in angles]


def held(*, slope: float = 0.0, leaves_s: float = 99.0, sway: float = 0.0) -> Held:
    time_s = np.arange(0.0, 60.0, 0.04)
    angle = slope * time_s / 60.0 + sway * np.sin(2 * np.pi * 0.4 * time_s)
    angle[time_s > leaves_s] += 8.0
    return Held("tall_hold", 0.0, 60.0, tuple(zip(time_s.tolist(), angle.tolist(), strict=True)))


def test_the_median_of_the_repetitions_counts_and_how_far_they_lie_apart():
    found = results_of(repetitions("rotation", "right", -41.0, -47.0, -43.0))

    assert found.degrees("rotation", "right") == 43.0
    assert found.ranges["rotation", "right"].spread_deg == 6.0


def test_a_slump_keeps_the_way_that_it_goes():
    assert results_of(repetitions("tall_slump", "", -12.0, -14.0, -13.0)).degrees(
        "tall_slump"
    ) == pytest.approx(-13.0)


def test_what_was_left_out_is_missing():
    found = results_of(repetitions("rotation", "left", 40.0, 41.0, 42.0))

    assert found.sides("rotation") is None
    assert (found.endurance, found.finding, found.degrees("arm_raise")) == (None, None, None)


@pytest.mark.parametrize(
    ("sides", "apart"),
    [((30.0, 45.0), True), ((45.0, 30.0), True), ((60.0, 70.0), False), ((20.0, 29.0), False)],
)
def test_sides_differ_by_ten_degrees_and_a_fifth_or_not_at_all(
    sides: tuple[float, float], apart: bool
):
    assert differ(sides) is apart


def test_a_hold_that_sinks_tells_how_fast():
    found = results_of([held(slope=6.0)]).endurance

    assert found is not None
    assert found.slope_deg_per_min == pytest.approx(6.0, abs=0.1)
    assert found.slope_95_deg_per_min[0] > 5.0


def test_a_hold_that_is_left_tells_when():
    found = results_of([held(leaves_s=22.0)]).endurance

    assert found is not None
    assert found.away_after_s == pytest.approx(22.0, abs=0.1)


def test_sway_is_what_swings_within_ten_seconds_not_what_sinks():
    found = results_of([held(slope=6.0, sway=0.7)]).endurance

    assert found is not None
    assert found.sway_deg == pytest.approx(0.7 / np.sqrt(2), rel=0.1)


def test_errors_in_finding_the_upright_have_a_size_a_mean_and_a_spread():
    trials = [
        Repetition("find_upright", "", 15.0, error - start, start, 0.0, 1.0, 2.0)
        for start, error in ((0.0, 2.0), (2.0, -4.0), (-4.0, 6.0), (6.0, 0.0))
    ]
    found = results_of(trials).finding

    assert found is not None
    assert (found.absolute_deg, found.constant_deg) == (3.0, 1.0)
    assert found.variable_deg == pytest.approx(np.std([2.0, -4.0, 6.0, 0.0], ddof=1))


def test_scatter_from_day_to_day_is_what_a_standard_error_is_made_of():
    days = np.random.default_rng(3).normal(40.0, 3.1, 2000)

    assert detectable_deg(days.tolist()) == pytest.approx(DETECTABLE_DEG, rel=0.05)


def test_who_gets_on_steadily_does_not_scatter():
    assert detectable_deg([26.0, 28.0, 31.0, 33.0, 35.0, 38.0]) == LEAST_DETECTABLE_DEG


def test_after_three_days_a_change_is_judged_by_the_wearers_own_scatter():
    steady, restless = [40.0, 41.0, 40.0, 41.0], [30.0, 45.0, 38.0, 52.0]

    assert detectable_deg([40.0, 50.0]) == DETECTABLE_DEG
    assert detectable_deg(restless) > 20.0
    # Days that lie close together by chance promise no more than the clip can tell.
    assert detectable_deg(steady) == LEAST_DETECTABLE_DEG
