"""A bond that one side forgot: what the wearer is told, and that it can be mended.

The real firmware and the real host, on both of bleak's routes.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from firmware.rig.fixtures import KINDS
from firmware.rooms import Room, Told, room, until
from firmware.worlds import BOARD
from monitor.worlds import Watcher

from midback.monitor import Monitor

FORGETS_S = 10.5
"""The button, held for so long, forgets every computer."""

TOLD_S = 120.0
"""Some attempts, some of them with half a minute in between."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the story brought.

    Attributes:
        told: what the wearer read in the end.
        seen_meanwhile: estimates between the forgetting and the mending.
        seen_after: estimates after it.
    """

    told: str
    seen_meanwhile: int
    seen_after: int


async def _told(watcher: Watcher, words: str) -> str:
    await until(lambda: any(words in notice for notice in watcher.notices), TOLD_S)
    return next(notice for notice in watcher.notices if words in notice)


async def _streams_again(watcher: Watcher) -> int:
    seen = len(watcher.seen)
    await until(lambda: len(watcher.seen) > seen + 50, TOLD_S)
    return len(watcher.seen) - seen


async def clip_forgets(here: Room, watcher: Watcher) -> Brought:
    """The wearer holds the button for ten seconds, and later mends it as told."""
    here.rig.clip.set_input(BOARD.button, 0)
    await asyncio.sleep(FORGETS_S)
    here.rig.clip.set_input(BOARD.button, 1)
    await until(lambda: "link_lost" in watcher.kinds, TOLD_S)
    seen = len(watcher.seen)
    told = await _told(watcher, "has forgotten the other")
    meanwhile = len(watcher.seen) - seen
    await _forget_here(here)
    await here.open_pairing()
    return Brought(told, meanwhile, await _streams_again(watcher))


async def computer_forgets(here: Room, watcher: Watcher) -> Brought:
    """Somebody removes the clip in the computer's settings, and later mends it as told."""
    await _forget_here(here)
    here.rig.air.go_out_of_range()
    await until(lambda: "link_lost" in watcher.kinds, TOLD_S)
    here.rig.air.come_back()
    seen = len(watcher.seen)
    told = await _told(watcher, "talks to paired computers only")
    meanwhile = len(watcher.seen) - seen
    await here.open_pairing()
    return Brought(told, meanwhile, await _streams_again(watcher))


async def _forget_here(here: Room) -> None:
    keys = here.rig.host.keystore
    assert keys is not None
    for name, _ in await keys.get_all():
        await keys.delete(name)


def _story(forgets):
    async def story(folder: Path, kind: str) -> Brought:
        async with room(folder, kind) as here:
            watcher = Watcher()
            monitor = Monitor(
                None, radio=here.rig.radio, listeners=[watcher], chance=random.Random(1)
            )
            await here.open_pairing()
            running = asyncio.create_task(monitor.run())
            await monitor.wait_until_streaming()
            await asyncio.sleep(3.0)
            brought = await forgets(here, watcher)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        return brought

    return story


@pytest.fixture(scope="module")
def by_the_clip(tmp_path_factory: pytest.TempPathFactory) -> Told[Brought]:
    return Told(_story(clip_forgets), tmp_path_factory)


@pytest.fixture(scope="module")
def by_the_computer(tmp_path_factory: pytest.TempPathFactory) -> Told[Brought]:
    return Told(_story(computer_forgets), tmp_path_factory)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bond_that_the_clip_forgot_is_told_with_how_to_mend_it(
    by_the_clip: Told[Brought], kind: str
):
    told = by_the_clip.by(kind).told

    assert "remove the clip in the system's Bluetooth settings" in told
    assert "pair anew with 'midback setup'" in told


@pytest.mark.parametrize("kind", KINDS)
def test_a_bond_that_the_computer_forgot_is_told_with_how_to_mend_it(
    by_the_computer: Told[Brought], kind: str
):
    assert "hold its button for 3 s until it buzzes" in by_the_computer.by(kind).told


@pytest.mark.parametrize("kind", KINDS)
def test_until_then_the_clip_tells_nothing(
    by_the_clip: Told[Brought], by_the_computer: Told[Brought], kind: str
):
    assert by_the_clip.by(kind).seen_meanwhile == 0
    assert by_the_computer.by(kind).seen_meanwhile == 0


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_as_told_has_the_stream_again(
    by_the_clip: Told[Brought], by_the_computer: Told[Brought], kind: str
):
    assert by_the_clip.by(kind).seen_after > 50
    assert by_the_computer.by(kind).seen_after > 50
