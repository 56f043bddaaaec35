# type: ignore  # MicroPython's modules, not CPython's
"""Runs the firmware's main.py, as it is, under the unix port: on MicroPython.

asyncio's loop keeps its own count of time here.  The interpreter's built-in queue stamps tasks
that are due at once with the real clock, which must not be later than virtual time; and ticks that
wrap at 2**30, as the firmware sees them, are not what it compares with.
"""

import os
import sys
from asyncio import core
from select import POLLIN

import _link
import vfs

_ALWAYS_LATER_MS = 1 << 50
_MP_STREAM_POLL = 3


def _virtual_ms():
    return _ALWAYS_LATER_MS + _link.now_us // 1000


def _plus(ticks, delta):
    return ticks + delta


def _minus(end, start):
    return end - start


def _due():
    task = core._task_queue.peek()
    return task is not None and task.ph_key <= _virtual_ms()


def _wait_virtually(queue, dt_ms):
    """What asyncio waits on: flags first, without waiting; then time passes for all."""
    _look_at_flags(queue)
    while dt_ms and not _due():
        _link.advance(_until_us(dt_ms))
        _look_at_flags(queue)
        if dt_ms > 0:
            return


def _look_at_flags(queue):
    """As the loop itself does it, whose poll would sleep for a millisecond each time."""
    for entry in list(queue.map.values()) if queue.map else ():
        reader, _, flag = entry
        if reader is not None and flag.ioctl(_MP_STREAM_POLL, POLLIN):
            core._task_queue.push(reader)
            entry[0] = None
            queue._dequeue(flag)


def _until_us(dt_ms):
    if dt_ms < 0:
        return 1 << 30
    # Up to the start of that millisecond, not longer: time may stand within one.
    return dt_ms * 1000 - _link.now_us % 1000


def _set_up():
    core.ticks_add = _plus
    core.ticks_diff = _minus
    core.ticks = _virtual_ms
    core.IOQueue.wait_io_event = _wait_virtually


def _wait_for_ever():
    """As a board does at its prompt: the radio and interrupts go on."""
    while True:
        _link.advance(1 << 30)


def _mount(path):
    """The flash that holds the firmware."""
    image = bytearray(os.stat(path)[6])  # noqa: PTH116  # in one piece
    with open(path, "rb") as file:  # noqa: PTH123
        file.readinto(image)
    vfs.mount(vfs.VfsRom(image), "/rom")
    sys.path.insert(0, "/rom")


_set_up()
if os.getenv("CLIP_ROM"):
    _mount(os.getenv("CLIP_ROM"))
execfile(os.getenv("CLIP_MAIN"), {"__name__": "__main__"})  # noqa: F821
_wait_for_ever()
