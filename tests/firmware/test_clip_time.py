"""What time it is on the whole clip: told by a host, kept through deep sleep, in every record.

The board's time of day goes on in deep sleep, too fast or too slow by the share set; nothing else
tells a clip the time that no host is near.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from firmware.models.sitting import Sitting
from firmware.rig.virtual import DeepSleep, Start
from firmware.worlds import World, switched_on

from midback.shared import wire

UNIX_S = 1_700_000_000
TOLD_S = 100.0
"""When the host tells the time."""

HOUR_S = 3600.0
DRIFT = 0.03
NEAR_S = 3.0
"""Whole seconds in the log's marks, and the two by which a mark may be off."""


def unix_s(at_s: float) -> float:
    """The true time at this second of the test."""
    return UNIX_S + at_s - TOLD_S


def tell_time(world: World) -> None:
    world.command(wire.OP_SET_TIME, round(1000 * unix_s(world.clip.now_s)))


class Told(NamedTuple):
    """A record: when its epoch really ended, in seconds of the test, and which start made it."""

    start: int
    end_s: float
    record: wire.EpochRecord

    @property
    def knows(self) -> bool:
        return bool(self.record.flags & wire.RECORD_TIME_SET)

    def tells(self, true_s: float) -> bool:
        """Whether it says that its epoch ended then, as exactly as it can."""
        step = int(true_s) // wire.TIME_UNIT_S
        steps = (self.record.time_20s - step + 0x8000) % 0x10000 - 0x8000
        early_s = true_s - wire.TIME_UNIT_S * (step + steps)
        return -NEAR_S <= early_s < wire.TIME_UNIT_S + NEAR_S


def told_by(world: World) -> list[Told]:
    """The whole log."""
    boots: dict[int, int] = {}
    found: list[Told] = []
    for record in world.log():
        start = boots.setdefault(record.boot, len(boots))
        began_s = world.clip.starts[start].time_s
        found.append(Told(start, began_s + record.ticks * wire.TICK_S, record))
    return found


def look(world: World, wait_s: float = 0.5) -> None:
    """The host that has paired is near again."""
    world.host.connect(bonded=True)
    world.clip.run_for(wait_s)


class Days(NamedTuple):
    """Two wearings and the night between them."""

    records: list[Told]
    starts: list[Start]
    slept: DeepSleep
    woken: wire.Status
    told_again_s: float


WORN_S = TOLD_S + HOUR_S
PICKED_UP_S = WORN_S + 9 * HOUR_S
ALONE_S = 600.0


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Worn for an hour, a night on the table, and worn again: for ten minutes without a host."""
    sways = [(240.0 * turn, 3.0 * (turn % 2)) for turn in range(int(WORN_S / 240))]
    restless = [(PICKED_UP_S, PICKED_UP_S + 2 * ALONE_S)]
    motion = Sitting(*sways, worn=(0.0, WORN_S), restless=restless)
    with switched_on(tmp_path_factory.mktemp("days"), motion) as world:
        world.set_up()
        world.clip.sleep_drift = DRIFT
        world.pair()
        world.clip.run_until(TOLD_S)
        tell_time(world)
        world.host.disconnect()
        world.clip.run_until(PICKED_UP_S + ALONE_S)
        look(world)
        woken, told_again_s = world.status(), world.clip.now_s
        tell_time(world)
        world.clip.run_for(60.0)
        (slept,) = world.clip.deep_sleeps
        return Days(told_by(world), world.clip.starts, slept, woken, told_again_s)


def of(days: Days, from_s: float, to_s: float) -> list[Told]:
    return [told for told in days.records if from_s < told.end_s <= to_s]


def test_the_clip_slept_most_of_the_night(days: Days):
    assert days.slept.to_s - days.slept.from_s > 8 * HOUR_S
    assert len(days.starts) == 2


def test_records_from_before_it_was_told_do_not_know_the_time(days: Days):
    before = of(days, 0.0, TOLD_S)

    assert len(before) >= 8
    assert not any(told.knows for told in before)


def test_records_of_the_hour_after_it_was_told_tell_the_time(days: Days):
    hour = of(days, TOLD_S, WORN_S)

    assert len(hour) == pytest.approx(360, abs=2)
    assert all(told.knows and told.tells(unix_s(told.end_s)) for told in hour)


def test_woken_it_knows_the_time_without_a_host(days: Days):
    assert days.woken.flags & wire.STATUS_TIME_SET


def test_records_of_the_next_day_tell_the_time_as_well_as_the_board_slept(days: Days):
    off_s = DRIFT * (days.slept.to_s - days.slept.from_s)
    alone = of(days, PICKED_UP_S, days.told_again_s - 0.5)

    assert len(alone) >= 55
    assert off_s > 600
    assert all(told.knows and told.tells(unix_s(told.end_s) + off_s) for told in alone)


def test_a_host_that_comes_corrects_it_from_there_on(days: Days):
    corrected = of(days, days.told_again_s + 0.5, days.told_again_s + 60)

    assert len(corrected) >= 5
    assert all(told.knows and told.tells(unix_s(told.end_s)) for told in corrected)


def test_records_keep_their_numbers_over_all_of_this(days: Days):
    numbers = [told.record.sequence for told in days.records]

    assert numbers == list(range(len(numbers)))


# Shorter nights: two minutes worn, then the table from 120 s on; asleep before 800 s

AWAKE_AGAIN_S = 2000.0


def after_a_nap(
    folder: Path, meanwhile: Callable[[World], None], *, drift: float = 0.0
) -> tuple[list[Told], list[DeepSleep]]:
    """What the log says of the first minute after it; *meanwhile* happens once it sleeps."""
    restless = [(AWAKE_AGAIN_S, AWAKE_AGAIN_S + 60.0)]
    motion = Sitting((0, 0), worn=(0.0, 120.0), restless=restless)
    with switched_on(folder, motion) as world:
        world.set_up()
        world.clip.sleep_drift = drift
        world.pair()
        world.clip.run_until(TOLD_S)
        tell_time(world)
        world.host.disconnect()
        world.clip.run_until(900.0)
        assert not world.clip.running
        meanwhile(world)
        world.clip.run_until(AWAKE_AGAIN_S + 60.0)
        look(world)
        told = [told for told in told_by(world) if told.end_s > AWAKE_AGAIN_S]
        return told, world.clip.deep_sleeps


def nothing(_: World) -> None:
    return


@pytest.mark.parametrize("drift", [0.0, -0.05])
def test_the_time_is_as_good_as_the_boards_own(tmp_path: Path, drift: float):
    told, (slept,) = after_a_nap(tmp_path, nothing, drift=drift)
    off_s = drift * (slept.to_s - slept.from_s)

    assert len(told) >= 5
    assert all(one.knows and one.tells(unix_s(one.end_s) + off_s) for one in told)


def test_a_power_cut_takes_the_time_along(tmp_path: Path):
    told, _ = after_a_nap(tmp_path, lambda world: world.clip.cut_power())

    assert len(told) >= 5
    assert not any(one.knows for one in told)


def test_from_nap_to_nap_the_time_is_carried_on(tmp_path: Path):
    told, slept = after_a_nap(tmp_path, lambda world: world.press())

    assert len(slept) == 2
    assert len(told) >= 5
    assert all(one.knows and one.tells(unix_s(one.end_s)) for one in told)


def test_an_empty_cell_that_looks_every_hour_does_not_lose_the_time(tmp_path: Path):
    charged_s = TOLD_S + 3.5 * HOUR_S
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up()
        world.pair()
        world.clip.run_until(TOLD_S)
        tell_time(world)
        world.host.disconnect()
        world.set_battery(3200)
        world.clip.at(charged_s, partial(world.set_battery, 3900))
        world.clip.at(charged_s, world.press)
        world.clip.run_until(charged_s + 60.0)
        look(world)
        told = [told for told in told_by(world) if told.end_s > charged_s]

    assert len(world.clip.deep_sleeps) >= 3
    assert len(told) >= 5
    assert all(one.knows and one.tells(unix_s(one.end_s)) for one in told)


def test_a_restart_without_a_sleep_does_not_know_the_time(tmp_path: Path):
    with switched_on(tmp_path, Sitting((0, 0))) as world:
        world.set_up()
        world.pair()
        world.clip.run_until(TOLD_S)
        tell_time(world)
        world.command(wire.OP_RESTART, wait_s=0.2)
        world.clip.run_for(40.0)
        look(world)
        told = told_by(world)

    assert [one.knows for one in told if one.start == 1]
    assert not any(one.knows for one in told if one.start == 1)
