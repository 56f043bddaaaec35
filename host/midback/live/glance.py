"""The card that answers "how am I sitting?" from the corner of the eye."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from midback.live.figure import Figure
from midback.live.marks import Mark
from midback.live.scale import Lines
from midback.live.sentences import Said
from midback.live.theme import Theme, font
from midback.words import UNKNOWN, State

NUMBER_PX, SNUG_NUMBER_PX = 64, 40
WORDS_PX, BRIEF_WORDS_PX = 256, 200
STATE_PX, BRIEF_STATE_PX = 22, 18
LEAST_WORDS_PX, BRIEF_FIGURE_PX = 140, 150
SNUG_BELOW_PX, BRIEF_SNUG_BELOW_PX = 400, 200
"""A lower card has a smaller number, so that the figure keeps its room."""


class Glance(QFrame):
    """Figure, number, state in words and one line of help.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("glance")
        self.figure = Figure(theme)
        self.number, self.unit, self.headline, self.help = (QLabel() for _ in range(4))
        self.mark = Mark()
        self._theme = theme
        self._said: Said | None = None
        self._ground: object = None
        self._space = QSpacerItem(0, 0)
        self._words = self._words_of()
        self._split = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._split.addWidget(self.figure, 1)
        self._split.addWidget(self._words)
        self._brief = False
        self.unit.setFont(font(13))
        self.help.setFont(font(13))
        self.set_brief(False)

    def set_brief(self, brief: bool) -> None:
        """Lay out for the corner: figure at the left, words at the right."""
        self._brief = brief
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._split.setDirection(across if brief else down)
        self._split.setContentsMargins(*((8, 8, 6, 8) if brief else (18, 12, 18, 16)))
        words = font(BRIEF_STATE_PX if brief else STATE_PX, QFont.Weight.DemiBold)
        self.headline.setFont(words)
        self.mark.set_beside(words)
        self._show_help()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep words and figure apart."""
        super().resizeEvent(event)
        self._fit()

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self._ground = None
        self.figure.show_theme(theme)
        if self._said is not None:
            self._restyle(self._said.state)

    def show_lean(self, state: State, lean_deg: float | None, lines: Lines) -> None:
        """Let the figure lean by *lean_deg*, positive forward."""
        self.figure.show_lean(state, lean_deg, lines)

    def show_words(self, said: Said) -> None:
        """Show *said*; what has not changed is not touched."""
        if said == self._said:
            return
        before, self._said = self._said, said
        if before is None or before.state is not said.state:
            self._restyle(said.state)
            announce(self.headline, said.spoken)
        if said.asks and (before is None or before.help != said.help):
            announce(self.help, said.help)
        self.number.setText(said.number)
        self.unit.setText(said.unit)
        self.headline.setText(said.headline)
        self.headline.setAccessibleName(said.spoken)
        self._show_help()

    def _show_help(self) -> None:
        if self._said is not None:
            # In the corner there are no buttons.
            keys = " Y or N?" if self._said.asks and self._brief else ""
            self.help.setText(f"{self._said.help}{keys}")

    def _fit(self) -> None:
        room_px = max(self.width() - BRIEF_FIGURE_PX - 20, LEAST_WORDS_PX)
        self._words.setFixedWidth(min(BRIEF_WORDS_PX, room_px) if self._brief else WORDS_PX)
        snug = self.height() < (BRIEF_SNUG_BELOW_PX if self._brief else SNUG_BELOW_PX)
        self.number.setFont(font(SNUG_NUMBER_PX if snug else NUMBER_PX, QFont.Weight.Light))
        self._space.changeSize(0, 6 if snug else 18)
        self._column.invalidate()

    def _words_of(self) -> QWidget:
        words = QWidget()
        column = self._column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        state = QHBoxLayout()
        state.setSpacing(7)
        state.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.headline, 1)
        column.addStretch(1)
        column.addWidget(self.number)
        column.addWidget(self.unit)
        column.addSpacerItem(self._space)
        column.addLayout(state)
        column.addWidget(self.help)
        column.addStretch(1)
        for label in (self.headline, self.help, self.unit):
            label.setWordWrap(True)
        return words

    def _restyle(self, state: State) -> None:
        theme = self._theme
        if (theme, state) == self._ground:
            return
        self._ground = (theme, state)
        self.mark.show_state(state, theme.words(state))
        number = theme.unknown if state in UNKNOWN else theme.ink
        edge = theme.rule if state in UNKNOWN or theme.contrast else theme.tint(state, 0.4)
        width = 2 if theme.contrast else 1
        self.setStyleSheet(
            f"#glance {{ background: {theme.ground(state).name()};"
            f" border: {width}px solid {edge.name()}; border-radius: 14px; }}"
            f"QLabel {{ color: {theme.soft.name()}; background: transparent; }}"
        )
        self.number.setStyleSheet(f"color: {number.name()}")
        self.headline.setStyleSheet(f"color: {theme.words(state).name()}")


def announce(label: QLabel, text: str) -> None:
    """Tell a screen reader, if one listens."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(label, text))
