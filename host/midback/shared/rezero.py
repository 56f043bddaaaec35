"""Taking the present posture as upright, when the wearer asks and sits still.

Who sits still is accelerated by nothing but gravity in the mean, so that tells where up is.  The
clip's own 'up' does not: until its filter has found the gyroscope's zero, 1.5 dps tip it by 2.7
degrees (simulated).
"""

from math import sqrt

from midback.shared import wire

STILL_MS = 3000
PATIENCE_MS = 10000
_STEADY_G = 0.035  # two degrees
_LEAST_G = 0.5  # a sensor that fails feels nothing
_WIDTH = 7  # wire.WIDTH[wire.KIND_ORIENTATION]
_FIRST = 4

WAITING = 0
DONE = 1
REFUSED = 2


class Rezero:
    """One request at a time.

    ``up`` is the direction of the mean acceleration over the still seconds, in 32767ths, once
    ``update`` says ``DONE``; ``active`` whether a request is under way.
    """

    def __init__(self) -> None:
        self.active = False
        self.up = (0, 0, 0)
        self._asked_ms = self._still_ms = 0
        self._here = (0.0, 0.0, 0.0)
        self._from = (0.0, 0.0, 0.0)
        self._sum = [0.0, 0.0, 0.0]
        self._count = 0

    def ask(self, now_ms: int) -> None:
        """The wearer asks now."""
        self.active = True
        self._asked_ms = now_ms
        self._count = 0

    def update(self, now_ms: int, counts: tuple[int, ...] | list[int], moving: bool) -> int:
        """Take the numbers of one orientation packet; say how the request stands."""
        if now_ms - self._asked_ms > PATIENCE_MS:
            self.active = False
            return REFUSED
        length_g = self._feel(counts)
        if moving or length_g < _LEAST_G or (self._count and not self._steady()):
            self._count = 0
            return WAITING
        if not self._count:
            self._from, self._still_ms = self._here, now_ms
            self._sum = [0.0, 0.0, 0.0]
        self._count += 1
        for axis in range(3):
            self._sum[axis] += self._here[axis]
        if now_ms - self._still_ms < STILL_MS:
            return WAITING
        self.active = False
        x, y, z = self._sum
        scale = wire.QUATERNION_ONE / sqrt(x * x + y * y + z * z)
        self.up = (round(x * scale), round(y * scale), round(z * scale))
        return DONE

    def _feel(self, counts: tuple[int, ...] | list[int]) -> float:
        x = y = z = 0
        for i in range(_FIRST, len(counts), _WIDTH):
            x, y, z = x + counts[i], y + counts[i + 1], z + counts[i + 2]
        scale = wire.G_PER_COUNT * _WIDTH / len(counts)
        self._here = (x * scale, y * scale, z * scale)
        return scale * sqrt(x * x + y * y + z * z)

    def _steady(self) -> bool:
        x, y, z = (self._here[axis] - self._from[axis] for axis in range(3))
        return x * x + y * y + z * z < _STEADY_G * _STEADY_G
