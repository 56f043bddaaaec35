"""What comes into a routine's guide, and what it shows of where the wearer is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from midback.exercises.counting import Counted
from midback.exercises.drill import Drill
from midback.exercises.rest import Sample
from midback.exercises.routine_plan import ROUTINE_S
from midback.exercises.view import Phase


@dataclass(frozen=True, slots=True)
class RoutineView:
    """What whoever guides the wearer shows now.

    Attributes:
        drill: which is under way; ``None`` while they sit tall at first, and at the end.
        side: ``left``, ``right`` or empty.
        phase: what they are to do; of a drill without the clip ``HOLD``.
        words: the same in a sentence or two.
        number, of: repetitions seen, or paced, of how many.
        paced: whether it is the metronome that counts, because the clip does not see them.
        angle_deg: the live gauge, positive the way they are asked to go; of a hold forward.
        share: how much of a hold has passed, 0 to 1.
        last: the last repetition that was seen in this set.
        left_s: of the five minutes.
        cues: how many there were; a new one is worth a beep.
        ticks: how many of the cues are to be felt.
    """

    drill: Drill | None = None
    side: str = ""
    phase: Phase = Phase.REST
    words: str = ""
    number: int = 0
    of: int = 0
    paced: bool = False
    angle_deg: float = 0.0
    share: float = 0.0
    last: Counted | None = None
    left_s: float = ROUTINE_S
    cues: int = 0
    ticks: int = 0


class Moment(NamedTuple):
    """What came at one time.

    Attributes:
        time_s: when.
        sample: of the clip; ``None`` where it is of no use, as when the filter begins anew.
        walks: whether they walk.
        shaken: whether the motor ran, or had just run.
        since_s: how much of the five minutes passed since the moment before.
    """

    time_s: float
    sample: Sample | None
    walks: bool = False
    shaken: bool = False
    since_s: float = 0.0

    @property
    def calm(self) -> Sample | None:
        """The sample, unless the motor shook it."""
        return None if self.shaken else self.sample


class Shown:
    """The view as it changes.

    Attributes:
        view: of now.
    """

    def __init__(self) -> None:
        self.view = RoutineView()

    def say(self, phase: Phase, words: str, *, felt: bool = False, **changes: Any) -> None:
        """Say something new, which is a cue."""
        view = self.view
        ticks = view.ticks + (felt and (view.drill is None or view.drill.buzz))
        self.change(phase=phase, words=words, cues=view.cues + 1, ticks=ticks, **changes)

    def change(self, **changes: Any) -> None:
        """Go along with what goes on, without a cue."""
        self.view = replace(self.view, **changes)
