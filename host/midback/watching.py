"""What a wearing tells whoever watches it: window, terminal or a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from midback.calibration import CONTEXTS
from midback.estimator import Estimate
from midback.link import Link
from midback.words import State


@dataclass(frozen=True, slots=True)
class Now:
    """What a view needs to know at this moment.

    Attributes:
        time_s: session time.
        wall: the same as wall time, for labels.
        state: what the wearer does.
        since_s: seconds in that state; while leaning, how much of the hold has passed.
        flexion_deg: tilt now, or ``None`` while it is not known.
        last_deg: the last tilt that was known, or ``None``.
        enter_deg, leave_deg, back_enter_deg, hold_s: the slump lines in force.
        battery_percent: the clip's, or ``None`` before it said so.
        link: how the link to the clip stands.
        same_s: for how long the wearer has kept one posture.
        context: where the wearer is, by its name.
        question: what the wearer is asked, to be answered with yes or no.
        behind_s: by how many seconds all this lags, while packets come in that were missing.
        snoozed_until: when buzzes come back, or ``None``.
        notice: guidance or an answer that goes before the usual help.
        quiet_until: no slump is buzzed before then, because of buzzes that were given;
            ``None`` when nothing stands in the way of the next one.
        doubt: what makes the wearer's upright doubtful and what to do, while it is; or ``None``.
        held_by: what else holds buzzes now, each in a word or two, the oldest first.
        certain: whether a slump that nothing stands against gets its buzz: a plan may leave it
            out.
    """

    time_s: float
    wall: datetime
    state: State
    since_s: float
    flexion_deg: float | None
    last_deg: float | None
    enter_deg: float
    leave_deg: float
    back_enter_deg: float | None
    hold_s: float
    battery_percent: int | None
    link: Link
    snoozed_until: datetime | None
    notice: str | None
    quiet_until: datetime | None = None
    behind_s: float = 0.0
    same_s: int = 0
    context: str = CONTEXTS[0]
    question: str | None = None
    doubt: str | None = None
    held_by: tuple[str, ...] = ()
    certain: bool = True


class Happening(NamedTuple):
    """Something that happened; kinds as ``recording.Event`` has them."""

    time_s: float
    kind: str
    value: float | None = None
    detail: str = ""


class Listener(Protocol):
    """Whoever watches a wearing; called in the event loop's thread."""

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """New estimates at session time, about five times a second."""
        ...

    def now(self, now: Now) -> None:
        """The latest facts, about five times a second, once a second while nothing arrives."""
        ...

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Something happened: what a ``Happening`` tells."""
        ...
