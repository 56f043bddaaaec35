"""People whose movements were recorded, as a chip on them would have felt them.

Skips the test that asks where the recordings are not at hand; see ``reference.py``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from firmware.models.recorded import Array, Recorded
from firmware.models.worn import MOUNTING, clip_from_chip
from reference import reference_data

from midback_analysis.recordings import MISSING, PERIOD_S, Counts, Hold, read_sitting, read_tilt

_PER_COUNT = np.array([16 / 32768] * 3 + [2000 / 32768] * 3)


class Seen(NamedTuple):
    """One trial watched by cameras.

    Attributes:
        motion: the sensor's own axes taken as the clip's, turned to the chip's.
        times_s: when, shape ``(n,)``.
        up: unit vectors up by the cameras, in clip axes, shape ``(n, 3)``.
        judged: where the benchmark counts errors, bool, shape ``(n,)``.
    """

    motion: Recorded
    times_s: Array
    up: Array
    judged: np.ndarray[tuple[int], np.dtype[np.bool_]]


def from_people(mounting: str = MOUNTING) -> dict[tuple[str, str, str], Recorded]:
    """Held sitting postures at T4 by (person, trial, posture); half a minute each."""
    holds: list[Hold] = read_sitting(reference_data("sitting_spine_dev.npz"))
    return {
        (hold.person, hold.trial, hold.posture): recorded(hold.counts, mounting)
        for hold in holds
        if (hold.counts != MISSING).all(axis=1).sum() > 1
    }


def handheld(mounting: str = MOUNTING) -> dict[str, Seen]:
    """Trials of an inertial sensor against optical motion capture, by name."""
    return {
        trial.name: Seen(
            recorded(trial.counts, mounting),
            PERIOD_S * np.arange(1, len(trial.counts) + 1, dtype=np.float64),
            trial.up,
            trial.judged,
        )
        for trial in read_tilt(reference_data("broad_dev.npz"))
    }


def recorded(counts: Counts, mounting: str = MOUNTING) -> Recorded:
    """Recorded counts in clip axes ``(n, 6)``; what is missing is filled in between."""
    times_s = PERIOD_S * np.arange(1, len(counts) + 1, dtype=np.float64)
    present = (counts != MISSING).all(axis=1)
    values = np.stack(
        [np.interp(times_s, times_s[present], column[present]) for column in counts.T], axis=1
    )
    felt = (values * _PER_COUNT).reshape(-1, 2, 3) @ clip_from_chip(mounting)
    return Recorded(times_s, felt[:, 0], felt[:, 1], averaged_s=PERIOD_S)
