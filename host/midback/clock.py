"""Clip ticks to host time: offset and rate are fitted over the wearing.

Radio delay is never negative and comes in bursts, so only the least delayed packets
are believed: a line is drawn that none of the last ten minutes lies below, and its
slope is the rate of the clip's clock.  A single fixed offset would drift by 360 ms an
hour at 100 ppm, and a sample rate wrong by 3 % triples the tilt error.

A clip whose packets fall in step with the connection events (every 200 ms, events
every 50 ms) hides a delay of up to one interval; nothing here can see it.

Pure: the arrival time is an argument.  A new boot id starts a new fit.

A wearing that begins with packets of the last minute, which all come late, is told beforehand
when a newer one came in time: ``prime``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import chain, pairwise
from typing import NamedTuple

from midback.shared import wire

BUCKET_S = 10.0
_BUCKETS = 60
_FIT_BUCKETS = 3  # one of them may be late from end to end
_MOST_RATE_ERROR = 0.06
_PERIOD_BUCKETS = 6
_MOST_PERIOD_ERROR = 0.2
# A clock slept or leapt when packets come too early, or are late by the same for twenty
# seconds; a burst catches up.  Before the rate is known 3 % of thirty seconds is no leap.
_LEAP_S = 0.1
_LEAP_UNFITTED_S = 2.0
# A packet that is later than any stall of the radio was kept somewhere on the way.
_LATE_S = 1.0
_LEAP_BUCKETS = 3  # packets that wait for missing ones may be late by the same for two
# Some minutes of packets may wait for missing ones: none is later than this (``gather``).
_MOST_DELAY_S = 600.0
_OLDEST_TICKS = round(600 / wire.TICK_S)  # of a packet that comes again
# A pause that the clip did not announce: the stream was started again.
_PAUSE_S = 0.25

Point = tuple[float, float]
"""Clip time of a packet's last sample and host time of its arrival, in seconds."""


PRIMED = "clock_primed"
"""The kind of the recorded event that holds a ``Prior``."""


class Prior(NamedTuple):
    """When a packet came in time: boot id, ticks of its last sample, arrival in host seconds."""

    boot: int
    ticks: int
    arrival_s: float

    @property
    def detail(self) -> str:
        """Boot and ticks as the detail of a recorded event, whose value is the arrival."""
        return f"{self.boot} {self.ticks}"

    def less_delayed_than(self, other: Prior) -> bool:
        """Whether this packet was on its way for a shorter time; both of one start of the clip."""
        later = (self.ticks - other.ticks) % wire.TICKS_MODULUS
        if later >= wire.TICKS_MODULUS // 2:
            later -= wire.TICKS_MODULUS
        return self.arrival_s - other.arrival_s < later * wire.TICK_S

    @classmethod
    def of_event(cls, value: float | None, detail: str) -> Prior:
        """What was recorded.

        Raises:
            ValueError: that is no such event's.
        """
        boot, ticks = map(int, detail.split())
        if value is None:
            raise ValueError("an arrival is missing")
        return cls(boot, ticks, value)


class PacketTime(NamedTuple):
    """Where one packet lies in host time.

    Attributes:
        last_s: host time of its last sample, in seconds; never runs backward.
        period_s: host seconds between two samples.
        step_s: host seconds from the last sample of the packet before to the first
            of this one; ``period_s`` when nothing is missing in between.
        spacing_s: ``period_s``, or less where the first samples would otherwise lie
            before the packet before: what to count back from ``last_s`` with.
        lost_packets: packets missing before this one, by the sequence number.
        fresh: the first packet since the clip started (or since the first packet at all).
        duplicate: this packet, or a later one, was here before: leave it out.
    """

    last_s: float
    period_s: float
    step_s: float
    spacing_s: float
    lost_packets: int = 0
    fresh: bool = False
    duplicate: bool = False

    def times_s(self, count: int) -> list[float]:
        """Host time of each of its *count* samples, oldest first."""
        spacing_s = self.spacing_s
        first_s = self.last_s - (count - 1) * spacing_s
        return [first_s + i * spacing_s for i in range(count)]


class ClipClock:
    """Follows the clock of one clip through one wearing.

    ``rate`` is host seconds per clip second, ``reboots`` how often the clip restarted.
    """

    def __init__(self) -> None:
        self.rate = 1.0
        self.reboots = 0
        self._prior: Prior | None = None
        self._boot: int | None = None
        self._last_s = float("-inf")
        self._restart()

    def _restart(self) -> None:
        self.rate = 1.0
        self._fitted = False
        self._offset_s = float("inf")
        self._learns_from_s = float("-inf")
        # The last late stretches of a bucket's length: where each begins, its least slack.
        self._late: list[Point] = []
        self._buckets: deque[list[Point]] = deque(maxlen=_BUCKETS)
        self._bucket: list[Point] = []
        self._ticks: int | None = None
        self._total_ticks = 0
        self._sequence = 0
        self._samples = 0
        self._marks: deque[tuple[float, int]] = deque(maxlen=_PERIOD_BUCKETS + 1)
        self._period_us: int = 0
        self._clip_period_s = 0.0

    def prime(self, prior: Prior) -> None:
        """Know when a packet came that is newer than the first ones to be placed."""
        self._prior = prior

    def update(self, packet: wire.StreamPacket, arrival_s: float) -> PacketTime:
        """Place one packet in host time.

        Args:
            packet: the next packet received.
            arrival_s: monotonic host time at which it came, in seconds.
        """
        return self.place(
            packet.boot,
            packet.sequence,
            packet.ticks,
            packet.period_us,
            packet.count,
            packet.flags,
            arrival_s,
        )

    def place(
        self,
        boot: int,
        sequence: int,
        ticks: int,
        period_us: int,
        count: int,
        flags: int,
        arrival_s: float,
    ) -> PacketTime:
        """``update`` with the header's fields one by one, for whoever has them as columns."""
        fresh = boot != self._boot
        if fresh:
            self.reboots += self._boot is not None
            self._boot = boot
            self._restart()
            self._use_prior(boot, ticks)
        elif self._was_here(ticks):
            return PacketTime(self._last_s, self._period_s, 0.0, self._period_s, duplicate=True)
        elapsed_s = self._elapsed_s(ticks)
        clip_s = self._total_ticks * wire.TICK_S
        lost = 0 if fresh else self._lost(sequence, elapsed_s)
        self._sequence = sequence
        self._believe_period(period_us)
        excess_s = elapsed_s - count * self._clip_period_s
        gap = bool(lost or flags & wire.FLAG_LOST) or excess_s > max(
            _PAUSE_S, _MOST_PERIOD_ERROR * count * self._clip_period_s
        )
        self._learn_period(count, clip_s, contiguous=not (gap or fresh))
        self._learn_offset(clip_s, arrival_s)
        return self._placed(count, clip_s, elapsed_s if gap else None, lost, fresh)

    @property
    def _period_s(self) -> float:
        return self._clip_period_s * self.rate

    def _use_prior(self, boot: int, ticks: int) -> None:
        prior = self._prior
        if prior is None or prior.boot != boot:
            return
        clip_s = (prior.ticks - ticks) % wire.TICKS_MODULUS * wire.TICK_S
        if clip_s < _MOST_DELAY_S:
            self._learns_from_s = clip_s
            self._offset_s = prior.arrival_s - clip_s
            self._bucket = [(clip_s, prior.arrival_s)]

    def _was_here(self, ticks: int) -> bool:
        """Whether samples up to there were placed before.

        Ticks tell, not the sequence: that comes round after 109 minutes out of range.
        """
        assert self._ticks is not None
        return (self._ticks - ticks) % wire.TICKS_MODULUS < _OLDEST_TICKS

    def _elapsed_s(self, ticks: int) -> float:
        """Clip seconds since the packet before, across the wrap."""
        step = 0 if self._ticks is None else (ticks - self._ticks) % wire.TICKS_MODULUS
        self._total_ticks += step
        self._ticks = ticks
        return step * wire.TICK_S

    def _lost(self, sequence: int, elapsed_s: float) -> int:
        lost = (sequence - self._sequence - 1) % wire.SEQUENCE_MODULUS
        # More packets than samples fit in the time: the clip began to count anew.
        return lost if lost * self._clip_period_s <= elapsed_s else 0

    def _placed(
        self, count: int, clip_s: float, gap_s: float | None, lost: int, fresh: bool
    ) -> PacketTime:
        period_s = self._period_s
        before_s = self._last_s
        last_s = max(self._offset_s + self.rate * clip_s, before_s + 1e-3)
        self._last_s = last_s
        step_s = period_s
        if fresh:
            step_s = max(last_s - before_s - (count - 1) * period_s, period_s)
        elif gap_s is not None:
            step_s = max(self.rate * gap_s - (count - 1) * period_s, period_s)
        spacing_s = min(period_s, (last_s - before_s) / count)
        return PacketTime(last_s, period_s, step_s, spacing_s, lost, fresh)

    def _believe_period(self, period_us: int) -> None:
        if period_us != self._period_us:
            self._period_us = period_us
            self._clip_period_s = period_us * 1e-6
            self._marks.clear()

    def _learn_period(self, count: int, clip_s: float, contiguous: bool) -> None:
        if not contiguous:
            self._marks.clear()
        self._samples += count
        if self._marks and clip_s - self._marks[-1][0] < BUCKET_S:
            return
        self._marks.append((clip_s, self._samples))
        first_s, first = self._marks[0]
        if self._samples > first:
            measured_s = (clip_s - first_s) / (self._samples - first)
            if abs(measured_s / (self._period_us * 1e-6) - 1.0) < _MOST_PERIOD_ERROR:
                self._clip_period_s = measured_s

    def _learn_offset(self, clip_s: float, arrival_s: float) -> None:
        if clip_s <= self._learns_from_s:
            return
        slack_s = arrival_s - self.rate * clip_s
        late_s = slack_s - self._offset_s
        most_early_s = _LEAP_S if self._fitted else _LEAP_UNFITTED_S
        if late_s > _MOST_DELAY_S or -most_early_s > late_s > float("-inf"):
            self._leap_to(slack_s)
        elif late_s > (_LATE_S if self._fitted else _LEAP_UNFITTED_S):
            # It waited for others, or came again: its arrival says nothing of the clocks.
            self._note_late(clip_s, slack_s)
            return
        self._late.clear()
        self._offset_s = min(self._offset_s, slack_s)
        if self._bucket and clip_s - self._bucket[0][0] >= BUCKET_S:
            self._buckets.append(self._least_delayed() if self._fitted else self._bucket)
            self._bucket = []
            self._fit()
        _extend_hull(self._bucket, (clip_s, arrival_s))

    def _leap_to(self, slack_s: float) -> None:
        self._buckets.clear()
        self._bucket.clear()
        self._late.clear()
        self._offset_s = slack_s

    def _note_late(self, clip_s: float, slack_s: float) -> None:
        """What is late by the same for some buckets is not late: one of the clocks leapt."""
        if not self._late or clip_s - self._late[-1][0] >= BUCKET_S:
            self._late = [*self._late[1 - _LEAP_BUCKETS :], (clip_s, slack_s)]
        begun_s, least_s = self._late[-1]
        self._late[-1] = (begun_s, min(least_s, slack_s))
        if len(self._late) == _LEAP_BUCKETS and clip_s - begun_s >= BUCKET_S / 2:
            slacks_s = [slack_s for _, slack_s in self._late]
            if max(slacks_s) - min(slacks_s) < _LEAP_S / 2:
                self._leap_to(min(slacks_s))

    def _least_delayed(self) -> list[Point]:
        return [min(self._bucket, key=self._slack_s)]

    def _slack_s(self, point: Point) -> float:
        return point[1] - self.rate * point[0]

    def _fit(self) -> None:
        if self._fitted and self._leapt():
            self._buckets = deque(list(self._buckets)[-2:], maxlen=_BUCKETS)
        hull = _lower_hull(self._buckets)
        if len(self._buckets) >= _FIT_BUCKETS:
            rate = _slope(hull)
            if abs(rate - 1.0) < _MOST_RATE_ERROR:
                self.rate = rate
                self._fitted = True
        self._offset_s = min(map(self._slack_s, hull))

    def _leapt(self) -> bool:
        if len(self._buckets) < 2:
            return False
        one_s, other_s = (
            min(map(self._slack_s, self._buckets[k])) - self._offset_s for k in (-2, -1)
        )
        return min(one_s, other_s) > _LEAP_S and abs(one_s - other_s) < _LEAP_S / 2


def _lower_hull(buckets: Iterable[list[Point]]) -> list[Point]:
    hull: list[Point] = []
    for point in chain.from_iterable(buckets):
        _extend_hull(hull, point)
    return hull


def _slope(hull: list[Point]) -> float:
    """Slope half-way between the first point and the last."""
    middle = (hull[0][0] + hull[-1][0]) / 2
    (x0, y0), (x1, y1) = next(edge for edge in pairwise(hull) if edge[1][0] > middle)
    return (y1 - y0) / (x1 - x0)


def _extend_hull(hull: list[Point], point: Point) -> None:
    """Add a point to the right of a lower convex hull: what then lies above it goes."""
    x, y = point
    while len(hull) > 1:
        (x0, y0), (x1, y1) = hull[-2], hull[-1]
        if (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0):
            break
        hull.pop()
    hull.append(point)
