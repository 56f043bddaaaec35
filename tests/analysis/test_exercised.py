"""Checks and routines of a day, and how the hour after each was sat."""

from dataclasses import replace

import numpy as np
import pytest
from analysis.days import moving, record, slumped, upright
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.exercises.exercise import EXERCISE, Exercise
from midback.words import NBSP
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.exercised import exercised, slumped_share
from midback_analysis.footnotes import EXERCISES_NOTE, exercise_words
from midback_analysis.measured import measure
from midback_analysis.report import as_html
from midback_analysis.summarise import summarise_day
from midback_analysis.text import day_text


def led(start_min: float, minutes: float, what: Exercise = Exercise.ROUTINE) -> Wearing:
    start_s = round(60 * start_min)
    return Wearing("7A3F", {EXERCISE: str(what)}, start_s, start_s + round(60 * minutes))


def day(*exercises: Wearing) -> DayRecord:
    """Two hours half slumped, five minutes of exercise, an hour upright but for six minutes."""
    half = [upright(10), slumped(10)] * 6
    after = [upright(9), slumped(1)] * 6
    return record([*half, moving(5), *after, *half], wearings=exercises or (led(120, 5),))


def test_the_hour_after_stands_beside_the_rest_of_the_day():
    (routine,) = exercised(measure(day()))

    assert (routine.kind, routine.length_s, routine.at.clock) == ("routine", 300, "10:00")
    assert routine.hour_after is not None
    assert routine.otherwise is not None
    assert routine.hour_after.percent == pytest.approx(10.0, abs=1.0)
    assert routine.otherwise.percent == pytest.approx(50.0, abs=2.0)


def test_a_clip_that_was_lost_in_its_middle_makes_no_second_routine():
    broken = day(led(120, 2), led(123, 2), led(180, 1, Exercise.CHECK))

    assert [each.kind for each in exercised(measure(broken))] == ["routine", "movement check"]


def test_too_little_of_an_hour_is_not_told():
    short = record([slumped(60), moving(5), upright(15)], wearings=(led(60, 5),))
    (routine,) = exercised(measure(short))

    assert routine.hour_after is None
    assert "Too little still time" in exercise_words(routine)


def test_without_exercises_nothing_is_said():
    plain = summarise_day(record([upright(90)]))

    assert plain.exercises == ()
    assert EXERCISES_NOTE[:20] not in day_text(plain)
    assert "Exercises" not in as_html(plain)


def test_text_and_page_say_the_same():
    summary = summarise_day(day())
    (routine,) = summary.exercises
    words = exercise_words(routine)
    text = " ".join(day_text(summary).split())

    assert words.replace(NBSP, " ") in text
    assert words.startswith("Routine at 10:00, 5")
    assert words in as_html(summary).replace("&nbsp;", NBSP)


def test_a_day_of_nothing_but_a_check_has_its_page_without_any_calibration():
    made = record([moving(8)], wearings=(led(0, 8, Exercise.CHECK),), calibrations=())
    summary = summarise_day(replace(made, part=np.full(480, -1, np.int16)))

    assert "Movement check at 08:00" in as_html(summary)
    assert "Movement check at 08:00" in day_text(summary)


@given(st.floats(0.05, 0.95), st.integers(0, 10_000))
@settings(max_examples=25)
def test_no_interval_leaves_the_scale_or_its_share(chance: float, seed: int):
    rng = np.random.default_rng(seed)
    slump = np.repeat(rng.random(72) < chance, 300)
    share = slumped_share(np.ones(len(slump), bool), slump)

    assert share is not None
    low, high = share.between
    assert 0.0 <= low <= share.percent <= high <= 100.0


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    # An hour of independent five minutes, a third of them slumped.
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        slump = np.repeat(rng.random(12) < 1 / 3, 300)
        share = slumped_share(np.ones(3600, bool), slump)
        assert share is not None
        held += share.between[0] <= 100 / 3 <= share.between[1]

    assert held / 2000 == pytest.approx(0.95, abs=0.04)
