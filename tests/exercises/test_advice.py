"""Each rule of the advice, and what it says of its reason."""

from datetime import date

import pytest
from exercises.test_results import held, repetitions

from midback.exercises.advice import advise, pain_told
from midback.exercises.measured import Held, Repetition
from midback.exercises.results import Results, results_of

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def turns(left: float, right: float) -> list[Repetition | Held]:
    return [
        *repetitions("rotation", "left", left, left, left),
        *repetitions("rotation", "right", -right, -right, -right),
    ]


def told(*done: Repetition | Held, before: Results | None = None, day: date = TUESDAY, **more):
    earlier = [] if before is None else [(MONDAY, before)]
    return [(each.id, each.why) for each in advise(results_of(done), earlier, day, **more)]


def test_of_whom_nothing_stands_out_nothing_is_asked():
    steady = repetitions("arm_raise", "", -10.0) + repetitions("chair_extension", "", -9.0)

    assert told(*turns(45.0, 43.0), *steady, held()) == []


def test_a_side_that_turns_less_on_two_days_gets_another_set():
    before = results_of(turns(30.0, 46.0))
    (advice,) = advise(results_of(turns(31.0, 45.0)), [(MONDAY, before)], TUESDAY)

    assert (advice.drills, advice.more) == (("seated_twist",), "left")
    assert advice.why == "Your turn to the left was 14° smaller, and so on another day."


@pytest.mark.parametrize(
    ("before", "day"),
    [
        (None, TUESDAY),
        (results_of(turns(30.0, 46.0)), MONDAY),
        (results_of(turns(46.0, 30.0)), TUESDAY),
        (results_of(turns(44.0, 46.0)), TUESDAY),
    ],
    ids=["no other day", "the same day", "the other side then", "even then"],
)
def test_a_side_that_turned_less_once_is_chance(before: Results | None, day: date):
    assert told(*turns(31.0, 45.0), before=before, day=day) == []


def test_turning_little_to_both_sides_is_told_with_what_others_turn():
    ((rule, why),) = told(*turns(26.0, 28.0))

    assert rule == "low_turn"
    assert why == (
        "You turned 26° to the left and 28° to the right; young adults turn 40° and more, "
        "and it gets less with age."
    )


def test_one_side_that_turns_little_is_told_before_another_day_says_so_too():
    assert [rule for rule, _ in told(*turns(27.0, 45.0))] == ["low_turn"]


def test_an_uneven_turn_is_not_told_once_more_as_a_small_one():
    rules = [rule for rule, _ in told(*turns(26.0, 45.0), before=results_of(turns(27.0, 46.0)))]

    assert rules == ["uneven_turn"]


@pytest.mark.parametrize(
    ("pain", "stopped", "words"),
    [
        ((1, 3), (), "Your pain went from 1 to 3 of 10."),
        ((4, 5), (), "Your pain was 5 of 10 afterwards."),
        ((None, None), ("Turning",), "Stopped because of pain: Turning."),
    ],
)
def test_who_hurts_gets_no_exercises(
    pain: tuple[int | None, int | None], stopped: tuple[str, ...], words: str
):
    hurt = pain_told(pain, stopped)
    (advice,) = advise(results_of(turns(20.0, 21.0)), [], TUESDAY, hurt=hurt)

    assert (hurt, advice.why, advice.drills) == (words, words, ())


@pytest.mark.parametrize("pain", [(None, None), (3, None), (3, 4), (3, 1)])
def test_pain_that_stays_as_it_was_stops_nothing(pain: tuple[int | None, int | None]):
    assert pain_told(pain, ()) == ""


@pytest.mark.parametrize(("item", "least"), [("arm_raise", 4.0), ("chair_extension", 5.0)])
def test_bending_back_less_than_others_asks_for_extensions(item: str, least: float):
    ((rule, why),) = told(*repetitions(item, "", 0.5 - least))

    assert rule == "small_extension"
    assert f"{least - 0.5:.0f}°" in why
    assert told(*repetitions(item, "", -least - 0.5)) == []


@pytest.mark.parametrize(
    ("hold", "why"),
    [
        (held(leaves_s=22.0), "Sitting tall, you had moved by 5° after 22 s."),
        (held(slope=4.0), "Sitting tall, you sank forward by 4° in a minute."),
    ],
)
def test_a_hold_that_fades_asks_for_rows(hold: Held, why: str):
    assert told(hold) == [("fades", why)]


@pytest.mark.parametrize("hold", [held(leaves_s=40.0), held(slope=2.0), held(slope=-6.0)])
def test_a_hold_that_lasts_asks_for_nothing(hold: Held):
    assert told(hold) == []


def test_an_upright_that_is_not_found_again_is_practised():
    trials = [Repetition("find_upright", "", 15.0, 7.0, 0.0, 0.0, 1.0, 2.0)] * 6

    assert told(*trials) == [("lost_upright", "With eyes closed you found your upright to 7°.")]


def test_days_full_of_slumps_ask_for_another_desk_where_nothing_else_stands_out():
    why = "You were slumped for 63 % of your still time of late."

    assert told(slumped_percent=63.0) == [("desk", why)]
    assert told(slumped_percent=40.0) == []
    assert [rule for rule, _ in told(held(slope=4.0), slumped_percent=63.0)] == ["fades"]


def test_nobody_is_asked_for_more_than_two_things():
    trials = [Repetition("find_upright", "", 15.0, 7.0, 0.0, 0.0, 1.0, 2.0)] * 6
    weak = repetitions("arm_raise", "", -1.0)

    assert [rule for rule, _ in told(*trials, held(slope=4.0), *weak, *turns(20.0, 21.0))] == [
        "low_turn",
        "small_extension",
    ]
