"""A slump told from a lean by a second clip at the waistband.

Two tilts, each in degrees from what its own clip saw while the wearer sat tall, positive
forward:

- *flexion* of the upper back (T4), as everywhere;
- *hinge*: the tilt of the waistband (L5).  Positive when the pelvis rolls forward, as in a
  lean from the hips; negative when it rolls back, as it does in a slump (Nairn 2013, Man
  Ther 18:498);
- *curl* = flexion - hinge: how much further the upper back tips than the pelvis, so how far
  the back in between rounds.  A lean tips both alike and leaves it small.

No heading enters, and neither clip needs to know where the other one is.

Limits: the lines below were fitted once to posed holds of 22 young people with taped-on
sensors (``midback evaluate sitting FILE --sites T4,L5``), and rounded.  Who rolls the pelvis
forward *and* rounds the back is called either way.  Both lines chosen on half of those people
get 0.93 on the other half (mean of 500 draws, sd 0.02); these here get 0.92 on all, and are
held to be safer for people who lean in more ways.  What adds nothing, and is left out: how
far each clip hangs from the vertical while upright, side tilt, and breathing, sway or drift
within a hold.

Pure: samples and times come in, nothing is stored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from statistics import median

UPRIGHT_DEG = 9.0
"""Flexion, with half of a forward hinge on top, up to which the wearer still sits upright.

Flexion when people sit up again has a standard deviation of 3.2 degrees, no upright hold
passed 8.7, and no slouch stayed below 10.9 (45 people, estimator.md 4).  A small lean shows
at the pelvis first, so half of the hinge counts: the weights of a linear discriminant."""

HINGE_SHARE = 0.5

SLUMP_DEG = 11.0
"""Curl past which it is a slump: in a lean the pelvis goes along.

The best line is 12 degrees on all 45 people (estimator.md 4) and 9 on the 22 dev people, and
anything from 8 to 13 does about as well.  A line that slopes with the hinge does no better,
and would call deep leans a slump."""

LATE_S = 3.0
"""A clip that is silent for longer says nothing about now."""


_Tilts = deque[tuple[float, float]]


class Posture(StrEnum):
    """What two clips say together."""

    UPRIGHT = "upright"
    SLUMP = "slump"
    LEAN = "lean"
    UNKNOWN = "unknown"
    """One of the two is missing, not calibrated, or only just there."""


def curl_deg(flexion_deg: float, hinge_deg: float) -> float:
    """How far the back rounds: positive in a slump, near zero in a lean.

    >>> curl_deg(24.0, -4.0), curl_deg(16.0, 17.0)
    (28.0, -1.0)
    """
    return flexion_deg - hinge_deg


def posture(flexion_deg: float, hinge_deg: float) -> Posture:
    """What the two tilts mean, each in degrees from its own upright, positive forward.

    Leaning back is upright here: it is neither a slump nor a lean forward.

    >>> [str(posture(*tilts)) for tilts in ((2, -1), (24, 3), (16, 17), (6, 12))]
    ['upright', 'slump', 'lean', 'lean']
    """
    if flexion_deg + HINGE_SHARE * max(hinge_deg, 0.0) < UPRIGHT_DEG:
        return Posture.UPRIGHT
    if curl_deg(flexion_deg, hinge_deg) > SLUMP_DEG:
        return Posture.SLUMP
    return Posture.LEAN


class TwoClips:
    """Puts the tilts of two clips beside each other, whose packets come at different times.

    Only the time that both of them cover counts, at most the last *window_s* seconds; medians
    over it are judged, so that neither a fidget nor the offset between packets matters.
    Sample times are the host's.  Samples older than what was taken before are left out, and
    a clip that was silent for longer than ``LATE_S`` starts anew.
    """

    def __init__(self, window_s: float = 30.0) -> None:
        if window_s <= 0:
            raise ValueError(f"window_s ({window_s}) must be positive")
        self.window_s = window_s
        self._flexion: _Tilts = deque()
        self._hinge: _Tilts = deque()

    def upper(self, time_s: float, flexion_deg: float) -> None:
        """Take a sample of the clip between the shoulder blades; NaN is left out."""
        _keep(self._flexion, time_s, flexion_deg, self.window_s + LATE_S)

    def waist(self, time_s: float, hinge_deg: float) -> None:
        """Take a sample of the clip at the waistband; NaN is left out."""
        _keep(self._hinge, time_s, hinge_deg, self.window_s + LATE_S)

    def hears_both(self, now_s: float) -> bool:
        """Whether both clips told their tilt within the last ``LATE_S``."""
        last_s = [tilts[-1][0] for tilts in (self._flexion, self._hinge) if tilts]
        return len(last_s) == 2 and now_s - min(last_s) <= LATE_S

    def tilts_deg(self, now_s: float) -> tuple[float, float] | None:
        """``(flexion, hinge)`` over the last *window_s*, or ``None``.

        ``None`` when either clip was last heard more than ``LATE_S`` ago, or when both
        together cover less than half of the window.
        """
        if not self._flexion or not self._hinge:
            return None
        end_s = min(self._flexion[-1][0], self._hinge[-1][0], now_s)
        begin_s = max(self._flexion[0][0], self._hinge[0][0], end_s - self.window_s)
        if now_s - end_s > LATE_S or end_s - begin_s < self.window_s / 2:
            return None
        flexion = _between(self._flexion, begin_s, end_s)
        hinge = _between(self._hinge, begin_s, end_s)
        return (median(flexion), median(hinge)) if flexion and hinge else None

    def posture(self, now_s: float) -> Posture:
        """What the two clips say now; ``UNKNOWN`` without one of them."""
        tilts = self.tilts_deg(now_s)
        return Posture.UNKNOWN if tilts is None else posture(*tilts)


def _keep(tilts: _Tilts, time_s: float, deg: float, keep_s: float) -> None:
    if deg != deg or (tilts and time_s < tilts[-1][0]):
        return
    if tilts and time_s - tilts[-1][0] > LATE_S:
        tilts.clear()
    tilts.append((time_s, deg))
    while tilts[0][0] < time_s - keep_s:
        tilts.popleft()


def _between(tilts: Iterable[tuple[float, float]], begin_s: float, end_s: float) -> list[float]:
    return [deg for time_s, deg in tilts if begin_s <= time_s <= end_s]
