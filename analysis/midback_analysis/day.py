"""One day of wearing, second by second, from whatever the store holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.recording import Session, Store
from midback.seconds import Seconds, angle_deg
from midback.words import STILL, State
from midback_analysis.clockface import day_bounds
from midback_analysis.episodes import Event
from midback_analysis.grid import NO_CALIBRATION, Grid, joined, pause


@dataclass(frozen=True, slots=True)
class Wearing:
    """One session within the day.

    Attributes:
        clip_id: serial of the clip.
        facts: what was stored about clip and settings; summaries read ``name``, ``firmware``,
            ``buzzing`` (the mode in a word) and ``hold_s``, where they are there.
        start_s: first grid second.
        end_s: end, on the grid.
    """

    clip_id: str
    facts: Mapping[str, str]
    start_s: int
    end_s: int


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
        calibrations: those in use during the day, in order of use.
        events: what happened, in order.
        wearings: the sessions of the day, in order.
        problems: what the store could not read, one sentence each.
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
    calibrations: tuple[Calibration, ...] = ()
    events: tuple[Event, ...] = ()
    wearings: tuple[Wearing, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def still(self) -> NDArray[np.bool_]:
        """Seconds in which posture was measured and judged."""
        return np.isin(self.state, STILL) & ~np.isnan(self.flexion_deg) & (self.part >= 0)

    def per_second(self, name: str) -> NDArray[np.float64]:
        """A line of the calibration in use, for each second; NaN where there is none.

        Args:
            name: ``"enter_deg"``, ``"leave_deg"`` or ``"back_enter_deg"``.
        """
        values = [getattr(each, name) for each in self.calibrations]
        # The last entry answers index -1: no calibration.
        return np.array([*values, None], dtype=np.float64)[self.part]


def read_day(store: Store, day: date, zone: tzinfo, turn_hour: int = 4) -> DayRecord:
    """Put the sessions of one local day on one grid of seconds.

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
    reader = _Reader(store, begins.timestamp(), ends.timestamp())
    for session in store.sessions(begins, ends):
        reader.add(session)
    return reader.record(day, zone, turn_hour, begins, ends)


class _Reader:
    """Collects the sessions of a day, in order."""

    def __init__(self, store: Store, begins_s: float, ends_s: float) -> None:
        self._store = store
        self._begins_s = begins_s
        self._ends_s = ends_s
        self._grids: list[Grid] = []
        self._length = 0
        self._events: list[Event] = []
        self._wearings: list[Wearing] = []
        self._calibrations: list[Calibration] = []

    def add(self, session: Session) -> None:
        """Append the part of a session that lies within the day."""
        rows = self._store.seconds(session)
        utc_s = self._store.utc_of(session)(np.arange(len(rows)))
        inside = np.flatnonzero((utc_s >= self._begins_s) & (utc_s < self._ends_s))
        if not len(inside):
            return
        first, stop = int(inside[0]), int(inside[-1]) + 1
        self._pause(float(utc_s[first]))
        shift = self._length - first
        self._wearings.append(
            Wearing(session.clip_id, session.clip_facts, self._length, stop + shift)
        )
        self._add_events(session, shift, first, stop)
        self._add_seconds(rows[first:stop], utc_s[first:stop], self._parts(session, first, stop))

    def _pause(self, until_s: float) -> None:
        """Between two sessions the clip was not worn; the wall clock tells how long."""
        if self._grids:
            last_s = float(self._grids[-1].utc_s[-1])
            self._append(pause(last_s, until_s))

    def _append(self, grid: Grid) -> None:
        self._grids.append(grid)
        self._length += len(grid.utc_s)

    def _add_seconds(
        self, rows: Seconds, utc_s: NDArray[np.float64], part: NDArray[np.int16]
    ) -> None:
        flexion_deg, lateral_deg = angle_deg(rows["flexion_cdeg"]), angle_deg(rows["lateral_cdeg"])
        grid = Grid(utc_s, flexion_deg, lateral_deg, rows["state"].astype(np.uint8), part)
        grid.bridge()
        grid.lay_aside()
        self._append(grid)

    def _parts(self, session: Session, first: int, stop: int) -> NDArray[np.int16]:
        """Which calibration each second was judged by: the session's, until a new one."""
        part = np.full(stop, NO_CALIBRATION, dtype=np.int16)
        changes = [(0.0, session.calibration_id)]
        for event in self._store.events(session):
            if event.kind == "calibration":
                changes.append((event.time_s, event.detail))
        for time_s, calibration_id in changes:
            if time_s < stop:
                part[int(time_s) :] = self._index(calibration_id)
        return part[first:]

    def _index(self, calibration_id: str | None) -> int:
        calibration = self._store.calibration(calibration_id) if calibration_id else None
        if calibration is None:
            return NO_CALIBRATION
        if calibration not in self._calibrations:
            self._calibrations.append(calibration)
        return self._calibrations.index(calibration)

    def _add_events(self, session: Session, shift: int, first: int, stop: int) -> None:
        for event in self._store.events(session):
            if first <= event.time_s <= stop:
                self._events.append(
                    Event(event.time_s + shift, event.kind, event.value, event.detail)
                )

    def record(
        self, day: date, zone: tzinfo, turn_hour: int, begins: datetime, ends: datetime
    ) -> DayRecord:
        """What was collected, cut to first and last wear."""
        grid = joined(self._grids)
        worn = np.flatnonzero(grid.state != State.AWAY)
        first, stop = (int(worn[0]), int(worn[-1]) + 1) if len(worn) else (0, 0)
        cut = slice(first, stop)
        events = sorted(self._events, key=lambda event: event.second)
        return DayRecord(
            day,
            zone,
            turn_hour,
            begins,
            ends,
            grid.utc_s[cut],
            grid.flexion_deg[cut],
            grid.lateral_deg[cut],
            grid.state[cut],
            grid.part[cut],
            tuple(self._calibrations),
            tuple(Event(e.second - first, e.kind, e.value, e.detail) for e in events),
            tuple(
                Wearing(w.clip_id, w.facts, w.start_s - first, w.end_s - first)
                for w in self._wearings
            ),
            tuple(self._store.problems),
        )
