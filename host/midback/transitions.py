"""Standing up and sitting down, from how far the upper back was lifted within three seconds.

The acceleration along 'up', integrated twice, is a change of height.  Over seconds it drifts: so
a window of a second before, two of moving and a second after is fitted.  Before and after, the
seat stays at its height, or swings around it, as in walking.  Unknown are the first velocity, a
constant fault of the acceleration, one that goes with the trunk's lean, and the change of height
between: weighted least squares with the usual sizes of the faults find it and tell how well it
fits.  What the trunk lowers by leaning is taken out by its lever.  Whoever rises or sits down
bends forward meanwhile; whoever only leans, reaches or picks something up is no higher for it.
The times are those of 50 people, who took 1.91 s to rise and 1.97 s to sit down at their own
pace (Kerr et al. 1997, Clinical Biomechanics 12:236).

Only for the host, and pure: time comes in with each packet.

Limits: sitting and standing themselves look alike between the shoulder blades, only the change
between them shows.  It is told some four seconds after.  Kneeling down counts as sitting down.
What is pushed up by the arms without bending the trunk is missed, and so is what happens within
four seconds of a buzz or of packets that were lost.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire

Array = NDArray[np.float64]
Vector = tuple[float, float, float]

STOOD_UP = "stood up"
SAT_DOWN = "sat down"

LEAST_M = 0.18
"""Less is no change between sitting and standing (own choice): seats and their users differ by
0.25 to 0.5 m, and what only moves about on a seat is found as less than this."""

LEAST_SWING_DEG = 6.0
"""The trunk bends at least so far further than before and after (own choice): a third of the 20
degrees or more that are usual at the upper back."""
_LEAST_SWING = math.radians(LEAST_SWING_DEG)

LEVER_M = 0.45
"""From the hips to between the shoulder blades of a seated adult; 0.38 or 0.50 does as well."""

_G = 9.80665
_STILL_S = 1.0
_MOVING_S = 2.0
_HEIGHT_M = 0.02  # how much the height swings before and after: 0.28 g at 1.8 steps a second
_FAULT_MS2 = 0.1  # of the acceleration, against its mean of the last ten seconds
_LEANING_FAULT_MS2 = 0.6  # 60 mg: offset, scale, and what the tilt is off in a quick swing
_MISFIT = 0.85  # root of the mean square against the sizes above
# The same for each metre of height and each second of a packet: a low rise must fit better than a
# high one, and the longer packets are, the worse all fit.  Rises of 0.2 to 0.5 m in 0.8 to 3 s
# stay below 7.5; of the reaches from a slump that pass for a rise seven in eight lie above 8
# (simulated).
_MISFIT_PER_MS = 8.0
_MEAN_S = 10.0
_QUIET_S = 2.0  # the best fit counts, once no other came for so long
_LONGEST_S = 8.0
_LEAST_STEP_S, _MOST_STEP_S = 0.1, 0.35
_BRIDGED = 2  # packets that may be missing


class Transition(NamedTuple):
    """Somebody stood up or sat down.

    Attributes:
        time_s: the middle of it.
        kind: ``STOOD_UP`` or ``SAT_DOWN``.
        height_m: by how much, downward negative; some tenths too much where it was slow.
    """

    time_s: float
    kind: str
    height_m: float


class _Row(NamedTuple):
    """One packet: m/s2 along 'up', the mean of that before it, the lean in radians."""

    lift_ms2: float
    usual_ms2: float
    lean: float


class _Fit(NamedTuple):
    misfit: float  # for each metre of height
    time_s: float
    height_m: float


class TransitionDetector:
    """Follows one wearer through packets, 0.1 to 0.35 s apart."""

    def __init__(self) -> None:
        self._rows: deque[_Row] = deque()
        # Of all leans since they were last looked through: those of the rows lie within.
        self._least_lean, self._most_lean = math.inf, -math.inf
        self._last_s = float("-inf")
        self._step_s: float | None = None
        self._usual_ms2 = 0.0
        self._known = 0
        self._best: _Fit | None = None
        self._first_fit_s = self._last_fit_s = 0.0

    def update(
        self, time_s: float, lift_g: float | None, flexion_deg: float | None
    ) -> Transition | None:
        """Take one packet; return what happened some seconds ago, if something did.

        Args:
            time_s: time of its last sample, in seconds.
            lift_g: mean of the acceleration along 'up' less 1 g, see ``lift_g``; ``None`` when it
                is not known, such as while the motor runs.
            flexion_deg: mean forward tilt over it, from any fixed zero near upright.
        """
        if lift_g is not None and flexion_deg is not None:
            self._take(time_s, lift_g * _G, math.radians(flexion_deg))
        return self._told(time_s)

    def _take(self, time_s: float, lift_ms2: float, lean: float) -> None:
        missing = self._missing(time_s)
        if missing is None:
            self._rows.clear()
        elif missing:
            before = self._rows[-1]
            for n in range(1, missing + 1):
                share = n / (missing + 1)
                self._add(
                    before.lift_ms2 + share * (lift_ms2 - before.lift_ms2),
                    before.lean + share * (lean - before.lean),
                )
        self._last_s = time_s
        self._add(lift_ms2, lean)
        self._fit(time_s)

    def _missing(self, time_s: float) -> int | None:
        """How many packets are missing before this one; ``None`` to begin anew."""
        since_s = time_s - self._last_s
        if self._step_s is None or not self._rows:
            self._step_s = since_s if _LEAST_STEP_S <= since_s <= _MOST_STEP_S else None
            return 0 if self._rows and self._step_s is not None else None
        steps = round(since_s / self._step_s)
        if not 1 <= steps <= 1 + _BRIDGED or abs(since_s / self._step_s - steps) > 0.25:
            self._step_s = None
            return None
        return steps - 1

    def _add(self, lift_ms2: float, lean: float) -> None:
        assert self._step_s is not None or not self._rows
        self._rows.append(_Row(lift_ms2, self._usual_ms2, lean))
        self._least_lean = min(self._least_lean, lean)
        self._most_lean = max(self._most_lean, lean)
        self._known += 1
        most = _MEAN_S / (self._step_s or _MOST_STEP_S)
        self._usual_ms2 += (lift_ms2 - self._usual_ms2) / min(self._known, most)

    def _fit(self, time_s: float) -> None:
        step_s = self._step_s
        if step_s is None:
            return
        still, moving = round(_STILL_S / step_s), round(_MOVING_S / step_s)
        number = 2 * still + moving
        while len(self._rows) > number:
            self._rows.popleft()
        if len(self._rows) < number or not self._swings(still):
            return
        lift, usual, lean = np.array(self._rows).T
        height_m, misfit = _fitted(
            still, moving, step_s, lift - usual[0], LEVER_M * np.cos(lean), np.sin(lean)
        )
        if abs(height_m) < LEAST_M or misfit > _MISFIT:
            return
        found = _Fit(misfit / abs(height_m), time_s - number * step_s / 2, height_m)
        if found.misfit > _MISFIT_PER_MS * step_s:
            return
        if self._best is None:
            self._first_fit_s = time_s
        self._last_fit_s = time_s
        if self._best is None or found.misfit < self._best.misfit:
            self._best = found

    def _swings(self, still: int) -> bool:
        """Whether the trunk bends further meanwhile than in *still* packets before and after.

        Plain numbers: hardly any packet goes further.
        """
        if self._most_lean - self._least_lean < _LEAST_SWING:
            return False
        leans = [row.lean for row in self._rows]
        self._least_lean, self._most_lean = min(leans), max(leans)
        if self._most_lean - self._least_lean < _LEAST_SWING:
            return False
        around = max(sum(leans[:still]), sum(leans[-still:])) / still
        return self._most_lean - around >= _LEAST_SWING

    def _told(self, time_s: float) -> Transition | None:
        best = self._best
        if best is None:
            return None
        if time_s - self._last_fit_s < _QUIET_S and time_s - self._first_fit_s < _LONGEST_S:
            return None
        self._best = None
        kind = STOOD_UP if best.height_m > 0 else SAT_DOWN
        return Transition(best.time_s, kind, best.height_m)


def lift_g(
    ups: Sequence[Vector | None], counts: Sequence[int], first: int, width: int
) -> float | None:
    """Mean over a packet's samples of the acceleration along 'up', less 1 g; ``None`` if unknown.

    Args:
        ups: unit 'up' vector in clip axes of each sample.
        counts: of the packet, *width* numbers a sample, its acceleration from *first* on.
        first: 0 or 4, likewise.
        width: ``wire.WIDTH`` of its kind.
    """
    total = 0.0
    at = first
    for up in ups:
        if up is None:
            return None
        x, y, z = up
        total += x * counts[at] + y * counts[at + 1] + z * counts[at + 2]
        at += width
    return total * wire.G_PER_COUNT / len(ups) - 1.0


@lru_cache(maxsize=8)
def _model(still: int, moving: int) -> tuple[NDArray[np.int64], Array, Array]:
    """For packets a second apart: which are still, their heights of all lifts, what is unknown.

    The unknown ones are the velocity and the height at first, a constant fault, the change.
    """
    number = 2 * still + moving
    sums = np.tril(np.ones((number, number)))
    speed = sums - np.eye(number)  # before each packet
    # The middle of a packet is half of its time at that speed, and an eighth of its lift, higher.
    heights = speed @ (speed + np.eye(number) / 2) + speed / 2 + np.eye(number) / 8
    which = np.r_[0:still, still + moving : number]
    time: Array = np.arange(number, dtype=np.float64) + 0.5
    after = (np.arange(number) >= still + moving).astype(float)
    unknown = np.stack([time, np.ones(number), time * time / 2, after], axis=1)
    return which, heights[which], unknown[which]


def _fitted(
    still: int, moving: int, step_s: float, lift_ms2: Array, lever_m: Array, leaning: Array
) -> tuple[float, float]:
    """The change of height in m, and how badly it fits: 1 is as badly as is usual."""
    which, heights, unknown = _model(still, moving)
    height_m = step_s**2 * (heights @ lift_ms2) - lever_m[which]
    unknown = unknown * np.array([step_s, 1.0, step_s**2, 1.0])
    leant = step_s**2 * (heights @ (leaning - leaning.mean()))
    rows = np.zeros((len(which) + 2, 5))
    rows[:-2] = np.column_stack([unknown, leant]) / _HEIGHT_M
    rows[-2, 2], rows[-1, 4] = 1 / _FAULT_MS2, 1 / _LEANING_FAULT_MS2
    seen = np.concatenate([height_m / _HEIGHT_M, [0.0, 0.0]])
    found = np.linalg.lstsq(rows, seen)[0]
    rest = seen - rows @ found
    return float(found[3]), float(np.sqrt(rest @ rest / (len(seen) - 5)))
