"""Images of MicroPython with nothing in them but what is looked at, and an esptool that tells."""

from __future__ import annotations

import struct
from pathlib import Path

_TABLE = 0x8000


def image(
    path: Path,
    chip: int = 5,
    offset: int = 0,
    words: str = "MicroPython v1.29.0 on",
    *,
    firmware: bool = False,
) -> Path:
    """Write an image for the chip of this number, which starts at *offset* in flash.

    *firmware* is whether that is built in.
    """
    content = bytearray(struct.pack("<BBBBI4sH", 0xE9, 4, 2, 0x20, 0x4038_0000, bytes(4), chip))
    content += bytes(_TABLE - offset - len(content)) + b"\xaa\x50" + bytes(0x8000)
    content += b"_boot.py\0" + (b"clip_firmware/__init__.py\0" if firmware else b"")
    path.write_bytes(content + words.encode() + b" 2026-08-29; XIAO with ESP32-C3\0")
    return path


def fake_esptool(folder: Path, says: str = "Hash of data verified.", code: int = 0) -> Path:
    """A package ``esptool`` in *folder*, which notes its arguments; where it notes them."""
    package = folder / "esptool"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    notes = folder / "arguments"
    (package / "__main__.py").write_text(
        "import pathlib, sys\n"
        f"pathlib.Path({str(notes)!r}).write_text(' '.join(sys.argv[1:]))\n"
        f"print({says!r})\n"
        f"sys.exit({code})\n"
    )
    return notes
