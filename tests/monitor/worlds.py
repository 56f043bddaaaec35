"""One simulated wearer who holds the pose they are asked for, and a monitor that watches them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from midback.calibration import Calibration, Pose
from midback.clip import Radio
from midback.estimator import Estimate
from midback.monitor import Monitor
from midback.recording import Event, Session, Store
from midback.simulated import (
    Activity,
    Air,
    ClipTraits,
    Habits,
    SensorErrors,
    SimulatedClip,
    Wearer,
    plan_of,
    virtual_time,
)
from midback.watching import Now
from midback.words import State

T = TypeVar("T")

STARTED = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
SETTLE_S = 6.0
"""Obeying takes up to 1.8 s, getting there 1.4 s, and a buzz or a knock dies away in 2 s."""

CALM = Habits(slump_span_deg=20.0, upright_spread_deg=0.5, answer_rate=0.0)
"""Slumps deep enough to be beyond doubt, and never answers a buzz."""

Told = tuple[float, str, float | None, str]


@dataclass
class Watcher:
    """A listener that keeps everything."""

    nows: list[Now] = field(default_factory=list[Now])
    events: list[Told] = field(default_factory=list[Told])
    seen: list[Estimate] = field(default_factory=list[Estimate])

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        self.seen.extend(estimates)

    def now(self, now: Now) -> None:
        self.nows.append(now)

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        self.events.append((time_s, kind, value, detail))

    def forget(self) -> None:
        """Keep the latest only: days would fill the memory."""
        del self.nows[:-1], self.events[:-1], self.seen[:-1]

    @property
    def latest(self) -> Now:
        return self.nows[-1]

    @property
    def state(self) -> State:
        return self.latest.state

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind, _, _ in self.events]

    def of(self, kind: str) -> list[Told]:
        return [event for event in self.events if event[1] == kind]

    @property
    def notices(self) -> list[str]:
        """Every notice once, in order."""
        return list(dict.fromkeys(now.notice for now in self.nows if now.notice))


def wearer(
    parts: Iterable[tuple[Activity, float]] = ((Activity.TYPING, 60),),
    habits: Habits = CALM,
    seed: int = 1,
) -> Wearer:
    return Wearer(plan_of(parts), habits, seed=seed)


def clip_on(someone: Wearer, last_byte: int = 1, **traits: Any) -> SimulatedClip:
    """A perfect sensor, worn straight."""
    address = f"C0:5E:00:00:00:{last_byte:02X}"
    return SimulatedClip(someone, ClipTraits(address=address, **traits), SensorErrors(), seed=1)


class World:
    """A clip on a wearer, the air, and a monitor that records into *folder*."""

    def __init__(
        self,
        folder: Path | None,
        clip: SimulatedClip | None = None,
        *others: SimulatedClip,
        air: Air | None = None,
        radio: Radio | None = None,
        **options: Any,
    ) -> None:
        self.folder = folder
        self.clip = clip or clip_on(wearer())
        self.air = air or Air([self.clip, *others], seed=1)
        self.watcher = Watcher()
        self.monitor = Monitor(
            folder,
            radio=radio or Radio(self.air.scanner_type, self.air.client_type),
            listeners=[self.watcher],
            wall=self.wall,
            **options,
        )

    def wall(self) -> datetime:
        return STARTED + timedelta(
            seconds=asyncio.get_running_loop().time() - virtual_time.START_S
        )

    def air_s(self, session_s: float) -> float:
        """Seconds since the air was entered, at which clip and wearer keep their times."""
        assert self.monitor.wearing is not None
        return session_s + self.monitor.wearing.start_s - virtual_time.START_S

    def session_s(self) -> float:
        """Session time now."""
        assert self.monitor.wearing is not None
        return asyncio.get_running_loop().time() - self.monitor.wearing.start_s

    def ask(self, pose: Pose) -> None:
        """Ask the wearer for a pose; they hold it until they are asked for another."""
        self.clip.wearer.ask(pose.value, self.air.now_s)

    async def pose(self, pose: Pose, seconds: float = 0.0) -> None:
        """Ask for a pose, and wait until it is taken up and held for so long."""
        self.ask(pose)
        await asyncio.sleep(SETTLE_S + seconds)

    async def calibrate(self, answer: bool = True) -> Calibration:
        """Take the pose of now for upright; a question about it gets this answer."""
        making = asyncio.create_task(self.monitor.calibrate())
        while not making.done():
            await asyncio.sleep(0.5)
            if self.watcher.latest.question is not None:
                self.monitor.answer(answer)
        return await making

    async def calibrated(self) -> World:
        """With the wearer's upright set, and nothing else."""
        await self.pose(Pose.TALL)
        await self.monitor.calibrate()
        await asyncio.sleep(1.0)
        return self


def live(world: World, body: Callable[[World], Awaitable[T]]) -> T:
    """Let the monitor run on a virtual clock, and *body* beside it once packets arrive."""
    return virtual_time.run(living(world, body))


async def living(world: World, body: Callable[[World], Awaitable[T]]) -> T:
    """``live`` inside a loop that runs already."""
    async with world.air:
        running = asyncio.create_task(world.monitor.run())
        streaming = asyncio.create_task(world.monitor.wait_until_streaming())
        try:
            await asyncio.wait([running, streaming], return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            return await body(world)
        finally:
            for task in (streaming, running):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def stored(folder: Path) -> tuple[Session, list[Event]]:
    """The only session of a folder, and its events."""
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        return session, store.events(session)
