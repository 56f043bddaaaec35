"""What the whole clip finds in its flash: what it kept, garbage, or no room at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from firmware.models.sitting import Sitting
from firmware.worlds import QUICK, UPRIGHT, World, switched_on

from midback.shared import wire

NUDGE = (80, 120, 80)
SWITCHED_ON_S = 1.5
"""Longer than a power cut takes."""

FULL = """
    import builtins
    import os

    whole_open = builtins.open

    def open_or_not(path, mode="r", *rest):
        try:
            os.stat("/".join(__file__.split("/")[:-1]) + "/full")
        except OSError:
            return whole_open(path, mode, *rest)
        if mode[0] == "r" and "+" not in mode:
            return whole_open(path, mode, *rest)
        raise OSError(28)

    builtins.open = open_or_not
""".replace("__file__", "{main!r}")
"""While there is a file of that name beside the firmware, the flash has no room."""


def status(world: World) -> wire.Status:
    """What anybody can read who comes by."""
    world.clip.run_for(SWITCHED_ON_S)
    world.host.connect()
    world.clip.run_for(0.5)
    return world.status()


def streams(world: World) -> bool:
    """Whether a host that pairs now gets samples."""
    world.clip.run_for(SWITCHED_ON_S)
    world.pair()
    world.start()
    seen = len(world.packets())
    world.clip.run_for(2.0)
    return len(world.packets()) - seen > 8


def used(world: World) -> None:
    """A wearing that leaves all kinds of files behind."""
    world.pair()
    world.command(wire.OP_SET_NEUTRAL, 0, *UPRIGHT)
    world.command(wire.OP_SET_SLUMP, 0, *QUICK)
    world.clip.run_until(12.0)
    world.clip.cut_power()


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 4)


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x10
    path.write_bytes(content)


def all_ones(path: Path) -> None:
    path.write_bytes(b"\xff" * len(path.read_bytes()))


DAMAGES = (
    garbage,
    nothing,
    one_bit,
    pytest.param(cut_short, marks=pytest.mark.soak),
    pytest.param(all_ones, marks=pytest.mark.soak),
)
Damage = Callable[[Path], None]


# What a host sets


def test_what_the_host_sets_outlives_a_power_cut_and_is_judged_by(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (25, 20))) as world:
        used(world)
        world.clip.run_until(36.0)

        assert world.felt(13.0) == [NUDGE]


def test_a_calibration_that_cannot_be_is_refused_and_the_old_one_stays(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_up()
        world.pair()
        upward_left = (0, 0, 32767, 0, 0, 32767)
        reply = world.command(wire.OP_SET_NEUTRAL, 0, *upward_left)

        assert (reply.result, bool(world.status().flags & wire.STATUS_NEUTRAL_SET)) == (
            wire.BAD_ARGUMENT,
            True,
        )


# Damage


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_settings_are_the_defaults_and_told(tmp_path: Path, damage: Damage):
    with switched_on(tmp_path) as world:
        used(world)
        damage(world.flash / "data" / "settings")
        flags = status(world).flags

        assert flags & (wire.STATUS_SETTINGS_LOST | wire.STATUS_NEUTRAL_SET) == (
            wire.STATUS_SETTINGS_LOST
        )


def test_settings_that_are_set_anew_are_no_longer_lost(tmp_path: Path):
    with switched_on(tmp_path) as world:
        used(world)
        garbage(world.flash / "data" / "settings")
        world.clip.run_for(SWITCHED_ON_S)
        world.host.connect(bonded=True)
        world.clip.run_for(0.5)
        world.command(wire.OP_SET_NEUTRAL, 0, *UPRIGHT)
        world.host.disconnect()
        world.clip.cut_power()

        assert not status(world).flags & wire.STATUS_SETTINGS_LOST


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["bonds", "boots"])
def test_after_any_damage_the_clip_starts_pairs_and_streams(
    tmp_path: Path, name: str, damage: Damage
):
    with switched_on(tmp_path) as world:
        used(world)
        damage(world.flash / "data" / name)

        assert streams(world)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_log_is_written_on_and_read(tmp_path: Path, damage: Damage):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        used(world)
        for path in (world.flash / "log").iterdir():
            damage(path)
        world.clip.run_for(SWITCHED_ON_S)
        world.pair()
        world.clip.run_for(20.0)
        boot = world.status().boot

        assert [record.boot for record in world.log()].count(boot) >= 2


def test_a_computer_whose_bond_was_damaged_can_pair_anew(tmp_path: Path):
    with switched_on(tmp_path) as world:
        used(world)
        garbage(world.flash / "data" / "bonds")
        world.clip.run_for(SWITCHED_ON_S)
        world.pair()
        world.host.disconnect()
        world.clip.run_for(1.0)
        world.host.connect(bonded=True)
        world.clip.run_for(1.0)

        assert world.host.encrypted


def test_flash_that_was_wiped_is_a_new_clip(tmp_path: Path):
    with switched_on(tmp_path) as world:
        used(world)
        for path in sorted(world.flash.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

        found = status(world)
        assert (found.flags & wire.STATUS_SETTINGS_LOST, found.log_next) == (0, 0)


# No room


def fill(world: World) -> None:
    (world.clip.program.folder / "full").touch()


def with_small_flash(world: World) -> None:
    world.run_before(FULL.format(main=str(world.clip.program.folder / "before_main.py")))


def test_a_full_flash_still_streams(tmp_path: Path):
    with switched_on(tmp_path) as world:
        with_small_flash(world)
        world.clip.run_until(15.0)
        fill(world)

        assert streams(world)


def test_a_full_flash_still_buzzes(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (30, 20))) as world:
        with_small_flash(world)
        world.set_up(slump=QUICK)
        world.clip.run_until(15.0)
        fill(world)
        world.clip.run_until(45.0)

        assert world.felt() == [NUDGE]


def test_a_flash_that_is_full_from_the_start_streams_too(tmp_path: Path):
    with switched_on(tmp_path) as world:
        with_small_flash(world)
        fill(world)

        assert streams(world)


def test_a_host_is_told_that_a_setting_could_not_be_kept(tmp_path: Path):
    with switched_on(tmp_path) as world:
        with_small_flash(world)
        world.pair()
        fill(world)

        assert world.command(wire.OP_SET_NEUTRAL, 0, *UPRIGHT).result == wire.STORAGE


def test_a_re_zero_that_could_not_be_kept_feels_refused(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7))) as world:
        with_small_flash(world)
        world.clip.run_until(5.0)
        fill(world)
        world.press()
        world.press(after_s=0.3)
        world.clip.run_until(12.0)

        assert world.felt() == [(40,), (40, 80, 40)]


def test_a_full_flash_does_not_lead_to_safe_mode(tmp_path: Path):
    with switched_on(tmp_path) as world:
        with_small_flash(world)
        world.clip.run_until(65.0)
        fill(world)
        for _ in range(5):
            world.clip.run_for(5.0)
            world.clip.cut_power()

        assert status(world).mode == wire.MODE_ALONE


def test_what_was_written_before_the_flash_was_full_can_be_read(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        with_small_flash(world)
        world.pair()
        world.clip.run_until(35.0)
        fill(world)
        world.clip.run_until(60.0)

        assert len(world.log()) >= 3


def test_when_there_is_room_again_the_log_goes_on(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        with_small_flash(world)
        world.pair()
        world.clip.run_until(25.0)
        fill(world)
        world.clip.run_until(45.0)
        (world.clip.program.folder / "full").unlink()
        world.clip.run_until(75.0)
        records = world.log()

        assert records[-1].ticks * wire.TICK_S > 65.0
