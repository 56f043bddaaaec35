"""The clip's clock: the board's two wrapping counters, made into times that go on.

It also knows what time it is, once the host has told; over a deep sleep that is carried on by the
board's own time of day, which goes on there.

Limits: ``ms`` must be called at least once in 6 days, ``ticks`` as well; a longer silence is
lost, the clock then goes on from where it was.  The board's time of day is measured by an
oscillator without a crystal while it sleeps (see hardware.md): minutes may be missing, or be too
many, after a night.
"""

import struct

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
_CARRIED = "<QQ"  # unix time and the board's own, both in ms, before the sleep


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
        self._unix_at_0_ms: int | None = None

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

    def ms_at(self, ticks: int) -> int:
        """What ``ms`` was when ``ticks`` was that: up to 119 h ago."""
        ago = (self.ticks() - ticks) & _TICKS_MASK
        return self.ms() - ago // 10

    def set_unix_ms(self, unix_ms: int) -> None:
        """It is this time now, in ms since 1970."""
        self._unix_at_0_ms = unix_ms - self.ms()

    def unix_ms(self, at_ms: int) -> int | None:
        """What time it was when ``ms`` was *at_ms*; ``None`` as long as nobody has told."""
        return None if self._unix_at_0_ms is None else self._unix_at_0_ms + at_ms

    def carried(self, board_ms: int) -> bytes:
        """What to keep over a deep sleep that begins now, at *board_ms* of the board's time."""
        unix_ms = self.unix_ms(self.ms())
        return b"" if unix_ms is None else struct.pack(_CARRIED, unix_ms, board_ms)

    def take_up(self, carried: bytes, board_ms: int) -> None:
        """Go on from what was ``carried`` over a deep sleep that ended now."""
        if len(carried) != struct.calcsize(_CARRIED):
            return
        unix_ms, before_ms = struct.unpack(_CARRIED, carried)
        # A board whose time of day began anew did not measure the sleep.
        if board_ms >= before_ms:
            self.set_unix_ms(unix_ms + board_ms - before_ms)

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
