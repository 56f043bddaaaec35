"""The seconds of a wearing as they close: what is kept of each, and how long a posture lasts.

Pure: times are session time, in seconds, and whoever asks for the seconds stores them.
"""

from __future__ import annotations

from midback.estimator import Estimates
from midback.seconds import MISSING, Closed, SecondMaker
from midback.stillness import Stillness
from midback.words import State


class SecondKeeper:
    """Closes the seconds of one wearing, in order.

    Attributes:
        time_to_move: one posture has lasted long enough; whoever says so sets it back.
    """

    def __init__(self) -> None:
        self.time_to_move = False
        self._maker = SecondMaker()
        self._stillness = Stillness()
        self._next = 0

    @property
    def same_s(self) -> int:
        """For how long the wearer has kept one posture, in whole seconds."""
        return self._stillness.same_s

    def recalibrated(self) -> None:
        """Angles count from another upright from the next second on."""
        self._stillness.recalibrated()

    def update(self, estimates: Estimates) -> list[Closed]:
        """Take the estimates of one packet; return the seconds that they closed."""
        closed = self._maker.update(estimates.times_s, estimates.tilts, estimates.state)
        for index, row in closed:
            self.time_to_move |= self._stillness.update(index, row)
        return closed

    def away(self, second: int) -> list[Closed]:
        """Nothing comes from a clip that is not worn; return what is left of before *second*."""
        closed = self.close()
        for index, _ in closed:
            self._next = max(self._next, index + 1)
        unworn = (MISSING, MISSING, int(State.AWAY), 0)
        closed += [(index, unworn) for index in range(self._next, second)]
        self._next = max(self._next, second)
        return closed

    def close(self) -> list[Closed]:
        """End the second under way; return it, unless it is empty."""
        return self._maker.close()
