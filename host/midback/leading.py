"""Leads a wearer through exercises on their clip.

Connects and records as ``midback live`` does, hands each packet to what leads, and keeps the time
apart from the rest of the day: its session says that it is an exercise, nothing in it is judged,
and no nudge comes from here or from the clip.

Limits: what comes more than ``LATE_S`` late is recorded and not led by, because by then the
wearer has long been waiting; to what leads it is a gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple, Protocol

from midback.calibration import Calibration
from midback.clip import Radio
from midback.errors import ClipError
from midback.exercises.exercise import Exercise
from midback.link import Link
from midback.monitor import Monitor
from midback.received import Received
from midback.roles import WaistClip
from midback.shared import wire

LATE_S = 3.0
"""Whoever waits longer at the end of a movement has given it up (own choice)."""

_PARTING_S = 2.0


class Leads(Protocol):
    """What leads a wearer: a check or a routine."""

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        ...

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet of kind raw, as it was received; arrival is loop time in seconds."""
        ...


class Wearer(NamedTuple):
    """Who is there.

    Attributes:
        clip_id: serial of the clip they wear.
        calibration: what is known of their upright where they were last, if anything.
    """

    clip_id: str
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class ClipUse:
    """Which clip an exercise is done with, and where what comes of it is kept.

    Attributes:
        folder: where to keep it, or ``None`` to keep nothing.
        zone: where the wearer is.
        wanted: name or address of the clip, or ``None`` for the first in range.
        radio: bleak backend in place of the platform's own.
        wall: gives the wall time now, UTC.
        waist: a second clip, at the waistband, which is recorded as well.
    """

    folder: Path | None
    zone: tzinfo
    wanted: str | None = None
    radio: Radio | None = None
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    waist: WaistClip | None = None

    def local(self) -> datetime:
        """The wearer's time now."""
        return self.wall().astimezone(self.zone)


class Room:
    """One exercise of one wearer; runs in one event loop.

    Args:
        exercise: which.
        lead: makes what leads, once, when a clip streams.
        use: the clip, and where to record.

    Attributes:
        leads: what leads; ``None`` until a clip streams.
    """

    def __init__(
        self,
        exercise: Exercise,
        lead: Callable[[Wearer], Leads],
        use: ClipUse,
    ) -> None:
        self.leads: Leads | None = None
        self._lead = lead
        self._streamed = False
        self._over = asyncio.Event()
        self._monitor = Monitor(
            use.folder,
            wanted=use.wanted,
            radio=use.radio,
            wall=use.wall,
            kind=wire.KIND_RAW,
            waist=use.waist,
            follower=self._follow,
            exercise=exercise,
        )

    @property
    def link(self) -> Link:
        """How the link to the clip stands."""
        wearing = self._monitor.wearing
        return Link.FINDING if wearing is None else wearing.link

    @property
    def lost(self) -> bool:
        """Whether a clip that streamed is out of reach; the first packets come while it greets."""
        return self._streamed and self.link is not Link.STREAMING

    def buzz(self, pattern: int = wire.PATTERN_TICK) -> None:
        """Let the wearer feel a cue; the clip refuses the patterns of nudges meanwhile.

        While the motor runs, and a moment after, there are no samples to lead by.
        """
        self._monitor.buzz(pattern)

    async def run(self) -> None:
        """Go on until what leads is over, or until cancelled.

        Raises:
            MidbackError: what ended it before, as ``Monitor.run`` has it.
        """
        wearing = asyncio.create_task(self._monitor.run())
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait([wearing, over], return_when=asyncio.FIRST_COMPLETED)
            if wearing.done():
                await wearing
        finally:
            over.cancel()
            try:
                with suppress(TimeoutError, ClipError):
                    async with asyncio.timeout(_PARTING_S):
                        await self._monitor.end_exercise()
            finally:
                # Whoever cancels us while we part must not leave it recording.
                wearing.cancel()
                with suppress(asyncio.CancelledError):
                    await wearing

    def _follow(self, received: Received) -> None:
        """A packet was recorded."""
        self._streamed |= self.link is Link.STREAMING
        wearing = self._monitor.wearing
        if wearing is None or wearing.last_placed is None:
            return
        now_s = asyncio.get_running_loop().time() - wearing.start_s
        if now_s - wearing.last_placed.time_s > LATE_S:
            return
        if self.leads is None:
            known = wearing.contexts.get(wearing.context)
            self.leads = self._lead(Wearer(self._monitor.clip_id, known))
        if not self.leads.over:
            self.leads.receive(received.arrival_s, received.payload)
        if self.leads.over:
            self._over.set()
