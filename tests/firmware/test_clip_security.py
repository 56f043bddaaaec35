"""Who may do what on the whole clip: strangers, paired computers, forgotten ones."""

from collections.abc import Callable
from pathlib import Path

import pytest
from firmware.models.sitting import Sitting
from firmware.rig.virtual_host import Refused
from firmware.worlds import QUICK, World, switched_on

from clip_firmware import VERSION
from midback.shared import wire

SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE = "00002a26-0000-1000-8000-00805f9b34fb"
BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
CHANGED = (
    wire.STATUS_STREAMING | wire.STATUS_NEUTRAL_SET | wire.STATUS_TIME_SET | wire.STATUS_ALONE
)
OTHER = bytes.fromhex("d0d1d2d3d4d5")

WITHOUT_PAIRING = """
    import bluetooth
    config = bluetooth.BLE.config

    def poor_config(self, *names, **settings):
        if "bond" in settings:
            raise ValueError("unknown config param")
        return config(self, *names, **settings)

    bluetooth.BLE.config = poor_config
"""


def stranger(world: World) -> None:
    """Somebody without a bond comes by."""
    world.clip.run_for(1.0)
    world.host.address = OTHER
    world.host.connect()
    world.clip.run_for(0.5)


def back_again(world: World) -> None:
    """The paired computer comes back."""
    world.clip.run_for(1.0)
    world.host.connect(bonded=True)
    world.clip.run_for(1.0)


def obeys(world: World) -> bool:
    """Whether the clip obeys this host."""
    try:
        return world.command(wire.OP_STOP).result == wire.OK
    except (Refused, StopIteration):
        return False


def taken(world: World, command: bytes) -> bool:
    """Whether the clip's stack lets it in."""
    try:
        world.host.write_control(command)
    except Refused:
        return False
    return True


def every_command() -> list[bytes]:
    """One of each, as a host would word it."""
    args = {
        op: [
            max(least, min(most, 1)) for least, most in zip(limits[::2], limits[1::2], strict=True)
        ]
        for op, (_, _, limits) in wire.COMMANDS.items()
    }
    args[wire.OP_SET_SLUMP] = [0, *QUICK]
    return [wire.encode_command(op, 1, *values) for op, values in args.items()]


# Strangers


def test_anybody_can_read_that_the_clip_talks_to_paired_computers_only(tmp_path: Path):
    with switched_on(tmp_path) as world:
        stranger(world)

        assert world.status().flags & wire.STATUS_BONDED_ONLY


def test_anybody_can_read_what_it_is_and_how_full(tmp_path: Path):
    with switched_on(tmp_path) as world:
        stranger(world)
        found = [world.host.read(uuid) for uuid in (SERIAL, FIRMWARE, BATTERY)]

        assert found == [b"005e01", VERSION.encode(), bytes([85])]


def test_no_command_of_a_stranger_is_taken(tmp_path: Path):
    with switched_on(tmp_path) as world:
        stranger(world)

        assert [command for command in every_command() if taken(world, command)] == []


def test_nothing_that_slips_past_the_stack_is_obeyed(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        stranger(world)
        world.host.encrypted = True  # so the stack believes; the clip was told of no bond
        for command in every_command():
            world.host.write_control(command)
            world.clip.run_for(0.3)

        assert (world.replies(), world.status().flags & CHANGED, world.buzzes()) == ([], 0, [])


def test_a_stranger_gets_nothing_that_is_meant_for_the_host(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (10, 20))) as world:
        world.set_up(slump=QUICK)
        world.pair()
        world.start()
        world.host.disconnect()
        stranger(world)
        world.host.notifications.clear()
        world.clip.run_for(25.0)

        assert world.host.notifications == []


def test_a_stranger_cannot_hold_the_only_link_for_long(tmp_path: Path):
    with switched_on(tmp_path) as world:
        stranger(world)
        world.clip.run_for(32.0)

        assert (world.host.connected, world.host.advertising) == (False, True)


def test_without_the_window_whoever_pairs_is_put_out(tmp_path: Path):
    with switched_on(tmp_path) as world:
        stranger(world)
        world.host.pair()
        world.clip.run_for(1.0)

        assert (world.host.connected, world.host.bonds) == (False, set())


def test_in_the_window_a_stranger_who_does_not_pair_still_gets_nothing(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.clip.run_until(1.0)
        world.press(3.2)
        world.clip.run_for(4.0)
        assert world.host.settings["bond"]  # the window is open
        stranger(world)

        assert not obeys(world)


def test_the_window_shuts_behind_the_computer_that_paired(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        world.clip.run_for(0.2)
        stranger(world)
        world.host.pair()
        world.clip.run_for(1.0)

        assert (world.host.connected, OTHER in world.host.bonds) == (False, False)


# Paired computers


def after_nothing(_: World) -> None:
    pass


def after_a_power_cut(world: World) -> None:
    world.clip.cut_power()


def after_a_restart_by_the_host(world: World) -> None:
    world.host.connect(bonded=True)
    world.clip.run_for(0.5)
    world.command(wire.OP_RESTART)


def after_a_strangers_visit(world: World) -> None:
    mine = world.host.address
    world.clip.run_until(70.0)  # the window is closed
    stranger(world)
    world.host.pair()
    world.clip.run_for(1.0)
    world.host.address = mine


@pytest.mark.parametrize(
    "meanwhile",
    [after_nothing, after_a_power_cut, after_a_restart_by_the_host, after_a_strangers_visit],
)
def test_a_paired_computer_comes_back_without_the_button(
    tmp_path: Path, meanwhile: Callable[[World], None]
):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        world.clip.run_for(1.0)
        meanwhile(world)
        back_again(world)

        assert obeys(world)


def test_a_power_cut_just_after_pairing_costs_no_bond(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.clip.run_until(1.0)
        world.press(3.2)
        world.clip.run_until(5.05)  # the clip looks after itself on whole seconds
        world.host.connect()
        world.host.pair()
        world.clip.run_for(0.05)
        world.clip.cut_power()
        back_again(world)

        assert obeys(world)


def test_two_computers_can_be_paired(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        first, world.host.address = world.host.address, OTHER
        world.pair()
        world.host.disconnect()
        world.host.address = first
        back_again(world)

        assert obeys(world)


def test_the_wrong_key_opens_nothing(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        world.host.secret = bytes(80)
        back_again(world)

        assert not obeys(world)


def test_the_address_of_a_paired_computer_is_no_key(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        world.clip.run_until(70.0)
        world.host.secret = bytes(80)
        world.host.connect()
        world.host.pair()
        world.clip.run_for(1.0)

        assert not obeys(world)


def test_whoever_tried_with_a_borrowed_address_does_not_cost_the_owner_the_bond(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.host.disconnect()
        world.clip.run_until(70.0)
        mine, world.host.secret = world.host.secret, bytes(80)
        world.host.connect()
        world.host.pair()
        world.clip.run_for(1.0)
        world.host.secret = mine
        back_again(world)

        assert obeys(world)


# A port that cannot pair


def test_a_port_without_pairing_says_that_it_is_open(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.run_before(WITHOUT_PAIRING)
        stranger(world)

        assert not world.status().flags & wire.STATUS_BONDED_ONLY


def test_a_port_without_pairing_streams_to_anybody(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.run_before(WITHOUT_PAIRING)
        stranger(world)
        world.start()
        world.clip.run_for(3.0)

        assert len(world.packets()) > 10
