"""From a day's record to its summary; definitions stand beside the fields in ``summary``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midback_analysis import movement
from midback_analysis.clockface import HOUR_S, Hour
from midback_analysis.day import DayRecord
from midback_analysis.episodes import runs
from midback_analysis.exercised import exercised
from midback_analysis.levels import exposure_percent
from midback_analysis.measured import CODE, Measured, measure
from midback_analysis.provenance import clips, happenings, judged, stretches, untimed
from midback_analysis.slump_figures import buzzes, slump_figures
from midback_analysis.summary import (
    CELL_S,
    LEAST_STILL_S,
    POSTURES,
    STATES,
    Coverage,
    DaySummary,
    Halves,
    HourRow,
    Shifts,
    Spell,
)
from midback_analysis.tilt_figures import curve, minutes_per_degree, percentiles, upright_between

PAUSE_S = 900
"""The clip off for this long halves the day there."""

LEAST_HALF_S = 1800
LEAST_TILT_S = 600


def summarise_day(record: DayRecord, day: Measured | None = None) -> DaySummary:
    """Summarise one day; a day without wear gives a summary without numbers, not zeros.

    Args:
        record: the day.
        day: what is measured of it, where that was worked out already.
    """
    nothing = DaySummary(
        record.date.isoformat(),
        str(record.zone),
        record.turn_hour,
        (record.ends - record.begins).total_seconds() / HOUR_S,
        untimed=untimed(record),
        problems=record.problems,
    )
    return _worn(nothing, day or measure(record)) if len(record.utc_s) else nothing


def _worn(nothing: DaySummary, day: Measured) -> DaySummary:
    counts: list[int] = np.bincount(day.shown, minlength=len(STATES)).tolist()
    state_s: dict[str, int] = dict(zip(STATES, counts, strict=True))
    summary = replace(
        nothing,
        coverage=_coverage(day, state_s),
        state_s=state_s,
        past_line_s=int(np.count_nonzero(day.theta_deg > day.record.per_second("enter_deg"))),
        tilt_deg=percentiles(day.theta_deg[day.still]),
        still_spell=_still_spell(day),
        shifts=Shifts(len(day.shift_s), None, None, None),
        slumps=slump_figures(day),
        buzzes=buzzes(day),
        hours=tuple(_hour(day, hour) for hour in day.face.hours),
        cells=_cells(day),
        cells_kept=_cells_kept(day),
        curve=curve(day.theta_deg),
        minutes_per_degree=minutes_per_degree(day.theta_deg[day.still]),
        axis_start_s=day.face.start_s,
        axis_end_s=day.face.end_s,
        axis_end_label=day.face.end_label,
        judged=judged(day),
        clips=clips(day.record),
        happenings=happenings(day),
        exercises=exercised(day),
        kept=stretches(day),
    )
    return _with_shares(summary, day) if summary.coverage.still_s >= LEAST_STILL_S else summary


def _with_shares(summary: DaySummary, day: Measured) -> DaySummary:
    """Add what only an hour of still time can tell."""
    still_s = summary.coverage.still_s
    low, high = movement.shifts_between(day.still, day.shift_s) or (None, None)
    return replace(
        summary,
        shares={name: 100 * summary.state_s[name] / still_s for name in POSTURES},
        shifts=Shifts(len(day.shift_s), HOUR_S * len(day.shift_s) / still_s, low, high),
        upright_between=upright_between(day),
        halves=_halves(day),
        exposure=tuple(tuple(row) for row in exposure_percent(day.level).tolist()),
    )


def _coverage(day: Measured, state_s: dict[str, int]) -> Coverage:
    still_s = sum(state_s[name] for name in POSTURES)
    measured_s, span_s = still_s + state_s["moving"], len(day.shown)
    first, last = day.face.moment(0), day.face.moment(span_s)
    kept_s = int(np.count_nonzero(day.kept))
    return Coverage(first, last, span_s, measured_s, still_s, 100 * measured_s / span_s, kept_s)


def _still_spell(day: Measured) -> Spell | None:
    spell = movement.longest_still(day.still, day.shift_s, day.record.part)
    if spell is None:
        return None
    beside = (*day.shown[max(0, spell.start - 1) : spell.start], *day.shown[spell.stop :][:1])
    cut = any(code in (CODE["nodata"], CODE["uncalibrated"]) for code in beside)
    start, end = day.face.moment(spell.start), day.face.moment(spell.stop)
    return Spell(start, end, spell.stop - spell.start, cut)


def _halves(day: Measured) -> Halves | None:
    """Compare before and after the longest pause in wear, else the middle."""
    pauses = [run for run in runs(day.shown) if run.value == CODE["off"] and run.length >= PAUSE_S]
    pause = max(pauses, key=lambda run: run.length, default=None)
    middle = pause.start if pause else len(day.shown) // 2
    slumped = [
        _slumped_percent(day, slice(0, middle)),
        _slumped_percent(day, slice(middle, len(day.shown))),
    ]
    if slumped[0] is None or slumped[1] is None:
        return None
    begun = day.face.moment(middle) if pause else None
    midday = begun is not None and "11:00" <= begun.clock < "14:30"
    return Halves(slumped[0], slumped[1], begun, midday)


def _slumped_percent(day: Measured, half: slice) -> float | None:
    still_s = int(np.count_nonzero(day.still[half]))
    slumped_s = int(np.count_nonzero(day.shown[half] == CODE["slumped"]))
    return 100 * slumped_s / still_s if still_s >= LEAST_HALF_S else None


def _hour(day: Measured, hour: Hour) -> HourRow:
    cut = slice(max(0, hour.start_s), max(0, hour.end_s))
    counts = np.bincount(day.shown[cut], minlength=len(STATES))
    counts[CODE["off"]] += hour.end_s - hour.start_s - counts.sum()
    theta_deg = day.theta_deg[cut][day.still[cut]]
    buzz_s = [*(each.second for each in day.answers), *day.clip_buzz_s]
    return HourRow(
        hour.label,
        hour.start_s,
        hour.end_s,
        tuple(counts.tolist()),
        percentiles(theta_deg) if len(theta_deg) >= LEAST_TILT_S else None,
        int(np.count_nonzero((day.shift_s >= cut.start) & (day.shift_s < cut.stop))),
        sum(hour.start_s <= second < hour.end_s for second in buzz_s),
        int(np.count_nonzero(day.kept[cut])),
    )


def _cells(day: Measured) -> tuple[str, ...]:
    """A cell that is less than half measured is unknown or not worn, never a posture."""
    table = _per_cell(day, day.shown, len(STATES), CODE["off"])
    known = len(POSTURES) + 1
    unknown = table[:, known:].sum(axis=1) > CELL_S / 2
    most = np.argmax(table[:, :known], axis=1)
    most[unknown] = known + np.argmax(table[unknown, known:], axis=1)
    return tuple(STATES[int(code)] for code in most)


def _cells_kept(day: Measured) -> tuple[bool, ...]:
    """A cell of which nothing was measured is not kept either."""
    measured = (day.shown <= CODE["moving"]).astype(np.intp)
    table = _per_cell(day, measured + day.kept, 3, 0)
    return tuple((table[:, 2] > table[:, 1]).tolist())


def _per_cell(day: Measured, codes: NDArray[Any], count: int, outside: int) -> NDArray[np.intp]:
    """How many seconds of each cell have each code, shape ``(cells, count)``."""
    start_s, end_s = day.face.start_s, day.face.end_s
    cells = -(-(end_s - start_s) // CELL_S)
    filled = np.full(cells * CELL_S, outside)
    filled[-start_s : len(codes) - start_s] = codes
    place = np.arange(len(filled)) // CELL_S * count + filled
    return np.bincount(place, minlength=cells * count).reshape(cells, count)
