"""What the wearer does now, decided once a packet (about five times a second).

The same object serves the live stream and the reprocessing of a stored day, and
sees the same numbers in both.  Pure: time comes in with each packet.
"""

from __future__ import annotations

from typing import NamedTuple

from midback.motion import MotionGate
from midback.shared import slump
from midback.words import State

JUDGEMENT_VERSION = 1
"""Raised whenever the same packets would be judged otherwise; stored with every summary."""

_MOVED_S = 5.0
"""Movement this long ends a slump: the wearer stood up.  A reach or a fidget does not."""

_FAR_DEG = 60.0
"""Nobody works tipped this far: they pick something up, lie down, or took the clip off."""

_NO_SENSOR_G = 0.3
"""Less acceleration than this on average is a sensor that failed; standing still feels 1 g."""

_REMEMBERED_S = 5.0
"""Without anything to judge by, the last judgement holds this long; then nothing is known.

Longer than the filter settles (3 s) or the motor shakes, so that neither flickers."""

_STATES = {
    slump.UPRIGHT: State.UPRIGHT,
    slump.LEANING: State.LEANING,
    slump.SLUMPED: State.SLUMPED,
    slump.RECLINED: State.BACK,
}


class Change(NamedTuple):
    """A slump began or ended.

    ``kind`` is ``slump_started`` or ``slump_ended``; ``value`` the flexion in degrees
    at a start; ``detail`` how it ended: ``sat up``, ``moved``, ``gap``, ``taken off``.
    """

    time_s: float
    kind: str
    value: float | None = None
    detail: str = ""


class Judge:
    """Follows one wearer through packets.

    ``state`` is what the wearer does, ``held_s`` how much of the hold has passed.
    """

    def __init__(self, policy: slump.SlumpPolicy | None) -> None:
        self.state = State.NEW if policy is None else State.NO_DATA
        self._detector = None if policy is None else slump.SlumpDetector(policy)
        self._gate = MotionGate()
        self._moving_since_s: float | None = None
        self._far_since_s: float | None = None
        self._last_s = float("-inf")
        self._known_s = float("-inf")

    @property
    def held_s(self) -> float:
        """Seconds of the hold that have passed while leaning."""
        return self._detector.held_s if self._detector is not None else 0.0

    def update(
        self,
        time_s: float,
        flexion_deg: float | None,
        count: int,
        total_g: float,
        squares_g2: float,
        *,
        off_body: bool = False,
        shaken: bool = False,
    ) -> Change | None:
        """Take one packet; return what it changed.

        Args:
            time_s: time of its last sample.
            flexion_deg: mean flexion over it; ``None`` when it cannot be judged now
                (no calibration, the motor shakes, the filter settles, the sensor failed).
            count: samples in it; with ``total_g`` and ``squares_g2`` see ``MotionGate``.
            total_g: sum of |a| - 1 g.
            squares_g2: sum of its squares.
            off_body: the clip finds that nobody wears it.
            shaken: the motor ran, which is no movement of the wearer's.
        """
        if time_s - self._last_s > slump.HOLD_LAST_S:
            self._gate.reset()
            self._moving_since_s = None
            self._far_since_s = None
        self._last_s = time_s
        moving = not shaken and self._gate.update(time_s, count, total_g, squares_g2)
        if off_body:
            return self._taken_off(time_s)
        if moving:
            return self._moves(time_s)
        if shaken:
            return self._unknown(time_s)
        self._moving_since_s = None
        if self._detector is None:
            self.state = State.NEW
            return None
        if flexion_deg is None or total_g / count < _NO_SENSOR_G - 1.0:
            return self._unknown(time_s)
        if abs(flexion_deg) > _FAR_DEG:
            return self._far(time_s)
        self._far_since_s = None
        return self._still(time_s, flexion_deg, self._detector)

    def _unknown(self, time_s: float) -> None:
        if self._detector is not None and time_s - self._known_s > _REMEMBERED_S:
            self.state = State.NO_DATA

    def _taken_off(self, time_s: float) -> Change | None:
        self.state = State.AWAY
        self._known_s = time_s
        self._moving_since_s = None
        return self._interrupted(time_s, "taken off")

    def _far(self, time_s: float) -> Change | None:
        if self._far_since_s is None:
            self._far_since_s = time_s
        if time_s - self._far_since_s >= _MOVED_S:
            return self._taken_off(time_s)
        self.state = State.MOVING
        self._known_s = time_s
        return None

    def _moves(self, time_s: float) -> Change | None:
        self.state = State.MOVING
        self._known_s = time_s
        if self._moving_since_s is None:
            self._moving_since_s = time_s
        if time_s - self._moving_since_s < _MOVED_S:
            return None
        return self._interrupted(time_s, "moved")

    def _interrupted(self, time_s: float, detail: str) -> Change | None:
        if self._detector is None:
            return None
        if self._detector.interrupt(time_s) == slump.SLUMP_ENDED:
            return Change(time_s, "slump_ended", None, detail)
        return None

    def _still(
        self, time_s: float, flexion_deg: float, detector: slump.SlumpDetector
    ) -> Change | None:
        changed = detector.update(time_s, flexion_deg)
        self.state = _STATES[detector.state]
        self._known_s = time_s
        if changed == slump.SLUMP_STARTED:
            return Change(time_s, "slump_started", flexion_deg)
        if changed == slump.SLUMP_ENDED:
            return Change(time_s, "slump_ended", None, "sat up")
        if changed == slump.SLUMP_CUT:
            return Change(time_s, "slump_ended", None, "gap")
        return None
