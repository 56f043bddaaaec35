"""Still, moving or walking: posture is judged only while the wearer is still.

The spread of the acceleration's size over two seconds tells still from moving with a balanced
accuracy of 0.99 on people (torso clip, three wearers, threshold 0.045 g).  It is late by up to
half a second and blind to a trunk that swings without being lifted, so a packet that shakes by
itself, or in which the trunk turns quickly, counts as movement at once.

Walking is movement that repeats itself step by step: the acceleration's size, averaged over
tenths of a second, is like itself one step later and unlike itself half a step later.  Steps
come 1.4 to 2.3 times a second (Straczkiewicz et al. 2023, PMC9950089; Urbanek et al. 2018,
PMC5875188) and last at least three seconds; so the first three seconds of a walk are movement.

Fed with sums over packets, so that clip and host, live and batch see the same numbers.
Runs unchanged on CPython and on the board.

Limits: packets must be 0.15 to 0.27 s long for walking to be told from other movement.  Running
counts as walking.
"""

from array import array
from math import sqrt

# What the wearer does; what is not still is not judged.
STILL = 0
MOVING = 1
WALKING = 2

WINDOW_S = 2.0
MOVING_G = 0.045

JOLT_G = 0.03
"""A packet with more spread than this moves by itself (own choice): ten times what shakes a
seated T4 in the median second (2.5 mg, IMU Sitting Postures Dataset), and a fifth of a step."""

TURN_DPS = 15.0
"""So fast nobody sways, breathes or sags (own choice): a reach turns the trunk by more than 20
degrees a second, standing up by 50."""

SETTLE_S = 0.6
WALK_SETTLE_S = 10.0
"""After movement, and after walking, nothing is judged for so long (own choice, and
Straczkiewicz).  With what moved before, the short one stays below ``slump.HOLD_LAST_S``, so that
fidgets do not stop the hold."""

WALK_G = 0.03
"""Steps that spread the acceleration's size by less are too soft to be told: a tenth of a g from
peak to peak.  Three tenths is usual."""

WALK_S = 1.5
"""So long steps must be found, each time in the three seconds before, to be a walk."""

# Three seconds of the shortest half packets, and how many may wait to be thrown away.
_HALVES = 40
_WASTE = 16

# Numbers kept of a packet, and room for as many packets as have steps that can be told: 0.15 s.
_PART = 4
_PACKETS = 14


class MotionGate:
    """Follows one wearer.

    After ``update``: ``state`` is ``STILL``, ``MOVING`` or ``WALKING``; ``settling`` tells that
    they are still, but were not just now; ``spread_g`` is the standard deviation of the
    acceleration's size over ``WINDOW_S``.
    """

    # On a board each number that is kept or read by itself takes 16 bytes or more, and a piece
    # that is made anew tears up what memory is free: so they are kept in arrays that stay.

    def __init__(self) -> None:
        self.state = STILL
        self.settling = False
        self.spread_g = 0.0
        # A ring of packets: time, samples, sum, sum of squares.
        self._parts = array("d", bytes(8 * _PART * _PACKETS))
        self._first = self._used = 0  # where the window begins in it; how many numbers it has
        self._count = 0
        self._sum = self._squares = 0.0
        self._halves = array("h", bytes(2 * (_HALVES + _WASTE)))  # means of half packets in mg
        self._end = 0  # of those kept, oldest first
        self._length_s = self._last_s = 0.0
        self._flexion_deg: float | None = None
        self._steps_since_s: float | None = None
        self._settled_s: float | None = None

    def reset(self) -> None:
        """Forget what was seen: after a gap."""
        self.__init__()

    def update(
        self,
        time_s: float,
        count: int,
        total_g: float,
        squares_g2: float,
        half_g: float,
        flexion_deg: float | None = None,
    ) -> int:
        """Take one packet; return ``state``.

        Args:
            time_s: time of its last sample, in seconds.
            count: samples in it.
            total_g: sum over its samples of |a| - 1 g, in g.  The constant is taken
                off first, or rounding would swamp the small spread of a still wearer.
            squares_g2: sum of the squares of the same.
            half_g: like ``total_g``, over the first ``count // 2`` samples.
            flexion_deg: how far the trunk is tipped, if that is known; any zero will do.
        """
        length_s, self._last_s = time_s - self._last_s, time_s
        before_deg, self._flexion_deg = self._flexion_deg, flexion_deg
        self._spread(time_s, count, total_g, squares_g2)
        half_s = self._keep(length_s, count, total_g, half_g)
        if half_s is None or self.spread_g < WALK_G or not self._steps(half_s):
            self._steps_since_s = None
        elif self._steps_since_s is None:
            self._steps_since_s = time_s
        mean = total_g / count
        if self._steps_since_s is not None and time_s - self._steps_since_s >= WALK_S:
            self.state = WALKING
            self._settled_s = time_s + WALK_SETTLE_S
        elif (
            self._steps_since_s is not None
            or self.spread_g > MOVING_G
            or squares_g2 / count - mean * mean > JOLT_G * JOLT_G
            or _turned(before_deg, flexion_deg, length_s)
        ):
            self.state = MOVING
            self._settled_s = max(self._settled_s or 0.0, time_s + SETTLE_S)
        else:
            self.state = STILL
        if self._settled_s is not None and time_s >= self._settled_s:
            self._settled_s = None
        self.settling = self.state == STILL and self._settled_s is not None
        return self.state

    def _spread(self, time_s: float, count: int, total_g: float, squares_g2: float) -> None:
        parts, first = self._parts, self._first
        self._count += count
        self._sum += total_g
        self._squares += squares_g2
        while self._used and parts[first] <= time_s - WINDOW_S:
            self._count -= int(parts[first + 1])
            self._sum -= parts[first + 2]
            self._squares -= parts[first + 3]
            self._used -= _PART
            first = (first + _PART) % len(parts)
        if self._used == len(parts):
            # Shorter packets.
            parts = self._parts = parts[first:] + parts[:first] + array("d", bytes(8 * _PART))
            first = 0
        at = (first + self._used) % len(parts)
        parts[at] = time_s
        parts[at + 1] = count
        parts[at + 2] = total_g
        parts[at + 3] = squares_g2
        self._first, self._used = first, self._used + _PART
        mean = self._sum / self._count
        self.spread_g = sqrt(max(self._squares / self._count - mean * mean, 0.0))

    # Steps

    def _keep(self, length_s: float, count: int, total_g: float, half_g: float) -> float | None:
        """Keep the means of a packet's halves; return how long one is, if steps show in such."""
        if not 0.75 < length_s / max(self._length_s, 1e-3) < 1.33:
            self._end = 0  # the first one, a gap, or another setting
        self._length_s = length_s
        first = count // 2
        if not first or not 0.15 <= length_s <= 0.27:
            return None
        halves, end = self._halves, self._end
        if end == len(halves):
            end = _HALVES
            for index in range(end):
                halves[index] = halves[index + _WASTE]
        halves[end] = _mg(half_g / first)
        halves[end + 1] = _mg((total_g - half_g) / (count - first))
        self._end = end + 2
        return length_s / 2

    def _steps(self, half_s: float) -> bool:
        """Whether the last three seconds repeat themselves as steps do.

        They must be like themselves 0.4 to 0.7 s later (1.4 to 2.5 steps a second), not at a
        quicker rhythm, and no quieter in the first or the last second of them.
        """
        number = round(3.0 / half_s)
        end = self._end
        first, third = end - number, number // 3
        if first < 0:
            return False
        mean = 0
        for index in range(first, end):
            mean += self._halves[index]
        mean //= number
        all_mg2 = self._likeness(first, end, mean, 0)
        if all_mg2 < 250000.0 * WALK_G * WALK_G:
            return False  # it shakes too quickly to show in half packets: not half of that is left
        quiet_mg2 = 0.2 * all_mg2
        for at in (first, end - third):
            if self._likeness(at, at + third, mean, 0) < quiet_mg2:
                return False
        quickest = round(0.4 / half_s)
        like_mg2 = 0.0
        for lag in range(quickest, round(0.72 / half_s) + 1):
            like_mg2 = max(like_mg2, self._likeness(first, end, mean, lag))
        if like_mg2 < (0.5 if self._steps_since_s is None else 0.3) * all_mg2:
            return False
        for lag in range(round(0.2 / half_s), quickest):
            if self._likeness(first, end, mean, lag) > quiet_mg2:
                return False
        return True

    def _likeness(self, first: int, end: int, mean: int, lag: int) -> float:
        """Mean product of what is *lag* half packets apart, in mg2."""
        # In whole numbers: on a board each float that is computed would take memory.
        halves = self._halves
        total = 0
        for index in range(first + lag, end):
            total += (halves[index] - mean) * (halves[index - lag] - mean)
        return total / (end - first - lag)


def _mg(size_g: float) -> int:
    """In whole mg, and no more than what 40 squares of fit a board's short whole numbers."""
    return int(max(min(1000.0 * size_g, 2500.0), -2500.0))


def _turned(before_deg: float | None, now_deg: float | None, length_s: float) -> bool:
    if before_deg is None or now_deg is None:
        return False
    return abs(now_deg - before_deg) > TURN_DPS * length_s


def acceleration_sums(
    counts: tuple[int, ...] | list[int], first: int, width: int, g_per_count: float
) -> tuple[float, float, float]:
    """What ``MotionGate`` wants of one packet: its ``total_g``, ``squares_g2`` and ``half_g``.

    *counts* holds samples of *width* numbers, x, y, z of the acceleration from *first* on.
    """
    total = squares = half = 0.0
    middle = len(counts) // width // 2 * width
    for i in range(first, len(counts), width):
        x, y, z = counts[i], counts[i + 1], counts[i + 2]
        size = sqrt(x * x + y * y + z * z) * g_per_count - 1.0
        if i - first == middle:
            half = total
        total += size
        squares += size * size
    return total, squares, half
