"""Days made by hand: little timelines in, records out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.seconds import Resolution
from midback.words import STILL, State
from midback_analysis.clockface import day_bounds
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.episodes import Event

LONDON = ZoneInfo("Europe/London")
TALL = (0.0, 0.0, 1.0)
LEFT = (0.0, 1.0, 0.0)

Stretch = tuple[State, float, float]
"""State, minutes, flexion in degrees."""


def calibration(name: str = "C-1", enter_deg: float = 13.0, **more: Any) -> Calibration:
    made_at = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)
    made = Calibration(name, "7A3F", made_at, TALL, LEFT, enter_deg=enter_deg)
    return replace(made, **more)


def record(
    timeline: Sequence[Stretch],
    events: Sequence[Event] = (),
    start: str = "2026-11-12T08:00",
    zone: ZoneInfo = LONDON,
    day: date | None = None,
    **more: Any,
) -> DayRecord:
    """A day of stretches, one after the other, from *start* (local) on."""
    begun = datetime.fromisoformat(start).replace(tzinfo=zone)
    lengths = [round(minutes * 60) for _, minutes, _ in timeline]
    state = np.repeat(np.array([s for s, _, _ in timeline], dtype=np.uint8), lengths)
    flexion = np.repeat(np.array([deg for _, _, deg in timeline], dtype=np.float32), lengths)
    known = np.isin(state, (*STILL, State.MOVING))
    day = day or begun.date()
    begins, ends = day_bounds(day, zone)
    made = DayRecord(
        day,
        zone,
        4,
        begins,
        ends,
        begun.timestamp() + np.arange(len(state), dtype=np.float64),
        np.where(known, flexion, np.float32(np.nan)),
        np.where(known, np.float32(0), np.float32(np.nan)),
        state,
        np.where(state == State.NEW, -1, 0).astype(np.int16),
        heard(state),
        (calibration(),),
        tuple(events),
        (Wearing("7A3F", {}, 0, len(state)),),
    )
    return replace(made, **more)


def heard(state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """All of it streamed, but what nothing tells of."""
    silent = np.isin(state, (State.NO_DATA, State.AWAY))
    return np.where(silent, Resolution.NOTHING, Resolution.FULL).astype(np.uint8)


def upright(minutes: float, deg: float = 0.0) -> Stretch:
    return State.UPRIGHT, minutes, deg


def slumped(minutes: float, deg: float = 18.0) -> Stretch:
    return State.SLUMPED, minutes, deg


def back(minutes: float, deg: float = -12.0) -> Stretch:
    return State.BACK, minutes, deg


def moving(minutes: float) -> Stretch:
    return State.MOVING, minutes, 0.0


def silent(minutes: float) -> Stretch:
    return State.NO_DATA, minutes, 0.0


def away(minutes: float) -> Stretch:
    return State.AWAY, minutes, 0.0


def uncalibrated(minutes: float) -> Stretch:
    return State.NEW, minutes, 0.0
