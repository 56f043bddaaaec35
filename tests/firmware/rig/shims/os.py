# type: ignore  # MicroPython's modules, not CPython's
"""The board's ``os``: the unix port's, with the name a board gives itself."""

from collections import namedtuple

from uos import *  # noqa: F403

_Uname = namedtuple("_Uname", ("sysname", "nodename", "release", "version", "machine"))


def uname():
    """Which board this is."""
    machine = getenv("CLIP_BOARD") or "XIAO ESP32C3 with ESP32C3"  # noqa: F405
    return _Uname("esp32", "esp32", "1.29.0", "MicroPython v1.29.0", machine)
