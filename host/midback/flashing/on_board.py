"""What the installer has the board do: sent over the REPL, so MicroPython's language only.

Each function prints what the host reads, in small steps, because a board has little memory.
Sent with its docstrings: it is gone from memory after the restart that ends an installation.
"""

# The board has no pathlib and no contextlib, and what it prints is its answer.
# ruff: noqa: PTH102, PTH104, PTH106, PTH107, PTH116, PTH123, PTH208, SIM105, T201

import binascii
import hashlib
import io
import os
import sys

NEW = ".new"


def identify() -> None:
    """Print the platform, the version of MicroPython, and what it calls the machine."""
    print(sys.platform)
    print(".".join([str(part) for part in sys.implementation.version[:3]]))
    print(getattr(sys.implementation, "_machine", ""))


def built_in() -> None:
    """Print the version of the firmware that is built into MicroPython, if one is."""
    path = sys.path[:]
    sys.path[:] = [".frozen"]
    try:
        print(__import__("clip_firmware").VERSION)
    except (ImportError, AttributeError):
        pass
    sys.path[:] = path


def free() -> None:
    """Print how many bytes a block of the flash has, and how many bytes are free."""
    status = os.statvfs("/")
    print(status[1], status[1] * status[4])


def sha256(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    block = bytearray(512)
    with open(path, "rb") as file:
        while True:
            count = file.readinto(block)
            if not count:
                return binascii.hexlify(digest.digest()).decode()
            digest.update(memoryview(block)[:count])


def show(path: str) -> None:
    """Print SHA-256 and path of a file, or of every file in a folder."""
    try:
        folder = os.stat(path)[0] & 0x4000
    except OSError:
        return
    if not folder:
        print(sha256(path), path)
        return
    for name in os.listdir(path):
        show(path + "/" + name)


def begin(path: str) -> io.BufferedWriter:
    """A new file to write; folders on its way are made."""
    at = path.find("/", 1)
    while at > 0:
        try:
            os.mkdir(path[:at])
        except OSError:
            pass
        at = path.find("/", at + 1)
    return open(path, "wb")


def add(file: io.BufferedWriter, base64: str) -> None:
    """Write on."""
    file.write(binascii.a2b_base64(base64))


def end(file: io.BufferedWriter, path: str) -> None:
    """Finish the file, and print what has arrived in it."""
    file.close()
    show(path)


def take_over(paths: "list[str]") -> None:
    """Let the new files replace those in use, quickly one after the other."""
    for path in paths:
        try:
            os.rename(path + NEW, path)
        except OSError:
            # FAT does not replace a file by renaming another.
            os.remove(path)
            os.rename(path + NEW, path)


def sweep(path: str) -> None:
    """Remove a folder with everything in it; one that is not there is no matter."""
    try:
        names = os.listdir(path)
    except OSError:
        return
    for name in names:
        sweep(path + "/" + name)
        drop([path + "/" + name])
    try:
        os.rmdir(path)
    except OSError:
        pass


def drop(paths: "list[str]") -> None:
    """Remove files; one that is not there is no matter."""
    for path in paths:
        try:
            os.remove(path)
        except OSError:
            pass
