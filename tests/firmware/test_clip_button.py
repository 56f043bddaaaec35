"""The button on the whole clip: what the wearer does, what the clip does, what they feel."""

from collections.abc import Callable
from math import asin, degrees
from pathlib import Path

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.motion import Moving
from firmware.models.sensing import Imperfect
from firmware.models.sitting import Sitting
from firmware.rig.virtual_host import Refused
from firmware.worlds import BOARD, QUICK, UPRIGHT, World, switched_on

from clip_firmware.settings import Settings
from midback.shared import wire

CONFIRM, TICK, REFUSED = (80,), (40,), (40, 80, 40)
PAIRING, FORGOTTEN = (60, 100, 60, 100, 60), (600,)
NUDGE = (80, 120, 80)
OTHER = bytes.fromhex("d0d1d2d3d4d5")


def double_press(world: World, *, after_s: float = 0.0) -> None:
    world.press(after_s=after_s)
    world.press(after_s=after_s + 0.3)


def flags(world: World) -> int:
    """What anybody can read who comes by."""
    if not world.host.connected:
        world.clip.run_for(0.1)
        world.host.connect()
        world.clip.run_for(0.1)
    return world.status().flags


def bonds(world: World, address: bytes = OTHER) -> bool:
    """Whether this computer gets a bond now."""
    if not world.host.advertising:
        world.host.disconnect()
        world.clip.run_for(0.1)
    world.host.address = address
    world.host.connect()
    world.host.pair()
    world.clip.run_for(1.5)
    return address in world.host.bonds


# Snooze


def test_a_press_is_confirmed_by_one_pulse(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.press(after_s=5.0)
        world.clip.run_until(8.0)

        assert world.felt() == [CONFIRM]


def test_a_slump_while_snoozing_is_buzzed_when_the_rest_is_over_and_not_before(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (20, 20))) as world:
        world.set_up(slump=QUICK)
        world.press(after_s=5.0)
        world.clip.run_until(615.0)

        # Pressed at 5.0, known for a press at 5.5, and judged five times a second.
        assert (world.felt(), world.felt(6.0, 605.5)) == ([CONFIRM, NUDGE], [])


@pytest.mark.soak
def test_a_slump_after_the_rest_is_buzzed_as_ever(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (20, 20), (100, 0), (615, 20))) as world:
        world.set_up(slump=QUICK)
        world.press(after_s=5.0)
        world.clip.run_until(625.0)

        assert world.felt(6.0) == world.felt(616.0) == [NUDGE]


def test_a_slump_before_the_press_gets_no_second_buzz(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (5, 20))) as world:
        world.set_up(slump=QUICK)
        world.press(after_s=20.0)
        world.clip.run_until(90.0)

        assert world.felt() == [NUDGE, CONFIRM]


# Re-zero


def test_a_double_press_and_three_still_seconds_set_the_neutral(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7))) as world:
        before = flags(world) & wire.STATUS_NEUTRAL_SET
        double_press(world, after_s=5.0)
        world.clip.run_until(12.0)

        assert (before, flags(world) & wire.STATUS_NEUTRAL_SET) == (0, wire.STATUS_NEUTRAL_SET)


def test_a_re_zero_is_felt_when_it_is_asked_for_and_when_it_is_done(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7))) as world:
        double_press(world, after_s=5.0)
        world.clip.run_until(12.0)

        assert world.felt() == [TICK, CONFIRM]


def test_the_angles_follow_a_re_zero(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7), (30, 22))) as world:
        world.set_up()
        double_press(world, after_s=10.5)
        world.pair()
        world.clip.run_until(52.0)

        # In between it changes within the epoch.
        epochs = [record.mean_cdeg / 100 for record in world.log()[0::2]]
        assert epochs == pytest.approx([7, 0, 15], abs=0.3)  # the wearer breathes


def test_a_re_zero_before_the_gyroscopes_zero_is_known_is_right_as_well(tmp_path: Path):
    def chip(motion: Moving) -> Lsm6dsox:
        return Lsm6dsox(motion, error=Imperfect((1.5, 0.0, 1.5)))

    with switched_on(tmp_path, Sitting((0, 7), restless=[(0, 6)]), chip=chip) as world:
        double_press(world, after_s=5.0)
        world.clip.run_until(12.0)

        neutral = Settings.load(world.files).contexts.neutral
        assert neutral is not None
        across, ahead = (part / wire.QUATERNION_ONE for part in (neutral[1], -neutral[0]))
        assert (degrees(asin(ahead)), degrees(asin(across))) == pytest.approx((7, 0), abs=0.4)


def test_a_neutral_that_the_button_set_outlives_a_power_cut(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7))) as world:
        double_press(world, after_s=5.0)
        world.clip.run_until(12.0)
        world.clip.cut_power()
        world.clip.run_for(3.0)

        assert flags(world) & wire.STATUS_NEUTRAL_SET


def test_a_re_zero_while_moving_is_refused_and_felt_so(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7), restless=[(0, 60)])) as world:
        double_press(world, after_s=5.0)
        world.clip.run_until(20.0)

        assert (world.felt(), flags(world) & wire.STATUS_NEUTRAL_SET) == ([TICK, REFUSED], 0)


def test_a_re_zero_waits_for_the_wearer_to_sit_still(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7), restless=[(0, 8)])) as world:
        double_press(world, after_s=5.0)
        world.clip.run_until(20.0)

        assert world.felt() == [TICK, CONFIRM]


# Contexts

SOFA = (-11207, 0, 30791, 0, 32767, 0)
"""Upright is 20 degrees to the front."""


def triple_press(world: World, *, after_s: float = 0.0) -> None:
    double_press(world, after_s=after_s)
    world.press(after_s=after_s + 0.6)


def test_three_presses_are_felt_as_often_as_the_number_of_the_upright(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up(others=(SOFA, UPRIGHT))
        for at_s in (5.0, 10.0, 15.0):
            triple_press(world, after_s=at_s)
        world.clip.run_until(20.0)

        assert world.felt() == [(60, 250, 60), (60, 250, 60, 250, 60), (60,)]


def test_after_three_presses_the_clip_alone_judges_by_the_other_upright(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (20, 20), (60, 40))) as world:
        world.set_up(slump=QUICK, others=(SOFA,))
        triple_press(world, after_s=5.0)
        world.clip.run_until(120.0)

        # Of the other upright it knows no lines: 30 s beyond the usual ones.
        assert [len(pulses) for pulses in (world.felt(to_s=60.0), world.felt(60.0))] == [1, 1]


def test_the_upright_that_was_chosen_outlives_a_power_cut(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up(others=(SOFA,))
        triple_press(world, after_s=5.0)
        world.clip.run_until(8.0)
        world.clip.cut_power()
        world.clip.run_for(3.0)
        flags(world)

        assert world.status().context == 1


def test_three_presses_with_no_other_upright_feel_refused(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up()
        triple_press(world, after_s=5.0)
        world.clip.run_until(8.0)

        assert world.felt() == [REFUSED]


def test_a_linked_host_is_told_of_three_presses_within_a_second(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up(others=(SOFA,))
        world.pair()
        world.start()
        world.clip.run_for(2.0)
        triple_press(world)
        pressed_s = world.clip.now_s + 0.7
        world.clip.run_for(3.0)
        told = [
            note.time_s - pressed_s
            for note in world.host.notifications
            if note.uuid == wire.STATUS_UUID and wire.decode_status(note.payload).context == 1
        ]

        assert 0.0 < told[0] < 1.0


# Pairing


def test_three_seconds_open_the_pairing_window_which_is_felt(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.press(3.2, after_s=2.0)
        world.clip.run_until(8.0)

        assert (world.felt(), round(world.buzzes()[0], 1)) == ([PAIRING], 5.0)


@pytest.mark.parametrize(
    ("at_s", "bonded"), [(3.0, False), (6.0, True), (64.0, True), (67.0, False)]
)
def test_a_computer_can_bond_in_the_minute_after_the_hold_and_at_no_other_time(
    tmp_path: Path, at_s: float, bonded: bool
):
    with switched_on(tmp_path) as world:
        world.press(3.2, after_s=2.0)
        world.clip.run_until(at_s)

        assert bonds(world) == bonded


# Forget


def hold_for_ten_seconds(world: World) -> None:
    world.press(10.5)
    world.clip.run_for(12.0)


def test_ten_seconds_forget_the_bonded_computer_which_is_put_out(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        hold_for_ten_seconds(world)

        assert not world.host.connected


def test_a_forgotten_computer_is_turned_away(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        hold_for_ten_seconds(world)
        world.host.connect(bonded=True)
        world.clip.run_for(1.0)

        assert not world.host.connected


def test_a_forgotten_computer_stays_forgotten_over_a_power_cut(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        hold_for_ten_seconds(world)
        world.clip.cut_power()
        world.clip.run_for(3.0)
        world.host.connect(bonded=True)
        world.clip.run_for(1.0)

        assert not world.host.connected


def test_no_computer_can_bond_right_after_forgetting(tmp_path: Path):
    with switched_on(tmp_path) as world:
        hold_for_ten_seconds(world)

        assert not bonds(world)


def test_ten_seconds_forget_the_neutral(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up()
        world.clip.run_until(2.0)
        before = flags(world) & wire.STATUS_NEUTRAL_SET
        hold_for_ten_seconds(world)

        assert (bool(before), flags(world) & wire.STATUS_NEUTRAL_SET) == (True, 0)


def test_ten_seconds_forget_the_mode_without_radio(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up(alone=True)
        world.clip.run_until(2.0)
        hold_for_ten_seconds(world)

        assert not flags(world) & wire.STATUS_ALONE


def test_a_hold_is_felt_at_three_seconds_and_at_ten(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.clip.run_until(2.0)
        hold_for_ten_seconds(world)

        assert world.felt() == [PAIRING, FORGOTTEN]


# Contacts


def bouncing(world: World, at_s: float, level: int) -> None:
    """Twenty milliseconds of chatter before a contact rests at its level."""
    for step in range(20):
        to = level if step % 2 else 1 - level
        world.clip.at(at_s + step / 1000, lambda to=to: world.clip.set_input(BOARD.button, to))
    world.clip.at(at_s + 0.02, lambda: world.clip.set_input(BOARD.button, level))


def bounce_once(world: World) -> None:
    bouncing(world, 5.0, 0)
    bouncing(world, 5.2, 1)


def bounce_twice(world: World) -> None:
    bounce_once(world)
    bouncing(world, 5.4, 0)
    bouncing(world, 5.6, 1)


def bounce_three_times(world: World) -> None:
    bounce_twice(world)
    bouncing(world, 5.8, 0)
    bouncing(world, 6.0, 1)


def bounce_and_hold(world: World) -> None:
    bouncing(world, 5.0, 0)
    bouncing(world, 8.3, 1)


def spike(world: World) -> None:
    world.press(0.01, after_s=5.0)


@pytest.mark.parametrize(
    ("contacts", "felt"),
    [
        (bounce_once, [CONFIRM]),
        (bounce_twice, [TICK, CONFIRM]),
        (bounce_three_times, [REFUSED]),
        (bounce_and_hold, [PAIRING]),
        (spike, []),
    ],
)
def test_bouncing_contacts_are_taken_for_what_the_finger_did(
    tmp_path: Path, contacts: Callable[[World], None], felt: list[tuple[int, ...]]
):
    with switched_on(tmp_path) as world:
        contacts(world)
        world.clip.run_until(12.0)

        assert world.felt() == felt


def test_a_button_that_is_held_while_the_clip_starts_means_nothing(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.press(11.0)
        world.clip.run_until(15.0)

        assert (world.felt(), bonds(world)) == ([], False)


def test_a_computer_without_a_bond_learns_nothing_from_the_button(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.clip.run_until(1.0)
        world.host.connect()
        world.press()
        world.clip.run_for(2.0)

        with pytest.raises(Refused):
            world.host.write_control(wire.encode_command(wire.OP_STOP, 1))
