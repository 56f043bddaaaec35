"""One frame of the slouch graph: curve, spells, buzzes, the dot of now.  Plain data, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from midback.live.bins import Floats
from midback.words import State


class Span(Enum):
    """How much time the graph shows: label, seconds (0: the day), seconds a frame."""

    MINUTE = ("Last minute", 60, 0.05)
    TEN_MINUTES = ("10 min", 600, 0.5)
    TODAY = ("Today", 0, 5.0)

    def __init__(self, label: str, seconds: int, frame_s: float) -> None:
        self.label = label
        self.seconds = seconds
        self.frame_s = frame_s


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of one state; times on the axis of the picture it belongs to, seconds."""

    state: State
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Picture:
    """One frame of the graph.

    Attributes:
        left_s: left end of the time axis; seconds, negative is the past. Today: 0.
        right_s: right end; 0 is now. Today: seconds from the left end.
        x_s: times of the curve, shape ``(n,)``.
        y_deg: lean at these times, NaN in a gap, shape ``(n,)``.
        spells: slumps and stretches without data in view, oldest first.
        buzzes_s: times of the buzzes in view.
        tip: time and lean of now, None when the lean is not current.
        hours: time and local hour of each full hour; empty unless the span is the day.
    """

    left_s: float
    right_s: float
    x_s: Floats
    y_deg: Floats
    spells: tuple[Spell, ...]
    buzzes_s: tuple[float, ...]
    tip: tuple[float, float] | None
    hours: tuple[tuple[float, int], ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is no lean to draw."""
        return not np.isfinite(self.y_deg).any()


EMPTY = Picture(0.0, 3600.0, np.empty(0), np.empty(0), (), (), None)
"""The picture of a day of which nothing is known."""

NO_LEAN = (State.AWAY, State.NEW, State.DOUBTFUL)
"""The states in which a tilt of the clip is no lean of the wearer."""

SHADED = (State.SLUMPED, State.NO_DATA, State.AWAY, State.NEW, State.DOUBTFUL)
"""The states that the graph shades behind the curve."""
