"""A wearing whose events are kept, and which tells nobody what a view would show.

Listeners are also told the latest facts with every packet, which is a tenth of a day's cost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from midback.calibration import Calibration
from midback.watching import Happening
from midback.wearing import Wearing


class HeardWearing(Wearing):
    """A wearing from session time 0 on.

    Args:
        wall: gives the wall time now, UTC.
        calibration: to judge by, or ``None``.

    Attributes:
        happened: all events so far.
    """

    def __init__(self, wall: Callable[[], datetime], calibration: Calibration | None = None):
        self.happened: list[Happening] = []
        super().__init__(0.0, wall, calibration)

    def event(
        self, time_s: float, kind: str, value: float | None = None, detail: str = ""
    ) -> None:
        """Keep an event."""
        self.happened.append(Happening(time_s, kind, value, detail))
        super().event(time_s, kind, value, detail)
