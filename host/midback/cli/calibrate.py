"""``midback calibrate``: the wearer's own upright, guided in words."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from midback.calibration import CONTEXTS, Calibration, Pose, prompt
from midback.cli.others import telling_who_has_it
from midback.estimator import Estimate
from midback.monitor import Monitor
from midback.recording import data_folder
from midback.roles import waist_clip
from midback.settings import read_settings
from midback.watching import Now
from midback.words import LOOKING, degrees

_LOOK_S = 0.5
_PROMPTS = [prompt(pose, context) for pose in Pose for context in CONTEXTS]


class Guide:
    """Says the monitor's guidance, each sentence once; a refusal is said by whoever gets it.

    Args:
        say: takes each sentence.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = ""

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Nothing to say about single estimates."""

    def now(self, now: Now) -> None:
        """Say what is new."""
        asked = next((p for p in _PROMPTS if (now.notice or "").startswith(p)), "")
        said = "  Now hold still." if asked and "hold still" in str(now.notice) else f"{asked}."
        if asked and said != self._said:
            self._say(said)
            self._said = said

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Nothing to say about events."""


def run(args: argparse.Namespace) -> int:
    """Guide the wearer through the poses and keep the result with the clip."""
    poses = [Pose.TALL] + [Pose.BOW] * args.bow + [Pose.SLUMP] * args.slump
    folder = data_folder(args.data)
    if not args.demo:
        _say(LOOKING)
        monitor = Monitor(
            folder,
            wanted=args.clip,
            listeners=[Guide(_say)],
            nudges=read_settings(folder).nudges,
            waist=waist_clip(folder, args.clip),
        )
        with telling_who_has_it(folder):
            made = asyncio.run(
                calibrated(monitor, poses, context=args.context, confirm=_at_the_terminal)
            )
    else:
        made = _simulated(poses, folder if args.data is not None else None, args.context)
    print("\n".join(told(made)))
    return 0


def _simulated(poses: Sequence[Pose], folder: Path | None, context: str | None) -> Calibration:
    """Calibrate a simulated wearer; kept only where that was asked for by name.

    It must not be taken for the wearer's own.
    """
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    simulation = Simulation()
    guide = Guide(_say)
    monitor = Monitor(folder, radio=simulation.radio, listeners=[guide], wall=simulation.day.now)

    async def main() -> Calibration:
        async with simulation.day.air:
            return await calibrated(monitor, poses, simulation.ask, context)

    return virtual_time.run(main(), speed=4.0)


async def calibrated(
    monitor: Monitor,
    poses: Sequence[Pose],
    ask: Callable[[Pose], None] | None = None,
    context: str | None = None,
    confirm: Callable[[str], bool] | None = None,
) -> Calibration:
    """Let a monitor run until it has calibrated its wearer.

    Args:
        monitor: not running yet.
        poses: what to guide the wearer through.
        ask: told each pose.
        context: where the result holds; ``None`` is where the wearer was last.
        confirm: answers the question whether a doubtful upright is meant, in a thread of its
            own; ``None``: it is not.

    Raises:
        MidbackError: what ended the monitor, or why a pose was refused.
    """
    wearing = asyncio.create_task(monitor.run())
    streaming = asyncio.create_task(monitor.wait_until_streaming())
    answering = asyncio.create_task(_answer(monitor, confirm or (lambda _: False)))
    try:
        await asyncio.wait([wearing, streaming], return_when=asyncio.FIRST_COMPLETED)
        if wearing.done():
            await wearing
        await monitor.wait_for_waist()
        return await monitor.calibrate(poses, ask, context)
    finally:
        for task in (answering, streaming, wearing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _answer(monitor: Monitor, confirm: Callable[[str], bool]) -> None:
    """Answer what the wearer is asked."""
    while True:
        await asyncio.sleep(_LOOK_S)
        now = monitor.now()
        if now is not None and now.question is not None:
            monitor.answer(await asyncio.to_thread(confirm, now.question))


def _at_the_terminal(question: str) -> bool:
    """Whoever is not there has not said yes."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def told(made: Calibration) -> list[str]:
    """What a calibration found, a sentence a line."""
    forward = "as you bowed" if made.axis_source == "bow" else "as the clip's print says"
    lines = [
        f"Calibration {made.id} for the {made.context}, kept with clip {made.clip_id}.",
        f"Forward is {forward}.",
    ]
    if made.span_deg is None:
        line = f"{degrees(made.enter_deg)} forward, the usual one: no slump was recorded."
        return [*lines, f"Slump line {line}"]
    if made.back_enter_deg is not None:
        return [
            *lines,
            f"You slump backward, {degrees(abs(made.span_deg))}: slump lines "
            f"{degrees(made.enter_deg)} forward and {degrees(made.back_enter_deg)} back.",
        ]
    return [
        *lines,
        f"From tall to slumped {degrees(made.span_deg)}: "
        f"slump line {degrees(made.enter_deg)} forward.",
    ]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
