"""``midback scan``: which clips are in range."""

from __future__ import annotations

import argparse
import asyncio

from midback.clip import ClipFound, scan_clips
from midback.errors import ClipNotFound


def run(args: argparse.Namespace) -> int:
    """List the clips in range, the nearest first."""
    clips = _simulated(args.seconds) if args.demo else asyncio.run(scan_clips(args.seconds))
    if not clips:
        raise ClipNotFound(
            f"no clip in range after {args.seconds:.0f} s: switch it on, bring it near, "
            "and see that no phone is connected to it"
        )
    for clip in clips:
        print(f"{clip.device.address}  {clip.name or 'unnamed'}  {clip.rssi_dbm} dBm")
    return 0


def _simulated(seconds: float) -> list[ClipFound]:
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    async def scan() -> list[ClipFound]:
        simulation = Simulation(seed=1)
        async with simulation.day.air:
            return await scan_clips(seconds, simulation.radio)

    return virtual_time.run(scan())
