"""What the wearer does and since when, also while nothing comes."""

from midback.doing import Doing
from midback.estimator import NAN
from midback.words import State


def after(*packets: tuple[float, State, float]) -> Doing:
    """Packets are (time, state, flexion)."""
    doing = Doing()
    for time_s, state, flexion_deg in packets:
        doing.update(state, flexion_deg, time_s)
    return doing


def test_a_state_lasts_since_the_packet_that_began_it():
    doing = after((1.0, State.MOVING, 0.0), (2.0, State.UPRIGHT, 0.0), (3.0, State.UPRIGHT, 0.0))

    assert (doing.state, doing.lasted_s(5.0)) == (State.UPRIGHT, 3.0)


def test_a_packet_without_an_angle_leaves_the_last_one_standing():
    doing = after((1.0, State.UPRIGHT, 4.0), (2.0, State.MOVING, NAN))

    assert (doing.flexion_deg, doing.last_deg) == (4.0, 4.0)


def test_of_whoever_is_not_judged_no_angle_is_known():
    doing = after((1.0, State.UPRIGHT, 4.0), (2.0, State.NEW, NAN))

    assert (doing.flexion_deg, doing.last_deg) == (None, 4.0)


def test_a_clip_that_falls_silent_says_nothing_of_its_wearer():
    doing = after((1.0, State.UPRIGHT, 4.0))
    doing.silent(3.0)
    doing.silent(4.0)

    assert (doing.state, doing.lasted_s(5.0)) == (State.NO_DATA, 2.0)
    assert (doing.flexion_deg, doing.last_deg) == (None, 4.0)


def test_a_clip_that_was_taken_off_and_falls_silent_is_still_not_worn():
    doing = after((1.0, State.AWAY, NAN))
    doing.silent(3.0)

    assert (doing.state, doing.lasted_s(5.0)) == (State.AWAY, 4.0)


def test_a_packet_that_tells_nothing_does_not_put_the_clip_on():
    doing = after((1.0, State.AWAY, NAN), (2.0, State.NO_DATA, NAN))
    doing.silent(4.0)

    assert doing.state is State.AWAY
