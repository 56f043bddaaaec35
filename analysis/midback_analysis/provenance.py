"""Where the numbers come from: calibrations, clips, and what happened in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from midback.seconds import Resolution
from midback.shared.flexion import angle_between_deg
from midback_analysis.day import DayRecord
from midback_analysis.episodes import runs
from midback_analysis.measured import CODE, Measured
from midback_analysis.moved_clip import QUESTIONED, REMOUNTED, SLIPPED
from midback_analysis.summary import ClipTold, Happening, Judged, Stretch, Untimed

TOLD = (
    "calibration",
    "context",
    "link_lost",
    "link_back",
    "battery",
    "snooze",
    "reboot",
    "clock_jump",
    "reminded",
    SLIPPED,
    REMOUNTED,
    QUESTIONED,
)
"""Events that the summary hands on; slumps and buzzes have figures of their own."""

_SET_WITHIN_S = 5
"""A part that begins this close to a calibration event was set then, not before."""


def judged(day: Measured) -> tuple[Judged, ...]:
    """The calibrations that parts of the day were judged by, in order of use."""
    first: dict[int, int] = {}
    for part in runs(day.record.part):
        if part.value >= 0:
            first.setdefault(part.value, part.start)
    reference: dict[str, int] = {}
    for index in first:
        reference.setdefault(day.record.calibrations[index].context, index)
    return tuple(_judged(day, index, start, reference) for index, start in first.items())


def _judged(day: Measured, index: int, start: int, references: Mapping[str, int]) -> Judged:
    calibration = day.record.calibrations[index]
    reference = references[calibration.context]
    upright = day.record.calibrations[reference].neutral_up
    made = calibration.made_at.astimezone(day.record.zone)
    set_then = any(
        event.kind == "calibration" and abs(event.second - start) <= _SET_WITHIN_S
        for event in day.record.events
    )
    return Judged(
        id=calibration.id,
        clip_id=calibration.clip_id,
        start=day.face.moment(start),
        set_then=set_then,
        made=f"{made:%Y-%m-%d %H:%M}",
        span_deg=calibration.span_deg,
        enter_deg=calibration.enter_deg,
        leave_deg=calibration.leave_deg,
        back_enter_deg=calibration.back_enter_deg,
        apart_deg=(
            None if index == reference else angle_between_deg(upright, calibration.neutral_up)
        ),
        context=calibration.context,
    )


def clips(record: DayRecord) -> tuple[ClipTold, ...]:
    """Each clip once, with what it told of itself when it was last worn."""
    told = {wearing.clip_id: dict(wearing.facts) for wearing in record.wearings}
    return tuple(ClipTold(clip_id, facts) for clip_id, facts in told.items())


def happenings(day: Measured) -> tuple[Happening, ...]:
    """Calibrations, lost links and the like, in order."""
    return tuple(
        Happening(day.face.moment(event.second), event.kind, event.value, event.detail)
        for event in day.record.events
        if event.kind in TOLD
    )


def stretches(day: Measured) -> tuple[Stretch, ...]:
    """The parts of the day that only the clip told of, in order."""
    kept = (day.record.resolution == Resolution.EPOCHS) & (day.shown != CODE["off"])
    measured_s = np.concatenate([[0], np.cumsum(day.kept)])
    return tuple(
        Stretch(day.face.moment(part.start), day.face.moment(part.stop), length_s)
        for part in runs(kept)
        if part.value and (length_s := int(measured_s[part.stop] - measured_s[part.start]))
    )


def untimed(record: DayRecord) -> tuple[Untimed, ...]:
    """What the clip kept at a time nobody knows, and maybe on this day."""

    def told(moment: datetime) -> str:
        return f"{moment.astimezone(record.zone):%Y-%m-%d %H:%M}"

    return tuple(
        Untimed(each.length_s, None if each.after is None else told(each.after), told(each.before))
        for each in record.unplaced
    )
