"""The wearer's back from the side, leaning under a gauge.

An illustration: one clip knows one tilt, not the curve of the spine and not whether
the hips moved.  The upper back turns more than the pelvis, the head gives half back
and the hand stays at the desk, because that is how people lean at a desk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from midback.live.bins import Floats
from midback.live.scale import HIGH_DEG, LOW_DEG, NEUTRAL_DEG, Lines
from midback.live.theme import Theme
from midback.words import UNKNOWN, State

GAIN = 1.3
"""Leans are drawn larger than they are, so that 10 degrees show at 160 pixels."""

STEP_DEG = 0.8
"""A smaller change would move nothing by 3 pixels, so it is not painted."""

GAUGE = 101.0
"""Radius of the gauge around the hips; the figure is 100 units tall."""

CLIP_AT = 28
"""Where along the 41 points of the spine the clip sits: between the shoulder blades."""

SHOULDER_AT = 31
ARM = 24.0
"""Length of upper arm and of forearm."""

HAND = np.array([44.0, 16.5])
"""The hand on the desk."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """A leaning body; hips at the origin, x forward, y up, 100 units tall."""

    torso: Points
    neck: Points
    head: Points
    arm: Points
    clip: Points


def body(lean_deg: float) -> Body:
    """The body whose upper back tips by *lean_deg*, positive forward."""
    along = np.linspace(0, 1, 41)
    tilt = np.radians(8 * np.cos(5.6 * along + 0.3) + lean_deg * (0.65 + 0.7 * along))
    up = np.stack([np.sin(tilt), np.cos(tilt)], axis=1)
    fore = np.stack([np.cos(tilt), -np.sin(tilt)], axis=1)
    spine = np.concatenate([[[0.0, 0.0]], np.cumsum(up[:-1], axis=0) * 1.45])
    back = spine - _thickness(along, (12, 10, 9, 11, 10.5, 8, 5.5)) * fore
    belly = spine + _thickness(along, (9, 11, 11.5, 13, 11.5, 7.5, 5.5)) * fore
    nod = np.radians(0.5 * lean_deg + 4)
    crown = np.array([np.sin(nod), np.cos(nod)])
    face = np.array([np.cos(nod), -np.sin(nod)])
    skull = spine[-1] + 16.5 * crown + 2 * face
    at_clip = back[CLIP_AT] - 0.12 * (spine - back)[CLIP_AT]
    return Body(
        torso=np.concatenate([back, belly[::-1]]),
        neck=np.stack([spine[-2], skull]),
        head=np.stack([skull + 2.2 * crown - face, skull - 2.2 * crown + face]),
        arm=_arm(spine[SHOULDER_AT] + 1.5 * fore[SHOULDER_AT]),
        clip=np.stack([at_clip - 4 * up[CLIP_AT], at_clip + 4 * up[CLIP_AT]]),
    )


def _thickness(along: Floats, widths: tuple[float, ...]) -> Floats:
    stations = (0, 0.18, 0.42, 0.66, 0.80, 0.9, 1)
    rough = np.pad(np.interp(along, stations, widths), 4, "edge")
    return np.convolve(rough, np.ones(9) / 9, "valid")[:, None]


def _arm(shoulder: Floats) -> Points:
    """Shoulder, elbow and hand; the elbow hangs where both bones reach it."""
    reach = HAND - shoulder
    far = float(np.hypot(*reach))
    near = min(far, 2 * ARM - 0.5)
    hand = shoulder + reach * near / far
    drop = np.array([reach[1], -reach[0]]) / far * np.sqrt(ARM**2 - near**2 / 4)
    return np.stack([shoulder, (shoulder + hand) / 2 + drop, hand])


class Figure(QWidget):
    """The wearer from the side; painted anew only when that would show."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumSize(130, 90)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = theme
        self._state: State = State.NO_DATA
        self._lean_deg: float = 0.0
        self._lines: Lines = Lines()
        self.paints = 0

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self.update()

    def show_lean(self, state: State, lean_deg: float | None, lines: Lines) -> None:
        """Show *state* with a lean in degrees, positive forward; None keeps sitting tall."""
        lean_deg = float(np.clip(lean_deg or 0.0, LOW_DEG, HIGH_DEG))
        moved = abs(lean_deg - self._lean_deg) >= STEP_DEG
        if moved or state is not self._state or lines != self._lines:
            self._state, self._lean_deg, self._lines = state, lean_deg, lines
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint figure and gauge."""
        del event
        self.paints += 1
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.ground(self._state))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / 134, self.height() / 132)
        painter.translate(self.width() / 2 - 9 * scale, self.height() / 2 + 46 * scale)
        painter.scale(scale, -scale)
        self._paint_furniture(painter)
        self._paint_gauge(painter)
        self._paint_body(painter, body(self._lean_deg * GAIN))
        if self._state not in (State.AWAY, State.NEW):
            self._paint_pointer(painter)

    @property
    def _hollow(self) -> bool:
        return self._state in UNKNOWN

    def _paint_furniture(self, painter: QPainter) -> None:
        for y, left, right in ((-15.5, -18, 30), (10.5, 46, 72)):
            _line(painter, np.array([[left, y], [right, y]]), self._theme.grey(0.35), 2.4)

    def _paint_gauge(self, painter: QPainter) -> None:
        theme, lines = self._theme, self._lines
        _arc(painter, LOW_DEG, HIGH_DEG, theme.grey(0.35))
        if self._hollow:
            return
        _arc(painter, *NEUTRAL_DEG, theme.hue(State.UPRIGHT))
        _arc(painter, min(lines.forward_deg, HIGH_DEG - 1), HIGH_DEG, theme.hue(State.SLUMPED))
        if lines.back_deg is not None:
            line_deg = max(lines.back_deg, LOW_DEG + 1)
            _arc(painter, LOW_DEG, line_deg, theme.hue(State.SLUMPED))

    def _paint_body(self, painter: QPainter, shape: Body) -> None:
        theme, state = self._theme, self._state
        fill = theme.grey(0.14) if self._hollow else theme.hue(state)
        edge = theme.grey(0.75) if self._hollow else theme.edge(state)
        # The edges of all parts come first and their fillings after: one outline around all.
        for colour, more in ((edge, 1.2), (fill, -1.2)):
            _thigh(painter, colour, 15 + more)
            _line(painter, np.array([[-1.0, -1.0], [3.0, -1.0]]), colour, 23 + more)
            _line(painter, shape.neck, colour, 11.5 + more)
            _line(painter, shape.head, colour, 19.5 + more)
            painter.setPen(QPen(colour, 1.2) if more > 0 else Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(_polygon(shape.torso))
        _line(painter, shape.arm, edge, 9.6)
        _line(painter, shape.arm, theme.tint(state, 0.26 if self._hollow else 0.72), 7.2)
        # A clip that is not worn lies on the desk.
        clip = np.array([[54, 14.3], [62, 14.3]]) if state is State.AWAY else shape.clip
        _line(painter, clip, theme.ground(state), 7.4)
        _line(painter, clip, theme.unknown if self._hollow else theme.ink, 4.8)

    def _paint_pointer(self, painter: QPainter) -> None:
        angle = np.radians(self._lean_deg * GAIN)
        at = QPointF(GAUGE * float(np.sin(angle)), GAUGE * float(np.cos(angle)))
        painter.setPen(QPen(self._theme.ground(self._state), 1.8))
        painter.setBrush(self._theme.hue(self._state))
        painter.drawEllipse(at, 5.4, 5.4)
        if not self._hollow:
            painter.setPen(QPen(self._theme.edge(self._state), 0.9))
            painter.drawEllipse(at, 4.5, 4.5)


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _line(
    painter: QPainter,
    points: Points,
    paint: QColor | QBrush,
    width: float,
    cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap,
) -> None:
    join = Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QBrush(paint), width, Qt.PenStyle.SolidLine, cap, join))
    painter.drawPolyline(_polygon(points))


def _arc(painter: QPainter, from_deg: float, to_deg: float, colour: QColor) -> None:
    turn = np.radians(np.linspace(from_deg, to_deg, 20) * GAIN)
    points = GAUGE * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    _line(painter, points, colour, 3, Qt.PenCapStyle.FlatCap)


def _thigh(painter: QPainter, colour: QColor, width: float) -> None:
    """The leg fades towards the knee, where the picture ends."""
    fade = QLinearGradient(30, 0, 62, 0)
    fade.setColorAt(0, colour)
    fade.setColorAt(1, QColor(colour.red(), colour.green(), colour.blue(), 0))
    points = np.array([[2.0, -3.0], [64.0, -3.0]])
    _line(painter, points, QBrush(fade), width, Qt.PenCapStyle.FlatCap)
