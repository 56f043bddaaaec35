"""One routine of one wearer: packets and their wishes in, words and sets out.

Pure: time comes in with each packet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean

from midback.calibration import Calibration, Vector, calibrate
from midback.estimator import Estimate, Estimator, Quality
from midback.exercises.drill import By, Drill
from midback.exercises.routine_guide import RoutineGuide
from midback.exercises.routine_plan import Task
from midback.exercises.routine_sets import DoneSet
from midback.exercises.routine_view import Moment, RoutineView
from midback.exercises.samples import Calm, samples_of
from midback.shared import flexion, wire
from midback.transitions import TransitionDetector, lift_g
from midback.words import State

_UNFIT = int(Quality.SETTLING | Quality.INVALID)
_WALK_TOLD_S = 5.0  # three seconds of steps, one and a half of them found, and a packet
_SILENT_S = 2.0
_RISE_S = 2.5  # to either side of its middle


class RoutineWish(StrEnum):
    """What the wearer can ask of a routine."""

    PAUSE = "pause"
    GO_ON = "go on"
    SKIP = "skip"
    CHANGE = "change"
    HURTS = "hurts"
    """The drill under way is stopped because of pain."""


@dataclass(frozen=True, slots=True)
class DoneRoutine:
    """A routine as it went.

    Attributes:
        begin, end: from its first to its last packet.
        clip_id: serial of the clip.
        sets: in their order.
        whole: whether it came to its end.
    """

    begin: datetime
    end: datetime
    clip_id: str
    sets: tuple[DoneSet, ...]
    whole: bool


class Routine:
    """Leads one wearer through the five minutes.

    Args:
        started: when the first packet comes, with a time zone.
        clip_id: serial of the clip.
        tasks: today's drills, in their order.
        known: all drills, to change to.
        before: the calibration that tells which way is left, if there is one.
    """

    def __init__(
        self,
        started: datetime,
        clip_id: str,
        tasks: Sequence[Task],
        known: Mapping[str, Drill],
        before: Calibration | None = None,
    ) -> None:
        self._started = started
        self._clip_id = clip_id
        self._before = before
        self._first_s: float | None = None
        self._last_s = 0.0
        self._calm = Calm()
        self._estimator = Estimator()
        self._transitions = TransitionDetector()
        self._tall: flexion.ThoraxFrame | None = None
        self._walks = False
        self._guide = RoutineGuide(self._frame, tasks, known)

    @property
    def view(self) -> RoutineView:
        """What to show now."""
        return self._guide.view

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self._guide.over

    @property
    def paused(self) -> bool:
        """Whether it waits for the wearer."""
        return self._guide.paused

    @property
    def sets(self) -> Sequence[DoneSet]:
        """Those that have ended."""
        return self._guide.done

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet of kind raw, as it was received.

        Raises:
            WireError: it is none.
        """
        packet = wire.decode_stream(payload)
        if packet.kind != wire.KIND_RAW:
            return
        estimates = self._estimator.update(packet, arrival_s)
        if not estimates:
            return
        self._first_s = estimates[0].time_s if self._first_s is None else self._first_s
        self._last_s = estimates[-1].time_s
        if not self._calm.update(self._last_s, zeroed=self._estimator.zeroed):
            return
        self._heed(packet, estimates)
        for moment in _moments(packet, estimates, walks=self._walks):
            self._guide.update(moment)

    def pass_time(self, now_s: float) -> None:
        """Let time go on in a drill that is done without the clip, which may be out of reach.

        Args:
            now_s: on the clock of the arrivals.
        """
        drill = self.view.drill
        if drill is not None and drill.by is By.OFF and now_s - self._last_s > _SILENT_S:
            self._guide.update(Moment(now_s, None))

    def wish(self, wish: RoutineWish) -> None:
        """Do what the wearer asks for."""
        guide = self._guide
        {
            RoutineWish.PAUSE: guide.pause,
            RoutineWish.GO_ON: guide.go_on,
            RoutineWish.SKIP: guide.skip,
            RoutineWish.CHANGE: guide.change,
            RoutineWish.HURTS: guide.hurts,
        }[wish]()

    def stop(self) -> None:
        """The wearer leaves: what is under way is marked as broken off."""
        self._guide.stop()

    def account(self) -> DoneRoutine:
        """As it went until now."""
        lasted_s = 0.0 if self._first_s is None else self._last_s - self._first_s
        return DoneRoutine(
            self._started,
            self._started + timedelta(seconds=lasted_s),
            self._clip_id,
            tuple(self.sets),
            self.over,
        )

    def _heed(self, packet: wire.StreamPacket, estimates: Sequence[Estimate]) -> None:
        """Who walks, gets up or sits down is not at a drill."""
        now_s = estimates[-1].time_s
        walked, self._walks = self._walks, estimates[-1].state is State.WALKING
        if self._walks and not walked:
            self._guide.disturbed(now_s - _WALK_TOLD_S, now_s)
        fit = self._tall is not None and not any(each.quality for each in estimates)
        ups = [each.up for each in estimates]
        moved = self._transitions.update(
            now_s,
            lift_g(ups, packet.counts, 0, wire.WIDTH[packet.kind]) if fit else None,
            self._lean_deg(ups) if fit else None,
        )
        if moved is not None:
            self._guide.disturbed(moved.time_s - _RISE_S, moved.time_s + _RISE_S)

    def _lean_deg(self, ups: Sequence[Vector]) -> float:
        assert self._tall is not None
        return fmean(flexion.angles_deg(self._tall, up)[0] for up in ups)

    def _frame(self, tall: Vector) -> flexion.ThoraxFrame:
        made = calibrate(self._clip_id, self._started, tall, before=self._before)
        self._tall = made.frame()
        return self._tall


def _moments(
    packet: wire.StreamPacket, estimates: Sequence[Estimate], *, walks: bool
) -> list[Moment]:
    samples = samples_of(packet, estimates, _UNFIT)
    return [
        Moment(each.time_s, sample, walks, bool(each.quality & Quality.SHAKEN))
        for each, sample in zip(estimates, samples, strict=True)
    ]
