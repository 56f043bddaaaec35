"""What the wearer is said to do, told as timelines of what they really do."""

from itertools import groupby
from math import pi, sin
from typing import NamedTuple, cast

import pytest

from midback.judgement import Change, Judge
from midback.shared import judge
from midback.shared.slump import SlumpPolicy
from midback.words import State

PACKET_S = 0.2
SAMPLES = 10


class Doing(NamedTuple):
    """A packet's worth of doing something; ``lean_deg`` is ``None`` when it cannot be judged."""

    lean_deg: float | None
    walking: bool = False
    off_body: bool = False
    doubtful: bool = False
    shaken: bool = False
    silent: bool = False


TALL = Doing(0.0)
LEAN = Doing(15.0)
BACK = Doing(-15.0)
WALK = Doing(15.0, walking=True)
OFF = Doing(40.0, off_body=True)
IN_DOUBT = Doing(0.0, doubtful=True)
BUZZ = Doing(None, walking=True, shaken=True)
UNKNOWN = Doing(None)
SILENCE = Doing(None, silent=True)

Timeline = list[tuple[float, Doing]]


class Told(NamedTuple):
    states: list[tuple[float, State]]
    changes: list[Change]


def about(time_s: float) -> float:
    """Equal to *time_s* but for rounding."""
    return cast(float, pytest.approx(time_s))


def told(timeline: Timeline, judge: Judge | None = None) -> Told:
    """Live through a timeline of (seconds, doing); a hold of 30 s makes a slump.

    States come as (when it began, state), times in seconds.
    """
    judge = judge or Judge(SlumpPolicy())
    states: list[tuple[float, State]] = []
    changes: list[Change] = []
    packet = 0
    for seconds, doing in timeline:
        for _ in range(round(seconds / PACKET_S)):
            packet += 1
            if doing.silent:
                continue
            time_s = packet * PACKET_S
            change = judge.update(
                time_s,
                doing.lean_deg,
                SAMPLES,
                *sums(time_s, doing.walking),
                off_body=doing.off_body,
                doubtful=doing.doubtful,
                shaken=doing.shaken,
            )
            states.append((time_s, judge.state))
            changes += [] if change is None else [change]
    began = [next(run) for _, run in groupby(states, key=lambda one: one[1])]
    return Told(began, changes)


def sums(time_s: float, walking: bool) -> tuple[float, float, float]:
    """Of |a| - 1 g over a packet: 0.2 g at two steps a second on a walker, 5 mg on a sitter."""
    swing_g = 0.2 if walking else 0.005
    away = [swing_g * sin(4 * pi * (time_s - 0.02 * i)) for i in reversed(range(SAMPLES))]
    return sum(away), sum(a * a for a in away), sum(away[: SAMPLES // 2])


def doings(timeline: Timeline) -> list[State]:
    return [state for _, state in told(timeline).states]


def ends(timeline: Timeline) -> list[tuple[float, str]]:
    """When slumps ended, to whole seconds, and how."""
    changes = told(timeline).changes
    return [(round(c.time_s), c.detail) for c in changes if c.kind == "slump_ended"]


def test_a_wearer_who_sits_tall_is_upright():
    assert doings([(60, TALL)]) == [State.UPRIGHT]


def test_a_lean_becomes_a_slump_after_its_hold():
    # The packet that turns is movement; 0.6 s later it is settled, and the hold begins.
    assert told([(10, TALL), (40, LEAN)]).states == [
        (about(0.2), State.UPRIGHT),
        (about(10.2), State.MOVING),
        (about(10.8), State.LEANING),
        (about(40.8), State.SLUMPED),
    ]


def test_a_slump_is_told_with_its_time_and_angle():
    (start,) = told([(10, TALL), (40, LEAN)]).changes

    assert start == Change(about(40.8), "slump_started", 15.0, "")


def test_a_short_lean_is_no_slump():
    assert told([(10, TALL), (25, LEAN), (10, TALL)]).changes == []


def test_sitting_up_for_two_seconds_ends_a_slump():
    assert ends([(40, LEAN), (10, TALL)]) == [(42, "sat up")]


def test_sitting_up_for_a_second_does_not():
    assert ends([(40, LEAN), (1, TALL), (10, LEAN)]) == []


def test_leaning_back_for_ten_seconds_is_leaning_back_and_no_slump():
    assert told([(10, TALL), (60, BACK)]) == Told(
        [
            (about(0.2), State.UPRIGHT),
            (about(10.2), State.MOVING),
            (about(10.8), State.UPRIGHT),
            (about(20.0), State.BACK),
        ],
        [],
    )


def test_a_wearer_whose_slump_goes_backward_slumps_by_leaning_back():
    judge = Judge(SlumpPolicy(back_enter_deg=10.0))

    (start,) = told([(40, BACK)], judge).changes

    assert (start.kind, start.value) == ("slump_started", -15.0)


@pytest.mark.parametrize("fidget_s", [0.4, 1.0, 2.5])
def test_a_reach_or_a_fidget_does_not_end_a_slump(fidget_s: float):
    # With the two seconds until stillness is seen, the longest comes to 4.5 s of moving.
    assert ends([(40, LEAN), (fidget_s, WALK), (20, LEAN)]) == []


def test_after_a_fidget_a_slump_is_a_slump_still():
    assert doings([(40, LEAN), (1, WALK), (20, LEAN)])[-2:] == [State.MOVING, State.SLUMPED]


def test_a_fidget_does_not_begin_the_hold_again():
    (start,) = told([(20, LEAN), (1, WALK), (20, LEAN)]).changes

    # 30 s of leaning, up to 3 s in which it could not be seen, and 0.6 s to settle.
    assert 30 < start.time_s < 34.1


def test_walking_ends_a_slump_after_five_seconds():
    # Half a step passes before walking is seen.
    assert ends([(40, LEAN), (10, WALK)]) == [(45, "moved")]


def test_a_walk_begins_the_hold_again():
    (start,) = told([(20, LEAN), (10, WALK), (60, LEAN)]).changes

    # For a second the steps are still seen, for ten more the wearer settles.
    assert start.time_s == pytest.approx(20 + 10 + 11 + 30, abs=0.5)


def test_two_fidgets_are_no_walk():
    assert ends([(40, LEAN), (2, WALK), (5, LEAN), (2, WALK), (10, LEAN)]) == []


def test_steps_before_and_after_a_silence_are_no_walk():
    assert ends([(40, LEAN), (3, WALK), (10, SILENCE), (2, WALK), (10, LEAN)]) == []


def test_nothing_is_judged_while_walking_bent():
    assert told([(120, WALK)]).changes == []


def test_a_walk_is_told_from_its_rhythm_and_judged_ten_seconds_after_it():
    states = told([(10, TALL), (20, WALK), (20, TALL)]).states

    assert [(round(time_s), state) for time_s, state in states] == [
        (0, State.UPRIGHT),
        (10, State.MOVING),
        (14, State.WALKING),
        (31, State.MOVING),
        (41, State.UPRIGHT),
    ]


def test_taking_the_clip_off_ends_a_slump():
    assert ends([(40, LEAN), (10, OFF)]) == [(40, "taken off")]


def test_a_clip_that_is_not_worn_is_away_whatever_its_tilt():
    assert told([(120, OFF)]) == Told([(about(0.2), State.AWAY)], [])


def test_a_clip_laid_on_the_desk_is_not_worn_and_never_slumped():
    on_the_desk = Doing(88.0)

    assert doings([(10, TALL), (60, on_the_desk), (10, TALL)]) == [
        State.UPRIGHT,
        State.MOVING,
        State.AWAY,
        State.MOVING,
        State.UPRIGHT,
    ]


def test_taking_the_clip_off_in_a_slump_ends_it_before_the_clip_says_so():
    # Five seconds tipped that far, whether the turn is movement or not.
    assert ends([(40, LEAN), (20, Doing(-88.0))]) == [(45, "moved")]


def test_rummaging_in_a_low_drawer_is_not_taking_the_clip_off():
    states = doings([(10, TALL), (20, Doing(70.0)), (10, TALL)])

    assert State.AWAY not in states


def test_picking_something_up_from_the_floor_does_not_end_a_slump():
    assert ends([(40, LEAN), (4, Doing(70.0)), (10, LEAN)]) == []


def test_a_sensor_without_gravity_is_not_scored_as_upright():
    judge = Judge(SlumpPolicy())
    for packet in range(100):
        judge.update(
            packet * PACKET_S,
            0.0,
            SAMPLES,
            -0.95 * SAMPLES,
            0.95**2 * SAMPLES,
            -0.95 * SAMPLES / 2,
        )

    assert judge.state is State.NO_DATA


def test_a_clip_put_on_again_is_judged_again():
    assert doings([(10, TALL), (10, OFF), (10, TALL)]) == [
        State.UPRIGHT,
        State.AWAY,
        State.MOVING,
        State.UPRIGHT,
    ]


def test_a_slump_goes_on_over_half_a_minute_of_silence():
    assert ends([(40, LEAN), (25, SILENCE), (10, LEAN)]) == []


def test_silence_counts_toward_no_hold():
    (start,) = told([(20, LEAN), (25, SILENCE), (20, LEAN)]).changes

    assert start.time_s == pytest.approx(20 + 25 + 10, abs=0.5)


def test_after_a_long_silence_a_slump_is_over_and_its_end_unknown():
    assert ends([(40, LEAN), (60, SILENCE), (10, LEAN)]) == [(100, "gap")]


def test_movement_before_a_silence_is_no_movement_after_it():
    assert doings([(10, TALL), (3, WALK), (10, SILENCE), (10, TALL)]) == [
        State.UPRIGHT,
        State.MOVING,
        State.UPRIGHT,
    ]


def test_a_buzz_is_no_movement():
    assert doings([(40, LEAN), (2, BUZZ), (10, LEAN)]) == [State.LEANING, State.SLUMPED]


def test_shaking_is_not_judged():
    assert told([(10, TALL), (120, BUZZ)]).changes == []


def test_before_anything_could_be_judged_nothing_is_known():
    assert doings([(3, UNKNOWN), (5, TALL)]) == [State.NO_DATA, State.UPRIGHT]


def test_three_seconds_of_settling_leave_the_state_as_it_was():
    assert doings([(40, LEAN), (3, UNKNOWN), (5, LEAN)]) == [State.LEANING, State.SLUMPED]


def test_a_sensor_that_fails_is_not_scored_as_upright():
    states = told([(10, TALL), (600, UNKNOWN)]).states

    assert states[1:] == [(about(15.2), State.NO_DATA)]


def test_a_motor_that_never_stops_is_not_scored_as_upright():
    assert doings([(10, TALL), (600, BUZZ)]) == [State.UPRIGHT, State.NO_DATA]


def test_a_wearer_without_a_calibration_is_new():
    assert told([(60, LEAN)], Judge(None)) == Told([(about(0.2), State.NEW)], [])


def test_a_new_wearer_moves_and_takes_the_clip_off_like_any_other():
    states = told([(5, UNKNOWN), (5, WALK), (5, OFF)], Judge(None)).states

    assert [state for _, state in states] == [State.NEW, State.MOVING, State.WALKING, State.AWAY]


def test_a_wearer_who_leans_sees_how_much_of_the_hold_has_passed():
    judge = Judge(SlumpPolicy())
    told([(12, LEAN)], judge)

    assert judge.held_s == pytest.approx(11.8)


@pytest.mark.parametrize("state", State)
def test_a_state_has_the_same_number_on_the_clip(state: State):
    assert getattr(judge, state.name) == state.value


def test_a_clip_that_perhaps_nobody_wears_is_never_upright():
    assert doings([(10, TALL), (50, IN_DOUBT), (10, OFF)]) == [
        State.UPRIGHT,
        State.DOUBTFUL,
        State.AWAY,
    ]
    assert doings([(50, IN_DOUBT), (10, TALL)]) == [State.DOUBTFUL, State.UPRIGHT]


def test_in_doubt_a_hold_waits():
    # Twenty seconds of lean, ten in doubt, and the ten that are left.
    changes = told([(20, LEAN), (10, LEAN._replace(doubtful=True)), (15, LEAN)]).changes

    # Neither the first packet nor the first after the doubt counts: what was before is unknown.
    assert [change.time_s for change in changes] == [about(40.4)]


def test_a_slump_goes_on_over_a_short_doubt():
    doubt = LEAN._replace(doubtful=True)

    assert doings([(40, LEAN), (20, doubt), (5, LEAN)])[-2:] == [State.DOUBTFUL, State.SLUMPED]


def test_a_clip_handled_in_doubt_is_moving():
    assert doings([(10, IN_DOUBT), (3, WALK._replace(doubtful=True))])[-1] is State.MOVING


AT_HOME = Doing(14.0)
PAST_HOME = Doing(27.0)


def in_homes() -> Judge:
    """A wearer who called fourteen degrees forward good."""
    return Judge(SlumpPolicy(homes=(14.0,)))


def test_a_posture_called_good_is_no_slump():
    assert told([(10, TALL), (300, AT_HOME)], in_homes()).changes == []


def test_from_a_posture_called_good_a_slump_counts_anew():
    (start,) = told([(60, AT_HOME), (60, PAST_HOME)], in_homes()).changes

    assert start.kind == "slump_started"
    assert told([(60, AT_HOME), (60, Doing(22.0))], in_homes()).changes == []


def test_after_a_walk_slumps_count_from_upright():
    judge = in_homes()
    told([(60, AT_HOME), (10, WALK), (20, TALL)], judge)

    assert judge.state is State.UPRIGHT


def test_a_clip_that_is_taken_off_forgets_where_its_wearer_was():
    timeline: Timeline = [(60, AT_HOME), (60, OFF), (60, Doing(22.0))]

    assert [change.kind for change in told(timeline, in_homes()).changes] == ["slump_started"]
