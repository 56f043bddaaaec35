"""Where the window stands: its normal place, its corner, and whether others may cover it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtWidgets import QWidget

NORMAL_PX, CORNER_PX = QSize(1100, 640), QSize(420, 300)
MARGIN_PX = 24


class Place:
    """Moves one window between its two places and remembers both.

    Args:
        window: the window.
        settings: where to keep what is remembered; None keeps it only while running.
    """

    def __init__(self, window: QWidget, settings: QSettings | None) -> None:
        self._window = window
        self._settings = settings
        self._known: dict[str, QByteArray] = {}
        self.on_top = False

    def recall(self) -> None:
        """Go where the window stood last."""
        in_corner = False
        if self._settings is not None:
            for name in ("normal", "corner"):
                stored = self._settings.value(name)
                if isinstance(stored, QByteArray):
                    self._known[name] = stored
            in_corner = cast(bool, self._settings.value("in_corner", False, bool))
            self.set_on_top(cast(bool, self._settings.value("on_top", False, bool)))
        self._go("corner" if in_corner else "normal")

    def toggle(self, *, in_corner: bool) -> None:
        """Change over from the corner to the normal place, or the reverse."""
        self._note(in_corner)
        self._go("normal" if in_corner else "corner")

    def set_on_top(self, on_top: bool) -> None:
        """Stay above other windows, or no longer."""
        self.on_top = on_top
        shown = self._window.isVisible()
        self._window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on_top)
        if shown:  # Qt hides a window whose flags change
            self._window.show()

    def remember(self, *, in_corner: bool) -> None:
        """Keep both places for the next time."""
        self._note(in_corner)
        if self._settings is None:
            return
        for name, place in self._known.items():
            self._settings.setValue(name, place)
        self._settings.setValue("in_corner", in_corner)
        self._settings.setValue("on_top", self.on_top)
        self._settings.sync()

    def _note(self, in_corner: bool) -> None:
        self._known["corner" if in_corner else "normal"] = self._window.saveGeometry()

    def _go(self, name: str) -> None:
        if self._window.isVisible():
            self._window.showNormal()
        known = self._known.get(name)
        if known is not None and self._window.restoreGeometry(known):
            return
        room = self._window.screen().availableGeometry()
        self._window.setGeometry(_corner_of(room) if name == "corner" else _middle_of(room))


def _corner_of(room: QRect) -> QRect:
    margin = QPoint(MARGIN_PX, MARGIN_PX)
    place = QRect(QPoint(0, 0), CORNER_PX)
    place.moveBottomRight(room.bottomRight() - margin)
    return place


def _middle_of(room: QRect) -> QRect:
    place = QRect(QPoint(0, 0), NORMAL_PX.boundedTo(room.size()))
    place.moveCenter(room.center())
    return place
