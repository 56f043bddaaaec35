import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.live.bins import Bins


def filled(bin_s: float, samples: list[tuple[float, float]], length: int = 10) -> Bins:
    bins = Bins(bin_s, length)
    for time_s, value in samples:
        bins.add(time_s, value)
    return bins


def test_a_stretch_shows_the_mean_of_its_samples():
    bins = filled(1.0, [(0.1, 2.0), (0.9, 4.0), (1.5, 10.0)])
    times_s, values = bins.means(1.5, 2)
    assert times_s.tolist() == [0.5, 1.5]
    assert values.tolist() == [3.0, 10.0]


def test_a_stretch_without_samples_is_a_gap():
    bins = filled(1.0, [(0.5, 1.0), (3.5, 2.0)])
    assert np.isnan(bins.means(3.5, 4)[1]).tolist() == [False, True, True, False]


def test_a_mean_stays_the_same_while_time_goes_on():
    bins = filled(0.2, [(0.05, 1.0), (0.15, 3.0), (0.25, 7.0)])
    early = bins.means(0.30, 2)[1]
    late = bins.means(0.55, 3)[1]
    assert early.tolist() == late[:2].tolist()


def test_a_sample_resent_late_fills_its_gap():
    bins = filled(1.0, [(0.5, 1.0), (2.5, 3.0), (1.5, 2.0)])
    assert bins.means(2.5, 3)[1].tolist() == [1.0, 2.0, 3.0]


def test_a_sample_older_than_what_is_held_is_left_out():
    bins = filled(1.0, [(50.5, 1.0), (2.5, 99.0)])
    assert bins.count() == 1


def test_what_is_no_longer_held_is_a_gap_and_not_an_old_value():
    bins = filled(1.0, [(0.5, 1.0), (30.5, 2.0)], length=5)
    assert np.isnan(bins.means(30.5, 31)[1][:-1]).all()


def test_nothing_fed_is_nothing_but_gaps():
    assert np.isnan(Bins(1.0, 5).means(100.0, 3)[1]).all()


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=200))
def test_every_recent_sample_is_counted_once(values: list[float]):
    bins = filled(1.0, [(i * 0.1, v) for i, v in enumerate(values)], length=50)
    means = bins.means(len(values) * 0.1, 50)[1]
    assert bins.count() == len(values)
    assert np.nanmin(means) >= min(values) - 1e-9  # rounding of a mean
    assert np.nanmax(means) == pytest.approx(max(means[np.isfinite(means)]))
