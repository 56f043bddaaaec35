"""Clip ticks to host time: offset and rate are fitted over the wearing.

Radio delay is never negative and comes in bursts, so the least delayed packet of
every ten seconds is believed.  A line through those gives the rate of the clip's
clock, the least of the last minute its offset.  A single fixed offset would drift
by 360 ms an hour at 100 ppm, and a sample rate wrong by 3 % triples the tilt error.

Pure: the arrival time is an argument.  A new boot id starts a new fit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from midback.shared import wire

BUCKET_S = 10.0
_BUCKETS = 60  # ten minutes: 5 ms of scatter then leave the rate good to 5 ppm
_OFFSET_BUCKETS = 6
_PERIOD_BUCKETS = 6
_FIT_BUCKETS = 3
_MOST_RATE_ERROR = 0.06
_MOST_PERIOD_ERROR = 0.2
# No radio delays a packet by a minute, and none makes it early: the host's clock slept or leapt.
_LATE_S = 60.0
_EARLY_S = 2.0
_HALF_WRAP = wire.TICKS_MODULUS // 2


@dataclass(frozen=True, slots=True)
class PacketTime:
    """Where one packet lies in host time.

    Attributes:
        last_s: host time of its last sample, in seconds; never runs backward.
        period_s: host seconds between two samples.
        step_s: host seconds from the last sample of the packet before to the first
            of this one; ``period_s`` when nothing is missing in between.
        lost_packets: packets missing before this one, by the sequence number.
        fresh: the first packet since the clip started (or since the first packet at all).
        duplicate: this packet, or a later one, was here before: leave it out.
    """

    last_s: float
    period_s: float
    step_s: float
    lost_packets: int = 0
    fresh: bool = False
    duplicate: bool = False


class ClipClock:
    """Follows the clock of one clip through one wearing.

    ``rate`` is host seconds per clip second, ``reboots`` how often the clip restarted.
    """

    def __init__(self) -> None:
        self.rate = 1.0
        self.reboots = 0
        self._boot: int | None = None
        self._last_s = float("-inf")
        self._restart()

    def _restart(self) -> None:
        self.rate = 1.0
        self._offset_s = float("inf")
        self._minima: deque[tuple[float, float]] = deque(maxlen=_BUCKETS)
        self._bucket: tuple[float, float] | None = None
        self._bucket_end_s = 0.0
        self._ticks: int | None = None
        self._total_ticks = 0
        self._sequence = 0
        self._samples = 0
        self._marks: deque[tuple[float, int]] = deque(maxlen=_PERIOD_BUCKETS + 1)
        self._period_us = 0
        self._clip_period_s = 0.0

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
            arrival_s,
        )

    def place(
        self, boot: int, sequence: int, ticks: int, period_us: int, count: int, arrival_s: float
    ) -> PacketTime:
        """``update`` with the header's fields one by one, for whoever has them as columns."""
        fresh = boot != self._boot
        if fresh:
            self.reboots += self._boot is not None
            self._boot = boot
            self._restart()
        lost = 0 if fresh else (sequence - self._sequence - 1) % wire.SEQUENCE_MODULUS
        if lost >= wire.SEQUENCE_MODULUS // 2:
            return PacketTime(self._last_s, self._period_s, 0.0, duplicate=True)
        clip_s = self._unwrapped(ticks) * wire.TICK_S
        self._sequence = sequence
        self._learn_period(period_us, count, clip_s, contiguous=not (lost or fresh))
        self._learn_offset(clip_s, arrival_s)
        return self._placed(count, clip_s, lost, fresh)

    @property
    def _period_s(self) -> float:
        return self._clip_period_s * self.rate

    def _unwrapped(self, ticks: int) -> int:
        if self._ticks is not None:
            step = (ticks - self._ticks) % wire.TICKS_MODULUS
            self._total_ticks += step if step < _HALF_WRAP else 0
        self._ticks = ticks
        return self._total_ticks

    def _placed(self, count: int, clip_s: float, lost: int, fresh: bool) -> PacketTime:
        period_s = self._period_s
        before_s = self._last_s
        last_s = max(self._offset_s + self.rate * clip_s, before_s + 1e-3)
        self._last_s = last_s
        step_s = period_s
        if lost or fresh:
            step_s = max(last_s - (count - 1) * period_s - before_s, period_s)
        return PacketTime(last_s, period_s, step_s, lost, fresh)

    def _learn_period(self, period_us: int, count: int, clip_s: float, contiguous: bool) -> None:
        stated_s = period_us * 1e-6
        if period_us != self._period_us:
            self._period_us = period_us
            self._clip_period_s = stated_s
            contiguous = False
        if not contiguous:
            self._marks.clear()
        self._samples += count
        if self._marks and clip_s - self._marks[-1][0] < BUCKET_S:
            return
        self._marks.append((clip_s, self._samples))
        first_s, first = self._marks[0]
        if self._samples > first:
            measured_s = (clip_s - first_s) / (self._samples - first)
            if abs(measured_s / stated_s - 1.0) < _MOST_PERIOD_ERROR:
                self._clip_period_s = measured_s

    def _learn_offset(self, clip_s: float, arrival_s: float) -> None:
        slack_s = arrival_s - self.rate * clip_s
        late_s = slack_s - self._offset_s
        if late_s > _LATE_S or -_EARLY_S > late_s > float("-inf"):
            self._minima.clear()
            self._bucket = None
            self._offset_s = slack_s
        self._offset_s = min(self._offset_s, slack_s)
        if self._bucket is None:
            self._bucket_end_s = clip_s + BUCKET_S
        elif clip_s >= self._bucket_end_s:
            self._minima.append(self._bucket)
            self._bucket = None
            self._bucket_end_s = clip_s + BUCKET_S
            self._fit()
        if self._bucket is None or slack_s < self._bucket[1] - self.rate * self._bucket[0]:
            self._bucket = (clip_s, arrival_s)

    def _fit(self) -> None:
        points = list(self._minima)
        if len(points) >= _FIT_BUCKETS:
            rate = _slope(points)
            if abs(rate - 1.0) < _MOST_RATE_ERROR:
                self.rate = rate
        recent = points[-_OFFSET_BUCKETS:]
        self._offset_s = min(arrival_s - self.rate * clip_s for clip_s, arrival_s in recent)


def _slope(points: list[tuple[float, float]]) -> float:
    """Least-squares slope, fitted again without the points that lie three times too far off."""
    rate, level = _line(points)
    away = [abs(y - level - rate * x) for x, y in points]
    limit = 3.0 * sorted(away)[len(away) // 2]
    kept = [point for point, a in zip(points, away, strict=True) if a <= limit]
    return _line(kept)[0] if len(kept) >= _FIT_BUCKETS else rate


def _line(points: list[tuple[float, float]]) -> tuple[float, float]:
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    rate = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 1.0
    return rate, mean_y - rate * mean_x
