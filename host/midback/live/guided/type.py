"""Type that is read from two metres away, and never smaller than the wearer has set it.

At 96 dots an inch 24 pixels are a capital of 4.6 mm: 8 minutes of arc from two metres, where
normal sight begins at 5.  What matters most has two to four times that.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from midback.live.theme import font

USUAL_PX = (1100, 700)
"""The size of the window that sizes of type are given for."""

LEAST_SCALE, MOST_SCALE = 0.62, 1.8
_SYSTEM_USUAL_PX = 13


def scale_of(window: QWidget) -> float:
    """How much larger than usual the window is, within limits."""
    wide, tall = USUAL_PX
    scale = min(window.width() / wide, window.height() / tall)
    return min(max(scale, LEAST_SCALE), MOST_SCALE)


def small_px(scale: float) -> int:
    """The size of what is read from near by: buttons and labels."""
    return max(round(15 * scale), 13, system_px())


def system_px() -> int:
    """The size that the wearer's system asks for."""
    return QFontInfo(QGuiApplication.font()).pixelSize()


class Words(QLabel):
    """Words as large as their place allows, up to a limit.

    Args:
        most_px: as large as this, in a window of the usual size.
        weight: of the type.
    """

    def __init__(self, most_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> None:
        super().__init__()
        self._most_px = most_px
        self._weight = weight
        self._scale = 1.0
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # However much there is to say, it takes the place it is given.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def set_scale(self, scale: float) -> None:
        """The window has another size."""
        self._scale = scale
        self._fit()

    def set_weight(self, weight: QFont.Weight) -> None:
        """Make it lighter or heavier."""
        self._weight = weight
        self._fit()

    def setText(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Show *text*."""
        if text != self.text():
            super().setText(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Anything will do."""
        return QSize(0, 0)

    def _fit(self) -> None:
        least_px = 11
        pixels = max(round(self._most_px * self._scale), least_px, system_px())
        while pixels > least_px and not self._fits(font(pixels, self._weight)):
            pixels -= 1
        self.setFont(font(pixels, self._weight))

    def _fits(self, type_: QFont) -> bool:
        room = self.contentsRect()
        wrapped = Qt.TextFlag.TextWordWrap
        taken = QFontMetrics(type_).boundingRect(
            QRect(0, 0, room.width(), 0), int(self.alignment()) | wrapped, self.text()
        )
        return taken.height() <= room.height() and taken.width() <= room.width()
