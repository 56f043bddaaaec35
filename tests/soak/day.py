"""A simulated day with drop-outs, a clip whose clock is fast, and a wall clock that is set."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from monitor.drop_outs import CAUGHT_UP_S, Away, Home, at_random, came_home
from soak.rows import Row

from midback.calibration import Pose
from midback.clip import Radio
from midback.estimator import Estimate
from midback.monitor import Monitor
from midback.shared import wire
from midback.simulated import (
    Activity,
    Air,
    ClipTraits,
    LinkQuality,
    SimulatedClip,
    Wearer,
    plan_of,
    virtual_time,
)
from midback.watching import Now

STARTED = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
FAST_PPM = 100.0
AGREED_S = 0.02
GROWN_MB = 30.0
DROP_OUTS_PER_H = 48
FIRST_MINUTE_S = 60.0
LUNCH_S = 2400.0
WALL_JUMPS = ((0.2, 3600.0), (0.4, -7200.0), (0.6, 0.5), (0.8, -90.0))
"""When the wall clock is set, as a share of the day, and by how many seconds."""


class Compared:
    """Compares the time of every packet's last sample with when the clip took it.

    Attributes:
        worst_s: by how much host and clip disagreed at most, after the first minute.
        samples: estimates so far.
    """

    def __init__(self, clip: SimulatedClip) -> None:
        self.worst_s = 0.0
        self.samples = 0
        self.monitor: Monitor | None = None
        self._clip = clip

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        self.samples += len(estimates)
        assert self.monitor is not None
        wearing = self.monitor.wearing
        assert wearing is not None
        last_s = estimates[-1].time_s
        if last_s < FIRST_MINUTE_S:
            return
        ticks = wearing._estimator.clock._ticks
        assert ticks is not None
        taken_s = ticks * wire.TICK_S / (1 + FAST_PPM * 1e-6) - self._clip.traits.uptime_s
        placed_s = last_s + wearing.start_s - virtual_time.START_S
        self.worst_s = max(self.worst_s, abs(placed_s - taken_s))

    def now(self, now: Now) -> None:
        pass

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        pass


def day_rows(folder: Path, hours: float, seed: int) -> list[Row]:
    """Live through the day; a table of what was promised of it."""
    worn = _Worn(folder, hours, seed)
    virtual_time.run(worn.live())
    home, (first_mb, last_mb) = worn.home(), worn.memory_mb
    where = f"simulated, {hours:g} h"
    grown_mb = last_mb - first_mb
    epochs = (home.epochs_received, home.epochs_expected)
    return [
        Row("drop-outs survived", where, f"{home.drop_outs}"),
        Row("samples expected", where, f"{home.samples_expected}"),
        Row("samples received", where, f"{home.samples_received}"),
        Row("packets missing", where, f"{home.missing}", "0", home.missing == 0),
        Row("epochs expected", where, f"{epochs[1]}"),
        Row("epochs received", where, f"{epochs[0]}", f"{epochs[1]}", epochs[0] == epochs[1]),
        Row("gaps without epochs", where, f"{len(home.uncovered)}", "0", not home.uncovered),
        Row("duplicates", where, f"{home.duplicates}", "0", home.duplicates == 0),
        Row(
            *("worst clock error", where, f"{1000 * worn.compared.worst_s:.1f} ms"),
            *(f"{1000 * AGREED_S:.0f} ms", worn.compared.worst_s <= AGREED_S),
        ),
        Row("memory after half an hour", where, f"{first_mb:.0f} MB"),
        Row(
            *("memory at the end", where, f"{last_mb:.0f} MB"),
            *(f"{first_mb + GROWN_MB:.0f} MB", grown_mb <= GROWN_MB),
        ),
    ]


class _Worn:
    """One such day.

    Attributes:
        compared: watches the clock.
        memory_mb: of this process, after half an hour and at the end.
    """

    def __init__(self, folder: Path, hours: float, seed: int) -> None:
        self._folder = folder
        self._day_s = 3600.0 * hours
        wearer = Wearer(plan_of([(Activity.TYPING, 60 * hours + 60)]), seed=seed)
        self._clip = SimulatedClip(wearer, ClipTraits(crystal_ppm=FAST_PPM), seed=seed)
        self._air = Air([self._clip], quality=LinkQuality(stall_rate=0.01), seed=seed)
        count = round(DROP_OUTS_PER_H * (hours - LUNCH_S / 3600))
        some = _spread(at_random(count, seed, 300.0), self._day_s - LUNCH_S - 300.0)
        self._some = _with_lunch(some, self._day_s / 2)
        self.compared = Compared(self._clip)
        self.memory_mb = (0.0, 0.0)

    async def live(self) -> None:
        """Wear it from morning to evening."""
        air = self._air
        radio = Radio(air.scanner_type, air.client_type, air.adapter_type)
        async with air:
            self.compared.monitor = monitor = Monitor(
                self._folder,
                radio=radio,
                listeners=[self.compared],
                wall=self._wall,
                chance=random.Random(1),
            )
            running = asyncio.create_task(monitor.run())
            await monitor.wait_until_streaming()
            self._clip.wearer.ask(Pose.TALL.value, air.now_s)
            await asyncio.sleep(6.0)
            await monitor.calibrate()
            self._clip.wearer.ask("free", air.now_s)
            await asyncio.gather(self._go_away(), self._weigh())
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def home(self) -> Home:
        """What came home; the last records are younger than the last look into the log."""
        return came_home(self._folder, self._some, self._clip.flash.log.first)

    async def _go_away(self) -> None:
        for away in self._some:
            await asyncio.sleep(away.start_s - self._air.now_s)
            self._air.out_of_range()
            await asyncio.sleep(away.end_s - self._air.now_s)
            self._air.come_back()

    async def _weigh(self) -> None:
        await asyncio.sleep(1800.0)
        first_mb = _memory_mb()
        await asyncio.sleep(self._day_s - self._air.now_s + CAUGHT_UP_S)
        self.memory_mb = (first_mb, _memory_mb())

    def _wall(self) -> datetime:
        now_s = asyncio.get_running_loop().time() - virtual_time.START_S
        set_s = sum(by_s for share, by_s in WALL_JUMPS if now_s >= share * self._day_s)
        return STARTED + timedelta(seconds=now_s + set_s)


def _spread(some: Sequence[Away], end_s: float) -> list[Away]:
    """The same drop-outs, further apart, so that they fill the day."""
    stretch = (end_s - some[0].start_s) / (some[-1].end_s - some[0].start_s)
    begin_s = some[0].start_s
    return [
        Away(at_s, at_s + away.end_s - away.start_s)
        for away in some
        for at_s in [begin_s + (away.start_s - begin_s) * stretch]
    ]


def _with_lunch(some: Sequence[Away], from_s: float) -> list[Away]:
    """The same with a long absence; what would come later comes after it."""
    before = [away for away in some if away.end_s < from_s]
    after = [Away(away.start_s + LUNCH_S, away.end_s + LUNCH_S) for away in some[len(before) :]]
    return [*before, Away(from_s, from_s + LUNCH_S), *after]


def _memory_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6
