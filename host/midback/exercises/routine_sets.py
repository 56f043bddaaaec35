"""What was seen of each set of a routine.

"Seen" is all that is claimed: the clip sees the trunk move, and no muscle.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Protocol, cast

# scipy has no types
from scipy.stats import linregress  # pyright: ignore[reportUnknownVariableType]

from midback.exercises.counting import Counted
from midback.exercises.drill import By

FEWEST = 4
"""Fewer repetitions show no change over a set."""

FADES_DEG = 0.3
"""Less from one repetition to the next is called even (own choice)."""

CHANCE = 0.02
"""So often a set that is even seems to change, either way."""


class Outcome(StrEnum):
    """How a set ended."""

    DONE = "done"
    SKIPPED = "skipped"
    CHANGED = "changed"
    """Another drill took its place."""
    HURT = "stopped because of pain"
    """The drill was left at once; all of its sets that were not done say so."""
    BROKEN_OFF = "broken off"
    """The routine ended in its middle."""
    NO_TIME = "no time"
    """The five minutes were over before it began."""


@dataclass(frozen=True, slots=True)
class DoneSet:
    """One set.

    Attributes:
        drill, title: which drill.
        side: ``left``, ``right`` or empty.
        by: how it was to be counted.
        asked: so many repetitions; 0 for what is held.
        seconds: of the hold that was asked for; 0 for repetitions.
        outcome: how it ended.
        repetitions: those that were seen, peaks positive the way that was asked for.
        paced: so many more were paced, and not counted.
        held_s: for so long they held it; of what is done without the clip, how long it took.
        sways: whether they were paced because the wearer swayed too much to count them surely.
    """

    drill: str
    title: str
    side: str
    by: By
    asked: int
    seconds: float
    outcome: Outcome
    repetitions: tuple[Counted, ...] = ()
    paced: int = 0
    held_s: float = 0.0
    sways: bool = False

    @property
    def seen(self) -> int:
        """Repetitions seen."""
        return len(self.repetitions)

    @property
    def range_deg(self) -> float | None:
        """How far they went: the median."""
        return median(each.peak_deg for each in self.repetitions) if self.repetitions else None

    @property
    def tempo_s(self) -> tuple[float, float, float] | None:
        """Seconds up, held and down, as ``Counted`` has them: the medians."""
        if not self.repetitions:
            return None
        return (
            median(each.up_s for each in self.repetitions),
            median(each.hold_s for each in self.repetitions),
            median(each.down_s for each in self.repetitions),
        )

    @property
    def every_s(self) -> float | None:
        """From one to the next: the median."""
        ends = [each.time_s for each in self.repetitions]
        return median(b - a for a, b in pairwise(ends)) if len(ends) > 1 else None

    @property
    def fading_deg(self) -> float | None:
        """How much less far each went than that before it, by the line through all.

        ``None`` where that is too little to tell from chance.
        """
        if self.seen < FEWEST:
            return None
        peaks = [each.peak_deg for each in self.repetitions]
        line = cast("_Line", linregress(range(len(peaks)), peaks))
        fading_deg = -line.slope
        return fading_deg if fading_deg >= FADES_DEG and line.pvalue < CHANCE else None


class _Line(Protocol):
    """What ``linregress`` gives, which has no types."""

    slope: float
    pvalue: float
