"""Brings the clip's ten-second records to this computer, and lets the clip forget them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from midback.clip import Clip
from midback.shared import wire

_log = logging.getLogger(__name__)

_BATCH = 32 * wire.MAX_RECORDS
"""Records kept in one go; the clip is told to forget them right after."""


class EpochKeeper(Protocol):
    """Where records are kept; ``recording.Store`` is one."""

    def save_epochs(
        self, clip_id: str, records: Sequence[wire.EpochRecord], received: datetime
    ) -> int:
        """Keep records for good; return how many were new."""
        ...

    def mark_clip_time(self, clip_id: str, boot: int, ticks: int, wall: datetime) -> None:
        """Keep what time it was at these ticks of the clip."""
        ...


class Synced(NamedTuple):
    """What a synchronisation brought: records in all, and those that were new."""

    records: int
    new: int


async def sync_log(clip: Clip, keeper: EpochKeeper, wall: Callable[[], datetime]) -> Synced:
    """Read the clip's log to its end, keep it, and have the clip forget it.

    What was kept stays kept when the link ends half-way.

    Args:
        clip: a connected clip.
        keeper: keeps the records before the clip forgets them.
        wall: gives the wall time now, UTC.

    Raises:
        ClipError: the link ended, or the clip cannot.
        DataError: the records cannot be kept; then the clip keeps them.
    """
    status = await clip.read_status()
    if status.log_first == status.log_next:
        return Synced(0, 0)
    total = new = 0
    waiting: list[wire.EpochRecord] = []
    async for page in clip.log_pages(status.log_first, status.log_next):
        ago_s = asyncio.get_running_loop().time() - page.arrival_s
        keeper.mark_clip_time(clip.id, page.boot, page.ticks, wall() - timedelta(seconds=ago_s))
        waiting += page.records
        total += len(page.records)
        if len(waiting) >= _BATCH:
            new += await _kept(clip, keeper, waiting, wall())
            waiting = []
    if waiting:
        new += await _kept(clip, keeper, waiting, wall())
    _log.info("read %d records of the clip's log, %d of them new", total, new)
    return Synced(total, new)


async def _kept(
    clip: Clip, keeper: EpochKeeper, records: list[wire.EpochRecord], received: datetime
) -> int:
    new = keeper.save_epochs(clip.id, records, received)
    await clip.trim_log(records[-1].sequence + 1)
    return new
