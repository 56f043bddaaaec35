"""The drawn figures as Qt can show them: the files use what a browser knows and QtSvg does not.

QtSvg (6.11) knows classes in a style element, but neither variables nor media queries: what a
rule with ``var()`` paints is black.  So the colours are put in here, once for each appearance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import midback.exercises
from midback.palette import DARK, LIGHT

_FIGURES = Path(midback.exercises.__file__).parent / "figures"

_VARIABLES = re.compile(r"^ *\.figure \{[^{}]*\}\n", re.MULTILINE)
_MEDIA = re.compile(r"^ *@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}\n", re.MULTILINE)
_USE = re.compile(r"var\(--([\w-]+)\)")


def figure_of(name: str) -> Path | None:
    """The file of the figure that was drawn for a test; ``None`` where none was."""
    path = _FIGURES / f"{name}.svg"
    return path if path.is_file() else None


@cache
def drawing(path: Path, *, dark: bool) -> bytes | None:
    """A figure's SVG as Qt can show it; ``None`` where it cannot be read."""
    # The ground of a figure is a card here, not a page.
    colours = DARK | {"paper": DARK["card"]} if dark else LIGHT
    try:
        return themed(path.read_text(encoding="utf-8"), colours).encode()
    except (OSError, UnicodeDecodeError):
        return None


def themed(svg: str, colours: Mapping[str, str]) -> str:
    """A figure's SVG with *colours* in place of its variables.

    Args:
        svg: the file's text.
        colours: by name, as in ``midback.palette``; what is not among them is drawn in ink.

    >>> themed("<style> .figure .end { fill: var(--upright-edge); }</style>", LIGHT)
    '<style> .figure .end { fill: #005a8e; }</style>'
    """
    plain = _VARIABLES.sub("", _MEDIA.sub("", svg))
    return _USE.sub(lambda use: colours.get(use[1].replace("-", "_"), colours["ink"]), plain)
