"""A cell's life on the whole clip: what is on when, when it sleeps, and what wakes it."""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.sitting import Sitting
from firmware.rig.hardware import GPIO_WAKE, TIMER_WAKE
from firmware.rig.virtual import DeepSleep
from firmware.rig.virtual_host import Refused
from firmware.worlds import CHIPS, QUICK, World, switched_on

from midback.shared import wire

NUDGE, STRONG = (80, 120, 80), (150, 150, 150, 150, 150)
LOW_BATTERY, PAIRING = (40, 200, 40), (60, 100, 60, 100, 60)
PICKED_UP_S = 3000.0
HOUR_S = 3600.0


def status(world: World) -> wire.Status:
    """What anybody can read who comes by; they leave again."""
    linked = world.host.connected
    if not linked:
        world.host.connect()
        world.clip.run_for(0.1)
    found = world.status()
    if not linked:
        world.host.disconnect()
        world.clip.run_for(0.1)
    return found


def told(world: World) -> list[tuple[int, float | None]]:
    """The advertising intervals, each with the whole second from which on it was so."""
    changes: list[tuple[int, float | None]] = []
    for change in world.host.advertised:
        if not changes or changes[-1][1] != change.interval_ms:
            changes.append((int(change.time_s), change.interval_ms))
    return changes


def is_low(world: World) -> bool:
    return bool(status(world).flags & wire.STATUS_LOW_BATTERY)


def test_the_processor_runs_at_80_mhz(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.clip.run_until(2.0)

        assert world.hardware.hz == 80_000_000


# Advertising


def test_advertising_is_fast_for_a_minute_then_slow(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.clip.run_until(90.0)

        assert told(world) == [(0, 250), (60, 1500)]


def test_advertising_is_fast_again_for_a_minute_after_a_link(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.clip.run_until(100.5)
        world.host.connect()
        world.clip.run_for(5.0)
        world.host.disconnect()
        world.clip.run_until(200.0)

        assert told(world)[2:] == [(100, None), (105, 1500), (106, 250), (166, 1500)]


def test_the_button_makes_advertising_fast(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.press(after_s=100.5)
        world.clip.run_until(110.0)

        assert told(world)[2:] == [(101, 250)]


# A night on the table


class Night(NamedTuple):
    """What was seen of one night."""

    slept: list[DeepSleep]
    before: wire.Status
    after: wire.Status
    advertised: bool
    failed_starts: int
    paired: bool
    streams: bool


def night(folder: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox]) -> Night:
    """Paired and calibrated, put on a table, picked up at ``PICKED_UP_S``."""
    shaken = (PICKED_UP_S, PICKED_UP_S + 3.0)
    motion = Sitting((0, 0), restless=[shaken], worn=(PICKED_UP_S, 1e9))
    with switched_on(folder, motion, chip=chip) as world:
        world.set_up()
        world.pair()
        before = status(world)
        world.host.disconnect()
        world.clip.run_until(PICKED_UP_S - 10.0)
        advertised = world.host.advertising
        world.clip.run_until(PICKED_UP_S + 5.0)
        body = world.files.load("boots", 1)
        assert body is not None
        world.host.connect(bonded=True)
        world.clip.run_for(1.0)
        paired = world.host.connected
        world.start()
        world.clip.run_for(2.0)
        return Night(
            world.clip.deep_sleeps,
            before,
            status(world),
            advertised,
            body[0],
            paired,
            bool(world.packets()),
        )


@pytest.fixture(scope="module")
def after_a_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return night(tmp_path_factory.mktemp("night"), Lsm6dsv16x)


def test_ten_minutes_on_a_table_put_it_to_sleep_until_it_is_picked_up(after_a_night: Night):
    (from_s, to_s, reason), *others = after_a_night.slept

    # The pairing window kept it up until it was used, after 5 s.
    assert (from_s, to_s, reason, others) == (
        pytest.approx(605, abs=1),
        pytest.approx(PICKED_UP_S + 0.5, abs=0.5),
        GPIO_WAKE,
        [],
    )


def test_asleep_it_is_not_on_the_air(after_a_night: Night):
    assert not after_a_night.advertised


def test_it_wakes_with_the_calibration_it_had(after_a_night: Night):
    assert after_a_night.before.flags & after_a_night.after.flags & wire.STATUS_NEUTRAL_SET


def test_it_wakes_with_its_bonds_and_streams(after_a_night: Night):
    assert (after_a_night.paired, after_a_night.streams) == (True, True)


def test_it_wakes_under_another_boot_id(after_a_night: Night):
    assert after_a_night.before.boot != after_a_night.after.boot


def test_waking_is_no_failed_start(after_a_night: Night):
    assert after_a_night.failed_starts == 0


def test_the_log_of_the_evening_is_there_in_the_morning(after_a_night: Night):
    # Nothing is written while nobody wears it, which shows after three quarters of a minute.
    assert after_a_night.after.log_next - after_a_night.after.log_first >= 4


@pytest.mark.soak
def test_the_other_sensor_wakes_it_too(tmp_path: Path):
    slept = night(tmp_path, Lsm6dsox).slept

    assert [round(to_s) for _, to_s, _ in slept] == [pytest.approx(PICKED_UP_S, abs=1)]


@pytest.mark.soak
@pytest.mark.parametrize("chip", CHIPS)
def test_the_button_wakes_it_from_the_table(
    tmp_path: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox]
):
    with switched_on(tmp_path, chip=chip) as world:
        world.press(after_s=2000.0)
        world.clip.run_until(2010.0)

        assert [sleep.to_s for sleep in world.clip.deep_sleeps] == [2000.0]


@pytest.mark.soak
def test_the_stillest_wearer_is_not_taken_for_a_table(tmp_path: Path):
    # 25 minutes of nothing but breathing.
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.clip.run_until(1500.0)

        assert (len(world.clip.starts), status(world).flags & wire.STATUS_OFF_BODY) == (1, 0)


@pytest.mark.soak
def test_on_usb_it_does_not_sleep_on_the_table(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.plug_in()
        world.clip.run_until(1000.0)

        assert (world.clip.running, len(world.clip.starts)) == (True, 1)


def test_without_a_sensor_it_sleeps_after_ten_minutes_until_the_button(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.press(after_s=2000.0)
        world.clip.run_until(2010.0)

        assert [tuple(map(round, sleep)) for sleep in world.clip.deep_sleeps] == [
            (600, 2000, GPIO_WAKE)
        ]


def test_without_a_sensor_it_does_not_sleep_on_usb(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.plug_in()
        world.clip.run_until(700.0)

        assert (world.clip.running, len(world.clip.starts)) == (True, 1)


# The cell runs down


def drained(world: World, *steps: tuple[float, int]) -> None:
    """The cell's voltage from each time on."""
    for time_s, millivolts in steps:
        world.clip.at(time_s, lambda mv=millivolts: world.set_battery(mv))


def flags_at(world: World, *times_s: float) -> list[bool]:
    """Whether the battery was called low then."""
    found: list[bool] = []
    for time_s in times_s:
        world.clip.run_until(time_s)
        found.append(is_low(world))
    return found


def test_a_low_cell_is_told_and_forgotten_only_well_above(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.set_battery(3520)
        # Between 3500 and 3580 mV it stays what it was.
        drained(world, (5, 3470), (150, 3560), (320, 3640))

        assert flags_at(world, 15, 140, 310, 500) == [False, True, True, False]


def test_a_low_cell_is_felt_every_ten_minutes(tmp_path: Path):
    with switched_on(tmp_path, chip=None) as world:
        world.set_battery(3450)
        world.press(after_s=400.0)
        world.press(after_s=900.0)
        world.clip.run_until(1300.0)

        assert world.felt(605.0, 615.0) + world.felt(1205.0, 1215.0) == [LOW_BATTERY] * 2


class SaggingCell(dict[int, int]):
    """A weak cell: the motor pulls it down, and it takes a quarter of a second to come back."""

    def __init__(self, world: World, millivolts: int) -> None:
        super().__init__()
        self._world = world
        self._uv = 500 * millivolts
        self.read = self.sagging = 0

    def get(self, _pin: int, _default: int = 0) -> int:  # type: ignore[override]
        buzzed = self._world.buzzed()
        sags = bool(buzzed) and self._world.clip.now_s - buzzed[-1][1] < 0.25
        self.read += 1
        self.sagging += sags
        return self._uv - 200_000 * sags


def test_what_the_motor_takes_from_the_cell_is_no_low_battery(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        cell = world.hardware.adc_uv = SaggingCell(world, 3600)
        # A reading is due at 30 s and each half minute after.
        for time_s in (28.2, 58.2, 88.2, 118.2):
            world.clip.run_until(time_s)
            world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 2, 100, wait_s=0.1)
            world.press(after_s=0.9)
        world.clip.run_until(140.0)

        assert (cell.read >= 64, cell.sagging) == (True, 0)


def test_below_its_second_line_the_stream_stops(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3420)
        world.pair()
        world.start()
        world.set_battery(3330)
        world.clip.run_until(50.0)
        before = len(world.packets())
        world.clip.run_until(70.0)
        stopped = len(world.packets())
        world.clip.run_until(80.0)

        assert (before > 200, len(world.packets()) - stopped) == (True, 0)


def test_a_host_that_asks_for_the_stream_of_an_almost_empty_cell_is_refused(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3350)
        world.clip.run_until(32.0)
        world.pair()

        assert world.start().result == wire.REFUSED


def test_on_usb_an_almost_empty_cell_is_no_reason_not_to_stream(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3350)
        world.plug_in()
        world.clip.run_until(32.0)
        world.pair()

        assert world.start().result == wire.OK


def test_an_almost_empty_cell_still_buzzes_slumps(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (40, 20))) as world:
        world.set_up(slump=QUICK)
        world.set_battery(3350)
        world.clip.run_until(50.0)

        assert world.felt() == [NUDGE]


# The cell is empty


def test_an_empty_cell_puts_it_to_sleep_and_it_looks_again_every_hour(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.clip.run_until(3 * HOUR_S)

        slept = [(round(to_s - from_s), why) for from_s, to_s, why in world.clip.deep_sleeps]
        assert slept == [(HOUR_S, TIMER_WAKE)] * 2


def test_an_hourly_look_at_an_empty_cell_takes_a_second_and_no_radio(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.clip.run_until(3 * HOUR_S)
        slept = world.clip.deep_sleeps
        awake_s = [after.from_s - before.to_s for before, after in pairwise(slept)]

        assert (max(awake_s) < 2.0, told(world)[-1][0]) == (True, round(slept[0].from_s))


def test_hourly_looks_are_no_failed_starts(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.clip.run_until(4.5 * HOUR_S)
        world.set_battery(3900)
        world.clip.run_until(5 * HOUR_S + 70.0)

        assert status(world).mode == wire.MODE_ALONE


def test_a_cell_that_was_charged_is_noticed_at_the_next_look(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.clip.run_until(600.0)
        world.set_battery(3900)
        world.clip.run_until(HOUR_S + 70.0)

        assert (world.host.advertising, is_low(world)) == (True, False)


def test_the_button_wakes_an_empty_clip_for_half_a_minute(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.press(after_s=600.0)
        world.clip.run_until(620.0)
        awake = world.host.advertising
        world.clip.run_until(640.0)

        assert (awake, world.clip.running) == (True, False)


def test_movement_does_not_wake_an_empty_clip(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0), (600, 40), restless=[(600, 700)])) as world:
        world.set_battery(3250)
        world.clip.run_until(1000.0)

        assert len(world.clip.starts) == 1


def test_an_empty_clip_on_usb_stays_awake(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.set_battery(3250)
        world.plug_in()
        world.clip.run_until(100.0)

        assert world.host.advertising


# Alone, with the radio off


def test_the_mode_without_radio_outlives_a_power_cut(tmp_path: Path):
    with switched_on(tmp_path) as world:
        world.pair()
        world.command(wire.OP_ALONE, 1)
        world.clip.cut_power()
        world.clip.run_for(3.0)

        assert status(world).flags & wire.STATUS_ALONE


def test_the_radio_goes_off_a_minute_after_the_host_has_left(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.pair()
        world.command(wire.OP_ALONE, 1)
        world.clip.run_until(40.0)
        world.host.disconnect()
        world.clip.run_until(110.0)

        assert told(world)[-2:] == [(40, 250), (101, None)]


def test_without_radio_the_first_half_minute_and_the_radios_minute_are_awake(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.clip.run_until(59.9)

        assert world.clip.light_sleep_us == 0


def test_without_radio_it_sleeps_lightly_between_bursts(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.clip.run_until(62.0)
        slept_us = world.clip.light_sleep_us
        world.clip.run_until(92.0)

        # Waiting takes no time here: what is left is what a burst's transfers take.
        assert (world.clip.light_sleep_us - slept_us) / 30e6 > 0.95


@pytest.mark.parametrize("chip", [Lsm6dsv16x, pytest.param(Lsm6dsox, marks=pytest.mark.soak)])
def test_slumps_are_buzzed_in_light_sleep_as_ever(
    tmp_path: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox]
):
    with switched_on(tmp_path, Sitting((0, 0), (70, 20)), chip=chip) as world:
        world.set_up(slump=QUICK, alone=True)
        world.clip.run_until(140.0)

        assert (world.felt(71.0, 75.0), world.felt(75.0)) == ([NUDGE], [STRONG])


def test_the_log_is_written_in_light_sleep_without_a_gap(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.press(3.2, after_s=100.0)
        world.clip.run_until(104.0)
        world.host.connect()
        world.host.pair()
        world.clip.run_for(1.0)
        ticks = [record.ticks for record in world.log()]

        steps_s = [(after - before) * wire.TICK_S for before, after in pairwise(ticks)]
        assert (len(ticks) >= 9, max(steps_s) < 10.5) == (True, True)


def test_holding_the_button_brings_the_radio_back_to_pair(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.press(3.2, after_s=80.0)
        world.clip.run_until(84.0)
        world.host.connect()
        world.host.pair()
        world.clip.run_for(1.0)

        assert (world.felt(80.0), world.command(wire.OP_ALONE, 0).result) == ([PAIRING], wire.OK)


def test_the_radio_that_the_button_brought_back_goes_off_after_its_minute(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.press(3.2, after_s=80.0)
        world.clip.run_until(150.0)

        assert told(world)[-2:] == [(83, 250), (143, None)]


def test_a_press_in_light_sleep_snoozes(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.press(after_s=80.0)
        world.clip.run_until(90.0)

        assert world.felt() == [(80,)]


def test_a_double_press_in_light_sleep_sets_the_neutral(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 7))) as world:
        world.set_up(alone=True)
        world.press(after_s=80.0)
        world.press(after_s=80.3)
        world.clip.run_until(90.0)

        assert world.felt() == [(40,), (80,)]


def test_on_usb_it_does_not_sleep_lightly(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.plug_in()
        world.clip.run_until(90.0)

        assert world.clip.light_sleep_us == 0


def test_without_radio_nobody_can_find_it(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up(alone=True)
        world.clip.run_until(70.0)

        with pytest.raises(Refused):
            world.host.connect()
