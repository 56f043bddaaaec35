"""The real firmware on a link that drops out again and again, and what came home of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firmware.rooms import Room, room, until
from monitor.drop_outs import CAUGHT_UP_S, Away, Home, came_home
from monitor.worlds import Watcher

from midback.clip import Clip, find_clip
from midback.link import LINKED
from midback.log_sync import sync_log
from midback.monitor import Monitor
from midback.recording import Store


@dataclass(frozen=True, slots=True)
class Worn:
    """A wearing with drop-outs.

    Attributes:
        home: what came home.
        log: first and next record on the clip in the end.
        returns_s: how long each return took, from being in range until the stream went on;
            of those that were not cut short by the next drop-out.
    """

    home: Home
    log: tuple[int, int]
    returns_s: list[float]


def one_by_one(lengths_s: Sequence[float], begin_s: float) -> list[Away]:
    """Drop-outs of these lengths, each made good before the next."""
    some: list[Away] = []
    for length_s in lengths_s:
        some.append(Away(begin_s, begin_s + length_s))
        begin_s += length_s + CAUGHT_UP_S + 5.0
    return some


async def away_and_back(folder: Path, kind: str, plan: Callable[[float], Sequence[Away]]) -> Worn:
    """Wear the clip while it drops out.

    Args:
        folder: for everything that is written.
        kind: of bleak backend, see ``rig``.
        plan: the drop-outs, from when on there may be some.
    """
    async with room(folder, kind, minutes=24 * 60) as here:
        watcher = Watcher()
        monitor = Monitor(
            folder / "data",
            radio=here.rig.radio,
            listeners=[watcher],
            chance=random.Random(1),
        )
        await here.open_pairing()
        running = asyncio.create_task(monitor.run())
        await monitor.wait_until_streaming()
        await monitor.calibrate()
        # Who holds a pose for ten minutes is taken for a table.
        here.ask("free")
        some = plan(here.rig.clip.now_s + 15.0)
        returns_s = await _drop_out(here, watcher, some)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        log = await _fetched(here, folder / "data")
    return Worn(came_home(folder / "data", some, log[0]), log, returns_s)


async def _drop_out(here: Room, watcher: Watcher, some: Sequence[Away]) -> list[float]:
    clip, returns_s = here.rig.clip, list[float]()
    for number, away in enumerate(some):
        await asyncio.sleep(away.start_s - clip.now_s)
        here.rig.air.go_out_of_range()
        await asyncio.sleep(away.end_s - clip.now_s)
        here.rig.air.come_back()
        following_s = some[number + 1].start_s if number + 1 < len(some) else float("inf")
        if following_s - away.end_s > CAUGHT_UP_S:
            returns_s.append(await _returned(here, watcher))
            watcher.forget()
    await asyncio.sleep(CAUGHT_UP_S)
    return returns_s


async def _returned(here: Room, watcher: Watcher) -> float:
    came_s, seen = here.rig.clip.now_s, len(watcher.seen)
    await until(lambda: len(watcher.seen) > seen and watcher.latest.link in LINKED)
    return here.rig.clip.now_s - came_s


async def _fetched(here: Room, folder: Path) -> tuple[int, int]:
    """Fetch what the log still holds, as ``midback sync`` does; its first and next record."""
    radio = here.rig.radio
    with Store.open(folder, write=True) as store:
        async with Clip((await find_clip(radio=radio)).device, radio) as clip:
            await sync_log(clip, store, lambda: datetime.now(UTC))
            # The clip brings its status up to date once a second.
            await asyncio.sleep(1.5)
            status = await clip.read_status()
    return status.log_first, status.log_next
