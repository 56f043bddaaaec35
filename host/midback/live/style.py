"""The style sheet of the window's page, cards, labels and buttons."""

from __future__ import annotations

from midback.live.theme import Theme

_SHEET = """
#page {{ background: {window}; }}
#card {{ background: {card}; border: {edge}px solid {rule}; border-radius: 14px; }}
QLabel {{ color: {ink}; background: transparent; }}
QLabel#soft {{ color: {soft}; }}
QPushButton {{
    color: {ink}; background: {card};
    border: {edge}px solid {rule}; border-radius: 9px; padding: {tall}px {wide}px;
}}
QPushButton:hover {{ border-color: {unknown}; }}
QPushButton:pressed, QPushButton:checked {{ background: {window}; border-color: {unknown}; }}
QPushButton#main {{ color: {on}; background: {accent}; border-color: {accent}; }}
QPushButton#span {{ color: {soft}; border-color: transparent; padding: {low}px {narrow}px; }}
QPushButton#span:checked {{ color: {ink}; background: {window}; border-color: {unknown}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: {tall_in}px {wide_in}px; }}
QPushButton#main:focus {{ border-color: {ink}; }}
QPushButton#span:focus {{ border: 2px solid {accent}; padding: {low_in}px {narrow_in}px; }}
QToolTip {{ color: {ink}; background: {card}; border: 1px solid {rule}; }}
QMenu {{ color: {ink}; background: {card}; border: 1px solid {rule}; }}
QMenu::item:selected {{ color: {on}; background: {accent}; }}
"""

_TALL, _WIDE, _LOW, _NARROW = 8, 14, 5, 12


def style_sheet(theme: Theme) -> str:
    """The style sheet for one appearance; a focus ring never moves what it surrounds."""
    edge = 2 if theme.contrast else 1
    ring = 2 - edge
    colours = {
        name: getattr(theme, name).name()
        for name in ("window", "card", "rule", "ink", "soft", "unknown", "accent", "on")
    }
    return _SHEET.format(
        edge=edge,
        tall=_TALL,
        wide=_WIDE,
        low=_LOW,
        narrow=_NARROW,
        tall_in=_TALL - ring,
        wide_in=_WIDE - ring,
        low_in=_LOW - ring,
        narrow_in=_NARROW - ring,
        **colours,
    )
