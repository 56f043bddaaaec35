"""What whoever guides a wearer through a check shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from midback.exercises.items import Item, Way


class Phase(StrEnum):
    """What the wearer is to do."""

    REST = "rest"
    GO = "go"
    BACK = "back"
    HOLD = "hold"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class View:
    """What whoever guides the wearer shows now.

    Attributes:
        item: the test under way; ``None`` while they sit tall at first, and at the end.
        way: which way they are asked to go.
        phase: what they are to do.
        words: the same in a sentence or two.
        practice: whether the repetition does not count.
        number, of: which repetition of how many, from 1 on.
        angle_deg: the live gauge, positive the way they are asked to go.
        share: how much of a hold has passed, 0 to 1.
        cues: how many there were; a new one is worth a beep.
    """

    item: Item | None = None
    way: Way | None = None
    phase: Phase = Phase.REST
    words: str = ""
    practice: bool = False
    number: int = 0
    of: int = 0
    angle_deg: float = 0.0
    share: float = 0.0
    cues: int = 0
