"""One posture for half an hour gets a gentle word, however upright it is."""

import asyncio

import pytest
from monitor.worlds import World, live

from midback.shared import wire

HALF_AN_HOUR_S = 1800.0
CERTAIN_S = 60.0
"""That a posture lasted is known a little later."""


async def still(world):
    await world.calibrated()
    await asyncio.sleep(HALF_AN_HOUR_S + CERTAIN_S)
    return world


def test_after_half_an_hour_it_is_time_for_another_posture(folder, patterns):
    world = live(World(folder), still)
    ((at_s, _, minutes, _),) = world.watcher.of("move")

    assert minutes == pytest.approx(30.0, abs=1.0)
    assert at_s == pytest.approx(HALF_AN_HOUR_S, abs=CERTAIN_S)
    assert "Time for another posture." in world.watcher.notices
    assert patterns == [wire.PATTERN_TICK]


def test_while_buzzes_rest_nothing_is_said(folder, patterns):
    async def body(world):
        await world.calibrated()
        world.monitor.snooze(60)
        await asyncio.sleep(HALF_AN_HOUR_S + CERTAIN_S)
        return world

    world = live(World(folder), body)

    assert (world.watcher.of("move"), patterns) == ([], [])


def test_how_long_one_posture_lasts_can_be_followed(folder):
    async def body(world):
        await world.calibrated()
        await asyncio.sleep(600)
        return world.watcher.latest.same_s

    assert live(World(folder), body) == pytest.approx(605, abs=30)
