"""``midback alone``: a clip without radio, which buzzes by its own judgement."""

from __future__ import annotations

import argparse
import asyncio
import sys

from midback.cli.others import telling_who_has_it
from midback.clip import Clip, find_clip
from midback.recording import data_folder
from midback.words import LOOKING

_SAID = {
    "on": (
        "From a minute after this the clip is off the air and judges by itself.  Hold its button "
        "for 3 s to reach it again."
    ),
    "off": "The clip stays on the air.",
}


def run(args: argparse.Namespace) -> int:
    """Tell the clip, which remembers it over power-offs."""
    print(LOOKING, file=sys.stderr, flush=True)
    with telling_who_has_it(data_folder()):
        calibrated = asyncio.run(_tell(args.clip, alone=args.setting == "on"))
    print(_SAID[args.setting])
    if not calibrated and args.setting == "on":
        print("It does not know your upright yet, and cannot judge: 'midback calibrate' first.")
    return 0


async def _tell(wanted: str | None, *, alone: bool) -> bool:
    """Whether the clip knows its wearer's upright."""
    found = await find_clip(wanted)
    async with Clip(found.device) as clip:
        await clip.stay_alone(alone)
        return clip.calibrated
