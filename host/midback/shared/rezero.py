"""Taking the present posture as upright, when the wearer asks and sits still."""

from math import sqrt

STILL_MS = 3000
PATIENCE_MS = 10000
_STEADY = 0.035  # of a unit vector: two degrees

WAITING = 0
DONE = 1
REFUSED = 2


class Rezero:
    """One request at a time.

    ``up`` is the mean 'up' vector of the still seconds, in 32767ths, once ``update`` says
    ``DONE``; ``active`` whether a request is under way.
    """

    def __init__(self) -> None:
        self.active = False
        self.up = (0, 0, 0)
        self._asked_ms = self._still_ms = 0
        self._first = (0.0, 0.0, 0.0)
        self._sum = [0.0, 0.0, 0.0]
        self._count = 0

    def ask(self, now_ms: int) -> None:
        """The wearer asks now."""
        self.active = True
        self._asked_ms = now_ms
        self._count = 0

    def update(self, now_ms: int, up: tuple[float, float, float] | None, moving: bool) -> int:
        """Take the mean 'up' vector of one packet; say how the request stands."""
        if now_ms - self._asked_ms > PATIENCE_MS:
            self.active = False
            return REFUSED
        if up is None or moving or (self._count and not self._steady(up)):
            self._count = 0
            return WAITING
        if not self._count:
            self._first, self._still_ms = up, now_ms
            self._sum = [0.0, 0.0, 0.0]
        self._count += 1
        for axis in range(3):
            self._sum[axis] += up[axis]
        if now_ms - self._still_ms < STILL_MS:
            return WAITING
        self.active = False
        return self._found()

    def _steady(self, up: tuple[float, float, float]) -> bool:
        x, y, z = (up[axis] - self._first[axis] for axis in range(3))
        return x * x + y * y + z * z < _STEADY * _STEADY

    def _found(self) -> int:
        x, y, z = self._sum
        length = sqrt(x * x + y * y + z * z)
        if length < 0.5 * self._count:
            return REFUSED
        scale = 32767 / length
        self.up = (round(x * scale), round(y * scale), round(z * scale))
        return DONE
