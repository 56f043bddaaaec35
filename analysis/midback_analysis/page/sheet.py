"""One page as one file: the frame around what a page says."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from midback_analysis.page.markup import join
from midback_analysis.page.style import variables


def sheet(title: str, content: Iterable[str], *styles: str) -> str:
    """The whole document; words from outside are escaped.

    Args:
        title: of the window that shows it.
        content: its parts, empty ones left out.
        styles: names of style sheets that add to ``page.css``.
    """
    return _resource("template.html").format(
        title=join(title),
        style=variables() + "".join(_resource(name) for name in ("page.css", *styles)),
        patterns=_resource("patterns.svg"),
        content="\n\n".join(part for part in content if part),
    )


def _resource(name: str) -> str:
    return (files(__name__.rpartition(".")[0]) / name).read_text(encoding="utf-8")
