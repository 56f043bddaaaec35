"""The real firmware when its host walks away, is frozen or is killed: every buzz comes, once.

On both of bleak's routes, with the real host.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from firmware.rig.fixtures import KINDS
from firmware.rooms import Room, Told, room
from monitor.worlds import Watcher

from midback.lease import LEASE_S
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire

HOLD_S = 30.0
TAKEN_UP_S = 4.0
"""Until the pose is taken up, past the line, and a packet of it was judged."""

AGAIN_S = 60.0
"""A slump that goes on gets one stronger buzz so long after the first."""

PATTERN_S = 1.5
"""The pulses of one pattern lie within."""

Scene = Callable[[Room, "Host"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a scene brought.

    Attributes:
        buzzes_s: when a pattern began, in s after the wearer was asked to slump.
        sequences: of the stored packets.
    """

    buzzes_s: list[float]
    sequences: list[int]


class Host:
    """The program, which can be killed and started again."""

    def __init__(self, here: Room, folder: Path) -> None:
        self._here = here
        self._folder = folder
        self._running: asyncio.Task[None] | None = None
        self.watcher = Watcher()
        self.asked_s = 0.0

    async def start(self) -> Monitor:
        """Run until packets arrive."""
        monitor = Monitor(
            self._folder,
            radio=self._here.rig.radio,
            listeners=[self.watcher],
            chance=random.Random(1),
        )
        self._monitor = monitor
        self._running = asyncio.create_task(monitor.run())
        await monitor.wait_until_streaming()
        return monitor

    async def stop(self) -> None:
        """End as a program does that is closed."""
        assert self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def kill(self) -> None:
        """End as a program does that is killed: the system keeps its link."""
        self._here.rig.computer.kill_programs()
        self._monitor._end = lambda: None
        await self.stop()

    def slump(self) -> None:
        """The wearer slumps, and stays so."""
        self._here.ask("slump")
        self.asked_s = asyncio.get_running_loop().time()


async def walks_away(here: Room, host: Host) -> None:
    here.rig.air.go_out_of_range()
    host.slump()
    await asyncio.sleep(HOLD_S + 15.0)
    here.rig.air.come_back()
    await asyncio.sleep(40.0)


async def is_frozen(here: Room, host: Host) -> None:
    host.slump()
    # The hold is over in the middle of ten seconds in which nothing reaches the program.
    await asyncio.sleep(HOLD_S + TAKEN_UP_S / 2 - 5.0)
    here.rig.system.stall()
    await asyncio.sleep(10.0)
    here.rig.system.go_on()
    await asyncio.sleep(30.0)


async def is_killed(_: Room, host: Host) -> None:
    await host.kill()
    host.slump()
    await asyncio.sleep(HOLD_S + 12.0)
    await host.start()
    await asyncio.sleep(35.0)


SCENES = {"walks away": walks_away, "is frozen": is_frozen, "is killed": is_killed}


def _story(scene: Scene) -> Callable[[Path, str], Coroutine[Any, Any, Brought]]:
    async def story(folder: Path, kind: str) -> Brought:
        async with room(folder, kind) as here:
            host = Host(here, folder / "data")
            await here.open_pairing()
            monitor = await host.start()
            await monitor.calibrate()
            await asyncio.sleep(5.0)
            felt = len(here.buzzes)
            await scene(here, host)
            await host.stop()
            pulses_s = [pulse_s - host.asked_s for pulse_s in here.buzzes[felt:]]
        return Brought(_patterns(pulses_s), _sequences(folder / "data"))

    return story


def _patterns(pulses_s: list[float]) -> list[float]:
    firsts = [b for a, b in pairwise([-10.0, *pulses_s]) if b - a > PATTERN_S]
    return [at_s for at_s in firsts if at_s > 0.0]


def _sequences(folder: Path) -> list[int]:
    with Store.open(folder, write=False) as store:
        return [
            wire.decode_stream(payload).sequence
            for session in store.sessions()
            for _, payload in store.packets(session)
        ]


@pytest.fixture(scope="module", params=SCENES)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Told[Brought]:
    return Told(_story(SCENES[request.param]), tmp_path_factory)


@pytest.mark.parametrize("kind", KINDS)
def test_the_slump_is_buzzed_within_lease_and_hold(told: Told[Brought], kind: str):
    first_s = told.by(kind).buzzes_s[0]

    assert HOLD_S < first_s < HOLD_S + TAKEN_UP_S + LEASE_S


@pytest.mark.parametrize("kind", KINDS)
def test_no_buzz_is_given_twice(told: Told[Brought], kind: str):
    gaps_s = [after - before for before, after in pairwise(told.by(kind).buzzes_s)]

    assert all(gap_s > AGAIN_S - 10.0 for gap_s in gaps_s)


@pytest.mark.parametrize("kind", KINDS)
def test_no_packet_is_missing_and_none_is_there_twice(told: Told[Brought], kind: str):
    sequences = told.by(kind).sequences

    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
