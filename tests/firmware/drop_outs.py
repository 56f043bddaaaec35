"""The real firmware on a link that drops out again and again, and what came home of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from firmware.rooms import Room, room, until
from monitor.worlds import Watcher

from midback.clip import Clip, find_clip
from midback.link import LINKED
from midback.log_sync import sync_log
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire

EPOCH_TICKS = 100_000

SLACK_TICKS = 5_000
"""An epoch may end half a second late, where a packet does."""

CAUGHT_UP_S = 45.0
"""Finding, connecting, and 300 packets at 15 a second more than are made meanwhile."""


@dataclass(frozen=True, slots=True)
class Home:
    """What came home.

    Attributes:
        sequences: of all stored packets, as stored.
        boots: how many starts of the clip they come from.
        epochs: sequences of the stored records, as stored.
        log: first and next record on the clip at the end.
        uncovered: gaps between stored packets that no records cover, in clip ticks.
        returns_s: how long each return took, from being in range until the stream went on.
    """

    sequences: list[int]
    boots: int
    epochs: list[int]
    log: tuple[int, int]
    uncovered: list[tuple[int, int]]
    returns_s: list[float]

    @property
    def missing(self) -> int:
        """Packets that did not come home."""
        steps = (after - before for before, after in pairwise(sorted(set(self.sequences))))
        return sum(step - 1 for step in steps)

    @property
    def duplicates(self) -> int:
        """Packets and records that are stored twice."""
        twice = len(self.sequences) - len(set(self.sequences))
        return twice + len(self.epochs) - len(set(self.epochs))


async def away_and_back(folder: Path, kind: str, lengths_s: Sequence[float]) -> Home:
    """Wear the clip while it drops out for so long, one after the other.

    Args:
        folder: for everything that is written.
        kind: of bleak backend, see ``rig``.
        lengths_s: how long each drop-out is, in s.
    """
    async with room(folder, kind) as here:
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
        returns_s = [await _drop_out(here, watcher, length_s) for length_s in lengths_s]
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        log = await _brought_home(here, folder / "data")
    return _home(folder / "data", log, returns_s)


async def _drop_out(here: Room, watcher: Watcher, length_s: float) -> float:
    """Be out of range for so long, come back, and wait until all is made good."""
    here.rig.air.go_out_of_range()
    await asyncio.sleep(length_s)
    here.rig.air.come_back()
    loop = asyncio.get_running_loop()
    came_s, seen = loop.time(), len(watcher.seen)
    await until(lambda: len(watcher.seen) > seen and watcher.latest.link in LINKED)
    took_s = loop.time() - came_s
    await asyncio.sleep(CAUGHT_UP_S)
    return took_s


async def _brought_home(here: Room, folder: Path) -> tuple[int, int]:
    """Fetch what the log still holds, as ``midback sync`` does; its first and next record."""
    radio = here.rig.radio
    with Store.open(folder, write=True) as store:
        async with Clip((await find_clip(radio=radio)).device, radio) as clip:
            await sync_log(clip, store, lambda: datetime.now(UTC))
            # The clip brings its status up to date once a second.
            await asyncio.sleep(1.5)
            status = await clip.read_status()
    return status.log_first, status.log_next


def _home(folder: Path, log: tuple[int, int], returns_s: list[float]) -> Home:
    with Store.open(folder, write=False) as store:
        packets = [
            wire.decode_stream(payload)
            for session in store.sessions()
            for _, payload in store.packets(session)
        ]
        records = [
            wire.decode_record(bytes(row[0]))
            for row in store._database.query("SELECT record FROM epoch ORDER BY id")
        ]
    return Home(
        [packet.sequence for packet in packets],
        len({packet.boot for packet in packets}),
        [record.sequence for record in records],
        log,
        [gap for gap in _gaps(packets) if not _covered(gap, records)],
        returns_s,
    )


def _gaps(packets: list[wire.StreamPacket]) -> list[tuple[int, int]]:
    """Stretches of clip ticks between two packets that do not follow on each other."""
    return [
        (before.ticks, after.ticks - after.count * after.period_us // 100)
        for before, after in pairwise(packets)
        if (after.sequence - before.sequence) % wire.SEQUENCE_MODULUS != 1
    ]


def _covered(gap: tuple[int, int], records: list[wire.EpochRecord]) -> bool:
    """Whether records follow each other without a break over the whole gap."""
    at, end = gap
    for record in sorted(records, key=lambda each: each.ticks):
        if record.ticks - EPOCH_TICKS <= at + SLACK_TICKS:
            at = max(at, record.ticks)
    return at >= end
