"""Guides one wearer through the five minutes: moments in, words and sets out.

The script reads as it is lived through, as that of ``guide`` does.  What the clip sees is
counted, at the wearer's own pace; what it does not see is paced instead, and marked so.  What is
missed is done again and the rest kept.  How a set is done is ``routine_doing``'s; here are their
order, what comes before each, and what interrupts them.  Each is measured by where the wearer
faces as known when it ends: by the clip's print or a bow, until their own movements tell, which
nine extensions of 9 degrees do (``facing``).  Pure: time comes in with each moment.

Limits: a repetition is a movement of the trunk there and back, whatever makes it.  In a drill that
bends forward whoever gets up is counted now and then, where ``transitions`` misses it; in all
others nobody was (simulated).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from midback.calibration import Vector, mean_direction
from midback.errors import CalibrationRefused
from midback.exercises.drill import By, Drill
from midback.exercises.facing import Facing
from midback.exercises.gauges import Gauge
from midback.exercises.items import TALL
from midback.exercises.rest import GAP_S, Rest
from midback.exercises.routine_doing import (
    LEAST_LAST_S,
    Lost,
    Script,
    SetUnderWay,
    counts,
    holds,
    lies,
    paces,
)
from midback.exercises.routine_plan import READY_S, ROUTINE_S, Task, alternative
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.exercises.routine_view import Moment, RoutineView, Shown
from midback.exercises.view import Phase
from midback.shared import flexion
from midback.words import sentence

TALL_S = 5.0
"""So long the tall hold is that flexion counts from (posture.md 4.3)."""

_READY_MOST_S = 15.0  # then it begins, still or not
_OTHER_SIDE_S = 2.5
_CLEAR_S = 1.0  # the end of a movement is slow enough to pass for a bias
_AWAY_S = 30.0  # after a longer gap the clip may hang otherwise
_TALL_DEG = 8.0  # further from tall is no start of a hold


class _Skip(Exception):
    """The wearer leaves this drill out."""

    outcome = Outcome.SKIPPED


class _Change(_Skip):
    """They do another in its place."""

    outcome = Outcome.CHANGED


class _Hurts(_Skip):
    """It hurts: nothing more of it is done, whatever was under way."""

    outcome = Outcome.HURT


class RoutineGuide:
    """Leads through *tasks*; feed it every moment, in order.

    Args:
        frame_of: gives the wearer's axes from 'up' while they sit tall; raises
            ``CalibrationRefused`` where the clip hangs wrong.
        tasks: today's drills, in their order.
        known: all drills, to change to.

    Attributes:
        done: sets that have ended.
        paused: whether the wearer rests from it.
    """

    def __init__(
        self,
        frame_of: Callable[[Vector], flexion.ThoraxFrame],
        tasks: Sequence[Task],
        known: Mapping[str, Drill],
    ) -> None:
        self.done: list[DoneSet] = []
        self.paused = False
        self._frame_of = frame_of
        self._todo = list(tasks)
        self._known = known
        self._facing: Facing | None = None
        self._bias_dps: Vector = (0.0, 0.0, 0.0)
        self._set: SetUnderWay | None = None
        self._shown = Shown()
        self._rest = Rest()
        self._last_s: float | None = None
        self._elapsed_s = 0.0
        self._was_away = False
        self._script = self._lead()
        next(self._script)

    @property
    def view(self) -> RoutineView:
        """What to show now."""
        return self._shown.view

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.view.phase is Phase.DONE

    def update(self, moment: Moment) -> None:
        """Take one moment; one that is not later than the one before changes nothing."""
        since_s = 0.0 if self._last_s is None else moment.time_s - self._last_s
        if self.paused or self.over or (self._last_s is not None and since_s <= 0.0):
            return
        self._last_s = moment.time_s
        if since_s > GAP_S and not self._without_clip:
            self._interrupt(Lost(away=since_s > _AWAY_S))
            since_s = 0.0
        if moment.walks and not self._without_clip:
            since_s = 0.0  # whoever walks is not at it, and loses no time
        self._elapsed_s += since_s
        self._shown.change(left_s=max(ROUTINE_S - self._elapsed_s, 0.0))
        if moment.calm is not None:
            self._rest.update(moment.calm)
        with suppress(StopIteration):
            self._script.send(moment._replace(since_s=since_s))

    def pause(self) -> None:
        """Wait; what is under way does not count."""
        self.paused = True

    def go_on(self) -> None:
        """After a pause: what was under way is done again."""
        self.paused = False
        self._last_s = None
        self._interrupt(Lost(""))

    def skip(self) -> None:
        """Leave the drill under way out; what was seen of it stays, marked as such."""
        self._interrupt(_Skip())

    def change(self) -> None:
        """Do another drill in the place of the one under way, if there is one."""
        self._interrupt(_Change())

    def hurts(self) -> None:
        """Stop the drill under way because of pain; what was seen of it stays, marked as such."""
        if self._set is not None:
            self._interrupt(_Hurts())

    def stop(self) -> None:
        """Leave the routine: the set under way is marked as broken off."""
        if self._set is not None:
            self._end_set(Outcome.BROKEN_OFF)

    def disturbed(self, begin_s: float, end_s: float) -> None:
        """They got up, sat down or walked: what was counted meanwhile is no repetition."""
        if self._set is not None and self._set.disturbed(begin_s, end_s):
            self._interrupt(Lost("Getting up and walking do not count."))

    @property
    def _without_clip(self) -> bool:
        drill = self.view.drill
        return drill is not None and drill.by is By.OFF

    def _interrupt(self, why: Exception) -> None:
        if self.over:
            return
        self._rest.clear()
        with suppress(StopIteration):
            self._script.throw(why)

    # --- the script ---

    def _lead(self) -> Script[None]:
        yield from self._sits_tall()
        while self._todo:
            task = self._todo.pop(0)
            left_s = ROUTINE_S - self._elapsed_s
            if left_s < task.lasts_s / 2 and not (
                task.drill.by is By.OFF and left_s >= LEAST_LAST_S
            ):
                self.done.append(SetUnderWay(task, 0).ended(Outcome.NO_TIME))
                continue
            yield from self._drill(task)
        self._shown.say(Phase.DONE, "That was all.", drill=None, side="", paced=False, last=None)

    def _sits_tall(self) -> Script[None]:
        """The tall hold that flexion counts from; it cannot be left out."""
        words = TALL
        while True:
            self._shown.say(Phase.HOLD, words, share=0.0)
            try:
                up = yield from self._keeps_still(TALL_S)
                self._facing = Facing(self._frame_of(up))
            except CalibrationRefused as refused:
                words = f"{sentence(str(refused))} {TALL}"
                self._rest.clear()
            except _Hurts:
                raise
            except (_Skip, Lost):
                words = TALL
            else:
                return

    def _keeps_still(self, seconds: float) -> Script[Vector]:
        """Their mean 'up' over so long without a movement."""
        ups: list[Vector] = []
        begun_s = 0.0
        while True:
            moment = yield
            if not self._rest.still:
                ups.clear()
            if moment.calm is None or not self._rest.still:
                continue
            begun_s = begun_s if ups else moment.time_s
            ups.append(moment.calm.up)
            self._bias_dps = self._rest.rate_dps
            share = (moment.time_s - begun_s) / seconds
            self._shown.change(share=min(share, 1.0))
            if share >= 1.0:
                return mean_direction(ups)

    def _drill(self, task: Task) -> Script[None]:
        """Each set in turn."""
        sides = task.sides
        for number, place in enumerate(sides):
            self._set = SetUnderWay(task, place)
            try:
                yield from self._sets(self._set, READY_S if not number else _OTHER_SIDE_S)
            except _Skip as left:
                self._end_set(left.outcome)
                self._leave(task, sides[number + 1 :], left.outcome)
                return
            self._end_set(Outcome.DONE)

    def _end_set(self, outcome: Outcome) -> None:
        assert self._set is not None
        self._set.show_forward()
        self.done.append(self._set.ended(outcome))
        self._set = None

    def _leave(self, task: Task, sides: Sequence[int], outcome: Outcome) -> None:
        """The rest of a drill is not done; perhaps another is."""
        self.done += [SetUnderWay(task, place).ended(outcome) for place in sides]
        if outcome is not Outcome.CHANGED:
            return
        taken = [task.drill.id, *(each.drill.id for each in self._todo)]
        taken += [each.drill for each in self.done]
        other = alternative(self._known, task.drill, taken)
        if other is not None:
            self._todo.insert(0, Task(other))

    def _sets(self, now: SetUnderWay, ready_s: float) -> Script[None]:
        """One set, what is missed of it again, until it is over."""
        drill = now.task.drill
        words = " ".join(part for part in (drill.how, drill.caution) if part)
        self._shown.say(
            Phase.REST,
            words,
            drill=drill,
            side=now.side,
            number=0,
            of=drill.repetitions,
            paced=drill.by is By.METRONOME,
            angle_deg=0.0,
            share=0.0,
            last=None,
        )
        while True:
            try:
                if self._was_away and not self._without_clip:
                    yield from self._sits_tall_again(now)
                    self._was_away = False
                yield from self._gets_ready(ready_s)
                yield from self._does(now)
                return
            except Lost as lost:
                self._was_away |= lost.away
                self._shown.say(Phase.REST, f"{lost.words} {drill.how}".strip())

    def _sits_tall_again(self, now: SetUnderWay) -> Script[None]:
        yield from self._sits_tall()
        self._shown.say(Phase.REST, now.task.drill.how, share=0.0)

    def _gets_ready(self, least_s: float) -> Script[None]:
        """Until they are in position and still, or that has taken long enough."""
        if self._without_clip:
            return
        waited_s = still_s = 0.0
        while waited_s < least_s or not (still_s >= _CLEAR_S or waited_s >= _READY_MOST_S):
            moment = yield
            waited_s += moment.since_s
            still_s = still_s + moment.since_s if self._rest.still else 0.0
        if still_s >= _CLEAR_S:
            self._bias_dps = self._rest.rate_dps

    def _does(self, now: SetUnderWay) -> Script[None]:
        assert self._facing is not None
        drill, facing = now.task.drill, self._facing
        gauge = Gauge(drill.axis, facing.frame, self._bias_dps)
        if drill.by is By.HOLD:
            yield from holds(now, self._shown, gauge, self._zero_deg(facing.frame))
        elif drill.by is By.OFF:
            yield from lies(now, self._shown)
        else:
            if drill.by is By.REPETITIONS and not now.unseen:
                yield from counts(now, self._shown, gauge, facing)
            if drill.by is By.METRONOME or now.unseen:
                yield from paces(now, self._shown)

    def _zero_deg(self, frame: flexion.ThoraxFrame) -> float:
        """Where they rested just now if that is near tall, else tall."""
        if not self._rest.still:
            return 0.0
        rest_deg, _ = flexion.angles_deg(frame, self._rest.up)
        return rest_deg if abs(rest_deg) <= _TALL_DEG else 0.0
