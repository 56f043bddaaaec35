"""The page of whoever is led: the figure and how to sit, and what to do now beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from midback.live.glance import announce
from midback.live.guided.dial import Dial
from midback.live.guided.drawn import Drawn
from midback.live.guided.pips import Pips
from midback.live.guided.scene import Scene, Where
from midback.live.guided.type import Words
from midback.live.theme import Theme
from midback.words import State

_MARK = "△ "
"""A second cue beside the colour."""


class LeadPage(QWidget):
    """Shows scenes.

    Args:
        theme: how it looks.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scene = Scene()
        self.step, self.title, self.how = Words(20), Words(32, QFont.Weight.DemiBold), Words(24)
        self.note, self.words = Words(26, QFont.Weight.DemiBold), Words(44, QFont.Weight.DemiBold)
        self.facts, self.left, self.coming = Words(24), Words(30), Words(20)
        for words in (self.facts, self.step, self.coming):
            words.setObjectName("soft")
        self.drawn, self.dial, self.pips = Drawn(theme), Dial(theme), Pips(theme)
        self._left, self._right = QFrame(), QFrame()
        self._lay_out()

    def set_scale(self, scale: float) -> None:
        """The window has another size."""
        for words in self._all_words():
            words.set_scale(scale)
        edge = round(20 * scale)
        for column in (self._left_column, self._right_column):
            column.setContentsMargins(edge, edge, edge, edge)
            column.setSpacing(round(10 * scale))
        self.step.setFixedHeight(round(30 * scale))
        self.title.setFixedHeight(round(48 * scale))
        self.pips.setFixedHeight(round(46 * scale))
        self.left.setFixedHeight(round(42 * scale))
        self.coming.setFixedHeight(round(30 * scale))

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        for painted in (self.drawn, self.dial, self.pips):
            painted.show_theme(theme)
        self.note.setStyleSheet(f"color: {theme.words(State.LEANING).name()}")

    def show_scene(self, scene: Scene) -> None:
        """Show *scene*; what has not changed is not touched."""
        before, self._scene = self._scene, scene
        self._left.setVisible(bool(scene.title))
        self.step.setText(scene.step)
        self.title.setText(scene.title)
        self.how.setText(scene.how)
        self.drawn.show_figure(scene.figure, mirrored=scene.mirrored)
        self.note.setText(f"{_MARK}{scene.note}" if scene.note else "")
        self.note.setVisible(bool(scene.note))
        self.words.setText(scene.words)
        self.facts.setText("\n".join(scene.facts))
        self.facts.setVisible(bool(scene.facts))
        for words, text in ((self.left, scene.left), (self.coming, scene.coming)):
            words.setText(text)
            words.setVisible(bool(text))
        measures = scene.where is Where.LEADING and (
            scene.gauge is not None or scene.share is not None or scene.beat is not None
        )
        self.dial.setVisible(measures)
        self.dial.show_scene(scene)
        self.pips.setVisible(bool(scene.count))
        self.pips.show_scene(scene)
        if scene.words != before.words or scene.note != before.note:
            announce(self.words, f"{scene.note} {scene.words}".strip())

    def _all_words(self) -> tuple[Words, ...]:
        words = (self.step, self.title, self.how, self.note, self.words, self.facts)
        return (*words, self.left, self.coming, self.pips.words)

    def _lay_out(self) -> None:
        for card in (self._left, self._right):
            card.setObjectName("card")
        left = self._left_column = QVBoxLayout(self._left)
        left.addWidget(self.step)
        left.addWidget(self.title)
        left.addWidget(self.drawn, 6)
        left.addWidget(self.how, 2)
        right = self._right_column = QVBoxLayout(self._right)
        right.addWidget(self.note, 3)
        right.addWidget(self.words, 5)
        right.addWidget(self.dial, 9)
        right.addWidget(self.facts, 3)
        right.addWidget(self.pips)
        left.addWidget(self.left)
        left.addWidget(self.coming)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.how.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._left, 10)
        row.addWidget(self._right, 13)
