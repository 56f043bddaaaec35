"""A program that ends, or is killed, and starts again: the next wearing takes up the rest."""

import asyncio
from contextlib import suppress
from datetime import UTC
from itertools import pairwise

import numpy as np
import pytest
from monitor.worlds import STARTED, World, clip_on, wearer

from midback.calibration import Pose
from midback.recording import Store
from midback.shared import wire
from midback.simulated import Air, virtual_time
from midback.words import State
from midback_analysis.day import read_day
from midback_analysis.recompute import recomputed_day

CAUGHT_UP_S = 30.0
"""300 packets at 20 a second, while five more a second come in."""

SAME_TIME_S = 0.02
"""How well clip and host agree."""


async def wear(folder, air, seconds, *, calibrate=False, killed=False):
    """One run of the program, for so long."""
    world = World(folder, air.clips[0], air=air)
    running = asyncio.create_task(world.monitor.run())
    streaming = asyncio.create_task(world.monitor.wait_until_streaming())
    await asyncio.wait([running, streaming], return_when=asyncio.FIRST_COMPLETED)
    if calibrate:
        await world.calibrated()
    await asyncio.sleep(seconds)
    if killed:
        # What is on disk then is what the last commit left.
        world.monitor._end = lambda: None
    running.cancel()
    streaming.cancel()
    for task in (running, streaming):
        with suppress(asyncio.CancelledError):
            await task
    return world


def twice(folder, between_s, *, killed, seconds=60.0):
    """The program runs, ends, and runs again after a while."""
    clip = clip_on(wearer())

    async def main():
        air = Air([clip], seed=1)
        async with air:
            first = await wear(folder, air, 30.0, calibrate=True, killed=killed)
            await asyncio.sleep(between_s)
            second = await wear(folder, air, seconds)
            return first, second

    return virtual_time.run(main())


def all_packets(folder):
    with Store.open(folder, write=False) as store:
        return [
            wire.decode_stream(payload)
            for session in store.sessions()
            for _, payload in store.packets(session)
        ]


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("between_s", [0.5, 20.0, 55.0])
def test_a_program_that_starts_again_within_a_minute_misses_nothing(folder, between_s, killed):
    twice(folder, between_s, killed=killed)
    sequences = [packet.sequence for packet in all_packets(folder)]

    assert {after - before for before, after in pairwise(sequences)} == {1}


def test_after_hours_it_begins_with_what_the_clip_measures_now(folder):
    twice(folder, 7200.0, killed=False)
    with Store.open(folder, write=False) as store:
        first_session, second_session = store.sessions()

    ended_s = first_session.started.timestamp() + first_session.duration_s
    assert second_session.started.timestamp() - ended_s > 7190.0


@pytest.fixture(scope="module")
def resumed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resumed") / "data"
    _, second = twice(folder, 40.0, killed=True)
    return folder, second


def test_what_the_clip_kept_is_placed_where_it_belongs(resumed):
    _, second = resumed
    sampled_s = [second.air_s(e.time_s) for e in second.watcher.seen]
    # The clip took these samples 40 ms apart; its clock began with the air.
    steps = np.diff(sampled_s)

    # A packet that came faster than all before it moves what follows, by less than they agree.
    assert steps.min() > 0.04 - SAME_TIME_S
    assert steps.max() < 0.04 + SAME_TIME_S
    # What came in time at the end says where the late beginning belongs.
    from_the_end = sampled_s[-1] - 0.04 * np.arange(len(sampled_s))[::-1]
    assert np.abs(np.array(sampled_s) - from_the_end).max() < SAME_TIME_S


def test_the_wearing_begins_where_the_last_one_ended(resumed):
    folder, _ = resumed
    with Store.open(folder, write=False) as store:
        first, second = store.sessions()
        before = store.utc_of(first)(max(time_s for time_s, _ in store.packets(first)))

    assert second.started.timestamp() == pytest.approx(float(before), abs=3.0)


def test_a_recomputed_day_places_it_there_as_well(folder):
    twice(folder, 40.0, killed=False)
    with Store.open(folder, write=False) as store:
        live = read_day(store, STARTED.date(), UTC)
        again = recomputed_day(store, STARTED.date(), UTC)

    np.testing.assert_array_equal(live.state, again.state)
    np.testing.assert_allclose(live.flexion_deg, again.flexion_deg, atol=0.01, equal_nan=True)


def test_a_slump_while_nobody_recorded_is_in_the_record(folder):
    clip = clip_on(wearer())

    async def main():
        air = Air([clip], seed=1)
        async with air:
            first = await wear(folder, air, 5.0, calibrate=True)
            first.ask(Pose.SLUMP)
            await asyncio.sleep(45.0)
            first.ask(Pose.TALL)
            await asyncio.sleep(5.0)
            return await wear(folder, air, 40.0)

    second = virtual_time.run(main())

    assert State.SLUMPED in {e.state for e in second.watcher.seen}
    assert second.watcher.kinds.count("slump_started") == 1


def test_another_process_that_ends_the_same_wearing_is_no_trouble(folder):
    # Three runs, each taking up what the last left, add up to one unbroken row of packets.
    clip = clip_on(wearer())

    async def main():
        air = Air([clip], seed=1)
        async with air:
            await wear(folder, air, 10.0, calibrate=True, killed=True)
            for _ in range(2):
                await asyncio.sleep(10.0)
                await wear(folder, air, 15.0, killed=True)

    virtual_time.run(main())
    sequences = [packet.sequence for packet in all_packets(folder)]

    assert {after - before for before, after in pairwise(sequences)} == {1}
