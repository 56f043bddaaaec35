"""A simulated wearer lives through the real chain, and answers it."""

import functools

import pytest

from midback import mounting
from midback.simulated import Activity, Habits, SensorErrors, Wearer, plan_of
from midback.simulated.trial import Trial
from midback.slip import SlipWatch
from midback.trials.day_scores import score
from midback.trials.evaluate_day import evaluate_day
from midback.trials.lived_day import live_through
from midback.words import State

SLUMPER = Habits(
    slump_span_deg=22.0,
    slump_onset_s=(60.0, 90.0),
    slump_creep_s=(20.0, 40.0),
    answer_rate=1.0,
    upright_spread_deg=0.5,
)


@functools.cache
def day(*parts):
    plan = plan_of(parts)
    return live_through(Trial(1, False, Wearer(plan, SLUMPER, seed=1), SensorErrors.drawn(1)))


AT_THE_DESK = ((Activity.TYPING, 8.0),)
WITH_A_BREAK = (
    (Activity.TYPING, 2.0),
    (Activity.WALKING, 1.0),
    (Activity.OFF_BODY, 5.0),
    (Activity.TYPING, 2.0),
)


def test_the_day_begins_with_a_calibration_by_the_wearers_own_poses():
    (first, *_) = day(*AT_THE_DESK).events

    assert first.kind == "calibration"
    assert first.time_s < 60


def test_a_buzz_reaches_the_wearer_who_sits_up():
    lived = day(*AT_THE_DESK)

    assert lived.times_of("buzz")
    assert lived.truth.buzzes
    assert any(slump.ended_by == "buzz" for slump in lived.truth.slumps)


def test_every_slump_of_somebody_who_slumps_plainly_is_buzzed():
    told = score(day(*AT_THE_DESK))

    assert told.slumps >= 1
    assert told.slumps_buzzed == told.slumps


def test_the_clip_says_itself_that_nobody_wears_it():
    lived = day(*WITH_A_BREAK)
    # What the wearer does begins and ends within a second of the plan.
    off = (lived.times_s > 180 + 95) & (lived.times_s < 480 - 1)

    assert (lived.states[off] == State.AWAY).all()


def test_states_and_truth_are_of_the_same_time():
    lived = day(*WITH_A_BREAK)
    walking = (lived.times_s > 130) & (lived.times_s < 175)

    assert score(lived).walking_judged_s == 0
    assert set(lived.states[walking].tolist()) <= {State.MOVING, State.WALKING}


def test_what_watches_the_clip_is_told_when_they_get_up_and_sit_down(
    monkeypatch: pytest.MonkeyPatch,
):
    told: list[str] = []

    class Watch(SlipWatch):
        def stood_up(self, time_s: float) -> None:
            told.append("up")
            super().stood_up(time_s)

        def sat_down(self, time_s: float) -> None:
            told.append("down")
            super().sat_down(time_s)

    monkeypatch.setattr(mounting, "SlipWatch", Watch)
    day.__wrapped__((Activity.TYPING, 2.0), (Activity.STANDING, 1.0), (Activity.TYPING, 1.5))

    assert told == ["up", "down"]


def test_the_same_day_is_lived_the_same_way_twice():
    one, other = day(*AT_THE_DESK), day.__wrapped__(*AT_THE_DESK)

    assert one.events == other.events
    assert (one.states == other.states).all()


def test_figures_do_not_depend_on_how_many_days_are_lived_at_once():
    one = evaluate_day(2, 5, minutes=10.0, processes=1)
    two = evaluate_day(2, 5, minutes=10.0, processes=2)

    assert one == two
    assert [score.seed for score in one.days] == [5, 6]


def test_shares_of_nothing_are_none():
    told = evaluate_day(1, 1, minutes=3.0, processes=1).to_json()

    assert told["slumps_buzzed_share"] is None
    assert told["slip_found_share"] is None
    assert told["false_buzzes_per_8h"] is None


def test_no_day_is_refused():
    with pytest.raises(ValueError, match="0 days are none"):
        evaluate_day(0)
