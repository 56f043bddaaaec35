"""What is told of a set, and which drills a routine is made of."""

from dataclasses import replace

import numpy as np
import pytest

from midback.exercises.advice import Advice
from midback.exercises.counting import Counted
from midback.exercises.drill import By, all_drills
from midback.exercises.routine_plan import (
    ROUTINE_S,
    TALL_S,
    USUAL,
    Task,
    alternative,
    planned,
)
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.exercises.routine_text import pain_in_words, set_in_words, sides_in_words

KNOWN = all_drills().known
TWISTS = Advice("uneven_turn", ("seated_twist",), "", "", "right")
FADES = Advice("fades", ("band_row", "wall_slide"), "", "")
LOST = Advice("lost_upright", ("find_upright",), "", "")


def a_set(
    *peaks_deg: float, side: str = "", paced: int = 0, outcome: Outcome = Outcome.DONE
) -> DoneSet:
    seen = tuple(Counted(4.0 * n, peak, 0.6, 1.5, 0.6) for n, peak in enumerate(peaks_deg))
    return DoneSet("twist", "Twist", side, By.REPETITIONS, 5, 0.0, outcome, seen, paced)


def seconds(tasks: list[Task]) -> float:
    return TALL_S + sum(task.lasts_s for task in tasks)


def test_the_usual_routine_takes_five_minutes():
    assert seconds(planned(KNOWN)) == pytest.approx(ROUTINE_S, abs=10.0)


@pytest.mark.parametrize("advised", [[TWISTS], [LOST], [FADES], [TWISTS, LOST]])
def test_what_was_advised_comes_first_and_whole_in_the_same_time(advised: list[Advice]):
    tasks = planned(KNOWN, advised)
    names = [name for each in advised for name in each.drills]

    assert [task.drill.id for task in tasks[: len(names)]] == names
    assert all(task.drill == KNOWN[task.drill.id] for task in tasks[: len(names)])
    assert seconds(tasks) <= ROUTINE_S + 20.0


def test_the_smaller_side_gets_one_set_more():
    (twists,) = [task for task in planned(KNOWN, [TWISTS]) if task.drill.id == "seated_twist"]

    assert [twists.drill.sides[place] for place in twists.sides] == ["left", "right", "right"]


def test_what_is_done_without_the_clip_comes_last():
    tasks = planned(KNOWN, wanted=["roller_extension", "tall_hold"])

    assert [task.drill.id for task in tasks] == ["tall_hold", "roller_extension"]


def test_another_drill_is_one_that_serves_as_well_and_was_not_done():
    first = alternative(KNOWN, KNOWN["band_row"], [*USUAL])
    then = alternative(KNOWN, KNOWN["ytw"], [*USUAL, "ytw"])

    assert first is not None
    assert first.id == "ytw"
    assert then is not None
    assert then.id == "find_upright"
    assert alternative(KNOWN, KNOWN["ytw"], list(KNOWN)) is None


def test_a_set_is_told_by_its_medians():
    told = a_set(27.0, 28.0, 40.0)

    assert (told.range_deg, told.every_s, told.tempo_s) == (28.0, 4.0, (0.6, 1.5, 0.6))


def test_a_set_of_nothing_has_no_range():
    told = a_set(paced=5)

    assert (told.range_deg, told.every_s, told.tempo_s, told.fading_deg) == (None,) * 4


def test_whoever_goes_less_far_each_time_fades():
    told = a_set(30.0, 28.1, 25.9, 24.0, 22.2)

    assert told.fading_deg == pytest.approx(1.97, abs=0.05)
    assert "each 2.0° less than the one before" in set_in_words(told)


def test_whoever_varies_does_not_fade():
    rng = np.random.default_rng(1)
    sets = [a_set(*rng.normal(30.0, 2.0, 5).tolist()) for _ in range(300)]

    # One in fifty by chance, of which half go down.
    assert np.mean([each.fading_deg is not None for each in sets]) <= 0.03


def test_what_is_paced_is_never_called_seen():
    assert set_in_words(a_set(paced=8)) == "8 paced, not counted"


def test_what_is_paced_because_of_sway_says_so():
    told = set_in_words(replace(a_set(30.0, paced=4), sways=True))

    assert told.startswith(
        "1 of 5 repetitions seen; "
        "4 paced, not counted, for you swayed too much to be counted surely; "
    )


def test_what_was_left_is_told_with_what_was_seen():
    words = set_in_words(a_set(30.0, outcome=Outcome.SKIPPED))

    assert words.startswith("1 of 5 repetitions seen; about 30° each")
    assert words.endswith("; skipped")


def test_what_hurt_is_told_once():
    hurt = [a_set(30.0, side=side, outcome=Outcome.HURT) for side in ("left", "right")]

    assert set_in_words(hurt[0]).endswith("; stopped because of pain")
    assert pain_in_words(hurt) == "Stopped because of pain: Twist."
    assert pain_in_words([a_set(30.0)]) == ""


def test_both_sides_are_told_beside_each_other():
    sets = [a_set(28.0, side="left"), a_set(45.0, side="right"), a_set(29.0, side="left")]

    assert sides_in_words(sets) == ["Twist: 29° left, 45° right."]


def test_a_side_that_was_left_out_is_compared_with_nothing():
    assert sides_in_words([a_set(28.0, side="left"), a_set(side="right")]) == []
