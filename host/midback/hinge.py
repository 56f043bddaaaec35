"""What of a tilt came from the hips, as a belief: how likely each size of it is.

The clip sees the tilt of the upper back, which is *hinge* (the trunk tipped at the hips) and
*curl* (slumped) together.  How the wearer got there tells them apart.  A trunk that tips at the
hips swings the clip at a lever of some 0.45 m, one that curls up at some 0.2 m or less
(posture.md 3.5), and a movement of up to two seconds shows which (``slip.turns``).  No single
movement is sure, so every history that could have led here is kept with its weight, and what
comes later decides: nobody curls up backward who slumps forward, nobody slumps much further than
when they showed it, and leans end sooner than slumps do.

This is Bayes' rule on a grid (Thrun, Burgard and Fox, Probabilistic Robotics, 2005, chapter 4.1).
Slow changes are the curl's: people sag within minutes, but they move to lean.

Limits: weights and errors are taken from simulated movements and from posture.md 3.5; on cloth
and skin the levers may blur.  Pure: times in seconds, angles in degrees, forward positive.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from midback.shared.slump import SPAN_SHARE, SlumpPolicy
from midback.slip.turns import Turn

Array = NDArray[np.float64]

_HINGE_DEG: Array = np.arange(-50.0, 71.0)
_SHARE: Array = np.linspace(0.0, 1.0, 11)
"""Of a movement, how much the hips may have made."""

_CURL_M, _HIPS_M = 0.13, 0.45
"""Levers.  That of a curl is 0.2 m in posture.md 3.5, and less where the pelvis rolls back."""
_LEVER_M: Array = _CURL_M + (_HIPS_M - _CURL_M) * _SHARE

_SWING_M, _NET_M, _NET_PER_DETOUR_M, _SLOW_M = 0.06, 0.09, 0.1, 0.06
"""Errors of a lever: of the swing; of where the clip came to rest, which grows with the way that
was made in between (0.2 at twice the shortest); and of either for each second squared that the
turn took to half, for the acceleration falls with its square (0.2 m of 0.25 that are between the
two at three seconds: told right 71 to 76 times in 100, posture.md 3.5)."""

_HIPS_AS_WELL = 0.4
"""A curl and a quick movement at the hips together swing as the hips do, and come to rest as a
curl does: so a swing that is longer than a share explains speaks against it no more than this."""

_ERRS = 0.002
"""How often a lever says nothing at all: a knock, a chair that turned."""

_SITTERS, _SLOWLY, _UNSEEN = (0.15, 0.8), (0.6, 0.3), (0.5, 0.2)
"""How often a movement is all curl, and all hips: usually, if it is slow, and if nobody saw it.
Seated people fidget, reach and lean far more often than they sit up or drop into a slump."""
_SLOW_S = (1.0, 1.4)
"""Size over greatest rate, about half of the time a turn takes: from when on it counts as slow.
A lean takes a second or two."""

_OTHER_WAY_DEG, _BEYOND_SPAN, _SOFT_DEG = 2.0, 1.15, 2.0
"""A slump goes one way, and little further than the wearer showed; with the error of upright."""
_DEEPER, _NEVER = 0.05, 1e-6
"""How likely they go beyond that all the same: some show little, or were never asked."""

_SWAY_DEG = 2.0
"""A hinge of less is no lean, and does not end; nor is it known better when somebody sits down."""
_LEAN_S, _LEAN_DEG = 120.0, 10.0
_RECLINE_S, _RECLINE_DEG = 150.0, 8.0
_REST_S = 600.0
"""Mean time to the end of a lean so much deeper than sway (own choice; leans of simulated wearers
last half a minute, two at most); of sitting back while curled up forward, as people do for
minutes, though it may be an error of the belief in somebody who sits upright; and of lying back
of those who slump backward.  With 60 s for the second, 12 of 309 slumps of 31 simulated days were
taken for leans, with 150 s 5, with 200 s 4 and a false buzz more in 60 hours."""

_UPDATE_S, _LONGEST_WAIT_S = 5.0, 30.0
_SINKS_IN_S = 30.0
"""After so long at one flexion, what is impossible there weighs as much as after a movement: it
may be sway."""
_LEAST_TURN_DEG = 0.7

_FIRST_CURL = 0.3
"""Who was not seen before may be slumped; who has just sat down is not (own choice)."""

_CREEP_DPS = 0.5
_JUMP_DEG, _JUMP_S = 2.5, 3.0
"""Faster than they sag, and further than sway, for so long: a movement that made no turn."""


class HingeBelief:
    """Follows one seated wearer.

    Args:
        flexion_deg: flexion as they sat down, or were seen first: all hinge, or all curl.
        time_s: when that was.
    """

    def __init__(self, flexion_deg: float, time_s: float) -> None:
        hips = np.exp(-0.5 * np.square((_HINGE_DEG - flexion_deg) / _SWAY_DEG))
        curl = np.exp(-0.5 * np.square(_HINGE_DEG / _SWAY_DEG))
        self._belief: Array
        self._take((1.0 - _FIRST_CURL) * hips + _FIRST_CURL * curl)
        self._last_s = self._updated_s = time_s
        self._near_deg = flexion_deg
        self._jumps_s: float | None = None

    @property
    def moving(self) -> bool:
        """Whether the flexion changes too fast for the belief to hold just now."""
        return self._jumps_s is not None

    @property
    def mean_deg(self) -> float:
        """What of the tilt came from the hips, in the mean."""
        return float(self._belief @ _HINGE_DEG)

    def slumps(self, flexion_deg: float, line_deg: float) -> float:
        """How likely the wearer is curled up by *line_deg* or more; backward if it is negative."""
        curl_deg = flexion_deg - _HINGE_DEG
        past = curl_deg >= line_deg if line_deg >= 0 else curl_deg <= line_deg
        return float(self._belief[past].sum())

    def update(
        self, time_s: float, flexion_deg: float, turn: Turn | None, policy: SlumpPolicy
    ) -> None:
        """Take one packet: its time, mean flexion, and the turn that ended with it."""
        dt_s = min(max(time_s - self._last_s, 0.0), 2.0)
        self._last_s = time_s
        if turn is not None:
            by_deg = turn.change[0]
            if abs(by_deg) >= _LEAST_TURN_DEG:
                self._moves(by_deg, _weights(turn), flexion_deg, policy)
            self._near_deg += by_deg
        self._follow(time_s, dt_s, flexion_deg, policy)
        since_s = time_s - self._updated_s
        if since_s >= _UPDATE_S:
            self._updated_s = time_s
            self._wait(min(since_s, _LONGEST_WAIT_S), flexion_deg, policy)

    def _follow(self, time_s: float, dt_s: float, flexion_deg: float, policy: SlumpPolicy) -> None:
        """Sagging is followed; a jump that no turn explains may have been anything."""
        off_deg = flexion_deg - self._near_deg
        self._near_deg += math.copysign(min(abs(off_deg), _CREEP_DPS * dt_s), off_deg)
        if abs(off_deg) <= _JUMP_DEG:
            self._jumps_s = None
        elif self._jumps_s is None:
            self._jumps_s = time_s
        elif time_s - self._jumps_s >= _JUMP_S:
            by_deg = flexion_deg - self._near_deg
            self._moves(by_deg, _spread(*_UNSEEN), flexion_deg, policy)
            self._near_deg, self._jumps_s = flexion_deg, None

    def _moves(
        self, by_deg: float, weights: Array, flexion_deg: float, policy: SlumpPolicy
    ) -> None:
        # A row for each share: what was believed, moved by it.
        before_deg = _HINGE_DEG - by_deg * _SHARE[:, None]
        moved = np.interp(before_deg, _HINGE_DEG, self._belief, left=0.0, right=0.0)
        self._take(weights @ moved * _possible(flexion_deg, policy))

    def _wait(self, dt_s: float, flexion_deg: float, policy: SlumpPolicy) -> None:
        """Time passes: what ends soon is less likely the longer it has not."""
        back_s = _RECLINE_S if policy.back_enter_deg is None else _REST_S
        ahead = np.maximum(_HINGE_DEG - _SWAY_DEG, 0.0) / (_LEAN_DEG * _LEAN_S)
        behind = np.maximum(-_HINGE_DEG - _SWAY_DEG, 0.0) / (_RECLINE_DEG * back_s)
        left = self._belief * np.exp(-dt_s * (ahead + behind))
        if not self.moving:
            left = left * _possible(flexion_deg, policy) ** (dt_s / _SINKS_IN_S)
        self._take(left)

    def _take(self, weights: Array) -> None:
        self._belief = weights / weights.sum()


def _possible(flexion_deg: float, policy: SlumpPolicy) -> Array:
    """How possible each hinge is at this flexion: what is left must be a curl of this wearer."""
    curl_deg = flexion_deg - _HINGE_DEG
    enter_deg = policy.enter_deg
    if policy.back_enter_deg is not None:
        curl_deg, enter_deg = -curl_deg, policy.back_enter_deg
    beyond_deg = np.maximum(curl_deg - _BEYOND_SPAN * enter_deg / SPAN_SHARE, 0.0)
    other_deg = np.maximum(-_OTHER_WAY_DEG - curl_deg, 0.0)
    return _unlikely(beyond_deg, _DEEPER) * _unlikely(other_deg, _NEVER)


def _unlikely(off_deg: Array, least: float) -> Array:
    return np.maximum(np.exp(-0.5 * np.square(off_deg / _SOFT_DEG)), least)


def _spread(curl: float, hips: float) -> Array:
    """Weights of each share, where so much is all curl, so much all hips."""
    weights = np.full(len(_SHARE), (1.0 - curl - hips) / (len(_SHARE) - 2))
    weights[0], weights[-1] = curl, hips
    return weights


def _weights(turn: Turn) -> Array:
    """How likely each share of the hips is after a turn was measured."""
    soon_s, late_s = _SLOW_S
    slow = min(max((turn.rise_s - soon_s) / (late_s - soon_s), 0.0), 1.0)
    before = (1.0 - slow) * _spread(*_SITTERS) + slow * _spread(*_SLOWLY)
    late_m = math.hypot(turn.doubt_m, _SLOW_M * turn.rise_s * turn.rise_s)
    net_m = _NET_M + _NET_PER_DETOUR_M * (turn.detour - 1.0)
    swing = _off(turn.swing_m, math.hypot(_SWING_M, late_m))
    rest = _off(turn.net_m, math.hypot(net_m, late_m))
    by_swing = np.exp(-0.5 * np.square(swing))
    by_swing = np.where(swing > 0.0, np.maximum(by_swing, _HIPS_AS_WELL), by_swing)
    weights = before * (by_swing * np.exp(-0.5 * np.square(rest)) + _ERRS)
    return weights / weights.sum()


def _off(lever_m: float, error_m: float) -> Array:
    """How far a measured lever is from that of each share, in errors."""
    return (min(max(lever_m, _CURL_M), _HIPS_M) - _LEVER_M) / error_m
