"""Intervals: stretches of equal seconds, and the slumps that the monitor judged.

Times are seconds of the day's grid, counted from the first second of wear.
An interval is half open: it holds ``start_s`` and ends before ``end_s``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.seconds import Resolution
from midback.shared.judge import MOVED_S
from midback.shared.slump import CUT_S
from midback.words import State

SAT_UP = "sat up"
MOVED = "moved"
GAP = "gap"
TAKEN_OFF = "taken off"
END = "end"
CENSORED = (GAP, TAKEN_OFF, END)
"""Endings after which the wearer may have gone on: the length is a lower bound."""


class Run(NamedTuple):
    """One stretch of equal values: seconds ``start`` to before ``stop``."""

    start: int
    stop: int
    value: int

    @property
    def length(self) -> int:
        """Seconds it lasted."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Runs:
    """All stretches of an array, as three arrays of equal length."""

    start: NDArray[np.intp]
    stop: NDArray[np.intp]
    value: NDArray[Any]

    @property
    def length(self) -> NDArray[np.intp]:
        """Seconds each stretch lasted."""
        return self.stop - self.start

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[Run]:
        triples = zip(self.start.tolist(), self.stop.tolist(), self.value.tolist(), strict=True)
        return (Run(start, stop, int(value)) for start, stop, value in triples)


def runs(values: NDArray[Any]) -> Runs:
    """Stretches of equal neighbours, shape ``(n,)`` in.

    >>> [tuple(run) for run in runs(np.array([1, 1, 2, 1]))]
    [(0, 2, 1), (2, 3, 2), (3, 4, 1)]
    """
    if not len(values):
        nothing = np.zeros(0, dtype=np.intp)
        return Runs(nothing, nothing, values)
    change = np.flatnonzero(values[1:] != values[:-1]) + 1
    start = np.concatenate([[0], change])
    return Runs(start, np.concatenate([change, [len(values)]]), values[start])


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one moment of the day.

    Attributes:
        second: place on the day's grid, in seconds; may lie a little before or behind it.
        kind: as stored, such as ``"buzz"`` or ``"slump_started"``.
        value: what the kind says, None where it says nothing.
        detail: the same in words.
    """

    second: float
    kind: str
    value: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """One slump: past the slump line for the hold time, until back below the leave line.

    Attributes:
        start_s: the second the lean began that became the slump, hold included.
        end_s: the second it ended, or was last seen.
        how: one of ``"sat up"``, ``"moved"``, ``"gap"``, ``"taken off"``, ``"end"``.
        kept: whether it is known in part from epochs that the clip kept by itself, and so
            begins or ends within ten seconds of where it is told.
    """

    start_s: float
    end_s: float
    how: str
    kept: bool = False

    @property
    def length_s(self) -> float:
        """Seconds it lasted; at least this long if it is censored."""
        return self.end_s - self.start_s

    @property
    def censored(self) -> bool:
        """Whether its real end could not be seen."""
        return self.how in CENSORED

    def holds(self, second: float) -> bool:
        """Whether a moment belongs to this slump, give or take a second."""
        return self.start_s - 1 <= second <= self.end_s + 1


def slumps(events: Sequence[Event], state: NDArray[np.uint8]) -> list[Episode]:
    """Pair ``slump_started`` with ``slump_ended`` events, oldest first.

    A slump without an end (the wearing ended, or the computer went down) ends with the last
    second judged slumped.

    Args:
        events: all events of the day, in order of time.
        state: ``State`` codes of the day's grid, shape ``(n,)``.
    """
    found: list[Episode] = []
    started: float | None = None
    for event in events:
        if event.kind == "slump_started":
            if started is not None:
                found.append(_unfinished(started, state))
            started = event.second
        elif event.kind == "slump_ended" and started is not None:
            found.append(_finished(started, event, state))
            started = None
    if started is not None:
        found.append(_unfinished(started, state))
    return found


def _lean_began(second: float, state: NDArray[np.uint8]) -> float:
    """The hold belongs to the slump: go back through the seconds judged leaning."""
    others = np.flatnonzero(state[: max(0, int(second))] != State.LEANING)
    start = int(others[-1]) + 1 if len(others) else 0
    return float(start) if start < int(second) else second


def _finished(started: float, event: Event, state: NDArray[np.uint8]) -> Episode:
    """A gap is noticed when data return; the slump is only known up to where they stopped."""
    how, end = event.detail or SAT_UP, event.second
    if how == GAP:
        judged = np.flatnonzero(state[: max(0, int(end))] == State.SLUMPED)
        end = max(started, float(judged[-1]) + 1) if len(judged) else started
    return Episode(_lean_began(started, state), end, how)


def _unfinished(started: float, state: NDArray[np.uint8]) -> Episode:
    first = max(0, int(started))
    others = np.flatnonzero(state[first:] != State.SLUMPED)
    length = int(others[0]) if len(others) else max(0, len(state) - first)
    after = state[first + length :][:1]
    how = GAP if len(after) and after[0] == State.NO_DATA else END
    return Episode(_lean_began(started, state), started + length, how)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of each second of a day that bears on slumps; arrays of shape ``(n,)``.

    Attributes:
        state: ``State`` codes.
        part: by which calibration, -1 none.
        resolution: how closely.
        leant: whether the tilt was past the slump line, or a slump under way.
    """

    state: NDArray[np.uint8]
    part: NDArray[np.int16]
    resolution: NDArray[np.uint8]
    leant: NDArray[np.bool_]

    def streamed(self) -> NDArray[np.uint8]:
        """The states without what only epochs tell."""
        kept = self.resolution == Resolution.EPOCHS
        return np.where(kept, np.uint8(State.NO_DATA), self.state)

    def contradicts(self, start_s: float, stop_s: float) -> bool:
        """Whether a slump cannot have gone on from one second to another.

        A silence as short as the detector itself bears does not end one.
        """
        first, stop = int(start_s), int(stop_s)
        if stop - first > CUT_S:
            return True
        if len(set(self.part[max(0, first - 1) : stop + 1].tolist()) - {-1}) > 1:
            return True
        known = (self.resolution > Resolution.NOTHING) & (self.state != State.NO_DATA)
        return bool((known & ~self.leant)[first:stop].any())

    def lean_began(self, second: float) -> float:
        """Go back from there through the streamed seconds of the same lean."""
        others = np.flatnonzero(~self._streamed_lean()[: int(second)])
        began = int(others[-1]) + 1 if len(others) else 0
        return float(began) if began < int(second) else second

    def lean_ended(self, second: float) -> float:
        """Go on from there through the streamed seconds of the same lean."""
        others = np.flatnonzero(~self._streamed_lean()[int(second) :])
        length = int(others[0]) if len(others) else len(self.state) - int(second)
        return second + length

    def _streamed_lean(self) -> NDArray[np.bool_]:
        return self.leant & (self.resolution == Resolution.FULL)


_MOVING = (State.MOVING, State.WALKING)
_HOW = {
    State.AWAY: TAKEN_OFF,
    State.NO_DATA: GAP,
    State.NEW: GAP,
    State.DOUBTFUL: GAP,
}


def joined(parts: Sequence[Episode], known: Known) -> list[Episode]:
    """Parts of one slump become one: what was streamed of it, and what the clip kept.

    A part whose end was not seen goes on in the next one, unless something is known between
    them that ends a slump.  One that the clip kept begins with the lean that was streamed until
    then, and if it lasts until the stream is back, it ends with the lean that is streamed then.

    Args:
        parts: those of the stream and those of epochs, in any order.
        known: the seconds of the day.
    """
    found: list[Episode] = []
    begun = [
        replace(each, start_s=known.lean_began(each.start_s)) if each.kept else each
        for each in parts
    ]
    for part in sorted(begun, key=lambda each: (each.start_s, each.end_s)):
        last = found[-1] if found else None
        if last is None:
            found.append(part)
        elif part.end_s <= last.end_s:
            continue  # a silence too short to end what was streamed
        elif _goes_on(last, part, known):
            found[-1] = Episode(last.start_s, part.end_s, part.how, last.kept or part.kept)
        else:
            found.append(replace(part, start_s=max(part.start_s, last.end_s)))
    return [_with_its_end(each, known) for each in found]


def _goes_on(last: Episode, part: Episode, known: Known) -> bool:
    unseen = last.how in (GAP, END)
    return unseen and not known.contradicts(last.end_s, part.start_s)


def _with_its_end(episode: Episode, known: Known) -> Episode:
    if not episode.kept or episode.how != GAP:
        return episode
    end_s = known.lean_ended(episode.end_s)
    if end_s >= len(known.state):
        return replace(episode, end_s=end_s, how=END)
    return replace(episode, end_s=end_s, how=_how(known.state[int(end_s) :]))


def _how(after: NDArray[np.uint8]) -> str:
    """By what follows a slump; rising from one is movement, too, but a short one."""
    others = np.flatnonzero(~np.isin(after, _MOVING))
    moving_s = int(others[0]) if len(others) else len(after)
    if moving_s >= MOVED_S:
        return MOVED
    return _HOW.get(State(after[moving_s]), SAT_UP) if moving_s < len(after) else END
