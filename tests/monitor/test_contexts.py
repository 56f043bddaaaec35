"""Sitting and standing have uprights of their own; without one nothing is judged."""

import asyncio

import pytest
from monitor.worlds import SETTLE_S, World, live, stored

from midback.calibration import Pose
from midback.recording import Store, calibration_changes
from midback.words import State


async def at_a_second_place(world):
    """Calibrate at the desk, then say that one stands."""
    await world.calibrated()
    world.monitor.choose("standing desk")
    await asyncio.sleep(SETTLE_S)


def test_a_context_without_an_upright_is_not_judged_and_says_what_to_do(folder):
    async def body(world):
        await at_a_second_place(world)
        return world.watcher.latest

    now = live(world := World(folder), body)

    assert (now.state, now.context, now.flexion_deg) == (State.NEW, "standing desk", None)
    assert now.notice == "No upright is known at the standing desk: stand tall, then calibrate."
    assert world.watcher.of("context")[0][2:] == (None, "- standing desk")


def test_each_context_is_judged_by_its_own_upright(folder):
    async def body(world):
        await at_a_second_place(world)
        await world.pose(Pose.BOW)
        await world.monitor.calibrate()
        # Thirty degrees forward: upright here, and a slump at the desk.
        await asyncio.sleep(SETTLE_S)
        here = world.watcher.latest
        world.monitor.choose("desk")
        await asyncio.sleep(SETTLE_S)
        there = world.watcher.latest
        world.monitor.choose("Standing  desk")
        await asyncio.sleep(SETTLE_S)
        return here, there, world.watcher.latest

    here, there, back = live(World(folder), body)

    assert (here.state, here.flexion_deg) == (State.UPRIGHT, pytest.approx(0.0, abs=2.0))
    assert (there.state, there.flexion_deg) == (State.LEANING, pytest.approx(30.0, abs=5.0))
    assert (back.state, back.context) == (State.UPRIGHT, "standing desk")


def test_how_one_tilted_elsewhere_says_nothing_of_leaning_here(folder):
    async def body(world):
        await at_a_second_place(world)
        await world.pose(Pose.BOW)
        await world.monitor.calibrate()
        await world.pose(Pose.TALL)
        world.monitor.choose("desk")
        await asyncio.sleep(SETTLE_S)
        return world.watcher.latest.flexion_deg, world.monitor.wearing._leans.hinge_deg

    # Tall here; thirty degrees back there, which looks like sitting back.
    assert live(World(folder), body) == pytest.approx((0.0, 0.0), abs=2.0)


def test_a_calibration_belongs_to_the_context_it_was_made_in(folder):
    async def body(world):
        await at_a_second_place(world)
        await world.monitor.calibrate()
        return await world.monitor.calibrate(context="sofa")

    live(World(folder), body)
    with Store.open(folder, write=False) as store:
        made = store.contexts("000001")

    assert sorted(made) == ["desk", "sofa", "standing desk"]
    _, events = stored(folder)
    used = [name for _, name in calibration_changes(events)]
    assert used == [made["desk"].id, None, made["standing desk"].id, made["sofa"].id]


def test_the_contexts_follow_each_other_in_a_ring(folder):
    async def body(world):
        await world.calibrated()
        seen = []
        for _ in range(4):
            world.monitor.choose_next()
            await asyncio.sleep(1.0)
            seen.append(world.watcher.latest.context)
        return seen

    assert live(World(folder), body) == ["standing desk", "sofa", "desk", "standing desk"]


def test_the_next_wearing_begins_where_the_last_one_was(folder):
    live(World(folder), at_a_second_place)

    async def body(world):
        await asyncio.sleep(SETTLE_S)
        return world.watcher.latest

    now = live(World(folder), body)

    assert (now.context, now.state) == ("standing desk", State.NEW)


def test_a_name_that_is_none_changes_nothing(folder):
    async def body(world):
        await world.calibrated()
        with pytest.raises(ValueError, match="no name for a context"):
            world.monitor.choose("///")
        return world.watcher.latest.context

    assert live(World(folder), body) == "desk"


def test_a_slump_under_way_ends_with_the_context(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.SLUMP)
        await asyncio.sleep(45.0)
        assert world.watcher.state is State.SLUMPED
        world.monitor.choose("sofa")
        return world.watcher.of("slump_ended")

    ((_, _, _, how),) = live(World(folder), body)

    assert how == "end"


async def at_two_places(world):
    """With an upright at the desk and, tipped thirty degrees, on the sofa; now at the desk."""
    await world.calibrated()
    await world.pose(Pose.BOW)
    await world.monitor.calibrate(context="sofa")
    world.monitor.choose("desk")
    await world.pose(Pose.TALL)
    return world


def test_the_clips_button_goes_to_the_next_context_and_the_host_follows(folder):
    async def body(world):
        await at_two_places(world)
        world.clip.press_button(3)
        await asyncio.sleep(5.0)
        there = world.watcher.latest.context
        world.clip.press_button(3)
        await asyncio.sleep(5.0)
        return there, world.watcher.latest.context

    assert live(World(folder), body) == ("sofa", "desk")


def test_the_clip_follows_the_host(folder):
    async def body(world):
        await at_two_places(world)
        await asyncio.sleep(5.0)
        before = world.clip.flash.contexts.slot
        world.monitor.choose("sofa")
        await asyncio.sleep(5.0)
        return before, world.clip.flash.contexts.slot, world.watcher.latest.context

    assert live(World(folder), body) == (0, 1, "sofa")


def test_who_went_elsewhere_by_the_button_while_the_host_was_away_is_found_there(folder):
    async def body(world):
        await at_two_places(world)
        await asyncio.sleep(5.0)
        world.air.out_of_range()
        await asyncio.sleep(20.0)
        world.clip.press_button(3)
        world.air.come_back()
        await asyncio.sleep(30.0)
        return world.watcher.latest.context

    assert live(World(folder), body) == "sofa"


def test_who_told_the_host_while_the_clip_was_away_is_not_overruled(folder):
    async def body(world):
        await at_two_places(world)
        await asyncio.sleep(5.0)
        world.air.out_of_range()
        await asyncio.sleep(20.0)
        world.monitor.choose("sofa")
        world.air.come_back()
        await asyncio.sleep(30.0)
        return world.watcher.latest.context, world.clip.flash.contexts.slot

    assert live(World(folder), body) == ("sofa", 1)
