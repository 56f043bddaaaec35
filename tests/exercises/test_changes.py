"""What is told as different from earlier days."""

from datetime import date, timedelta

import numpy as np
import pytest
from exercises.test_results import repetitions

from midback.exercises.changes import change_since, day_medians, sides_of
from midback.exercises.results import Results, results_of

TODAY = date(2026, 11, 24)
LEFT = ("rotation", "left")


def turn(left: float, right: float = 45.0) -> Results:
    return results_of(
        [
            *repetitions("rotation", "left", left, left, left),
            *repetitions("rotation", "right", -right, -right, -right),
        ]
    )


def days(*lefts: float) -> list[tuple[date, Results]]:
    """One check a day, the last one yesterday."""
    first = TODAY - timedelta(days=len(lefts))
    return [(first + timedelta(days=k), turn(left)) for k, left in enumerate(lefts)]


@pytest.mark.parametrize(
    ("before", "now", "clear"),
    [
        ([30.0], 38.4, False),
        ([30.0], 38.6, True),
        ([30.0, 34.0], 23.4, True),
        ([30.0, 34.0, 32.0], 38.1, False),
        ([30.0, 34.0, 32.0], 38.3, True),
        ([24.0, 40.0, 32.0], 52.0, False),
    ],
    ids=["less", "more", "a fall", "own: less", "own: more", "restless"],
)
def test_a_change_is_clear_beyond_what_chance_explains(
    before: list[float], now: float, clear: bool
):
    change = change_since(turn(now), days(*before), TODAY, LEFT)

    assert change is not None
    assert change.clear is clear
    assert change.own is (len(before) >= 3)
    assert change.by_deg == pytest.approx(now - np.median(before))


def test_who_gets_on_slowly_is_told_so():
    change = change_since(turn(45.0), days(*np.arange(25.0, 44.0, 2.5).tolist()), TODAY, LEFT)

    assert change is not None
    assert (change.clear, change.by_deg, change.began_deg) == (True, 17.5, 27.5)


def test_earlier_checks_of_the_same_day_are_no_other_day():
    assert change_since(turn(50.0), [(TODAY, turn(30.0))], TODAY, LEFT) is None


def test_a_day_counts_once_however_often_it_was_checked():
    past = [*days(30.0), (TODAY - timedelta(days=1), turn(34.0)), *days(31.0)]

    assert [deg for _, deg in day_medians(past, LEFT)] == [31.0]


def test_days_without_the_test_do_not_count():
    past = [(TODAY - timedelta(days=5), Results({}, None, None)), *days(30.0)]
    change = change_since(turn(31.0), past, TODAY, LEFT)

    assert change is not None
    assert change.days == 1


def test_what_was_not_done_today_has_not_changed():
    assert change_since(Results({}, None, None), days(30.0), TODAY, LEFT) is None


def test_people_who_do_not_change_are_seldom_told_that_they_did():
    rng = np.random.default_rng(5)
    told = 0
    for _ in range(600):
        # Standard error of measurement, as in results.DETECTABLE_DEG.
        *before, now = rng.normal(40.0, 3.1, 5)
        change = change_since(turn(now), days(*before), TODAY, LEFT)
        told += change is not None and change.clear

    # 6 in 100 are expected, and so 36 with a standard deviation of 6.
    assert told < 54


@pytest.mark.parametrize(
    ("before", "now", "uneven", "again"),
    [
        ([], (31.0, 45.0), True, False),
        ([(30.0, 46.0)], (31.0, 45.0), True, True),
        ([(46.0, 30.0)], (31.0, 45.0), True, False),
        ([(30.0, 46.0), (44.0, 45.0)], (31.0, 45.0), True, False),
        ([(30.0, 46.0)], (40.0, 45.0), False, False),
    ],
    ids=["once", "on two days", "the other side", "not the last time", "not today"],
)
def test_sides_differ_for_good_where_two_days_say_the_same(
    before: list[tuple[float, float]], now: tuple[float, float], uneven: bool, again: bool
):
    first = TODAY - timedelta(days=len(before))
    past = [(first + timedelta(days=k), turn(*each)) for k, each in enumerate(before)]
    sides = sides_of(turn(*now), past, TODAY, "rotation")

    assert sides is not None
    assert (sides.differ, sides.again) == (uneven, again)


def test_how_far_sides_are_apart_has_no_sign():
    sides = sides_of(turn(30.0, 50.0), [], TODAY, "rotation")

    assert sides is not None
    assert (sides.apart_deg, sides.apart_percent) == (20.0, 50.0)
