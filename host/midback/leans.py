"""A lean from the hips, told from a slump by the way the wearer got there.

A trunk that tips at the hips swings the clip at a lever of some 0.45 m, one that curls up at
some 0.2 m (posture.md 3.5), and a movement of up to two seconds shows which
(``slip.turns``).  People sag into a slump within minutes, but they move to lean in.  So what
the movements turned at the hips is added up: it is the *hinge* of the present tilt, and the rest
of that is the slump.

Limits: on simulated wearers only; the clip on cloth and skin may blur the lever.  A lean that is
taken slowly, or unseen while the link was lost, counts as a slump, and so does one that lasts
longer than ``LONGEST_S``.  A second clip at the waistband knows better (``waist``).
Pure: times of the session in seconds.
"""

from __future__ import annotations

import math

from midback.shared.slump import SlumpPolicy
from midback.slip.turns import Turn

LOOKS_LIKE_A_LEAN = "looks like a lean"
"""Why nudges are held while one clip alone takes a tilt for a lean."""

CURL_M, HIPS_M = 0.2, 0.4
"""A turn of at least the longer lever is one of the hips alone, of at most the shorter one a curl
alone; between them it is shared out.  Levers of the hips are 0.45 m in posture.md 3.5, and some
are measured shorter."""

THERE_AND_BACK = 1.3
"""Where the way was so much longer than what is left of it, what they did on the way outweighs
the rest: then only where the clip came to rest counts.  Of detours of 1.5 to 3 that shows 0.32 m
and more in 95 of 100 swings at the hips, and 0.04 m where somebody bent down and came up slumped;
beyond 3 it blurs (simulated)."""

TOLD_S = 1.4
"""Size over greatest rate, half of the time that a turn takes: at three seconds its lever is told
right 71 to 76 times in 100 (posture.md 3.5), and who sags into a slump is as slow."""

LONGEST_S = 180.0
"""Longer is no lean to something, whatever the levers say (own choice)."""

LEAST_DEG = 4.0
"""Less of a hinge is sway and breath."""

UPRIGHT_DEG = 2.0
FORGETS_S = 200.0
"""So near to upright a hinge is rather an error, and shrinks with this time constant: errors must
not add up from one lean to the next.  Who slumps in a chair they recline in looks upright, too:
100 to 300 s find as many of the slumps of simulated wearers, 20 s rules lost 2 in 100."""

SITS_UP_S = 6.0
"""So long after a lean it is still one: sitting up takes a second or two, and the detector two
seconds more until it calls what it took for a slump over."""


class Leans:
    """Follows one wearer; ``hinge_deg`` is how much of their tilt came from the hips.

    It is negative while they recline.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The wearer got up, or nothing was known for long."""
        self.hinge_deg = 0.0
        self._settled = False
        self._last_s: float | None = None
        self._since_s: float | None = None
        self._leaning = False
        self._above_s = -math.inf
        self._leant_s = -math.inf

    def update(
        self,
        time_s: float,
        flexion_deg: float,
        turn: Turn | None,
        policy: SlumpPolicy,
        *,
        still: bool,
    ) -> bool:
        """Take one packet; return whether the wearer leans rather than slumps.

        Args:
            time_s: when its last sample was.
            flexion_deg: mean flexion over it.
            turn: the turn that ended with it, if one did.
            policy: the wearer's slump lines.
            still: whether they are judged, rather than on the move.
        """
        settled = self._settled
        self._settled |= still or turn is not None
        if turn is not None:
            # Who has just sat down moves into place first: that is no swing from upright.
            if settled:
                self.hinge_deg += _hinge_share(turn) * turn.change[0]
            # The rest is their slump, which goes one way only.
            if policy.back_enter_deg is None:
                self.hinge_deg = min(self.hinge_deg, flexion_deg)
            else:
                self.hinge_deg = max(self.hinge_deg, flexion_deg)
        if self._settled and not settled and abs(flexion_deg) < policy.leave_deg:
            self.hinge_deg = flexion_deg  # nobody slumps so little
        if abs(flexion_deg) <= UPRIGHT_DEG and self._last_s is not None:
            self.hinge_deg *= math.exp(-max(time_s - self._last_s, 0.0) / FORGETS_S)
        self._last_s = time_s
        if flexion_deg <= policy.leave_deg or self.hinge_deg < LEAST_DEG:
            self._since_s = None
        if flexion_deg > policy.leave_deg:
            self._above_s = time_s
        self._leaning = self._leans(time_s, flexion_deg, policy) or self._rests(
            flexion_deg, policy
        )
        if self._leaning:
            self._leant_s = time_s
            if self._since_s is None:
                self._since_s = time_s
        return time_s - self._leant_s < SITS_UP_S

    def _leans(self, time_s: float, flexion_deg: float, policy: SlumpPolicy) -> bool:
        # Sitting up from a lean they may stop between the lines: that is no slump yet.
        sits_up = self._leaning and self.hinge_deg < LEAST_DEG
        return (
            flexion_deg - self.hinge_deg < (policy.enter_deg if sits_up else policy.leave_deg)
            and time_s - self._above_s < SITS_UP_S
            and (self.hinge_deg >= LEAST_DEG or sits_up)
            and (self._since_s is None or time_s - self._since_s <= LONGEST_S)
        )

    def _rests(self, flexion_deg: float, policy: SlumpPolicy) -> bool:
        """Whether somebody who slumps backward lies back instead, which they may for long."""
        line_deg = policy.back_leave_deg
        if line_deg is None:
            return False
        return (
            flexion_deg < -line_deg
            and self.hinge_deg <= -LEAST_DEG
            and self.hinge_deg - flexion_deg < line_deg
        )


def _hinge_share(turn: Turn) -> float:
    """How much of a turn the hips made; what is not certain they did not."""
    by_rest = _share(turn.net_m / CURL_M)
    if turn.detour > THERE_AND_BACK:
        return by_rest
    if turn.rise_s > TOLD_S:
        return 0.0
    # Who sags while they move swings neither as in a lean nor as in a slump.
    surely_m = turn.swing_m - turn.doubt_m
    return min(by_rest, _share((surely_m - CURL_M) / (HIPS_M - CURL_M)))


def _share(share: float) -> float:
    return min(max(share, 0.0), 1.0)
