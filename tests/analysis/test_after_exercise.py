"""The hours after exercises, beside the rest of the same days, over many days."""

import random
from dataclasses import replace

import pytest
from analysis.trends import HOUR_S, a_day, bout, trend, unworn, week

from midback_analysis.after_exercise import After, after_exercises
from midback_analysis.trend_day import Block, TrendDay
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


def plain_day(rest_percent: float, same_hour_percent: float, hour: int = 10) -> TrendDay:
    """A day without an exercise, whose one hour differs from the others; others begin at nine."""
    shares = [same_hour_percent if 9 + k // 6 == hour else rest_percent for k in range(48)]
    blocks = tuple(
        Block(9 * HOUR_S + 600 * k, 600, 300, round(6 * share), 1)
        for k, share in enumerate(shares)
    )
    return a_day(blocks=blocks)


def uneven(by: float, count: int, seed: int = 1) -> list[TrendDay]:
    rng = random.Random(seed)
    days: list[TrendDay] = []
    for _ in range(count):
        rest = 25 + rng.gauss(0, 8)
        days.append(exercised_day(rest + by + rng.gauss(0, 4), rest))
    return days


def uneven_without(by: float, count: int, seed: int = 2) -> list[TrendDay]:
    """Days without an exercise, whose same hour differs by so much from their rest."""
    rng = random.Random(seed)
    days: list[TrendDay] = []
    for _ in range(count):
        rest = 25 + rng.gauss(0, 8)
        days.append(plain_day(rest, rest + by + rng.gauss(0, 4)))
    return days


def told_of(found: After) -> str:
    return after_words(found).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("by", "told"),
    [(-12.0, "): less slumped."), (12.0, "): more slumped."), (0.0, "): no clear difference.")],
)
def test_a_known_difference_is_found_and_none_is_not(by: float, told: str):
    found = after(*uneven(by, 12), *uneven_without(0.0, 12))

    assert found.difference is not None
    assert found.beyond is not None
    for each in (found.difference, found.beyond):
        assert each.between[0] < by < each.between[1]
    assert found.difference.percent == pytest.approx(by, abs=3.0)
    assert told_of(found).endswith(told)


def test_what_the_hour_of_the_day_makes_is_no_difference():
    found = after(*uneven(-12.0, 12), *uneven_without(-12.0, 12))

    assert found.difference is not None
    assert found.same_hours is not None
    assert found.difference.between[1] < 0
    assert found.same_hours.percent == pytest.approx(-12.0, abs=3.0)
    assert told_of(found).endswith(": no clear difference.")


def test_what_the_hour_of_the_day_hides_is_found():
    found = after(*uneven(0.0, 12), *uneven_without(12.0, 12))

    assert told_of(found).endswith("): less slumped.")


def test_without_days_to_tell_the_hour_by_there_is_no_verdict():
    found = after(*uneven(-12.0, 12), *uneven_without(0.0, 2))

    assert (found.days_without, found.beyond) == (2, None)
    assert "cannot tell yet: 2 of 3 days that count without any" in told_of(found)
    assert "less slumped" not in told_of(found)


def test_a_day_that_was_not_worn_at_that_hour_tells_nothing_of_it():
    late = a_day(blocks=tuple(each for each in a_day().blocks if each.start_s > 12 * HOUR_S))

    assert after(*uneven(0.0, 3), late).days_without == 0


def test_a_day_with_any_exercise_is_no_day_without():
    check = exercised_day(5, 20, kind="movement check")
    days = [*uneven(0.0, 3), check]

    assert [each.days_without for each in after_exercises(days, days)] == [0, 0]


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
    assert "After 2 routines: cannot tell yet, 2 of 3 days" in told_of(found)


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


def test_no_exercise_says_nothing():
    assert after_exercises([a_day()], [a_day()]) == []


@pytest.mark.parametrize("count", [3, 6])
def test_the_intervals_hold_the_truth_nineteen_times_in_twenty(count: int):
    held = [0, 0]
    for seed in range(400):
        found = after(*uneven(-6.0, count, seed), *uneven_without(-2.0, count, 1000 + seed))
        assert found.difference is not None
        assert found.beyond is not None
        held[0] += found.difference.between[0] <= -6.0 <= found.difference.between[1]
        held[1] += found.beyond.between[0] <= -4.0 <= found.beyond.between[1]

    # The error of a share of 400 is 0.011; Welch's interval of so few days is a little wide.
    assert [each / 400 for each in held] == pytest.approx([0.95, 0.96], abs=0.04)
