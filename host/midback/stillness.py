"""How long the wearer has kept one posture, and when it is time for another one.

Changing posture has better evidence than sitting upright: new neck pain in 17 % of office
workers who were prompted to shift posture or take breaks, 44 % without (cluster trial over
six months, Waongenngarm et al. 2021, sjweh.fi 3949).

Two times are told.  ``longest`` is the day's longest still spell by the very definition of
``midback_analysis.movement``, where one second of movement ends a spell; a test holds the
two equal.  ``same_s`` is for nudges: a cough or a reach does not renew a posture.

Pure: one row a second in, times of the session in seconds.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from ctypes import c_float
from typing import NamedTuple

from midback.seconds import MISSING
from midback.words import STILL

SHIFT_DEG = 5.0
"""A posture shift: a step of this size (Dunk and Callaghan 2010, PubMed 20164621)."""

SIDE_S = 20
"""Medians of so many seconds on both sides of it; with 10 s four in ten found were none."""

CHANGE_S = 5
"""Not still for so long is another posture: the wearer got up, or nothing is known.

As long as movement must last to end a slump (``shared.judge.MOVED_S``)."""

MOVE_AFTER_S = 1800.0
"""One posture for half an hour: what break reminders usually take (own choice)."""

MOVE = "Time for another posture."
"""What the wearer is told then."""

_LOOKED_AT = 2 * SIDE_S + 1
_SKIP_S = 4 * SIDE_S
"""After a gap this long nothing is undecided any more."""


class Spell(NamedTuple):
    """A stretch of sitting or standing still, from second ``start`` to before ``stop``."""

    start: int
    stop: int


class Stillness:
    """Follows one wearing, second by second.

    Args:
        move_after_s: how long one posture may last before a nudge to move; it comes
            ``SIDE_S`` later, when it is certain that the posture did last.
        again_after_s: how much later the next nudge may come, if nothing changes.

    Attributes:
        longest: the longest still spell so far, ``None`` before there is one.  It lags: a
            posture shift is known for one about 40 s later; ``close`` settles what is left.
    """

    def __init__(
        self, move_after_s: float = MOVE_AFTER_S, again_after_s: float = MOVE_AFTER_S
    ) -> None:
        if move_after_s <= 0 or again_after_s <= 0:
            raise ValueError(
                f"a nudge to move after {move_after_s} s, again after {again_after_s} s: "
                "both must be above 0"
            )
        self.longest: Spell | None = None
        self._move_after_s = move_after_s
        self._again_after_s = again_after_s
        self._next = 0
        self._part = 0
        self._finder = _ShiftFinder()
        self._base = 0
        self._undecided: deque[tuple[bool, int]] = deque()
        self._shifts: deque[int] = deque()
        self._spell_from: int | None = None
        self._last_part = 0
        self._changed_at = 0
        self._restless = CHANGE_S
        self._still_at: deque[int] = deque()
        self._steady = _ShiftFinder()
        self._nudged_at: float = float("-inf")

    @property
    def same_s(self) -> int:
        """Seconds since the last change of posture: a shift, ``CHANGE_S`` of movement, a gap."""
        return 0 if self._restless >= CHANGE_S else self._next - self._changed_at

    def recalibrated(self) -> None:
        """Angles count from another upright from the next second on: no shift, but a new spell."""
        self._part += 1

    def update(self, second: int, row: tuple[int, int, int, int]) -> bool:
        """Take one second, as ``seconds.SecondMaker`` closes it; seconds left out are gaps.

        Args:
            second: its index in the session; one that is not later than the last is left out.
            row: flexion and lateral in hundredths of a degree, state, samples.

        Returns:
            Whether a nudge to move is due now.
        """
        if second < self._next:
            return False
        missing = second - self._next
        for _ in range(min(missing, _SKIP_S)):
            self._take(math.nan, math.nan, still=False)
        if missing > _SKIP_S:
            self._leap(second)
        flexion_cdeg, lateral_cdeg, state, _ = row
        still = state in STILL
        self._take(
            _degrees(flexion_cdeg) if still else math.nan,
            _degrees(lateral_cdeg) if still else math.nan,
            still=still,
        )
        return self._move(still=still)

    def close(self) -> Spell | None:
        """End the wearing; return the longest spell."""
        self._shifts.extend(self._base + at for at in self._finder.close())
        while self._undecided:
            self._decide()
        self._end_spell(self._next)
        return self.longest

    def _move(self, *, still: bool) -> bool:
        # Whether the posture was kept until then is told by the seconds after.
        due = (
            still
            and self.same_s - SIDE_S >= self._move_after_s
            and not self._steady.pending
            and self._next - self._nudged_at >= self._again_after_s
        )
        if due:
            self._nudged_at = self._next
        return due

    def _take(self, flexion_deg: float, lateral_deg: float, *, still: bool) -> None:
        found = self._finder.update(flexion_deg, lateral_deg, self._part)
        if found is not None:
            self._shifts.append(self._base + found)
        self._undecided.append((still, self._part))
        self._next += 1
        while self._next - len(self._undecided) < self._base + self._finder.decided:
            self._decide()
        self._watch_posture(flexion_deg, lateral_deg, still=still)

    def _leap(self, second: int) -> None:
        """Over a long gap; whatever was undecided is decided by now."""
        while self._undecided:
            self._decide()
        self._finder = _ShiftFinder()
        self._base = self._next = second

    def _decide(self) -> None:
        """Whether the oldest undecided second goes on with the spell."""
        second = self._next - len(self._undecided)
        still, part = self._undecided.popleft()
        shifted = bool(self._shifts) and self._shifts[0] == second
        if shifted:
            self._shifts.popleft()
        if not still or shifted or part != self._last_part:
            self._end_spell(second)
        if still and self._spell_from is None:
            self._spell_from = second
        self._last_part = part
        if self._spell_from is not None:
            self._measure(self._spell_from, second + 1)

    def _end_spell(self, second: int) -> None:
        if self._spell_from is not None:
            self._measure(self._spell_from, second)
            self._spell_from = None

    def _measure(self, start: int, stop: int) -> None:
        longest = self.longest
        if stop > start and (longest is None or stop - start > longest.stop - longest.start):
            self.longest = Spell(start, stop)

    def _watch_posture(self, flexion_deg: float, lateral_deg: float, *, still: bool) -> None:
        """The same steps, but among still seconds only: short movements are left out."""
        if not still:
            self._restless += 1
            return
        if self._restless >= CHANGE_S:
            self._changed_at = self._next - 1
            self._steady = _ShiftFinder()
            self._still_at.clear()
        self._restless = 0
        self._still_at.append(self._next - 1)
        found = self._steady.update(flexion_deg, lateral_deg, self._part)
        if found is not None:
            behind = self._steady.count - found
            self._changed_at = self._still_at[-behind]
        while len(self._still_at) > self._steady.count - self._steady.decided + 1:
            self._still_at.popleft()


class _ShiftFinder:
    """Finds posture shifts as ``midback_analysis.movement.shifts`` does, as seconds come.

    In single precision like there, so that equal steps are equal in both.

    Attributes:
        count: seconds taken.
        decided: shifts before this second are all known.
    """

    def __init__(self) -> None:
        self.count = 0
        self.decided = 0
        self._flexion, self._lateral = _Median(), _Median()
        self._parts: deque[int] = deque(maxlen=2 * SIDE_S)
        self._medians: deque[tuple[float, float]] = deque(maxlen=SIDE_S + 1)
        self._steps: deque[float] = deque(maxlen=_LOOKED_AT)
        self._looked_at = 0
        self._highest_from: int | None = None
        self._last: int | None = None

    @property
    def pending(self) -> bool:
        """Whether a step was seen that may yet turn out to be a shift."""
        return self._highest_from is not None or any(
            step >= SHIFT_DEG for step in list(self._steps)[-SIDE_S - 1 :]
        )

    def update(self, flexion_deg: float, lateral_deg: float, part: int) -> int | None:
        """Take the next second, NaN unless still; return the shift it made certain, if any."""
        self.count += 1
        self._parts.append(part)
        self._medians.append(
            (self._flexion.update(flexion_deg), self._lateral.update(lateral_deg))
        )
        if self.count < 2 * SIDE_S:
            return None
        return self._stepped(self._step())

    def close(self) -> list[int]:
        """No second follows: return the shifts that are certain by that."""
        if self.count < 2 * SIDE_S:
            return []
        # One step more than are waited for ends a plateau that reaches to the end.
        found = [self._stepped(0.0) for _ in range(SIDE_S + 1)]
        return [at for at in found if at is not None]

    def _step(self) -> float:
        if self._parts[0] != self._parts[-1]:
            return 0.0
        (flexion_deg, lateral_deg), (then_deg, then_lateral_deg) = (
            self._medians[-1],
            self._medians[0],
        )
        steps = abs(flexion_deg - then_deg), abs(lateral_deg - then_lateral_deg)
        return _single(max((step for step in steps if step == step), default=0.0))

    def _stepped(self, step: float) -> int | None:
        """With one step more, the one ``SIDE_S`` before it can be told a peak or none."""
        self._steps.append(step)
        if len(self._steps) <= SIDE_S:
            return None
        looked_at = self._steps[-SIDE_S - 1]
        highest = looked_at >= SHIFT_DEG and looked_at == max(self._steps)
        at = self._looked_at + SIDE_S
        self._looked_at += 1
        if highest:
            if self._highest_from is None:
                self._highest_from = at
            self.decided = self._highest_from
            return None
        self.decided = at + 1
        return self._peak(at)

    def _peak(self, ended: int) -> int | None:
        """A clean step is equally high for a while, because medians do not mind: its middle."""
        if self._highest_from is None:
            return None
        middle = self._highest_from + (ended - self._highest_from - 1) // 2
        self._highest_from = None
        if self._last is not None and middle - self._last < SIDE_S:
            return None
        self._last = middle
        return middle


class _Median:
    """Of the last ``SIDE_S`` seconds; NaN until there are so many, and where one of them is."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque()
        self._ordered: list[float] = []

    def update(self, angle_deg: float) -> float:
        seconds, ordered = self._seconds, self._ordered
        seconds.append(angle_deg)
        if angle_deg == angle_deg:
            insort(ordered, angle_deg)
        if len(seconds) > SIDE_S:
            oldest = seconds.popleft()
            if oldest == oldest:
                del ordered[bisect_left(ordered, oldest)]
        if len(ordered) < SIDE_S:
            return math.nan
        half = SIDE_S // 2
        return _single(ordered[half - 1] + ordered[half]) / 2.0


def _single(number: float) -> float:
    return c_float(number).value


def _degrees(cdeg: int) -> float:
    return math.nan if cdeg == MISSING else _single(cdeg / 100.0)
