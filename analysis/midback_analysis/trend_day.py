"""What a trend needs of one day: a few numbers, its ribbon, and ten minutes at a time.

It is small, so that weeks of it fit in memory, and so that it can be kept as a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Vector
from midback_analysis import moved_clip
from midback_analysis.clockface import local_seconds
from midback_analysis.day import DayRecord
from midback_analysis.exercised import AFTER_S, hours_after, spans_of
from midback_analysis.measured import CODE, Measured, measure
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import CELL_S, DaySummary

BLOCK_S = 600
"""So much stays together when a day is drawn anew: slumps and shifts come in clusters."""

_EPOCH = date(1970, 1, 1)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Bar:
    """Cells of the ribbon in a row that are alike.

    Attributes:
        state: one of ``STATES``.
        kept: whether most of it is known only from what the clip kept.
        start_s: by the wearer's clock, seconds since the midnight that the date begins with.
        end_s: end; elapsed time from there on, also where the clock changes meanwhile.
    """

    state: str
    kept: bool
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Bout:
    """A check or a routine, and the hour after it.

    Attributes:
        kind: which, in words.
        clock: when it began, local.
        start_s: the same on the axis of the ribbon.
        length_s: how long it took.
        still_s: still time in the hour after it.
        slumped_s: of that, slumped.
    """

    kind: str
    clock: str
    start_s: int
    length_s: int
    still_s: int
    slumped_s: int


@dataclass(frozen=True, slots=True)
class Block:
    """Ten minutes of the day.

    Attributes:
        start_s: on the axis of the ribbon.
        still_s: still time.
        upright_s: of that, upright.
        slumped_s: of that, slumped.
        shifts: posture shifts.
    """

    start_s: int
    still_s: int
    upright_s: int
    slumped_s: int
    shifts: int


class Upright(NamedTuple):
    """The upright that a calibration set: of which clip, where, and which way is up for it."""

    clip_id: str
    context: str
    up: Vector


@dataclass(frozen=True, slots=True)
class TrendDay:
    """One day.

    Attributes:
        date: local date, ISO 8601.
        day_hours: length of the local day: 24, or 23 or 25 where the clock changes.
        span_s: from first to last wear, 0 on a day without.
        measured_s: with an angle that could be judged: still or moving.
        still_s: measured and not moving.
        coverage_percent: measured of span, None on a day without wear.
        mode: how buzzing was set, None if the recording does not say.
        lines_deg: the slump lines, in order of use.
        uprights: those in use, in order.
        apart_deg: between uprights of one place, the largest angle; 0 where there was one.
        longest_s: longest still spell, None if never still.
        upright_percent: of still time, None under an hour of it, as the next two.
        slumped_percent: of still time.
        shifts_per_hour: posture shifts per hour of still time.
        longest_cut: whether missing data bound that spell.
        blocks: ten minutes each, those without still time left out.
        ribbon: from the first to the last cell.
        bouts: checks and routines, in order.
        rest_still_s: still time outside of the hours after them.
        rest_slumped_s: of that, slumped.
        doubt: how its tilts are doubtful because the clip slipped, in words; empty if never.
        problem: why the day could not be read, empty where it could.
    """

    date: str
    day_hours: float = 24.0
    span_s: int = 0
    measured_s: int = 0
    still_s: int = 0
    coverage_percent: float | None = None
    mode: str | None = None
    lines_deg: tuple[float, ...] = ()
    uprights: tuple[Upright, ...] = ()
    apart_deg: float = 0.0
    longest_s: int | None = None
    upright_percent: float | None = None
    slumped_percent: float | None = None
    shifts_per_hour: float | None = None
    longest_cut: bool = False
    blocks: tuple[Block, ...] = ()
    ribbon: tuple[Bar, ...] = ()
    bouts: tuple[Bout, ...] = ()
    rest_still_s: int = 0
    rest_slumped_s: int = 0
    doubt: str = ""
    problem: str = ""

    @property
    def day(self) -> date:
        """The local date."""
        return date.fromisoformat(self.date)


def trend_day(record: DayRecord) -> TrendDay:
    """What a trend needs of a day."""
    hours = (record.ends - record.begins).total_seconds() / 3600
    if not len(record.utc_s):
        return TrendDay(record.date.isoformat(), hours)
    day = measure(record)
    summary = summarise_day(record, day)
    shares, spell = summary.shares or {}, summary.still_spell
    slumped = day.shown == CODE["slumped"]
    rest = day.still & ~hours_after(spans_of(record), len(day.still))
    midnight_s = _midnight_s(record)
    return TrendDay(
        record.date.isoformat(),
        hours,
        summary.coverage.span_s,
        summary.coverage.measured_s,
        summary.coverage.still_s,
        summary.coverage.percent,
        summary.buzzes.mode,
        tuple(dict.fromkeys(each.enter_deg for each in summary.judged)),
        tuple(_uprights(record, summary)),
        max((each.apart_deg or 0.0 for each in summary.judged), default=0.0),
        spell.length_s if spell else None,
        shares.get("upright"),
        shares.get("slumped"),
        summary.shifts.per_hour,
        spell is not None and spell.cut,
        tuple(_blocks(day, midnight_s)),
        tuple(_ribbon(summary, midnight_s)),
        tuple(_bouts(day, slumped, midnight_s)),
        int(np.count_nonzero(rest)),
        int(np.count_nonzero(rest & slumped)),
        moved_clip.line(summary.happenings),
    )


def _uprights(record: DayRecord, summary: DaySummary) -> Iterable[Upright]:
    by_id = {each.id: each for each in record.calibrations}
    for judged in summary.judged:
        made = by_id[judged.id]
        yield Upright(made.clip_id, made.context, made.neutral_up)


def _midnight_s(record: DayRecord) -> int:
    """From the midnight that the date begins with to the first second of wear, by the clock."""
    local_s = float(local_seconds(record.utc_s[:1], record.zone)[0])
    return round(local_s) - (record.date - _EPOCH).days * _DAY_S


def _blocks(day: Measured, midnight_s: int) -> Iterable[Block]:
    count = -(-len(day.still) // BLOCK_S)
    masks = (
        day.still,
        *(day.still & (day.shown == CODE[name]) for name in ("upright", "slumped")),
    )
    columns = [_per_block(np.flatnonzero(mask), count) for mask in masks]
    columns.append(_per_block(day.shift_s, count))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, (still_s, upright_s, slumped_s, shifts) in enumerate(rows):
        if still_s:
            yield Block(midnight_s + number * BLOCK_S, still_s, upright_s, slumped_s, shifts)


def _per_block(seconds: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    return np.bincount(seconds // BLOCK_S, minlength=count)


def _ribbon(summary: DaySummary, midnight_s: int) -> Iterable[Bar]:
    start_s = midnight_s + summary.axis_start_s
    for (state, kept), cells in groupby(zip(summary.cells, summary.cells_kept, strict=True)):
        end_s = start_s + CELL_S * len(list(cells))
        if state != "off":
            yield Bar(state, kept, start_s, end_s)
        start_s = end_s


def _bouts(day: Measured, slumped: NDArray[np.bool_], midnight_s: int) -> Iterable[Bout]:
    for span in spans_of(day.record):
        hour = slice(span.end_s, span.end_s + AFTER_S)
        still = day.still[hour]
        yield Bout(
            span.kind,
            day.face.moment(span.start_s).clock,
            midnight_s + span.start_s,
            span.end_s - span.start_s,
            int(np.count_nonzero(still)),
            int(np.count_nonzero(still & slumped[hour])),
        )
