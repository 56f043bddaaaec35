"""Medians of days, drawn anew: how far chance alone takes them.

From ten days on days are drawn.  From fewer the days are drawn and then, within each day that was
drawn, blocks of ten minutes.  Drawing blocks within the same few days alone would answer only how
well these days were measured: on simulated weeks without any change (days that differ by 6 points
of their upright share, and blocks that hang together) it called 16 to 23 % of them changed, this
way 2 to 5 %, where 5 % is meant.

The draws are seeded: the same days always give the same interval.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midback_analysis.quantiles import quantiles

RESAMPLES = 1000
_SEED = 28

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def median(values: Sequence[float]) -> float:
    """The middle of at least one value."""
    return quantiles(np.array(values, dtype=np.float64), (0.5,))[0]


class Draws:
    """A seeded source of places; one for each comparison."""

    def __init__(self, seed: int = _SEED) -> None:
        self._random = random.Random(seed)

    def places(self, count: int, *shape: int) -> Ints:
        """Numbers from 0 to *count* - 1, each as likely."""
        # Loading numpy.random takes longer than all of this.
        noise = self._random.randbytes(4 * int(np.prod(shape)))
        places = np.frombuffer(noise, dtype="<u4") % count
        return places.astype(np.intp).reshape(shape)


def medians_of_days(values: Floats, draws: Draws) -> Floats:
    """Medians of days drawn anew.

    Args:
        values: one for each day, shape ``(n,)``.
        draws: where chance comes from.

    Returns:
        Shape ``(RESAMPLES,)``.
    """
    return _medians(values[draws.places(len(values), RESAMPLES, len(values))])


def medians_of_days_and_blocks(
    days: Sequence[tuple[Floats, Floats]], per: float, draws: Draws
) -> Floats:
    """Medians of days drawn anew, each from blocks that are drawn anew within it.

    Args:
        days: of each day what is counted and the still time it is counted in, by block, both of
            shape ``(m,)``.
        per: what a day's value is told in: 100 of shares, 3600 of rates an hour.
        draws: where chance comes from.

    Returns:
        Shape ``(RESAMPLES,)``.
    """
    slots = len(days)
    drawn = np.empty((slots, RESAMPLES, slots))
    for number, (part, whole) in enumerate(days):
        picked = draws.places(len(whole), RESAMPLES, slots, len(whole))
        drawn[number] = per * part[picked].sum(axis=2) / whole[picked].sum(axis=2)
    chosen = draws.places(slots, RESAMPLES, slots)
    return _medians(np.take_along_axis(drawn, chosen[np.newaxis], axis=0)[0])


def interval(drawn: Floats) -> tuple[float, float]:
    """Between which two 95 of 100 draws lie."""
    low, high = quantiles(drawn, (0.025, 0.975))
    return low, high


def _medians(values: Floats) -> Floats:
    """Medians of rows."""
    ordered = np.sort(values, axis=1)
    count = ordered.shape[1]
    return (ordered[:, (count - 1) // 2] + ordered[:, count // 2]) / 2
