"""Which days count, what a window needs, and when it differs from the one before."""

import random
from dataclasses import replace
from datetime import date

import pytest
from analysis.trends import a_day, short_day, trend, uneven_day, unworn, week

from midback_analysis.trend import (
    ALIKE,
    FIGURES,
    LEAST_COUNTING,
    LESS,
    MORE,
    NOT_YET,
    ONE_A_DAY,
    Change,
    Trend,
    first_day_needed,
)
from midback_analysis.trend_day import TrendDay

LONGEST, UPRIGHT, SHIFTS = range(3)


def why_not(day: TrendDay) -> str:
    return trend(week(a_day(), a_day(), a_day(), day)).days[3].why_not


def upright(made: Trend) -> Change:
    return made.changes[UPRIGHT]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (a_day(), ""),
        (unworn(), "not worn"),
        (a_day(measured_s=3 * 3600), ""),
        (a_day(measured_s=3 * 3600 - 1), "too short to count"),
        (a_day(coverage_percent=60.0), ""),
        (a_day(coverage_percent=59.9), "too many gaps to count"),
        (a_day(apart_deg=5.0), ""),
        (a_day(apart_deg=9.1), "two uprights, 9° apart"),
        (replace(a_day(), upright_percent=None), "too little still time to count"),
        (a_day(mode="off"), "buzzing off: not compared"),
        (a_day(mode=None), "buzzing not told: not compared"),
        (replace(unworn(), problem="broken"), "could not be read"),
    ],
)
def test_a_day_counts_or_says_why_not(day: TrendDay, told: str):
    assert why_not(day) == told


def test_days_are_compared_with_the_buzzing_of_most_and_of_as_many_of_the_later_ones():
    silent = a_day(mode="off")

    assert trend(week(silent, a_day(), a_day())).mode == "normal"
    assert trend(week(silent, a_day())).mode == "normal"
    assert trend(week(a_day(), silent)).mode == "off"


def test_a_day_that_is_too_short_does_not_choose_the_buzzing():
    off = replace(short_day(), mode="off")

    assert trend(week(a_day(), off, off)).mode == "normal"


def test_silent_days_before_are_no_comparison():
    made = trend(week(*[a_day()] * 4), [a_day(mode="off")] * 7)

    assert made.counting_before == []
    assert upright(made).verdict == NOT_YET


@pytest.mark.parametrize("length", [7, 28])
def test_a_window_needs_its_days(length: int):
    least = LEAST_COUNTING[length]

    def window(counting: int) -> list[TrendDay]:
        return [*[a_day()] * counting, *[short_day()] * (length - counting)]

    assert upright(trend(window(least - 1), [a_day()] * length)).now is None
    assert upright(trend(window(least), [a_day()] * length)).difference == pytest.approx(0.0)
    assert upright(trend(window(least), window(least - 1))).before is None
    assert upright(trend(window(least), window(least - 1))).verdict == NOT_YET


def test_the_median_is_that_of_the_days_that_count():
    made = trend(week(a_day(50.0), short_day(), a_day(70.0), a_day(55.0)))

    assert upright(made).now == pytest.approx(55.0)


def test_a_week_is_compared_with_the_week_before_and_not_with_older_days():
    made = trend(week(*[a_day(60.0)] * 3), [*[a_day(10.0)] * 7, *week(*[a_day(50.0)] * 3)])

    assert upright(made).difference == pytest.approx(10.0)
    assert made.usual_days == 10


def test_four_weeks_are_compared_with_the_four_weeks_before():
    made = trend([a_day(60.0)] * 28, [a_day(50.0)] * 28)

    assert (len(made.days), len(made.before)) == (28, 28)
    assert upright(made).difference == pytest.approx(10.0)


def test_the_usual_range_is_the_middle_half_of_the_four_weeks_before():
    made = trend(week(a_day(90.0)), [a_day(float(k)) for k in range(1, 12)])
    usual = made.usual["upright_percent"]

    assert (usual.low, usual.median, usual.high) == pytest.approx((3.5, 6.0, 8.5))


def test_nine_days_make_no_usual_range():
    assert trend(week(a_day()), [a_day()] * 9).usual == {}


@pytest.mark.parametrize("length", [7, 28])
@pytest.mark.parametrize(("by", "verdict"), [(15.0, MORE), (-15.0, LESS), (0.0, ALIKE)])
def test_a_known_difference_is_found_and_none_is_not(length: int, by: float, verdict: str):
    rng = random.Random(length)
    window = [uneven_day(50.0 + by, rng) for _ in range(length)]
    change = upright(trend(window, [uneven_day(50.0, rng) for _ in range(length)]))

    assert change.low is not None
    assert change.high is not None
    assert change.difference == pytest.approx(by, abs=4.0)
    assert change.low < by < change.high
    assert change.verdict == verdict


def test_the_same_days_give_the_same_interval():
    rng = random.Random(3)
    days = [uneven_day(50.0, rng) for _ in range(14)]

    assert trend(days[7:], days[:7]).changes == trend(days[7:], days[:7]).changes


def test_a_figure_that_a_day_has_one_of_has_an_interval_from_ten_days_on_only():
    few = trend([a_day(longest_s=3000)] * 7, [a_day()] * 7).changes[LONGEST]
    many = trend([a_day(longest_s=3000)] * 28, [a_day()] * 28).changes[LONGEST]

    assert (few.difference, few.low, few.verdict) == (pytest.approx(10.0), None, ONE_A_DAY)
    assert (many.low, many.verdict) == (pytest.approx(10.0), MORE)


def test_no_more_than_one_week_in_ten_without_a_change_is_called_changed():
    rng = random.Random(8)
    called = 0
    for _ in range(60):
        days = [uneven_day(50.0, rng) for _ in range(8)]
        change = upright(trend(week(*days[:4]), week(*days[4:])))
        called += change.verdict != ALIKE

    # Five in a hundred are meant; eleven of sixty would come by chance once in 10 000.
    assert called <= 10


def test_rates_count_shifts_by_the_hour():
    change = trend([a_day()] * 7, [a_day()] * 7).changes[SHIFTS]

    assert (change.now, change.low, change.high) == pytest.approx((6.0, 0.0, 0.0))


def test_all_days_that_are_needed_are_asked_for():
    assert first_day_needed(date(2026, 11, 15), 7) == date(2026, 10, 12)
    assert first_day_needed(date(2026, 11, 15), 28) == date(2026, 9, 21)


def test_figures_do_not_depend_on_the_slump_line():
    assert [each.key for each in FIGURES] == [
        "longest_still_min",
        "upright_percent",
        "shifts_per_hour",
    ]
