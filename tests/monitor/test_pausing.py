"""Nudges wait while something asks for it, and the wearer and the store are told."""

import asyncio
from contextlib import suppress

import pytest
from monitor.worlds import World, live, living, stored

from midback.calibration import Pose
from midback.control import ask
from midback.pausing import CALL, PAUSE, QUIET
from midback.simulated import virtual_time
from midback.words import State

HOLD_S = 30.0


def reasons_at(*timeline):
    """A watcher that tells these reasons at these seconds."""

    async def changes():
        before_s = 0.0
        for at_s, reasons in timeline:
            await asyncio.sleep(at_s - before_s)
            before_s = at_s
            yield frozenset(reasons)
        await asyncio.Event().wait()

    return changes


async def slumped(world):
    await world.calibrated()
    await world.pose(Pose.SLUMP, HOLD_S + 2.0)


def test_a_slump_in_a_call_gets_no_buzz_and_the_store_says_why(folder):
    world = World(folder, pauses=reasons_at((0, [CALL])))
    live(world, slumped)
    _, events = stored(folder)

    assert world.clip.wearer.truth.buzzes == []
    assert [
        (e.kind, e.detail) for e in events if e.kind not in ("calibration", "slump_ended")
    ] == [
        ("nudges_held", CALL),
        ("slump_started", ""),
        ("buzz_withheld", CALL),
    ]


def test_after_the_call_a_slump_is_buzzed_again(folder):
    async def body(world):
        await slumped(world)
        await world.pose(Pose.TALL, 5.0)
        await world.pose(Pose.SLUMP, HOLD_S + 2.0)

    world = World(folder, pauses=reasons_at((0, [CALL]), (70, [])))
    live(world, body)

    told = ("nudges_held", "nudges_released", "buzz_withheld", "buzz")
    assert [(kind, why) for _, kind, _, why in world.watcher.events if kind in told] == [
        ("nudges_held", CALL),
        ("buzz_withheld", CALL),
        ("nudges_released", CALL),
        ("buzz", "nudge"),
    ]


def test_views_are_told_of_each_reason_until_it_goes(folder):
    async def body(_):
        await asyncio.sleep(30.0)

    world = World(folder, pauses=reasons_at((5, [CALL]), (10, [CALL, QUIET]), (15, [QUIET])))
    live(world, body)
    held = [now.held_by for now in world.watcher.nows]

    assert list(dict.fromkeys(held)) == [(), (CALL,), (CALL, QUIET), (QUIET,)]


def test_a_pause_by_hand_lasts_until_it_is_ended(folder):
    async def body(world):
        world.monitor.hold(PAUSE)
        world.monitor.hold(PAUSE)
        await slumped(world)
        held = world.watcher.latest.held_by
        world.monitor.release(PAUSE)
        return held, world.watcher.latest.held_by

    world = World(folder)

    assert live(world, body) == ((PAUSE,), ())
    assert len(world.watcher.of("nudges_held")) == len(world.watcher.of("nudges_released")) == 1
    assert world.clip.wearer.truth.buzzes == []


def test_a_pause_from_before_the_clip_was_found_counts(folder):
    world = World(folder)
    world.monitor.hold(CALL)
    world.monitor.hold(PAUSE)
    world.monitor.release(CALL)

    async def body(world):
        await asyncio.sleep(1.0)
        return world.watcher.latest.held_by

    assert live(world, body) == (PAUSE,)


def test_judging_goes_on_during_a_pause(folder):
    world = World(folder, pauses=reasons_at((0, [CALL])))
    live(world, slumped)

    assert world.watcher.state is State.SLUMPED
    assert world.watcher.of("slump_started")


def test_without_a_watcher_only_the_wearer_holds(folder):
    async def body(world):
        await slumped(world)

    world = World(folder)
    live(world, body)

    assert world.watcher.latest.held_by == ()
    assert len(world.clip.wearer.truth.buzzes) == 1


def test_a_watcher_that_has_nobody_to_ask_ends_and_the_monitor_goes_on(folder):
    async def changes():
        return
        yield frozenset()

    async def body(world):
        await asyncio.sleep(10.0)
        return world.watcher.state

    assert live(World(folder, pauses=changes), body) is not State.NO_DATA


@pytest.mark.parametrize("clip_found", [True, False])
def test_another_thread_or_process_can_ask_the_running_monitor(folder, clip_found):
    async def body(_):
        await asyncio.sleep(1.0)
        return await asyncio.to_thread(ask, folder, "status")

    async def nobody_there():
        world = World(folder)
        running = asyncio.create_task(world.monitor.run())
        try:
            await asyncio.sleep(0.2)
            return await asyncio.to_thread(ask, folder, "status")
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    main = living(World(folder), body) if clip_found else nobody_there()
    answer = virtual_time.run(main, speed=1.0)

    assert (answer["now"] is not None) is clip_found


def test_what_does_not_record_cannot_be_asked_and_runs_all_the_same():
    async def body(world):
        await asyncio.sleep(2.0)
        return world.watcher.state

    assert live(World(None), body) is State.NEW
