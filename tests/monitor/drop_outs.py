"""A day on which the link drops out again and again, and what came home of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Pose
from midback.clip import Radio
from midback.estimator import Estimate
from midback.link import Link
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire
from midback.simulated import SimulatedDay, virtual_time
from midback.watching import Now

STARTED = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)

SHORT_S = 60.0
"""What is lost for no longer than this comes home packet by packet."""

CAUGHT_UP_S = 40.0
"""Finding, connecting, and 300 packets at 15 a second more than are made meanwhile."""

FIRST_MINUTE_S = 60.0
"""Before it, the clock of a new wearing has only its first packets to go by."""

SUPERVISION_S = 6.0
"""How long before a drop-out is noticed: what was sent meanwhile may be lost, too."""

EPOCH_TICKS = 100_000


@dataclass(frozen=True, slots=True)
class Away:
    """A time out of range, in seconds since the clip was put on."""

    start_s: float
    end_s: float


def drop_outs(count: int, seed: int, *, shortest_s: float = 0.1, longest_s: float = 120.0):
    """So many drop-outs at random, of any length, many of them in the middle of catching up."""
    chance = random.Random(seed)
    at_s, some = 120.0, []
    for _ in range(count):
        # Now and then the link holds for a second, or for minutes.
        at_s += chance.choice([chance.uniform(0.2, 5.0), chance.uniform(5.0, 90.0)])
        length_s = shortest_s * (longest_s / shortest_s) ** chance.random()
        some.append(Away(at_s, at_s + length_s))
        at_s += length_s
    return some


def losses(some: Sequence[Away]) -> list[Away]:
    """Drop-outs so close to each other that nothing could be made good in between are one."""
    joined: list[Away] = []
    for away in some:
        if joined and away.start_s - joined[-1].end_s < CAUGHT_UP_S:
            joined[-1] = Away(joined[-1].start_s, away.end_s)
        else:
            joined.append(away)
    return joined


@dataclass
class Followed:
    """A listener that compares every sample's time with when the clip took it.

    Attributes:
        worst_clock_s: by how much host and clip disagreed at most, after the first minute.
        samples: estimates so far.
        back_s: how long each return took, from being in range to data.
    """

    day: SimulatedDay
    worst_clock_s: float = 0.0
    samples: int = 0
    back_s: list[float] = field(default_factory=list[float])
    came_back_s: float | None = None
    monitor: Monitor | None = None

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        self.samples += len(estimates)

    def now(self, now: Now) -> None:
        if now.link is Link.STREAMING and self.came_back_s is not None:
            self.back_s.append(self.day.air.now_s - self.came_back_s)
            self.came_back_s = None

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Home:
    """What came home of a day.

    Attributes:
        drop_outs: how many there were, and how many losses they add up to.
        long_losses: those longer than the clip's memory.
        packets_expected, packets_received: outside long losses.
        missing: packets that did not come and were not in a long loss.
        duplicates: packets stored twice.
        epochs_expected, epochs_received, epochs_duplicated: of the clip's log.
        uncovered_s: seconds that neither packets nor epochs cover.
        worst_clock_s: by how much clip and host disagreed at most.
        worst_return_s: the longest way from being in range to data.
        memory_mb: of the process after the first hour (or at the start), and at the end.
    """

    drop_outs: int
    losses: int
    long_losses: int
    packets_expected: int
    packets_received: int
    missing: int
    duplicates: int
    epochs_expected: int
    epochs_received: int
    epochs_duplicated: int
    uncovered_s: float
    worst_clock_s: float
    worst_return_s: float
    memory_mb: tuple[float, float]


def lived(
    folder: Path,
    day: SimulatedDay,
    some: Sequence[Away],
    *,
    wall_jumps_s: Sequence[tuple[float, float]] = (),
    rest_s: float = 120.0,
) -> Home:
    """Wear the day's clip through these drop-outs, on a virtual clock.

    Args:
        folder: where the monitor records.
        day: who wears which clip.
        some: when it is out of range.
        wall_jumps_s: when the wall clock is set, and by how much.
        rest_s: how long all goes on after the last drop-out.
    """
    followed = Followed(day)
    memory: list[float] = []

    def wall() -> datetime:
        now_s = asyncio.get_running_loop().time() - virtual_time.START_S
        jumped_s = sum(by_s for at_s, by_s in wall_jumps_s if now_s >= at_s)
        return STARTED + timedelta(seconds=now_s + jumped_s)

    async def main() -> None:
        air = day.air
        async with air:
            followed.monitor = monitor = Monitor(
                folder,
                radio=Radio(air.scanner_type, air.client_type, air.adapter_type),
                listeners=[followed],
                wall=wall,
                chance=random.Random(1),
            )
            running = asyncio.create_task(monitor.run())
            await monitor.wait_until_streaming()
            day.wearer.ask(Pose.TALL.value, air.now_s)
            await asyncio.sleep(6.0)
            await monitor.calibrate()
            day.wearer.ask("free", air.now_s)
            for number, away in enumerate(some):
                await asyncio.sleep(away.start_s - air.now_s)
                air.out_of_range()
                await asyncio.sleep(away.end_s - air.now_s)
                air.come_back()
                followed.came_back_s = air.now_s
                if number in (0, len(some) // 20):
                    memory[:] = [memory_mb()]
            await asyncio.sleep(rest_s)
            memory.append(memory_mb())
            assert not running.done(), running
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    virtual_time.run(main())
    return told(folder, day, some, followed, (memory[0], memory[-1]))


def memory_mb() -> float:
    """What this process holds, after what is not needed was let go."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def told(
    folder: Path,
    day: SimulatedDay,
    some: Sequence[Away],
    followed: Followed,
    memory: tuple[float, float],
) -> Home:
    """Compare what is stored with what the clip made."""
    long = [away for away in losses(some) if away.end_s - away.start_s > SHORT_S]
    sequences, ends_s, spans_s = stored_packets(folder, day)
    epoch_sequences, epoch_ends_s, kept = stored_epochs(folder, day)
    order = np.argsort(sequences, kind="stable")
    steps = np.diff(sequences[order])
    missing = excused = 0
    for at in np.flatnonzero(steps > 1):
        gap = Away(float(ends_s[order][at]), float(ends_s[order][at + 1]))
        lost = int(steps[at]) - 1
        if any(
            a.start_s - SUPERVISION_S <= gap.start_s and gap.end_s <= a.end_s + CAUGHT_UP_S
            for a in long
        ):
            excused += lost
        else:
            missing += lost
    expected = int(sequences.max() - sequences.min() + 1) - excused
    return Home(
        drop_outs=len(some),
        losses=len(losses(some)),
        long_losses=len(long),
        packets_expected=expected,
        packets_received=len(np.unique(sequences)),
        missing=missing,
        duplicates=int((steps == 0).sum()),
        epochs_expected=kept,
        epochs_received=len(np.unique(epoch_sequences)),
        epochs_duplicated=len(epoch_sequences) - len(np.unique(epoch_sequences)),
        uncovered_s=uncovered_s(ends_s, spans_s, epoch_ends_s),
        worst_clock_s=followed.worst_clock_s,
        worst_return_s=max(followed.back_s, default=0.0),
        memory_mb=memory,
    )
