# type: ignore  # MicroPython's modules, not CPython's
"""A clip in one process, without a board: the firmware's own parts, and as little else as will do.

The sensor is a chip's FIFO as it was once read; the radio takes everything at once.  What these
cost is small, and what the bus costs is measured and taken off.
"""

import sys

sys.modules["bluetooth"] = sys  # the radio's module wants one to be there, and nothing of it

from clip_firmware.clip import Clip, Parts  # noqa: E402
from clip_firmware.outbox import Outbox  # noqa: E402
from clip_firmware.sampler import Sampler  # noqa: E402
from midback.shared.contexts import Contexts  # noqa: E402

WHO_AM_I = 0x0F
FIFO_DATA = 0x78
MOUNTING = "-z-x+y"
UPRIGHT = (0, 0, 32767, 0, 32767, 0)


class Bus:
    """One chip whose FIFO holds *words* over and over; ``offer`` says how many have come."""

    def __init__(self, words, chip_id, status):
        self._words = memoryview(words)
        self._at = 0
        self._waiting = 0
        self._chip_id = chip_id
        self._status = status

    def rewind(self):
        self._at = self._waiting = 0

    def offer(self, words):
        self._waiting = words

    def readfrom_mem_into(self, _address, register, buffer):
        if register == FIFO_DATA:
            end = self._at + len(buffer)
            buffer[:] = self._words[self._at : end]
            self._at = end
            self._waiting -= len(buffer) // 7
        elif register == self._status:
            buffer[0] = self._waiting
            buffer[1] = 0
        else:
            buffer[0] = self._chip_id if register == WHO_AM_I else 0

    def writeto_mem(self, _address, _register, _buffer):
        pass


class Clock:
    """Stands until it is moved on."""

    def __init__(self):
        self.now_ms = 0

    def ticks(self):
        return 10 * self.now_ms

    def ms(self):
        return self.now_ms

    def ms_at(self, ticks):
        return ticks // 10

    def unix_ms(self, _at_ms):
        return None


class Anything:
    """The parts that samples do not meet, or only by asking one thing."""

    boot = 1
    buzzes = 0
    running = False
    connected = trusted = True
    links = 1
    mtu = 247
    stream_allowed = True
    contexts = Contexts()
    mounting = MOUNTING

    def shook(self, _from_ms, _to_ms):
        return False

    def request(self, _pattern, _repeats, _strength, _now_ms):
        return 0

    def append(self, _record, _unix_s):
        pass

    def save(self, _files):
        return True

    def notify_stream(self, _payload):
        return 0


def whole_clip(bus):
    """A calibrated clip whose host has asked for the stream, and its clock."""
    clock, rest = Clock(), Anything()
    sampler = Sampler(bus, MOUNTING, clock, bus.rewind)
    parts = Parts(clock, sampler, rest, rest, rest, rest, rest, rest, rest, rest, rest, Outbox())
    clip = Clip(parts)
    clip.stream.find_imu()
    assert clip.wearer.set_neutral(0, *UPRIGHT) == 0
    assert clip.stream.start(1, 40000, 5)
    return clip, clock
