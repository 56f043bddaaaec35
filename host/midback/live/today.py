"""Today by the minute: the state that took most of each minute, its mean lean, the totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from midback.live.bins import Floats
from midback.seconds import Seconds, angle_deg
from midback.words import State

MINUTES = 25 * 60
"""A day has at most 25 hours: the one on which the clocks go back."""

UNSEEN = -1
"""Stands in a cell for a minute nobody watched: no session ran."""

SHORTEST_AXIS_H = 10
"""The ribbon spans at least this many hours, so that a morning does not fill it."""


@dataclass(frozen=True)
class DayView:
    """Today as it stands at one moment.

    Attributes:
        opens_s: epoch second of the left end of the axis, a whole local hour.
        closes_s: epoch second of its right end.
        now_s: epoch second of the moment of looking.
        minute_s: epoch second at which each minute begins, shape ``(n,)``.
        states: ``State`` of each minute or ``UNSEEN``, shape ``(n,)``.
        flexion_deg: mean lean of each minute, NaN where unknown, shape ``(n,)``.
        totals_s: seconds spent in each state that occurred.
        buzzes_s: epoch seconds of today's buzzes.
        hours: epoch second and local hour of every full hour on the axis.
    """

    opens_s: float
    closes_s: float
    now_s: float
    minute_s: Floats
    states: NDArray[np.int8]
    flexion_deg: Floats
    totals_s: dict[State, float]
    buzzes_s: tuple[float, ...]
    hours: tuple[tuple[float, int], ...]


class Today:
    """Seconds by state and lean for every minute of one local day, begun anew when it turns.

    Args:
        zone: time zone in which the day turns.
        turns_at_h: local hour at which one day becomes the next.
    """

    def __init__(self, zone: tzinfo, turns_at_h: int = 4) -> None:
        self._zone = zone
        self._turns_at_h = turns_at_h
        self._begin(0.0)

    def turn_to(self, now_s: float) -> None:
        """Begin anew if *now_s* (epoch) belongs to another day; nothing else turns the day."""
        if not self._begin_s <= now_s < self._end_s:
            self._begin(now_s)

    def add_state(self, begin_s: float, end_s: float, state: State) -> None:
        """Count the time from *begin_s* to *end_s* (epoch) as spent in *state*."""
        while begin_s < end_s and (minute := self._minute(begin_s)) is not None:
            until_s = min(end_s, self._begin_s + 60 * (minute + 1))
            self._seconds[minute, state] += until_s - begin_s
            begin_s = until_s

    def add_lean(self, epoch_s: float, flexion_deg: float) -> None:
        """Count one lean in degrees, positive forward."""
        if (minute := self._minute(epoch_s)) is not None:
            self._lean_sums[minute] += flexion_deg
            self._lean_counts[minute] += 1

    def add_buzz(self, epoch_s: float) -> None:
        """Mark a buzz."""
        if self._minute(epoch_s) is not None:
            self._buzzes.append(epoch_s)

    def add_stored(self, epoch_s: Floats, seconds: Seconds) -> None:
        """Count those stored *seconds* that belong to this day.

        Args:
            epoch_s: epoch second at which each row began, shape ``(n,)``.
            seconds: rows of ``midback.seconds.SECOND``, shape ``(n,)``.
        """
        today = (epoch_s >= self._begin_s) & (epoch_s < self._end_s)
        minute = ((epoch_s[today] - self._begin_s) // 60).astype(np.int64)
        np.add.at(self._seconds, (minute, seconds["state"][today]), 1.0)
        lean = angle_deg(seconds["flexion_cdeg"][today]).astype(np.float64)
        known = np.isfinite(lean)
        np.add.at(self._lean_sums, minute[known], lean[known])
        np.add.at(self._lean_counts, minute[known], 1)

    def view(self, now_s: float) -> DayView:
        """Today at *now_s* (epoch)."""
        minute = self._minute(now_s)
        count = 0 if minute is None else minute + 1
        seconds = self._seconds[:count]
        seen = seconds.sum(axis=1) > 0
        states = np.where(seen, seconds.argmax(axis=1), UNSEEN).astype(np.int8)
        counts = self._lean_counts[:count]
        lean = np.divide(
            self._lean_sums[:count], counts, out=np.full(count, np.nan), where=counts > 0
        )
        minute_s = self._begin_s + 60.0 * np.arange(count, dtype=np.float64)
        opens_s = self._whole_hour(float(minute_s[seen.argmax()]) if seen.any() else now_s)
        needed_h = int((now_s - opens_s) // 3600) + 1
        hours = max(SHORTEST_AXIS_H, needed_h)
        return DayView(
            opens_s=opens_s,
            closes_s=opens_s + 3600.0 * hours,
            now_s=now_s,
            minute_s=minute_s,
            states=states,
            flexion_deg=lean,
            totals_s={state: float(seconds[:, state].sum()) for state in State},
            buzzes_s=tuple(self._buzzes),
            hours=tuple(self._labelled(opens_s + 3600.0 * k) for k in range(hours + 1)),
        )

    def _minute(self, epoch_s: float) -> int | None:
        """The row of *epoch_s*; None when it belongs to another day."""
        today = self._begin_s <= epoch_s < self._end_s
        return int((epoch_s - self._begin_s) // 60) if today else None

    def _begin(self, epoch_s: float) -> None:
        local = self._local(epoch_s)
        first = local.replace(hour=self._turns_at_h, minute=0, second=0, microsecond=0)
        if local < first:
            first -= timedelta(days=1)
        self._begin_s = first.timestamp()
        self._end_s = (first + timedelta(days=1)).timestamp()
        self._seconds = np.zeros((MINUTES, len(State)))
        self._lean_sums = np.zeros(MINUTES)
        self._lean_counts = np.zeros(MINUTES, dtype=np.int64)
        self._buzzes: list[float] = []

    def _local(self, epoch_s: float) -> datetime:
        return datetime.fromtimestamp(epoch_s, self._zone)

    def _whole_hour(self, epoch_s: float) -> float:
        local = self._local(epoch_s)
        return epoch_s - 60 * local.minute - local.second - local.microsecond / 1e6

    def _labelled(self, epoch_s: float) -> tuple[float, int]:
        return epoch_s, self._local(epoch_s).hour


def runs(states: Sequence[int] | NDArray[np.int8]) -> list[tuple[int, int, int]]:
    """Every stretch of equal states as (state, first, one past the last).

    >>> runs([1, 1, 3, 1])
    [(1, 0, 2), (3, 2, 3), (1, 3, 4)]
    """
    values = np.asarray(states)
    if not len(values):
        return []
    cuts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return [(int(values[a]), a, b) for a, b in pairwise(cuts)]
