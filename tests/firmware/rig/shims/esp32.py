# type: ignore  # MicroPython's modules, not CPython's
"""The board's ``esp32``: what may wake it.  Levels wake, not edges."""

from struct import pack

import _link
import _ops

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True

_EXT0, _EXT1, _GPIO = 2, 3, 7  # esp_sleep_wakeup_cause_t


def _wake_on(reason, pins, level):
    ids = bytes([pin.id for pin in pins or ()])
    _link.send(_ops.WAKE_ON, pack("<BB", reason, 1 if level else 0) + ids)


def wake_on_ext0(pin=None, level=False):
    _wake_on(_EXT0, pin and (pin,), level)


def wake_on_ext1(pins=None, level=False):
    _wake_on(_EXT1, pins, level)


def wake_on_gpio(pins=None, level=False):
    _wake_on(_GPIO, pins, level)


def gpio_deep_sleep_hold(enable):
    """Pads keep their level in deep sleep: nothing here depends on it."""
