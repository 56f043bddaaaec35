"""``midback calibrate``: the wearer's own upright, guided in words."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from midback.calibration import PROMPTS, Calibration, Pose
from midback.estimator import Estimate
from midback.monitor import Monitor
from midback.recording import data_folder
from midback.watching import Now
from midback.words import degrees


class _Guide:
    """Says the monitor's guidance, each sentence once; a refusal is said by whoever gets it."""

    def __init__(self) -> None:
        self._said = ""

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Nothing to say about single estimates."""

    def now(self, now: Now) -> None:
        """Say what is new."""
        prompt = next((p for p in PROMPTS.values() if (now.notice or "").startswith(p)), "")
        said = "  Now hold still." if prompt and "hold still" in str(now.notice) else f"{prompt}."
        if prompt and said != self._said:
            print(said, file=sys.stderr, flush=True)
            self._said = said

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Nothing to say about events."""


def run(args: argparse.Namespace) -> int:
    """Guide the wearer through the poses and keep the result with the clip."""
    poses = [Pose.TALL] + [Pose.BOW] * args.bow + [Pose.SLUMP] * args.slump
    folder = data_folder(args.data)
    if not args.demo:
        print("Looking for the clip.", file=sys.stderr, flush=True)
        monitor = Monitor(folder, wanted=args.clip, listeners=[_Guide()])
        _tell(asyncio.run(_calibrated(monitor, poses)))
        return 0
    _tell(_simulated(poses, folder if args.data is not None else None))
    return 0


def _simulated(poses: Sequence[Pose], folder: Path | None) -> Calibration:
    """Calibrate a simulated wearer; kept only where that was asked for by name.

    It must not be taken for the wearer's own.
    """
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    simulation = Simulation()
    guide = _Guide()
    monitor = Monitor(folder, radio=simulation.radio, listeners=[guide], wall=simulation.day.now)

    async def main() -> Calibration:
        async with simulation.day.air:
            return await _calibrated(monitor, poses, simulation.ask)

    return virtual_time.run(main(), speed=4.0)


async def _calibrated(
    monitor: Monitor, poses: Sequence[Pose], prompt: Callable[[Pose], None] | None = None
) -> Calibration:
    wearing = asyncio.create_task(monitor.run())
    streaming = asyncio.create_task(monitor.wait_until_streaming())
    try:
        await asyncio.wait([wearing, streaming], return_when=asyncio.FIRST_COMPLETED)
        if wearing.done():
            await wearing
        return await monitor.calibrate(poses, prompt)
    finally:
        for task in (streaming, wearing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _tell(made: Calibration) -> None:
    print(f"Calibration {made.id}, kept with clip {made.clip_id}.")
    forward = "as you bowed" if made.axis_source == "bow" else "as the clip's print says"
    print(f"Forward is {forward}.")
    if made.span_deg is None:
        print(
            f"Slump line {degrees(made.enter_deg)} forward, the usual one: no slump was recorded."
        )
    elif made.back_enter_deg is not None:
        print(
            f"You slump backward, {degrees(abs(made.span_deg))}: slump lines "
            f"{degrees(made.enter_deg)} forward and {degrees(made.back_enter_deg)} back."
        )
    else:
        print(
            f"From tall to slumped {degrees(made.span_deg)}: "
            f"slump line {degrees(made.enter_deg)} forward."
        )
