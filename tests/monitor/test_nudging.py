"""How a wearing withholds nudges, and what of it survives a restart."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from monitor.worlds import STARTED, World, clip_on, live, living, stored, wearer

from midback.calibration import Pose
from midback.judgement import Change
from midback.nudge_settings import NudgeSettings, QuietHours, settings_of
from midback.recording import Store
from midback.remembered import nudges_since, snoozed_until
from midback.simulated import Air, virtual_time
from midback.slumps import PATTERNS
from midback_analysis.renudged import renudged

SLUMP_S = 33.0
"""A little longer than the hold."""


async def slumped(world):
    await world.calibrated()
    await world.pose(Pose.SLUMP, SLUMP_S)


def nudged(world):
    """Buzzes and why they were withheld, in order."""
    return [detail for _, kind, _, detail in world.watcher.events if kind.startswith("buzz")]


def test_a_slump_in_a_call_is_kept_as_withheld_and_buzzed_once_the_call_ends(folder):
    async def body(world):
        world.monitor.hold("call")
        await slumped(world)
        during = nudged(world), world.watcher.latest.held_by
        world.monitor.release("call")
        await asyncio.sleep(2.0)
        return during

    world = World(folder)
    during = live(world, body)
    _, events = stored(folder)

    assert during == (["call"], ("call",))
    assert nudged(world) == ["call", "nudge"]
    kinds = [event.kind for event in events]
    assert kinds.index("nudges_held") < kinds.index("buzz_withheld") < kinds.index("buzz")
    assert kinds.count("buzz_withheld") == 1


def test_what_was_held_before_a_clip_was_found_is_held_then(folder):
    world = World(folder)
    world.monitor.hold("call")
    world.monitor.hold("asked")
    world.monitor.release("asked")
    live(world, slumped)

    assert nudged(world) == ["call"]


def test_in_quiet_hours_nothing_buzzes(folder):
    begins = STARTED - timedelta(minutes=1)
    hours = QuietHours(time(begins.hour, begins.minute), time((begins.hour + 2) % 24))
    world = World(folder, nudges=NudgeSettings(quiet_hours=hours), zone=UTC)
    live(world, slumped)

    assert nudged(world) == ["quiet hours"]


def test_sitting_up_is_confirmed_by_a_tick_that_is_no_buzz(folder):
    async def body(world):
        await slumped(world)
        await world.pose(Pose.TALL, 3.0)

    world = World(folder, nudges=NudgeSettings(confirm=True))
    live(world, body)

    assert nudged(world) == ["nudge"]
    assert len(world.watcher.of("confirmation")) == 1


def test_an_experiment_keeps_what_was_drawn_for_the_hour(folder):
    plan = NudgeSettings(plan="experiment", plan_started=STARTED.date(), seed=1)
    world = World(folder, nudges=plan, zone=UTC)
    live(world, slumped)
    session, events = stored(folder)
    (block,) = [event for event in events if event.kind == "experiment_block"]

    hours = STARTED.toordinal() * 24 + STARTED.hour
    assert (block.value, block.time_s < 5.0) == (hours, True)
    assert settings_of(session.clip_facts) == plan
    assert session.clip_facts["buzzing"] == "normal, experiment"
    assert not world.watcher.latest.certain


async def a_restless_hour(world):
    """Slumps in a call, in a snooze, in quick succession, and some that the plan leaves out."""
    await world.calibrated()
    world.monitor.hold("call")
    await world.pose(Pose.SLUMP, SLUMP_S)
    world.monitor.release("call")
    await asyncio.sleep(70.0)
    for _ in range(3):
        await world.pose(Pose.TALL, 10.0)
        await world.pose(Pose.SLUMP, SLUMP_S + 20.0)
    world.monitor.snooze(2)
    await world.pose(Pose.TALL, 10.0)
    await world.pose(Pose.SLUMP, 250.0)
    await world.pose(Pose.TALL, 3.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_stored_wearing_decided_anew_gives_what_was_given(folder, seed):
    began = STARTED.date() - timedelta(days=14)
    plan = NudgeSettings(plan="fade", plan_started=began, seed=seed, confirm=True)
    live(World(folder, nudges=plan, zone=UTC), a_restless_hour)
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        events = store.events(session)
        slumps = [Change(*event_of(e)) for e in events if e.kind.startswith("slump_")]
        anew = renudged(store, session, slumps, UTC)
        others = renudged(store, session, slumps, UTC, NudgeSettings())

    kinds = {"buzz", "buzz_withheld", "confirmation"}
    then = [(e.time_s, e.detail or "tick") for e in events if e.kind in kinds]
    now = [(d.time_s, d.reason or PATTERNS[d.pattern or 0]) for d in anew]
    assert [what for _, what in now] == [what for _, what in then]
    # A packet is a fifth of a second, and what is asked for falls between two.
    assert all(abs(a - b) < 0.5 for (a, _), (b, _) in zip(now, then, strict=True))
    assert len(then) > 5
    assert "plan" not in [decision.reason for decision in others]


def event_of(event):
    return event.time_s, event.kind, event.value, event.detail


# A restart


def runs(folder, *bodies, between_s=60.0, **options):
    """The program runs once for each body, each time with another clip."""

    async def main():
        worlds = []
        air = Air([clip_on(wearer(), number) for number in range(1, len(bodies) + 1)], seed=1)
        async with air:
            for number, body in enumerate(bodies):
                wanted = f"C0:5E:00:00:00:{number + 1:02X}"
                world = World(folder, air.clips[number], air=air, wanted=wanted, **options)
                running = asyncio.create_task(world.monitor.run())
                await world.monitor.wait_until_streaming()
                await body(world)
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
                worlds.append(world)
                await asyncio.sleep(between_s)
        return worlds

    return virtual_time.run(main())


async def a_while(world):
    del world
    await asyncio.sleep(5.0)


async def snoozing(world):
    world.monitor.snooze(15)
    await asyncio.sleep(5.0)


async def ending_it(world):
    world.monitor.snooze(0)
    await asyncio.sleep(5.0)


def test_a_snooze_survives_a_restart_and_ends_when_it_would_have(folder):
    first, second, third = runs(folder, snoozing, slumped, a_while)
    until = first.watcher.latest.snoozed_until

    assert nudged(second) == ["snooze"]
    for later in (second, third):
        told = later.watcher.latest.snoozed_until
        assert abs((told - until).total_seconds()) < 1.0
        assert [detail for *_, detail in later.watcher.of("snooze")] == ["kept"]


def test_a_snooze_that_has_passed_is_gone(folder):
    _, second = runs(folder, snoozing, slumped, between_s=900.0)

    assert nudged(second) == ["nudge"]
    assert second.watcher.of("snooze") == []


def test_a_snooze_that_was_taken_back_stays_so(folder):
    *_, last = runs(folder, snoozing, ending_it, slumped, between_s=30.0)

    assert nudged(last) == ["nudge"]


def asking_first(folder, minutes, body):
    """A run in which the wearer asks for a snooze before a clip is found."""
    world = World(folder)

    async def main():
        world.monitor.snooze(minutes)
        await living(world, body)

    virtual_time.run(main())
    return world


def test_a_snooze_asked_for_before_a_clip_was_found_counts(folder):
    assert nudged(asking_first(folder, 15, slumped)) == ["snooze"]


def test_a_snooze_taken_back_before_a_clip_was_found_stays_so(folder):
    runs(folder, snoozing, between_s=30.0)
    asking_first(folder, 0, a_while)
    with Store.open(folder, write=False) as store:
        last = store.sessions()[-1]

        assert [e.value for e in store.events(last) if e.kind == "snooze"] == [0.0]
        assert snoozed_until(store, last.started + timedelta(seconds=30)) is None


def test_the_daily_cap_counts_what_was_given_before_the_restart(folder):
    first, second = runs(folder, slumped, slumped, nudges=NudgeSettings(daily_cap=1), zone=UTC)

    assert nudged(first) == ["nudge"]
    assert nudged(second) == ["daily cap"]


def test_nudges_keep_their_distance_over_a_restart(folder):
    _, second = runs(folder, slumped, slumped, between_s=1.0)

    assert nudged(second)[0] == "too soon"


def test_what_is_remembered_is_on_the_wall_clock(folder):
    runs(folder, slumped, snoozing)
    with Store.open(folder, write=False) as store:
        first, second = store.sessions()
        buzz = next(event for event in store.events(first) if event.kind == "buzz")
        (given,) = nudges_since(store, STARTED)
        asked = next(event for event in store.events(second) if event.kind == "snooze")
        begun = datetime.fromtimestamp(float(store.utc_of(second)(asked.time_s)), UTC)

        assert (given - first.started).total_seconds() == pytest.approx(buzz.time_s, abs=0.1)
        assert nudges_since(store, given + timedelta(seconds=1)) == []
        assert snoozed_until(store, begun + timedelta(minutes=14)) == begun + timedelta(minutes=15)
        assert snoozed_until(store, begun + timedelta(minutes=15)) is None
