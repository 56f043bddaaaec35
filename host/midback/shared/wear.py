"""Whether somebody wears the clip, from its acceleration averaged over whole seconds.

Breathing tilts a worn clip: at 0.12 to 0.6 Hz by 0.113 degrees RMS between the shoulder blades
of the median sitter and by 0.024 in the calmest hundredth of half minutes, which are 2.0 and
0.4 mg; a table tilts by 0.005 degrees (measured on the IMU Sitting Postures Dataset).  So the
acceleration is compared with that of two seconds ago, half a usual breath: a breath shows doubled,
slow drift hardly, and a knock or a step is over after two seconds.  Every second without life
counts up, every second with life counts down.

The chip's temperature is the second vote: taken off, it falls by 0.40 (0.17) C a minute in the
first five minutes (DETACH; Vert et al. 2022).  A clip that cools needs less quiet to be off; to
one that is cold already breathing is not enough, because a table that people type at may move as
much.  By itself temperature decides nothing: a room cools too.

Limits: in a bag or a hand it moves and counts as worn.  A breath every second or every two is
not seen by itself.  Lying flat in a train it is found out only once it is cold, after three minutes.
Runs unchanged on CPython and on the board.
"""

WORN = 0
DOUBTFUL = 1  # for some ten seconds nothing told of a body
OFF = 2

DOUBT_S = 10
OFF_S = 50
OFF_COOLING_S = 40
"""So many more quiet seconds than lively ones make it doubtful or off; the last while it cools.

Chosen so that off comes within 65 s on a table where one second in ten is lively, while people
who hold a pose rigidly never count to more than 7 (``tests/chain/test_wear.py``)."""

_SURE_S = 5  # with so many left it is worn again

LIFE_G = 0.0003
"""More change within two seconds is life.  Of the seconds of 22 people who held a pose 96 % show
more, in the calmest of their half minutes 82 %; of an LSM6DSO on a table 0.5 % do (noise 0.25 mg
in 25 Hz, rounded to the wire's 0.5 mg)."""

_LIFE_PER_NOISE = (
    3.0  # of the change that noise alone makes on one axis: 1 second in 30 is livelier
)

MOVED_G = 0.015
"""More is no breath but a movement: about a degree."""

_MOVED_S = 20  # each second of it takes away so many: three of handling, and it is worn
_HANDLED_G = 0.040  # what only a hand does to a flat clip that a train shakes
_COLD_LIFE_G = 0.003

COOLING_C = 0.15
COLD_C = 1.0
"""So far below the warmest of late it cools, or is cold: after half a minute and after two to
six minutes on a table at 0.40 (0.17) C a minute."""

_FORGET_C_PER_S = 0.05 / 60  # a room may cool so fast
_FLAT_G = 0.5  # less than this along the spine: tipped by more than 60 degrees, as nobody sits


class WearWatch:
    """Follows one clip; ``state`` is ``WORN``, ``DOUBTFUL`` or ``OFF``.  It begins in doubt.

    Args:
        noise_g: standard deviation of the sensor's noise in the mean of a second, one axis.
            The default is that of the chips the firmware knows, rounding included.
    """

    def __init__(self, noise_g: float = 0.00005) -> None:
        self.state = DOUBTFUL
        self._quiet_s = _SURE_S + 1
        self._life_g = max(LIFE_G, _LIFE_PER_NOISE * noise_g * 1.4142)
        self._last: tuple[float, float, float] | None = None
        self._before: tuple[float, float, float] | None = None
        self._now_c: float | None = None
        self._warm_c = 0.0

    def feel(self, temperature_c: float) -> None:
        """Take the chip's temperature in degrees Celsius, about every ten seconds."""
        if self._now_c is None:
            self._warm_c = temperature_c
        self._now_c = temperature_c
        self._warm_c = max(self._warm_c, temperature_c)

    def update(self, x_g: float, y_g: float, z_g: float) -> int:
        """Take the mean acceleration over one second, in g and clip axes; return ``state``."""
        before, self._before, self._last = self._before, self._last, (x_g, y_g, z_g)
        if before is not None:
            x, y, z = x_g - before[0], y_g - before[1], z_g - before[2]
            self._count(x * x + y * y + z * z, z_g < _FLAT_G)
        return self.state

    def _count(self, change2: float, flat: bool) -> None:
        fallen_c = 0.0 if self._now_c is None else self._warm_c - self._now_c
        life_g, moved_g = self._life_g, MOVED_G
        if fallen_c > COLD_C:
            life_g, moved_g = max(life_g, _COLD_LIFE_G), _HANDLED_G
            if flat:
                life_g = moved_g
        off_s = OFF_COOLING_S if fallen_c > COOLING_C else OFF_S
        if change2 > moved_g * moved_g:
            self._quiet_s = max(self._quiet_s - _MOVED_S, 0)
        elif change2 > life_g * life_g:
            self._quiet_s = max(self._quiet_s - 1, 0)
        else:
            self._quiet_s = min(self._quiet_s + 1, OFF_S)
        self._decide(off_s)

    def _decide(self, off_s: int) -> None:
        if self._quiet_s <= _SURE_S:
            if self.state == OFF and self._now_c is not None:
                self._warm_c = self._now_c  # another wearing, another warmth
            self.state = WORN
        elif self._quiet_s >= off_s:
            self.state = OFF
        elif self._quiet_s >= DOUBT_S and self.state == WORN:
            self.state = DOUBTFUL
        if self.state == WORN:
            self._warm_c -= _FORGET_C_PER_S
