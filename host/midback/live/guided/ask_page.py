"""A page that says one thing, or asks one, with its answers under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from midback.live.guided.asks import Ask
from midback.live.guided.choices import Choices
from midback.live.guided.type import Words, small_px
from midback.live.theme import font


class AskPage(QFrame):
    """Shows one ``Ask`` at a time, in large type."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head = QLabel()
        self.head.setObjectName("soft")
        self.words = Words(34, QFont.Weight.DemiBold)
        self.foot = Words(20)
        self.foot.setObjectName("soft")
        self.choices = Choices(middle=True)
        middle, top = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignTop
        self.head.setAlignment(middle)
        self.foot.setAlignment(middle | top)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.addWidget(self.words, 5)
        self._column.addWidget(self.choices)
        self._column.addWidget(self.foot, 3)

    def set_scale(self, scale: float) -> None:
        """The window has another size."""
        self.head.setFont(font(small_px(scale)))
        self.words.set_scale(scale)
        self.foot.set_scale(scale)
        self.choices.set_type(round(small_px(scale) * 1.5))
        side, edge = round(90 * scale - 30), round(26 * scale)
        self._column.setContentsMargins(side, edge, side, edge)
        self._column.setSpacing(round(22 * scale))

    def show_ask(self, ask: Ask) -> None:
        """Show *ask*; the keyboard is at its main answer."""
        self.head.setText(ask.head)
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter
        side = left if ask.listed else middle
        self.words.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.words.set_weight(QFont.Weight.Normal if ask.listed else QFont.Weight.DemiBold)
        self.words.setText(ask.words)
        self.foot.setText(ask.foot)
        self.choices.offer(ask.choices)
        self.setFocus()
        for button, choice in zip(self.choices.buttons, ask.choices, strict=True):
            if choice.main:
                button.setFocus()
