"""A day's arrays, once worked out: levels, states, shifts and slumps that every figure uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from midback.seconds import Resolution
from midback.shared.slump import leave_deg_for
from midback.words import State
from midback_analysis.answers import Answer, answer
from midback_analysis.clockface import ClockFace
from midback_analysis.day import DayRecord
from midback_analysis.episodes import Episode, joined, runs, slumps
from midback_analysis.kept import CLIP_BUZZ
from midback_analysis.levels import UNKNOWN, Level, levels
from midback_analysis.movement import shifts
from midback_analysis.summary import STATES

LEVEL_STATE = {
    Level.BACK: "back",
    Level.UPRIGHT: "upright",
    Level.MILD: "mild",
    Level.PAST_LINE: "slumped",
    Level.PAST_20: "slumped",
    Level.PAST_30: "slumped",
}
_STATE = {
    State.MOVING: "moving",
    State.WALKING: "moving",
    State.NEW: "uncalibrated",
    State.AWAY: "off",
}

ALONE = "alone"
"""Last word in the detail of a buzz that the clip gave by itself, and whose packets came late."""

CODE = {name: code for code, name in enumerate(STATES)}
"""Number of each of ``STATES`` in ``Measured.shown``."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What every figure of the day is made from; arrays have one entry a second.

    Attributes:
        record: the day itself.
        face: its clock axis.
        still: whether posture was judged.
        theta_deg: flexion where still, else NaN.
        level: ``Level``, or ``UNKNOWN`` where not still.
        shown: index into ``STATES``.
        shift_s: seconds of the posture shifts.
        episodes: the slumps.
        answers: the buzzes given in slumps, and what followed.
        clip_buzz_s: the buzzes that the clip gave in slumps and only its epochs tell of.
        kept: whether a second is measured, and known only from what the clip kept.
    """

    record: DayRecord
    face: ClockFace
    still: NDArray[np.bool_]
    theta_deg: NDArray[np.float32]
    level: NDArray[np.int8]
    shown: NDArray[np.uint8]
    shift_s: NDArray[np.intp]
    episodes: Sequence[Episode]
    answers: Sequence[Answer]
    clip_buzz_s: Sequence[float]
    kept: NDArray[np.bool_]


def measure(record: DayRecord) -> Measured:
    """Work out the arrays of a day that has at least one second of wear."""
    still = record.still
    theta_deg = np.where(still, record.flexion_deg, np.float32(np.nan))
    lateral_deg = np.where(still, record.lateral_deg, np.float32(np.nan))
    level = levels_by_part(theta_deg, record)
    known = record.known
    episodes = joined([*slumps(record.events, known.streamed()), *record.slumps], known)
    shown = _shown(record, level)
    return Measured(
        record,
        ClockFace(record.utc_s, record.zone),
        still,
        theta_deg,
        level,
        shown,
        shifts(theta_deg, lateral_deg, record.part),
        episodes,
        _answers(record, theta_deg, episodes),
        [
            event.second
            for event in record.events
            if event.kind == CLIP_BUZZ and any(each.holds(event.second) for each in episodes)
        ],
        (record.resolution == Resolution.EPOCHS) & (shown <= CODE["moving"]),
    )


def levels_by_part(theta_deg: NDArray[np.float32], record: DayRecord) -> NDArray[np.int8]:
    """Levels, each part of the day judged by its own slump line."""
    level = np.full(len(theta_deg), UNKNOWN, dtype=np.int8)
    for part in runs(record.part):
        if part.value >= 0:
            cut = slice(part.start, part.stop)
            level[cut] = levels(theta_deg[cut], record.calibrations[part.value].enter_deg)
    return level


def _shown(record: DayRecord, level: NDArray[np.int8]) -> NDArray[np.uint8]:
    """One of ``STATES`` for each second; what is neither known nor told is no data."""
    by_state = np.full(256, CODE["nodata"], dtype=np.uint8)
    for state, name in _STATE.items():
        by_state[state] = CODE[name]
    by_level = np.array([CODE[LEVEL_STATE[each]] for each in Level], dtype=np.uint8)
    return np.where(level == UNKNOWN, by_state[record.state], by_level[level])


def _answers(
    record: DayRecord, theta_deg: NDArray[np.float32], episodes: Sequence[Episode]
) -> list[Answer]:
    """What followed the buzzes in slumps; a buzz outside of one was asked for as a test.

    How soon is counted in seconds, so only what was streamed can tell.
    """
    found: list[Answer] = []
    streamed = record.resolution == Resolution.FULL
    theta_deg = np.where(streamed, theta_deg, np.float32(np.nan))
    for event in record.events:
        if event.kind != "buzz" or not any(episode.holds(event.second) for episode in episodes):
            continue
        part = int(record.part[min(max(0, int(event.second)), len(theta_deg) - 1)])
        if part >= 0:
            calibration = record.calibrations[part]
            back = calibration.back_enter_deg
            back_leave_deg = math.inf if back is None else leave_deg_for(back)
            told = answer(event.second, theta_deg, calibration.leave_deg, back_leave_deg)
            found.append(replace(told, by_clip=event.detail.endswith(ALONE)))
    return found
