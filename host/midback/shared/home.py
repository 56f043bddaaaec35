"""Which of the wearer's good postures they are in, so that slumps count from there.

The neutral is one of them; the others were called good by the wearer, who sits like that often
(reclined at calls, bent over a drawing).  Runs unchanged on CPython and on the board.
"""

NEAR_DEG = 4.0
"""So close to a home is in it: twice the spread with which people find a posture again (2.0
degrees at T4), and less than half of any slump line."""

SETTLED_S = 20.0
"""So long in another home makes it the one that counts: a posture, by its 20 s medians."""

HOLD_LAST_S = 2.0  # over a shorter silence the last sample goes on, as for the slump detector


class Homes:
    """Follows flexion; ``home_deg`` is the home that counts, an offset from the neutral.

    *offsets* are the homes beside the neutral, in degrees of flexion from it.
    """

    def __init__(self, offsets: tuple[float, ...] = ()) -> None:
        self._homes: tuple[float, ...] = (0.0,) + tuple(offsets)
        self.reset()

    def reset(self) -> None:
        """The wearer got up, or nothing was known for long: they begin in their neutral."""
        self.home_deg = 0.0
        self._near_deg: float = 0.0
        self._near_s = 0.0
        self._time_s: float | None = None

    def update(self, time_s: float, flexion_deg: float) -> float:
        """Take one sample; return flexion from the home that counts, for the slump detector.

        In any home it is counted from that one at once, so that no good posture is ever a
        slump; elsewhere from where the wearer last was for ``SETTLED_S``.
        """
        dt_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        near_deg: float = self._nearest(flexion_deg)
        if abs(flexion_deg - near_deg) > NEAR_DEG:
            self._near_s = 0.0
            return flexion_deg - self.home_deg
        if near_deg != self._near_deg:
            self._near_deg = near_deg
            self._near_s = 0.0
        elif 0.0 < dt_s <= HOLD_LAST_S:
            self._near_s += dt_s
        if self._near_s >= SETTLED_S:
            self.home_deg = near_deg
        return flexion_deg - near_deg

    def _nearest(self, flexion_deg: float) -> float:
        nearest = 0.0
        for home in self._homes:
            if abs(flexion_deg - home) < abs(flexion_deg - nearest):
                nearest = home
        return nearest
