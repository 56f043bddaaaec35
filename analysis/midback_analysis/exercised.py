"""The day's checks and routines, and how the hour after each was sat.

Whether an exercise did anything cannot be read off one hour: people sit differently over a day
anyway.  So the hour stands beside the rest of the day, each with how sure it is, and nothing is
said about causes.

The interval is that of a ratio of sums over blocks of ten minutes, which are longer than most
slumps last (Cochran, Sampling Techniques, 3rd ed., section 6.4), with Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from midback.exercises.exercise import Exercise
from midback_analysis.day import DayRecord
from midback_analysis.measured import CODE, Measured
from midback_analysis.summary import Exercised, RoutineSeen, Share

AFTER_S = 3600
"""How long after an exercise is looked at."""

LEAST_S = 1200
"""Of still time: less tells nothing of an hour (own choice)."""

BLOCK_S = 600
_LEAST_BLOCKS = 3
_APART_S = 300
"""Exercises that begin so soon after one another are one: the clip was lost in between."""


class Span(NamedTuple):
    """When an exercise was, in grid seconds."""

    kind: str
    start_s: int
    end_s: int


def spans_of(record: DayRecord) -> list[Span]:
    """The day's exercises, in order; one in whose middle the clip was lost is one."""
    spans: list[Span] = []
    for wearing in record.exercises:
        span = Span(wearing.exercise, wearing.start_s, wearing.end_s)
        before = spans[-1] if spans else None
        if before and before.kind == span.kind and span.start_s - before.end_s < _APART_S:
            spans[-1] = before._replace(end_s=span.end_s)
        else:
            spans.append(span)
    return spans


def hours_after(spans: Sequence[Span], length: int) -> NDArray[np.bool_]:
    """Which seconds of a day lie in the hour after any exercise, shape ``(length,)``."""
    after = np.zeros(length, np.bool_)
    for span in spans:
        after[span.end_s : span.end_s + AFTER_S] = True
    return after


def exercised(day: Measured) -> tuple[Exercised, ...]:
    """The day's exercises, in order."""
    spans = spans_of(day.record)
    slumped = day.shown == CODE["slumped"]
    after = hours_after(spans, len(day.still))
    rest = slumped_share(day.still & ~after, slumped)
    return tuple(
        _with_sets(
            Exercised(
                day.face.moment(start_s),
                kind,
                end_s - start_s,
                slumped_share(day.still & _between(end_s, end_s + AFTER_S, len(after)), slumped),
                rest,
            ),
            seen_within(day.record, start_s, end_s) if kind == Exercise.ROUTINE else [],
        )
        for kind, start_s, end_s in spans
    )


def seen_within(record: DayRecord, start_s: int, end_s: int) -> list[RoutineSeen]:
    """The routines whose files tell of some time between two grid seconds."""
    begin_utc_s, end_utc_s = record.utc_of(start_s), record.utc_of(end_s)
    return [
        each
        for each in record.routines
        if each.begin_utc_s <= end_utc_s and each.end_utc_s >= begin_utc_s
    ]


def _with_sets(exercise: Exercised, seen: Sequence[RoutineSeen]) -> Exercised:
    if not seen:
        return exercise
    sets = tuple(each for routine in seen for each in routine.sets)
    return replace(exercise, whole=seen[-1].whole, sets=sets)


def slumped_share(still: NDArray[np.bool_], slumped: NDArray[np.bool_]) -> Share | None:
    """How much of some still time was slumped, in per cent.

    Args:
        still: which seconds of the day it is, shape ``(n,)``.
        slumped: which are slumped, shape ``(n,)``.

    Returns:
        ``None`` where that is too little time to say.
    """
    pad = -len(still) % BLOCK_S
    judged = np.pad(still, (0, pad)).reshape(-1, BLOCK_S).sum(1).astype(float)
    sunk = np.pad(still & slumped, (0, pad)).reshape(-1, BLOCK_S).sum(1).astype(float)
    judged, sunk = judged[judged > 0], sunk[judged > 0]
    total = float(judged.sum())
    if total < LEAST_S or len(judged) < _LEAST_BLOCKS:
        return None
    # Here, because a day without exercises need not wait for it to load.
    from scipy.special import stdtrit

    share = float(sunk.sum()) / total
    blocks = len(judged)
    error = math.sqrt(blocks / (blocks - 1) * float(((sunk - share * judged) ** 2).sum())) / total
    reach = error * float(cast("float", stdtrit(blocks - 1, 0.975)))
    return Share(100 * share, (100 * max(share - reach, 0.0), 100 * min(share + reach, 1.0)))


def _between(begin_s: int, end_s: int, length: int) -> NDArray[np.bool_]:
    mask = np.zeros(length, np.bool_)
    mask[begin_s:end_s] = True
    return mask
