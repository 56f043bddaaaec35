"""The slouch graph: the plot, and around it the words that do not move with it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from midback.live.picture import Picture, Span
from midback.live.plot import TAIL_PX, Plot
from midback.live.scale import HIGH_DEG, LOW_DEG, Lines
from midback.live.theme import Theme, font
from midback.words import NBSP, State, degrees

LEFT_PX, TOP_PX, RIGHT_PX, FOOT_PX = 38, 2, 58, 26
TICKS_DEG = (-20, -10, 0, 10, 20, 30)
TICKS = {
    Span.MINUTE: [(-s, f"{s}{NBSP}s" if s else "now") for s in (60, 45, 30, 15, 0)],
    Span.TEN_MINUTES: [(-60 * m, f"{m}{NBSP}min" if m else "now") for m in (10, 8, 6, 4, 2, 0)],
}
NOTHING_YET = {
    State.AWAY: "The graph goes on once the clip is worn.",
    State.NEW: "The graph starts once you have calibrated.",
}
WAITING = "Nothing received in this time."


class Graph(QWidget):
    """Plot and axis words.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumSize(200, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Slouch graph")
        self.plot = Plot(theme, self)
        self._theme = theme
        self._lines = Lines()
        self._ticks: list[tuple[float, str]] = []
        self._nothing: str | None = WAITING
        self._words: object = None

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self.plot.show_theme(theme)
        self.update()

    def show_picture(
        self, picture: Picture, span: Span, state: State, lines: Lines, now_word: str = "now"
    ) -> None:
        """Draw one frame; the words around it are painted only when they change.

        Args:
            picture: what to draw.
            span: how much time it covers.
            state: the state of now.
            lines: the wearer's own lines.
            now_word: what stands under the right end of the last minutes.
        """
        self._lines = lines
        self._nothing = NOTHING_YET.get(state, WAITING) if picture.blank else None
        self._ticks = self._ticks_of(picture, span, now_word)
        words = (self._nothing, self._ticks, lines)
        if words != self._words:
            self._words = words
            self.plot.setHidden(picture.blank)
            self.update()
        if not picture.blank:
            self.plot.show_picture(picture, state, lines)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Give the plot what the words leave."""
        super().resizeEvent(event)
        area = self.rect().adjusted(LEFT_PX, TOP_PX, TAIL_PX - RIGHT_PX, -FOOT_PX)
        self.plot.setGeometry(area)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the words around the plot."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.card)
        painter.setFont(font(12))
        painter.setPen(self._theme.soft)
        if self._nothing is not None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._nothing)
            return
        self._paint_times(painter)
        self._paint_degrees(painter)

    def _ticks_of(self, picture: Picture, span: Span, now_word: str) -> list[tuple[float, str]]:
        if span is not Span.TODAY:
            ticks = TICKS[span]
            return [*ticks[:-1], (ticks[-1][0], now_word)]
        hour_px = 3600 * (self.plot.width() - TAIL_PX) / picture.right_s
        step = next((n for n in (1, 2, 3) if n * hour_px >= 60), 4)
        return [(at_s, f"{hour:02d}:00") for at_s, hour in picture.hours[::step]]

    def _paint_times(self, painter: QPainter) -> None:
        area, centre = self.plot.geometry(), Qt.AlignmentFlag.AlignCenter
        for at_s, word in self._ticks:
            x = area.left() + round(self.plot.across(at_s))
            painter.drawText(QRect(x - 40, area.bottom() + 7, 80, 18), centre, word)

    def _paint_degrees(self, painter: QPainter) -> None:
        area = self.plot.geometry()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for lean_deg in TICKS_DEG:
            if LOW_DEG < lean_deg < HIGH_DEG:
                y = area.top() + round(self.plot.down(lean_deg))
                painter.drawText(QRect(0, y - 9, LEFT_PX - 8, 18), right, degrees(lean_deg))
        slump = self._theme.words(State.SLUMPED)
        self._paint_line_word(painter, 0.0, "upright", self._theme.words(State.UPRIGHT))
        self._paint_line_word(painter, self._lines.forward_deg, "slump", slump)
        if self._lines.back_deg is not None:
            self._paint_line_word(painter, self._lines.back_deg, "slump", slump)

    def _paint_line_word(
        self, painter: QPainter, lean_deg: float, word: str, colour: QColor
    ) -> None:
        area, side = self.plot.geometry(), Qt.AlignmentFlag.AlignVCenter
        y = area.top() + round(self.plot.down(lean_deg))
        painter.setPen(colour)
        painter.drawText(QRect(area.right() + 6, y - 9, RIGHT_PX - 6, 18), side, word)
