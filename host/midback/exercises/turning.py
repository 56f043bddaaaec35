"""How far the upper back turns about the vertical, in one repetition from rest to rest.

Gravity does not show such a turn, only the gyroscope does, and what it adds up drifts.  So its
bias is taken while the wearer holds still just before, the rate about 'up' is added up from
there, and they must come back to where they began: what is then left over is drift, and its share
is taken off along the way (posture.md 4.1).

Limits: right to 1 degree (RMS) for turns of 25 to 65 degrees on simulated wearers only, most of
that the scale of the gyroscope.  On people it sees the skin and the shirt over the shoulder
blades, and a pelvis that turns along counts as the back.  Who comes back to another place within
``MOST_LEFT_DEG`` is not told from drift.  Pure: time comes in with each sample.
"""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum
from typing import NamedTuple

from midback.calibration import Vector

STILL_S = 2.0
STILL_DPS, STIR_DPS = 0.75, 2.0
"""Held still: for so long the rate about 'up' spreads by less than the first, and the rates in
all directions together by less than the second.

Of 22 people who sat still (IMU Sitting Postures Dataset, T4), 96 in 100 moments lie within
``LAPSE_S`` after such a stillness, and its mean rate is 0.2 dps off at p95: 1.6 degrees in
``LONGEST_S``, which the return takes off.  Half a degree a second in all directions (posture.md
4.1) is a third less off, but breathing alone spoils it: 61 in 100.
"""

LONGEST_S = 8.0
"""A repetition that takes longer drifts too far (posture.md 4.1)."""

MOST_LEFT_DEG = 5.0
"""More than this left over is no drift: they did not come back (posture.md 4.1)."""

GAP_S = 0.3
"""After a longer silence the tilt filter starts anew, too (``shared.tilt.BRIDGE_S``)."""

START_DEG = 10.0
"""Less is no repetition but settling into place (own choice): 25 is a small one."""

LAPSE_S = 2.0
"""Stillness counts as just before for so long (own choice)."""

_SLOW_DPS = 4.0
"""Slower is sway: as ``slip.turns`` tells a quiet packet."""
_REST_S = 0.5
_HELD = 0.9  # of the farthest: nearer is where the turn was held, if it was slow there
_BACK = 0.5  # of the farthest: a rest beyond is a hold, a rest below ends the repetition


class Spoilt(StrEnum):
    """Why a repetition is discarded, as the wearer reads it."""

    NOT_STILL = "did not hold still before"
    NOT_BACK = "did not return"
    OTHER_SIDE = "turned to the other side without a rest in the middle"
    TOO_LONG = "took too long"
    MISSING = "samples are missing"


class SpoiltTurn(NamedTuple):
    """A repetition that is discarded, and when that was certain."""

    time_s: float
    why: Spoilt


class MeasuredTurn(NamedTuple):
    """A repetition there and back.

    Attributes:
        time_s: when they had come back.
        rotation_deg: how far they turned, + to the wearer's left: the mean while they held it,
            the farthest where they did not.
        residual_deg: what was left over at the end, and was taken off along the way.
        up_s, hold_s, back_s: how long turning, holding and coming back took.
    """

    time_s: float
    rotation_deg: float
    residual_deg: float
    up_s: float
    hold_s: float
    back_s: float


class _Row(NamedTuple):
    time_s: float
    rotation_deg: float
    rate_dps: float


class TurnMeter:
    """Follows one wearer through samples of their clip.

    After ``update``: ``ready`` is whether they have held still, so that they may turn now, and
    ``rotation_deg`` how far they have turned since they last did, + to the left.  After a
    repetition that was discarded nothing more is told until they have held still again.
    """

    def __init__(self) -> None:
        self._stillness = _Stillness()
        self._bias_dps: Vector | None = None
        self._trace: list[_Row] = []
        self._last_s: float | None = None
        self._last_dps = 0.0
        self._still_s = self._slow_s = self._fast_s = -math.inf
        self._begun_s = 0.0
        self._farthest_deg = 0.0
        self._turning = False
        self._told = False
        self.ready = False
        self.rotation_deg = 0.0

    def update(
        self, time_s: float, up: Vector, rate_dps: Vector
    ) -> MeasuredTurn | SpoiltTurn | None:
        """Take one sample; return the repetition that ended with it, if one did.

        Args:
            time_s: when it was taken, in seconds; one not later than the last is skipped.
            up: unit 'up' vector in clip axes, see ``shared.tilt``; NaN is skipped.
            rate_dps: angular rate in clip axes, as the gyroscope gives it.
        """
        if not math.isfinite(sum(up) + sum(rate_dps)):
            return None
        since_s = 0.0 if self._last_s is None else time_s - self._last_s
        if self._last_s is not None and since_s <= 0.0:
            return None
        self._last_s = time_s
        if since_s > GAP_S:
            return self._interrupted(time_s)
        about_up_dps = _along(rate_dps, up)
        self._stillness.add(time_s, rate_dps, about_up_dps)
        if self._stillness.holds and not self._turning:
            self._set_zero(time_s)
        if self._bias_dps is None:
            return None
        self._integrate(time_s, since_s, about_up_dps - _along(self._bias_dps, up))
        return self._there_and_back(time_s) if self._turning else self._begun(time_s)

    def _interrupted(self, time_s: float) -> SpoiltTurn | None:
        self._slow_s = self._fast_s = time_s
        self._last_dps = 0.0
        if self._turning:
            return self._spoilt(time_s, Spoilt.MISSING)
        self._end()
        self._stillness.clear()
        return None

    def _set_zero(self, time_s: float) -> None:
        self._bias_dps = self._stillness.mean_dps
        self._still_s = time_s
        self.ready = True
        self._told = False
        self.rotation_deg = self._last_dps = 0.0
        self._trace.clear()

    def _integrate(self, time_s: float, since_s: float, about_up_dps: float) -> None:
        if self._still_s < time_s:
            self.rotation_deg += since_s * (self._last_dps + about_up_dps) / 2
        self._last_dps = about_up_dps
        if abs(about_up_dps) < _SLOW_DPS:
            self._slow_s = time_s
        else:
            self._fast_s = time_s
        if self.ready or self._turning:
            self._trace.append(_Row(time_s, self.rotation_deg, about_up_dps))

    def _rests(self, time_s: float) -> bool:
        return time_s - self._fast_s >= _REST_S

    def _begun(self, time_s: float) -> SpoiltTurn | None:
        """Whether a repetition begins, and if so from stillness."""
        if self._slow_s - self._still_s > LAPSE_S:
            self.ready = False
            self._trace.clear()
        if self._told:
            return None
        if abs(self.rotation_deg) >= START_DEG:
            if not self.ready:
                return self._spoilt(time_s, Spoilt.NOT_STILL)
            self._turning = True
            self._begun_s = _onset_s(self._trace)
            self._farthest_deg = self.rotation_deg
        elif not self.ready and self._rests(time_s):
            self.rotation_deg = 0.0
        return None

    def _there_and_back(self, time_s: float) -> MeasuredTurn | SpoiltTurn | None:
        self._farthest_deg = max(self._farthest_deg, self.rotation_deg, key=abs)
        share = self.rotation_deg / self._farthest_deg
        rests = self._rests(time_s)
        if share < 0.0 and abs(self.rotation_deg) >= START_DEG:
            return self._spoilt(time_s, Spoilt.OTHER_SIDE)
        if rests and share < _BACK:
            if abs(self.rotation_deg) > MOST_LEFT_DEG:
                return self._spoilt(time_s, Spoilt.NOT_BACK)
            return self._measured(time_s)
        if time_s - self._begun_s > LONGEST_S + _REST_S:
            return self._spoilt(time_s, Spoilt.NOT_BACK if rests else Spoilt.TOO_LONG)
        return None

    def _spoilt(self, time_s: float, why: Spoilt) -> SpoiltTurn:
        self._told = True
        self._end()
        # Else a wearer who waits far turned would seem to begin there.
        self._stillness.clear()
        return SpoiltTurn(time_s, why)

    def _end(self) -> None:
        self._turning = self.ready = False
        self._still_s = -math.inf
        self._trace.clear()

    def _measured(self, time_s: float) -> MeasuredTurn:
        residual_deg = self.rotation_deg
        rows = _without_drift(self._trace)
        farthest = max(rows, key=lambda row: abs(row.rotation_deg))
        held = [
            row
            for row in rows
            if row.rotation_deg / farthest.rotation_deg >= _HELD and abs(row.rate_dps) < _SLOW_DPS
        ] or [farthest]
        turn = MeasuredTurn(
            time_s=time_s,
            rotation_deg=sum(row.rotation_deg for row in held) / len(held),
            residual_deg=residual_deg,
            up_s=held[0].time_s - self._begun_s,
            hold_s=held[-1].time_s - held[0].time_s,
            back_s=self._fast_s - held[-1].time_s,
        )
        self._end()
        self.rotation_deg = 0.0
        return turn


class _Stillness:
    """The rates of the last ``STILL_S``, and whether they were those of somebody still."""

    def __init__(self) -> None:
        self._rows: deque[tuple[float, Vector, float]] = deque()
        self.clear()

    def clear(self) -> None:
        self._rows.clear()
        self._x = self._y = self._z = self._about_up = 0.0
        self._squares = self._squares_about_up = 0.0
        self._full = False

    def add(self, time_s: float, rate_dps: Vector, about_up_dps: float) -> None:
        self._rows.append((time_s, rate_dps, about_up_dps))
        self._sum(rate_dps, about_up_dps, 1.0)
        while time_s - self._rows[0][0] >= STILL_S:
            _, old_dps, old_about_up_dps = self._rows.popleft()
            self._sum(old_dps, old_about_up_dps, -1.0)
            self._full = True

    def _sum(self, rate_dps: Vector, about_up_dps: float, sign: float) -> None:
        x, y, z = rate_dps
        self._x += sign * x
        self._y += sign * y
        self._z += sign * z
        self._about_up += sign * about_up_dps
        self._squares += sign * (x * x + y * y + z * z)
        self._squares_about_up += sign * about_up_dps * about_up_dps

    @property
    def mean_dps(self) -> Vector:
        count = len(self._rows)
        return self._x / count, self._y / count, self._z / count

    @property
    def holds(self) -> bool:
        if not self._full:
            return False
        count, mean_dps = len(self._rows), self.mean_dps
        about_up = self._squares_about_up / count - (self._about_up / count) ** 2
        return (
            about_up < STILL_DPS**2
            and self._squares / count - _along(mean_dps, mean_dps) < STIR_DPS**2
        )


def _along(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _without_drift(rows: list[_Row]) -> list[_Row]:
    """The same, less what is left over at the end, which grew evenly with time."""
    first_s, last = rows[0].time_s, rows[-1]
    drift_dps = last.rotation_deg / (last.time_s - first_s)
    return [
        row._replace(rotation_deg=row.rotation_deg - drift_dps * (row.time_s - first_s))
        for row in rows
    ]


def _onset_s(rows: list[_Row]) -> float:
    """When the turn began: they were slow for the last time before ``START_DEG``."""
    begun_s = rows[0].time_s
    for row in rows:
        if abs(row.rotation_deg) >= START_DEG:
            break
        if abs(row.rate_dps) < _SLOW_DPS:
            begun_s = row.time_s
    return begun_s
