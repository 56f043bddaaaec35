"""What the views draw: fed by the monitor in its thread, read by a view in another.

No Qt here.  Every sample goes straight into bins of fixed size under one lock, so
memory stays the same however long nobody looks, and a view copies at most 600 points.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo

import numpy as np
from tzlocal import get_localzone

from midback.estimator import Estimate
from midback.live.bins import Bins, Floats
from midback.live.picture import EMPTY, NO_LEAN, SHADED, Picture, Span, Spell
from midback.live.today import UNSEEN, DayView, Today, runs
from midback.seconds import Seconds
from midback.watching import Now
from midback.words import State

STALE_S = 3.0
"""After this long without a word from the monitor a view must not show a posture."""

AHEAD_S = 1.0
"""How far the time axis may run on between two words from the monitor."""

UNWATCHED_S = 10.0
"""A longer silence between two words from the monitor belongs to no state."""

TIP_S = 1.0
"""The newest lean counts as the lean of now for this long."""


class Trace:
    """The last minute, the last ten and today, ready to draw; a ``monitor.Listener``.

    Args:
        zone: time zone of the clock the wearer reads; None is this computer's.
        day_turns_at_h: local hour at which a day ends.
        clock: seconds that never jump, used to tell how old the newest word is.
    """

    def __init__(
        self,
        zone: tzinfo | None = None,
        day_turns_at_h: int = 4,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.zone = zone or get_localzone()
        self._clock = clock
        self._lock = threading.Lock()
        self._bins = {Span.MINUTE: Bins(0.2, 320), Span.TEN_MINUTES: Bins(1.0, 620)}
        self._today = Today(self.zone, day_turns_at_h)
        self._now: Now | None = None
        self._heard_s = -math.inf
        self._seeded_at_s: float | None = None
        self._sample_s = -math.inf
        self._tip: tuple[float, float] | None = None
        self._spells: deque[Spell] = deque(maxlen=2000)
        self._last_slump: Spell | None = None
        self._buzzes: deque[float] = deque(maxlen=200)
        self._revision = 0

    # What the monitor calls, in its thread.

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Take in new estimates; those without a lean leave a gap."""
        with self._lock:
            offset_s = self._epoch_offset_s()
            for estimate in estimates:
                lean = estimate.flexion_deg
                self._sample_s = max(self._sample_s, estimate.time_s)
                if estimate.state in NO_LEAN or not math.isfinite(lean):
                    continue
                for bins in self._bins.values():
                    bins.add(estimate.time_s, lean)
                if self._tip is None or estimate.time_s >= self._tip[0]:
                    self._tip = (estimate.time_s, lean)
                if offset_s is not None:
                    self._today.add_lean(estimate.time_s + offset_s, lean)

    def now(self, now: Now) -> None:
        """Take in what is known at this moment."""
        with self._lock:
            self._today.turn_to(now.wall.timestamp())
            self._count_time_until(now)
            self._extend_spells(now)
            self._now = now
            self._heard_s = self._clock()

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Take in an event; the graph marks buzzes."""
        del value, detail
        with self._lock:
            self._revision += 1
            if kind != "buzz":
                return
            self._buzzes.append(time_s)
            if (offset_s := self._epoch_offset_s()) is not None:
                self._today.add_buzz(time_s + offset_s)

    def seed(
        self, epoch_s: Floats, seconds: Seconds, buzzes_s: Iterable[float], now_s: float
    ) -> None:
        """Fill today with what is stored of it, before the first estimate arrives.

        Args:
            epoch_s: epoch second at which each stored second began, shape ``(n,)``.
            seconds: rows of ``midback.seconds.SECOND``, shape ``(n,)``; other days are ignored.
            buzzes_s: epoch seconds of stored buzzes.
            now_s: epoch second of now.
        """
        with self._lock:
            self._seeded_at_s = now_s
            self._today.turn_to(now_s)
            self._today.add_stored(epoch_s, seconds)
            for buzz_s in buzzes_s:
                self._today.add_buzz(buzz_s)
            self._revision += 1

    # What a view calls, in its thread.

    @property
    def revision(self) -> int:
        """A number that grows with every change of state and every event."""
        return self._revision

    def latest(self) -> Now | None:
        """What is known now; "no signal" once the monitor has been silent for ``STALE_S``."""
        with self._lock:
            now, silent_s = self._now, self._clock() - self._heard_s
        if now is None or silent_s <= STALE_S:
            return now
        since_s = silent_s + (now.since_s if now.state is State.NO_DATA else 0.0)
        return replace(now, state=State.NO_DATA, since_s=since_s, flexion_deg=None)

    def lean_deg(self) -> float | None:
        """The lean of now in degrees, positive forward; None when it is not current."""
        with self._lock:
            tip = self._tip_at(self._time_s())
            return None if tip is None else tip[1]

    def picture(self, span: Span) -> Picture:
        """The frame of the graph for this moment."""
        with self._lock:
            now_s = self._time_s()
            if span is Span.TODAY:
                day = self._day()
                return EMPTY if day is None else self._picture_of(day, now_s)
            return self._picture_of_last(span, now_s)

    def day(self) -> DayView | None:
        """Today up to this moment; None before it is known which day it is."""
        with self._lock:
            return self._day()

    def last_slump(self) -> tuple[float, float] | None:
        """Epoch second at which the latest slump began and its length in seconds."""
        with self._lock:
            offset_s = self._epoch_offset_s()
            if self._last_slump is None or offset_s is None:
                return None
            slump = self._last_slump
            return slump.start_s + offset_s, slump.end_s - slump.start_s

    # Inside the lock.

    def _time_s(self) -> float:
        """Session time of this moment: it flows between two words from the monitor."""
        if self._now is None:
            return 0.0
        return self._now.time_s + min(self._clock() - self._heard_s, AHEAD_S)

    def _day(self) -> DayView | None:
        offset_s = self._epoch_offset_s()
        now_s = self._seeded_at_s if offset_s is None else self._time_s() + offset_s
        return None if now_s is None else self._today.view(now_s)

    def _epoch_offset_s(self) -> float | None:
        return None if self._now is None else self._now.wall.timestamp() - self._now.time_s

    def _count_time_until(self, now: Now) -> None:
        before, offset_s = self._now, now.wall.timestamp() - now.time_s
        if before is not None and 0 < now.time_s - before.time_s <= UNWATCHED_S:
            self._today.add_state(before.time_s + offset_s, now.time_s + offset_s, before.state)

    def _extend_spells(self, now: Now) -> None:
        last = self._spells[-1] if self._spells else None
        if last is not None and last.state is now.state:
            self._spells[-1] = replace(last, end_s=now.time_s)
        else:
            self._revision += 1
            start_s = self._start_of(now, last)
            if last is not None:
                self._spells[-1] = replace(last, end_s=start_s)
            self._spells.append(Spell(now.state, start_s, now.time_s))
        if now.state is State.SLUMPED:
            self._last_slump = self._spells[-1]

    def _start_of(self, now: Now, last: Spell | None) -> float:
        # A missing signal is noticed late, so its spell reaches back to the last sample.
        if last is None or now.state is not State.NO_DATA:
            return now.time_s
        return min(max(last.start_s, self._sample_s), now.time_s)

    def _picture_of_last(self, span: Span, now_s: float) -> Picture:
        bins = self._bins[span]
        times_s, leans_deg = bins.means(now_s, round(span.seconds / bins.bin_s) + 1)
        x_s = np.minimum(times_s - now_s, 0.0)
        tip = self._tip_at(now_s)
        if tip is not None:
            x_s, leans_deg = np.append(x_s, 0.0), np.append(leans_deg, tip[1])
        left_s = -float(span.seconds)
        return Picture(
            left_s=left_s,
            right_s=0.0,
            x_s=x_s,
            y_deg=leans_deg,
            spells=tuple(self._spells_since(left_s, now_s)),
            buzzes_s=tuple(t - now_s for t in self._buzzes if t - now_s > left_s),
            tip=tip,
        )

    def _tip_at(self, now_s: float) -> tuple[float, float] | None:
        known = self._now is not None and self._now.flexion_deg is not None
        stale = self._clock() - self._heard_s > STALE_S
        if self._tip is None or not known or stale or now_s - self._tip[0] > TIP_S:
            return None
        return 0.0, self._tip[1]

    def _spells_since(self, left_s: float, now_s: float) -> Iterable[Spell]:
        newest = len(self._spells) - 1
        for i, spell in enumerate(self._spells):
            end_s = 0.0 if i == newest else spell.end_s - now_s
            if spell.state in SHADED and end_s > left_s:
                yield Spell(spell.state, max(spell.start_s - now_s, left_s), end_s)

    def _picture_of(self, day: DayView, now_s: float) -> Picture:
        minute_s = day.minute_s - day.opens_s
        tip = self._tip_at(now_s)
        return Picture(
            left_s=0.0,
            right_s=day.closes_s - day.opens_s,
            x_s=minute_s + 30.0,
            y_deg=day.flexion_deg,
            spells=tuple(_spells_of(day)),
            buzzes_s=tuple(t - day.opens_s for t in day.buzzes_s),
            tip=None if tip is None else (day.now_s - day.opens_s, tip[1]),
            hours=tuple((t - day.opens_s, hour) for t, hour in day.hours),
        )


def _spells_of(day: DayView) -> Iterable[Spell]:
    for state, first, past in runs(day.states):
        if state != UNSEEN and State(state) in SHADED:
            start_s = float(day.minute_s[first]) - day.opens_s
            yield Spell(State(state), start_s, start_s + 60.0 * (past - first))
