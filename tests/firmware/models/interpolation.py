"""Values between the samples of a movement, and the rates that belong to orientations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from midback.simulated.motion import turned

Array = NDArray[np.float64]


def between(times_s: Array, nodes_s: Array, values: Array) -> Array:
    """``values (m, k)`` of the times ``nodes_s (m,)`` at ``times_s (n,)``; ends are held."""
    last = len(nodes_s) - 1
    after = np.clip(np.searchsorted(nodes_s, times_s), 1, max(last, 1))
    before_s = nodes_s[after - 1]
    share = np.clip((times_s - before_s) / (nodes_s[np.minimum(after, last)] - before_s), 0, 1)
    return _blended(values, after - 1, np.minimum(after, last), share)


def on_grid(places: Array, values: Array) -> Array:
    """The same where the values lie one apart: ``places`` count rows of ``values``."""
    places = np.minimum(np.maximum(places, 0.0), len(values) - 1.0)
    before = places.astype(np.intp)
    return _blended(values, before, np.minimum(before + 1, len(values) - 1), places - before)


def unit(quaternions: Array) -> Array:
    """Quaternions ``(n, 4)`` made one long."""
    return quaternions / np.sqrt(np.einsum("ij,ij->i", quaternions, quaternions))[:, None]


def without_jumps(quaternions: Array) -> Array:
    """The same orientations, with signs that let neighbours be blended; shape ``(n, 4)``."""
    opposite = np.einsum("ij,ij->i", quaternions[1:], quaternions[:-1]) < 0
    sign = np.where(np.cumsum(opposite) % 2, -1.0, 1.0)
    return np.vstack([quaternions[:1], quaternions[1:] * sign[:, None]])


def rates_dps(orientations: Array, steps_s: Array) -> Array:
    """Mean rates between neighbours, in the moving axes; ``(n, 4)``, ``(n - 1,)``, ``(n - 1, 3)``.

    Each step turns by less than half a turn.
    """
    step = turned(orientations[:-1] * (1.0, -1.0, -1.0, -1.0), orientations[1:])
    step *= np.where(step[:, :1] < 0, -1.0, 1.0)
    sine = np.sqrt(np.einsum("ij,ij->i", step[:, 1:], step[:, 1:]))
    still = sine < 1e-12
    per_sine = np.where(still, 2.0, 2 * np.arctan2(sine, step[:, 0]) / (sine + still))
    return step[:, 1:] * (np.degrees(per_sine) / steps_s)[:, None]


def _blended(
    values: Array, before: NDArray[np.intp], after: NDArray[np.intp], share: Array
) -> Array:
    first = values[before]
    return first + share[:, None] * (values[after] - first)
