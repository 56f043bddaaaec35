# type: ignore  # MicroPython's modules, not CPython's
"""The firmware's main.py, which says now and then what it keeps on the heap."""

import gc
import os

import utime  # the real clock: that of ``time`` stands still

_HERE = "tests/benchmarks/on_board/tell_heap.py"
_FIRMWARE = "firmware/main.py"
_TIMES = 20

gc.collect()
gc.threshold(4096)  # as main.py begins: what is loaded for ``_listen`` must not lie in its way
_BEFORE = gc.mem_alloc()


def _tell(what):
    gc.collect()
    began = utime.ticks_us()
    for _ in range(_TIMES):
        gc.collect()
    took_us = utime.ticks_diff(utime.ticks_us(), began) // _TIMES
    print(f"heap {what} {gc.mem_alloc() - _BEFORE} {gc.mem_free()} {took_us}")


def _listen():
    from clip_firmware.app import Clip

    second = Clip.second
    seconds = [0]

    def telling(clip, button, usb):
        second(clip, button, usb)
        seconds[0] += 1
        if seconds[0] == 3:
            _tell("started")
        elif seconds[0] == 40:
            _tell("streaming")

    Clip.second = telling


_listen()
execfile(os.getenv("CLIP_MAIN").replace(_HERE, _FIRMWARE))  # noqa: F821
