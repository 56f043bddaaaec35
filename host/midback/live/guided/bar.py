"""What can be chosen while somebody is led, and at the other end cues and notice."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from midback.live.guided.choices import Choices


class Bar(QWidget):
    """Two groups of buttons; one above the other where there is no room for both."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = Choices(), Choices()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addWidget(self.left, 1)
        self._box.addWidget(self.right)

    def set_type(self, pixels: int) -> None:
        """Set the size of the type."""
        self.left.set_type(pixels)
        self.right.set_type(pixels)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Put the groups beside each other, or one above the other."""
        wide = sum(group.sizeHint().width() for group in (self.left, self.right))
        beside = wide + self._box.spacing() <= self.width()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if beside else down)
