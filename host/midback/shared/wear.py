"""Whether somebody wears the clip, from its acceleration averaged over whole seconds.

Breathing tilts a worn clip by a tenth of a degree, which is 2 mg; a sensor's noise
in one second is 0.05 mg.  Runs unchanged on CPython and on the board.
"""

OFF_BODY_S = 60
STILL_G = 0.0015


class WearWatch:
    """Follows one clip; ``still_s`` is for how long not even breathing has moved it."""

    def __init__(self) -> None:
        self.still_s = 0
        self._x = self._y = self._z = 0.0

    @property
    def off_body(self) -> bool:
        """Whether it finds that nobody wears it: a minute without even breathing."""
        return self.still_s >= OFF_BODY_S

    def update(self, x_g: float, y_g: float, z_g: float) -> None:
        """Take the mean acceleration over one second, in g."""
        if abs(x_g - self._x) + abs(y_g - self._y) + abs(z_g - self._z) > STILL_G:
            self._x, self._y, self._z = x_g, y_g, z_g
            self.still_s = 0
        else:
            self.still_s += 1
