"""The dial: the live angle, or how much of a hold has passed, or the beat of a metronome.

A dial with two ways has its zero at the top and moves to the side that they go to, as seen from
behind; one with a single way fills from left to right.  The farthest of a repetition stays marked.
"""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from midback.live.guided.scene import Beat, Gauge, Scene
from midback.live.theme import Theme, font
from midback.words import degrees

_HALF_DEG = 110.0
"""The dial reaches so far to each side of its top."""

_UP = 90.0
_STEPS = 16  # Qt counts arcs in sixteenths of a degree
_STEP_DEG = 0.2
"""A smaller change shows in no pixel."""


class Dial(QWidget):
    """Angle, hold and beat, one of them at a time.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumSize(120, 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._scene = Scene()
        self._farthest_deg = 0.0
        self._begun_s = 0.0

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self.update()

    def show_scene(self, scene: Scene) -> None:
        """Show what *scene* has."""
        before, self._scene = self._scene, scene
        self._follow(before.gauge, scene.gauge)
        if scene.cues != before.cues:
            self._begun_s = time.monotonic()
        if scene.beat is not None or _drawn(before) != _drawn(scene):
            self.setAccessibleName(self.text())
            self.update()

    def text(self) -> str:
        """What stands in the dial."""
        scene = self._scene
        if scene.lost:
            return "– –"
        if scene.share is not None:
            return scene.inside
        return degrees(scene.gauge.angle_deg) if scene.gauge is not None else scene.inside

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the dial in the middle of its place."""
        del event
        scene = self._scene
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        across = min(self.width(), self.height() / self._height())
        pen = across * 0.075
        middle = QPointF(self.width() / 2, self.height() / 2 + across * (0.5 - self._height() / 2))
        half = (across - pen) / 2
        box = QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half)
        if scene.share is not None:
            self._paint_ring(painter, box, pen, scene.share)
        elif scene.gauge is not None:
            self._paint_gauge(painter, box, pen, scene.gauge)
        elif scene.beat is not None:
            self._paint_beat(painter, box, scene.beat)
        self._paint_text(painter, box)

    def _height(self) -> float:
        """How tall the dial is beside its width: an open one ends a little below its middle."""
        whole = self._scene.gauge is None or self._scene.share is not None
        return 1.0 if whole else 0.5 * (1.0 + math.sin(math.radians(_HALF_DEG - _UP))) + 0.06

    def _follow(self, before: Gauge | None, now: Gauge | None) -> None:
        """The farthest is of one repetition: it ends where they rest again."""
        if now is None or before is None or now.side != before.side or abs(now.angle_deg) < 1.0:
            self._farthest_deg = 0.0
        if now is not None:
            self._farthest_deg = max(self._farthest_deg, now.angle_deg)

    def _paint_gauge(self, painter: QPainter, box: QRectF, pen: float, gauge: Gauge) -> None:
        theme = self._theme
        _arc(painter, box, pen, theme.grey(0.25), _UP + _HALF_DEG, -2 * _HALF_DEG)
        if self._scene.lost:
            return
        zero, end = self._ends(gauge)
        if gauge.side != 0:
            _mark(painter, box, pen, theme.soft, _UP)
        share = min(max(gauge.angle_deg, 0.0) / gauge.most_deg, 1.0)
        if share > 0.005:
            _arc(painter, box, pen, theme.accent, zero, (end - zero) * share)
        farthest = min(self._farthest_deg / gauge.most_deg, 1.0)
        if farthest > 0.02:
            _mark(painter, box, pen, theme.ink, zero + (end - zero) * farthest)

    @staticmethod
    def _ends(gauge: Gauge) -> tuple[float, float]:
        """Where the angle is zero and where it is most, counter-clockwise from the right."""
        if gauge.side == 0:
            return _UP + _HALF_DEG, _UP - _HALF_DEG
        return _UP, _UP - gauge.side * _HALF_DEG

    def _paint_ring(self, painter: QPainter, box: QRectF, pen: float, share: float) -> None:
        _arc(painter, box, pen, self._theme.grey(0.25), _UP, -360.0)
        if share > 0.005 and not self._scene.lost:
            _arc(painter, box, pen, self._theme.accent, _UP, -360.0 * share)

    def _paint_beat(self, painter: QPainter, box: QRectF, beat: Beat) -> None:
        """A dot on its way round: at the top where a repetition begins, below where it turns."""
        theme = self._theme
        radius = box.width() * 0.065
        # The dot needs room around.
        box = box.adjusted(radius, radius, -radius, -radius)
        painter.setPen(QPen(theme.grey(0.25), box.width() * 0.02))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        passed = min((time.monotonic() - self._begun_s) / beat.seconds, 1.0)
        at = _point(box, _UP - 180.0 * (beat.back + passed))
        painter.setPen(QPen(theme.named("upright_edge"), box.width() * 0.012))
        painter.setBrush(theme.accent)
        painter.drawEllipse(at, radius, radius)

    def _paint_text(self, painter: QPainter, box: QRectF) -> None:
        text = self.text()
        if not text:
            return
        share = 0.34 if len(text) <= 3 else 0.24
        painter.setFont(font(max(round(box.width() * share), 12), QFont.Weight.Normal))
        unknown = self._scene.lost
        painter.setPen(self._theme.unknown if unknown else self._theme.ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _drawn(scene: Scene) -> object:
    """What of a scene shows here, to a pixel."""
    gauge = scene.gauge
    if gauge is not None:
        gauge = gauge._replace(angle_deg=round(gauge.angle_deg / _STEP_DEG) * _STEP_DEG)
    share = None if scene.share is None else round(scene.share, 3)
    return gauge, share, scene.beat is None, scene.inside, scene.lost


def _arc(
    painter: QPainter, box: QRectF, pen: float, colour: QColor, start: float, span: float
) -> None:
    flat = Qt.PenCapStyle.FlatCap
    painter.setPen(QPen(colour, pen, Qt.PenStyle.SolidLine, flat))
    painter.drawArc(box, round(start * _STEPS), round(span * _STEPS))


def _mark(painter: QPainter, box: QRectF, pen: float, colour: QColor, at: float) -> None:
    """A short line across the arc."""
    painter.setPen(QPen(colour, max(pen * 0.18, 2.0)))
    inner, outer = (box.adjusted(d, d, -d, -d) for d in (pen * 0.75, -pen * 0.5))
    painter.drawLine(_point(inner, at), _point(outer, at))


def _point(box: QRectF, at: float) -> QPointF:
    angle, radius = math.radians(at), box.width() / 2
    return box.center() + QPointF(radius * math.cos(angle), -radius * math.sin(angle))
