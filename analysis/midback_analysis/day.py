"""One day of wearing, second by second, from whatever the store holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.exercises.exercise import EXERCISE
from midback.recording import KeptEpochs, Session, Store, Unplaced, calibration_changes
from midback.seconds import Resolution, Seconds, angle_deg, empty_seconds
from midback.shared import wire
from midback.words import STILL, State
from midback_analysis.clockface import day_bounds
from midback_analysis.episodes import Episode, Event, Known
from midback_analysis.grid import NO_CALIBRATION, Grid, unworn
from midback_analysis.kept import Filling, edges_s
from midback_analysis.summary import RoutineSeen

HOLD_S = 30.0
"""Where nothing says how long a lean had to last."""

_OVERLAP_S = 120
"""A session may begin this long before the one before it ended, which knew no more by then."""

_BOTH_KNOWN_S = 2
"""Where two sessions tell of more seconds than this at once, somebody set the clock between."""


_SLUMPING = (State.LEANING, State.SLUMPED)


@dataclass(frozen=True, slots=True)
class Wearing:
    """One session within the day, or what the clip kept by itself.

    Attributes:
        clip_id: serial of the clip.
        facts: what was stored about clip and settings; summaries read ``name``, ``firmware``,
            ``buzzing`` (the mode in a word) and ``hold_s``, where they are there.  What the
            clip kept by itself has those of the session before it.
        start_s: first grid second.
        end_s: end, on the grid.
    """

    clip_id: str
    facts: Mapping[str, str]
    start_s: int
    end_s: int

    @property
    def exercise(self) -> str:
        """What the wearer was led through all the while, an ``Exercise``, or empty."""
        return self.facts.get(EXERCISE, "")


@dataclass(frozen=True, slots=True, eq=False)
class DayRecord:
    """A local day on one grid of elapsed seconds, from the first to the last second of wear.

    Attributes:
        date: the local date; the day turns at ``turn_hour``.
        zone: where the wearer is.
        turn_hour: local hour at which the day begins and ends.
        begins: first instant of the day, UTC.
        ends: first instant of the next day, UTC: 23 to 25 hours later.
        utc_s: wall time of each second, for labels only, seconds since 1970, shape ``(n,)``.
        flexion_deg: forward lean from the wearer's upright, + forward, NaN unknown.
        lateral_deg: lean to the side, + to the wearer's right, NaN unknown.
        state: ``State`` codes; ``AWAY`` between sessions.
        part: index into ``calibrations`` of what each second was judged by, -1 none.
        resolution: how closely each second is known, ``Resolution``.
        calibrations: those in use during the day, in order of use.
        events: what happened, in order.
        wearings: the sessions of the day, in order.
        slumps: those that the clip judged while nothing was streamed, in order.
        unplaced: what the clip kept at a time nobody knows, and maybe on this day.
        problems: what the store could not read, one sentence each.
        routines: what their own files tell of the day's routines.
    """

    date: date
    zone: tzinfo
    turn_hour: int
    begins: datetime
    ends: datetime
    utc_s: NDArray[np.float64]
    flexion_deg: NDArray[np.float32]
    lateral_deg: NDArray[np.float32]
    state: NDArray[np.uint8]
    part: NDArray[np.int16]
    resolution: NDArray[np.uint8]
    calibrations: tuple[Calibration, ...] = ()
    events: tuple[Event, ...] = ()
    wearings: tuple[Wearing, ...] = ()
    slumps: tuple[Episode, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    problems: tuple[str, ...] = ()
    routines: tuple[RoutineSeen, ...] = ()

    @property
    def known(self) -> Known:
        """What bears on slumps."""
        past_line = self.flexion_deg > self.per_second("enter_deg")
        past_line |= -self.flexion_deg > self.per_second("back_enter_deg")
        slumping = np.isin(self.state, _SLUMPING)
        leant = slumping | (past_line & np.isin(self.state, (State.UPRIGHT, *_SLUMPING)))
        return Known(self.state, self.part, self.resolution, leant)

    @property
    def still(self) -> NDArray[np.bool_]:
        """Seconds in which posture was measured and judged."""
        return np.isin(self.state, STILL) & ~np.isnan(self.flexion_deg) & (self.part >= 0)

    @property
    def seconds(self) -> Seconds:
        """States and angles as stored rows, shape ``(n,)``; how many samples is left out."""
        rows = empty_seconds(len(self.state))
        rows["state"] = self.state
        for name, angles_deg in (("flexion", self.flexion_deg), ("lateral", self.lateral_deg)):
            known = ~np.isnan(angles_deg)
            rows[f"{name}_cdeg"][known] = np.round(100 * angles_deg[known])
        return rows

    @property
    def exercises(self) -> tuple[Wearing, ...]:
        """When the wearer was led through a check or a routine, in order."""
        return tuple(each for each in self.wearings if each.exercise)

    def utc_of(self, second: float) -> float:
        """Wall time of a place on the grid, seconds since 1970."""
        return float(self.utc_s[min(max(int(second), 0), len(self.utc_s) - 1)])

    def per_second(self, name: str) -> NDArray[np.float64]:
        """A line of the calibration in use, for each second; NaN where there is none.

        Args:
            name: ``"enter_deg"``, ``"leave_deg"`` or ``"back_enter_deg"``.
        """
        values = [getattr(each, name) for each in self.calibrations]
        # The last entry answers index -1: no calibration.
        return np.array([*values, None], dtype=np.float64)[self.part]


def read_day(store: Store, day: date, zone: tzinfo, turn_hour: int = 4) -> DayRecord:
    """Put the sessions of one local day on one grid of seconds, and what the clip kept between.

    Args:
        store: where the sessions are.
        day: local date.
        zone: where the wearer is.
        turn_hour: local hour at which a day ends.

    Returns:
        A record of zero seconds if the clip was not worn.

    Raises:
        RecordingError: the file cannot be read at all; single lost chunks become ``problems``.
    """
    begins, ends = day_bounds(day, zone, turn_hour)
    reader = _Reader(store, begins, ends)
    for session in store.sessions(begins, ends):
        reader.add(session)
    reader.fill()
    reader.set_exercises_aside()
    return reader.record(day, zone, turn_hour)


class _Reader:
    """Collects the sessions of a day, in order, then what the clip kept by itself."""

    def __init__(self, store: Store, begins: datetime, ends: datetime) -> None:
        self._store = store
        self._begins = begins
        self._ends = ends
        self._kept = store.epochs(begins, ends)
        self._grid = unworn(np.zeros(0))
        self._events: list[Event] = []
        self._wearings: list[Wearing] = []
        self._calibrations: list[Calibration] = []
        self._slumps: list[Episode] = []

    def add(self, session: Session) -> None:
        """Append the part of a session that lies within the day."""
        rows = self._store.seconds(session)
        utc_s = self._store.utc_of(session)(np.arange(len(rows)))
        inside = np.flatnonzero(
            (utc_s >= self._begins.timestamp()) & (utc_s < self._ends.timestamp())
        )
        if not len(inside):
            return
        first, stop = int(inside[0]), int(inside[-1]) + 1
        part = self._parts(session, first, stop)
        piece = _piece(rows[first:stop], utc_s[first:stop], part)
        at = np.arange(stop - first) + np.cumsum(self._slept_s(piece.utc_s))
        at += self._start(piece)
        self._grid.lay(piece, at)
        start_s, end_s = int(at[0]), int(at[-1]) + 1
        self._wearings.append(Wearing(session.clip_id, session.clip_facts, start_s, end_s))
        # Behind the last second time goes on.
        self._add_events(session, first, np.append(at, end_s))

    def _start(self, piece: Grid) -> int:
        """The place of a session's first second, by the wall clock; between two, not worn."""
        length = len(self._grid)
        if not length:
            return 0
        ahead = round(float(piece.utc_s[0] - self._grid.utc_s[-1])) - 1
        if ahead >= 0:
            return length + ahead
        if ahead < -min(length, _OVERLAP_S):
            return length
        known = self._grid.resolution[ahead:] != Resolution.NOTHING
        known = known[: len(piece)] & (piece.resolution[: len(known)] != Resolution.NOTHING)
        return length if np.count_nonzero(known) > _BOTH_KNOWN_S else length + ahead

    def _slept_s(self, utc_s: NDArray[np.float64]) -> NDArray[np.intp]:
        """Seconds that passed before each while the computer slept.

        A clock that was set leaps as well.  But only while the computer slept can the clip
        have kept something then, between marks that do not contradict each other.
        """
        slept_s = np.zeros(len(utc_s), dtype=np.intp)
        for k in np.flatnonzero(np.diff(utc_s) > wire.EPOCH_S).tolist():
            if any(_has_within(each, *utc_s[k : k + 2].tolist()) for each in self._kept):
                slept_s[k + 1] = round(float(utc_s[k + 1] - utc_s[k])) - 1
        return slept_s

    def _parts(self, session: Session, first: int, stop: int) -> NDArray[np.int16]:
        """Which calibration each second was judged by: the session's, until a new one."""
        part = np.full(stop, NO_CALIBRATION, dtype=np.int16)
        changes = calibration_changes(self._store.events(session))
        for time_s, calibration_id in [(0.0, session.calibration_id), *changes]:
            if time_s < stop:
                known = self._store.calibration(calibration_id) if calibration_id else None
                part[int(time_s) :] = self._index(known)
        return part[first:]

    def _index(self, calibration: Calibration | None) -> int:
        if calibration is None:
            return NO_CALIBRATION
        if calibration not in self._calibrations:
            self._calibrations.append(calibration)
        return self._calibrations.index(calibration)

    def _add_events(self, session: Session, first: int, at: NDArray[np.intp]) -> None:
        for event in self._store.events(session):
            if first <= event.time_s <= first + len(at) - 1:
                second = int(event.time_s)
                moved_s = int(at[second - first]) - second
                self._events.append(
                    Event(event.time_s + moved_s, event.kind, event.value, event.detail)
                )

    def fill(self) -> None:
        """Put what the clip kept where nothing was streamed."""
        edges = edges_s(self._kept)
        if edges is None:
            return
        self._surround(
            max(edges[0], self._begins.timestamp()), min(edges[1], self._ends.timestamp())
        )
        for each in self._kept:
            if len(each.end_s):
                self._fill(each)

    def _surround(self, first_s: float, last_s: float) -> None:
        if not len(self._grid):
            seconds = np.arange(max(1, round(last_s - first_s)), dtype=np.float64)
            self._grid = unworn(first_s + seconds)
            return
        before = max(0, round(float(self._grid.utc_s[0]) - first_s))
        after = max(0, round(last_s - float(self._grid.utc_s[-1])) - 1)
        self._grid.surround(before, after)
        self._events = [replace(each, second=each.second + before) for each in self._events]
        self._wearings = [
            replace(each, start_s=each.start_s + before, end_s=each.end_s + before)
            for each in self._wearings
        ]

    def _fill(self, kept: KeptEpochs) -> None:
        facts = self._facts(kept.clip_id)
        part = self._parts_of_epochs(kept)
        filling = Filling(self._grid, kept, part, float(facts.get("hold_s", HOLD_S)))
        # The clip counts a tick that confirms like any other buzz.
        asked = ("buzz", "confirmation")
        asked_s = sorted(event.second for event in self._events if event.kind in asked)
        self._events += filling.buzzes(asked_s)
        self._slumps += filling.slumps()
        worn = filling.filled[self._grid.state[filling.filled] != State.AWAY]
        if len(worn):
            self._wearings.append(Wearing(kept.clip_id, facts, int(worn[0]), int(worn[-1]) + 1))

    def _facts(self, clip_id: str) -> Mapping[str, str]:
        """What the clip told of itself in its last session until the end of the day."""
        sessions = self._store.sessions(end=self._ends)
        told = [each.clip_facts for each in sessions if each.clip_id == clip_id]
        facts = told[-1] if told else {}
        # An exercise ends with its session.
        return {name: fact for name, fact in facts.items() if name != EXERCISE}

    def _parts_of_epochs(self, kept: KeptEpochs) -> NDArray[np.int16]:
        """Which calibration the clip judged each epoch by: the latest before it."""
        made = [
            (each.made_at.timestamp(), each)
            for each in self._store.calibrations()
            if each.clip_id == kept.clip_id
        ]
        by_id = {each.id: each for _, each in made}
        chosen = [
            (since.timestamp(), by_id.get(used or ""))
            for since, used in self._store.calibrations_used(kept.clip_id)
        ]
        # Of the same moment the choice counts: it names what was made then.
        held = sorted([*made, *chosen], key=lambda each: each[0])
        latest = np.searchsorted([since_s for since_s, _ in held], kept.start_s, side="right")
        part = np.full(len(latest), NO_CALIBRATION, dtype=np.int16)
        for number, (_, calibration) in enumerate(held, start=1):
            if (latest == number).any():
                part[latest == number] = self._index(calibration)
        return part

    def set_exercises_aside(self) -> None:
        """Whoever exercises moves: neither upright nor slumped, whatever the clip made of it."""
        for wearing in self._wearings:
            if not wearing.exercise:
                continue
            here = slice(wearing.start_s, wearing.end_s)
            state = self._grid.state[here]
            state[np.isin(state, (State.NEW, *STILL))] = State.MOVING
            self._grid.part[here] = NO_CALIBRATION
            self._slumps = [
                each
                for each in self._slumps
                if not wearing.start_s <= each.start_s < wearing.end_s
            ]

    def record(self, day: date, zone: tzinfo, turn_hour: int) -> DayRecord:
        """What was collected, cut to first and last wear."""
        grid = self._grid
        worn = np.flatnonzero(grid.state != State.AWAY)
        first, stop = (int(worn[0]), int(worn[-1]) + 1) if len(worn) else (0, 0)
        cut = slice(first, stop)
        events = sorted(self._events, key=lambda event: event.second)
        return DayRecord(
            day,
            zone,
            turn_hour,
            self._begins,
            self._ends,
            grid.utc_s[cut],
            grid.flexion_deg[cut],
            grid.lateral_deg[cut],
            grid.state[cut],
            grid.part[cut],
            grid.resolution[cut],
            tuple(self._calibrations),
            tuple(replace(each, second=each.second - first) for each in events),
            tuple(
                replace(each, start_s=each.start_s - first, end_s=each.end_s - first)
                for each in sorted(self._wearings, key=lambda wearing: wearing.start_s)
            ),
            tuple(
                replace(each, start_s=each.start_s - first, end_s=each.end_s - first)
                for each in self._slumps
            ),
            tuple(unknown for each in self._kept for unknown in each.unplaced),
            tuple(self._store.problems),
        )


def _piece(rows: Seconds, utc_s: NDArray[np.float64], part: NDArray[np.int16]) -> Grid:
    heard = np.where(rows["samples"] > 0, Resolution.FULL, Resolution.NOTHING)
    piece = Grid(
        utc_s,
        angle_deg(rows["flexion_cdeg"]),
        angle_deg(rows["lateral_cdeg"]),
        rows["state"].astype(np.uint8),
        part,
        heard.astype(np.uint8),
    )
    piece.bridge()
    piece.lay_aside()
    return piece


def _has_within(kept: KeptEpochs, start_s: float, end_s: float) -> bool:
    within = (kept.start_s >= start_s) & (kept.end_s <= end_s) & ~kept.doubtful
    return bool(within.any())
