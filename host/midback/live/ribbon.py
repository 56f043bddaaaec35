"""Today in one strip: height and pattern say what colour says."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from midback.live.theme import Theme, font
from midback.live.today import UNSEEN, DayView, runs
from midback.words import LOOK, State, duration


class Cell(NamedTuple):
    """How a state stands in the ribbon: share of the height, share of its hue, pattern."""

    height: float
    fill: float
    pattern: Qt.BrushStyle | None = None


CELLS = {
    State.UPRIGHT: Cell(0.5, 1.0),
    State.LEANING: Cell(0.75, 1.0, Qt.BrushStyle.Dense6Pattern),
    State.SLUMPED: Cell(1.0, 1.0, Qt.BrushStyle.BDiagPattern),
    State.BACK: Cell(0.25, 1.0, Qt.BrushStyle.VerPattern),
    State.MOVING: Cell(0.5, 0.35, Qt.BrushStyle.HorPattern),
    State.WALKING: Cell(0.5, 0.6, Qt.BrushStyle.Dense6Pattern),
    State.AWAY: Cell(0.08, 1.0),
    State.DOUBTFUL: Cell(0.08, 0.5),
    State.NO_DATA: Cell(0.5, 0.15, Qt.BrushStyle.FDiagPattern),
    State.NEW: Cell(0.25, 0.15, Qt.BrushStyle.FDiagPattern),
}
"""In the order of the legend."""

STRIP_PX, BRIEF_PX = 24, 20
LEGEND_PX = 28


class Ribbon(QWidget):
    """The day so far, with its totals as the legend unless it is *brief*.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._day: DayView | None = None
        self._brief = False
        self.paints = 0
        self.set_brief(False)

    def set_brief(self, brief: bool) -> None:
        """Leave out the legend, or show it."""
        self._brief = brief
        self.setFixedHeight(44 if brief else 74)
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self.update()

    def show_day(self, day: DayView | None) -> None:
        """Show *day*; None while it is not known which day it is."""
        self._day = day
        seen = [] if day is None else self._totals(day)
        totals = [f"{words} {total}" for _, words, total in seen]
        self.setAccessibleName(f"Today: {', '.join(totals) or 'nothing yet'}")
        self.setToolTip("\n".join(totals))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint legend, strip and hours."""
        del event
        self.paints += 1
        if self._day is None:
            return
        painter = QPainter(self)
        painter.setFont(font(12))
        if not self._brief:
            self._paint_legend(painter, self._day)
        self._paint_strip(painter, self._day)
        self._paint_hours(painter, self._day)

    @staticmethod
    def _totals(day: DayView) -> list[tuple[State, str, str]]:
        seen = [state for state in CELLS if day.totals_s[state] > 0]
        return [(state, LOOK[state].words, duration(day.totals_s[state])) for state in seen]

    @property
    def _base(self) -> int:
        return BRIEF_PX + 4 if self._brief else LEGEND_PX + STRIP_PX

    @property
    def _height(self) -> int:
        return BRIEF_PX if self._brief else STRIP_PX

    def _across(self, epoch_s: float, day: DayView) -> int:
        share = (epoch_s - day.opens_s) / (day.closes_s - day.opens_s)
        return round(share * self.width())

    def _paint_legend(self, painter: QPainter, day: DayView) -> None:
        painter.setPen(self._theme.ink)
        painter.drawText(QPointF(0, 15), "Today")
        metrics = painter.fontMetrics()
        x = metrics.horizontalAdvance("Today") + 18
        totals = self._totals(day)
        if not totals:
            painter.setPen(self._theme.soft)
            painter.drawText(QPointF(x, 15), "nothing measured yet")
        for state, words, total in totals:
            total_x = x + 20 + metrics.horizontalAdvance(words + " ")
            end = total_x + metrics.horizontalAdvance(total)
            if end > self.width():
                break
            self._paint_cell(painter, state, x, 15, 14, 12)
            painter.setPen(self._theme.soft)
            painter.drawText(QPointF(x + 20, 15), words)
            painter.setPen(self._theme.ink)
            painter.drawText(QPointF(total_x, 15), total)
            x = end + 18

    def _paint_strip(self, painter: QPainter, day: DayView) -> None:
        painter.fillRect(0, self._base, self.width(), 1, self._theme.rule)
        for state, first, past in runs(day.states):
            if state == UNSEEN:
                continue
            left = self._across(float(day.minute_s[first]), day)
            right = self._across(min(float(day.minute_s[past - 1]) + 60, day.now_s), day)
            width = max(right - left, 1)
            self._paint_cell(painter, State(state), left, self._base, width, self._height)
        now_x = min(self._across(day.now_s, day), self.width() - 2)
        painter.fillRect(
            now_x, self._base - self._height - 3, 2, self._height + 4, self._theme.ink
        )

    def _paint_cell(
        self, painter: QPainter, state: State, left: float, base: float, width: float, height: int
    ) -> None:
        cell, theme = CELLS[state], self._theme
        tall = max(round(height * cell.height), 2)
        box = QRectF(left, base - tall, width, tall)
        painter.fillRect(box, theme.tint(state, cell.fill))
        if cell.pattern is not None:
            over = theme.tint(state, 0.45) if cell.fill == 1.0 else theme.hue(state)
            painter.fillRect(box, QBrush(over, cell.pattern))
        if state is State.LEANING:
            # Orange is too pale for a light ground without its dark edge.
            painter.fillRect(QRectF(left, base - tall, width, 2), theme.edge(state))

    def _paint_hours(self, painter: QPainter, day: DayView) -> None:
        painter.setPen(self._theme.soft)
        word_px = painter.fontMetrics().horizontalAdvance("00")
        hour_px = self.width() / (len(day.hours) - 1)
        step = next((n for n in (1, 2, 3, 4) if n * hour_px >= 2.4 * word_px), 6)
        last = self.width() - word_px
        for epoch_s, hour in day.hours[::step]:
            x = min(max(self._across(epoch_s, day) - word_px // 2, 0), last)
            painter.drawText(QPointF(x, self._base + 17), f"{hour:02d}")
