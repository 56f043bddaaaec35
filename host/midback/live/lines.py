"""Writes to a terminal or a file: whole lines, and one that is drawn anew where that works."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Mapping
from typing import TextIO

from midback.words import LOOK, NBSP

ERASE_LINE = "\r\x1b[2K"
PLAIN = str.maketrans(
    {"−": "-", "°": " deg", NBSP: " ", "·": "-", "–": "-", "’": "'", "→": ">", "…": ".."}
    | {look.shape: "*" for look in LOOK.values()}
)
"""For terminals whose character set lacks these signs."""

_LEAST_WIDTH = 40


class Lines:
    """Where words go.

    Args:
        out: where to.
        environment: as ``os.environ``; ``TERM=dumb`` and ``NO_COLOR`` are obeyed.

    Attributes:
        redraws: whether a line can be drawn anew.
        coloured: whether colours are shown.
    """

    def __init__(self, out: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._out = out
        self.redraws = out.isatty() and environment.get("TERM") != "dumb"
        self.coloured = self.redraws and not environment.get("NO_COLOR")

    @property
    def room(self) -> int:
        """Columns of a line that can be drawn anew."""
        return shutil.get_terminal_size().columns - 1

    def write(self, text: str) -> None:
        """Write it, in signs that the terminal has."""
        encoding = self._out.encoding or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
        self._out.write(text)
        self._out.flush()

    def redraw(self, text: str) -> None:
        """In place of the line that was drawn last."""
        self.write(f"{ERASE_LINE}{text}")

    def line(self, text: str, indent: str = "") -> None:
        """Whole lines, above the one that is drawn anew; what runs over is indented."""
        width = max(self.room, _LEAST_WIDTH)
        parts = text.split("\n")
        filled = [textwrap.fill(part, width, subsequent_indent=indent) for part in parts]
        self.write(f"{ERASE_LINE if self.redraws else ''}{chr(10).join(filled)}\n")
