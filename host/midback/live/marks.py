"""Small painted signs: the shape of each state, and the two strokes of a buzz.

They are painted because the fonts of many systems lack some of these characters.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from midback.words import State

UNIT = 16.0
"""Signs are drawn on a square of this side and scaled to where they stand."""


def paint_mark(painter: QPainter, state: State, box: QRectF, colour: QColor) -> None:
    """Paint the shape of *state* into the square *box*."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / UNIT, box.height() / UNIT)
    pen = QPen(colour, 2.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    filled = state in (State.UPRIGHT, State.SLUMPED)
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(_OUTLINES[state])
    painter.restore()


def paint_buzz(painter: QPainter, left: float, top: float, height: float, colour: QColor) -> None:
    """Paint the two strokes that stand for a buzz."""
    for dx in (0, 4):
        painter.fillRect(QRectF(left + dx, top, 2, height), colour)


class Mark(QWidget):
    """The shape of a state as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self._state = State.NO_DATA
        self._colour = QColor()

    def set_beside(self, words: QFont) -> None:
        """Take the size of a capital letter of *words* and stand on the same line."""
        metrics = QFontMetricsF(words)
        self._side = metrics.capHeight() * 1.2
        self._top = metrics.ascent() - metrics.capHeight() * 1.1
        self.setFixedSize(QSize(math.ceil(self._side), math.ceil(metrics.height())))

    def show_state(self, state: State, colour: QColor) -> None:
        """Show *state* in *colour*."""
        self._state, self._colour = state, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the shape."""
        del event
        box = QRectF(0, self._top, self._side, self._side)
        paint_mark(QPainter(self), self._state, box, self._colour)


class BuzzKey(QWidget):
    """The sign of a buzz, for the words that explain it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(6, 12))
        self._colour = QColor()

    def show_in(self, colour: QColor) -> None:
        """Show it in *colour*."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the strokes."""
        del event
        paint_buzz(QPainter(self), 0, 0, self.height(), self._colour)


def _circle(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(UNIT / 2, UNIT / 2), radius, radius)
    return path


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _waves() -> QPainterPath:
    path = QPainterPath()
    for y in (5.5, 10.5):
        path.moveTo(1.5, y + 1)
        path.cubicTo(4.5, y - 3.5, 6.5, y - 1, 8, y)
        path.cubicTo(9.5, y + 1, 11.5, y + 3.5, 14.5, y - 1)
    return path


def _cross() -> QPainterPath:
    path = QPainterPath()
    for y in (3.0, 13.0):
        path.moveTo(3, y)
        path.lineTo(13, UNIT - y)
    return path


_OUTLINES = {
    State.UPRIGHT: _circle(6.0),
    State.LEANING: _polygon((8, 2.5), (14.5, 13.5), (1.5, 13.5)),
    State.SLUMPED: _polygon((8, 2.5), (14.5, 13.5), (1.5, 13.5)),
    State.BACK: _polygon((2, 8), (13.5, 1.5), (13.5, 14.5)),
    State.MOVING: _waves(),
    State.AWAY: _circle(6.0),
    State.NEW: _circle(6.0),
    State.NO_DATA: _cross(),
    State.WALKING: _waves(),
    State.DOUBTFUL: _circle(6.0),
}
