# type: ignore  # MicroPython's modules, not CPython's
"""The board's ``time``: ticks wrap at 2**30, as on every 32-bit port, and virtual time is kept.

The time of day begins at the epoch when power comes, for a board has no battery for its clock; it
goes on over resets and deep sleep, there as the host side says.
"""

from struct import unpack_from

import _link
import utime
from utime import gmtime, localtime, mktime  # noqa: F401

_PERIOD = 1 << 30
_MASK = _PERIOD - 1
_HALF = _PERIOD >> 1


def _real_us():
    return utime.ticks_us()


def _virtual_us():
    return _link.now_us


_now_us = _virtual_us if _link.VIRTUAL else _real_us


def ticks_us():
    return _now_us() & _MASK


def ticks_ms():
    return (_now_us() // 1000) & _MASK


def ticks_cpu():
    return _now_us() & _MASK


def ticks_add(ticks, delta):
    return (ticks + delta) & _MASK


def ticks_diff(end, start):
    return ((end - start + _HALF) & _MASK) - _HALF


def sleep_us(us):
    if not _link.VIRTUAL:
        utime.sleep_us(us)
    while _link.VIRTUAL and us > 0:
        us -= _link.advance(us)


def sleep_ms(ms):
    if _link.VIRTUAL:
        sleep_us(ms * 1000)
    else:
        utime.sleep_ms(ms)  # handles what was scheduled meanwhile


def sleep(seconds):
    sleep_ms(int(seconds * 1000))


_booted_us = unpack_from("<Q", _link.boot, 2)[0] if _link.VIRTUAL else _real_us()
_ahead_us = unpack_from("<Q", _link.boot, 10)[0] - _booted_us


def _time_us():
    return _now_us() + _ahead_us


def time():
    return _time_us() // 1000000


def time_ns():
    return _time_us() * 1000
