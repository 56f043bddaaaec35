"""A lithium cell that runs down evenly."""

from __future__ import annotations

import math

import numpy as np

# Rest voltage of a small lithium-polymer cell, and the charge left.
_VOLTS = (3.30, 3.50, 3.60, 3.70, 3.80, 3.95, 4.15)
_PERCENT = (0.0, 5.0, 12.0, 30.0, 55.0, 80.0, 100.0)


class Battery:
    """Charge over time.

    Args:
        percent: charge when the clip is put on.
        hours: how long a full one lasts.

    Attributes:
        empty_s: when nothing is left.
    """

    def __init__(self, percent: float, hours: float) -> None:
        if not 0 < percent <= 100 or not hours > 0:
            raise ValueError(f"{percent} % of a battery for {hours} h is none")
        self._percent = percent
        self._hours = hours
        self.empty_s = 36 * hours * percent

    def percent(self, now_s: float) -> int:
        """Whole percent left, rounded up: 0 is empty."""
        return max(0, math.ceil(self._percent - 100 * now_s / (3600 * self._hours)))

    def millivolts(self, now_s: float) -> int:
        """Voltage at the cell."""
        return round(1000 * float(np.interp(self.percent(now_s), _PERCENT, _VOLTS)))
