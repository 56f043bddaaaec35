"""``midback scan``: which clips are in range."""

from __future__ import annotations

import argparse
import asyncio
import sys

from midback.clip import ClipFound, scan_clips
from midback.errors import ClipNotFound


def run(args: argparse.Namespace) -> int:
    """List the clips in range, the nearest first."""
    print(f"Listening for {args.seconds:g} s.", file=sys.stderr, flush=True)
    clips = _simulated(args.seconds) if args.demo else asyncio.run(scan_clips(args.seconds))
    if not clips:
        raise ClipNotFound(
            f"no clip in range after {args.seconds:g} s: switch it on, bring it near, "
            "and see that no phone is connected to it"
        )
    width = max(len(clip.name) for clip in clips)
    for clip in clips:
        print(f"{clip.device.address}  {clip.name or '–':{width}}  {_signal(clip)}")
    return 0


def _simulated(seconds: float) -> list[ClipFound]:
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    async def scan() -> list[ClipFound]:
        simulation = Simulation()
        async with simulation.day.air:
            return await scan_clips(seconds, simulation.radio)

    return virtual_time.run(scan())


def _signal(clip: ClipFound) -> str:
    return "linked to this computer" if clip.rssi_dbm is None else f"{clip.rssi_dbm:4} dBm"
