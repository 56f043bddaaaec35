"""A routine over the simulated clip, in virtual time, with things that happen in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from exercises.mounted import Mounting
from monitor.worlds import clip_on, wearer

from midback.clip import Radio
from midback.exercises.advice import Advice
from midback.exercises.drill import all_drills
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_plan import USUAL, planned
from midback.exercises.routine_sets import DoneSet
from midback.exercises.routine_view import RoutineView
from midback.exercises.view import Phase
from midback.leading import ClipUse
from midback.routine_led import RoutineLed
from midback.simulated import Activity, Air, SimulatedDay, simulated_day, virtual_time
from midback.simulated.clip import SimulatedClip
from midback.simulated.exerciser import STIFF, Exerciser, Manner, Ranges
from midback.simulated.sensor import SensorErrors
from midback.simulated.traits import ClipTraits

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
_PATIENCE_S = 900.0


@dataclass
class Led:
    """One routine of one simulated person.

    *Otherwise* is what they do where they do not obey.  Each of *happens* is a condition of the
    view and what is done once it holds, in their order.  *Mounting* is how their clip hangs, where
    that is no matter of chance.
    """

    ranges: Ranges = STIFF
    manner: Manner = field(default_factory=Manner)
    seed: int = 3
    wanted: Sequence[str] = USUAL
    advice: Sequence[Advice] = ()
    folder: Path | None = None
    otherwise: Sequence[tuple[Activity, float]] = ()
    happens: Sequence[tuple[Callable[[RoutineView], bool], Callable[[Led], object]]] = ()
    mounting: Mounting | None = None
    loop: asyncio.AbstractEventLoop = field(init=False)
    _running: asyncio.Task[None] = field(init=False)

    def __post_init__(self):
        self.day = simulated_day(self.seed, STARTED, 40.0)
        if self.otherwise:
            who = wearer(self.otherwise)
            clip = clip_on(who)
            self.day = SimulatedDay(STARTED, who.plan.duration_s, who, clip, Air([clip]))
        if self.mounting is not None:
            self._hang(self.mounting)
        air = self.day.air
        self.person = Exerciser(self.day.wearer, self.ranges, self.seed, self.manner)
        self.obeys = True
        self.views: list[RoutineView] = []
        known = all_drills().known
        self.led = RoutineLed(
            planned(known, self.advice, self.wanted),
            known,
            ClipUse(
                self.folder,
                UTC,
                radio=Radio(air.scanner_type, air.client_type, air.adapter_type),
                wall=self.day.now,
            ),
            watched=self._watch,
        )
        self._due = list(self.happens)

    def _hang(self, mounting: Mounting) -> None:
        day, seed = self.day, self.seed
        errors = replace(SensorErrors.drawn(seed), back_from_clip=mounting.back_from_clip)
        clip = SimulatedClip(day.wearer, ClipTraits.drawn(seed), errors, seed=seed)
        self.day = replace(day, clip=clip, air=Air([clip], seed=seed))

    def _watch(self, view: RoutineView) -> None:
        if not self.views or view.cues != self.views[-1].cues:
            self.views.append(view)
        if self._due and self._due[0][0](view):
            self._due.pop(0)[1](self)
        if self.obeys:
            self.person.follow(view, self.day.air.now_s)

    def stop_obeying(self) -> None:
        """Do something else instead."""
        self.obeys = False
        self.day.wearer.ask("free", self.day.air.now_s)

    def leave(self) -> None:
        self._running.cancel()

    def run(self) -> Led:
        async def main():
            self.loop = asyncio.get_running_loop()
            async with self.day.air:
                self._running = asyncio.create_task(self.led.run())
                with suppress(asyncio.CancelledError):
                    await asyncio.wait_for(self._running, _PATIENCE_S)

        virtual_time.run(main())
        assert self._due == []
        return self

    @property
    def done(self) -> DoneRoutine:
        done = self.led.done
        assert done is not None
        return done

    def sets(self, drill: str, side: str = "") -> list[DoneSet]:
        return [each for each in self.done.sets if (each.drill, each.side) == (drill, side)]

    def the(self, drill: str, side: str = "") -> DoneSet:
        (found,) = self.sets(drill, side)
        return found


def seen(drill: str, number: int, side: str = "") -> Callable[[RoutineView], bool]:
    """So many repetitions of a set were seen."""

    def holds(view: RoutineView) -> bool:
        shown = view.drill is not None and (view.drill.id, view.side) == (drill, side)
        return shown and view.phase is Phase.GO and view.number >= number

    return holds


def share(drill: str, least: float) -> Callable[[RoutineView], bool]:
    """So much of a hold has passed."""
    return lambda view: view.drill is not None and view.drill.id == drill and view.share >= least
