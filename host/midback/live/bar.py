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
        calibrate, context, snooze, buzz, report, on_top: what the buttons trigger.
        yes, no: what answers a question; their buttons are there while there is one.
    """

    def __init__(
        self,
        calibrate: QAction,
        context: QAction,
        snooze: QAction,
        buzz: QAction,
        report: QAction,
        on_top: QAction,
        yes: QAction,
        no: QAction,
    ) -> None:
        super().__init__()
        self._snooze_action = snooze
        self._context_action = context
        self._answers = [yes, no]
        self.calibrate = self._button("&Calibrate", calibrate)
        self.context = self._button("&At: desk", context)
        self.context.setToolTip("Where you are: each place has an upright of its own")
        self.snooze = self._button(SNOOZE, snooze)
        self.buzz = self._button("Test &buzz", buzz)
        self.report = self._button("&Report", report)
        self.on_top = self._button("On &top", on_top)
        self.on_top.setCheckable(True)
        self.on_top.setAccessibleName("Always on top")
        self.on_top.setToolTip("Keep this window above the others")
        on_top.toggled.connect(self.on_top.setChecked)
        self.yes, self.no = self._button("&Yes", yes), self._button("&No", no)
        asked = [self.yes, self.no]
        usual = [self.calibrate, self.context, self.snooze, self.buzz, self.report, self.on_top]
        self.buttons = [*asked, *usual]
        for button in asked:
            button.setObjectName("main")
            button.setFont(font(13, QFont.Weight.DemiBold))
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
        self.show_question(asks=False)

    def show_question(self, *, asks: bool) -> None:
        """Have the two answers at hand while there is a question."""
        for button, action in zip((self.yes, self.no), self._answers, strict=True):
            button.setVisible(asks)
            action.setEnabled(asks)

    def show_context(self, context: str) -> None:
        """Show where the wearer is."""
        text = f"&At: {context}"
        if self.context.text() != text:
            self.context.setText(text)
            self._context_action.setText(f"At: {context} (next)")

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
