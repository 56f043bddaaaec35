"""Writing MicroPython itself onto a board, with esptool as a program of its own.

The image is never downloaded, only checked: that it is one for a chip we know, complete with
boot loader and partition table, and a MicroPython that is new enough.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from midback.errors import ClipError, DataError, UsageError
from midback.flashing.chips import (
    DOWNLOADS,
    MICROPYTHON_NEEDED,
    SUPPORTED,
    Chip,
    chip_numbered,
)

_IMAGE_MAGIC = 0xE9
_CHIP_NUMBER = slice(12, 14)
_PARTITION_TABLE = 0x8000
_PARTITION_MAGIC = b"\xaa\x50"
_FIRMWARE = b"clip_firmware/__init__.py\0"
"""Stands among the names of the modules that an image has built in."""

_VERSION = re.compile(rb"MicroPython v(\d+)\.(\d+)[^ ]* on ")


@dataclass(frozen=True, slots=True)
class Image:
    """An image of MicroPython, the chip it is for, and whether the firmware is built in."""

    path: Path
    chip: Chip
    version: str
    size: int
    has_firmware: bool


def read_image(path: Path) -> Image:
    """Look at an image before anything is written.

    Raises:
        DataError: it cannot be read, or is not one for these boards.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): name another") from error
    chip = _chip(content)
    if chip is None:
        raise DataError(
            f"{path} is no image of MicroPython for {SUPPORTED}: take the .bin file for your "
            f"board from {DOWNLOADS}"
        )
    version = _version(content)
    if version is None or version < MICROPYTHON_NEEDED:
        found = "holds no MicroPython" if version is None else f"holds {_dotted(version)}"
        raise DataError(
            f"{path} {found}, the firmware needs MicroPython {_dotted(MICROPYTHON_NEEDED)} or "
            f"newer: take it from {chip.download}"
        )
    return Image(path, chip, _dotted(version), len(content), _FIRMWARE in content)


def write_image(image: Image, port: str, *, erase: bool) -> None:
    """Write it; *erase* clears the whole flash before.

    Raises:
        UsageError: esptool is not installed.
        ClipError: it did not work; the message says why.
    """
    if importlib.util.find_spec("esptool") is None:
        raise UsageError("--base needs esptool: pip install 'midback[flash]'")
    done = subprocess.run(
        [sys.executable, "-m", "esptool", *_arguments(image, port, erase=erase)],
        # Wide enough that no sentence is broken up.
        env=os.environ | {"COLUMNS": "1000"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise _explained(done.stdout, image, port)


def _arguments(image: Image, port: str, *, erase: bool) -> list[str]:
    erasing = ["--erase-all"] if erase else []
    chip = image.chip.name.lower().replace("-", "")
    where = f"{image.chip.offset:#x}"
    return ["--chip", chip, "--port", port, "write-flash", *erasing, where, str(image.path)]


def _explained(said: str, image: Image, port: str) -> ClipError:
    other = re.search(r"This chip is (\S+), not", said)
    if other:
        return ClipError(
            f"the board has an {other[1]}, {image.path} is for {image.chip.name}: take the image "
            f"for your board from {DOWNLOADS}"
        )
    if "Failed to connect" in said:
        return ClipError(
            f"the board on {port} did not start its boot loader: hold its BOOT button while you "
            "press and release RESET, then try again"
        )
    reasons = re.findall(r"error occurred: (.*)", said) or said.strip().splitlines()
    reason = reasons[-1].strip() if reasons else "no reason given"
    return ClipError(f"esptool could not write to {port} ({reason}): see to it, and try again")


def _chip(content: bytes) -> Chip | None:
    if len(content) < _PARTITION_TABLE or content[0] != _IMAGE_MAGIC:
        return None
    chip = chip_numbered(int.from_bytes(content[_CHIP_NUMBER], "little"))
    if chip is None:
        return None
    # Only a whole image has the partition table at its place; the program alone does not.
    table = _PARTITION_TABLE - chip.offset
    return chip if content[table : table + 2] == _PARTITION_MAGIC else None


def _version(content: bytes) -> tuple[int, int] | None:
    found = _VERSION.search(content)
    return (int(found[1]), int(found[2])) if found else None


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
