"""What followed each buzz: whether the wearer sat up within a minute, and how soon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midback_analysis.quantiles import quantiles

FOLLOWED_S = 60
STAY_S = 2
"""Sitting up counts once the angle has been below the leave line this long."""

MOVES_S = 10
"""So long nothing need be judged after a quick movement, see ``shared.judge.LAID_S``: who sits up
moves, and is still watched.  Whoever moves for longer has gone off."""

MANY_UNANSWERED = 0.2
"""Above this share the median of the answered ones alone would flatter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One buzz and what came after it.

    Attributes:
        second: when, on the day's grid.
        after_s: seconds until sitting up, None if not within ``FOLLOWED_S``.
        seen_s: how long it could be watched: less than ``FOLLOWED_S`` if the wearer moved
            off or data went missing first.
        by_clip: whether the clip gave it by itself.
    """

    second: float
    after_s: float | None
    seen_s: float
    by_clip: bool = False


@dataclass(frozen=True, slots=True)
class TimeToSitUp:
    """A median over buzzes, and how it was found.

    Attributes:
        median_s: seconds; None if fewer than half sat up within the minute.
        method: ``"answered"`` (median of those followed) or ``"Kaplan-Meier"`` (over all,
            the others counted as not yet).
    """

    median_s: float | None
    method: str


def answer(
    second: float,
    flexion_deg: NDArray[np.float32],
    leave_deg: float,
    back_leave_deg: float = math.inf,
) -> Answer:
    """Look at the minute after one buzz.

    Args:
        second: when it was given, on the day's grid.
        flexion_deg: the day, NaN unless still, shape ``(n,)``; up to
            ``MOVES_S`` of NaN are bridged.
        leave_deg: below this the wearer sits up.
        back_leave_deg: the same behind upright, for wearers whose slump goes backward.
    """
    first = max(0, int(second))
    after = flexion_deg[first : first + FOLLOWED_S + STAY_S + MOVES_S].tolist()
    up_s: int | None = None
    seen_s = below_s = 0
    for now_s, deg in enumerate(after):
        known = not math.isnan(deg)
        if not known and now_s - seen_s >= MOVES_S:
            break
        if known and (deg >= leave_deg or -deg >= back_leave_deg):
            up_s, below_s = None, 0
        elif up_s is None:
            up_s = now_s
        if known:
            seen_s = now_s + 1
            below_s += up_s is not None
        if up_s is not None and below_s >= STAY_S and up_s <= FOLLOWED_S:
            return Answer(second, float(up_s), float(up_s))
    return Answer(second, None, float(min(seen_s, FOLLOWED_S)))


def time_to_sit_up(answers: Sequence[Answer]) -> TimeToSitUp:
    """Median time from buzz to sitting up.

    If more than a fifth were not followed, the Kaplan-Meier median over all of them.
    """
    taken = [a.after_s for a in answers if a.after_s is not None]
    if not answers or len(answers) - len(taken) > MANY_UNANSWERED * len(answers):
        times = [a.seen_s if a.after_s is None else a.after_s for a in answers]
        seen = [a.after_s is not None for a in answers]
        return TimeToSitUp(kaplan_meier_median(times, seen), "Kaplan-Meier")
    return TimeToSitUp(quantiles(np.array(taken), (0.5,))[0], "answered")


def kaplan_meier_median(times_s: Sequence[float], ended: Sequence[bool]) -> float | None:
    """Time by which half have ended, counting the unfinished as long as they were watched.

    Args:
        times_s: how long each lasted, or was watched.
        ended: whether the end was seen.

    Returns:
        Seconds, or None if the estimate never falls to one half.

    >>> kaplan_meier_median([5, 10, 60, 60], [True, True, False, False])
    10
    >>> kaplan_meier_median([5, 60, 60], [True, False, False]) is None
    True
    """
    remaining = 1.0
    # At equal times an end counts before a loss of sight, as is usual.
    order = sorted(range(len(times_s)), key=lambda i: (times_s[i], not ended[i]))
    for rank, i in enumerate(order):
        if ended[i]:
            remaining *= 1 - 1 / (len(order) - rank)
        # Rounding must not hide a survival of exactly one half.
        if ended[i] and remaining <= 0.5 + 1e-9:
            return times_s[i]
    return None
