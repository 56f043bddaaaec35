"""A simulated wearer lives as people were seen to live; sources are in ``Habits``."""

import functools

import numpy as np
import pytest

from midback.simulated import Activity, Habits, Wearer, plan_of, workday

HOUR_S = 3600.0
SEEDS = (1, 2, 3, 4)


def live(wearer, until_s, block=500):
    """Let the wearer live in 10 s blocks; return all motion in one piece per field."""
    blocks = []
    while wearer.now_s < until_s:
        blocks.append(wearer.move(block, 0.02))
    return {
        name: np.concatenate([getattr(block, name) for block in blocks])
        for name in (
            "time_s",
            "earth_from_back",
            "acceleration_g",
            "flexion_deg",
            "lateral_deg",
            "worn",
        )
    }


@functools.cache
def at_the_desk(seed, hours=2.0, habits=None):
    """Some hours of typing; shared by the tests that only look at them."""
    wearer = Wearer(plan_of([(Activity.TYPING, hours * 60)]), habits, seed=seed)
    motion = live(wearer, hours * HOUR_S)
    return wearer, motion


def held(wearer, pose, seconds=6.0):
    """Ask for a pose and return how the wearer then holds it."""
    wearer.ask(pose, wearer.now_s)
    live(wearer, wearer.now_s + 6.0, block=50)
    motion = live(wearer, wearer.now_s + seconds, block=50)
    return float(np.median(motion["flexion_deg"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_slumps_within_twenty_minutes_of_sitting_down(seed):
    wearer, _ = at_the_desk(seed)

    assert 0 < wearer.truth.slumps[0].full_s <= 20 * 60


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slump_creeps_in_over_minutes(seed):
    wearer, _ = at_the_desk(seed)

    assert all(60 <= slump.full_s - slump.begin_s <= 600 for slump in wearer.truth.slumps)


def test_fidgets_come_every_forty_to_fifty_seconds():
    hours = 2.0
    fidgets = sum(at_the_desk(seed)[0].truth.movements["fidget"] for seed in SEEDS)

    # Sitting up restarts the wait, which costs a few per cent: hence up to 52.
    assert 40 <= hours * HOUR_S * len(SEEDS) / fidgets <= 52


def test_posture_shifts_come_between_once_in_ten_and_nine_times_in_fifteen_minutes():
    hours = 2.0
    shifts = sum(at_the_desk(seed)[0].truth.movements["shift"] for seed in SEEDS)

    assert 1.5 <= shifts / (hours * 4 * len(SEEDS)) <= 9


def test_a_restless_wearer_moves_more():
    calm, _ = at_the_desk(1, 0.5, Habits(restlessness=0.5))
    restless, _ = at_the_desk(1, 0.5, Habits(restlessness=2.0))

    assert restless.truth.movements["fidget"] > 2 * calm.truth.movements["fidget"]


def test_a_day_at_the_desk_has_leans_reaches_and_side_bends():
    wearer, motion = at_the_desk(1)

    done = {name for name, times in wearer.truth.movements.items() if times}
    assert {"lean", "reach", "side_bend", "fidget", "shift"} <= done
    assert np.abs(motion["lateral_deg"]).max() > 12
    assert motion["flexion_deg"].max() > 20


def test_a_reach_is_fast():
    _, motion = at_the_desk(1)
    rate_dps = np.abs(np.diff(motion["flexion_deg"])) / 0.02

    # 20 to 40 degrees in about a second: a minimum-jerk movement peaks at 1.9 times its mean.
    assert 30 < rate_dps.max() < 150


def test_breathing_tilts_a_held_back_at_the_breathing_rate():
    wearer = Wearer(plan_of([(Activity.TYPING, 10)]), Habits(sway_deg=0.0), seed=1)
    wearer.ask("tall", 0.0)
    live(wearer, 10.0)
    flexion_deg = live(wearer, 130.0)["flexion_deg"]
    spectrum = np.abs(np.fft.rfft(flexion_deg - flexion_deg.mean()))
    peak_hz = np.argmax(spectrum) / 120.0

    assert 0.2 <= peak_hz <= 0.3
    assert 0.1 <= np.ptp(flexion_deg) / 2 <= 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk_shows_its_steps_in_the_vertical_acceleration(seed):
    wearer = Wearer(plan_of([(Activity.TYPING, 1), (Activity.WALKING, 2)]), seed=seed)
    live(wearer, 70.0)
    up_g = live(wearer, 170.0)["acceleration_g"][:, 2]
    spectrum = np.abs(np.fft.rfft(up_g - up_g.mean()))
    peak_hz = np.argmax(spectrum) / 100.0

    # Steps of healthy adults: 1.4 to 2.3 a second; vertical acceleration about 0.2 g RMS.
    assert 1.4 <= peak_hz <= 2.3
    assert 0.12 <= up_g.std() <= 0.35


def test_standing_up_swings_the_trunk_forward_and_lifts_it():
    wearer = Wearer(plan_of([(Activity.TYPING, 0.5), (Activity.STANDING, 1)]), seed=1)
    live(wearer, 30.0)
    motion = live(wearer, 36.0, block=50)
    rise_m = np.cumsum(np.cumsum(motion["acceleration_g"][:, 2])) * 9.81 * 0.02**2

    assert motion["flexion_deg"].max() > 20
    # Half a seat's height or more, from acceleration alone.
    assert rise_m[-1] > 0.2


def test_a_break_leaves_the_clip_perfectly_still():
    wearer = Wearer(plan_of([(Activity.TYPING, 1), (Activity.OFF_BODY, 4)]), seed=1)
    live(wearer, 70.0)
    motion = live(wearer, 280.0)

    assert not motion["worn"].any()
    assert np.ptp(motion["earth_from_back"], axis=0).max() == 0
    assert not motion["acceleration_g"].any()


def test_after_a_break_the_clip_sits_a_little_differently():
    plan = plan_of([(Activity.TYPING, 1), (Activity.OFF_BODY, 1), (Activity.TYPING, 2)])
    wearer = Wearer(plan, Habits(remount_deg=3.0), seed=2)
    live(wearer, 150.0)
    motion = wearer.move(50, 0.02)

    assert motion.worn.all()
    w, x, y, z = motion.earth_from_back[0]
    seen_deg = np.degrees(np.arcsin(2 * (w * y - x * z)))
    assert abs(seen_deg - motion.flexion_deg[0]) > 0.1


def test_movements_never_jump():
    wearer = Wearer(workday(5, 60), seed=5)
    motion = live(wearer, HOUR_S)
    worn = motion["worn"][1:] & motion["worn"][:-1]

    # Twice the fastest reach; a step of a tenth of a degree shows as 5 degrees a second.
    assert np.abs(np.diff(motion["flexion_deg"]))[worn].max() / 0.02 < 200
    # A jolt of more than walking and a fast reach together would be a fault of the model.
    assert np.abs(motion["acceleration_g"])[motion["worn"]].max() < 1.2


def test_two_wearers_of_one_seed_live_the_same_day():
    one = live(Wearer(workday(7, 20), seed=7), 1200.0)
    two = live(Wearer(workday(7, 20), seed=7), 1200.0)

    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_another_seed_is_another_day():
    one = live(Wearer(workday(7, 20), seed=7), 300.0)
    two = live(Wearer(workday(7, 20), seed=8), 300.0)

    assert not np.array_equal(one["flexion_deg"], two["flexion_deg"])


@pytest.mark.parametrize("seed", SEEDS)
def test_asked_to_sit_tall_the_wearer_comes_near_upright(seed):
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=seed)
    live(wearer, 1200.0)

    # Re-adopting upright varies by 2 degrees between days, less within a minute.
    assert abs(held(wearer, "tall")) < 3


@pytest.mark.parametrize("seed", SEEDS)
def test_asked_to_bow_the_wearer_tips_thirty_degrees_forward(seed):
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=seed)

    assert 23 < held(wearer, "bow") < 37


@pytest.mark.parametrize("span_deg", [18.0, -15.0])
def test_asked_to_slump_each_slumps_their_own_way(span_deg):
    habits = Habits(slump_span_deg=span_deg)
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), habits, seed=3)

    assert held(wearer, "slump") == pytest.approx(span_deg, abs=4)


def test_the_wearer_obeys_after_a_second_and_a_half():
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=1)
    wearer.ask("tall", 0.0)
    live(wearer, 20.0, block=50)
    wearer.ask("bow", 20.0)
    motion = live(wearer, 26.0, block=50)
    moving = np.flatnonzero(motion["flexion_deg"] > 8)

    # The reaction, then a third of the movement.
    assert 1.2 < motion["time_s"][moving[0]] - 20.0 < 3.2


def test_a_pose_is_held_until_the_next_word():
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=1)
    wearer.ask("tall", 0.0)
    motion = live(wearer, 300.0)

    assert np.std(motion["flexion_deg"][500:]) < 1.0
    assert wearer.activity is Activity.GUIDED


def test_set_free_the_wearer_slumps_again():
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=1)
    held(wearer, "slump")
    wearer.ask("free", wearer.now_s)
    live(wearer, 1300.0)

    assert wearer.truth.slumps


def test_set_free_after_the_walk_should_have_begun_the_wearer_walks():
    wearer = Wearer(plan_of([(Activity.TYPING, 1), (Activity.WALKING, 5)]), seed=1)
    live(wearer, 50.0)
    held(wearer, "tall", seconds=60.0)
    wearer.ask("free", wearer.now_s)
    live(wearer, wearer.now_s + 10)
    motion = live(wearer, wearer.now_s + 10)

    assert wearer.activity is Activity.WALKING
    assert motion["acceleration_g"][:, 2].std() > 0.1


def test_nobody_strikes_a_pose_without_wearing_the_clip():
    wearer = Wearer(plan_of([(Activity.OFF_BODY, 5), (Activity.TYPING, 1)]), seed=1)
    live(wearer, 60.0)
    wearer.ask("bow", 60.0)
    live(wearer, 120.0)

    assert wearer.activity is Activity.OFF_BODY


def test_an_unknown_pose_is_refused():
    wearer = Wearer(plan_of([(Activity.TYPING, 5)]), seed=1)

    with pytest.raises(ValueError, match="no pose 'lotus'"):
        wearer.ask("lotus", 0.0)  # pyright: ignore[reportArgumentType]


@functools.cache
def one_buzz_each():
    """Delays from a buzz to sitting up of 200 wearers; ``None`` where it goes unanswered."""
    delays_s = []
    for seed in range(200):
        wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=seed)
        wearer.feel_buzz(0.0)
        delays_s.append(wearer.truth.buzzes[0].answered_s)
    return delays_s


def test_about_seven_of_ten_buzzes_are_answered():
    answered = [delay_s is not None for delay_s in one_buzz_each()]

    # 200 throws at 0.7: four standard deviations are 0.13.
    assert 0.57 <= np.mean(answered) <= 0.83


def test_sitting_up_comes_about_eighteen_seconds_after_a_buzz():
    delays_s = [delay_s for delay_s in one_buzz_each() if delay_s is not None]

    # A lognormal spread of 0.6 over 140 draws: the median's standard error is 6 %.
    assert 14.5 <= np.median(delays_s) <= 22.5


def test_an_answered_buzz_ends_the_slump():
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), Habits(answer_rate=1.0), seed=1)
    while not wearer.slumped:
        live(wearer, wearer.now_s + 10.0)
    wearer.feel_buzz(wearer.now_s)
    answered_s = wearer.truth.buzzes[0].answered_s
    assert answered_s is not None
    live(wearer, answered_s + 12.0, block=50)

    assert not wearer.slumped
    assert wearer.truth.slumps[0].ended_by == "buzz"


def test_nobody_feels_a_buzz_on_the_desk():
    wearer = Wearer(plan_of([(Activity.OFF_BODY, 5)]), seed=1)
    live(wearer, 60.0)
    wearer.feel_buzz(60.0)

    assert wearer.truth.buzzes == []


def test_the_truth_has_a_row_for_every_second():
    wearer, motion = at_the_desk(1)
    table = wearer.truth.table()

    assert len(table) == len(motion["time_s"]) // 50
    assert table["flexion_deg"][100] == pytest.approx(
        motion["flexion_deg"][5000:5050].mean(), abs=1e-3
    )


def test_the_truth_tells_a_slump_from_a_lean_to_the_screen():
    wearer, _ = at_the_desk(1)
    table = wearer.truth.table()
    slump = wearer.truth.slumps[0]
    assert slump.end_s is not None
    within = (table["time_s"] > slump.full_s) & (table["time_s"] < slump.end_s - 10)
    before = table["time_s"] < slump.begin_s

    assert table["slumped"][within].all()
    assert not table["slumped"][before].any()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slump_span_deg": 2.0}, "nobody slumps"),
        ({"restlessness": 0.0}, "must be above 0"),
        ({"answer_rate": 1.2}, "a share"),
        ({"slump_onset_s": (9.0, 3.0)}, "no range"),
    ],
)
def test_impossible_habits_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Habits(**wrong)


def test_some_people_slump_backward_but_most_do_not():
    spans = [Habits.drawn(seed).slump_span_deg for seed in range(200)]
    backward = np.mean([span < 0 for span in spans])

    assert 0.03 < backward < 0.25
