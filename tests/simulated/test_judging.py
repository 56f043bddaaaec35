"""What a simulated clip does for its wearer when no host does it."""

import pytest
from simulated.worn import (
    ORIENTATION,
    STUBBORN,
    UPRIGHT,
    pass_s,
    status,
    statuses,
    tell,
    worn_clip,
)

from midback.shared import wire

HOLD_S = 30.0
"""How long a lean lasts before it is a slump, without ``OP_SET_SLUMP``."""

SETTLE_S = 5.0
"""A wearer obeys within 1.8 s and gets there in 1.4 s; the filter follows."""

SHORT_HOLD = (1500, 1000, 0, 0, 50, 20)
"""Slumped after 5 s past 15 degrees."""


def taught(clip=None, **traits):
    """A clip whose wearer sits tall, and which knows that this is upright."""
    clip = clip or worn_clip(habits=STUBBORN, **traits)
    clip.wearer.ask("tall", clip.now_s)
    pass_s(clip, SETTLE_S)
    assert tell(clip, wire.OP_SET_NEUTRAL, 0, *UPRIGHT).result == wire.OK
    return clip


def slump(clip):
    """Have the wearer slump; when that was."""
    clip.wearer.ask("slump", clip.now_s)
    return clip.now_s


def felt(clip):
    """When the wearer felt buzzes."""
    return [buzz.time_s for buzz in clip.wearer.truth.buzzes]


def test_a_clip_that_nobody_is_linked_to_buzzes_a_slump_and_once_more_if_it_goes_on():
    clip = taught()
    clip.link_down()
    began_s = slump(clip)
    pass_s(clip, 300.0)
    first_s, second_s = felt(clip)

    assert first_s - began_s == pytest.approx(HOLD_S + 2.0, abs=2.0)
    assert second_s - first_s == pytest.approx(60.0, abs=0.5)
    assert status(clip).since_buzz_s == int(clip.now_s - second_s)
    assert status(clip).buzzes == 2


def test_sitting_up_in_time_spares_the_wearer_the_buzz():
    clip = taught()
    slump(clip)
    pass_s(clip, HOLD_S - 10.0)
    clip.wearer.ask("tall", clip.now_s)
    pass_s(clip, 60.0)

    assert felt(clip) == []


def test_a_clip_that_knows_no_upright_buzzes_nobody():
    clip = worn_clip(habits=STUBBORN)
    slump(clip)
    pass_s(clip, 120.0)

    assert felt(clip) == []
    assert not status(clip).flags & wire.STATUS_NEUTRAL_SET


def test_what_the_host_calls_a_slump_is_one_for_the_clip():
    clip = taught()
    tell(clip, wire.OP_SET_SLUMP, 0, *SHORT_HOLD)
    began_s = slump(clip)
    pass_s(clip, 20.0)

    assert felt(clip)[0] - began_s == pytest.approx(5.0 + 2.0, abs=2.0)


def led(clip, seconds):
    """A host that holds the lease, and never buzzes."""
    seen = []
    for _ in range(round(seconds / 2.0)):
        tell(clip, wire.OP_HEARTBEAT, 5)
        seen += statuses(pass_s(clip, 2.0))
    return [each.mode for each in seen]


def test_while_a_host_holds_the_lease_the_buzz_is_left_to_it():
    clip = taught()
    slump(clip)

    assert set(led(clip, 100.0)) == {wire.MODE_LIVE}
    assert felt(clip) == []


@pytest.mark.parametrize("how", ["in silence", "with the link"])
def test_when_the_host_is_gone_the_buzz_it_owes_is_given(how):
    clip = taught()
    slump(clip)
    led(clip, 60.0)
    gone_s = clip.now_s
    if how == "with the link":
        clip.link_down()
    pass_s(clip, 20.0)

    # The lease lasts 5 s from the last heartbeat, which was 2 s ago.
    assert felt(clip)[0] - gone_s == pytest.approx(0.2 if how == "with the link" else 3.2, abs=0.3)


def test_a_buzz_that_the_host_gave_is_not_given_once_more():
    clip = taught()
    slump(clip)
    led(clip, 40.0)
    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80).result == wire.OK
    clip.link_down()
    pass_s(clip, 30.0)

    assert len(felt(clip)) == 1


def test_a_host_that_takes_over_just_then_does_not_buzz_a_second_time():
    clip = taught()
    slump(clip)
    pass_s(clip, HOLD_S + 6.0)

    assert len(felt(clip)) == 1
    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80).result == wire.OK
    assert len(felt(clip)) == 1


@pytest.mark.parametrize("how", ["the host", "the button"])
def test_a_wearer_who_rests_is_left_alone_until_the_rest_is_over(how):
    clip = taught()
    if how == "the host":
        tell(clip, wire.OP_SNOOZE, 600)
    else:
        clip.press_button()
    rest_s = clip.now_s
    slump(clip)
    pass_s(clip, 590.0)
    assert felt(clip) == []
    assert status(clip).snooze_s == pytest.approx(10, abs=1)
    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80).result == wire.REFUSED
    pass_s(clip, 20.0)

    # One second beyond, for the board's short floats.
    assert felt(clip)[0] - rest_s == pytest.approx(601.0, abs=1.5)


def test_the_calibration_outlasts_a_power_cut():
    clip = taught()
    tell(clip, wire.OP_SET_SLUMP, 0, *SHORT_HOLD)
    clip.restart(clip.now_s)
    pass_s(clip, 10.0)
    began_s = slump(clip)
    pass_s(clip, 20.0)

    assert status(clip).flags & wire.STATUS_NEUTRAL_SET
    assert felt(clip)[0] - began_s == pytest.approx(5.0 + 2.0, abs=2.0)


def test_the_rest_and_the_count_of_buzzes_do_not():
    clip = taught()
    tell(clip, wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80)
    tell(clip, wire.OP_SNOOZE, 600)
    clip.restart(clip.now_s)
    pass_s(clip, 5.0)
    after = status(clip)

    assert (after.buzzes, after.snooze_s, after.since_buzz_s) == (0, 0, wire.NO_BUZZ_S)


@pytest.mark.parametrize(
    ("op", "args"),
    [
        (wire.OP_SET_NEUTRAL, (0, 0, 0, 32767, 0, 0, 32767)),
        (wire.OP_SET_NEUTRAL, (0, 0, 0, 0, 0, 32767, 0)),
        (wire.OP_SET_SLUMP, (0, 1000, 1000, 0, 0, 300, 20)),
    ],
    ids=["left is up", "no up at all", "no way out"],
)
def test_an_upright_or_a_slump_that_cannot_be_is_refused_and_the_old_one_goes_on(op, args):
    clip = taught()
    assert tell(clip, op, *args).result == wire.BAD_ARGUMENT
    slump(clip)
    pass_s(clip, 60.0)

    assert len(felt(clip)) == 1


def test_the_button_held_for_long_makes_it_forget_what_it_was_taught():
    clip = taught()
    clip.hold_button_long()
    slump(clip)
    pass_s(clip, 120.0)

    assert felt(clip) == []
    assert not status(clip).flags & wire.STATUS_NEUTRAL_SET


# Several neutrals

FORWARD = (-11207, 0, 30791, 0, 32767, 0)
"""Upright is 20 degrees to the front: nothing that is 26 degrees from the other is a slump."""


def taught_two(**traits):
    """A clip that knows another neutral, in its slot 2, by which it does not judge yet."""
    clip = taught(**traits)
    assert tell(clip, wire.OP_SET_NEUTRAL, 2, *FORWARD).result == wire.OK
    return clip


def by_the_host(clip):
    assert tell(clip, wire.OP_USE_CONTEXT, 2).result == wire.OK


def by_the_button(clip):
    clip.press_button(3)


@pytest.mark.parametrize("choose", [by_the_host, by_the_button])
def test_it_judges_by_the_neutral_that_was_chosen_last_also_after_a_power_cut(choose):
    clip = taught_two()
    choose(clip)
    slump(clip)
    pass_s(clip, 60.0)
    clip.restart(clip.now_s)
    pass_s(clip, 60.0)

    assert (felt(clip), status(clip).context) == ([], 2)


def test_a_neutral_that_was_not_chosen_is_not_judged_by():
    clip = taught_two()
    slump(clip)
    pass_s(clip, 60.0)

    assert len(felt(clip)) == 1


@pytest.mark.parametrize("choose", [by_the_host, by_the_button])
def test_a_linked_host_is_told_of_the_choice_within_a_second(choose):
    clip = taught_two()
    pass_s(clip, 3.0)
    choose(clip)

    assert [each.context for each in statuses(pass_s(clip, 1.0))] == [2]


def test_three_presses_go_round_all_slots_that_are_filled():
    clip = taught_two()
    tell(clip, wire.OP_SET_NEUTRAL, 3, *UPRIGHT)
    told = []
    for _ in range(4):
        clip.press_button(3)
        told.append(status(clip).context)

    assert told == [2, 3, 0, 2]


def test_three_presses_with_a_single_neutral_change_nothing():
    clip = taught()
    clip.press_button(3)

    assert (status(clip).context, bool(status(clip).flags & wire.STATUS_NEUTRAL_SET)) == (0, True)


def test_two_presses_make_the_posture_that_is_held_the_neutral_in_use():
    clip = taught_two()
    slump(clip)
    pass_s(clip, SETTLE_S)
    clip.press_button(2)
    pass_s(clip, 120.0)

    assert felt(clip) == []
    assert clip.flash.contexts.neutrals[0] != UPRIGHT
    assert clip.flash.contexts.neutrals[2] == FORWARD


def test_two_presses_of_a_clip_that_knows_nothing_give_it_a_first_neutral():
    clip = worn_clip(habits=STUBBORN)
    clip.wearer.ask("tall", clip.now_s)
    pass_s(clip, SETTLE_S)
    clip.press_button(2)
    pass_s(clip, 10.0)

    assert status(clip).flags & wire.STATUS_NEUTRAL_SET


def test_going_elsewhere_ends_a_re_zero_under_way():
    clip = taught_two()
    clip.press_button(2)
    pass_s(clip, 1.0)
    clip.press_button(3)
    pass_s(clip, 10.0)

    assert clip.flash.contexts.neutrals == [UPRIGHT, None, FORWARD, None]


@pytest.mark.parametrize("times", [0, 4])
def test_so_many_presses_mean_nothing(times):
    with pytest.raises(ValueError, match="1 to 3 do"):
        worn_clip().press_button(times)


def test_it_judges_the_same_whatever_stream_the_host_asks_for():
    def buzzed(*kind):
        clip = taught()
        if kind:
            tell(clip, wire.OP_START, *kind)
        slump(clip)
        pass_s(clip, 120.0)
        return felt(clip)

    assert buzzed() == buzzed(*ORIENTATION) == buzzed(wire.KIND_RAW, 2000, 7)
    assert len(buzzed()) == 2


def test_the_status_can_be_read_right_after_a_buzz():
    clip = taught()
    buzzed_s = clip.now_s + 0.19
    clip.advance(buzzed_s)
    clip.write(wire.encode_command(wire.OP_BUZZ, 7, wire.PATTERN_NUDGE, 1, 80), buzzed_s)

    assert clip.now_s < buzzed_s
    assert status(clip).since_buzz_s == 0
