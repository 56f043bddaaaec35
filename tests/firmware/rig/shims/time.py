# type: ignore  # MicroPython's modules, not CPython's
"""The board's ``time``: ticks wrap at 2**30, as on every 32-bit port, and virtual time is kept.

Limits: ``time()`` counts from the epoch at power-on, for a board has no battery for its clock.
"""

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


def time():
    return _link.now_us // 1000000


def time_ns():
    return _link.now_us * 1000
