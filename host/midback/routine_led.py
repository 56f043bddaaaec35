"""Leads a wearer through the routine on their clip, and keeps what came of it.

Limits: what lies between the clip and the wearer is ``leading``'s; here time goes on only where a
drill is done without the clip.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from midback.errors import DataError
from midback.exercises.drill import By, Drill
from midback.exercises.exercise import Exercise
from midback.exercises.routine import DoneRoutine, Routine, RoutineWish
from midback.exercises.routine_plan import Task
from midback.exercises.routine_record import place_for, save_routine
from midback.exercises.routine_view import RoutineView
from midback.leading import ClipUse, Room, Wearer
from midback.link import Link

_LOOK_S = 0.5


class RoutineLed:
    """One routine on one clip; runs in one event loop.

    Args:
        tasks: today's drills, in their order.
        known: all drills, to change to.
        use: the clip, and where to record.
        watched: given the view after each packet.

    Attributes:
        routine: what leads; ``None`` until a clip streams.
        problem: why what came of it could not be kept, if it could not.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        known: Mapping[str, Drill],
        use: ClipUse,
        *,
        watched: Callable[[RoutineView], None] | None = None,
    ) -> None:
        self.routine: Routine | None = None
        self.problem = ""
        self._tasks = tasks
        self._known = known
        self._use = use
        self._watched = watched
        self._ticks = self._kept = 0
        self._room = Room(Exercise.ROUTINE, self._begin, use)

    @property
    def link(self) -> Link:
        """How the link to the clip stands."""
        return self._room.link

    @property
    def lost(self) -> bool:
        """Whether the clip is out of reach though it is needed; some drills need none."""
        if self.routine is None or self.over or not self._room.lost:
            return False
        drill = self.routine.view.drill
        return drill is None or drill.by is not By.OFF

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.routine is not None and self.routine.over

    @property
    def done(self) -> DoneRoutine | None:
        """What came of it until now; ``None`` before a clip was found."""
        return None if self.routine is None else self.routine.account()

    async def run(self) -> None:
        """Go on until it is over, or until cancelled; then what is under way is broken off.

        Raises:
            MidbackError: what ended it before, as ``Monitor.run`` has it.
        """
        running = asyncio.create_task(self._room.run())
        try:
            while not running.done() and not self.over:
                await asyncio.wait([running], timeout=_LOOK_S)
                self._pass_time()
        finally:
            if self.routine is not None and not self.over:
                self.routine.stop()
            self._keep()
            ended = running.done()
            if not ended:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
        if ended:
            await running

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet."""
        assert self.routine is not None
        self.routine.receive(arrival_s, payload)
        self._follow()

    def wish(self, wish: RoutineWish) -> None:
        """Do what the wearer asks for; before a clip was found nothing."""
        if self.routine is not None:
            self.routine.wish(wish)
            self._follow()

    def pause(self) -> None:
        """Wait, or go on."""
        if self.routine is not None:
            self.wish(RoutineWish.GO_ON if self.routine.paused else RoutineWish.PAUSE)

    def _begin(self, wearer: Wearer) -> RoutineLed:
        self.routine = Routine(
            self._use.local(),
            wearer.clip_id,
            self._tasks,
            self._known,
            wearer.calibration,
        )
        return self

    def _pass_time(self) -> None:
        """A clip that was taken off may be out of reach."""
        if self.routine is not None:
            self.routine.pass_time(asyncio.get_running_loop().time())
            self._follow()

    def _follow(self) -> None:
        assert self.routine is not None
        view = self.routine.view
        if view.ticks != self._ticks:
            self._ticks = view.ticks
            if self.link is Link.STREAMING:
                self._room.buzz()
        if len(self.routine.sets) != self._kept:
            self._kept = len(self.routine.sets)
            self._keep()
        if self._watched is not None:
            self._watched(view)

    def _keep(self) -> None:
        done = self.done
        if self._use.folder is None or done is None or not done.sets:
            return
        try:
            save_routine(done, place_for(self._use.folder, done.begin))
        except DataError as error:
            # The wearer goes on, and is told afterwards.
            self.problem = str(error)
