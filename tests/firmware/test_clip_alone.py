"""Who buzzes the wearer on the whole clip: the host that holds the lease, else the clip."""

from pathlib import Path

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.sitting import Sitting
from firmware.worlds import CHIPS, QUICK, World, switched_on

from midback.shared import wire

NUDGE, STRONG = (80, 120, 80), (150, 150, 150, 150, 150)
LEASE_S = 5


def beat(world: World, until_s: float) -> None:
    """A host that lives: a heartbeat every second."""
    while world.clip.now_s < until_s:
        world.host.write_control(wire.encode_command(wire.OP_HEARTBEAT, 0, LEASE_S))
        world.clip.run_for(1.0)


def nudge(world: World) -> wire.Reply:
    return world.command(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80)


@pytest.mark.parametrize("chip", CHIPS)
def test_without_a_host_a_slump_is_buzzed_once_and_once_more(
    tmp_path: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox]
):
    with switched_on(tmp_path, Sitting((0, 0), (10, 20)), chip=chip) as world:
        world.set_up(slump=QUICK)
        world.clip.run_until(90.0)

        assert (world.felt(11.0, 15.0), world.felt(15.0)) == ([NUDGE], [STRONG])


def test_without_a_calibration_nobody_is_buzzed(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (10, 20))) as world:
        world.clip.run_until(60.0)

        assert world.felt() == []


def test_a_host_that_is_linked_but_claims_nothing_does_not_keep_the_clip_quiet(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (15, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        world.start()
        world.clip.run_until(22.0)

        assert world.felt(15.0) == [NUDGE]


def test_while_a_host_holds_the_lease_the_clip_is_quiet(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (15, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 40.0)

        assert (world.felt(10.0), world.status().mode) == ([], wire.MODE_LIVE)


def test_a_host_that_falls_silent_leaves_the_owed_buzz_to_the_clip(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (15, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 30.0)
        last_s = world.clip.now_s - 1.0
        world.clip.run_for(10.0)

        # The clip judges five times a second.
        late_s = world.buzzes()[-2] - last_s - LEASE_S
        assert (world.felt(10.0), 0.0 <= late_s < 0.3) == ([NUDGE], True)


def test_a_link_that_breaks_leaves_the_owed_buzz_to_the_clip_within_a_second(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (15, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 25.0)
        lost_s = world.clip.now_s
        world.host.disconnect()
        world.clip.run_for(10.0)

        late_s = world.buzzes()[-2] - lost_s
        assert (world.felt(10.0), late_s < 1.3) == ([NUDGE], True)


def test_a_slump_that_ended_under_the_lease_is_not_buzzed_afterwards(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (12, 20), (20, 0))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 25.0)
        world.host.disconnect()
        world.clip.run_for(10.0)

        assert world.felt(10.0) == []


def test_a_buzz_that_the_host_gave_is_not_given_again(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (12, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 16.0)
        nudge(world)
        world.host.disconnect()
        world.clip.run_until(40.0)

        assert world.felt(10.0) == [NUDGE]


def test_the_second_buzz_of_a_slump_is_owed_too(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (12, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        beat(world, 16.0)
        nudge(world)
        beat(world, 80.0)
        world.host.disconnect()
        world.clip.run_for(5.0)

        assert world.felt(10.0) == [NUDGE, STRONG]


def test_the_wearers_rest_holds_against_the_host_too(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.pair()
        world.press()
        world.clip.run_for(1.0)

        assert nudge(world).result == wire.REFUSED


def test_a_host_can_end_the_rest(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (20, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        world.press()
        world.clip.run_until(15.0)
        world.command(wire.OP_SNOOZE, 0)
        world.clip.run_until(30.0)

        assert world.felt(15.0) == [NUDGE]


def test_a_rest_that_a_host_asked_for_keeps_the_clip_quiet_when_it_is_gone(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (15, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        world.command(wire.OP_SNOOZE, 60)
        world.host.disconnect()
        world.clip.run_until(60.0)

        assert world.felt(10.0) == []


def test_buzzes_are_counted_in_the_log_whoever_gave_them(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (12, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        world.clip.run_until(26.0)
        nudge(world)
        world.clip.run_until(42.0)

        # The signal of the pairing window, the clip's nudge, the host's: more than 10 s later.
        assert sum(record.buzzes for record in world.log()) == 3
