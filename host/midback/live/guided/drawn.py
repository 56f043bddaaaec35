"""The drawn figure of a test or a drill, as large as its place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from midback.live.guided.drawings import drawing
from midback.live.theme import Theme

LEAST_PX = QSize(110, 92)


class Drawn(QWidget):
    """Shows one figure; nothing where there is none.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumSize(LEAST_PX)
        self._theme = theme
        self._path: Path | None = None
        self._mirrored = False
        self._renderer: QSvgRenderer | None = None

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self._load()

    def show_figure(self, path: Path | None, *, mirrored: bool = False) -> None:
        """Show the figure in *path*, perhaps the other way round."""
        if (path, mirrored) == (self._path, self._mirrored):
            return
        self._path, self._mirrored = path, mirrored
        self._load()

    def _load(self) -> None:
        svg = None if self._path is None else drawing(self._path, dark=self._theme.dark)
        renderer = None if svg is None else QSvgRenderer(svg)
        self._renderer = renderer if renderer is not None and renderer.isValid() else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the figure in the middle of its place."""
        del event
        if self._renderer is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        size = self._renderer.defaultSize()
        share = min(self.width() / size.width(), self.height() / size.height())
        wide, tall = size.width() * share, size.height() * share
        left, top = (self.width() - wide) / 2, (self.height() - tall) / 2
        self._renderer.render(painter, QRectF(left, top, wide, tall))
