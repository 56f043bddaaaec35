"""Invented days, to see what a trend looks like without a clip.

Nothing in them is measured from a person.  The wearer tips forward more as the day goes on, does a
routine on some days at any hour, and sits after it as they would have anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.exercises.exercise import EXERCISE, Exercise
from midback.seconds import Resolution
from midback.words import State
from midback_analysis.clockface import day_bounds
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.trend_day import TrendDay, trend_day

INVENTED = "These days are invented, to show what this looks like; nobody sat them."

_CLIP = "invented"
_LINE_DEG = 13.0
_POSES_DEG = (0.0, 9.0, 18.0, -12.0)
_TURN_HOUR = 4
_MINUTE_S = 60
_LUNCH_MIN = (235, 50)
_ROUTINE_S = 300


def invented_days(first: date, last: date, zone: tzinfo) -> Iterator[TrendDay]:
    """Every date from *first* to *last*: workdays, and now and then a day off."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        chance = np.random.default_rng(day.toordinal())
        worn = chance.random() < (0.92 if day.weekday() < 5 else 0.15)
        yield trend_day(_worn(day, zone, chance) if worn else _record(day, zone, 0, *_nothing()))


def _nothing() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    return np.zeros(0, np.uint8), np.zeros(0, np.float32)


def _worn(day: date, zone: tzinfo, chance: np.random.Generator) -> DayRecord:
    start_min = int(chance.integers(8 * 60, 9 * 60 + 30))
    length_min = 100 if chance.random() < 0.1 else int(chance.integers(440, 560))
    state, flexion_deg = _sat(length_min, chance)
    morning = chance.random() < 0.5
    routine_s = int(chance.integers(40, 170) if morning else chance.integers(300, 370)) * _MINUTE_S
    if chance.random() < 0.5 and routine_s < len(state) - _ROUTINE_S:
        state[routine_s : routine_s + _ROUTINE_S] = State.MOVING
        return _record(day, zone, start_min, state, flexion_deg, routine_s)
    return _record(day, zone, start_min, state, flexion_deg)


def _sat(
    length_min: int, chance: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Posture by the second: a pose for some minutes, then another, some steps, a lunch."""
    state = np.full(length_min * _MINUTE_S, State.UPRIGHT, np.uint8)
    flexion_deg = np.zeros(len(state), np.float32)
    pull = 0.5 + 0.3 * chance.random()
    at = 0
    while at < len(state):
        tired = pull * (0.4 + at / len(state))
        weights = np.array([1.2 - tired, 0.4, 0.5 * tired, 0.1])
        pose_deg = chance.choice(_POSES_DEG, p=weights / weights.sum()) + chance.normal(0, 2)
        end = at + int(chance.exponential(7 * _MINUTE_S)) + 30
        flexion_deg[at:end] = pose_deg
        if chance.random() < 0.1:
            state[at : at + 4 * _MINUTE_S] = State.MOVING
        at = end
    flexion_deg += chance.normal(0, 0.7, len(state)).astype(np.float32)
    still = state == State.UPRIGHT
    state[still & (flexion_deg > _LINE_DEG)] = State.SLUMPED
    state[still & (flexion_deg < -8)] = State.BACK
    lunch, lasts = (minutes * _MINUTE_S for minutes in _LUNCH_MIN)
    if length_min > sum(_LUNCH_MIN):
        state[lunch : lunch + lasts] = State.AWAY
    return state, flexion_deg


def _record(
    day: date,
    zone: tzinfo,
    start_min: int,
    state: NDArray[np.uint8],
    flexion_deg: NDArray[np.float32],
    routine_s: int | None = None,
) -> DayRecord:
    begins, ends = day_bounds(day, zone, _TURN_HOUR)
    begun = datetime.combine(day, time(*divmod(start_min, 60)), zone)
    known = state != State.AWAY
    unknown = np.float32(np.nan)
    part = np.where(known, 0, -1).astype(np.int16)
    wearings = [Wearing(_CLIP, {"buzzing": "normal"}, 0, len(state))] if len(state) else []
    if routine_s is not None:
        part[routine_s : routine_s + _ROUTINE_S] = -1
        led = {EXERCISE: str(Exercise.ROUTINE)}
        wearings.append(Wearing(_CLIP, led, routine_s, routine_s + _ROUTINE_S))
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    upright = Calibration(
        _CLIP, _CLIP, made_at, (0.0, 0.0, 1.0), (0.0, 1.0, 0.0), enter_deg=_LINE_DEG
    )
    return DayRecord(
        day,
        zone,
        _TURN_HOUR,
        begins,
        ends,
        begun.timestamp() + np.arange(len(state), dtype=np.float64),
        np.where(known, flexion_deg, unknown),
        np.where(known, np.float32(0), unknown),
        state,
        part,
        np.where(known, Resolution.FULL, Resolution.NOTHING).astype(np.uint8),
        (upright,),
        wearings=tuple(wearings),
    )
