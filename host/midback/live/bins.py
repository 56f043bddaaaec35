"""Means over fixed stretches of time, so that a curve does not shimmer as time goes on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Bins:
    """The newest *length* stretches of *bin_s* seconds, each with the mean of what fell into it.

    A stretch belongs to a multiple of *bin_s*, not to the moment of looking: the same
    samples give the same mean however far the curve has moved.  Samples may come late
    (resent packets) as long as their stretch is still held.
    """

    def __init__(self, bin_s: float, length: int) -> None:
        self.bin_s = bin_s
        self._length = length
        self._newest: int | None = None
        self._sums = np.zeros(length)
        self._counts = np.zeros(length, dtype=np.int64)

    def add(self, time_s: float, value: float) -> None:
        """Put one finite *value* into the stretch that holds *time_s*."""
        index = math.floor(time_s / self.bin_s)
        if self._newest is None or index > self._newest:
            self._advance_to(index)
        elif index <= self._newest - self._length:
            return
        slot = index % self._length
        self._sums[slot] += value
        self._counts[slot] += 1

    def means(self, end_s: float, count: int) -> tuple[Floats, Floats]:
        """The last *count* stretches up to the one that holds *end_s*.

        Returns:
            Middle of each stretch in seconds and its mean, both of shape ``(count,)``.
            The mean is NaN where nothing fell into the stretch.
        """
        last = math.floor(end_s / self.bin_s)
        index = np.arange(last - count + 1, last + 1, dtype=np.int64)
        values = np.full(count, np.nan)
        if self._newest is not None:
            held = (index <= self._newest) & (index > self._newest - self._length)
            slot = index % self._length
            held &= self._counts[slot] > 0
            values[held] = self._sums[slot[held]] / self._counts[slot[held]]
        middles: Floats = (index.astype(np.float64) + 0.5) * self.bin_s
        return middles, values

    def count(self) -> int:
        """How many samples the held stretches contain."""
        return int(self._counts.sum())

    def _advance_to(self, index: int) -> None:
        fresh = self._length if self._newest is None else min(index - self._newest, self._length)
        slots = np.arange(index - fresh + 1, index + 1) % self._length
        self._sums[slots] = 0.0
        self._counts[slots] = 0
        self._newest = index
