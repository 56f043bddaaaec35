"""A second clip at the waistband: a lean is not nudged, and without it nothing is missing."""

import asyncio
from datetime import UTC

import numpy as np
import pytest
from monitor.worlds import CALM, STARTED, World, clip_on, live, stored, wearer

from midback.calibration import Pose
from midback.curl import Posture
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.nudge_settings import NudgeSettings
from midback.recording import Store
from midback.roles import Role, WaistClip
from midback.simulated import (
    Activity,
    Air,
    ClipTraits,
    SensorErrors,
    SimulatedClip,
    TwiceWorn,
    plan_of,
)
from midback.watching import Now
from midback.words import State
from midback_analysis.day import read_day
from midback_analysis.recompute import recomputed_day

HOLD_S = 30.0


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "midback"


class Carried(SimulatedClip):
    """A clip that can be carried out of reach on its own."""

    away = False

    def __init__(self, someone):
        traits = ClipTraits(address="C0:5E:00:00:00:02")
        super().__init__(someone, traits, SensorErrors(), seed=1)

    @property
    def on_air(self) -> bool:
        return not self.away and super().on_air


class BothWorld(World):
    """Both clips on one wearer; the one at the waistband is heard first."""

    def __init__(self, folder, **options):
        person = TwiceWorn(plan_of([(Activity.TYPING, 120)]), CALM, seed=1)
        upper, self.waist = clip_on(person, 1), Carried(person.waistband)
        air = Air([self.waist, upper], seed=1)
        super().__init__(folder, upper, air=air, waist=at(self.waist), **options)


def at(clip):
    return WaistClip(clip.traits.address, "serial")


async def calibrated(world):
    await world.monitor.wait_for_waist()
    return await world.calibrated()


async def bowed(world):
    """Leaning for longer than a slump would need to be one."""
    await calibrated(world)
    await world.pose(Pose.BOW, HOLD_S + 5.0)


def sessions(folder, role):
    with Store.open(folder, write=False) as store:
        return store.sessions(role=role)


def test_a_lean_from_the_hips_is_not_nudged_and_the_record_says_why(folder):
    world = live(BothWorld(folder), bowed_and_back)

    assert world.clip.wearer.truth.buzzes == []
    assert world.watcher.of("buzz") == []
    ((_, _, flexion_deg, reason),) = world.watcher.of("buzz_withheld")
    assert reason == "lean"
    assert flexion_deg == pytest.approx(30.0, abs=4.0)
    held, released = world.watcher.of("nudges_held"), world.watcher.of("nudges_released")
    assert [detail for *_, detail in held + released] == ["lean", "lean"]


async def bowed_and_back(world):
    await bowed(world)
    await world.pose(Pose.TALL, 10.0)
    return world


def test_a_slump_is_nudged_as_ever(folder):
    async def body(world):
        await calibrated(world)
        await world.pose(Pose.SLUMP, HOLD_S + 2.0)
        return world.monitor._waist.posture

    world = BothWorld(folder)

    assert live(world, body) is Posture.SLUMP
    assert len(world.watcher.of("buzz")) == 1
    assert world.watcher.of("buzz_withheld") == []


def test_a_lean_that_becomes_a_slump_gets_its_nudge(folder):
    async def body(world):
        await bowed(world)
        before = len(world.watcher.of("buzz"))
        await world.pose(Pose.SLUMP, HOLD_S)
        return before, len(world.watcher.of("buzz"))

    assert live(BothWorld(folder), body) == (0, 1)


def test_while_it_is_known_to_be_a_lean_the_wearer_reads_so(folder):
    async def body(world) -> Now:
        await bowed(world)
        return world.watcher.latest

    now = live(BothWorld(folder), body)

    assert now.state is State.SLUMPED
    assert now.held_by == ("lean",)


def test_the_second_clip_never_buzzes_by_itself(folder):
    async def body(world):
        await bowed(world)
        world.air.out_of_range()
        await asyncio.sleep(120.0)
        return world.waist._motor.buzzes

    assert live(BothWorld(folder), body) == 0


def test_a_lean_is_known_in_time_for_the_shortest_hold(folder):
    async def body(world):
        await calibrated(world)
        await world.pose(Pose.BOW, 10.0)

    world = BothWorld(folder, nudges=NudgeSettings(hold_s=5.0))
    live(world, body)

    assert world.watcher.of("buzz") == []
    assert len(world.watcher.of("buzz_withheld")) == 1


def test_without_the_second_clip_a_lean_is_guessed_and_all_goes_on(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.BOW, HOLD_S + 2.0)

    alone = clip_on(wearer([(Activity.TYPING, 120)]))
    world = World(folder, alone, waist=WaistClip("C0:5E:00:00:00:02", "serial"))
    live(world, body)

    assert [reason for *_, reason in world.watcher.of("buzz_withheld")] == [LOOKS_LIKE_A_LEAN]
    assert sessions(folder, Role.WAIST) == []


def test_a_second_clip_that_falls_silent_leaves_it_to_the_first(folder):
    async def body(world):
        await bowed(world)
        world.waist.away = True
        await asyncio.sleep(15.0)
        return world.watcher.of("nudges_released")

    ((_, _, _, reason),) = live(BothWorld(folder), body)

    assert reason == "lean"


def test_an_upright_of_the_upper_clip_alone_says_nothing_of_leans(folder):
    async def body(world):
        world.waist.away = True
        await asyncio.sleep(15.0)
        await world.calibrated()
        world.waist.away = False
        await world.monitor.wait_for_waist(60.0)
        await world.pose(Pose.BOW, HOLD_S + 2.0)
        return world.watcher

    watcher = live(BothWorld(folder), body)

    assert watcher.of("nudges_held")[-1][3] == LOOKS_LIKE_A_LEAN
    assert any("at the waistband has no upright yet" in notice for notice in watcher.notices)


def test_the_recording_says_which_clip_was_which(folder):
    world = live(BothWorld(folder), bowed_and_back)
    (upper,), (waist,) = sessions(folder, Role.UPPER), sessions(folder, Role.WAIST)

    assert stored(folder)[0] == upper
    assert upper.clip_facts["role"] == "upper"
    assert waist.clip_facts["role"] == "waist"
    assert waist.clip_facts["buzzing"] == "off"
    assert upper.closed
    assert waist.closed
    with Store.open(folder, write=False) as store:
        kinds = [event.kind for event in store.events(waist)]
        seconds = store.seconds(waist)
    assert world.clip.traits.address != world.waist.traits.address
    assert "buzz" not in kinds
    assert kinds.count("calibration") == 1
    # The hinge of 30 degrees.
    assert seconds["flexion_cdeg"].max() == pytest.approx(3000, abs=400)


def test_a_day_has_one_wearing_though_two_clips_were_worn(folder):
    live(BothWorld(folder), bowed_and_back)
    with Store.open(folder, write=False) as store:
        day = read_day(store, STARTED.date(), UTC)
        again = recomputed_day(store, STARTED.date(), UTC)

    (wearing,) = day.wearings
    assert wearing.facts["role"] == "upper"
    assert [event.detail for event in day.events if event.kind == "buzz_withheld"] == ["lean"]
    # What is judged does not depend on the second clip.
    np.testing.assert_array_equal(again.state, day.state)


def test_the_second_clip_goes_along_to_another_context(folder):
    async def body(world):
        await calibrated(world)
        world.monitor.choose("sofa")
        await world.pose(Pose.TALL)
        without = world.monitor._waist._wearing.state
        await world.monitor.calibrate()
        await world.pose(Pose.BOW, HOLD_S + 5.0)
        return without, world.monitor._waist._wearing.context

    world = BothWorld(folder)

    assert live(world, body) == (State.NEW, "sofa")
    assert world.watcher.of("buzz") == []
    assert len(world.watcher.of("buzz_withheld")) == 1


def test_both_clips_learn_the_upright_and_the_wearer_hears_of_it(folder):
    async def body(world):
        await bowed(world)
        return world.watcher.notices

    notices = live(BothWorld(folder), body)
    with Store.open(folder, write=False) as store:
        made = store.calibrations()

    assert len({each.id for each in made}) == len({each.clip_id for each in made}) == 2
    assert (
        "Calibrated: this is your upright now. The clip at the waistband knows your upright, too."
    ) in notices
