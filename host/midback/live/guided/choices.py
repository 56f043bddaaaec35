"""What can be chosen at this moment: a button and a key each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction, QFont, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from midback.live.guided.asks import Choice
from midback.live.guided.flow import Flow
from midback.live.theme import font


class Choices(QWidget):
    """The buttons; what is offered changes, and a key counts only while it is offered."""

    def __init__(self, *, middle: bool = False) -> None:
        super().__init__()
        self.buttons: list[QPushButton] = []
        self._actions: list[QAction] = []
        self._offered: list[Choice] = []
        self._pixels = 15
        self._row = Flow(self, middle=middle)

    def set_type(self, pixels: int) -> None:
        """Set the size of the type."""
        if pixels != self._pixels:
            self._pixels = pixels
            for button, choice in zip(self.buttons, self._offered, strict=True):
                self._dress(button, choice)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these; buttons that stay are left alone, so that the focus stays as well."""
        if [each.text for each in choices] == [each.text for each in self._offered]:
            return
        focused = next((k for k, each in enumerate(self.buttons) if each.hasFocus()), None)
        for button in self.buttons:
            # Not at once: it may be this button that was pressed.
            button.hide()
            button.deleteLater()
        for action in self._actions:
            action.setEnabled(False)
            self.removeAction(action)
            action.deleteLater()
        self._offered = list(choices)
        self.buttons = [self._button(each) for each in choices]
        self._actions = [self._action(each) for each in choices]
        if focused is not None and focused < len(self.buttons):
            self.buttons[focused].setFocus()

    def _button(self, choice: Choice) -> QPushButton:
        button = QPushButton(choice.text)
        button.setToolTip(choice.help)
        button.setAccessibleName(choice.text.replace("&", ""))
        button.clicked.connect(lambda: choice.then())
        button.setObjectName("main" if choice.main else "")
        # The letter is the key by itself; Alt is not needed.
        button.setShortcut(QKeySequence())
        button.setAutoDefault(False)
        self._dress(button, choice)
        self._row.addWidget(button)
        # Else Qt shows it only in a while, and a focus that it is given now would be lost.
        button.show()
        return button

    def _dress(self, button: QPushButton, choice: Choice) -> None:
        weight = QFont.Weight.DemiBold if choice.main else QFont.Weight.Normal
        button.setFont(font(self._pixels, weight))

    def _action(self, choice: Choice) -> QAction:
        action = QAction(choice.text.replace("&", ""), self)
        action.setShortcuts([QKeySequence(key) for key in choice.key.split()])
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: choice.then())
        self.addAction(action)
        return action
