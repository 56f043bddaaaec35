"""What the wearer does now, decided once a packet (about five times a second).

The same object judges on the clip, in the live stream and in the reprocessing of a
stored day, and sees the same numbers everywhere.  Time comes in with each packet.
Runs unchanged on CPython and on the board.
"""

from midback.shared import motion as motion_of
from midback.shared import slump

# What is known about the wearer.
NO_DATA = 0  # nothing to judge by
UPRIGHT = 1
LEANING = 2
SLUMPED = 3
BACK = 4  # leaning back
MOVING = 5
AWAY = 6  # the clip is not worn
NEW = 7  # there is no calibration
WALKING = 8
DOUBTFUL = 9  # the clip is so still that perhaps nobody wears it

# What a packet can change.
STARTED = 1  # a slump began; the others end one
SAT_UP = 2
MOVED = 3
GAP = 4
TAKEN_OFF = 5

MOVED_S = 5.0
"""Movement this long ends a slump: the wearer stood up.  A reach or a fidget does not."""

FAR_DEG = 60.0
"""Nobody works tipped this far: they pick something up, lie down, or took the clip off.  After
``MOVED_S`` it ends a slump, as movement does."""

CARRIED_S = 30.0
"""Who is tipped that far and never comes up in so long is a bag, however it moves (own choice):
people who bend down to clean or to tie a shoe come up sooner."""

HANDLED_G = 0.08
"""Two seconds that spread the acceleration's size by more are steps or sitting down, or a hand
that takes the clip off: fidgets stay below ``motion.MOVING_G`` (own choice)."""

LAID_S = 7.0
"""So long after that nobody is upright yet: by then the clip doubts whether it was laid down,
which takes it two seconds to compare, four to count, and one for where its seconds begin.  A lean
counts at once, so no slump waits for this; of upright time it takes 0.1 % (simulated)."""

NO_SENSOR_G = 0.3
"""Less acceleration than this on average is a sensor that failed; standing still feels 1 g."""

REMEMBERED_S = 5.0
"""Without anything to judge by, the last judgement holds this long; then nothing is known.

Longer than the filter settles (3 s) or the motor shakes, so that neither flickers."""

_STATES = {
    slump.UPRIGHT: UPRIGHT,
    slump.LEANING: LEANING,
    slump.SLUMPED: SLUMPED,
    slump.RECLINED: BACK,
}
_CHANGES = {
    slump.SLUMP_STARTED: STARTED,
    slump.SLUMP_ENDED: SAT_UP,
    slump.SLUMP_CUT: GAP,
}
_NEVER_S = float("-inf")


class Judge:
    """Follows one wearer through packets; without a policy it only tells movement and wear.

    ``state`` is what the wearer does, ``held_s`` how much of the hold has passed.
    """

    def __init__(self, policy: slump.SlumpPolicy | None) -> None:
        self.state = NEW if policy is None else NO_DATA
        self._detector = None if policy is None else slump.SlumpDetector(policy)
        self._homes = None
        if policy is not None and policy.homes:
            # A clip is told of none, and keeps the memory that this takes.
            from midback.shared.home import Homes

            self._homes = Homes(policy.homes)
        self._gate = motion_of.MotionGate()
        self._moving_since_s: float | None = None
        self._tipped_since_s: float | None = None
        self._handled_s = _NEVER_S
        self._last_s = _NEVER_S
        self._known_s = _NEVER_S

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
        half_g: float,
        *,
        off_body: bool = False,
        doubtful: bool = False,
        shaken: bool = False,
    ) -> int | None:
        """Take one packet; return what it changed, or ``None``.

        Args:
            time_s: time of its last sample.
            flexion_deg: mean flexion over it; ``None`` when it cannot be judged now
                (no calibration, the motor shakes, the filter settles, the sensor failed).
            count: samples in it; with the next three see ``MotionGate``.
            total_g: sum of |a| - 1 g.
            squares_g2: sum of its squares.
            half_g: sum of |a| - 1 g over the first half.
            off_body: the clip finds that nobody wears it.
            doubtful: it finds that perhaps nobody does.
            shaken: the motor ran, which is no movement of the wearer's.
        """
        if time_s - self._last_s > slump.HOLD_LAST_S:
            self._gate.reset()
            self._moving_since_s = self._tipped_since_s = None
        self._last_s = time_s
        gate = self._gate
        motion = motion_of.STILL
        if not shaken:
            motion = gate.update(time_s, count, total_g, squares_g2, half_g, flexion_deg)
            if gate.spread_g > HANDLED_G:
                self._handled_s = time_s
        if total_g / count < NO_SENSOR_G - 1.0:
            flexion_deg = None
        tipped_s = self._tipped_s(time_s, flexion_deg)
        if off_body or tipped_s >= CARRIED_S or (doubtful and tipped_s > 0.0):
            return self._taken_off(time_s)
        if motion != motion_of.STILL:
            return self._moves(time_s, WALKING if motion == motion_of.WALKING else MOVING)
        if shaken:
            return self._unknown(time_s)
        self._moving_since_s = None
        if doubtful:
            # A slump under way may go on, a hold waits.
            self.state, self._known_s = DOUBTFUL, time_s
            return None
        if self._detector is None:
            self.state = NEW
            return None
        if gate.settling:
            self.state, self._known_s = MOVING, time_s
            return None
        if flexion_deg is None:
            return self._unknown(time_s)
        if abs(flexion_deg) > FAR_DEG:
            return self._far(time_s, tipped_s)
        self._known_s = time_s
        if self._homes is not None:
            flexion_deg = self._homes.update(time_s, flexion_deg)
        changed = self._detector.update(time_s, flexion_deg)
        self.state = _STATES[self._detector.state]
        if self.state == UPRIGHT and time_s - self._handled_s < LAID_S:
            self.state = MOVING
        return None if changed is None else _CHANGES.get(changed)

    def _tipped_s(self, time_s: float, flexion_deg: float | None) -> float:
        """For how long they are tipped too far, moving or not; goes on where that is not known."""
        if flexion_deg is not None:
            if abs(flexion_deg) <= FAR_DEG:
                self._tipped_since_s = None
            elif self._tipped_since_s is None:
                self._tipped_since_s = time_s
        return 0.0 if self._tipped_since_s is None else time_s - self._tipped_since_s

    def _unknown(self, time_s: float) -> None:
        if self._detector is not None and time_s - self._known_s > REMEMBERED_S:
            self.state = NO_DATA

    def _taken_off(self, time_s: float) -> int | None:
        self.state = AWAY
        self._known_s = time_s
        self._moving_since_s = None
        return self._interrupted(time_s, TAKEN_OFF)

    def _far(self, time_s: float, tipped_s: float) -> int | None:
        self.state = MOVING
        self._known_s = time_s
        if tipped_s < MOVED_S:
            return None
        return self._interrupted(time_s, MOVED)

    def _moves(self, time_s: float, how: int) -> int | None:
        self.state = how
        self._known_s = time_s
        if self._moving_since_s is None:
            self._moving_since_s = time_s
        if time_s - self._moving_since_s < MOVED_S:
            return None
        return self._interrupted(time_s, MOVED)

    def _interrupted(self, time_s: float, change: int) -> int | None:
        if self._detector is None:
            return None
        if self._homes is not None:
            self._homes.reset()
        return change if self._detector.interrupt(time_s) == slump.SLUMP_ENDED else None
