"""Two clips on one simulated wearer, at the upper back and at the waistband."""

import numpy as np
import pytest

from midback.shared.flexion import angles_deg, thorax_frame
from midback.simulated import Activity, Habits, TwiceWorn, Wearer, plan_of
from midback.simulated.motion import seen_from

PERIOD_S = 0.02
CALM = Habits(slump_span_deg=20.0, upright_spread_deg=0.5, answer_rate=0.0)
UP = np.array([0.0, 0.0, 1.0])


def person(habits=CALM, minutes=60):
    return TwiceWorn(plan_of([(Activity.TYPING, minutes)]), habits, seed=1)


def ups(motion):
    return seen_from(motion.earth_from_back, np.broadcast_to(UP, (len(motion.time_s), 3)))


def held(someone, pose, seconds=12.0):
    """Mean 'up' of both clips over the last seconds of a pose, in clip axes."""
    someone.ask(pose, someone.now_s)
    n = round(seconds / PERIOD_S)
    both = someone.move(n, PERIOD_S), someone.waistband.move(n, PERIOD_S)
    return [tuple(ups(motion)[-200:].mean(axis=0)) for motion in both]


def tilts(someone, pose):
    frames = [thorax_frame(up) for up in held(someone, "tall")]
    return [angles_deg(f, u)[0] for f, u in zip(frames, held(someone, pose), strict=True)]


@pytest.mark.parametrize("span_deg", [20.0, -20.0])
def test_in_a_slump_the_pelvis_rolls_back(span_deg: float):
    flexion_deg, hinge_deg = tilts(person(Habits(slump_span_deg=span_deg)), "slump")

    # The wearer varies their span by some degrees.
    assert flexion_deg == pytest.approx(span_deg, abs=6.0)
    assert hinge_deg == pytest.approx(-9.0, abs=4.0)


def test_a_bow_from_the_hips_tips_both_alike():
    flexion_deg, hinge_deg = tilts(person(), "bow")

    assert flexion_deg == pytest.approx(30.0, abs=4.0)
    assert hinge_deg == pytest.approx(flexion_deg, abs=3.0)


def test_the_second_clip_changes_nothing_for_the_first():
    alone = Wearer(plan_of([(Activity.TYPING, 60)]), CALM, seed=1)
    someone = person()
    for _ in range(20):
        expected = alone.move(150, PERIOD_S)
        got = someone.move(150, PERIOD_S)
        someone.waistband.move(150, PERIOD_S)

        np.testing.assert_array_equal(got.earth_from_back, expected.earth_from_back)
        np.testing.assert_array_equal(got.time_s, expected.time_s)


def test_each_clip_gets_every_sample_whoever_asks_first_and_for_how_many():
    someone = person()
    chance = np.random.default_rng(2)
    sides = (someone, someone.waistband)
    parts: tuple[list[np.ndarray], ...] = ([], [])
    for side in chance.integers(0, 2, 60):
        n = int(chance.choice([50, 150]))
        parts[side].append(sides[side].move(n, PERIOD_S).time_s)

    for times in parts:
        every = np.concatenate(times)
        assert every[0] == pytest.approx(0.02)
        assert np.diff(every) == pytest.approx(PERIOD_S)


def test_what_the_waistband_clip_asks_and_buzzes_reaches_the_person():
    someone = person()
    someone.waistband.ask("tall", 0.0)
    someone.waistband.feel_buzz(0.5)
    someone.waistband.move(300, PERIOD_S)

    assert someone.activity is someone.waistband.activity is Activity.GUIDED
    assert [buzz.time_s for buzz in someone.truth.buzzes] == [0.5]


def test_clips_of_different_rates_are_refused():
    someone = person()
    someone.move(150, PERIOD_S)

    with pytest.raises(ValueError, match="the same rate"):
        someone.waistband.move(150, 0.0201)
