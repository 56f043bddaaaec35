"""What the window shows and asks for: plain data, and whom it asks.  No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from midback.cues import Tone


class Where(StrEnum):
    """How far they have come, from ``begin`` on."""

    FINDING = "finding"
    """The clip is looked for, or settles."""
    LEADING = "leading"
    OVER = "over"
    FAILED = "failed"
    """It cannot go on: the words say why, and what to do."""


class Wish(StrEnum):
    """What the wearer can ask for while they are led."""

    PAUSE = "pause"
    GO_ON = "go on"
    REPEAT = "repeat"
    SKIP = "skip"
    CHANGE = "change"
    """Another drill that serves as well."""
    HURTS = "hurts"


class Gauge(NamedTuple):
    """How far they are from where they rested.

    Attributes:
        angle_deg: positive the way they are asked to go.
        most_deg: the end of the scale.
        side: which half of the dial it moves in, -1 left and 1 right; 0 where there is one way
            only.
    """

    angle_deg: float
    most_deg: float
    side: int = 0


class Beat(NamedTuple):
    """Half a beat of the metronome, from the scene's last cue on.

    Attributes:
        seconds: how long it takes.
        back: whether it is the way back.
    """

    seconds: float
    back: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """What to show at this moment.

    Attributes:
        where: how far they have come.
        words: what they are to do now, or what is wrong, in a sentence or two.
        note: why the last repetition did not count, or what else stands in the way.
        step: which test or drill of how many, in words.
        title: its title.
        how: how to sit or stand.
        figure: its drawing.
        mirrored: whether to show the drawing the other way round.
        count: which repetition of how many, in words.
        number, of: the same as numbers; none is shown where ``of`` is 0.
        practice: whether the repetition does not count.
        gauge: the live angle; ``None`` where it is not to be seen.
        share: how much of a hold has passed, 0 to 1; ``None``: nothing is held.
        inside: what stands inside of that, a few characters.
        beat: of the metronome; ``None`` without one.
        facts: dose, tempo and the like, a line each.
        left: how much time is left, in words.
        coming: what comes next.
        wishes: what can be asked for now.
        cues: how many cues there were; a new one is given.
        tone, spoken: the cue.
        lost: whether the clip is not seen just now.
    """

    where: Where = Where.FINDING
    words: str = ""
    note: str = ""
    step: str = ""
    title: str = ""
    how: str = ""
    figure: Path | None = None
    mirrored: bool = False
    count: str = ""
    number: int = 0
    of: int = 0
    practice: bool = False
    gauge: Gauge | None = None
    share: float | None = None
    inside: str = ""
    beat: Beat | None = None
    facts: tuple[str, ...] = ()
    left: str = ""
    coming: str = ""
    wishes: tuple[Wish, ...] = ()
    cues: int = 0
    tone: Tone = Tone.REST
    spoken: str = ""
    lost: bool = False


class Row(NamedTuple):
    """One line of the results: what, how much, and what belongs to it."""

    name: str
    value: str
    more: str = ""


class Todo(NamedTuple):
    """A thing to do, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        sentence: the whole in one sentence.
        todo: one or two things to do.
        rows: the numbers.
        notes: what was left out, and the limits; a sentence each.
        page: the report, where there is one.
        folder: where the files are, where any are kept.
    """

    sentence: str
    todo: tuple[Todo, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    page: Path | None = None
    folder: Path | None = None


class Leader(Protocol):
    """Who leads; each method may be called from any thread and returns at once.

    Attributes:
        name: what it leads through, for people: ``Movement check``.
        ahead: what is ahead, in a sentence or two.
        left: when one was left today that can be gone on with, or empty.
        screens: whether red flags are asked for.
        asks_pain: whether pain is asked for, before and after.
    """

    name: str
    ahead: str
    left: str
    screens: bool
    asks_pain: bool

    def go_on(self, left: bool) -> None:
        """Whether to go on with the one that was left."""
        ...

    def cleared(self) -> None:
        """All red flags were answered with no."""
        ...

    def begin(self, pain: int | None) -> None:
        """Look for the clip and lead; *pain* is 0 to 10 as it is now."""
        ...

    def scene(self) -> Scene:
        """What to show now."""
        ...

    def wish(self, wish: Wish) -> None:
        """Do what the wearer asks for."""
        ...

    def finish(self, pain: int | None) -> None:
        """It is over; *pain* is as it is now.  The outcome is worked out."""
        ...

    def outcome(self) -> Outcome | None:
        """What came of it; ``None`` while it is worked out."""
        ...
