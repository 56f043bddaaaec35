"""The chips that the firmware runs on, and what has to be known about each to write to it.

Chip numbers and where a boot loader starts are Espressif's (esptool's targets,
``IMAGE_CHIP_ID`` and ``BOOTLOADER_FLASH_OFFSET``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MICROPYTHON_NEEDED = (1, 27)
"""The first release in which a pin wakes an ESP32-C3 or -C6 from deep sleep."""

DOWNLOADS = "https://micropython.org/download/"


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of chip.

    ``number`` stands in the header of its images, ``offset`` is where they start in flash,
    ``board`` is what MicroPython calls the board we know it on, ``roomy`` whether that has memory
    for the firmware as files too (hardware.md, "Memory").
    """

    name: str
    number: int
    offset: int
    board: str
    roomy: bool = True

    @property
    def download(self) -> str:
        """Where MicroPython for it is."""
        return DOWNLOADS + self.board


CHIPS = (
    Chip("ESP32-C3", 5, 0x0, "SEEED_XIAO_ESP32C3", roomy=False),
    Chip("ESP32-S3", 9, 0x0, "SEEED_XIAO_ESP32S3"),
    Chip("ESP32-C6", 13, 0x0, "SEEED_XIAO_ESP32C6"),
    Chip("ESP32", 0, 0x1000, "UM_TINYPICO"),
)

SUPPORTED = f"{', '.join(chip.name for chip in CHIPS[:-1])} or {CHIPS[-1].name}"


def chip_called(machine: str) -> Chip | None:
    """The chip in MicroPython's name of a machine.

    >>> chip_called("TinyPICO with ESP32-PICO-D4").name
    'ESP32'
    >>> chip_called("ESP32C3 module with ESP32C3").name
    'ESP32-C3'
    >>> chip_called("LOLIN_S2_MINI with ESP32-S2FN4R2") is None
    True
    """
    last = machine.rpartition(" with ")[2].upper().replace("-", "")
    found = re.match(r"ESP32(?:[A-Z]\d+)?", last)
    name = found.group() if found else ""
    return next((chip for chip in CHIPS if chip.name.replace("-", "") == name), None)


def chip_numbered(number: int) -> Chip | None:
    """The chip with this number in the header of an image."""
    return next((chip for chip in CHIPS if chip.number == number), None)
