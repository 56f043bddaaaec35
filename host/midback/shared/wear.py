"""Whether somebody wears the clip, from its acceleration averaged over whole seconds.

Breathing tilts a worn clip: at 0.12 to 0.6 Hz by 0.113 degrees RMS between the shoulder blades
of the median sitter and by 0.024 in the calmest hundredth of half minutes, which are 2.0 and
0.4 mg; a table tilts by 0.005 degrees (measured on the IMU Sitting Postures Dataset).  So the
acceleration is compared with that of two seconds ago, half a usual breath: a breath shows doubled,
slow drift hardly, and a knock or a step is over after two seconds.  Every second without life
counts up, every second with life counts down.

Whoever has just moved breathes and sways more than ever: what lies stock-still after a movement,
before it showed any life, was laid down, and its seconds count more.

The chip's temperature is the second vote: taken off, it falls by 0.40 (0.17) C a minute in the
first five minutes (DETACH; Vert et al. 2022).  A clip that cools needs less quiet to be off.
Of one that is cold already more is asked, because a table that people use moves, too: twice the
life, and where it lies flat, as nobody holds their back, to be handled.  One that is off is put
on by being moved only with its arrow up; otherwise, as in a bag, it must show life after that, or
be warmed.  By itself temperature decides nothing: a room cools too.

Limits: in a bag or a hand it moves and counts as worn until the bag is set down, and again when
it is taken up if the arrow points up.  A breath every one or two seconds is not seen by itself.
Flat in a train it is found out only once it is cold, after three minutes.
Runs unchanged on CPython and on the board.
"""

from array import array

WORN = 0
DOUBTFUL = 1  # for some ten seconds nothing told of a body
OFF = 2

DOUBT_S = 10
OFF_S = 50
OFF_COOLING_S = 40
"""So many more quiet seconds than lively ones make it doubtful or off; the last while it cools.

Chosen so that off comes within 65 s on a table where one second in ten is lively, while people
who hold a pose rigidly never count to more than 7 (``tests/chain/test_wear.py``)."""

LIFE_G = 0.0003
"""More change within two seconds is life.  Of the seconds of 22 people who held a pose 96 % show
more, in the calmest of their half minutes 82 %; of an LSM6DSO on a table 0.5 % do (noise 0.25 mg
in 25 Hz, rounded to the wire's 0.5 mg)."""

STILL_SHARE = 0.67
"""Below this share of ``LIFE_G``, 0.2 mg, it lies stock-still: on a simulated table 97 % of
seconds do.  Of those of people who hold a pose 0.5 % do between the shoulder blades and 1.8 % at
the waist; of 1164 that followed a movement, before four lively ones, 2 did, in a row."""

LAID_WEIGHT, LAIN_WEIGHT = 3, 2
"""What a stock-still second after a movement counts, until it is doubtful and then until it is
off: doubt comes after 4 of them, off after 23, or 18 where it cools."""

ALIVE_S = 4
"""So many lively seconds after a movement are somebody's life.  Of a bag that swings one second
in four looks lively by chance, and never more than three in a row (simulated)."""

MOVED_G = 0.015
"""More is no breath but a movement: about a degree."""

HANDLED_G = 0.040
"""What only a hand does to a clip that lies flat in a train."""

FLAT_G, HELD_UP_G = 0.3, 0.8
"""Less of gravity along its arrow and it lies flat, as nobody holds their back; more, and it is
held as on somebody who stands or walks, as one bag in four does too (simulated)."""

COOLING_C = 0.15
COLD_C = 1.0
"""So far below the warmest of late it cools, or is cold: after half a minute and after two to
six minutes on a table at 0.40 (0.17) C a minute."""


class WearWatch:
    """Follows one clip; ``state`` is ``WORN``, ``DOUBTFUL`` or ``OFF``.  It begins in doubt.

    Args:
        noise_g: standard deviation of the sensor's noise in the mean of a second, one axis.
            The default is that of the chips the firmware knows, rounding included.
    """

    def __init__(self, noise_g: float = 0.00005) -> None:
        self.state = DOUBTFUL
        self._quiet_s = 6
        self._alive_s = ALIVE_S  # lively seconds since it was last moved
        self._life_g = max(LIFE_G, 3.0 * 1.4142 * noise_g)  # 1 second in 30 of noise is livelier
        self._means = array("f", bytes(24))  # of the two seconds before
        self._seconds = 0
        self._now_c: float | None = None
        self._warm_c = 0.0
        self._cold_c = 0.0  # the coldest since it is off

    def feel(self, temperature_c: float) -> None:
        """Take the chip's temperature in degrees Celsius, about every ten seconds."""
        if self._now_c is None:
            self._warm_c = temperature_c
        self._now_c = temperature_c
        self._warm_c = max(self._warm_c, temperature_c)
        self._cold_c = min(self._cold_c, temperature_c)

    def update(self, x_g: float, y_g: float, z_g: float) -> int:
        """Take the mean acceleration over one second, in g and clip axes; return ``state``."""
        means, at = self._means, self._seconds % 2 * 3
        x, y, z = x_g - means[at], y_g - means[at + 1], z_g - means[at + 2]
        means[at], means[at + 1], means[at + 2] = x_g, y_g, z_g
        if self._seconds >= 2:
            self._count(x * x + y * y + z * z, z_g)
        self._seconds += 1
        return self.state

    def _count(self, change2: float, z_g: float) -> None:
        fallen_c = 0.0 if self._now_c is None else self._warm_c - self._now_c
        life_g, moved_g = self._life_g, MOVED_G
        if fallen_c > COLD_C:
            life_g *= 2
            if abs(z_g) < FLAT_G:
                life_g = moved_g = HANDLED_G
        if change2 > moved_g * moved_g:
            self._alive_s = 0
            # Three such seconds, and it is worn, if it may be.
            bag = self._may_be_in_a_bag and z_g < HELD_UP_G
            self._quiet_s = DOUBT_S if bag else max(self._quiet_s - 20, 0)
        elif change2 > life_g * life_g:
            self._alive_s += 1
            self._quiet_s = max(self._quiet_s - 1, 0)
        else:
            self._quiet_s = min(self._quiet_s + self._weight(change2), OFF_S)
        self._decide(OFF_COOLING_S if fallen_c > COOLING_C else OFF_S)

    @property
    def _may_be_in_a_bag(self) -> bool:
        """Whether it was off and nobody has warmed it since."""
        now_c = self._now_c
        return self.state == OFF and now_c is not None and now_c < self._cold_c + COOLING_C

    def _weight(self, change2: float) -> int:
        still_g = STILL_SHARE * self._life_g
        if self._alive_s >= ALIVE_S or change2 > still_g * still_g:
            return 1
        return LAID_WEIGHT if self._quiet_s < DOUBT_S else LAIN_WEIGHT

    def _decide(self, off_s: int) -> None:
        quiet_s = self._quiet_s
        if quiet_s < 6:
            if self.state == OFF and self._now_c is not None:
                self._warm_c = self._now_c  # another wearing, another warmth
            self.state = WORN
            self._warm_c -= 0.05 / 60  # a room may cool so fast
        elif quiet_s >= off_s:
            if self.state != OFF and self._now_c is not None:
                self._cold_c = self._now_c
            self.state = OFF
        elif quiet_s >= DOUBT_S and self.state == WORN:
            self.state = DOUBTFUL
