"""Elements of HTML and SVG; every word is escaped unless an element made it."""

from __future__ import annotations

import html
import re

Attribute = str | float | None


class Markup(str):
    """Text that is markup already; any other string is escaped when an element takes it in."""

    __slots__ = ()


def join(*parts: str) -> Markup:
    """Put markup and words one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else _escaped(part) for part in parts))


def _escaped(words: str) -> str:
    # Control characters are not allowed in a page, escaped or not.
    return html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", words))


def element(name: str, *inside: str, **attributes: Attribute) -> Markup:
    """One element; attribute names lose a trailing ``_`` and get ``-`` for ``_`` within.

    >>> str(element("p", "a < b", class_="note"))
    '<p class="note">a &lt; b</p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_told(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not inside and name in _EMPTY:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{join(*inside)}</{name}>")


_EMPTY = ("rect", "line", "circle", "path", "use", "br")


def _told(value: str | float) -> str:
    if isinstance(value, str):
        return _escaped(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def wide(words: str) -> Markup:
    """Words of a drawing that a phone leaves out; never a number."""
    return element("tspan", words, class_="wide")


def table(head: list[str], rows: list[list[str]], caption: str = "", class_: str = "") -> Markup:
    """A table; the first cell of each row is its heading."""
    headings = (element("th", words, scope="col") for words in head)
    body = (
        element("tr", element("th", row[0], scope="row"), *(element("td", c) for c in row[1:]))
        for row in rows
    )
    return element(
        "table",
        *([element("caption", caption)] if caption else []),
        element("thead", element("tr", *headings)),
        element("tbody", *body),
        class_=class_ or None,
    )
