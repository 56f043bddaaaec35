"""Still or moving: posture is judged only while the wearer is still.

The spread of the acceleration's size over two seconds tells the two apart with a
balanced accuracy of 0.99 on people (torso clip, three wearers, threshold 0.045 g).
Fed with sums over packets, so that clip and host, live and batch see the same numbers.
Runs unchanged on CPython and on the board.
"""

from math import sqrt

WINDOW_S = 2.0
MOVING_G = 0.045


class MotionGate:
    """Follows the size of the acceleration; ``spread_g`` is its standard deviation now."""

    def __init__(self) -> None:
        self.spread_g = 0.0
        self._parts: list[tuple[float, int, float, float]] = []
        self._count = 0
        self._sum = 0.0
        self._squares = 0.0

    def reset(self) -> None:
        """Forget what was seen: after a gap."""
        self.__init__()

    def update(self, time_s: float, count: int, total_g: float, squares_g2: float) -> bool:
        """Take one packet; return whether the wearer moves.

        Args:
            time_s: time of its last sample, in seconds.
            count: samples in it.
            total_g: sum over its samples of |a| - 1 g, in g.  The constant is taken
                off first, or rounding would swamp the small spread of a still wearer.
            squares_g2: sum of the squares of the same.
        """
        self._parts.append((time_s, count, total_g, squares_g2))
        self._count += count
        self._sum += total_g
        self._squares += squares_g2
        while self._parts[0][0] <= time_s - WINDOW_S:
            _, old_count, old_sum, old_squares = self._parts.pop(0)
            self._count -= old_count
            self._sum -= old_sum
            self._squares -= old_squares
        mean = self._sum / self._count
        self.spread_g = sqrt(max(self._squares / self._count - mean * mean, 0.0))
        return self.spread_g > MOVING_G


def acceleration_sums(
    counts: tuple[int, ...] | list[int], first: int, width: int, g_per_count: float
) -> tuple[float, float]:
    """What ``MotionGate`` wants of one packet: the sum of |a| - 1 g and that of its square.

    *counts* holds samples of *width* numbers, x, y, z of the acceleration from *first* on.
    """
    total = squares = 0.0
    for i in range(first, len(counts), width):
        x, y, z = counts[i], counts[i + 1], counts[i + 2]
        size = sqrt(x * x + y * y + z * z) * g_per_count - 1.0
        total += size
        squares += size * size
    return total, squares
