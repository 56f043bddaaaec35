"""The cell: how full it is, and what the clip may still do on it.

Limits: the percentages are those of a typical small lithium-polymer cell at rest, not measured
on this one; believe them to ten percent.  A cell that is being charged reads full early.
"""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable

GOOD = const(0)
LOW = const(1)  # warn
NO_STREAM = const(2)  # stop what costs most
EMPTY = const(3)  # sleep before the cell is harmed

_BELOW_MV = (3500, 3400, 3300)  # LOW, NO_STREAM, EMPTY
_HYSTERESIS_MV = const(80)
_EVERY_MS = const(30000)
_READINGS = const(16)
# A cell below this has cut itself off, and no charger goes above that: nothing is connected.
_LEAST_MV = const(2500)
_MOST_MV = const(4600)
_FINE = const(16)  # the mean is kept in sixteenths of a millivolt
_WEIGHT = const(4)  # a new reading is a quarter of the mean
_CURVE = (  # mV, percent
    (3300, 0),
    (3500, 5),
    (3600, 12),
    (3700, 30),
    (3800, 55),
    (3950, 80),
    (4150, 100),
)


def percent_at(mv: int) -> int:
    """The charge of a typical small cell at rest, 0 to 100, rounded down."""
    if mv >= _CURVE[-1][0]:
        return 100
    below_mv, below = _CURVE[0]
    for above_mv, above in _CURVE[1:]:
        if mv < above_mv:
            return max(below + (above - below) * (mv - below_mv) // (above_mv - below_mv), 0)
        below_mv, below = above_mv, above
    return 100


class Battery:
    """The cell's voltage through a divider, looked at every half minute.

    Args:
        read_uv: the voltage at the pin in microvolts, such as ``machine.ADC(pin).read_uv``.
        divider: cell voltage / pin voltage.
        level: what was known before: ``EMPTY`` after a sleep for that reason.

    Attributes:
        level: ``GOOD``, ``LOW``, ``NO_STREAM`` or ``EMPTY``; changes after two readings that
            agree, up again 80 mV above where it went down.  Only the level given at the start
            may be raised by the first reading.
        known: whether a cell is measured at all.  Without one (no divider, no reading yet)
            ``level`` stays, ``mv`` is 0, and ``percent`` is 100 so that nobody is warned.
        mv: mean voltage of the cell.
        percent: 0 to 100.
        charging: ``False`` unless the app, on a board that can tell, says otherwise.
    """

    def __init__(
        self, read_uv: "Callable[[], int]", divider: float = 2.0, level: int = GOOD
    ) -> None:
        self.level = level
        self.known = False
        self.mv = 0
        self.percent = 100
        self.charging = False
        self._read_uv = read_uv
        self._divider_permille = int(divider * 1000 + 0.5)
        self._readings = [0] * _READINGS
        self._mean = 0
        self._wanted: int = GOOD
        self._strange = False
        self._due_ms = 0

    def update(self, now_ms: int, loaded: bool) -> bool:
        """Measure if it is time; return whether it did.

        Args:
            now_ms: ms since boot.
            loaded: the motor runs or ran in the last 300 ms: the voltage says nothing now.
        """
        if loaded or now_ms < self._due_ms:
            return False
        self._due_ms = now_ms + _EVERY_MS
        mv = self._median_mv()
        if _LEAST_MV <= mv <= _MOST_MV:
            self._strange = False
            self._take(mv)
        elif self._strange or not self.known:
            self._lose()
        else:
            self._strange = True
        return True

    def _median_mv(self) -> int:
        """Millivolts of the cell, 0 when the converter fails."""
        readings = self._readings
        try:
            for i in range(_READINGS):
                readings[i] = self._read_uv()
        except OSError:
            return 0
        readings.sort()
        middle_uv = (readings[_READINGS // 2 - 1] + readings[_READINGS // 2]) // 2
        return middle_uv // 10 * self._divider_permille // 100000

    def _take(self, mv: int) -> None:
        if self.known:
            self._mean += (mv * _FINE - self._mean) // _WEIGHT
        else:
            self._mean = mv * _FINE
        self.known = True
        self.mv = (self._mean + _FINE // 2) // _FINE
        self.percent = percent_at(self.mv)
        self._judge()

    def _judge(self) -> None:
        wanted = 0
        for i in range(EMPTY):
            line_mv = _BELOW_MV[i] + (_HYSTERESIS_MV if self.level > i else 0)
            wanted += self.mv < line_mv
        before, self._wanted = self._wanted, wanted
        if min(before, wanted) > self.level:
            self.level = min(before, wanted)
        elif max(before, wanted) < self.level:
            self.level = max(before, wanted)

    def _lose(self) -> None:
        if self.known or self._strange:
            self.level = self._wanted = GOOD
        self._strange = True
        self.known = False
        self.mv, self.percent = 0, 100
