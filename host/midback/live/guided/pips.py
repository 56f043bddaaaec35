"""Which repetition of how many: a dot each, and the same in words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from midback.live.guided.scene import Scene
from midback.live.guided.type import Words
from midback.live.theme import Theme

MOST_DOTS = 15
_SHARE = 0.5  # of the row, at most: the words need the rest


class Dots(QWidget):
    """A dot for each repetition: done, under way, to come; a ring with a gap for practice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[int, int, bool] = (0, 0, False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self.update()

    def show_numbers(self, number: int, of: int, *, practice: bool) -> None:
        """Show repetition *number* of *of*, from 1 on; no dots where there are too many."""
        self._shown = (number, of if of <= MOST_DOTS else 0, practice)
        self.set_room()
        self.update()

    def set_room(self) -> None:
        """Take as much room as the dots need beside words of this height."""
        _, of, practice = self._shown
        self.setFixedWidth(round((1 if practice else of) * self._pitch()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """As wide as the dots are then."""
        super().resizeEvent(event)
        self.set_room()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the dots."""
        del event
        number, of, practice = self._shown
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._pitch() * 0.3
        for k in range(1 if practice else of):
            middle = QPointF((k + 0.5) * self._pitch(), self.height() / 2)
            done, now = k + 1 < number and not practice, k + 1 == number or practice
            colour = self._theme.accent if done or now else self._theme.unknown
            dashed = Qt.PenStyle.DotLine if practice else Qt.PenStyle.SolidLine
            painter.setPen(QPen(colour, max(radius * 0.35, 2.0), dashed))
            painter.setBrush(colour if done else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, radius, radius)
            if now and not practice:
                painter.setBrush(colour)
                painter.drawEllipse(middle, radius * 0.4, radius * 0.4)

    def _pitch(self) -> float:
        _, of, _ = self._shown
        row = self.parentWidget()
        room = 44.0 if row is None else row.width() * _SHARE / max(of, 1)
        return min(self.height() * 0.7, 44.0, room)


class Pips(QWidget):
    """The dots, and words beside them.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.dots = Dots(theme)
        self.words = Words(28)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.dots)
        row.addWidget(self.words, 1)

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self.dots.show_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Share the room out again."""
        super().resizeEvent(event)
        self.dots.set_room()

    def show_scene(self, scene: Scene) -> None:
        """Show which repetition it is."""
        self.words.setText(scene.count)
        self.dots.show_numbers(scene.number, scene.of, practice=scene.practice)
