"""What only the wearer can say: one question at a time, with a time to answer it.

Pure: times are session time, in seconds.  What follows from an answer is for whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Question(NamedTuple):
    """Something to say yes or no to.

    Attributes:
        kind: what it is about, one word, as the recording keeps it; an open question of a
            kind is replaced by the next of that kind.
        text: a sentence that can be answered.
        for_s: how long it stays open.
    """

    kind: str
    text: str
    for_s: float = 300.0


Answered = Callable[[bool | None], None]
"""Told what the wearer said, ``None`` if nothing."""


@dataclass(slots=True)
class _Open:
    question: Question
    until_s: float
    then: Answered


class Questions:
    """The questions that are open; the oldest is on show."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    @property
    def shown(self) -> Question | None:
        """The question to answer now."""
        return self._open[0].question if self._open else None

    def ask(self, question: Question, now_s: float, then: Answered) -> None:
        """Ask; *then* is called once, with the answer or with ``None``."""
        self.withdraw(question.kind)
        self._open.append(_Open(question, now_s + question.for_s, then))

    def withdraw(self, kind: str) -> None:
        """It need not be answered any more."""
        gone = [each for each in self._open if each.question.kind == kind]
        self._open = [each for each in self._open if each.question.kind != kind]
        for each in gone:
            each.then(None)

    def answer(self, yes: bool) -> Question | None:
        """The wearer answered the question on show; return it, ``None`` if there was none."""
        if not self._open:
            return None
        answered = self._open.pop(0)
        answered.then(yes)
        return answered.question

    def tick(self, now_s: float) -> None:
        """Let time pass: what nobody answered is withdrawn."""
        late = [each for each in self._open if each.until_s <= now_s]
        self._open = [each for each in self._open if each.until_s > now_s]
        for each in late:
            each.then(None)
