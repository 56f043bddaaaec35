"""Guides one wearer through the tests of a check: samples in, words and repetitions out.

The script reads as it is lived through: it waits for samples, and for nothing else.  A repetition
goes from rest to rest.  What fails is said and done again, so nothing half-done ever counts.
Pure: time comes in with each sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from midback.calibration import Vector, mean_direction
from midback.errors import CalibrationRefused
from midback.exercises.arriving import Plateau
from midback.exercises.facing import Facing
from midback.exercises.gauges import FromRest
from midback.exercises.items import BACK, ITEMS, TALL, Axis, Hold, Item, Movement, Way
from midback.exercises.measured import Held, Repetition, SeenHold, SeenRepetition
from midback.exercises.rest import GAP_S, Rest, Sample
from midback.exercises.view import Phase, View
from midback.shared import flexion
from midback.words import degrees, sentence

TALL_S = 4.0
"""So long the tall hold is that the axes come from."""

MOST_MORE = 3
"""Repetitions that are added at most where they lie too far apart."""

READ_S = 6.0
"""To read how to sit, and to do it: so soon after new words a rest is no start (own choice)."""

_STRAIGHT_DEG = 8.0  # further from tall than this is no start of a hold
_LEAST_DEG = 3.0  # less is no movement
_LONGEST_S = 8.0  # the gyroscope drifts: a turn lasts no longer
_SET_OUT = 0.4  # of the way back, before they may have arrived
_WAITS_S = 20.0  # for somebody to begin
_BROKEN_DEG = 20.0  # not the same posture any more


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
        facing: where the wearer faces; ``None`` until they sat tall.
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
        self.facing: Facing | None = None
        self._seen: list[SeenRepetition | SeenHold] = []
        self._items = items
        self._rest = Rest()
        self._last_s = -math.inf
        self._read = ""
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

    @property
    def _frame(self) -> flexion.ThoraxFrame:
        assert self.facing is not None
        return self.facing.frame

    def _measure(self) -> None:
        """What counts, by the axes as they are known now."""
        self.done = [each.measured(self._frame) for each in self._seen]

    def _show(self, phase: Phase, words: str, **changes: Any) -> None:
        """Say something new."""
        self.view = replace(
            self.view, phase=phase, words=words, share=0.0, cues=self.view.cues + 1, **changes
        )

    def _gauge(self, angle_deg: float) -> None:
        self.view = replace(self.view, angle_deg=angle_deg)

    # --- the script ---

    def _lead(self) -> _Script[None]:
        self.facing = Facing((yield from self._sits_tall()))
        for item in self._items:
            yield from self._item(item)
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

    def _item(self, item: Item) -> _Script[None]:
        while True:
            begun = len(self._seen)
            try:
                if isinstance(item, Movement):
                    yield from self._movement(item)
                else:
                    yield from self._hold(item)
                return
            except _Anew:
                del self._seen[begun:]
            except _Skip:
                del self._seen[begun:]
                self.left_out.append(item.id)
                return
            finally:
                self._measure()

    def _movement(self, item: Movement) -> _Script[None]:
        """Each way in turn: one for practice, some that count, more where they lie apart."""
        self._show(Phase.REST, item.how, item=item, practice=item.practice, number=1, of=1)
        for way in item.ways * item.practice:
            yield from self._counts(item, way)
        counted: dict[Way, list[SeenRepetition]] = {way: [] for way in item.ways}
        for number in range(1, item.counted + MOST_MORE + 1):
            self.view = replace(self.view, practice=False, number=number, of=item.counted)
            for way, those in counted.items():
                if number <= item.counted or self._spread_deg(those) > item.most_spread_deg:
                    those.append((yield from self._counts(item, way)))
        self._seen += [each for those in counted.values() for each in those[-item.counted :]]

    def _spread_deg(self, counted: Sequence[SeenRepetition]) -> float:
        """How far the last of them lie apart."""
        last = counted[-counted[0].item.counted :]
        angles = [each.measured(self._frame).angle_deg for each in last]
        return max(angles) - min(angles)

    def _counts(self, item: Movement, way: Way) -> _Script[SeenRepetition]:
        """One repetition, done again until it counts."""
        words = item.how
        while True:
            try:
                rest = yield from self._starts(words, item.far_deg)
                return (yield from self._repetition(item, way, rest))
            except _Failed as failed:
                words = f"{failed} {item.how}"
            except _Lost:
                words = f"Once more: some of it was not seen. {item.how}"

    def _starts(self, words: str, far_deg: float) -> _Script[Sample]:
        """Wait until they rest near tall, from where a repetition starts."""
        self._show(Phase.REST, words)
        # How they rested before they heard it is no start.
        self._rest.clear()
        told = ""
        reads_s = READ_S if words != self._read else 0.0
        self._read = words
        heard_s: float | None = None
        while True:
            sample = yield
            self._gauge(0.0)
            heard_s = sample.time_s if heard_s is None else heard_s
            if not self._rest.still or sample.time_s - heard_s < reads_s:
                continue
            wrong = _not_tall(flexion.angles_deg(self._frame, self._rest.up), far_deg)
            if not wrong:
                return sample
            if wrong != told:
                told = wrong
                self._show(Phase.REST, f"{wrong} {words}")

    def _repetition(self, item: Movement, way: Way, start: Sample) -> _Script[SeenRepetition]:
        gauge = FromRest(item.axis, self._frame, self._rest, start)
        self._show(Phase.GO, way.go, way=way)
        begin_s, far = yield from self._goes(gauge, way.sign)
        self._show(Phase.BACK, BACK)
        back, end_s = yield from self._comes_back(gauge, begin_s, far.mean_deg, item)
        # What is left of the gyroscope's error in a turn grew evenly.
        drift_deg = back.mean_deg * (far.middle_s - begin_s) / (end_s - begin_s)
        assert self.facing is not None
        self.facing.add(item.axis, gauge.rest, far.mean_up)
        self._measure()
        return SeenRepetition(
            item,
            way.name,
            gauge.rest,
            far.mean_up,
            back.mean_up,
            (far.mean_deg - drift_deg, back.mean_deg),
            begin_s,
            far.middle_s,
            end_s,
        )

    def _goes(self, gauge: FromRest, sign: int) -> _Script[tuple[float, Plateau]]:
        """Until they stay: when they set off, and where they stay."""
        asked_s = self._last_s
        begin_s: float | None = None
        plateau = Plateau()
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg * (sign or math.copysign(1.0, angle_deg)))
            if begin_s is None:
                if abs(angle_deg) >= _LEAST_DEG:
                    begin_s = sample.time_s
                elif sample.time_s - asked_s > _WAITS_S:
                    raise _Failed("No movement was seen.")
                elif (rests := self._rest.level) is not None:
                    # They may have sat up a little more since they were asked to go.
                    gauge.rests(rests)
                continue
            if sample.time_s - begin_s > _LONGEST_S:
                raise _Failed("You did not stay at the end of it.")
            if plateau.update(sample, angle_deg) and abs(plateau.mean_deg) >= _LEAST_DEG:
                if sign * plateau.mean_deg < 0.0:
                    raise _Failed("That was the other way.")
                return begin_s, plateau

    def _comes_back(
        self, gauge: FromRest, begin_s: float, far_deg: float, item: Movement
    ) -> _Script[tuple[Plateau, float]]:
        """Until they stay again: where, and when."""
        plateau = Plateau()
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg * math.copysign(1.0, far_deg))
            if sample.time_s - begin_s > 2 * _LONGEST_S:
                raise _Failed("You did not come back to where you began.")
            if abs(far_deg - angle_deg) < _SET_OUT * abs(far_deg):
                continue
            stays = plateau.update(sample, angle_deg)
            if stays and abs(plateau.mean_deg) <= item.returns_deg:
                return plateau, sample.time_s

    def _hold(self, item: Hold) -> _Script[None]:
        words = item.how
        while True:
            self.view = replace(self.view, item=item, practice=False, number=1, of=1)
            try:
                start = yield from self._starts(words, _STRAIGHT_DEG)
                self._seen.append((yield from self._held(item, start)))
                return
            except _Failed as failed:
                words = f"{failed} {item.how}"
            except _Lost:
                words = f"Once more: some of it was not seen. {item.how}"

    def _held(self, item: Hold, start: Sample) -> _Script[SeenHold]:
        gauge = FromRest(Axis.FLEXION, self._frame, self._rest, start)
        self._show(Phase.HOLD, item.go)
        ups: list[tuple[float, Vector]] = []
        while True:
            sample = yield
            angle_deg = gauge.update(sample)
            self._gauge(angle_deg)
            if abs(angle_deg) > _BROKEN_DEG:
                raise _Failed("You got up or turned away.")
            held_s = sample.time_s - start.time_s
            ups.append((held_s, sample.up))
            self.view = replace(self.view, share=min(held_s / item.seconds, 1.0))
            if held_s >= item.seconds:
                return SeenHold(item.id, start.time_s, gauge.rest, tuple(ups))


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
