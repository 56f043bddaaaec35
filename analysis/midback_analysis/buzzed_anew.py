"""What would have buzzed on a stored day, beside what did.

Every wearing is judged anew from its packets, and its nudges are decided anew: by the settings
of that day, or by others.  Snoozes, calls and whatever else held nudges then hold them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np

from midback.errors import DataError
from midback.judgement import JUDGEMENT_VERSION
from midback.local_time import day_begins, local_day
from midback.nudge_settings import FULL, NudgeSettings, settings_of
from midback.nudging import Decision
from midback.recording import Session, Store, WallTimes
from midback.reprocess import Judged
from midback.shared import wire
from midback.words import State
from midback_analysis.recompute import USUAL_LINES, Lines, judged_anew
from midback_analysis.renudged import renudged

SAME_S = 10.0
"""Two buzzes this close are the same one: that much later or earlier is no other judgement."""

_ALL = ("preset", "quiet_hours", "confirm", "plan", "seed")
"""With these all settings are named: a preset brings its numbers, a plan begins on the day."""

_NUDGES = {wire.PATTERN_NUDGE: "nudge", wire.PATTERN_STRONG: "strong", wire.PATTERN_LONG: "long"}


@dataclass(frozen=True, slots=True)
class Told:
    """A buzz, or a nudge that was withheld for ``reason``; ``utc_s`` since 1970."""

    utc_s: float
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One way of judging the day.

    Attributes:
        slumps: how many began.
        slumped_s: seconds in a slump, holds left out.
        buzzes: those given.
        withheld: those that fell due and were not given.
    """

    slumps: int
    slumped_s: float
    buzzes: tuple[Told, ...]
    withheld: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One buzz on both sides, or on one of them."""

    then: Told | None
    anew: Told | None

    @property
    def utc_s(self) -> float:
        """When; of two the one that was."""
        first = self.then or self.anew
        assert first is not None
        return first.utc_s


@dataclass(frozen=True, slots=True)
class BuzzedAnew:
    """A day as it was judged, and as it would be.

    Attributes:
        day: local date.
        settings: those it is judged by now, one for each wearing.
        judgement: version of the judgement.
        then, anew: the two sides.
        problems: what could not be read.
    """

    day: date
    settings: tuple[NudgeSettings, ...]
    judgement: int
    then: Side
    anew: Side
    problems: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[Pair]:
        """The buzzes of both sides, put beside each other, in order of time."""
        return sorted(_paired(self.then.buzzes, self.anew.buzzes), key=lambda pair: pair.utc_s)


@dataclass(slots=True)
class _Gathered:
    """One side as it is collected."""

    slumps: int = 0
    slumped_s: float = 0.0
    buzzes: list[Told] = field(default_factory=list[Told])
    withheld: list[Told] = field(default_factory=list[Told])

    def side(self) -> Side:
        return Side(self.slumps, self.slumped_s, tuple(self.buzzes), tuple(self.withheld))


def buzzed_anew(
    store: Store,
    day: date,
    zone: tzinfo,
    changed: dict[str, Any] | None = None,
    lines: Lines = USUAL_LINES,
) -> BuzzedAnew:
    """Judge the wearings that began on a local day anew.

    Args:
        store: where they are.
        day: local date.
        zone: where the wearer is.
        changed: settings of the nudges in place of those of the day, by name; a plan that the
            day had not begins on it.
        lines: slump lines in place of those of the calibrations.

    Raises:
        DataError: a wearing's settings make no sense, and not all are named in their place.
        RecordingError: the file cannot be read.
        ValueError: a changed setting cannot be.
    """
    then, anew = _Gathered(), _Gathered()
    used: list[NudgeSettings] = []
    for session in _sessions(store, day, zone):
        settings = _settings(session, day, changed or {})
        used.append(settings)
        _note_then(then, store, session)
        judged = judged_anew(store, session, settings.hold, lines)
        decisions = renudged(store, session, judged.changes, zone, settings)
        _note_anew(anew, store.utc_of(session), judged, decisions)
    return BuzzedAnew(
        day, tuple(used), JUDGEMENT_VERSION, then.side(), anew.side(), tuple(store.problems)
    )


def _sessions(store: Store, day: date, zone: tzinfo) -> list[Session]:
    begins, ends = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    return [
        session
        for session in store.sessions(begins, ends)
        if local_day(session.started, zone) == day
    ]


def _settings(session: Session, day: date, changed: dict[str, Any]) -> NudgeSettings:
    kept = _kept(session, changed)
    if "preset" in changed:
        # Another preset brings its own numbers.
        kept = replace(kept, hold_s=None, hourly_cap=None, daily_cap=None)
    if changed.get("plan", FULL) != FULL and kept.plan_started is None:
        changed = {"plan_started": day, **changed}
    return replace(kept, **changed)


def _kept(session: Session, changed: dict[str, Any]) -> NudgeSettings:
    """The settings of then; where they cannot be read, those in their place must be complete."""
    try:
        return settings_of(session.clip_facts)
    except (ValueError, TypeError) as error:
        missing = [name for name in _ALL if name not in changed]
        if missing:
            raise DataError(
                f"the settings of the wearing of {session.started:%Y-%m-%d %H:%M} UTC cannot be "
                f"read: name these as well with --set: {', '.join(missing)}"
            ) from error
        return NudgeSettings()


def _note_then(side: _Gathered, store: Store, session: Session) -> None:
    utc_of = store.utc_of(session)
    for event in store.events(session):
        utc_s = float(utc_of(event.time_s))
        if event.kind == "slump_started":
            side.slumps += 1
        elif event.kind == "buzz" and event.detail.split(" ")[0] in _NUDGES.values():
            side.buzzes.append(Told(utc_s, event.detail))
        elif event.kind == "buzz_withheld":
            side.withheld.append(Told(utc_s, "withheld", event.detail))
    state = store.seconds(session)["state"]
    side.slumped_s += float(np.count_nonzero(state == State.SLUMPED))


def _note_anew(
    side: _Gathered, utc_of: WallTimes, judged: Judged, decisions: Iterable[Decision]
) -> None:
    side.slumps += sum(change.kind == "slump_started" for change in judged.changes)
    side.slumped_s += float(np.count_nonzero(judged.seconds["state"] == State.SLUMPED))
    for decision in decisions:
        utc_s = float(utc_of(decision.time_s))
        if decision.pattern is None:
            side.withheld.append(Told(utc_s, "withheld", decision.reason))
        elif decision.pattern in _NUDGES:
            side.buzzes.append(Told(utc_s, _NUDGES[decision.pattern]))


def _paired(then: Sequence[Told], anew: Sequence[Told]) -> Iterator[Pair]:
    left = list(anew)
    for one in then:
        near = [other for other in left if abs(other.utc_s - one.utc_s) <= SAME_S]
        same = min(near, key=lambda other: abs(other.utc_s - one.utc_s), default=None)
        if same is not None:
            left.remove(same)
        yield Pair(one, same)
    for other in left:
        yield Pair(None, other)
