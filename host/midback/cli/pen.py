"""Writes paragraphs and marked lines, with colour where a terminal shows it."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Mapping
from typing import TextIO

from midback.doctor import Mark
from midback.live.lines import Lines

_BOLD = 1
_COLOURS = {Mark.OK: 32, Mark.NOTE: 33, Mark.PROBLEM: 31}

_WIDEST, _PLAIN_WIDTH = 100, 80
_NARROWEST = 12
_MARK, _NAME = 9, 13


class Pen:
    """Writes to a terminal, or the same without colour to anything else.

    Args:
        out: where to.
        environment: as ``os.environ``; ``NO_COLOR`` and ``TERM=dumb`` are obeyed.
    """

    def __init__(self, out: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._lines = Lines(out, environment)
        columns = shutil.get_terminal_size().columns if out.isatty() else _PLAIN_WIDTH
        self._width = min(columns, _WIDEST)

    def heading(self, text: str) -> None:
        """A line that stands out, after an empty one."""
        self._write("")
        self._write(self._painted(text, _BOLD))

    def paragraph(self, text: str, indent: int = 0) -> None:
        """Words, broken where the terminal ends."""
        for line in self._broken(text, indent):
            self._write(" " * indent + line)

    def marked(self, mark: Mark, name: str, text: str, to_do: str = "") -> None:
        """A mark, what it is about, words, and below them what to do.

        Without a *name* the words stand in its place.
        """
        about = f"{name:{_NAME}}" if name else ""
        indent = 2 + _MARK + len(about)
        first, *rest = self._broken(text, indent)
        self._write(f"  {self._painted(f'{mark:{_MARK}}', _COLOURS[mark])}{about}{first}")
        for line in rest:
            self._write(" " * indent + line)
        for number, line in enumerate(self._broken(to_do, indent + 2) if to_do else []):
            self._write(" " * indent + ("  " if number else "→ ") + line)

    def _broken(self, text: str, indent: int) -> list[str]:
        # A path or an address must stay in one piece, to be copied.
        room = max(self._width - indent, _NARROWEST)
        return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]

    def _painted(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._lines.coloured else text

    def _write(self, text: str) -> None:
        self._lines.write(f"{text}\n")
