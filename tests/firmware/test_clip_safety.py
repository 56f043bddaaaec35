"""When something fails on the whole clip: the wearer must not be hurt, the clip must come back."""

from itertools import pairwise
from pathlib import Path

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.rig.hardware import HARD_RESET, WDT_RESET
from firmware.worlds import CHIPS, IMU_ADDRESS, World, switched_on

from midback.shared import wire

NO_IMU = (600, 200, 80, 200, 80)
LONG = (600,)

RAISES_AT = """
    from clip_firmware.clip import Clip

    def second(clip, button, usb, whole=Clip.second):
        whole(clip, button, usb)
        if clip._seconds == {seconds}:
            {fault}

    Clip.second = second
"""
"""Something goes wrong in the middle of a buzz, so many seconds after each start."""

NO_BATTERY = """
    import sys
    sys.modules["clip_firmware.battery"] = sys
"""
"""A file that has not what is expected of it."""

BUZZES = "clip._buzzer.request(3, 5, 100, clip._clock.ms())"
RAISES = BUZZES + "; raise ValueError('a fault of the firmware')"
MEMORY = BUZZES + "; raise MemoryError"
STOPS = BUZZES + "; raise KeyboardInterrupt"
HANGS = BUZZES + "; import time; time.sleep_ms(100000)"
LOOPS = BUZZES + "\n            while True:\n                pass"


def breaks(world: World, fault: str, *, after_s: int) -> None:
    world.run_before(RAISES_AT.format(seconds=after_s + 1, fault=fault))


def status(world: World) -> wire.Status:
    world.clip.run_for(0.5)
    world.host.connect()
    world.clip.run_for(0.5)
    return world.status()


def longest_pulse_s(world: World) -> float:
    return max(to_s - from_s for from_s, to_s in world.buzzed())


def most_in_a_minute_s(world: World) -> float:
    """How long the motor ran in the worst 60 s that begin with a pulse."""
    spans = world.buzzed()
    return max(
        sum(to_s - from_s for from_s, to_s in spans if begin_s <= from_s and to_s <= begin_s + 60)
        for begin_s, _ in spans
    )


# No sensor


def without_imu(world: World) -> None:
    world.bus.unplug(IMU_ADDRESS)


def test_a_missing_imu_is_felt_every_half_minute(tmp_path: Path):
    with switched_on(tmp_path) as world:
        without_imu(world)
        world.clip.run_until(100.0)

        assert (world.felt(), round(world.buzzes()[3])) == ([NO_IMU] * 4, 30)


def test_a_missing_imu_is_told_to_whoever_asks(tmp_path: Path):
    with switched_on(tmp_path) as world:
        without_imu(world)

        assert status(world).flags & wire.STATUS_NO_IMU


def test_a_paired_host_learns_why_there_is_no_stream(tmp_path: Path):
    with switched_on(tmp_path) as world:
        without_imu(world)
        world.pair()

        assert world.start().result == wire.REFUSED


def test_an_imu_that_answers_later_is_found_and_streams(tmp_path: Path):
    with switched_on(tmp_path) as world:
        without_imu(world)
        world.pair()
        assert world.imu is not None
        world.bus.devices[IMU_ADDRESS] = world.imu
        world.clip.run_for(2.0)
        world.start()
        world.clip.run_for(3.0)

        assert (len(world.packets()) > 10, world.status().flags & wire.STATUS_NO_IMU) == (True, 0)


def test_an_imu_that_falls_off_while_worn_and_comes_back_streams_again(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.start()
        device = world.bus.unplug(IMU_ADDRESS)
        world.clip.run_for(10.0)
        world.bus.devices[IMU_ADDRESS] = device
        world.clip.run_for(3.0)
        seen = len(world.packets())
        world.clip.run_for(3.0)

        assert len(world.packets()) - seen > 10


# The program fails


@pytest.mark.parametrize("fault", [RAISES, MEMORY], ids=["raises", "no memory"])
def test_a_program_that_fails_turns_the_motor_off_and_starts_anew_at_once(
    tmp_path: Path, fault: str
):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, fault, after_s=20)
        world.clip.run_until(20.5)

        off_s = world.buzzed()[-2][1]
        start = world.clip.starts[1]
        assert (off_s, start.cause) == (pytest.approx(start.time_s), HARD_RESET)


def test_what_failed_is_told_over_usb(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(6.0)

        assert "a fault of the firmware" in world.clip.console


@pytest.mark.parametrize(
    "fault",
    [pytest.param(HANGS, id="hangs"), pytest.param(LOOPS, id="loops", marks=pytest.mark.soak)],
)
def test_a_program_that_hangs_is_ended_by_the_watchdog_within_eight_seconds(
    tmp_path: Path, fault: str
):
    with switched_on(tmp_path, chip=None) as world:
        world.clip._patience_s = 3.0
        breaks(world, fault, after_s=20)
        world.clip.run_until(30.0)

        start = world.clip.starts[1]
        assert (start.cause, start.time_s <= 28.5) == (WDT_RESET, True)


def test_the_motor_of_a_program_that_hangs_stops_after_its_pulse(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, HANGS, after_s=20)
        world.clip.run_until(27.0)

        assert world.felt(5.0) == [LONG]


# Safe mode


def test_after_three_failed_starts_the_fourth_is_in_safe_mode(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(60.0)

        assert (len(world.clip.starts), status(world).mode) == (4, wire.MODE_SAFE)


def test_safe_mode_says_so_on_the_air(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(60.0)

        assert status(world).flags & wire.STATUS_SAFE_MODE


def test_safe_mode_leaves_the_motor_alone_and_stays(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(900.0)

        assert (world.felt(18.0), len(world.clip.starts)) == ([], 4)


def test_safe_mode_can_be_found_again_after_a_visit(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(60.0)
        status(world)
        world.host.disconnect()
        world.clip.run_for(1.0)

        assert world.host.advertising


def test_repaired_firmware_starts_as_ever_after_safe_mode(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(60.0)
        world.run_before("")
        world.clip.cut_power()
        world.clip.run_for(5.0)

        assert status(world).mode == wire.MODE_ALONE


def test_firmware_that_still_fails_falls_back_into_safe_mode_at_once(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=5)
        world.clip.run_until(60.0)
        world.clip.cut_power()
        world.clip.run_for(30.0)

        assert (len(world.clip.starts), status(world).mode) == (6, wire.MODE_SAFE)


def test_starts_that_came_to_a_minute_do_not_lead_to_safe_mode(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=62)
        world.clip.run_until(6 * 63.0)

        assert (len(world.clip.starts) > 5, status(world).mode) == (True, wire.MODE_ALONE)


def test_starts_that_came_to_most_of_a_minute_do(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, RAISES, after_s=50)
        world.clip.run_until(200.0)

        assert status(world).mode == wire.MODE_SAFE


def test_a_loose_battery_wire_leads_to_safe_mode_too(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        for _ in range(3):
            world.clip.run_for(5.0)
            world.clip.cut_power()
        world.clip.run_for(5.0)

        assert status(world).mode == wire.MODE_SAFE


def test_restarts_that_the_host_asked_for_do_not_count_as_failed(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        for _ in range(4):
            world.command(wire.OP_RESTART)
            world.clip.run_for(2.0)
            world.host.connect(bonded=True)
            world.clip.run_for(0.5)

        assert (len(world.clip.starts), world.status().mode) == (5, wire.MODE_ALONE)


# Safe mode and the cell


def in_safe_mode(world: World, millivolts: int) -> None:
    """Started for the fourth time, 15 s ago."""
    breaks(world, RAISES, after_s=5)
    world.clip.run_until(14.0)
    world.set_battery(millivolts)
    world.clip.run_until(30.0)
    assert len(world.clip.starts) == 4


def test_safe_mode_tells_how_full_the_cell_is(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3800)
        found = status(world)

        assert (found.mode, found.battery_mv, found.battery_percent) == (wire.MODE_SAFE, 3800, 55)


def test_safe_mode_does_not_drain_an_empty_cell(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3250)
        world.clip.run_until(55.0)

        assert (world.clip.running, world.host.advertising) == (False, False)


def test_an_empty_clip_in_safe_mode_looks_once_an_hour_without_radio_and_stays_in_it(
    tmp_path: Path,
):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3250)
        world.clip.run_until(60.0)
        told = len(world.host.advertised)
        world.clip.run_until(3.5 * 3600)
        slept = world.clip.deep_sleeps
        awake_s = [after.from_s - before.to_s for before, after in pairwise(slept)]

        assert [round(to_s - from_s) for from_s, to_s, _ in slept] == [3600] * 3
        assert (max(awake_s) < 2.0, len(world.host.advertised)) == (True, told)
        assert (len(world.clip.starts), world.felt(18.0)) == (4 + 3, [])


def test_a_cell_that_was_charged_brings_safe_mode_back_on_the_air(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3250)
        world.clip.run_until(1000.0)
        world.set_battery(3900)
        world.clip.run_until(3700.0)

        assert status(world).mode == wire.MODE_SAFE


def test_the_button_wakes_an_empty_clip_in_safe_mode_for_half_a_minute(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3250)
        world.press(after_s=600.0)
        world.clip.run_until(650.0)
        awake = status(world).mode
        world.clip.run_until(670.0)

        assert (awake, world.clip.running) == (wire.MODE_SAFE, False)


def test_on_usb_safe_mode_stays_for_whoever_brings_new_files(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.plug_in()
        in_safe_mode(world, 3250)
        world.clip.run_until(300.0)

        assert world.host.advertising


def test_without_a_cell_to_measure_safe_mode_stays(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 0)
        world.clip.run_until(300.0)

        assert world.host.advertising


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.NAME)
def test_a_sensor_that_a_failed_start_set_going_does_not_drain_the_cell(
    tmp_path: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox]
):
    with switched_on(tmp_path, chip=chip) as world:
        in_safe_mode(world, 3250)
        assert world.imu is not None
        before = world.imu.state
        world.clip.run_until(60.0)

        assert (before == "off", world.imu.state) == (False, "off")


def test_a_file_that_safe_mode_cannot_load_leaves_it_on_the_air(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.run_before(RAISES_AT.format(seconds=6, fault=RAISES) + NO_BATTERY)
        world.clip.run_until(300.0)

        assert (len(world.clip.starts), status(world).mode) == (4, wire.MODE_SAFE)


def test_a_host_that_stays_linked_to_a_clip_in_safe_mode_is_let_go(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        in_safe_mode(world, 3900)
        status(world)
        world.clip.run_for(35.0)

        assert (world.host.connected, world.host.advertising) == (False, True)


# Somebody at the prompt


def test_a_stop_over_usb_turns_the_motor_off(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, STOPS, after_s=20)
        world.clip.run_until(30.0)

        assert world.buzzed()[-1][1] < 20.2


def test_a_stopped_clip_is_left_alone_by_the_watchdog(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, STOPS, after_s=5)
        world.clip.run_until(3600.0)

        assert len(world.clip.starts) == 1


def test_stops_over_usb_do_not_count_as_failed_starts(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        breaks(world, STOPS, after_s=3)
        for _ in range(4):
            world.clip.run_for(5.0)
            world.clip.cut_power()
        world.clip.run_for(2.0)

        assert status(world).mode == wire.MODE_ALONE


# The motor


def long_buzzes(world: World) -> list[int]:
    """What a host hears that asks for three seconds of buzz again and again."""
    results: list[int] = []
    while world.clip.now_s < 45.0:
        results.append(world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 5, 100, wait_s=6.0).result)
    return results


def test_a_host_gets_no_more_than_six_seconds_of_buzz_a_minute(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()

        # The signal of the pairing window counts too.
        assert set(long_buzzes(world)[1:]) == {wire.REFUSED}


def test_the_motor_runs_six_seconds_a_minute_at_most_and_a_second_in_one_go(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.clip.run_until(8.0)
        while world.clip.now_s < 150.0:
            world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100, wait_s=1.5)

        assert (most_in_a_minute_s(world) <= 6.0, longest_pulse_s(world) <= 1.0) == (True, True)


def test_a_host_that_asks_while_a_pattern_runs_is_told_that_it_is_busy(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 5, 100, wait_s=0.3)

        assert world.command(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80).result == wire.BUSY


def test_a_power_cut_in_the_middle_of_a_buzz_leaves_the_motor_off(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 5, 100, wait_s=0.3)
        cut_s = world.clip.now_s
        world.clip.cut_power()
        world.clip.run_for(5.0)

        assert world.buzzed()[-1][1] <= cut_s
