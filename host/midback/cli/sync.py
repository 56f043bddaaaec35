"""``midback sync``: bring home what the clip recorded by itself, without a window."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from midback.cli.others import telling_who_has_it
from midback.clip import Clip, find_clip
from midback.log_sync import Synced, sync_log
from midback.recording import Store, data_folder
from midback.roles import waist_clip
from midback.shared import wire
from midback.words import LOOKING, duration


def run(args: argparse.Namespace) -> int:
    """Read the clip's log, keep it, and have the clip forget it."""
    folder = data_folder(args.data)
    print(LOOKING, file=sys.stderr, flush=True)
    with telling_who_has_it(folder):
        synced = asyncio.run(_synced(folder, args.clip))
    _tell(synced)
    return 0


async def _synced(folder: Path, wanted: str | None) -> Synced:
    # First, because somebody else who records brings the log home as well.
    with Store.open(folder, write=True) as store:
        # What the one at the waistband kept is nothing of the upper back.
        waist = waist_clip(folder, wanted)
        found = await find_clip(wanted, unwanted=[waist.address] if waist is not None else ())
        async with Clip(found.device) as clip:
            now = datetime.now(UTC)
            await clip.command(wire.OP_SET_TIME, round(1000 * now.timestamp()))
            return await sync_log(clip, store, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(synced: Synced) -> None:
    if not synced.records:
        print("The clip has recorded nothing by itself since the last time.")
        return
    brought = duration(wire.EPOCH_S * synced.new)
    print(
        f"{synced.records} records of ten seconds came from the clip, {synced.new} of them new "
        f"({brought}): 'midback day' counts them where nothing better is there."
    )
