"""Turns desktop MicroPython into a board: littlefs on a file, and an ESP32's names.

``micropython -i boot.py IMAGE BLOCKS PLATFORM VERSION MACHINE BUILT_IN run|stop`` mounts the
image, formatting it the first time, runs ``main.py`` when told to, and leaves the REPL open.
This MicroPython can have nothing more frozen in, so a folder BUILT_IN stands for that: imports
look there wherever ``sys.path`` says ``.frozen``, and its ``main.py`` is started before any other.
What frozen code saves in memory it does not save here.
Ctrl-C reaches the program where it sleeps: this MicroPython would raise it in the midst of its
own C, with a lock held (``MICROPY_ASYNC_KBD_INTR``), and wait for that for ever; no board does.
An ACK is sent once the board is up.  ``machine.reset()`` ends the process with code 77; the times
of watchdogs are written to a file beside the image.
"""

# The board has no pathlib, and its names are what they are.
# ruff: noqa: N802, PTH123, SIM115
# What stands in for modules and block devices is not derived from them.
# pyright: reportArgumentType=false, reportMissingModuleSource=false
# pyright: reportAttributeAccessIssue=false

import builtins
import os
import select
import sys
import time

import vfs

BLOCK = 4096
FROZEN = "/built_in"
CTRL_C = "\x03"
RESET = 77

_leave = sys.exit


class Flash:
    """Blocks of a file."""

    def __init__(self, path: str, blocks: int) -> None:
        self.blocks = blocks
        try:
            self.file = open(path, "r+b")
        except OSError:
            with open(path, "wb") as new:
                for _ in range(blocks):
                    new.write(b"\xff" * BLOCK)
            self.file = open(path, "r+b")

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        self.file.seek(block * BLOCK + offset)
        self.file.readinto(buffer)

    def writeblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        self.file.seek(block * BLOCK + offset)
        self.file.write(buffer)

    def ioctl(self, operation: int, _: int) -> int | None:
        if operation == 3:
            self.file.flush()
        return {4: self.blocks, 5: BLOCK, 6: 0}.get(operation)


class Implementation:
    def __init__(self, version: str, machine: str) -> None:
        self.version = tuple([int(part) for part in version.split(".")])
        self._machine = machine


class Like:
    """What another module has."""

    def __init__(self, module: object) -> None:
        for name in dir(module):
            if not name.startswith("__"):
                setattr(self, name, getattr(module, name))


class System(Like):
    """``sys`` as the board has it."""

    def __init__(self, platform: str, implementation: Implementation) -> None:
        super().__init__(sys)
        self.platform = platform
        self.implementation = implementation


class Time(Like):
    """``time``, in which a sleeper is woken by Ctrl-C."""

    def __init__(self) -> None:
        super().__init__(time)
        self.sleep_ms = self._sleep_ms
        self._sent = select.poll()
        self._sent.register(sys.stdin, select.POLLIN)

    def _sleep_ms(self, ms: int) -> None:
        end = time.ticks_add(time.ticks_ms(), ms)
        while (left := time.ticks_diff(end, time.ticks_ms())) > 0:
            if self._sent.poll(left) and sys.stdin.read(1) == CTRL_C:
                raise KeyboardInterrupt


class Machine:
    """As much of ``machine`` as an installer needs."""

    def __init__(self, watchdogs: str) -> None:
        self.watchdogs = open(watchdogs, "a")

    def WDT(self, timeout: int) -> None:
        self.watchdogs.write(str(timeout) + "\n")
        self.watchdogs.flush()

    def reset(self) -> None:
        _leave(RESET)


def mount(path: str, blocks: int) -> None:
    flash = Flash(path, blocks)
    try:
        disc = vfs.VfsLfs2(flash)
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        disc = vfs.VfsLfs2(flash)
    vfs.umount("/")
    vfs.mount(disc, "/")
    os.chdir("/")


def freeze(folder: str) -> None:
    vfs.mount(vfs.VfsPosix(folder), FROZEN)
    find = builtins.__import__

    def find_frozen_too(*what: object) -> object:
        path = sys.path[:]
        if ".frozen" in path:
            sys.path.insert(path.index(".frozen"), FROZEN)
        try:
            return find(*what)
        finally:
            sys.path[:] = path

    builtins.__import__ = find_frozen_too


def program(*paths: str) -> str:
    for path in paths:
        try:
            with open(path) as main:
                return main.read()
        except OSError:
            pass
    return ""


image, blocks, platform, version, machine, built_in, action = sys.argv[1:]
made = Machine(image.rsplit(".", 1)[0] + ".watchdogs")
mount(image, int(blocks))
if built_in:
    freeze(built_in)
sys.path[:] = ["", ".frozen", "/lib"]
sys.modules["sys"] = System(platform, Implementation(version, machine))
sys.modules["machine"] = made
print("\x06", end="")
if action == "run":
    # As pyexec_file_if_exists does: the one that is frozen in goes first.
    main = program(FROZEN + "/main.py", "/main.py")
    sys.modules["time"] = Time()
    try:
        exec(compile(main, "main.py", "exec"), {"__name__": "__main__"})
    finally:
        del sys.modules["time"]
