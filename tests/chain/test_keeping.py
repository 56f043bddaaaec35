"""Every second of a wearing closes once, those of a clip that is not worn as well."""

from midback.estimator import NO_UP, Estimates
from midback.keeping import SecondKeeper
from midback.seconds import MISSING, Closed
from midback.stillness import MOVE_AFTER_S, SIDE_S
from midback.words import State

PER_S = 5


def estimates(
    from_s: int, to_s: int, flexion_deg: float = 0.0, state: State = State.UPRIGHT
) -> Estimates:
    """From one second to before another."""
    times_s = [k / PER_S for k in range(from_s * PER_S, to_s * PER_S)]
    count = len(times_s)
    return Estimates(times_s, [(flexion_deg, 0.0)] * count, [NO_UP] * count, state, 0)


def row(second: int, flexion_deg: float = 0.0, state: State = State.UPRIGHT) -> Closed:
    return second, (round(100 * flexion_deg), 0, state, PER_S)


def unworn(second: int) -> Closed:
    return second, (MISSING, MISSING, State.AWAY, 0)


def test_a_packet_closes_the_seconds_before_its_last_sample():
    keeper = SecondKeeper()

    assert keeper.update(estimates(3, 6, 7.0)) == [row(3, 7.0), row(4, 7.0)]
    assert keeper.update(estimates(6, 7)) == [row(5, 7.0)]


def test_the_second_under_way_closes_with_the_wearing():
    keeper = SecondKeeper()
    keeper.update(estimates(3, 5))

    assert keeper.close() == [row(4)]
    assert keeper.close() == []


def test_a_clip_that_is_not_worn_leaves_every_second_once():
    keeper = SecondKeeper()
    keeper.update(estimates(0, 4, state=State.AWAY))

    assert keeper.away(6) == [row(3, state=State.AWAY), unworn(4), unworn(5)]
    assert keeper.away(6) == []
    assert keeper.away(8) == [unworn(6), unworn(7)]


def test_away_seconds_go_on_after_a_packet_in_between():
    keeper = SecondKeeper()
    keeper.update(estimates(0, 4))
    keeper.away(6)
    keeper.update(estimates(8, 9))

    assert keeper.away(10) == [row(8), unworn(9)]


def test_a_second_that_closes_late_does_not_close_again_as_away():
    keeper = SecondKeeper()
    keeper.update(estimates(0, 6))

    # A sample is placed a little later than it can have been.
    assert keeper.away(5) == [row(5)]
    assert keeper.away(7) == [unworn(6)]


def test_after_half_an_hour_in_one_posture_it_is_time_to_move_until_that_was_said():
    keeper = SecondKeeper()
    due_s = int(MOVE_AFTER_S) + SIDE_S
    keeper.update(estimates(0, due_s))
    assert not keeper.time_to_move

    keeper.update(estimates(due_s, due_s + 5))
    assert (keeper.time_to_move, keeper.same_s) == (True, due_s + 4)

    keeper.time_to_move = False
    keeper.update(estimates(due_s + 5, due_s + 60))
    assert not keeper.time_to_move


def test_a_new_upright_is_no_other_posture():
    keeper = SecondKeeper()
    keeper.update(estimates(0, 100))
    keeper.recalibrated()
    keeper.update(estimates(100, 200, 9.0))

    assert keeper.same_s == 199
