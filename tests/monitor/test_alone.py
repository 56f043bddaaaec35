"""The host walks out of reach, is frozen, or is killed: the wearer gets every buzz, once."""

import asyncio
import random
from contextlib import suppress
from itertools import pairwise

import pytest
from monitor.worlds import World, clip_on, live, stored, wearer

from midback.calibration import Pose
from midback.clip import Radio
from midback.lease import LEASE_S
from midback.recording import Store
from midback.shared import wire
from midback.simulated import Air, virtual_time

HOLD_S = 30.0
TAKING_UP_S = 6.0
"""Until a pose that was asked for is taken up."""

SUPERVISION_S = 4.0
"""The clip only knows that the host is gone when the link has ended, or the lease."""

WITHIN_S = 1.5
"""A packet, and the judgement of it."""

AGAIN_S = 60.0
"""A slump that goes on gets one stronger buzz so long after the first."""


def world_with(folder, clip=None):
    clip = clip or clip_on(wearer())
    air = Air([clip], seed=1)
    radio = Radio(air.scanner_type, air.client_type, air.adapter_type)
    return World(folder, clip, air=air, radio=radio, chance=random.Random(1))


def buzzes_s(world):
    """When the wearer felt a buzz, in seconds since the air was entered."""
    return [buzz.time_s for buzz in world.clip.wearer.truth.buzzes]


def test_a_slump_out_of_reach_is_buzzed_by_the_clip_in_time(folder):
    asked = []

    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        asked.append(world.air.now_s)
        await world.pose(Pose.SLUMP, HOLD_S + 15.0)

    world = world_with(folder)
    live(world, body)
    (felt_s,) = buzzes_s(world)

    assert HOLD_S < felt_s - asked[0] < HOLD_S + TAKING_UP_S + LEASE_S + WITHIN_S


def test_a_slump_that_fell_due_under_the_lease_of_a_host_that_is_gone_is_buzzed_after_it(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.SLUMP, HOLD_S - 8.0)
        world.air.out_of_range()
        await asyncio.sleep(20.0)

    world = world_with(folder)
    live(world, body)

    assert len(buzzes_s(world)) == 1


@pytest.mark.parametrize("away_s", [15.0, 40.0, 55.0])
def test_on_return_the_host_does_not_give_the_clips_buzz_again(folder, away_s):
    # The slump begins and is buzzed while the host is away, and goes on after its return.
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.SLUMP, HOLD_S - 10.0)
        world.air.out_of_range()
        await asyncio.sleep(away_s)
        world.air.come_back()
        await asyncio.sleep(40.0)

    world = world_with(folder)
    live(world, body)
    felt_s = buzzes_s(world)
    gaps_s = [after - before for before, after in pairwise(felt_s)]

    assert len(felt_s) <= 2
    # The second is the stronger one that a slump gets which goes on.
    assert gaps_s == pytest.approx([AGAIN_S] * len(gaps_s), abs=5.0)


def test_on_return_the_clip_judges_by_the_neutral_that_the_host_judges_by(folder):
    used = []

    async def body(world):
        contexts = world.clip.flash.contexts
        await world.calibrated()
        world.air.out_of_range()
        await asyncio.sleep(10.0)
        contexts.set_neutral(2, (0, 0, 32767, 0, 32767, 0))
        world.clip.press_button(3)
        used.append(contexts.slot)
        world.air.come_back()
        await asyncio.sleep(60.0)
        used.append(contexts.slot)

    live(world_with(folder), body)

    assert used == [2, 0]


def test_after_hours_away_a_buzz_that_the_clip_just_gave_keeps_the_host_quiet(folder):
    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        await asyncio.sleep(600.0)
        await world.pose(Pose.SLUMP, HOLD_S + 10.0)
        world.air.come_back()
        await asyncio.sleep(50.0)

    world = world_with(folder)
    live(world, body)
    felt_s = buzzes_s(world)

    assert len(felt_s) >= 1
    assert all(after - before > 45.0 for before, after in pairwise(felt_s))


def test_what_the_clip_buzzed_by_itself_is_in_the_record_as_such(folder):
    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        await world.pose(Pose.SLUMP, HOLD_S + 6.0)
        world.air.come_back()
        await world.pose(Pose.TALL, 30.0)

    world = world_with(folder)
    live(world, body)
    _, events = stored(folder)
    told = [event for event in events if event.kind == "buzz"]
    (felt_s,) = buzzes_s(world)

    assert [event.detail for event in told] == ["nudge alone"]
    assert world.air_s(told[0].time_s) == pytest.approx(felt_s, abs=WITHIN_S)


@pytest.mark.parametrize("frozen_s", [3.0, 10.0, 30.0])
def test_a_host_that_is_frozen_costs_no_buzz_and_doubles_none(folder, frozen_s):
    async def body(world):
        await world.calibrated()
        # The hold is over in the middle of the freeze.
        await world.pose(Pose.SLUMP, HOLD_S - TAKING_UP_S / 2 - frozen_s / 2)
        virtual_time.freeze(frozen_s)
        await asyncio.sleep(25.0)

    world = world_with(folder)
    live(world, body)
    felt_s = buzzes_s(world)

    assert len(felt_s) == 1


def test_a_host_that_was_frozen_has_lost_no_sample(folder):
    async def body(world):
        await world.calibrated()
        virtual_time.freeze(10.0)
        await asyncio.sleep(10.0)

    world = world_with(folder)
    live(world, body)
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        packets = [wire.decode_stream(p) for _, p in store.packets(session)]

    steps = {b.sequence - a.sequence for a, b in pairwise(packets)}
    assert steps == {1}


def started_again(world):
    """The next run of the program, on the same folder."""
    radio = world.monitor._supervisor._radio
    return World(world.folder, world.clip, air=world.air, radio=radio, chance=random.Random(2))


async def killed(world, then):
    """Run a monitor, kill it as a signal does, and go on."""
    running = asyncio.create_task(world.monitor.run())
    await world.monitor.wait_until_streaming()
    await then(world)
    world.air.kill_host()
    world.monitor._end = lambda: None
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def test_a_host_that_was_killed_leaves_the_buzzes_to_the_clip(folder):
    world = world_with(folder)

    async def main():
        async with world.air:
            await killed(world, lambda w: w.calibrated())
            at_s = world.air.now_s
            await world.pose(Pose.SLUMP, HOLD_S + 10.0)
            return at_s

    at_s = virtual_time.run(main())
    (felt_s,) = buzzes_s(world)

    assert HOLD_S < felt_s - at_s < HOLD_S + TAKING_UP_S + LEASE_S + WITHIN_S


def test_the_next_host_takes_over_the_link_that_the_killed_one_left(folder):
    world = world_with(folder)

    async def main():
        async with world.air:
            await killed(world, lambda w: w.calibrated())
            await asyncio.sleep(20.0)
            again = World(
                folder, world.clip, air=world.air, radio=world.monitor._supervisor._radio
            )
            running = asyncio.create_task(again.monitor.run())
            await asyncio.sleep(30.0)
            seen = len(again.watcher.seen)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            return seen

    # Half a minute, and the twenty seconds before it, at 25 a second.
    assert virtual_time.run(main()) > 25 * 40


def test_a_slump_across_a_kill_is_buzzed_once_at_its_hold_and_once_as_it_goes_on(folder):
    world = world_with(folder)

    async def into_a_slump(w):
        await w.calibrated()
        await w.pose(Pose.SLUMP, HOLD_S + 3.0)

    async def main():
        async with world.air:
            await killed(world, into_a_slump)
            await asyncio.sleep(5.0)
            again = World(
                folder, world.clip, air=world.air, radio=world.monitor._supervisor._radio
            )
            running = asyncio.create_task(again.monitor.run())
            await asyncio.sleep(50.0)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    virtual_time.run(main())
    felt_s = buzzes_s(world)

    assert 1 <= len(felt_s) <= 2
    assert all(after - before > 45.0 for before, after in pairwise(felt_s))
