"""How long slumps last, against sums by hand and simulated wearers of whom the truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback_analysis.restricted import (
    Estimate,
    Slumps,
    anytime_factor,
    mean_length,
    restricted_means,
    share,
)


def slumps(
    lengths: Sequence[float],
    ended: Sequence[bool] | None = None,
    block: Sequence[int] | None = None,
) -> Slumps:
    return Slumps(
        np.array(lengths, dtype=np.float64),
        np.array(ended if ended is not None else [True] * len(lengths), dtype=np.bool_),
        np.array(block if block is not None else range(len(lengths)), dtype=np.intp),
    )


def mean_of(told: Slumps, horizon_s: float = 300.0) -> float:
    return float(restricted_means(told, np.ones((1, len(told.length_s))), horizon_s)[0])


def test_with_every_end_seen_it_is_the_mean_cut_at_the_horizon():
    assert mean_of(slumps([10, 20, 900])) == pytest.approx((10 + 20 + 300) / 3)


def test_one_that_was_lost_from_sight_counts_as_the_others_that_were_still_watched():
    # Alive: 1 to 10 s, 2/3 to 30 s (the one lost at 20 s tells no end), 0 from there on.
    assert mean_of(slumps([10, 20, 30], [True, False, True])) == pytest.approx(10 + 20 * 2 / 3)


def test_an_end_at_the_moment_of_a_loss_counts_first():
    assert mean_of(slumps([10, 10], [False, True])) == mean_of(slumps([10, 10], [True, False]))
    assert mean_of(slumps([10, 10], [True, False]), 30.0) == pytest.approx(10 + 20 * 0.5)


def test_after_the_last_look_the_curve_goes_on_as_it_is():
    assert mean_of(slumps([10, 20], [True, False])) == pytest.approx(10 + 290 * 0.5)


@given(
    st.lists(st.tuples(st.floats(0.1, 1000), st.booleans()), min_size=1, max_size=12),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_a_weight_of_two_is_the_same_slump_twice(
    told: list[tuple[float, bool]], weights: list[int]
):
    weights = weights[: len(told)]
    if not sum(weights):
        weights[0] = 1
    once = slumps([s for s, _ in told], [e for _, e in told])
    copies = [each for each, n in zip(told, weights, strict=True) for _ in range(n)]
    twice = slumps([s for s, _ in copies], [e for _, e in copies])

    weighed = restricted_means(once, np.array([weights], dtype=np.float64))
    assert float(weighed[0]) == pytest.approx(mean_of(twice), abs=1e-6)


def test_the_error_of_a_plain_mean_is_that_of_any_textbook():
    lengths = [40.0, 60.0, 10.0, 90.0, 100.0, 20.0]
    estimate = mean_length(slumps(lengths))

    assert estimate is not None
    assert estimate.value == pytest.approx(np.mean(lengths))
    assert estimate.se == pytest.approx(np.std(lengths, ddof=1) / math.sqrt(6))
    # Student's t with 5 degrees of freedom: 2.571.
    low, high = estimate.interval()
    assert (high - low) / 2 / estimate.se == pytest.approx(2.5706, abs=1e-3)


def test_slumps_of_one_hour_that_are_alike_count_little_more_than_one():
    apart = mean_length(slumps([10, 50, 20, 80, 30, 60] * 4))
    alike = mean_length(slumps([10, 50, 20, 80, 30, 60] * 4, block=[*range(6)] * 4))

    assert apart is not None
    assert alike is not None
    assert alike.se > 1.8 * apart.se


def test_with_few_hours_nothing_is_said():
    assert mean_length(slumps([1, 2, 3, 4, 5, 6, 7], block=[0, 1, 2, 3, 4, 4, 4])) is None
    assert share(np.ones(6), np.array([1.0, 1, 1, 1, 1, 0])) is None


def test_a_share_is_of_sums():
    part, whole = np.array([1.0, 2, 3, 4, 5, 6, 0]), np.array([10.0, 10, 10, 20, 20, 30, 0])
    told = share(part, whole)

    assert told is not None
    assert told.value == pytest.approx(0.21)
    assert 0 < told.se < 0.05


def test_a_difference_has_the_errors_of_both():
    difference = Estimate(50.0, 3.0, 10).minus(Estimate(20.0, 4.0, 10))

    assert (difference.value, difference.se) == (30.0, 5.0)
    assert 10 < difference.df < 20


@pytest.mark.parametrize(("blocks", "factor"), [(60, 3.04), (240, 3.14)])
def test_looking_every_day_asks_for_half_as_much_again(blocks: int, factor: float):
    # By hand from the formula; the usual interval is 1.96 wide.
    assert anytime_factor(blocks, 0.05) == pytest.approx(factor, abs=0.01)


# Simulated wearers

MEDIAN_S = 100.0
HOUR_SPREAD, DAY_SPREAD, SLUMP_SPREAD = 0.5, 0.3, 1.0


def wearer(chance: np.random.Generator, hours: int, scale: float) -> tuple[Slumps, Slumps]:
    """Silent and nudged hours in turn by chance, two of three nudged, eight hours a day.

    About four slumps an hour, log-normal; those of an hour and of a day are alike; some are
    lost from sight.  A nudge makes each of them *scale* times as long.
    """
    silent = chance.permutation(np.arange(hours) % 3 == 0)
    of_day = chance.normal(0, DAY_SPREAD, hours // 8 + 1)
    count = chance.poisson(4.0, hours)
    hour = np.repeat(np.arange(hours), count)
    spread = chance.normal(0, HOUR_SPREAD, hours)[hour] + of_day[hour // 8]
    length_s = MEDIAN_S * np.exp(spread + chance.normal(0, SLUMP_SPREAD, len(hour)))
    length_s[~silent[hour]] *= scale
    lost_s = chance.exponential(900, len(hour))
    seen_s, ended = np.minimum(length_s, lost_s), length_s <= lost_s

    def those(which: bool) -> Slumps:
        mine = silent[hour] == which
        return Slumps(seen_s[mine], ended[mine], hour[mine])

    return those(True), those(False)


def really(scale: float) -> float:
    chance = np.random.default_rng(0)
    spread = math.hypot(HOUR_SPREAD, DAY_SPREAD, SLUMP_SPREAD)
    lengths_s = scale * MEDIAN_S * np.exp(chance.normal(0, spread, 1_000_000))
    return float(np.minimum(lengths_s, 300.0).mean())


def difference(silent: Slumps, nudged: Slumps) -> Estimate:
    a, b = mean_length(nudged), mean_length(silent)
    assert a is not None
    assert b is not None
    return a.minus(b)


@pytest.mark.parametrize("scale", [1.0, 0.6])
@pytest.mark.parametrize("hours", [40, 120])
def test_intervals_hold_the_truth_nineteen_times_in_twenty(hours: int, scale: float):
    chance = np.random.default_rng([hours, round(10 * scale)])
    truth_s = really(scale) - really(1.0)
    runs = 400
    held = 0
    for _ in range(runs):
        low, high = difference(*wearer(chance, hours, scale)).interval()
        held += low <= truth_s <= high

    # Three standard errors of a share of 95 % in 400 runs are 3.3 points.
    assert held / runs == pytest.approx(0.95, abs=0.034)


def first_told(silent: Slumps, nudged: Slumps, hours: int) -> tuple[int, bool] | None:
    """After how many hours somebody who looks every day is told, and whether of shortening."""
    for seen in range(24, hours + 1, 8):
        a, b = (
            mean_length(
                Slumps(
                    x.length_s[x.block < seen], x.ended[x.block < seen], x.block[x.block < seen]
                )
            )
            for x in (nudged, silent)
        )
        if a is None or b is None:
            continue
        low, high = a.minus(b).anytime(seen, 0.05)
        if high < 0 or low > 0:
            return seen, high < 0
    return None


def test_nudges_that_do_nothing_are_hardly_ever_told_to_work_however_often_one_looks():
    chance = np.random.default_rng(8)
    runs = 200
    told = [first_told(*wearer(chance, 160, 1.0), 160) for _ in range(runs)]

    # At most 5 %; three standard errors of that in 200 runs would be 4.6 points more.
    assert sum(each is not None for each in told) / runs <= 0.05


def test_nudges_that_work_are_told_to_within_weeks():
    chance = np.random.default_rng(9)
    told = [first_told(*wearer(chance, 240, 0.4), 240) for _ in range(40)]
    found = [each for each in told if each is not None]

    assert len(found) >= 38
    assert all(shorter for _, shorter in found)
    assert np.median([hours for hours, _ in found]) <= 80  # ten days
