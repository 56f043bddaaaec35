"""``midback demo``: a simulated workday, live, then its daily summary."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from midback.cli.chronicle import Chronicle
from midback.cli.controls import MonitorControls
from midback.cli.days import day_record, local_day, write_page
from midback.cli.simulation import Simulation, this_morning
from midback.cli.stage import Stage
from midback.errors import CalibrationRefused, NothingRecorded, UsageError
from midback.monitor import Monitor
from midback.recording import Store
from midback.recording.folder import DATABASE
from midback.reminder import ReminderSettings
from midback.simulated import virtual_time
from midback.watching import Listener
from midback_analysis.report import as_text
from midback_analysis.summarise import summarise_day

_ABOUT_S = 55.0
_FAST = 60.0


def run(args: argparse.Namespace) -> int:
    """Live through the day, then print its summary and the path of its page."""
    folder = _new_folder(args.out)
    simulation = Simulation(args.seed, args.minutes, this_morning())
    day = simulation.day
    if args.headless and args.speed is None:
        _introduce(day.duration_s, None)
        told = Chronicle(day.start, sys.stderr)
        monitor = _monitor(args, folder, simulation, told)
        virtual_time.run(_live(simulation, monitor))
    else:
        _show(args, folder, simulation)
    return _tell(folder, local_day(day.start))


def _new_folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="midback-demo-"))
    if (wanted / DATABASE).exists():
        raise UsageError(
            f"{wanted} holds a recording already, and an invented day must not mix with it: "
            "choose a new folder"
        )
    return wanted


def _monitor(
    args: argparse.Namespace, folder: Path, simulation: Simulation, watcher: Listener
) -> Monitor:
    return Monitor(
        folder,
        radio=simulation.radio,
        listeners=[watcher],
        wall=simulation.day.now,
        reminder=ReminderSettings(args.reminder),
    )


def _show(args: argparse.Namespace, folder: Path, simulation: Simulation) -> None:
    """Live through the day on a stage, at a pace that can be watched."""
    day = simulation.day
    speed = args.speed or max(day.duration_s / _ABOUT_S, 1.0)
    stage = Stage(headless=args.headless, out=sys.stderr, fast=speed > _FAST)
    _introduce(day.duration_s, speed)
    monitor = _monitor(args, folder, simulation, stage.trace)
    controls = partial(
        MonitorControls,
        monitor=monitor,
        page=lambda: write_page(folder, local_day(day.start), folder / "day.html"),
        poses=simulation.poses,
        prompt=simulation.ask,
        thank=simulation.thank,
    )
    main = partial(_live, simulation, monitor)
    stage.show(main, partial(virtual_time.run, speed=speed), controls)


async def _live(simulation: Simulation, monitor: Monitor) -> None:
    day = simulation.day
    async with day.air:
        wearing = asyncio.create_task(monitor.run())
        try:
            await _calibrate(simulation, monitor, wearing)
            left_s = day.duration_s - day.air.now_s
            await asyncio.wait([wearing], timeout=left_s)
        finally:
            wearing.cancel()
            with suppress(asyncio.CancelledError):
                await wearing


async def _calibrate(
    simulation: Simulation, monitor: Monitor, wearing: asyncio.Task[None]
) -> None:
    streaming = asyncio.create_task(monitor.wait_until_streaming())
    await asyncio.wait([streaming, wearing], return_when=asyncio.FIRST_COMPLETED)
    streaming.cancel()
    if wearing.done():
        return
    try:
        for _ in range(3):
            with suppress(CalibrationRefused):
                await monitor.calibrate(simulation.poses, simulation.ask)
                break
    finally:
        simulation.thank()


def _introduce(duration_s: float, speed: float | None) -> None:
    pace = f"at {speed:.0f} times real speed" if speed else "as fast as it computes"
    hours = f"{duration_s / 3600:.1f} h" if duration_s >= 5400 else f"{duration_s / 60:.0f} min"
    print(f"A simulated wearer works for {hours}, {pace}.", file=sys.stderr, flush=True)


def _tell(folder: Path, date_of_day: date) -> int:
    try:
        with Store.open(folder, write=False) as store:
            summary = summarise_day(day_record(store, date_of_day, folder))
        page = write_page(folder, date_of_day, folder / "day.html")
    except NothingRecorded:
        print("The demo ended before there was anything to sum up.", file=sys.stderr)
        return 0
    print(f"\n{as_text(summary, shutil.get_terminal_size((80, 24)).columns).rstrip()}")
    print(f"\nThe page: {page}")
    return 0
