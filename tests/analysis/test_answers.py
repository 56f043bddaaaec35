"""What follows a buzz."""

import numpy as np
import pytest

from midback_analysis.answers import (
    Answer,
    TimeToSitUp,
    answer,
    kaplan_meier_median,
    time_to_sit_up,
)

NAN = float("nan")


def after(*stretches: tuple[int, float]) -> Answer:
    flexion = np.repeat([deg for _, deg in stretches], [s for s, _ in stretches])
    return answer(0.0, flexion.astype(np.float32), leave_deg=9.0)


def test_sitting_up_after_20_s_is_an_answer():
    assert after((20, 18), (60, 0)).after_s == 20


def test_sitting_up_for_one_second_is_none():
    assert after((20, 18), (1, 0), (60, 18)).after_s is None


def test_sitting_up_after_61_s_is_too_late():
    assert after((61, 18), (60, 0)).after_s is None


def test_the_movement_of_sitting_up_is_no_end_of_watching():
    assert after((17, 18), (9, NAN), (60, 0)).after_s == 17


def test_a_movement_that_ends_where_it_began_is_no_answer():
    assert after((17, 18), (5, NAN), (10, 18), (60, 0)).after_s == 32


def test_going_off_after_10_s_was_watched_for_10_s():
    assert after((10, 18), (90, NAN)) == Answer(0.0, None, 10.0)


def test_a_buzz_in_the_last_second_of_the_day_was_watched_for_none():
    assert answer(5.0, np.full(5, 18, dtype=np.float32), 9.0) == Answer(5.0, None, 0.0)


def test_a_backward_slumper_sits_up_forward():
    flexion = np.repeat([-15.0, -2.0], [8, 60]).astype(np.float32)

    assert answer(0.0, flexion, 9.0, back_leave_deg=7.0).after_s == 8


def answers(*after_s: float | None) -> list[Answer]:
    return [Answer(0.0, s, 60.0 if s is None else s) for s in after_s]


def test_one_unanswered_in_five_leaves_the_plain_median():
    assert time_to_sit_up(answers(10, 12, 14, 16, None)) == TimeToSitUp(13, "answered")


def test_more_unanswered_ones_count_as_not_yet():
    assert time_to_sit_up(answers(10, 12, 14, None)) == TimeToSitUp(12, "Kaplan-Meier")


def test_mostly_unanswered_has_no_median():
    assert time_to_sit_up(answers(10, None, None)) == TimeToSitUp(None, "Kaplan-Meier")


@pytest.mark.parametrize(
    ("times", "ended", "expected"),
    [
        ([], [], None),
        ([7], [True], 7),
        ([7], [False], None),
        # A watch lost early leaves fewer at risk: 1/3 left of those seen longer.
        ([5, 10, 20, 30], [False, True, True, True], 20),
    ],
)
def test_the_median_counts_the_unfinished_as_long_as_they_were_watched(times, ended, expected):
    assert kaplan_meier_median(times, ended) == expected
