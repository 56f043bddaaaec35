"""Guides one wearer through the five minutes: moments in, words and sets out.

The script reads as it is lived through, as that of ``guide`` does.  What the clip sees is
counted, at the wearer's own pace; what it does not see is paced instead, and marked so.  What is
missed is done again and the rest kept.  Pure: time comes in with each moment.

Limits: a repetition is a movement of the trunk there and back, whatever makes it.  In a drill that
bends forward whoever gets up is counted now and then, where ``transitions`` misses it; in all
others nobody was (simulated).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from midback.calibration import Vector, mean_direction
from midback.errors import CalibrationRefused
from midback.exercises.counting import LEARNING_S, Counted, Direction, RepetitionCounter, Unseen
from midback.exercises.drill import By, Drill
from midback.exercises.gauges import Gauge
from midback.exercises.guide import Phase
from midback.exercises.items import TALL, Axis
from midback.exercises.rest import GAP_S, Rest, Sample
from midback.exercises.routine_plan import READY_S, ROUTINE_S, Task, alternative
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.shared import flexion
from midback.words import degrees, sentence

TALL_S = 5.0
"""So long the tall hold is that flexion counts from (posture.md 4.3)."""

_READY_MOST_S = 15.0  # then it begins, still or not
_OTHER_SIDE_S = 2.5
_CLEAR_S = 1.0  # the end of a movement is slow enough to pass for a bias
_SETTLES_S = 1.0  # the counter takes the rest from its first second
_PATIENCE = 1.5  # of the time that a set should take
_AWAY_S = 30.0  # after a longer gap the clip may hang otherwise
_TALL_DEG = 8.0  # further from tall is no start of a hold
_LEAST_LAST_S = 10.0


@dataclass(frozen=True, slots=True)
class RoutineView:
    """What whoever guides the wearer shows now.

    Attributes:
        drill: which is under way; ``None`` while they sit tall at first, and at the end.
        side: ``left``, ``right`` or empty.
        phase: what they are to do; of a drill without the clip ``HOLD``.
        words: the same in a sentence or two.
        number, of: repetitions seen, or paced, of how many.
        paced: whether it is the metronome that counts, because the clip does not see them.
        angle_deg: the live gauge, positive the way they are asked to go; of a hold forward.
        share: how much of a hold has passed, 0 to 1.
        last: the last repetition that was seen in this set.
        left_s: of the five minutes.
        cues: how many there were; a new one is worth a beep.
        ticks: how many of the cues are to be felt.
    """

    drill: Drill | None = None
    side: str = ""
    phase: Phase = Phase.REST
    words: str = ""
    number: int = 0
    of: int = 0
    paced: bool = False
    angle_deg: float = 0.0
    share: float = 0.0
    last: Counted | None = None
    left_s: float = ROUTINE_S
    cues: int = 0
    ticks: int = 0


class Moment(NamedTuple):
    """What came at one time.

    Attributes:
        time_s: when.
        sample: of the clip; ``None`` where it is of no use, as when the filter begins anew.
        walks: whether they walk.
        shaken: whether the motor ran, or had just run.
    """

    time_s: float
    sample: Sample | None
    walks: bool = False
    shaken: bool = False

    @property
    def calm(self) -> Sample | None:
        """The sample, unless the motor shook it."""
        return None if self.shaken else self.sample


class _Skip(Exception):
    """The wearer leaves this drill out."""

    outcome = Outcome.SKIPPED


class _Change(_Skip):
    """They do another in its place."""

    outcome = Outcome.CHANGED


class _Hurts(_Skip):
    """It hurts: nothing more of it is done, whatever was under way."""

    outcome = Outcome.HURT


class _Lost(Exception):
    """Moments are missing, or do not count: what was under way is done again."""

    def __init__(self, words: str = "Some of it was not seen.", *, away: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.away = away


_T = TypeVar("_T")
_Script = Generator[None, Moment, _T]


@dataclass(slots=True)
class _Set:
    """The set under way."""

    task: Task
    place: int  # of the side
    amplitude_deg: float | None = None
    counted: list[Counted] = field(default_factory=list[Counted])
    unseen: bool = False
    beats: int = 0
    paced: int = 0
    held_s: float = 0.0
    begun_s: float = 0.0

    @property
    def side(self) -> str:
        return self.task.drill.sides[self.place]

    @property
    def sign(self) -> int:
        return self.task.drill.signs[self.place]

    def ended(self, outcome: Outcome) -> DoneSet:
        drill = self.task.drill
        sets = tuple(each._replace(peak_deg=each.peak_deg * self.sign) for each in self.counted)
        seconds = 0.0 if drill.repetitions else drill.seconds
        return DoneSet(
            drill.id,
            drill.title,
            self.side,
            drill.by,
            drill.repetitions,
            seconds,
            outcome,
            sets,
            self.paced,
            self.held_s,
        )


class RoutineGuide:
    """Leads through *tasks*; feed it every moment, in order.

    Args:
        frame_of: gives the wearer's axes from 'up' while they sit tall; raises
            ``CalibrationRefused`` where the clip hangs wrong.
        tasks: today's drills, in their order.
        known: all drills, to change to.

    Attributes:
        view: what to show now.
        done: sets that have ended.
        paused: whether the wearer rests from it.
    """

    def __init__(
        self,
        frame_of: Callable[[Vector], flexion.ThoraxFrame],
        tasks: Sequence[Task],
        known: Mapping[str, Drill],
    ) -> None:
        self.view = RoutineView()
        self.done: list[DoneSet] = []
        self.paused = False
        self._frame_of = frame_of
        self._todo = list(tasks)
        self._known = known
        self._frame: flexion.ThoraxFrame | None = None
        self._bias_dps: Vector = (0.0, 0.0, 0.0)
        self._set: _Set | None = None
        self._rest = Rest()
        self._last_s: float | None = None
        self._elapsed_s = 0.0
        self._since_s = 0.0
        self._was_away = False
        self._script = self._lead()
        next(self._script)

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
            self._interrupt(_Lost(away=since_s > _AWAY_S))
            since_s = 0.0
        if moment.walks and not self._without_clip:
            since_s = 0.0  # whoever walks is not at it, and loses no time
        self._since_s = since_s
        self._elapsed_s += since_s
        left_s = max(ROUTINE_S - self._elapsed_s, 0.0)
        self.view = replace(self.view, left_s=left_s)
        if moment.calm is not None:
            self._rest.update(moment.calm)
        with suppress(StopIteration):
            self._script.send(moment)

    def pause(self) -> None:
        """Wait; what is under way does not count."""
        self.paused = True

    def go_on(self) -> None:
        """After a pause: what was under way is done again."""
        self.paused = False
        self._last_s = None
        self._interrupt(_Lost(""))

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
        now = self._set
        if now is None:
            return
        kept = [each for each in now.counted if each.time_s < begin_s or _begun_s(each) > end_s]
        if len(kept) < len(now.counted):
            now.counted = kept
            self._interrupt(_Lost("Getting up and walking do not count."))

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

    def _show(self, phase: Phase, words: str, *, felt: bool = False, **changes: Any) -> None:
        """Say something new."""
        view = self.view
        ticks = view.ticks + (felt and (view.drill is None or view.drill.buzz))
        self.view = replace(
            view, phase=phase, words=words, cues=view.cues + 1, ticks=ticks, **changes
        )

    def _gauge(self, angle_deg: float) -> None:
        self.view = replace(self.view, angle_deg=angle_deg)

    # --- the script ---

    def _lead(self) -> _Script[None]:
        yield from self._sits_tall()
        while self._todo:
            task = self._todo.pop(0)
            left_s = ROUTINE_S - self._elapsed_s
            if left_s < task.lasts_s / 2 and not (
                task.drill.by is By.OFF and left_s >= _LEAST_LAST_S
            ):
                self.done.append(_Set(task, 0).ended(Outcome.NO_TIME))
                continue
            yield from self._drill(task)
        self._show(Phase.DONE, "That was all.", drill=None, side="", paced=False, last=None)

    def _sits_tall(self) -> _Script[None]:
        """The tall hold that flexion counts from; it cannot be left out."""
        words = TALL
        while True:
            self._show(Phase.HOLD, words, share=0.0)
            try:
                up = yield from self._keeps_still(TALL_S)
                self._frame = self._frame_of(up)
            except CalibrationRefused as refused:
                words = f"{sentence(str(refused))} {TALL}"
                self._rest.clear()
            except _Hurts:
                raise
            except (_Skip, _Lost):
                words = TALL
            else:
                return

    def _keeps_still(self, seconds: float) -> _Script[Vector]:
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
            self.view = replace(self.view, share=min(share, 1.0))
            if share >= 1.0:
                return mean_direction(ups)

    def _drill(self, task: Task) -> _Script[None]:
        """Each set in turn."""
        sides = task.sides
        for number, place in enumerate(sides):
            self._set = _Set(task, place)
            try:
                yield from self._sets(self._set, READY_S if not number else _OTHER_SIDE_S)
            except _Skip as left:
                self._end_set(left.outcome)
                self._leave(task, sides[number + 1 :], left.outcome)
                return
            self._end_set(Outcome.DONE)

    def _end_set(self, outcome: Outcome) -> None:
        assert self._set is not None
        self.done.append(self._set.ended(outcome))
        self._set = None

    def _leave(self, task: Task, sides: Sequence[int], outcome: Outcome) -> None:
        """The rest of a drill is not done; perhaps another is."""
        self.done += [_Set(task, place).ended(outcome) for place in sides]
        if outcome is not Outcome.CHANGED:
            return
        taken = [task.drill.id, *(each.drill.id for each in self._todo)]
        taken += [each.drill for each in self.done]
        other = alternative(self._known, task.drill, taken)
        if other is not None:
            self._todo.insert(0, Task(other))

    def _sets(self, now: _Set, ready_s: float) -> _Script[None]:
        """One set, what is missed of it again, until it is over."""
        drill = now.task.drill
        words = " ".join(part for part in (drill.how, drill.caution) if part)
        self._show(
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
            except _Lost as lost:
                self._was_away |= lost.away
                self._show(Phase.REST, f"{lost.words} {drill.how}".strip())

    def _sits_tall_again(self, now: _Set) -> _Script[None]:
        yield from self._sits_tall()
        self._show(Phase.REST, now.task.drill.how, share=0.0)

    def _gets_ready(self, least_s: float) -> _Script[None]:
        """Until they are in position and still, or that has taken long enough."""
        if self._without_clip:
            return
        waited_s = still_s = 0.0
        while waited_s < least_s or not (still_s >= _CLEAR_S or waited_s >= _READY_MOST_S):
            yield
            waited_s += self._since_s
            still_s = still_s + self._since_s if self._rest.still else 0.0
        if still_s >= _CLEAR_S:
            self._bias_dps = self._rest.rate_dps

    def _does(self, now: _Set) -> _Script[None]:
        drill = now.task.drill
        if drill.by is By.HOLD:
            yield from self._holds(now)
        elif drill.by is By.OFF:
            yield from self._lies(now)
        else:
            if drill.by is By.REPETITIONS and not now.unseen:
                yield from self._counts(now)
            if drill.by is By.METRONOME or now.unseen:
                yield from self._paces(now)

    def _counts(self, now: _Set) -> _Script[None]:
        """Until all are seen, it takes too long, or none can be seen."""
        drill = now.task.drill
        counter = RepetitionCounter(
            now.amplitude_deg, way=Direction(now.sign), least_deg=drill.least_deg
        )
        gauge = self._new_gauge(drill.axis)
        begun_s, asked = now.begun_s, False
        most_s = _PATIENCE * drill.seconds * drill.repetitions
        rest_deg: float | None = None
        while now.begun_s < most_s:
            moment = yield
            now.begun_s += self._since_s
            if moment.sample is None:
                continue
            value_deg = gauge.update(moment.sample)
            if gauge.broken:
                raise _Lost
            # What the motor adds to a turn is nothing on average; what it adds to a tilt stays.
            if moment.shaken and drill.axis is not Axis.ROTATION:
                continue
            rest_deg = value_deg if rest_deg is None else rest_deg
            self._gauge((value_deg - rest_deg) * now.sign)
            found = counter.update(moment.time_s, value_deg, counts=not moment.walks)
            now.amplitude_deg = counter.amplitude_deg
            if not asked and now.begun_s - begun_s >= _SETTLES_S:
                asked = True
                self._show(Phase.GO, f"{_to_side(now.side, drill.go)} {drill.back}", felt=True)
            if isinstance(found, Counted):
                self._saw(now, found)
                if len(now.counted) >= drill.repetitions:
                    return
            elif isinstance(found, Unseen) or (
                not now.counted and now.begun_s - begun_s > LEARNING_S
            ):
                now.unseen = True
                return

    def _saw(self, now: _Set, found: Counted) -> None:
        now.counted.append(found)
        last = found._replace(peak_deg=found.peak_deg * now.sign)
        self._show(Phase.GO, self.view.words, felt=True, number=len(now.counted), last=last)

    def _new_gauge(self, axis: Axis) -> Gauge:
        assert self._frame is not None
        return Gauge(axis, self._frame, self._bias_dps)

    def _paces(self, now: _Set) -> _Script[None]:
        """Go and back by the metronome, for what is left of the set's time."""
        drill = now.task.drill
        if not now.beats:
            past = len(now.counted) + math.floor(now.begun_s / drill.seconds)
            now.beats = max(drill.repetitions - past, 1)
        why = "The clip cannot see this one: keep to the beat. " if now.unseen else ""
        for number in range(now.paced + 1, now.beats + 1):
            words = f"{why}{_to_side(now.side, drill.go)}"
            self._show(Phase.GO, words, felt=True, paced=True, number=number, of=now.beats)
            yield from self._waits(drill.seconds / 2)
            self._show(Phase.BACK, drill.back or drill.go, felt=True)
            yield from self._waits(drill.seconds / 2)
            now.paced = number
            why = ""

    def _waits(self, seconds: float) -> _Script[None]:
        waited_s = 0.0
        while waited_s < seconds:
            yield
            waited_s += self._since_s

    def _holds(self, now: _Set) -> _Script[None]:
        """So long, of which the seconds near tall are counted."""
        drill = now.task.drill
        gauge = self._new_gauge(Axis.FLEXION)
        zero_deg = self._zero_deg()
        told = True
        self._show(Phase.HOLD, drill.go, felt=True)
        near = True
        while now.begun_s < drill.seconds:
            moment = yield
            now.begun_s += self._since_s
            if moment.calm is not None:
                off_deg = gauge.update(moment.calm) - zero_deg
                self._gauge(off_deg)
                near = abs(off_deg) <= drill.within_deg and not moment.walks
            now.held_s += self._since_s * near
            self.view = replace(self.view, share=min(now.begun_s / drill.seconds, 1.0))
            if near is not told:
                told = near
                words = drill.go if near else f"{_leaning(self.view.angle_deg)} Grow tall again."
                self._show(Phase.HOLD, words)

    def _zero_deg(self) -> float:
        """Where they rested just now if that is near tall, else tall."""
        assert self._frame is not None
        if not self._rest.still:
            return 0.0
        rest_deg, _ = flexion.angles_deg(self._frame, self._rest.up)
        return rest_deg if abs(rest_deg) <= _TALL_DEG else 0.0

    def _lies(self, now: _Set) -> _Script[None]:
        """Only time is kept; the clip is off, and may be anywhere."""
        drill = now.task.drill
        left_s = ROUTINE_S - self._elapsed_s
        lasts_s = min(drill.seconds, max(left_s - READY_S, _LEAST_LAST_S))
        self._show(Phase.HOLD, f"{drill.how} {drill.go}", felt=True, share=0.0)
        if not now.held_s:
            yield from self._waits(READY_S)
        while now.begun_s < lasts_s:
            yield
            now.begun_s += self._since_s
            now.held_s = now.begun_s
            self.view = replace(self.view, share=min(now.begun_s / lasts_s, 1.0))


def _begun_s(each: Counted) -> float:
    return each.time_s - each.up_s - each.hold_s - each.down_s


def _to_side(side: str, go: str) -> str:
    return f"To your {side}: {go[:1].lower()}{go[1:]}" if side else go


def _leaning(angle_deg: float) -> str:
    return f"You lean {degrees(abs(angle_deg))} {'forward' if angle_deg > 0 else 'back'}."
