"""Guides one wearer through the tests of a check: samples in, words and repetitions out.

The script reads as it is lived through: it waits for samples, and for nothing else.  A repetition
goes from rest to rest.  What fails is said and done again, so nothing half-done ever counts.
Pure: time comes in with each sample.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean
from typing import Any, TypeVar

from midback.calibration import Vector, mean_direction
from midback.errors import CalibrationRefused
from midback.exercises.items import BACK, ITEMS, TALL, Axis, Hold, Item, Movement, Way
from midback.exercises.rest import GAP_S, Rest, Sample
from midback.shared import flexion
from midback.words import degrees, sentence

TALL_S = 4.0
"""So long the tall hold is that the axes come from."""

MOST_MORE = 3
"""Repetitions that are added at most where they lie too far apart."""

_STRAIGHT_DEG = 8.0  # further from tall than this is no start of a hold
_LEAST_DEG = 3.0  # less is no movement
_STAYS_S, _STAYS_DEG = 1.0, 2.5  # so long within so much they have arrived
_LONGEST_S = 8.0  # the gyroscope drifts: a turn lasts no longer
_SET_OUT = 0.4  # of the way back, before they may have arrived
_WAITS_S = 20.0  # for somebody to begin
_BROKEN_DEG = 20.0  # not the same posture any more


class Phase(StrEnum):
    """What the wearer is to do."""

    REST = "rest"
    GO = "go"
    BACK = "back"
    HOLD = "hold"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class View:
    """What whoever guides the wearer shows now.

    Attributes:
        item: the test under way; ``None`` while they sit tall at first, and at the end.
        way: which way they are asked to go.
        phase: what they are to do.
        words: the same in a sentence or two.
        practice: whether the repetition does not count.
        number, of: which repetition of how many, from 1 on.
        angle_deg: the live gauge, positive the way they are asked to go.
        share: how much of a hold has passed, 0 to 1.
        cues: how many there were; a new one is worth a beep.
    """

    item: Item | None = None
    way: Way | None = None
    phase: Phase = Phase.REST
    words: str = ""
    practice: bool = False
    number: int = 0
    of: int = 0
    angle_deg: float = 0.0
    share: float = 0.0
    cues: int = 0


@dataclass(frozen=True, slots=True)
class Repetition:
    """One that counts.

    Attributes:
        item: id of its test.
        way: ``left``, ``right`` or empty.
        angle_deg: how far they went and stayed, with the project's sign.
        residual_deg: how far from the start they ended, likewise.
        from_deg: where they started, from the tall hold; 0 for a turn, which has no such zero.
        begin_s, arrived_s, end_s: when they set off, had arrived, and were back.
    """

    item: str
    way: str
    angle_deg: float
    residual_deg: float
    from_deg: float
    begin_s: float
    arrived_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """A posture that was held.

    Attributes:
        item: id of its test.
        begin_s, end_s: when.
        flexion_deg: at each sample seconds since the beginning, and flexion from there.
    """

    item: str
    begin_s: float
    end_s: float
    flexion_deg: tuple[tuple[float, float], ...]


class _Skip(Exception):
    """The wearer leaves this test out."""


class _Anew(Exception):
    """The wearer wants this test from its beginning."""


class _Lost(Exception):
    """Samples are missing: what was under way is done again."""


class _Failed(Exception):
    """A repetition that does not count; says why."""


_T = TypeVar("_T")
_Script = Generator[None, Sample, _T]


class _Gauge:
    """How far they are from where they rested, by one axis."""

    def __init__(self, axis: Axis, frame: flexion.ThoraxFrame, rest: Rest, start: Sample) -> None:
        self._axis = axis
        self._frame = frame
        self._bias_dps = rest.rate_dps
        self.from_deg = 0.0 if axis is Axis.ROTATION else self._tilt_deg(rest.up)
        self._last = start
        self.angle_deg = 0.0

    def update(self, sample: Sample) -> float:
        before, self._last = self._last, sample
        if self._axis is Axis.ROTATION:
            rate_dps = (self._about_up_dps(before) + self._about_up_dps(sample)) / 2
            self.angle_deg += rate_dps * (sample.time_s - before.time_s)
        else:
            self.angle_deg = self._tilt_deg(sample.up) - self.from_deg
        return self.angle_deg

    def _about_up_dps(self, sample: Sample) -> float:
        pairs = zip(sample.rate_dps, self._bias_dps, sample.up, strict=True)
        return sum((rate - bias) * up for rate, bias, up in pairs)

    def _tilt_deg(self, up: Vector) -> float:
        return flexion.angles_deg(self._frame, up)[self._axis is Axis.LATERAL]


class _Plateau:
    """Whether they stay where they are."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def update(self, time_s: float, angle_deg: float) -> bool:
        """Take an angle; return whether the last second of them lies close together."""
        seen = self._seen
        seen.append((time_s, angle_deg))
        while len(seen) > 1 and seen[1][0] <= time_s - _STAYS_S:
            seen.popleft()
        angles = [angle for _, angle in seen]
        return time_s - seen[0][0] >= _STAYS_S and max(angles) - min(angles) <= _STAYS_DEG

    @property
    def mean_deg(self) -> float:
        """The mean of that second."""
        return fmean(angle for _, angle in self._seen)

    @property
    def middle_s(self) -> float:
        """The middle of it."""
        return (self._seen[0][0] + self._seen[-1][0]) / 2


class Guide:
    """Leads through *items*; feed it every sample of the clip, in order.

    Args:
        frame_of: gives the wearer's axes from 'up' while they sit tall; raises
            ``CalibrationRefused`` where the clip hangs wrong.
        items: the tests, in their order.

    Attributes:
        view: what to show now.
        done: repetitions and holds that count; those of a test once it is over.
        left_out: ids of the tests that were skipped.
        paused: whether the wearer rests from the check.
    """

    def __init__(
        self, frame_of: Callable[[Vector], flexion.ThoraxFrame], items: Sequence[Item] = ITEMS
    ) -> None:
        self.view = View()
        self.done: list[Repetition | Held] = []
        self.left_out: list[str] = []
        self.paused = False
        self._frame_of = frame_of
        self._items = items
        self._rest = Rest()
        self._last_s = -math.inf
        self._script = self._lead()
        next(self._script)

    @property
    def over(self) -> bool:
        """Whether all tests are done or left out."""
        return self.view.phase is Phase.DONE

    def update(self, sample: Sample) -> None:
        """Take one sample; one that is not later than the one before changes nothing."""
        if self.paused or self.over or sample.time_s <= self._last_s:
            return
        gap, self._last_s = sample.time_s - self._last_s > GAP_S, sample.time_s
        if gap:
            self._interrupt(_Lost())
        self._rest.update(sample)
        with suppress(StopIteration):
            self._script.send(sample)

    def pause(self) -> None:
        """Wait; what is under way does not count."""
        self.paused = True

    def go_on(self) -> None:
        """After a pause: what was under way is done again."""
        self.paused = False
        self._interrupt(_Lost())

    def skip(self) -> None:
        """Leave the test under way out; nothing of it counts."""
        self._interrupt(_Skip())

    def repeat(self) -> None:
        """Do the test under way from its beginning."""
        self._interrupt(_Anew())

    def _interrupt(self, why: Exception) -> None:
        self._rest.clear()
        with suppress(StopIteration):
            self._script.throw(why)

    def _show(self, phase: Phase, words: str, **changes: Any) -> None:
        """Say something new."""
        self.view = replace(
            self.view, phase=phase, words=words, share=0.0, cues=self.view.cues + 1, **changes
        )

    def _gauge(self, angle_deg: float) -> None:
        self.view = replace(self.view, angle_deg=angle_deg)

    # --- the script ---

    def _lead(self) -> _Script[None]:
        frame = yield from self._sits_tall()
        for item in self._items:
            yield from self._item(item, frame)
        self._show(Phase.DONE, "That was all.", item=None)

    def _sits_tall(self) -> _Script[flexion.ThoraxFrame]:
        """The tall hold that all angles count from; it cannot be left out."""
        words = TALL
        while True:
            self._show(Phase.HOLD, words)
            try:
                up = yield from self._keeps_still(TALL_S)
                return self._frame_of(up)
            except CalibrationRefused as refused:
                words = f"{sentence(str(refused))} {TALL}"
                self._rest.clear()
            except (_Skip, _Anew, _Lost):
                words = TALL

    def _keeps_still(self, seconds: float) -> _Script[Vector]:
        """Their mean 'up' over so long without a movement."""
        ups: list[Vector] = []
        begun_s = 0.0
        while True:
            sample = yield
            if not self._rest.still:
                ups.clear()
                continue
            begun_s = begun_s if ups else sample.time_s
            ups.append(sample.up)
            share = (sample.time_s - begun_s) / seconds
            self.view = replace(self.view, share=min(share, 1.0))
            if share >= 1.0:
                return mean_direction(ups)

    def _item(self, item: Item, frame: flexion.ThoraxFrame) -> _Script[None]:
        while True:
            begun = len(self.done)
            try:
                if isinstance(item, Movement):
                    yield from self._movement(item, frame)
                else:
                    yield from self._hold(item, frame)
                return
            except _Anew:
                del self.done[begun:]
            except _Skip:
                del self.done[begun:]
                self.left_out.append(item.id)
                return

    def _movement(self, item: Movement, frame: flexion.ThoraxFrame) -> _Script[None]:
        """Each way in turn: one for practice, some that count, more where they lie apart."""
        self._show(Phase.REST, item.how, item=item, practice=item.practice, number=1, of=1)
        for way in item.ways * item.practice:
            yield from self._counts(item, way, frame)
        counted: dict[Way, list[Repetition]] = {way: [] for way in item.ways}
        for number in range(1, item.counted + MOST_MORE + 1):
            self.view = replace(self.view, practice=False, number=number, of=item.counted)
            for way, those in counted.items():
                if number <= item.counted or _spread_deg(those, item) > item.most_spread_deg:
                    those.append((yield from self._counts(item, way, frame)))
        self.done += [each for those in counted.values() for each in those[-item.counted :]]

    def _counts(self, item: Movement, way: Way, frame: flexion.ThoraxFrame) -> _Script[Repetition]:
        """One repetition, done again until it counts."""
        words = item.how
        while True:
            try:
                rest = yield from self._starts(words, frame, item.far_deg)
                return (yield from self._repetition(item, way, frame, rest))
            except _Failed as failed:
                words = f"{failed} {item.how}"
            except _Lost:
                words = f"Once more: some of it was not seen. {item.how}"

    def _starts(self, words: str, frame: flexion.ThoraxFrame, far_deg: float) -> _Script[Sample]:
        """Wait until they rest near tall, from where a repetition starts."""
        self._show(Phase.REST, words)
        # How they rested before they heard it is no start.
        self._rest.clear()
        told = ""
        while True:
            sample = yield
            self._gauge(0.0)
            if not self._rest.still:
                continue
            wrong = _not_tall(flexion.angles_deg(frame, self._rest.up), far_deg)
            if not wrong:
                return sample
            if wrong != told:
                told = wrong
                self._show(Phase.REST, f"{wrong} {words}")

    def _repetition(
        self, item: Movement, way: Way, frame: flexion.ThoraxFrame, start: Sample
    ) -> _Script[Repetition]:
        gauge = _Gauge(item.axis, frame, self._rest, start)
        self._show(Phase.GO, way.go, way=way)
        begin_s, arrived_s, far_deg = yield from self._goes(gauge, way.sign)
        self._show(Phase.BACK, BACK)
        residual_deg, end_s = yield from self._comes_back(gauge, begin_s, far_deg, item)
        if item.axis is Axis.ROTATION:
            # What is left of the gyroscope's error grew evenly.
            far_deg -= residual_deg * (arrived_s - begin_s) / (end_s - begin_s)
        return Repetition(
            item.id, way.name, far_deg, residual_deg, gauge.from_deg, begin_s, arrived_s, end_s
        )

    def _goes(self, gauge: _Gauge, sign: int) -> _Script[tuple[float, float, float]]:
        """Until they stay: when they set off, when they had arrived, and where."""
        asked_s = self._last_s
        begin_s: float | None = None
        plateau = _Plateau()
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg * (sign or math.copysign(1.0, angle_deg)))
            if begin_s is None:
                if abs(angle_deg) >= _LEAST_DEG:
                    begin_s = sample.time_s
                elif sample.time_s - asked_s > _WAITS_S:
                    raise _Failed("No movement was seen.")
                continue
            if sample.time_s - begin_s > _LONGEST_S:
                raise _Failed("You did not stay at the end of it.")
            if plateau.update(sample.time_s, angle_deg) and abs(plateau.mean_deg) >= _LEAST_DEG:
                if sign * plateau.mean_deg < 0.0:
                    raise _Failed("That was the other way.")
                return begin_s, plateau.middle_s, plateau.mean_deg

    def _comes_back(
        self, gauge: _Gauge, begin_s: float, far_deg: float, item: Movement
    ) -> _Script[tuple[float, float]]:
        """Until they stay again: how far from the start, and when."""
        plateau = _Plateau()
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg * math.copysign(1.0, far_deg))
            if sample.time_s - begin_s > 2 * _LONGEST_S:
                raise _Failed("You did not come back to where you began.")
            if abs(far_deg - angle_deg) < _SET_OUT * abs(far_deg):
                continue
            stays = plateau.update(sample.time_s, angle_deg)
            if stays and abs(plateau.mean_deg) <= item.returns_deg:
                return plateau.mean_deg, sample.time_s

    def _hold(self, item: Hold, frame: flexion.ThoraxFrame) -> _Script[None]:
        words = item.how
        while True:
            self.view = replace(self.view, item=item, practice=False, number=1, of=1)
            try:
                start = yield from self._starts(words, frame, _STRAIGHT_DEG)
                self.done.append((yield from self._held(item, frame, start)))
                return
            except _Failed as failed:
                words = f"{failed} {item.how}"
            except _Lost:
                words = f"Once more: some of it was not seen. {item.how}"

    def _held(self, item: Hold, frame: flexion.ThoraxFrame, start: Sample) -> _Script[Held]:
        gauge = _Gauge(Axis.FLEXION, frame, self._rest, start)
        self._show(Phase.HOLD, item.go)
        flexions: list[tuple[float, float]] = []
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg)
            if abs(angle_deg) > _BROKEN_DEG:
                raise _Failed("You got up or turned away.")
            held_s = sample.time_s - start.time_s
            flexions.append((held_s, angle_deg))
            self.view = replace(self.view, share=min(held_s / item.seconds, 1.0))
            if held_s >= item.seconds:
                return Held(item.id, start.time_s, sample.time_s, tuple(flexions))


def _spread_deg(counted: Sequence[Repetition], item: Movement) -> float:
    """How far the last of them lie apart."""
    angles = [each.angle_deg for each in counted[-item.counted :]]
    return max(angles) - min(angles)


def _not_tall(tilt: tuple[float, float], far_deg: float) -> str:
    """What is wrong with a start, in words; empty if nothing is."""
    lean_deg, side_deg = tilt
    if abs(lean_deg) > far_deg:
        where = "forward" if lean_deg > 0 else "back"
        return f"You lean {degrees(abs(lean_deg))} {where}."
    if abs(side_deg) > far_deg:
        where = "right" if side_deg > 0 else "left"
        return f"You lean {degrees(abs(side_deg))} to your {where}."
    return ""
