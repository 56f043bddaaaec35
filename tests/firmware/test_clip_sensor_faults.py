"""The whole clip and an IMU that overruns, falls silent, hangs the bus, goes and comes back."""

from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import worn
from firmware.worlds import IMU_ADDRESS, World, switched_on

from midback.shared import wire
from midback.simulated.day_plan import Activity, plan_of
from midback.simulated.wearer import Wearer

CHIPS = (Lsm6dsv16x, Lsm6dsox)
SAMPLE_S = {Lsm6dsv16x: 1 / 60, Lsm6dsox: 1 / 52}
BURST_S = 0.2


@pytest.fixture(params=CHIPS, ids=lambda chip: chip.NAME)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[World]:
    """A clip on somebody who sits, streaming for 4 s."""
    wearer = Wearer(plan_of([(Activity.TYPING, 10)]), seed=1)
    with switched_on(tmp_path, worn(wearer), chip=request.param) as world:
        world.set_up()
        world.pair()
        assert world.start().result == wire.OK
        world.clip.run_for(4)
        yield world


def lost(world: World) -> list[wire.StreamPacket]:
    """The packets that say that samples are missing before them."""
    return [packet for _, packet in world.packets() if packet.flags & wire.FLAG_LOST]


def missing_s(world: World) -> float:
    """Time between packets that their samples do not cover."""
    packets = [packet for _, packet in world.packets()]
    covered_us = sum(packet.count * packet.period_us for packet in packets[1:])
    return 1e-4 * (packets[-1].ticks - packets[0].ticks) - 1e-6 * covered_us


def streams_on(world: World) -> bool:
    """Whether it goes on now, with no packet left out, and as promptly as ever."""
    world.clip.run_for(3)
    packets = world.packets()
    sequences = [packet.sequence for _, packet in packets]
    late_s = [at_s - packet.ticks * wire.TICK_S for at_s, packet in packets[-10:]]
    prompt = world.clip.now_s - packets[-1][0] < 2 * BURST_S and min(late_s) >= 0
    return sequences == list(range(len(sequences))) and prompt and max(late_s) < 0.3


def test_an_overrun_is_told_and_counted(world: World):
    assert world.imu is not None
    world.imu.overflow()
    world.clip.run_for(5)

    assert len(lost(world)) == 1
    assert world.status().lost_samples <= 12
    assert streams_on(world)


def test_an_overrun_is_in_the_record_of_its_ten_seconds(world: World):
    assert world.imu is not None
    world.imu.overflow()
    world.clip.run_for(20)
    marked = [record for record in world.log() if record.flags & wire.RECORD_LOST]

    assert len(marked) == 1
    assert 0 <= marked[0].ticks - lost(world)[0].ticks < 100_000


def test_a_transfer_that_fails_now_and_then_costs_nothing(world: World):
    for n in range(10):
        world.clip.at(world.clip.now_s + 1.13 * n, lambda: world.bus.fail_next(1))
    world.clip.run_for(12)

    assert lost(world) == []
    # Less than a sample: stamps hold back until they are sure.
    assert abs(missing_s(world)) < 0.01
    assert world.status().lost_samples == 0
    assert streams_on(world)


@pytest.mark.parametrize("failures", [1, 2])
def test_a_transfer_that_failed_is_tried_again_at_once(world: World, failures: int):
    seen = len(world.packets())
    for n in range(20):  # at all phases of a burst
        world.clip.at(world.clip.now_s + 1.01 * n, lambda: world.bus.fail_next(failures))
    world.clip.run_for(22)
    late_s = [at_s - packet.ticks * wire.TICK_S for at_s, packet in world.packets()[seen:]]

    # A packet waits for its burst to be complete; then for two tries of a fiftieth of a second.
    assert max(late_s) < BURST_S + 0.06 + 0.02 * failures
    assert lost(world) == []


def test_a_bus_that_stays_dead_is_looked_at_now_and_then(world: World):
    world.bus.unplug(IMU_ADDRESS)
    world.clip.run_for(2)
    before, fed = world.bus.transfers, world.clip.feeds
    world.clip.run_for(10)

    # Three reads, and an attempt to set the chip up, every 0.44 s; the temperature once.
    assert 60 < world.bus.transfers - before < 130
    assert world.clip.feeds - fed < 80


def test_three_failures_in_a_row_cost_a_moment_and_it_is_told(world: World):
    world.bus.fail_next(3)
    world.clip.run_for(5)

    assert len(lost(world)) == 1
    # What waited for the first try, and what its filters need to settle.
    assert missing_s(world) < 0.45
    assert streams_on(world)


def test_a_stuck_bus_is_freed_by_nine_clocks(world: World):
    world.bus.stuck = True
    world.clip.run_for(5)

    assert not world.bus.stuck
    assert len(lost(world)) == 1
    # What waited for the first try, and what its filters need to settle.
    assert missing_s(world) < 0.45
    assert streams_on(world)


def test_unplugged_for_ten_seconds_it_streams_again_and_tells_how_much_is_missing(world: World):
    assert world.imu is not None
    period_s = SAMPLE_S[type(world.imu)]
    world.bus.unplug(IMU_ADDRESS)
    world.clip.run_for(10)
    world.bus.devices[IMU_ADDRESS] = world.imu
    world.clip.run_for(5)

    assert len(lost(world)) == 1
    # Its FIFO kept the newest: 1.4 s of the LSM6DSV16X's, 4.9 s of the LSM6DSOX's.
    assert 4.5 < missing_s(world) < 10.5
    assert world.status().lost_samples * period_s == pytest.approx(missing_s(world), abs=0.2)
    assert streams_on(world)


def test_a_silence_ends_its_record_early_and_is_in_none(world: World):
    assert world.imu is not None
    world.clip.run_for(5)
    world.bus.unplug(IMU_ADDRESS)
    world.clip.run_for(10)
    world.bus.devices[IMU_ADDRESS] = world.imu
    world.clip.run_for(35)
    log = world.log()
    steps = [after.ticks - before.ticks for before, after in pairwise(log)]
    told = [r.upright_ds + r.slumped_ds + r.back_ds + r.moving_ds for r in log[1:]]
    gap = 1e4 * missing_s(world)

    # A short one, one that begins after the silence, and whole ones again.
    assert steps[0] < 100_000
    assert steps[1] == pytest.approx(100_000 + gap, abs=1000)
    assert set(steps[2:]) == {100_000}
    assert told == pytest.approx([steps[0] / 1000] + [100] * len(told[1:]), abs=1.5)


def test_unplugged_it_stays_on_the_air_and_says_how_it_is(world: World):
    world.bus.unplug(IMU_ADDRESS)
    world.clip.run_for(60)

    assert len(world.clip.starts) == 1
    assert world.command(wire.OP_HEARTBEAT, 5).result == wire.OK


def test_a_chip_that_lost_its_supply_is_set_up_anew(world: World):
    assert world.imu is not None
    world.bus.unplug(IMU_ADDRESS)
    world.clip.run_for(10)
    world.imu.power_on(world.clip.now_s)
    world.bus.devices[IMU_ADDRESS] = world.imu
    world.clip.run_for(5)

    assert len(lost(world)) == 1
    assert world.imu.state == "running"
    assert streams_on(world)


def test_a_chip_whose_supply_dipped_is_set_up_anew_within_two_seconds(world: World):
    assert world.imu is not None
    world.imu.power_on(world.clip.now_s)
    world.clip.run_for(5)

    assert len(lost(world)) == 1
    assert missing_s(world) < 2.0
    assert streams_on(world)


def test_after_a_fault_the_wearer_is_judged_as_before(world: World):
    assert world.imu is not None
    world.bus.stuck = True
    world.clip.run_for(3)
    since_s = world.clip.now_s
    world.clip.run_for(15)
    counts = [packet.counts for at_s, packet in world.packets() if at_s > since_s]
    norms = [np.linalg.norm(c[i : i + 4]) for c in counts for i in range(0, len(c), 7)]

    assert norms == pytest.approx([wire.QUATERNION_ONE] * len(norms), rel=0.01)


def test_switched_on_without_a_chip_it_says_so_and_finds_it_later(tmp_path: Path):
    with switched_on(tmp_path, chip=Lsm6dsox) as world:
        assert world.imu is not None
        world.bus.unplug(IMU_ADDRESS)
        world.pair()
        assert world.status().flags & wire.STATUS_NO_IMU
        assert world.start().result == wire.REFUSED
        world.bus.devices[IMU_ADDRESS] = world.imu
        world.clip.run_for(3)

        assert not world.status().flags & wire.STATUS_NO_IMU
        assert world.start().result == wire.OK
        assert streams_on(world)
