"""Whole routines over the simulated clip and its air, in virtual time."""

from functools import cache

import numpy as np
import pytest
from exercises.routines import Led, seen, share

from midback.exercises.advice import Advice
from midback.exercises.drill import By
from midback.exercises.items import TALL
from midback.exercises.routine import RoutineWish
from midback.exercises.routine_plan import ROUTINE_S, USUAL
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.simulated import Activity
from midback.simulated.exerciser import HEALTHY, STIFF, Manner, Ranges
from midback.simulated.wearer import Stance

LEFT_FIRST = Advice("uneven_turn", ("seated_twist",), "Twists.", "14° smaller.", "left")


@cache
def stiff() -> Led:
    """Nobody changes anything in it."""
    return Led().run()


def test_the_routine_says_what_is_true_of_a_stiff_person():
    done = stiff()

    assert done.done.whole
    assert done.the("chair_extension").range_deg == pytest.approx(STIFF.chair, abs=1.5)
    assert done.the("wall_slide").range_deg == pytest.approx(STIFF.slides, abs=1.5)
    for side, size_deg in zip(("left", "right"), STIFF.turn, strict=True):
        assert done.the("seated_twist", side).range_deg == pytest.approx(size_deg, abs=3.0)


def test_every_repetition_that_was_made_is_seen_though_the_motor_ticks():
    done = stiff()
    asked = {"chair_extension": 9, "wall_slide": 8}

    assert {name: done.the(name).seen for name in asked} == asked
    assert [done.the("seated_twist", side).seen for side in ("left", "right")] == [5, 5]
    # One tick for each, and one at the beginning of each set.
    assert len(done.day.truth.buzzes) >= 9 + 8 + 5 + 5


def test_it_takes_five_minutes():
    done = stiff().done

    assert (done.end - done.begin).total_seconds() == pytest.approx(ROUTINE_S, abs=15.0)


def test_their_tempo_is_told():
    every_s = stiff().the("chair_extension").every_s

    assert every_s == pytest.approx(Manner().tempo_s, abs=0.4)


def test_what_moves_the_trunk_too_little_is_paced_and_marked_so():
    row = stiff().the("band_row")

    assert row.by is By.REPETITIONS
    assert (row.seen, row.range_deg) == (0, None)
    assert row.paced > 0
    assert not row.sways
    assert any(view.paced and "cannot see" in view.words for view in stiff().views)


def test_whoever_sways_too_much_beside_it_is_told_that_and_paced():
    sways = Led(Ranges(rows=4.5), seed=5, wanted=["band_row"]).run()
    row = sways.the("band_row")
    said = [view.words for view in sways.views if view.paced]

    assert (row.sways, row.paced > 0, row.seen > 0) == (True, True, True)
    assert said[0].startswith("You sway too much beside it to be counted surely: keep to the beat")
    assert not any("cannot see" in words for words in said)


def test_nobody_who_is_even_is_told_that_they_fade():
    assert all(each.fading_deg is None for each in stiff().done.sets)


def test_whoever_goes_less_far_each_time_is_told_so():
    tires = Led(HEALTHY, Manner(fades=0.06), wanted=["chair_extension"]).run()
    fading_deg = tires.the("chair_extension").fading_deg

    assert fading_deg == pytest.approx(0.06 * HEALTHY.chair, abs=0.25)


def test_whoever_sinks_is_told_how_long_they_were_tall():
    sinks = Led(Ranges(sinks_per_min=16.0), wanted=["tall_hold"]).run()

    # The least jerk is 5 of 12 degrees down after 0.46 of the time.
    assert sinks.the("tall_hold").held_s == pytest.approx(0.46 * 45.0, abs=4.0)
    assert any("Grow tall again" in view.words for view in sinks.views)


def test_partial_repetitions_do_not_count():
    partly = Led(STIFF, Manner(partial=0.3), wanted=["seated_twist"]).run()
    found = [partly.the("seated_twist", side) for side in ("left", "right")]

    assert [each.seen for each in found] == [5, 5]
    assert min(each.peak_deg for half in found for each in half.repetitions) > 20.0


def test_the_smaller_side_gets_another_set_and_comes_first():
    done = Led(advice=[LEFT_FIRST]).run()
    sides = [each.side for each in done.done.sets if each.drill == "seated_twist"]

    assert sides == ["left", "right", "left"]
    assert done.done.sets[0].drill == "seated_twist"
    assert (done.done.end - done.done.begin).total_seconds() == pytest.approx(ROUTINE_S, abs=20.0)


def test_a_pause_keeps_what_was_seen_and_no_time_of_it_counts():
    def pause(led: Led) -> None:
        led.obeys = False
        led.led.pause()
        led.day.wearer.ask("slump", led.day.air.now_s)
        led.loop.call_later(60.0, lambda: (led.led.pause(), setattr(led, "obeys", True)))

    paused = Led(wanted=["chair_extension"], happens=[(seen("chair_extension", 4), pause)])
    done = paused.run().the("chair_extension")

    assert (done.seen, done.outcome) == (9, Outcome.DONE)
    assert (paused.done.end - paused.done.begin).total_seconds() > 60.0 + 45.0
    # They slumped, and sat up again, in the pause.
    assert done.range_deg == pytest.approx(STIFF.chair, abs=1.5)


def test_a_drill_that_is_skipped_is_marked_with_what_was_seen_of_it():
    def skip(led: Led) -> None:
        led.led.wish(RoutineWish.SKIP)

    done = Led(happens=[(seen("seated_twist", 3, "left"), skip)]).run()

    left, right = done.the("seated_twist", "left"), done.the("seated_twist", "right")
    assert (left.outcome, left.seen) == (Outcome.SKIPPED, 3)
    assert (right.outcome, right.seen) == (Outcome.SKIPPED, 0)
    assert done.the("wall_slide").seen == 8
    assert done.done.end - done.done.begin < stiff().done.end - stiff().done.begin


def hurts(led: Led) -> None:
    led.led.wish(RoutineWish.HURTS)


def test_a_drill_that_hurts_is_stopped_at_once_and_the_next_one_comes():
    done = Led(happens=[(seen("seated_twist", 3, "left"), hurts)]).run()
    left, right = done.the("seated_twist", "left"), done.the("seated_twist", "right")
    ids = list(dict.fromkeys(each.drill for each in done.done.sets))

    assert (left.outcome, left.seen) == (Outcome.HURT, 3)
    assert (right.outcome, right.seen) == (Outcome.HURT, 0)
    assert ids[ids.index("seated_twist") + 1] == "wall_slide"
    assert (done.the("wall_slide").outcome, done.the("wall_slide").seen) == (Outcome.DONE, 8)
    # After that a repetition may still have been under way.
    assert len(done.person.made["seated_twist", "left"]) <= 4
    assert ("seated_twist", "right") not in done.person.made


def test_a_metronome_that_hurts_is_silent_at_once():
    row = (
        lambda view: view.drill is not None and view.drill.id == "band_row" and view.paced,
        hurts,
    )
    done = Led(wanted=["band_row", "tall_hold"], happens=[row]).run()

    assert done.the("band_row").outcome is Outcome.HURT
    assert done.the("tall_hold").outcome is Outcome.DONE


def test_what_hurts_while_they_sit_tall_anew_is_stopped_and_they_sit_tall_for_the_next():
    wanted = ["chair_extension", "wall_slide"]
    again = (lambda view: view.words == TALL and view.drill is not None, hurts)
    lost = (seen("chair_extension", 4), out_of_reach(60.0))
    done = Led(wanted=wanted, happens=[lost, again]).run()
    talls = [view.drill and view.drill.id for view in done.views if view.words == TALL]

    assert (done.the("chair_extension").seen, done.the("chair_extension").outcome) == (
        4,
        Outcome.HURT,
    )
    assert (talls[0], talls[-1]) == (None, "wall_slide")
    assert done.the("wall_slide").seen == 8


def test_what_hurts_in_a_pause_is_left_and_the_pause_goes_on():
    paused: list[bool] = []

    def hurts_in_a_pause(led: Led) -> None:
        routine = led.led.routine
        assert routine is not None
        led.led.pause()
        hurts(led)
        led.loop.call_later(20.0, lambda: paused.append(routine.paused))
        led.loop.call_later(21.0, led.led.pause)

    wanted = ["chair_extension", "tall_hold"]
    done = Led(wanted=wanted, happens=[(seen("chair_extension", 2), hurts_in_a_pause)]).run()

    assert paused == [True]
    assert [each.outcome for each in done.done.sets] == [Outcome.HURT, Outcome.DONE]


def test_the_first_tall_hold_is_no_drill_to_stop():
    first = (lambda view: view.drill is None and view.share > 0.2, hurts)
    done = Led(wanted=["tall_hold"], happens=[first]).run()

    assert [each.outcome for each in done.done.sets] == [Outcome.DONE]


def test_another_drill_in_its_place_is_done_next():
    def change(led: Led) -> None:
        led.led.wish(RoutineWish.CHANGE)

    wanted = ["band_row", "tall_hold"]
    row = (lambda view: view.drill is not None and view.drill.id == "band_row", change)
    done = Led(wanted=wanted, happens=[row]).run()

    assert [(each.drill, each.outcome) for each in done.done.sets] == [
        ("band_row", Outcome.CHANGED),
        ("ytw", Outcome.DONE),
        ("tall_hold", Outcome.DONE),
    ]
    assert done.the("ytw").paced == 12


def out_of_reach(seconds: float):
    """The clip goes out of reach, and comes back after so long."""

    def lose(led: Led) -> None:
        led.day.air.out_of_range()
        led.loop.call_later(seconds, led.day.air.come_back)

    return lose


def test_after_a_lost_link_the_set_goes_on_from_what_was_seen():
    happens = [(seen("chair_extension", 4), out_of_reach(6.0))]
    lost = Led(wanted=["chair_extension"], happens=happens).run()
    done = lost.the("chair_extension")

    assert (done.seen, done.outcome) == (9, Outcome.DONE)
    assert done.range_deg == pytest.approx(STIFF.chair, abs=1.5)
    assert any("not seen" in view.words for view in lost.views)


def test_after_a_minute_out_of_reach_they_sit_tall_anew():
    happens = [(seen("chair_extension", 4), out_of_reach(60.0))]
    lost = Led(wanted=["chair_extension"], happens=happens).run()
    talls = [view for view in lost.views if view.words == TALL]

    assert (lost.the("chair_extension").seen, len(talls)) == (9, 2)


def test_a_link_lost_in_a_hold_holds_its_time():
    happens = [(share("tall_hold", 0.5), out_of_reach(20.0))]
    lost = Led(HEALTHY, wanted=["tall_hold"], happens=happens).run()

    assert lost.the("tall_hold").held_s == pytest.approx(45.0, abs=1.0)


def test_without_the_clip_time_goes_on_though_the_clip_is_out_of_reach():
    def lose(led: Led) -> None:
        led.day.air.out_of_range()

    wanted = ["roller_extension"]
    gone = Led(wanted=wanted, happens=[(share("roller_extension", 0.3), lose)]).run()

    assert gone.done.whole
    assert gone.the("roller_extension").held_s == pytest.approx(30.0, abs=2.0)


@pytest.mark.parametrize(("drill", "needed"), [("tall_hold", True), ("roller_extension", False)])
def test_a_clip_out_of_reach_is_missed_only_where_it_is_needed(drill: str, needed: bool):
    missed: list[bool] = []

    def lose(led: Led) -> None:
        out_of_reach(12.0)(led)
        led.loop.call_later(10.0, lambda: missed.append(led.led.lost))

    Led(wanted=[drill], happens=[(share(drill, 0.3), lose)]).run()

    assert missed == [needed]


def test_what_is_under_way_when_they_leave_is_marked_as_broken_off():
    done = Led(happens=[(seen("wall_slide", 3), Led.leave)]).run()

    assert not done.done.whole
    assert done.done.sets[-1].drill == "wall_slide"
    assert (done.the("wall_slide").outcome, done.the("wall_slide").seen) == (Outcome.BROKEN_OFF, 3)
    assert done.sets("band_row") == []


def test_with_eyes_closed_nothing_is_felt():
    done = Led(HEALTHY, wanted=["find_upright"]).run()

    assert done.the("find_upright").seen == 6
    assert done.day.truth.buzzes == []


AT = 34.0
"""Seconds: some after they were asked to begin, for what is just before a walk is taken back."""


@pytest.mark.parametrize("drill", ["chair_extension", "seated_twist", "wall_slide"])
@pytest.mark.parametrize("before", [0, 3])
@pytest.mark.parametrize("instead", [Activity.WALKING, Activity.STAIRS, Activity.STANDING_DESK])
def test_walking_standing_up_and_sitting_down_count_nothing(
    drill: str, before: int, instead: Activity
):
    side = "left" if drill == "seated_twist" else ""
    starts_s = AT + 4.5 * before
    parts = [(Activity.TYPING, starts_s), (instead, 15.0), (Activity.TYPING, 15.0)]
    parts += [(instead, 15.0), (Activity.TYPING, 600.0)]
    led = Led(
        wanted=[drill],
        otherwise=[(activity, seconds / 60.0) for activity, seconds in parts],
        happens=[(seen(drill, before, side), Led.stop_obeying)],
    ).run()

    assert led.the(drill, side).seen == before


def test_whoever_re_seats_in_between_is_counted_right_before_and_after():
    def re_seats(led: Led) -> None:
        led.obeys = False
        led.day.wearer.go_to(Stance(lean_deg=12.0), led.day.air.now_s)
        led.loop.call_later(3.0, led.day.wearer.go_to, Stance(lean_deg=4.0), led.day.air.now_s)
        led.loop.call_later(6.0, setattr, led, "obeys", True)

    happens = [(seen("chair_extension", 4), re_seats)]
    done = Led(wanted=["chair_extension"], happens=happens).run()

    assert done.the("chair_extension").seen == 9
    # One was under way when they re-seated, and perhaps another when they heard that it was over.
    assert 9 <= len(done.person.made["chair_extension", ""]) <= 11


@cache
def others() -> list[tuple[DoneSet, list[float]]]:
    """Sets of people of other ranges and tempos, and what each really made."""
    found: list[tuple[DoneSet, list[float]]] = []
    for seed in range(10, 22):
        rng = np.random.default_rng(seed)
        manner = Manner(rng.uniform(3.0, 5.5), partial=0.15)
        left, right = rng.uniform(25.0, 50.0, 2)
        ranges = Ranges(chair=rng.uniform(7.0, 15.0), turn=(left, right))
        led = Led(ranges, manner, seed, wanted=USUAL[:2]).run()
        found += [(led.the(*key), made) for key, made in led.person.made.items()]
    return found


def test_sets_are_counted_right_over_the_simulated_clip():
    """The gates of counting, with the clip's noise, motor and packets."""
    # The last may have been begun just before they heard that it was enough.
    missed = [len(made) - done.seen for done, made in others()]

    assert np.mean([each in (-1, 0, 1, 2) for each in missed]) >= 0.95
    assert np.mean([each in (0, 1) for each in missed]) >= 0.9


def test_their_ranges_are_right():
    off = [(done.range_deg or 0.0) - np.median(made) for done, made in others()]

    assert np.sqrt(np.mean(np.square(off))) <= 1.5
    # The low-pass filter and the gyroscope's scale take 3 % each of up to 50 degrees, and sway.
    assert np.max(np.abs(off)) <= 4.0


def test_hardly_any_of_them_seems_to_fade():
    fades = [done.fading_deg is not None for done, _ in others()]

    assert np.mean(fades) <= 0.1
