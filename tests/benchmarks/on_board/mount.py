# type: ignore  # MicroPython's modules, not CPython's
"""Run a script with the firmware as a build for a board has it: compiled, in flash.

micropython mount.py IMAGE SCRIPT ARGUMENT ...
"""

import sys

import vfs

_, path, script, *_ = sys.argv
with open(path, "rb") as file:  # noqa: PTH123
    image = file.read()
vfs.mount(vfs.VfsRom(image), "/rom")
sys.path.insert(0, "/rom")
del sys.argv[0:2]
execfile(script)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
