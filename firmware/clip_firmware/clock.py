"""The clip's clock: the board's two wrapping counters, made into times that go on.

Limits: ``ms`` must be called at least once in 6 days, ``ticks`` as well; a longer silence is
lost, the clock then goes on from where it was.
"""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Counters(Protocol):
        """What the clock needs of the board's ``time``."""

        def ticks_us(self) -> Any:
            """Microseconds, wrapping."""
            ...

        def ticks_ms(self) -> Any:
            """Milliseconds, wrapping."""
            ...

        def ticks_diff(self, __ticks1: Any, __ticks2: Any) -> int:
            """The first less the second, up to half a wrap either way."""
            ...


_US_PERIOD = const(1 << 30)  # of ticks_us on every board with 31-bit small integers
_HALF_PERIOD = const(1 << 29)
_US_PER_TICK = const(100)
_TICKS_MASK = const(0xFFFFFFFF)


class Clock:
    """Time since it was made, which is since boot.

    Args:
        time: the board's module ``time``, or what counts like it.
    """

    def __init__(self, time: "Counters") -> None:
        self._time = time
        self._us = time.ticks_us()
        self._us_at_ms = time.ticks_ms()
        self._ms = self._us_at_ms
        self._rest_us = 0
        self._ticks_now = 0
        self._ms_now = 0

    def ticks(self) -> int:
        """Return the time in ticks of 100 us, modulo 2**32."""
        self._rest_us += self._elapsed_us()
        self._ticks_now = (self._ticks_now + self._rest_us // _US_PER_TICK) & _TICKS_MASK
        self._rest_us %= _US_PER_TICK
        return self._ticks_now

    def ms(self) -> int:
        """Return the time in milliseconds; it never wraps."""
        now = self._time.ticks_ms()
        self._ms_now += max(self._time.ticks_diff(now, self._ms), 0)
        self._ms = now
        return self._ms_now

    def _elapsed_us(self) -> int:
        """The microseconds since the last call: exact, and the milliseconds tell the wraps."""
        us, ms = self._time.ticks_us(), self._time.ticks_ms()
        passed_us = self._time.ticks_diff(us, self._us)
        passed_ms = self._time.ticks_diff(ms, self._us_at_ms)
        self._us, self._us_at_ms = us, ms
        if passed_ms < 0:
            return 0
        wraps = (passed_ms * 1000 - passed_us + _HALF_PERIOD) // _US_PERIOD
        return max(passed_us + wraps * _US_PERIOD, 0)
