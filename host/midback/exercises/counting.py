"""Repetitions of a movement, counted while they are made.

A repetition leaves the wearer's own rest by half of the movement's amplitude and comes back to
within a third of it (after posture.md 4.3).  The rest is followed slowly, and only while they are
near it.  What lasts too long is a change of posture instead, and what goes much too far is
another movement.

How much they sway is measured while they rest between repetitions.  Who goes less far than seven
times as much (SD) cannot be counted surely, and is told so.  With all of such a set at hand, and
the best of parameters, scipy finds 76 in 100 sets exactly at five times the sway, 88 at six and a
half, 91 at eight and 98 at ten.

Limits: the trunk is seen and no muscle.  A movement that is made with another part of the body
moves it by less than sway, and the counter then says that it cannot see.  Sway is known from five
seconds of rest on, and what was counted before may be wrong; of sets at five times the sway one in
four passes for more, and half of those are exact.  Bending down and up while the caller says that
it counts is a repetition, if it is as large as one.  The rest is taken from the first second: who
begins at the top is not counted.  Low-passed, a peak is 3 % small at 2.5 s a repetition.  Pure:
time comes in with each sample.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

CUTOFF_HZ, PEAK_CUTOFF_HZ = 1.0, 1.5
"""Of what is counted by, and of what is told: the first is quieter, the second takes less off."""

HIGH, LOW, NEAR = 0.55, 0.35, 0.25
"""Of the amplitude: beyond the first a repetition begins, below the second it ends, and within
the third the rest is followed.  Partial ones of two fifths stay below the first, and sway does not
keep anybody from coming back below the second, as it does from a quarter (posture.md 4.3)."""

REST_TAU_S = 8.0
LEAST_APART_S = 0.8
"""From the end of one repetition to the next; both from posture.md 4.3."""

LEAST_DEG = 3.0
"""Less cannot be told from sway (posture.md 4.3)."""

LEARNT_FROM = 2
LEARNING_S = 20.0
"""So long without a repetition: three of the slowest, of 6 s each (posture.md 4.3)."""

LONGEST_S = 8.0
"""A repetition takes 6 s at most, and a turn is given no longer (posture.md 4.1)."""

SHORTEST_S = 0.7
"""A repetition at twice the quickest tempo, 1.5 s, takes as long; sway below 1 Hz hardly ever."""

SWAY_FROM_S = 5.0
"""From so much rest on it is known how much they sway: after three repetitions or four."""

LEAST_SWAYS = 7.0
"""Less far, as a multiple of the sway (SD), cannot be counted surely.  Measured while they go, 77
of 100 sets at five times the sway are below, 12 at eight times, and 1 at fourteen times."""

MOST = 3.0
"""So many amplitudes are another movement (own choice): who bends down, or sits back."""

_TAU_S = 1.0 / (2.0 * math.pi * CUTOFF_HZ)
_PEAK_TAU_S = 1.0 / (2.0 * math.pi * PEAK_CUTOFF_HZ)
_INFLATED = 0.5  # sways, by which the greater of two peaks is too large
_PASSING_S, _BEGINNING_S = 0.4, 0.7  # after and before a repetition they are on the way
_GAP_S = 0.1  # what a sample stands for at most
_SETTLE_S = 1.0
_SETTLE_TAU_S = 0.3
_AT_THE_TOP = 0.8  # of the peak, which sway makes larger
_SHIFTING_S = 2.0  # how long a change of posture is under way


class Direction(IntEnum):
    """Which way a movement goes, by the sign of its value."""

    POSITIVE = 1
    NEGATIVE = -1
    BOTH = 0


class Counted(NamedTuple):
    """One that counts.

    Attributes:
        time_s: when they had come back.
        peak_deg: how far from rest it went, with its sign.
        up_s, hold_s, down_s: from a quarter of the amplitude to near the peak, near it, and back.
    """

    time_s: float
    peak_deg: float
    up_s: float
    hold_s: float
    down_s: float

    @property
    def begun_s(self) -> float:
        """When they had set off."""
        return self.time_s - self.up_s - self.hold_s - self.down_s


class Unseen(NamedTuple):
    """The movement is too small to count surely, at all or beside sway: pace it by time instead.

    Attributes:
        time_s: when that was certain.
        farthest_deg: how far from rest they were seen to go, without sign.
        sways: whether it is too small beside their sway only.
    """

    time_s: float
    farthest_deg: float
    sways: bool


class RepetitionCounter:
    """Follows one set of one movement.

    ``amplitude_deg`` is how far the wearer usually goes, ``None`` until it is learnt from their
    first two repetitions.  ``unseen`` is whether that failed, or they sway too much beside it:
    then nothing is counted any more.
    """

    def __init__(
        self,
        amplitude_deg: float | None = None,
        *,
        way: Direction = Direction.POSITIVE,
        least_deg: float = LEAST_DEG,
    ) -> None:
        """Begin a set.

        Args:
            amplitude_deg: how far they usually go, from their check; ``None`` to learn it.
            way: whether the value grows, falls, or does either in turn.
            least_deg: less than this is no repetition.

        Raises:
            ValueError: the amplitude is below *least_deg*, or that below ``LEAST_DEG``.
        """
        if least_deg < LEAST_DEG:
            raise ValueError(f"least_deg ({least_deg}) must be at least {LEAST_DEG}")
        if amplitude_deg is not None and amplitude_deg < least_deg:
            raise ValueError(f"amplitude_deg ({amplitude_deg}) must be at least {least_deg}")
        self._least_deg = least_deg
        self.amplitude_deg = amplitude_deg
        self.unseen = False
        self._way = way
        self._peaks: list[float] = []
        self._swayed: list[tuple[float, float, float]] = []
        self._learning_s = self._farthest_deg = 0.0
        self._counted_s = self._ended_s = -math.inf
        self._last_s: float | None = None
        self._restart()

    def update(self, time_s: float, value_deg: float, *, counts: bool) -> Counted | Unseen | None:
        """Take one sample; return the repetition that ended with it, if one did.

        Args:
            time_s: when it was taken, in seconds; one not later than the last is skipped.
            value_deg: flexion, side-bend or rotation, from any zero; NaN is skipped.
            counts: whether they are at the exercise.  While not, nothing is counted, what is
                under way is dropped, and their rest is taken anew afterwards.
        """
        if not math.isfinite(value_deg) or self.unseen:
            return None
        since_s = 0.0 if self._last_s is None else time_s - self._last_s
        if self._last_s is not None and since_s <= 0.0:
            return None
        self._last_s = time_s
        if not counts:
            self._restart()
            return None
        if since_s > LONGEST_S:
            self._restart()
            since_s = 0.0
        self._filter(time_s, since_s, value_deg)
        repetition = self._repetition(time_s)
        if repetition is None:
            return self._still_learning(time_s, since_s)
        self._learn(abs(repetition.peak_deg))
        if self._sure:
            return repetition
        return self._given_up(time_s, abs(repetition.peak_deg), sways=True)

    def _note_sway(self, time_s: float, since_s: float, off_deg: float) -> None:
        if time_s > max(self._from_s + _SETTLE_S, self._ended_s + _PASSING_S):
            self._swayed.append((time_s, min(since_s, _GAP_S), off_deg))

    @property
    def _sure(self) -> bool:
        """Whether they go far beside how much they sway at rest, as far as that is known."""
        rested_s = sum(since_s for _, since_s, _ in self._swayed)
        if self.amplitude_deg is None or rested_s < SWAY_FROM_S:
            return True
        mean_deg = sum(since_s * deg for _, since_s, deg in self._swayed) / rested_s
        squares = sum(since_s * (deg - mean_deg) ** 2 for _, since_s, deg in self._swayed)
        sway_deg = math.sqrt(squares / rested_s)
        inflated_deg = _INFLATED * sway_deg if self._peaks else 0.0
        return self.amplitude_deg - inflated_deg >= LEAST_SWAYS * sway_deg

    def _given_up(self, time_s: float, farthest_deg: float, *, sways: bool) -> Unseen:
        self.unseen = True
        return Unseen(time_s, farthest_deg, sways)

    def _restart(self) -> None:
        self._value_deg: float | None = None
        self._near_peaks_deg = 0.0
        self._rest_deg, self._nearest_deg = 0.0, math.inf
        self._former_deg: float | None = None
        self._from_s = self._near_s = 0.0
        self._drop()

    def _drop(self) -> None:
        """None is under way."""
        self._side = 0
        self._peak_deg = self._went_deg = 0.0
        self._trace: list[tuple[float, float]] = []

    def _filter(self, time_s: float, since_s: float, value_deg: float) -> None:
        if self._value_deg is None:
            self._value_deg = self._near_peaks_deg = self._rest_deg = value_deg
            self._from_s = self._near_s = time_s
            return
        self._value_deg += _gain(since_s, _TAU_S) * (value_deg - self._value_deg)
        self._near_peaks_deg += _gain(since_s, _PEAK_TAU_S) * (value_deg - self._near_peaks_deg)
        off_deg = self._value_deg - self._rest_deg
        if time_s - self._from_s <= _SETTLE_S:
            self._rest_deg += _gain(since_s, _SETTLE_TAU_S) * off_deg
        elif abs(off_deg) < NEAR * self._scale_deg:
            self._rest_deg += _gain(since_s, REST_TAU_S) * off_deg
        if self._side == 0 and abs(off_deg) < LOW * self._scale_deg:
            self._note_sway(time_s, since_s, off_deg)
        self._find_rest(time_s, off_deg)
        self._back_at_former(self._value_deg)

    def _find_rest(self, time_s: float, off_deg: float) -> None:
        """Who has long been far from their rest sits otherwise: the nearest they came is it."""
        if abs(off_deg) < LOW * self._scale_deg:
            self._near_s = time_s
            self._nearest_deg = math.inf
            return
        if time_s - self._near_s > _SHIFTING_S:
            self._nearest_deg = min(self._nearest_deg, off_deg, key=abs)
        if time_s - self._near_s > LONGEST_S:
            self._former_deg = self._rest_deg
            self._rest_deg += self._nearest_deg
            self._near_s, self._nearest_deg = time_s, math.inf
            self._drop()

    def _back_at_former(self, value_deg: float) -> None:
        """Who comes back against the way of the movement only held it long."""
        former_deg, scale_deg = self._former_deg, self._scale_deg
        if former_deg is None or self._way * (self._rest_deg - former_deg) < HIGH * scale_deg:
            return
        if abs(value_deg - former_deg) < LOW * scale_deg:
            self._rest_deg, self._former_deg = former_deg, None
            self._drop()

    @property
    def _scale_deg(self) -> float:
        """The amplitude; while it is learnt, such that the least begins a repetition."""
        if self.amplitude_deg is not None:
            return self.amplitude_deg
        return max([self._least_deg / HIGH, self._peak_deg, *self._peaks])

    def _repetition(self, time_s: float) -> Counted | None:
        assert self._value_deg is not None
        off_deg = self._value_deg - self._rest_deg
        scale_deg = self._scale_deg
        if self._side == 0:
            return self._begin(time_s, off_deg, scale_deg)
        self._trace.append((time_s, off_deg))
        self._peak_deg = max(self._peak_deg, self._side * off_deg)
        went_deg = self._side * (self._near_peaks_deg - self._rest_deg)
        self._went_deg = max(self._went_deg, went_deg)
        if self._side * off_deg >= LOW * scale_deg:
            return None
        peak_deg, trace = self._side * self._peak_deg, self._trace
        self._ended_s = time_s
        went_deg = self._side * self._went_deg
        self._drop()
        if abs(peak_deg) > MOST * scale_deg or time_s - trace[0][0] < SHORTEST_S:
            return None
        self._counted_s = time_s
        return _measured(trace, peak_deg)._replace(peak_deg=went_deg)

    def _begin(self, time_s: float, off_deg: float, scale_deg: float) -> None:
        side = 1 if off_deg > 0.0 else -1
        if abs(off_deg) < LOW * scale_deg or self._way == -side:
            self._trace = [(time_s, off_deg)]
            return
        self._trace.append((time_s, off_deg))
        if (
            abs(off_deg) > max(HIGH * scale_deg, self._least_deg)
            and time_s - self._counted_s >= LEAST_APART_S
        ):
            self._side = side
            while self._swayed and self._swayed[-1][0] > time_s - _BEGINNING_S:
                self._swayed.pop()

    def _learn(self, peak_deg: float) -> None:
        if self.amplitude_deg is None:
            self._peaks.append(peak_deg)
            self._learning_s = 0.0
            if len(self._peaks) == LEARNT_FROM:
                # Of the two one may have been broken off.
                self.amplitude_deg = max(self._peaks)

    def _still_learning(self, time_s: float, since_s: float) -> Unseen | None:
        if self.amplitude_deg is not None:
            return None
        assert self._value_deg is not None
        self._learning_s += since_s
        self._farthest_deg = max(self._farthest_deg, abs(self._value_deg - self._rest_deg))
        if self._learning_s <= LEARNING_S or self._side != 0:
            return None
        return self._given_up(time_s, self._farthest_deg, sways=False)


def _gain(since_s: float, tau_s: float) -> float:
    return 1.0 - math.exp(-since_s / tau_s)


def _measured(trace: list[tuple[float, float]], peak_deg: float) -> Counted:
    top = [time_s for time_s, off_deg in trace if off_deg / peak_deg >= _AT_THE_TOP]
    begun_s, ended_s = trace[0][0], trace[-1][0]
    return Counted(ended_s, peak_deg, top[0] - begun_s, top[-1] - top[0], ended_s - top[-1])
