"""How one set is done: counted where the clip sees it, else paced; held; or lain without the clip.

Each is a part of the guide's script: it takes moments until the set is over, and shows where the
wearer is.  What it knows it keeps in the set, so that one that was interrupted goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from midback.exercises.counting import LEARNING_S, Counted, Direction, RepetitionCounter, Unseen
from midback.exercises.facing import Facing
from midback.exercises.gauges import Gauge
from midback.exercises.items import Axis
from midback.exercises.routine_plan import READY_S, Task
from midback.exercises.routine_seen import SeenCount, Trail
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.exercises.routine_view import Moment, Shown
from midback.exercises.view import Phase
from midback.words import degrees

LEAST_LAST_S = 10.0
"""A last drill without the clip gets so much time at least, or is left out."""

_UNSEEN = "The clip cannot see this one: keep to the beat. "
_SWAYS = "You sway too much beside it to be counted surely: keep to the beat. "

_SETTLES_S = 1.0  # the counter takes the rest from its first second
_PATIENCE = 1.5  # of the time that a set should take

_T = TypeVar("_T")
Script = Generator[None, Moment, _T]
"""A part of the script: takes moments, gives nothing, returns what it is for."""


class Lost(Exception):
    """Moments are missing, or do not count: what was under way is done again."""

    def __init__(self, words: str = "Some of it was not seen.", *, away: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.away = away


@dataclass(slots=True)
class SetUnderWay:
    """A set, and what came of it until now.

    Attributes:
        task: its drill.
        place: of its side.
        amplitude_deg: what the counter knows of their movement.
        counted: repetitions seen.
        unseen: whether the clip cannot see them, or not surely:
        sways: the wearer sways too much beside them.
        beats, paced: of the metronome: how many there are to be, and were.
        held_s: near tall; of what is done without the clip all of it.
        begun_s: for so long it has gone on.
    """

    task: Task
    place: int
    amplitude_deg: float | None = None
    counted: list[SeenCount] = field(default_factory=list[SeenCount])
    unseen: bool = False
    sways: bool = False
    beats: int = 0
    paced: int = 0
    held_s: float = 0.0
    begun_s: float = 0.0

    @property
    def side(self) -> str:
        """``left``, ``right`` or empty."""
        return self.task.drill.sides[self.place]

    @property
    def sign(self) -> int:
        """Of a movement that way."""
        return self.task.drill.signs[self.place]

    def disturbed(self, begin_s: float, end_s: float) -> bool:
        """Take back what was counted between two times; return whether there was any."""
        kept = [
            each
            for each in self.counted
            if each.counted.time_s < begin_s or each.counted.begun_s > end_s
        ]
        fewer = len(kept) < len(self.counted)
        self.counted = kept
        return fewer

    def show_forward(self) -> None:
        """Let its movements count for where the wearer faces."""
        for each in self.counted:
            each.show_forward()

    def ended(self, outcome: Outcome) -> DoneSet:
        """What is kept of it."""
        drill = self.task.drill
        seen = [each.measured() for each in self.counted]
        sets = tuple(each._replace(peak_deg=each.peak_deg * self.sign) for each in seen)
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
            self.sways,
        )


def counts(now: SetUnderWay, shown: Shown, gauge: Gauge, facing: Facing) -> Script[None]:
    """Until all are seen, it takes too long, or none can be seen."""
    drill = now.task.drill
    trail = Trail(drill.axis, now.sign, facing)
    counter = RepetitionCounter(
        now.amplitude_deg, way=Direction(now.sign), least_deg=drill.least_deg
    )
    begun_s, asked = now.begun_s, False
    most_s = _PATIENCE * drill.seconds * drill.repetitions
    rest_deg: float | None = None
    while now.begun_s < most_s:
        moment = yield
        now.begun_s += moment.since_s
        if moment.sample is None:
            continue
        value_deg = gauge.update(moment.sample)
        if gauge.broken:
            raise Lost
        # What the motor adds to a turn is nothing on average; what it adds to a tilt stays.
        if moment.shaken and drill.axis is not Axis.ROTATION:
            continue
        rest_deg = value_deg if rest_deg is None else rest_deg
        shown.change(angle_deg=(value_deg - rest_deg) * now.sign)
        trail.add(moment.sample, value_deg)
        found = counter.update(moment.time_s, value_deg, counts=not moment.walks)
        now.amplitude_deg = counter.amplitude_deg
        if not asked and now.begun_s - begun_s >= _SETTLES_S:
            asked = True
            shown.say(Phase.GO, f"{_to_side(now.side, drill.go)} {drill.back}", felt=True)
        if isinstance(found, Counted):
            now.counted.append(trail.seen(found))
            _say_seen(now, shown, found)
            if len(now.counted) >= drill.repetitions:
                return
        elif isinstance(found, Unseen) or (not now.counted and now.begun_s - begun_s > LEARNING_S):
            now.unseen = True
            now.sways = isinstance(found, Unseen) and found.sways
            return


def _say_seen(now: SetUnderWay, shown: Shown, found: Counted) -> None:
    last = found._replace(peak_deg=found.peak_deg * now.sign)
    shown.say(Phase.GO, shown.view.words, felt=True, number=len(now.counted), last=last)


def paces(now: SetUnderWay, shown: Shown) -> Script[None]:
    """Go and back by the metronome, for what is left of the set's time."""
    drill = now.task.drill
    if not now.beats:
        past = len(now.counted) + math.floor(now.begun_s / drill.seconds)
        now.beats = max(drill.repetitions - past, 1)
    why = (_SWAYS if now.sways else _UNSEEN) if now.unseen else ""
    for number in range(now.paced + 1, now.beats + 1):
        words = f"{why}{_to_side(now.side, drill.go)}"
        shown.say(Phase.GO, words, felt=True, paced=True, number=number, of=now.beats)
        yield from _waits(drill.seconds / 2)
        shown.say(Phase.BACK, drill.back or drill.go, felt=True)
        yield from _waits(drill.seconds / 2)
        now.paced = number
        why = ""


def _waits(seconds: float) -> Script[None]:
    waited_s = 0.0
    while waited_s < seconds:
        moment = yield
        waited_s += moment.since_s


def holds(now: SetUnderWay, shown: Shown, gauge: Gauge, zero_deg: float) -> Script[None]:
    """So long, of which the seconds near tall are counted."""
    drill = now.task.drill
    told = True
    shown.say(Phase.HOLD, drill.go, felt=True)
    near = True
    while now.begun_s < drill.seconds:
        moment = yield
        now.begun_s += moment.since_s
        if moment.calm is not None:
            off_deg = gauge.update(moment.calm) - zero_deg
            shown.change(angle_deg=off_deg)
            near = abs(off_deg) <= drill.within_deg and not moment.walks
        now.held_s += moment.since_s * near
        shown.change(share=min(now.begun_s / drill.seconds, 1.0))
        if near is not told:
            told = near
            words = drill.go if near else f"{_leaning(shown.view.angle_deg)} Grow tall again."
            shown.say(Phase.HOLD, words)


def lies(now: SetUnderWay, shown: Shown) -> Script[None]:
    """Only time is kept; the clip is off, and may be anywhere."""
    drill = now.task.drill
    lasts_s = min(drill.seconds, max(shown.view.left_s - READY_S, LEAST_LAST_S))
    shown.say(Phase.HOLD, f"{drill.how} {drill.go}", felt=True, share=0.0)
    if not now.held_s:
        yield from _waits(READY_S)
    while now.begun_s < lasts_s:
        moment = yield
        now.begun_s += moment.since_s
        now.held_s = now.begun_s
        shown.change(share=min(now.begun_s / lasts_s, 1.0))


def _to_side(side: str, go: str) -> str:
    return f"To your {side}: {go[:1].lower()}{go[1:]}" if side else go


def _leaning(angle_deg: float) -> str:
    return f"You lean {degrees(abs(angle_deg))} {'forward' if angle_deg > 0 else 'back'}."
