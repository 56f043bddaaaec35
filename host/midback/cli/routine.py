"""``midback routine``: five minutes of drills, counted where the clip can see them."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tzlocal import get_localzone

from midback.cli.background import Background, Loop
from midback.cli.beforehand import need_a_person, no_red_flag
from midback.cli.guided_stage import lead_in_window
from midback.cli.leaders import RoutineLeader
from midback.cli.others import refuse_second, telling_who_has_it
from midback.cli.routine_terminal import watch
from midback.cli.stage import Main
from midback.errors import UsageError
from midback.exercises.advice import Advice
from midback.exercises.drill import FOLDER, OURS, Drill, Drills, all_drills
from midback.exercises.last_check import last_advice
from midback.exercises.routine_plan import USUAL, Task, planned
from midback.exercises.routine_record import hurt_last_time, place_for, read_routines
from midback.exercises.routine_text import as_text, drills_in_words
from midback.exercises.screened import screened
from midback.exercises.screening import WHEN_EASED
from midback.leading import ClipUse
from midback.recording import data_folder
from midback.roles import waist_clip
from midback.routine_led import RoutineLed

_DEMO_ADVICE = Advice(
    "uneven_turn",
    ("seated_twist",),
    "Seated twists, with one more set to the left.",
    "The turn to the left was 14° smaller, and so on another day.",
    "left",
)
_DEMO_MIN = 30.0


def run(args: argparse.Namespace) -> int:
    """Lead through the routine and print what was seen, or only list the drills."""
    folder = args.data if args.demo else data_folder(args.data)
    drills = all_drills(folder)
    for problem in drills.problems:
        print(f"midback: left out: {problem}", file=sys.stderr)
    if args.list:
        return _list(drills, folder)
    wanted = _wanted(args.drills, drills)
    return _simulated(args, drills, wanted) if args.demo else _worn(args, drills, wanted)


def _list(drills: Drills, folder: Path | None) -> int:
    print(drills_in_words(drills))
    if folder is not None:
        print(f"\nYour own, as .toml files, go into {folder / FOLDER};\nto copy from: {OURS}")
    return 0


def _wanted(names: str | None, drills: Drills) -> Sequence[str]:
    if names is None:
        return USUAL
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in drills.known]
    if unknown or not wanted:
        what = f"there is no drill {unknown[0]!r}" if unknown else "no drill is named"
        raise UsageError(f"{what}; 'midback routine --list' tells which there are")
    return wanted


def _worn(args: argparse.Namespace, drills: Drills, wanted: Sequence[str]) -> int:
    folder, zone = data_folder(args.data), get_localzone()
    refuse_second(folder)
    advised = [] if args.drills else last_advice(folder, zone)
    hurt = next((each for each in advised if each.id == "hurts"), None)
    if hurt is not None:
        print(f"{hurt.why} {hurt.todo}")
        return 0
    known, told = (drills.known, []) if args.drills else _without_pain(drills, folder)
    # What a check advised before it hurt is not said beside that.
    advised = [each for each in advised if not each.drills or known.keys() & set(each.drills)]
    told = [*_in_words(advised), *told]
    tasks = planned(known, advised, wanted)
    if not tasks:
        print("\n".join(told))
        return 0
    screens = args.ask or not screened(folder)

    def make() -> RoutineLed:
        use = ClipUse(folder, zone, wanted=args.clip, waist=waist_clip(folder, args.clip))
        return RoutineLed(tasks, known, use)

    def start(led: RoutineLed) -> Background:
        return Background(led.run, asyncio.run)

    with telling_who_has_it(folder):
        leader = RoutineLeader(make, tasks, start, folder, screens=screens, advised=told)
        if not args.headless and lead_in_window(leader):
            return _tell(leader.led, folder)
        if screens and not _asked(folder):
            return 0
        led = make()
        _introduce(told, tasks)
        _show(led, led.run, asyncio.run)
    return _tell(led, folder)


def _without_pain(drills: Drills, folder: Path) -> tuple[Mapping[str, Drill], list[str]]:
    """The drills but for those that hurt the last time, and what to say of these."""
    hurt = [name for name in hurt_last_time(read_routines(folder)) if name in drills.known]
    if not hurt:
        return drills.known, []
    titles = ", ".join(drills.known[name].title for name in hurt)
    told = (
        f"Left out, because of pain the last time: {titles}. {WHEN_EASED} "
        f"'midback routine --drills {','.join(hurt)}' has it again."
    )
    return {name: each for name, each in drills.known.items() if name not in hurt}, [told]


def _asked(folder: Path) -> bool:
    """Ask what comes before any movement; whether all answers are no."""
    need_a_person("midback routine")
    if not no_red_flag(folder):
        return False
    print("\n'midback routine --ask' asks them again.\n")
    return True


def _simulated(args: argparse.Namespace, drills: Drills, wanted: Sequence[str]) -> int:
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation, this_morning
    from midback.simulated import virtual_time
    from midback.simulated.exerciser import STIFF, Exerciser

    advised = [] if args.drills else [_DEMO_ADVICE]
    tasks = planned(drills.known, advised, wanted)
    simulation = Simulation(minutes=_DEMO_MIN, start=this_morning())
    day = simulation.day
    person = Exerciser(day.wearer, STIFF)
    speed = args.speed or 1.0

    def make() -> RoutineLed:
        return RoutineLed(
            tasks,
            drills.known,
            ClipUse(args.data, get_localzone(), radio=simulation.radio, wall=day.now),
            watched=lambda view: person.follow(view, day.air.now_s),
        )

    def main_of(led: RoutineLed) -> Main:
        async def main() -> None:
            async with day.air:
                await led.run()

        return main

    def start(led: RoutineLed) -> Background:
        return Background(main_of(led), partial(virtual_time.run, speed=speed))

    print("A simulated wearer, who is stiff to the left, does the routine.", file=sys.stderr)
    leader = RoutineLeader(
        make, tasks, start, args.data, screens=False, advised=_in_words(advised)
    )
    if not args.headless and lead_in_window(leader):
        return _tell(leader.led, args.data)
    led = make()
    _introduce(_in_words(advised), tasks)
    if args.headless and args.speed is None:
        virtual_time.run(main_of(led)())
    else:
        _show(led, main_of(led), partial(virtual_time.run, speed=speed))
    return _tell(led, args.data)


def _introduce(told: Sequence[str], tasks: Sequence[Task]) -> None:
    for words in told:
        print(words, file=sys.stderr)
    names = [f"{task.drill.title} ({task.dose})" for task in tasks]
    print(f"Today: {', '.join(names)}.\n", file=sys.stderr, flush=True)


def _in_words(advised: Sequence[Advice]) -> list[str]:
    return [f"{each.todo} {each.why}" for each in advised]


def _show(led: RoutineLed, main: Main, loop: Loop) -> None:
    background = Background(main, loop)
    background.start()
    try:
        watch(led, background, sys.stderr)
    finally:
        background.stop()


def _tell(led: RoutineLed | None, folder: Path | None) -> int:
    done = None if led is None else led.done
    if led is None or done is None or not done.sets:
        print("The routine ended before anything was done.", file=sys.stderr)
        return 0
    print(as_text(done, shutil.get_terminal_size((80, 24)).columns))
    if led.problem:
        print(f"midback: {led.problem}", file=sys.stderr)
    elif folder is not None:
        print(f"\nKept as {place_for(folder, done.begin)}")
    return 0
