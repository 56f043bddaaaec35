# type: ignore  # MicroPython's modules, not CPython's
"""The board's ``time``: ticks wrap at 2**30, as on every 32-bit port, and virtual time is kept.

The time of day begins at the epoch when power comes, for a board has no battery for its clock; it
goes on over resets and deep sleep, there as the host side says.
"""

from struct import unpack_from

import _link
from utime import gmtime, localtime, mktime  # noqa: F401

_PERIOD = 1 << 30
_MASK = _PERIOD - 1
_HALF = _PERIOD >> 1


def ticks_us():
    return _link.now_us & _MASK


def ticks_ms():
    return (_link.now_us // 1000) & _MASK


def ticks_cpu():
    return _link.now_us & _MASK


def ticks_add(ticks, delta):
    return (ticks + delta) & _MASK


def ticks_diff(end, start):
    return ((end - start + _HALF) & _MASK) - _HALF


def sleep_us(us):
    while us > 0:
        us -= _link.advance(us)


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_ms(int(seconds * 1000))


_booted_us, _day_us = unpack_from("<QQ", _link.boot, 2)
_ahead_us = _day_us - _booted_us


def _time_us():
    return _link.now_us + _ahead_us


def time():
    return _time_us() // 1000000


def time_ns():
    return _time_us() * 1000
