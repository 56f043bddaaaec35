"""What a day of a trial is worth: truth and states written as little timelines."""

from types import SimpleNamespace

import numpy as np
import pytest

from midback.simulated import TRUTH, Activity, Stretch
from midback.simulated.resting import Rest
from midback.simulated.wearing import Slip
from midback.trials.day_scores import score
from midback.trials.lived_day import LivedDay
from midback.watching import Happening
from midback.words import State

SPAN_DEG = 20.0
LENGTH_S = 2000


def lived(*changes, buzzes=(), states=(), events=(), good=False, slip=None, doings=()):
    """A day of ``LENGTH_S`` seconds upright at the desk, but for ``(from, to, column, value)``."""
    table = np.zeros(LENGTH_S, TRUTH)
    table["time_s"] = np.arange(LENGTH_S) + 0.5
    table["worn"] = True
    table["activity"] = Activity.TYPING
    for begin, end, column, value in changes:
        table[column][begin:end] = value
    times_s = np.arange(1, 5 * LENGTH_S + 1) / 5 - 0.1
    seen = np.full(len(times_s), State.UPRIGHT, np.uint8)
    for begin, end, state in states:
        seen[(times_s >= begin) & (times_s < end)] = state
    truth = SimpleNamespace(table=lambda: table, doings=list(doings))
    off = Stretch(Activity.OFF_BODY, 1000.0, 1500.0, Rest.EDGE)
    wearer = SimpleNamespace(
        truth=truth,
        habits=SimpleNamespace(slump_span_deg=SPAN_DEG),
        plan=SimpleNamespace(stretches=(off,)),
    )
    trial = SimpleNamespace(seed=1, good=good, slip=slip, wearer=wearer)
    told = [Happening(float(t), "buzz", 12.0, "nudge") for t in buzzes]
    told += [Happening(float(t), kind, None, "") for t, kind in events]
    return LivedDay(trial, told, times_s, seen)  # pyright: ignore[reportArgumentType]


def slump(begin, end, deg=15.0):
    return [
        (begin, end, "sag_deg", deg),
        (begin, end, "flexion_deg", deg),
        (begin, end, "slumped", True),
    ]


def test_a_slump_that_lasts_and_is_buzzed_is_found():
    told = score(lived(*slump(100, 200), buzzes=[131]))

    assert (told.slumps, told.slumps_buzzed, told.buzzes, told.false_buzzes) == (1, 1, 1, 0)


def test_a_slump_without_a_buzz_is_missed():
    told = score(lived(*slump(100, 200)))

    assert (told.slumps, told.slumps_buzzed) == (1, 0)


def test_a_buzz_after_the_slump_does_not_count_for_it():
    assert score(lived(*slump(100, 200), buzzes=[205])).slumps_buzzed == 0


@pytest.mark.parametrize(
    "changes",
    [
        slump(100, 139),  # shorter than hold and ten seconds
        slump(100, 200, deg=11.0),  # about its middle
        [(100, 200, "flexion_deg", 15.0)],  # a lean
        [*slump(100, 200), (100, 200, "flexion_deg", 8.0)],  # undone by a shift backward
    ],
)
def test_what_is_no_slump_that_counts_need_not_be_buzzed(changes):
    assert score(lived(*changes)).slumps == 0


def test_a_buzz_just_before_a_slump_is_deep_enough_is_its_own():
    assert score(lived(*slump(100, 200), (80, 200, "slumped", True), buzzes=[95])).slumps_buzzed


def test_a_buzz_half_way_into_a_slump_that_creeps_on_is_its_own():
    creeping = [(20, 100, "slumped", True), (20, 100, "flexion_deg", 9.0), *slump(100, 400)]

    told = score(lived(*creeping, buzzes=[45]))

    assert (told.slumps, told.slumps_buzzed, told.false_buzzes) == (1, 1, 0)


@pytest.mark.parametrize(
    "between",
    [
        (60, 64, "flexion_deg", 2.0),  # sat up since
        (60, 64, "slumped", False),  # another slump
    ],
)
def test_a_buzz_for_the_slump_before_is_not_of_this_one(between):
    creeping = [(20, 100, "slumped", True), (20, 100, "flexion_deg", 9.0), *slump(100, 400)]

    told = score(lived(*creeping, between, buzzes=[45]))

    assert (told.slumps, told.slumps_buzzed) == (1, 0)


def test_a_short_way_out_does_not_end_a_slump():
    changes = [*slump(100, 150), (120, 124, "flexion_deg", 2.0)]

    assert score(lived(*changes)).slumps == 1


@pytest.mark.parametrize(
    ("sag_deg", "until", "slumps"),
    [
        (15.0, 165, 1),  # to a drawer and back
        (15.0, 185, 2),  # that was a stay elsewhere
        (2.0, 165, 2),  # sat up on the way
    ],
)
def test_who_bends_out_of_a_slump_and_comes_back_to_it_is_in_the_same(
    sag_deg: float, until: int, slumps: int
):
    out = [(150, until, "flexion_deg", -30.0), (150, until, "sag_deg", sag_deg)]

    assert score(lived(*slump(100, 250), *out)).slumps == slumps


def test_a_slump_just_after_a_buzz_must_outlast_the_quiet_time():
    short = score(lived(*slump(100, 150), buzzes=[60]))
    long = score(lived(*slump(100, 300), buzzes=[60]))

    assert (short.slumps, long.slumps) == (0, 1)


def test_a_buzz_without_a_slump_is_false_and_says_what_was_done_instead():
    told = score(lived(buzzes=[500, 900], doings=[("lean", 460.0, 520.0)], good=True))

    assert told.false_buzzes == 2
    assert told.false_while == {"lean": 1, "typing": 1}


def test_walking_that_is_judged_counts_in_packets():
    told = score(
        lived(
            (100, 200, "walking", True),
            states=[
                (100, 150, State.WALKING),
                (150, 160, State.LEANING),
                (160, 200, State.MOVING),
            ],
        )
    )

    assert told.walking_s == 100
    assert told.walking_judged_s == pytest.approx(10.0, abs=0.21)


def test_worn_and_not_worn_are_compared_all_the_time():
    told = score(lived((1000, 1500, "worn", False), states=[(1060, 1530, State.AWAY)]))

    assert told.day_s - told.worn_right_s == pytest.approx(90.0, abs=0.5)
    assert told.worn_wrong_s == {
        "edge": pytest.approx(60.0, abs=0.5),
        "worn": pytest.approx(30.0, abs=0.5),
    }
    assert told.table_upright_s == pytest.approx(60.0, abs=0.5)


def test_only_upright_is_upright_on_the_table():
    told = score(
        lived(
            (1000, 1500, "worn", False),
            states=[(1000, 1060, State.DOUBTFUL), (1060, 1500, State.AWAY)],
        )
    )

    assert told.table_upright_s == 0


SLIP = Slip(500.0, 60.0, 10.0, 0.0)


def test_a_slip_is_found_within_ten_minutes_of_its_end():
    soon = score(lived(slip=SLIP, events=[(700, "slipped")]))
    late = score(lived(slip=SLIP, events=[(1200, "slipped")]))

    assert soon.slip_found_after_s == pytest.approx(140.0)
    assert late.slip_found_after_s is None


def test_a_warning_before_the_slip_is_a_false_one():
    told = score(lived(slip=SLIP, events=[(300, "slipped")]))

    assert (told.slip_found_after_s, told.slip_warnings) == (None, 1)


def test_what_a_slipped_clip_is_judged_by_does_not_count():
    told = score(
        lived(
            *slump(600, 700),
            slip=SLIP,
            buzzes=[550, 900],
            events=[(700, "slipped"), (800, "calibration")],
        )
    )

    assert (told.slumps, told.buzzes) == (0, 1)
    assert told.hours == pytest.approx((500 + 1200) / 3600, abs=0.01)
