"""The card of the slouch graph: title, what it shows, the choice of span."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from midback.live.graph import Graph
from midback.live.marks import BuzzKey
from midback.live.picture import Span
from midback.live.theme import Theme, font

LEGEND = "degrees forward of your own upright"


class GraphCard(QFrame):
    """Title, legend, spans and graph.

    Args:
        theme: how it looks.
    """

    span_chosen = Signal(Span)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self.graph = Graph(theme)
        self.title = QLabel("Slouch graph")
        self.title.setFont(font(15, QFont.Weight.DemiBold))
        self.legend = QLabel(LEGEND)
        self.legend.setObjectName("soft")
        self.buzz_key, self.buzz_word = BuzzKey(), QLabel("buzz")
        self.buzz_word.setObjectName("soft")
        for label in (self.legend, self.buzz_word):
            label.setFont(font(13))
        self.buttons = {span: self._span_button(span) for span in Span}
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addWidget(self.graph, 1)
        self.show_theme(theme)

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self.graph.show_theme(theme)
        self.buzz_key.show_in(theme.ink)

    def show_span(self, span: Span) -> None:
        """Mark *span* as the chosen one."""
        self.buttons[span].setChecked(True)

    def show_note(self, note: str | None) -> None:
        """Put *note* in the place of the legend; None puts the legend back."""
        self.legend.setText(note or LEGEND)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave out the legend, then the title, where they have no room."""
        super().resizeEvent(event)
        spans_px = sum(button.sizeHint().width() + 4 for button in self.buttons.values())
        room_px = self.width() - spans_px - 44
        title_px = self.title.sizeHint().width()
        roomy = room_px > title_px + self.legend.sizeHint().width() + 70
        for part in (self.legend, self.buzz_key, self.buzz_word):
            part.setVisible(roomy)
        self.title.setVisible(room_px > title_px)

    def _span_button(self, span: Span) -> QPushButton:
        button = QPushButton(span.label)
        button.setObjectName("span")
        button.setCheckable(True)
        button.setFont(font(13))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.span_chosen.emit(span))
        return button

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.title, self.legend):
            row.addWidget(part)
        row.addSpacing(8)
        row.addWidget(self.buzz_key)
        row.addWidget(self.buzz_word)
        row.addStretch(1)
        self._group = QButtonGroup(self)
        for button in self.buttons.values():
            self._group.addButton(button)
            row.addWidget(button)
        return row
