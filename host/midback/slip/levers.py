"""How far away the axis of a turn lies, from the acceleration while it turns: its *lever*."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_G = 9.80665


def detour(up: Array) -> float:
    """The way that 'up' took over the shortest one."""
    way = np.linalg.norm(np.diff(up, axis=0), axis=1).sum()
    return float(way / max(float(np.linalg.norm(up[-1] - up[0])), 1e-9))


def lever(
    force_g: Array, up: Array, spacing_s: float, way: Array | None = None
) -> tuple[float, float, float]:
    """The lever of a turn, its standard error, and what of it lies below, in metres.

    What swings about an axis is accelerated as its angle is, times the lever.  So the lever is
    the slope of the acceleration over the second derivative of 'up' along the turn; its
    direction is left open, for the axis may lie below or to a side.  About an axis below, the
    clip is driven against the way of 'up', which its own axes see tip backward.

    Args:
        force_g: specific force in clip axes, in g, shape ``(n, 3)``.
        up: unit 'up' vectors likewise.
        spacing_s: seconds between samples.
        way: which way 'up' turns, a unit vector, if not from the first to the last.
    """
    toward: Array = up[-1] - up[0] if way is None else way
    toward = toward / max(float(np.linalg.norm(toward)), 1e-9)
    turned = up @ toward
    bend = (turned[2:] - 2 * turned[1:-1] + turned[:-2]) / (spacing_s * spacing_s)
    push = _G * (force_g - up)[1:-1]
    push -= push.mean(axis=0)
    power = bend @ bend
    slope = bend @ push / power
    # A blow is felt just while it turns, so each error weighs as its moment does (White 1980).
    rest = bend[:, None] * (push - bend[:, None] * slope)
    doubt2 = float((rest * rest).sum() / (3 * power * power))
    # Noise in three directions only ever adds to the length.
    far_m = math.sqrt(max(float(slope @ slope) - 3 * doubt2, 0.0))
    return far_m, math.sqrt(doubt2), float(-slope @ toward)


def net_lever_m(force_g: Array, up: Array, spacing_s: float) -> float:
    """How far the clip went level while 'up' turned, over that turn, in metres.

    The acceleration is integrated twice.  The clip rests before and after, so its mean is an
    error: of the sensor, or of 'up'.
    """
    start = up[0] / float(np.linalg.norm(up[0]))
    turned = up[-1] - up[0]
    way = turned - start * (turned @ start)
    way /= max(float(np.linalg.norm(way)), 1e-9)
    # Level in the plane of the turn is at right angles to 'up' all the time.
    ahead, along = up @ start, up @ way
    push = _G * (force_g - up)
    level = (push @ way * ahead - push @ start * along) / np.hypot(ahead, along)
    level -= level.mean()
    gone_m = spacing_s * spacing_s * float(np.cumsum(level).sum())
    return -gone_m / max(float(np.linalg.norm(turned)), 1e-9)
