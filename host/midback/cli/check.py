"""``midback check``: seven movements, measured by the clip."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tzlocal import get_localzone

from midback.check_led import CheckLed, left_today
from midback.cli.background import Background, Loop
from midback.cli.beforehand import NOTICE, bearable, need_a_person, no_red_flag, pain_now, says_yes
from midback.cli.check_terminal import watch
from midback.cli.checked import account_with_earlier, write_check_page
from midback.cli.guided_stage import lead_in_window
from midback.cli.leaders import CheckLeader
from midback.cli.others import refuse_second, telling_who_has_it
from midback.cli.stage import Main
from midback.errors import UsageError
from midback.exercises.account_text import account_text
from midback.exercises.check import Kept
from midback.exercises.check_file import load
from midback.exercises.items import ITEMS
from midback.exercises.last_check import CHECKS
from midback.leading import ClipUse
from midback.recording import data_folder
from midback.roles import waist_clip

_ALL = tuple(item.id for item in ITEMS)
_DEMO_MIN = 60.0


def run(args: argparse.Namespace) -> int:
    """Lead through the check, or compute an earlier one again; print what came of it."""
    if args.again is not None:
        return _tell(load(args.again), args.again, args.html)
    items = _wanted(args.only)
    return _simulated(args, items) if args.demo else _worn(args, items)


def _wanted(names: str | None) -> tuple[str, ...]:
    if names is None:
        return _ALL
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in _ALL]
    if unknown or not wanted:
        what = f"there is no test {unknown[0]!r}" if unknown else "no test is named"
        raise UsageError(f"{what}; there are {', '.join(_ALL)}")
    return tuple(name for name in _ALL if name in wanted)


def _worn(args: argparse.Namespace, items: tuple[str, ...]) -> int:
    folder, zone = data_folder(args.data), get_localzone()
    refuse_second(folder)
    left = left_today(folder / CHECKS, datetime.now(UTC), zone)

    def make(pain: int | None, left: Kept | None) -> CheckLed:
        return CheckLed(
            items,
            pain,
            ClipUse(folder, zone, wanted=args.clip, waist=waist_clip(folder, args.clip)),
            left=left,
        )

    def start(led: CheckLed) -> Background:
        return Background(led.run, asyncio.run)

    with telling_who_has_it(folder):
        leader = CheckLeader(make, start, folder, left)
        if not args.headless and lead_in_window(leader, quiet=args.quiet):
            return _end(leader.led, args.html)
        led = _asked(folder, left, make)
        if led is None:
            return 0
        print(
            "\nAbout fifteen minutes. You need a firm chair without arms, a cushion, and "
            "something to read.\n"
        )
        _show(led, led.run, asyncio.run, quiet=args.quiet)
    if led.over:
        led.pain_after(
            pain_now("How much pain do you have now, after the movements?", may_be_unsaid=True)
        )
    return _end(led, args.html)


def _asked(
    folder: Path, left: Kept | None, make: Callable[[int | None, Kept | None], CheckLed]
) -> CheckLed | None:
    """Ask at the terminal what comes before; ``None`` where there is to be no check."""
    need_a_person("midback check")
    if left is not None:
        at = f"{left.started.astimezone(get_localzone()):%H:%M}"
        left = left if says_yes(f"Go on with the check of {at}, which was left?") else None
    if not no_red_flag(folder):
        return None
    pain = pain_now("How much pain do you have in your neck or back now?")
    if pain is None or not bearable(pain):
        return None
    return make(pain, left)


def _simulated(args: argparse.Namespace, items: tuple[str, ...]) -> int:
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation, this_morning
    from midback.simulated import virtual_time
    from midback.simulated.exerciser import HEALTHY, STIFF, Exerciser

    simulation = Simulation(minutes=_DEMO_MIN, start=this_morning())
    day = simulation.day
    person = Exerciser(day.wearer, STIFF if args.person == "stiff" else HEALTHY)
    speed = args.speed or 1.0

    def make(pain: int | None, left: Kept | None) -> CheckLed:
        return CheckLed(
            items,
            pain,
            ClipUse(args.data, get_localzone(), radio=simulation.radio, wall=day.now),
            left=left,
            watched=lambda view: person.follow_check(view, day.air.now_s),
        )

    def main_of(led: CheckLed) -> Main:
        async def main() -> None:
            async with day.air:
                await led.run()

        return main

    def start(led: CheckLed) -> Background:
        return Background(main_of(led), partial(virtual_time.run, speed=speed))

    who = "who is stiff to the left" if args.person == "stiff" else "who is well"
    print(f"{NOTICE}\n\nA simulated wearer, {who}, does the check.\n", file=sys.stderr, flush=True)
    leader = CheckLeader(make, start, args.data)
    if not args.headless and lead_in_window(leader, quiet=args.quiet):
        return _end(leader.led, args.html)
    led = make(0, None)
    if args.headless and args.speed is None:
        virtual_time.run(main_of(led)())
    else:
        _show(led, main_of(led), partial(virtual_time.run, speed=speed), quiet=args.quiet)
    if led.over:
        led.pain_after(0)
    return _end(led, args.html)


def _show(led: CheckLed, main: Main, loop: Loop, *, quiet: bool) -> None:
    background = Background(main, loop)
    background.start()
    try:
        watch(led, background, sys.stderr, quiet=quiet)
    finally:
        background.stop()


def _end(led: CheckLed | None, html: Path | None) -> int:
    if led is None or led.check is None or not led.check.kept.packets:
        print("The check ended before anything was measured.", file=sys.stderr)
        return 0
    code = _tell(led.check.kept, led.path, html)
    if led.problem:
        print(f"midback: {led.problem}", file=sys.stderr)
    elif led.path is not None:
        print(f"\nKept as {led.path}")
        if not led.over:
            print("'midback check' offers to go on with it today.")
    return code


def _tell(kept: Kept, path: Path | None, html: Path | None) -> int:
    """Print what came of a check beside the earlier ones in its folder."""
    account, problems = account_with_earlier(kept, path)
    print(account_text(account, shutil.get_terminal_size((80, 24)).columns).rstrip())
    for problem in problems:
        print(f"midback: left out: {problem}", file=sys.stderr)
    if html is not None:
        write_check_page(account, html)
        print(f"\nThe page: {html.resolve()}")
    return 0
