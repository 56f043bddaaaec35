"""The hours after exercises, beside the rest of the same days, over many days."""

import random
from dataclasses import replace

import pytest
from analysis.trends import HOUR_S, a_day, bout, trend, unworn, week

from midback_analysis.after_exercise import After, after_exercises
from midback_analysis.trend_day import TrendDay
from midback_analysis.trend_words import after_words

REST_S = 7 * HOUR_S


def exercised_day(
    after_percent: float, rest_percent: float, start_s: int = 10 * HOUR_S, kind: str = "routine"
) -> TrendDay:
    made = bout(HOUR_S, round(36 * after_percent), start_s, kind)
    rest_slumped_s = round(REST_S * rest_percent / 100)
    return a_day(bouts=(made,), rest_still_s=REST_S, rest_slumped_s=rest_slumped_s)


def after(*days: TrendDay) -> After:
    (found,) = after_exercises(days, days)
    return found


def uneven(by: float, count: int, seed: int = 1) -> list[TrendDay]:
    rng = random.Random(seed)
    days: list[TrendDay] = []
    for _ in range(count):
        rest = 25 + rng.gauss(0, 8)
        start_s = round(rng.uniform(9, 16)) * HOUR_S
        days.append(exercised_day(rest + by + rng.gauss(0, 4), rest, start_s))
    return days


@pytest.mark.parametrize(("by", "told"), [(-12.0, ": less. From 12"), (12.0, ": more. From 12"),
                                          (0.0, ": no clear difference. From 12")])  # fmt: skip
def test_a_known_difference_is_found_and_none_is_not(by: float, told: str):
    found = after(*uneven(by, 12))

    assert found.difference is not None
    low, high = found.difference.between
    assert low < by < high
    assert found.difference.percent == pytest.approx(by, abs=3.0)
    assert told in after_words(found).replace("\u00a0", " ")


def test_seconds_are_summed_over_days():
    # A day with twice the still time in the hour after counts twice.
    long = a_day(bouts=(bout(3600, 1800),), rest_still_s=7200, rest_slumped_s=720)
    half = a_day(bouts=(bout(1800, 0),), rest_still_s=7200, rest_slumped_s=0)
    found = after(long, half, half)

    assert found.hour_after is not None
    assert found.otherwise is not None
    assert found.hour_after.percent == pytest.approx(25.0)
    assert found.otherwise.percent == pytest.approx(100 * 720 / 21600)


def test_days_that_differ_as_a_whole_do_not_blur_the_difference():
    """The interval is of the difference within days, though each share varies widely."""
    days = [exercised_day(rest - 5, rest) for rest in (10, 20, 30, 40, 50, 60)]
    found = after(*days)

    assert found.difference is not None
    assert found.hour_after is not None
    assert found.difference.between == pytest.approx((-5.0, -5.0), abs=0.2)
    low, high = found.hour_after.between
    assert high - low > 30


def test_two_days_cannot_tell():
    found = after(exercised_day(5, 20), exercised_day(5, 20))

    assert (found.days, found.hour_after, found.difference) == (2, None, None)
    assert "After 2 routines: cannot tell yet, 2 of 3 days" in after_words(found).replace(
        "\u00a0", " "
    )


def test_an_hour_with_too_little_still_time_is_no_hour():
    moving = a_day(bouts=(bout(1199, 0),), rest_still_s=REST_S)
    found = after(*[exercised_day(5, 20)] * 2, moving)

    assert (found.bouts, found.days) == (3, 2)


def test_a_day_without_a_rest_is_nothing_to_compare_with():
    only = replace(exercised_day(5, 20), rest_still_s=3599)

    assert after(*[exercised_day(5, 20)] * 2, only).days == 2


def test_a_day_with_two_uprights_enters_neither_side():
    apart = replace(exercised_day(90, 90), apart_deg=9.0)
    made = trend(week(*uneven(-10, 3), apart, unworn()))

    assert (made.after[0].bouts, made.after[0].days) == (4, 3)


def test_checks_and_routines_are_told_apart():
    days = [
        *[exercised_day(5, 20)] * 3,
        *[exercised_day(5, 20, kind="movement check")] * 2,
    ]
    made = after_exercises(days, days)

    assert [(each.kind, each.bouts, each.days) for each in made] == [
        ("movement check", 2, 2),
        ("routine", 3, 3),
    ]


def test_two_routines_of_a_day_are_one_day():
    twice = replace(exercised_day(5, 20), bouts=(bout(), bout(start_s=15 * HOUR_S)))
    found = after(*[exercised_day(5, 20)] * 2, twice)

    assert (found.bouts_used, found.days) == (4, 3)


def test_a_difference_at_the_same_hour_each_day_is_told_as_that():
    same = [exercised_day(3 + k % 2, 20 + k % 3) for k in range(6)]
    spread = [
        exercised_day(3 + k % 2, 20 + k % 3, start_s=(9 + k) * HOUR_S) for k in range(6)
    ]  # fmt: skip

    assert "less, but all began at 10:00, and the hour of the day" in after_words(after(*same))
    assert "hour of the day" not in after_words(after(*spread))


def test_no_exercise_says_nothing():
    assert after_exercises([a_day()], [a_day()]) == []


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    held = 0
    for seed in range(400):
        found = after(*uneven(-6.0, 5, seed))
        assert found.difference is not None
        held += found.difference.between[0] <= -6.0 <= found.difference.between[1]

    # The error of a share of 400 is 0.011.
    assert held / 400 == pytest.approx(0.95, abs=0.04)
