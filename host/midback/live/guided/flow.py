"""A row of widgets that goes on in the next line where it has no room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_GAP_PX = 8


class Flow(QLayout):
    """Lays out from left to right and from the top down.

    Args:
        parent: whose layout it is.
        middle: each line in the middle rather than at the left.
    """

    def __init__(self, parent: QWidget, *, middle: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._middle = middle
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 (Qt's name)
        """Take one more."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """One of them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """Give one back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """The narrower, the taller."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """How tall all of it is."""
        lines = self._lines(width)
        return sum(_tallest(line) for line in lines) + _GAP_PX * max(len(lines) - 1, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """All in one line."""
        shown = self._shown()
        return QSize(_wide(shown), _tallest(shown))

    def minimumSize(self) -> QSize:  # noqa: N802 (Qt's name)
        """The widest of them alone."""
        shown = self._shown()
        widest = max((item.sizeHint().width() for item in shown), default=0)
        return QSize(widest, _tallest(shown))

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 (Qt's name)
        """Put each in its place."""
        super().setGeometry(rect)
        top = rect.top()
        for line in self._lines(rect.width()):
            spare = rect.width() - _wide(line)
            left = rect.left() + (spare // 2 if self._middle else 0)
            for item in line:
                item.setGeometry(QRect(QPoint(left, top), item.sizeHint()))
                left += item.sizeHint().width() + _GAP_PX
            top += _tallest(line) + _GAP_PX

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        for item in self._shown():
            if lines and _wide([*lines[-1], item]) <= width:
                lines[-1].append(item)
            else:
                lines.append([item])
        return lines


def _wide(line: list[QLayoutItem]) -> int:
    return sum(item.sizeHint().width() for item in line) + _GAP_PX * max(len(line) - 1, 0)


def _tallest(line: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in line), default=0)
