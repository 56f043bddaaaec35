"""The page of the results: a sentence, one or two things to do, the numbers, and their limits."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from midback.live.guided.scene import Outcome, Todo
from midback.live.guided.type import small_px
from midback.live.theme import font

_NARROW_PX = 780
_WORKING = "Adding it up …"


class ResultsPage(QScrollArea):
    """Shows an ``Outcome``; scrolls where it has to."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("page")
        self._outcome: Outcome | None = None
        self._note = ""
        self._scale, self._narrow = 1.0, False
        self._build()

    def set_scale(self, scale: float) -> None:
        """The window has another size."""
        self._scale = scale
        self._build()

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Show *outcome*; ``None`` while it is worked out."""
        if outcome != self._outcome:
            self._outcome = outcome
            self._build()

    def show_note(self, note: str) -> None:
        """Say something more, above all else."""
        self._note = note
        self._build()

    def _build(self) -> None:
        content = QWidget()
        content.setObjectName("page")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        outcome = self._outcome
        top, head = self._card()
        sentence = _WORKING if outcome is None else outcome.sentence
        head.addWidget(self._label(sentence, 26, QFont.Weight.DemiBold))
        if self._note:
            head.addWidget(self._label(self._note, 16))
        column.addWidget(top)
        if outcome is not None:
            self._fill(column, outcome)
        column.addStretch(1)
        self.setWidget(content)

    def _fill(self, column: QVBoxLayout, outcome: Outcome) -> None:
        narrow = self.width() < _NARROW_PX * small_px(self._scale) / small_px(1.0)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        row = QBoxLayout(down if narrow else across)
        row.setSpacing(12)
        if outcome.todo:
            row.addWidget(self._todo(outcome.todo), 10)
        if outcome.rows:
            row.addWidget(self._table(outcome), 13)
        column.addLayout(row)
        for note in outcome.notes:
            column.addWidget(self._label(note, 14, soft=True))

    def _todo(self, todo: tuple[Todo, ...]) -> QWidget:
        card, box = self._card()
        box.addWidget(self._label("To do", 15, soft=True))
        for number, each in enumerate(todo, 1):
            mark = f"{number}. " if len(todo) > 1 else ""
            box.addSpacing(round(8 * self._scale))
            box.addWidget(self._label(f"{mark}{each.what}", 21, QFont.Weight.DemiBold))
            box.addWidget(self._label(each.why, 16, soft=True))
        box.addStretch(1)
        return card

    def _table(self, outcome: Outcome) -> QWidget:
        card, box = self._card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(round(16 * self._scale))
        grid.setVerticalSpacing(round(7 * self._scale))
        for at, row in enumerate(outcome.rows):
            middle = Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(self._label(row.name, 17), at, 0, middle)
            more = self._label(row.more, 15, soft=True)
            if not row.value:
                grid.addWidget(more, at, 1, 1, 2, middle)
                continue
            value = self._label(row.value, 20, QFont.Weight.DemiBold)
            value.setWordWrap(False)
            grid.addWidget(value, at, 1, middle | Qt.AlignmentFlag.AlignRight)
            grid.addWidget(more, at, 2, middle)
        grid.setColumnStretch(0, 2 if all(not row.value for row in outcome.rows) else 5)
        grid.setColumnStretch(2, 5)
        box.addLayout(grid)
        box.addStretch(1)
        return card

    def _card(self) -> tuple[QWidget, QVBoxLayout]:
        card = QFrame()
        card.setObjectName("card")
        box = QVBoxLayout(card)
        edge = round(18 * self._scale)
        box.setContentsMargins(edge, edge, edge, edge)
        return card, box

    def _label(
        self,
        text: str,
        pixels: int,
        weight: QFont.Weight = QFont.Weight.Normal,
        *,
        soft: bool = False,
    ) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setObjectName("soft" if soft else "")
        least = small_px(self._scale) - 1
        label.setFont(font(max(round(pixels * self._scale), least), weight))
        return label
