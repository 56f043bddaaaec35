"""Ten seconds of packets into one record.

An epoch lasts ten seconds of clip time, whatever the packets' length: a packet that reaches
over its end gives each side its time.  A silence of two seconds or more, or a new boot, ends the
epoch early with what it has.  A shorter silence stays inside, as time of which nothing is known.

Angles are those of the still states, as in the host's day.  An epoch in which nobody wore the
clip is not kept, so that two weeks of *worn* hours fit the log.
"""

import math

from midback.shared import judge, wire
from midback.shared.posture import Posture

EPOCH_TICKS = 100_000

_SILENCE_TICKS = 20_000  # as in slump.py: over a shorter one what was goes on
_LONGEST_TICKS = 50_000  # no packet is longer; with a silence still less than an epoch
_TICKS_PER_DS = 1_000
_MOST_CDEG = 18_000
_MOST_LATERAL_CDEG = 9_000

# The columns of a record: upright, slumped, leaning back; and moving, which has no angles.
_MOVING = 3
_COLUMN = {
    judge.UPRIGHT: 0,
    judge.LEANING: 0,
    judge.SLUMPED: 1,
    judge.BACK: 2,
    judge.MOVING: _MOVING,
    judge.WALKING: _MOVING,
}


class EpochMaker:
    """Collects judged packets."""

    def __init__(self) -> None:
        self._boot: int = -1
        self._end = 0  # of the last packet, in ticks
        self._column_ticks = [0, 0, 0, 0]
        self._clear()

    def add(
        self, packet: wire.StreamPacket, seen: Posture, buzzes: int = 0
    ) -> wire.EpochRecord | None:
        """Take one packet, what was seen in it, and how many buzzes there were since the last.

        Returns:
            A record when that ends an epoch, its sequence still 0 and its time not set.
        """
        span = min(packet.count * packet.period_us // 100, _LONGEST_TICKS)
        since = (packet.ticks - self._end) % wire.TICKS_MODULUS
        record = None
        if packet.boot != self._boot or since >= span + _SILENCE_TICKS:
            record = self.close()
            self._boot = packet.boot
            self._end = (packet.ticks - span) % wire.TICKS_MODULUS
            since = span
        silent = max(since - span, 0)
        # Clock and period do not agree to the tick: the clock counts.
        if silent < span // 2:
            silent = 0
        record = self._pass(silent, judge.NO_DATA) or record
        record = self._pass(since - silent, seen.state) or record
        self._note(packet, seen, buzzes)
        if self._ticks == EPOCH_TICKS:
            record = self._finish()
        return record

    def close(self) -> wire.EpochRecord | None:
        """End the epoch now; a record if there is anything in it."""
        return self._finish() if self._ticks else None

    def _clear(self) -> None:
        for column in range(4):
            self._column_ticks[column] = 0
        self._ticks = self._worn_ticks = self._away_ticks = 0
        self._samples = self._judged = 0
        self._lean = self._side = 0.0
        self._least, self._most = 180.0, -180.0
        self._total_g = self._squares_g2 = 0.0
        self._buzzes = self._flags = 0

    def _pass(self, ticks: int, state: int) -> wire.EpochRecord | None:
        """Let time pass in this state; a record if the epoch ends on the way."""
        record = None
        rest = EPOCH_TICKS - self._ticks
        if ticks > rest:
            self._spend(rest, state)
            record = self._finish()
            ticks -= rest
        self._spend(ticks, state)
        return record

    def _spend(self, ticks: int, state: int) -> None:
        self._ticks += ticks
        self._end = (self._end + ticks) % wire.TICKS_MODULUS
        if state == judge.AWAY:
            self._away_ticks += ticks
        elif state not in (judge.NO_DATA, judge.DOUBTFUL):
            self._worn_ticks += ticks
        column = _COLUMN.get(state)
        if column is not None:
            self._column_ticks[column] += ticks

    def _note(self, packet: wire.StreamPacket, seen: Posture, buzzes: int) -> None:
        self._buzzes += buzzes
        if packet.flags & wire.FLAG_LOST:
            self._flags |= wire.RECORD_LOST
        if packet.flags & wire.FLAG_OFF_BODY:
            self._flags |= wire.RECORD_OFF_BODY
        if packet.flags & wire.FLAG_SHAKEN:
            return  # neither angles nor movement are the wearer's
        count = packet.count
        self._samples += count
        self._total_g += seen.total_g
        self._squares_g2 += seen.squares_g2
        still = _COLUMN.get(seen.state, _MOVING) != _MOVING
        if not still or seen.mean_deg is None or seen.lateral_deg is None:
            return
        self._judged += count
        self._lean += count * seen.mean_deg
        self._side += count * seen.lateral_deg
        self._least = min(self._least, seen.least_deg)
        self._most = max(self._most, seen.most_deg)

    def _finish(self) -> wire.EpochRecord | None:
        unworn = self._away_ticks and not self._worn_ticks and not self._buzzes
        record = None if unworn else self._record()
        self._clear()
        return record

    def _record(self) -> wire.EpochRecord:
        upright, slumped, back, moving = _tenths(self._column_ticks)
        mean = least = most = side = wire.ANGLE_UNKNOWN
        if self._judged:
            mean = _cdeg(self._lean / self._judged, _MOST_CDEG)
            least, most = _cdeg(self._least, _MOST_CDEG), _cdeg(self._most, _MOST_CDEG)
            side = _cdeg(self._side / self._judged, _MOST_LATERAL_CDEG)
        return wire.EpochRecord(
            0,
            self._end,
            self._boot,
            mean,
            least,
            most,
            side,
            self._motion_mg(),
            upright,
            slumped,
            back,
            moving,
            min(self._buzzes, 255),
            self._flags,
        )

    def _motion_mg(self) -> int:
        """The standard deviation of |a|."""
        if not self._samples:
            return 0
        mean = self._total_g / self._samples
        variance = self._squares_g2 / self._samples - mean * mean
        return min(round(1000 * math.sqrt(max(variance, 0.0))), 0xFFFF)


def _tenths(ticks: list[int]) -> list[int]:
    """Whole tenths of a second whose sum is the rounded sum of the ticks."""
    tenths: list[int] = []
    passed = told = 0
    for column in range(4):
        passed += ticks[column]
        upto = (passed + _TICKS_PER_DS // 2) // _TICKS_PER_DS
        tenths.append(upto - told)
        told = upto
    return tenths


def _cdeg(angle_deg: float, most: int) -> int:
    return max(-most, min(round(100 * angle_deg), most))
