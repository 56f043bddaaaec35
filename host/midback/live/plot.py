"""The curve of the slouch graph: pyqtgraph, tuned so that it costs next to nothing.

The time axis stands still and the curve moves; there is no grid and no pyqtgraph axis,
because scrolling axes and grids are what makes such a plot expensive.  Zones and
shaded spells are plain rectangles behind the curve.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from midback.live.marks import paint_buzz
from midback.live.picture import Picture
from midback.live.scale import HIGH_DEG, LOW_DEG, NEUTRAL_DEG, Lines
from midback.live.theme import Theme
from midback.words import State

HEAD_PX = 7
"""Room above the scale for the bar that tops a slump."""

TAIL_PX = 8
"""Room right of now for the dot."""

TIP_PX = 5.5
SHADE = 0.14
BAR_PX = 6


class Plot(pg.GraphicsView):
    """Curve, zones, spells, buzzes and the dot of now.

    Args:
        theme: how it looks.
        parent: the widget that paints the words around it.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, useOpenGL=False)  # pyright: ignore[reportUnknownMemberType]
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # pyqtgraph keeps the background as painted first, but here spells move over it.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        # pyqtgraph is not fully annotated.
        self._box: Any = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self._box.disableAutoRange()
        self.setCentralItem(self._box)  # pyright: ignore[reportUnknownMemberType]
        self._curve: Any = pg.PlotCurveItem(connect="finite", antialias=True, skipFiniteCheck=True)
        self._box.addItem(self._curve, ignoreBounds=True)
        self._theme = theme
        self._lines = Lines()
        self._state = State.NO_DATA
        self._picture: Picture | None = None
        self.paints = 0
        self.show_theme(theme)

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self._curve.setPen(QPen(theme.ink, 0))
        self.viewport().update()

    def show_picture(self, picture: Picture, state: State, lines: Lines) -> None:
        """Draw *picture*; *state* colours the dot, *lines* are the wearer's lines."""
        framed = self._picture is not None and (picture.left_s, picture.right_s) == (
            self._picture.left_s,
            self._picture.right_s,
        )
        self._picture, self._state, self._lines = picture, state, lines
        if not framed:
            self._frame()
        leans_deg = np.clip(picture.y_deg, LOW_DEG, HIGH_DEG)
        self._curve.setData(picture.x_s, leans_deg)
        self.viewport().update()

    def down(self, lean_deg: float) -> float:
        """The pixel at which a lean is drawn."""
        share = (HIGH_DEG - lean_deg) / (HIGH_DEG - LOW_DEG)
        return HEAD_PX + share * (self.height() - HEAD_PX)

    def across(self, time_s: float) -> float:
        """The pixel at which a time on the axis of the picture is drawn."""
        if self._picture is None:
            return 0.0
        share = (time_s - self._picture.left_s) / (self._picture.right_s - self._picture.left_s)
        return share * (self.width() - TAIL_PX)

    def curve(self) -> tuple[Any, Any]:
        """Times and leans as they are drawn."""
        return cast(tuple[Any, Any], self._curve.getData())

    def paintEvent(self, ev: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Count the frame and paint it."""
        self.paints += 1
        super().paintEvent(ev)  # pyright: ignore[reportUnknownMemberType]

    def resizeEvent(self, ev: QResizeEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Keep the pixels of the scale where the words expect them."""
        super().resizeEvent(ev)  # pyright: ignore[reportUnknownMemberType]
        if getattr(self, "_picture", None) is not None:
            self._frame()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 (Qt's name)
        """Paint ground, spells, neutral band and the lines."""
        painter.fillRect(rect, self._theme.card)
        if self._picture is None or self._picture.blank:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_spells(painter, self._picture)
        self._paint_neutral(painter)
        self._paint_slump_line(painter, self._lines.forward_deg)
        if self._lines.back_deg is not None:
            self._paint_slump_line(painter, self._lines.back_deg)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 (Qt's name)
        """Paint buzzes and the dot of now over the curve."""
        del rect
        if self._picture is None or self._picture.blank:
            return
        narrow = bool(self._picture.hours)
        for buzz_s in self._picture.buzzes_s:
            left, top = round(self.across(buzz_s)) + 1, HEAD_PX + 6
            if narrow:  # a day has too many for two strokes each
                painter.fillRect(left, top, 1, 12, self._theme.ink)
            else:
                paint_buzz(painter, left, top, 12, self._theme.ink)
        if self._picture.tip is not None:
            self._paint_tip(painter, *self._picture.tip)

    def _frame(self) -> None:
        """Let the view box map seconds and degrees to the same pixels as this class does."""
        if self._picture is None:
            return
        left_s, right_s = self._picture.left_s, self._picture.right_s
        tail_s = TAIL_PX * (right_s - left_s) / max(self.width() - TAIL_PX, 1)
        head_deg = HEAD_PX * (HIGH_DEG - LOW_DEG) / max(self.height() - HEAD_PX, 1)
        x_range, y_range = (left_s, right_s + tail_s), (LOW_DEG, HIGH_DEG + head_deg)
        self._box.setRange(xRange=x_range, yRange=y_range, padding=0)

    def _paint_spells(self, painter: QPainter, picture: Picture) -> None:
        for spell in picture.spells:
            left = round(max(self.across(spell.start_s), 0.0))
            width = max(round(self.across(spell.end_s)) - left, 1)
            height = self.height() - HEAD_PX
            self._paint_zone(painter, spell.state, QRect(left, HEAD_PX, width, height))
            if spell.state is State.SLUMPED:
                bar = self._theme.hue(State.SLUMPED)
                painter.fillRect(left, HEAD_PX - BAR_PX, width, BAR_PX, bar)

    def _paint_neutral(self, painter: QPainter) -> None:
        top, foot = round(self.down(NEUTRAL_DEG[1])), round(self.down(NEUTRAL_DEG[0]))
        right = self.width() - TAIL_PX
        self._paint_zone(painter, State.UPRIGHT, QRect(0, top, right, foot - top))
        zero = self._theme.tint(State.UPRIGHT, 0.5)
        painter.fillRect(0, round(self.down(0.0)), right, 1, zero)

    def _paint_zone(self, painter: QPainter, state: State, zone: QRect) -> None:
        if self._theme.contrast:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.hue(state), 1))
            painter.drawRect(zone.adjusted(0, 0, -1, -1))
        else:
            painter.fillRect(zone, self._theme.tint(state, SHADE))

    def _paint_slump_line(self, painter: QPainter, lean_deg: float) -> None:
        pen = QPen(self._theme.hue(State.SLUMPED), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        y = round(self.down(lean_deg))
        painter.drawLine(0, y, self.width() - TAIL_PX, y)

    def _paint_tip(self, painter: QPainter, time_s: float, lean_deg: float) -> None:
        lean_deg = min(max(lean_deg, LOW_DEG), HIGH_DEG)
        at = QPointF(self.across(time_s), self.down(lean_deg))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.card, 2))
        painter.setBrush(self._theme.hue(self._state))
        painter.drawEllipse(at, TIP_PX, TIP_PX)
        painter.setPen(QPen(self._theme.edge(self._state), 1))
        painter.drawEllipse(at, TIP_PX - 1, TIP_PX - 1)
