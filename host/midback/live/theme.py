"""The palette as Qt colours, and the rules for using them: hue, ink, edge, tint, ground."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

from midback.palette import DARK, LIGHT
from midback.words import State

TOKENS = {
    State.UPRIGHT: "upright",
    State.LEANING: "leaning",
    State.SLUMPED: "slumped",
    State.BACK: "back",
    State.MOVING: "moving",
    State.WALKING: "moving",
}
"""States with a colour of their own; the others are drawn in the colour of the unknown."""

GROUND_SHARE = {State.UPRIGHT: 0.07, State.LEANING: 0.14, State.SLUMPED: 0.14, State.BACK: 0.14}
"""How much of a state's hue its card takes on: enough to see from the corner of the eye,
little enough that words keep a contrast of 4.5."""


class Theme:
    """One appearance of the window.

    Args:
        dark: light on dark or the reverse.
        contrast: the wearer asked the system for high contrast: no tints, strong edges.
    """

    def __init__(self, *, dark: bool, contrast: bool = False) -> None:
        self.dark = dark
        self.contrast = contrast
        self._named = DARK if dark else LIGHT
        self.window = self.named("window")
        self.card = self.named("card")
        self.ink = self.named("ink")
        self.soft = self.named("ink" if contrast else "soft")
        self.unknown = self.named("unknown")
        self.rule = self.named("ink" if contrast else "rule")
        self.accent = self.named("upright")
        self.on = self.named("on")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Theme):
            return NotImplemented
        return (self.dark, self.contrast) == (other.dark, other.contrast)

    def __hash__(self) -> int:
        return hash((self.dark, self.contrast))

    def named(self, token: str) -> QColor:
        """The colour of a palette token."""
        return QColor(self._named[token])

    def hue(self, state: State) -> QColor:
        """The colour for shapes."""
        return self.named(TOKENS.get(state, "unknown"))

    def words(self, state: State) -> QColor:
        """The colour for words about a state."""
        return self.named(f"{TOKENS[state]}_ink") if state in TOKENS else self.ink

    def edge(self, state: State) -> QColor:
        """The outline that keeps a pale shape visible."""
        return self.named(f"{TOKENS[state]}_edge") if state in TOKENS else self.tint(state, 0.75)

    def tint(self, state: State, share: float) -> QColor:
        """The hue mixed into the card, opaque: blending at every frame would cost a quarter."""
        return _mixed(self.hue(state), self.card, share)

    def ground(self, state: State) -> QColor:
        """What the card of the moment is filled with."""
        return self.tint(state, 0.0 if self.contrast else GROUND_SHARE.get(state, 0.0))

    def grey(self, share: float) -> QColor:
        """The colour of the unknown mixed into the card."""
        return _mixed(self.unknown, self.card, share)


def system_theme() -> Theme:
    """The appearance the system asks for at this moment."""
    hints = QGuiApplication.styleHints()
    scheme = hints.colorScheme()
    if scheme is Qt.ColorScheme.Unknown:
        palette = QGuiApplication.palette()
        ground = palette.color(QPalette.ColorRole.Window).lightness()
        dark = ground < palette.color(QPalette.ColorRole.WindowText).lightness()
    else:
        dark = scheme is Qt.ColorScheme.Dark
    contrast = hints.accessibility().contrastPreference()
    return Theme(dark=dark, contrast=contrast is Qt.ContrastPreference.HighContrast)


def font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's font at a size, with digits of equal width where it has them."""
    chosen = QFont(QGuiApplication.font())
    chosen.setPixelSize(pixels)
    chosen.setWeight(weight)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    def channel(a: int, b: int) -> int:
        return round(a * share + b * (1 - share))

    return QColor(
        channel(colour.red(), ground.red()),
        channel(colour.green(), ground.green()),
        channel(colour.blue(), ground.blue()),
    )
