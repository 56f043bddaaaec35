"""Days of a trial hold what they promise; sources are in the modules."""

import functools

import numpy as np
import pytest

from midback.simulated import Activity, Habits, Wearer, plan_of
from midback.simulated.day_plan import BUSY, ON_FOOT
from midback.simulated.resting import Rest, Resting
from midback.simulated.trial import TRIAL_MIN, person, trial
from midback.simulated.trial_plan import trial_plan
from midback.simulated.wearing import Slip, Wearing

SEEDS = range(1, 41)
TIME_S = 0.02 * np.arange(1.0, 3001.0)


def minutes_of(plan, *activities):
    return sum(s.end_s - s.start_s for s in plan.stretches if s.activity in activities) / 60


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trial_lasts_eight_hours_most_of_them_seated(seed):
    plan = trial_plan(seed, TRIAL_MIN)

    assert plan.duration_s == pytest.approx(480 * 60, abs=1)
    assert minutes_of(plan, *BUSY) > 0.6 * 480
    assert minutes_of(plan, *ON_FOOT) > 5


def test_trials_have_everything_at_which_a_monitor_was_ever_wrong():
    plans = [trial_plan(seed, TRIAL_MIN) for seed in SEEDS]
    stretches = [stretch for plan in plans for stretch in plan.stretches]
    lying = {s.rest for s in stretches if s.activity is Activity.OFF_BODY}

    assert {s.activity for s in stretches} == set(Activity) - {Activity.GUIDED}
    assert lying == set(Rest)
    # A few steps at a time: less than ten seconds of walking.
    assert any(s.activity is Activity.WALKING and s.end_s - s.start_s < 10 for s in stretches)


@pytest.mark.parametrize("minutes", [1.0, 30.0, 300.0])
def test_any_length_of_a_trial_is_planned(minutes):
    assert trial_plan(3, minutes).duration_s == pytest.approx(60 * minutes, abs=1)


def test_a_trial_of_no_length_is_refused():
    with pytest.raises(ValueError, match="is none"):
        trial_plan(1, 0.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_second_day_the_clip_slips_while_it_is_worn_for_a_quarter_of_an_hour_more(seed):
    tried = trial(seed)
    slips = seed // 2 % 2 == 1

    assert (tried.slip is not None) == slips
    if tried.slip is not None:
        after_s = tried.slip.at_s + 900.0
        offs = [s for s in tried.wearer.plan.stretches if s.activity is Activity.OFF_BODY]
        assert tried.slip.turn_deg == 10.0
        assert not any(s.start_s < after_s and s.end_s > tried.slip.at_s for s in offs)


def test_half_of_the_days_are_of_good_posture_with_and_without_a_slip():
    kinds = [(trial(seed).good, trial(seed).slip is not None) for seed in range(1, 9)]

    assert all(kinds.count(kind) == 2 for kind in set(kinds))
    assert len(set(kinds)) == 4


def test_nobody_slumps_on_a_day_of_good_posture():
    tried = trial(2, 60.0)
    while tried.wearer.now_s < 3600.0:
        tried.wearer.move(500, 0.02)

    assert tried.good
    assert tried.wearer.truth.slumps == []
    assert not tried.wearer.truth.table()["slumped"].any()


def test_wearers_of_trials_differ_in_span_sign_restlessness_and_answers():
    people = [person(seed) for seed in range(300)]
    spans = np.array([habits.slump_span_deg for habits in people])
    unrest = np.array([habits.restlessness for habits in people])

    assert 0.08 < np.mean(spans < 0) < 0.26  # one in six
    assert np.ptp(np.abs(spans)) > 15
    assert unrest.max() > 2.5 * unrest.min()
    assert 0.06 < np.mean([habits.answer_rate == 0.0 for habits in people]) < 0.24  # one in seven


def test_the_calmest_wearers_breathe_as_little_as_the_calmest_of_real_people():
    rms_deg = [person(seed).breathing_deg / np.sqrt(2) for seed in range(500)]

    # T4 of seated people: first percentile 0.024, median 0.113.
    assert 0.02 < np.percentile(rms_deg, 1) < 0.035
    assert 0.09 < np.median(rms_deg) < 0.14


@functools.cache
def typing(hours=1.0, **traits):
    wearer = Wearer(plan_of([(Activity.TYPING, 60 * hours)]), Habits(**traits), seed=5)
    motions = []
    while wearer.now_s < 3600 * hours:
        motions.append(wearer.move(500, 0.02))
    return wearer, motions


def test_the_movements_that_are_not_everybodys_come_as_often_as_asked():
    wearer, _ = typing(
        cross_every_s=300.0, turn_every_s=300.0, phone_every_s=300.0, rummage_every_s=300.0
    )

    for name in ("cross", "turn", "phone", "rummage"):
        # Twelve an hour on average; sitting up begins the wait anew.
        assert 5 <= wearer.truth.movements[name] <= 20
    assert all(end_s > begin_s for _, begin_s, end_s in wearer.truth.doings)


def test_who_is_said_to_drop_into_slumps_does():
    wearer, _ = typing(flop_share=1.0)

    assert wearer.truth.slumps
    assert all(slump.full_s - slump.begin_s <= 4.0 for slump in wearer.truth.slumps)


def felt(profile):
    """The largest acceleration ahead, in g, of a wearer who tips by 15 degrees in 2 s."""
    wearer = Wearer(plan_of([(Activity.TYPING, 5)]), Habits(sway_deg=0.0), seed=1)
    body = wearer._body
    joint = body.slump if profile == "slump" else body.bend
    joint.move_to(15.0, 1.0, 2.0)
    held = body.move(0.0, 250, 0.02, unrest=0.0, tremor_g=0.0)
    return float(np.abs(held.acceleration_g[:, 0]).max())


def test_a_slump_carries_the_upper_back_less_far_than_a_lean_from_the_hips():
    assert felt("slump") < 0.4 * felt("lean")


def test_who_stands_at_a_desk_stands_as_they_stand():
    wearer = Wearer(
        plan_of([(Activity.TYPING, 1), (Activity.STANDING_DESK, 10)]),
        Habits(stand_deg=-12.0, upright_spread_deg=0.1),
        seed=1,
    )
    while wearer.now_s < 600.0:
        wearer.move(500, 0.02)
    table = wearer.truth.table()
    standing = table["activity"] == Activity.STANDING_DESK

    assert np.median(table["flexion_deg"][standing]) == pytest.approx(-12.0, abs=1.5)


def test_walks_count_from_the_third_step_to_the_last():
    wearer = Wearer(plan_of([(Activity.TYPING, 1), (Activity.WALKING, 1)]), seed=1)
    while wearer.now_s < 120.0:
        wearer.move(500, 0.02)
    walking = wearer.truth.table()["walking"]

    # Up from the chair in 2.6 s, two steps in 1.1 s; whole seconds only.
    assert not walking[:63].any()
    assert walking[65:119].all()


@pytest.mark.parametrize("rest", [Rest.FLAT, Rest.FACE_UP, Rest.EDGE])
def test_what_lies_lies_still(rest):
    lies, felt_g = Resting(np.random.default_rng(1), rest).go_on(TIME_S)

    assert np.ptp(lies, axis=0).max() == 0
    assert not felt_g.any()


def test_a_table_somebody_types_at_trembles_and_is_knocked():
    time_s = 0.02 * np.arange(1.0, 15001.0)
    lies, felt_g = Resting(np.random.default_rng(1), Rest.TYPED_AT).go_on(time_s)

    assert np.ptp(lies, axis=0).max() == 0
    assert 0.0005 < felt_g[:, 0].std() < 0.005
    # Twelve knocks in five minutes.
    assert np.abs(felt_g[:, 2]).max() > 0.02


def test_a_bag_swings_while_it_is_carried_and_rests_when_set_down():
    time_s = 0.02 * np.arange(1.0, 6001.0)
    _, felt_g = Resting(np.random.default_rng(1), Rest.CARRIED).go_on(time_s)

    assert felt_g[time_s < 75].std() > 0.03
    assert not felt_g[(time_s > 82) & (time_s < 118)].any()


def carried_by(wearing, from_s, to_s):
    """Orientation of the clip on an upright wearer who does not move."""
    time_s = np.arange(from_s, to_s, 0.02)
    still = np.tile([1.0, 0.0, 0.0, 0.0], (len(time_s), 1))
    back, felt_g, _ = wearing.carried(time_s, still, np.zeros((len(time_s), 3)))
    return back, felt_g


@pytest.mark.parametrize(("duration_s", "knocks"), [(0.4, True), (60.0, False)])
def test_a_slipped_clip_stays_turned_until_it_is_put_on_again(duration_s, knocks):
    wearing = Wearing(np.random.default_rng(1), 0.0, Slip(10.0, duration_s, 10.0, 90.0))
    before, _ = carried_by(wearing, 0.0, 9.0)
    during, felt_g = carried_by(wearing, 9.0, 72.0)
    wearing.lay_down(100.0, 200.0)
    wearing.put_on()
    anew, _ = carried_by(wearing, 210.0, 220.0)

    assert np.ptp(before, axis=0).max() == 0
    assert np.degrees(2 * np.arccos(during[-1, 0])) == pytest.approx(10.0)
    # Its top went to the left: about the forward axis, the other way round.
    assert during[-1, 1] == pytest.approx(-np.sin(np.radians(5.0)))
    assert felt_g.any() == knocks
    assert anew[0, 0] == pytest.approx(1.0)
