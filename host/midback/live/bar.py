"""The row of buttons, and at its end the clip's battery and link."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from midback.live.theme import font
from midback.words import State

SNOOZE, END_SNOOZE = "&Snooze 15 min", "End &snooze"


class Bar(QWidget):
    """A button for each of the window's actions; the underlined letter is its key.

    Args:
        calibrate, snooze, buzz, report, on_top: what the buttons trigger.
    """

    def __init__(
        self,
        calibrate: QAction,
        snooze: QAction,
        buzz: QAction,
        report: QAction,
        on_top: QAction,
    ) -> None:
        super().__init__()
        self._snooze_action = snooze
        self.calibrate = self._button("&Calibrate", calibrate)
        self.snooze = self._button(SNOOZE, snooze)
        self.buzz = self._button("Test &buzz", buzz)
        self.report = self._button("&Report", report)
        self.on_top = self._button("On &top", on_top)
        self.on_top.setCheckable(True)
        self.on_top.setAccessibleName("Always on top")
        self.on_top.setToolTip("Keep this window above the others")
        on_top.toggled.connect(self.on_top.setChecked)
        self.buttons = [self.calibrate, self.snooze, self.buzz, self.report, self.on_top]
        self._link = QLabel()
        self._link.setObjectName("soft")
        self._link.setFont(font(13))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._link)

    def show_facts(self, state: State, link: str, *, snoozed: bool) -> None:
        """Show the link; let Calibrate stand out while needed, and Snooze end a snooze."""
        if self._link.text() != link:
            self._link.setText(link)
        main = "main" if state is State.NEW else ""
        if self.calibrate.objectName() != main:
            self.calibrate.setObjectName(main)
            weight = QFont.Weight.DemiBold if main else QFont.Weight.Normal
            self.calibrate.setFont(font(13, weight))
            self.calibrate.style().polish(self.calibrate)
        text = END_SNOOZE if snoozed else SNOOZE
        if self.snooze.text() != text:
            self.snooze.setText(text)
            self._snooze_action.setText(text.replace("&", ""))

    @staticmethod
    def _button(text: str, action: QAction) -> QPushButton:
        button = QPushButton(text)
        button.setFont(font(13))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: action.trigger())
        return button
