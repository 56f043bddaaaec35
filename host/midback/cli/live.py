"""``midback live``: watch, record and buzz."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from midback.cli.controls import MonitorControls
from midback.cli.days import day_record, local_day, write_page
from midback.cli.others import refuse_second, telling_who_has_it
from midback.cli.stage import Stage
from midback.errors import DataError
from midback.live.trace import Trace
from midback.monitor import Monitor
from midback.nudge_settings import NudgeSettings
from midback.pausing import reasons_to_wait
from midback.recording import Store, data_folder
from midback.roles import waist_clip
from midback.seconds import Resolution
from midback.settings import read_settings
from midback.shared import wire


def run(args: argparse.Namespace) -> int:
    """Open the window, or say the same in words, until it is closed."""
    return _simulated(args) if args.demo else _worn(args)


def _worn(args: argparse.Namespace) -> int:
    folder = data_folder(args.data)
    kept = read_settings(folder)
    refuse_second(folder)
    stage = Stage(headless=args.headless)
    _recall_today(folder, stage.trace)
    monitor = Monitor(
        folder,
        wanted=args.clip,
        listeners=[stage.trace],
        nudges=nudges_for_this_run(kept.nudges, args.preset, args.hold),
        reminder=kept.reminder,
        kind=wire.KIND_RAW if args.raw else wire.KIND_ORIENTATION,
        waist=waist_clip(folder, args.clip),
        pauses=None if args.no_pauses else reasons_to_wait,
    )
    controls = partial(MonitorControls, monitor=monitor, page=partial(_page_of_today, folder))
    with telling_who_has_it(folder):
        stage.show(monitor.run, asyncio.run, controls)
    return 0


def _simulated(args: argparse.Namespace) -> int:
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    folder = args.data or Path(tempfile.mkdtemp(prefix="midback-demo-"))
    kept = read_settings(folder)
    refuse_second(folder)
    print(
        f"A simulated wearer is recorded in {folder}; 'midback status --data {folder}' finds it.",
        file=sys.stderr,
        flush=True,
    )
    stage = Stage(headless=args.headless)
    simulation = Simulation()
    monitor = Monitor(
        folder,
        radio=simulation.radio,
        listeners=[stage.trace],
        wall=simulation.day.now,
        nudges=nudges_for_this_run(kept.nudges, args.preset, args.hold),
        reminder=kept.reminder,
        kind=wire.KIND_RAW if args.raw else wire.KIND_ORIENTATION,
        pauses=None if args.no_pauses else reasons_to_wait,
    )

    async def main() -> None:
        async with simulation.day.air:
            await monitor.run()

    controls = partial(
        MonitorControls,
        monitor=monitor,
        page=partial(_page_of_today, folder),
        poses=simulation.poses,
        prompt=simulation.ask,
        thank=simulation.thank,
    )
    stage.show(main, partial(virtual_time.run, speed=1.0), controls)
    return 0


def nudges_for_this_run(
    kept: NudgeSettings, preset: str | None, hold_s: float | None
) -> NudgeSettings:
    """The settings, but for what the command line says.

    A *preset* brings its own numbers, and *hold_s* goes before them.
    """
    if preset is not None:
        kept = replace(kept, preset=preset, hold_s=None, hourly_cap=None, daily_cap=None)
    return kept if hold_s is None else replace(kept, hold_s=hold_s)


def _page_of_today(folder: Path) -> Path:
    today = local_day(datetime.now(UTC))
    return write_page(folder, today, folder / f"day-{today.isoformat()}.html")


def _recall_today(folder: Path, trace: Trace) -> None:
    """Let the ribbon begin with what is stored of today."""
    now = datetime.now(UTC)
    try:
        with Store.open(folder, write=False) as store:
            record = day_record(store, local_day(now))
        # What the clip kept by itself is in it as well.
        buzzes_s = [record.utc_of(e.second) for e in record.events if e.kind == "buzz"]
        known = record.resolution > Resolution.NOTHING
        trace.seed(record.utc_s[known], record.seconds[known], buzzes_s, now.timestamp())
    except DataError:
        # Nothing yet; what is wrong with a file is said when it is opened for writing.
        return
