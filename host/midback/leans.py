"""A lean from the hips is no slump: nudges wait while a tilt looks like one.

``hinge`` believes how much of the tilt came from the hips; what is left is the slump.  This holds
the nudges while it is likelier that too little is left, and some seconds longer.

Limits: on simulated wearers only.  A lean that is taken slowly, or unseen while the link was lost,
may count as a slump, and so does one that goes on for minutes.  A second clip at the waistband
knows better (``waist``).
Pure: times of the session in seconds.
"""

from __future__ import annotations

import math

from midback.hinge import HingeBelief
from midback.shared.slump import SlumpPolicy
from midback.slip.turns import Turn

LOOKS_LIKE_A_LEAN = "looks like a lean"
"""Why nudges are held while one clip alone takes a tilt for a lean."""

LINE_SHARE = 0.85
"""Who is curled up by so much of their slump line has slumped.  Less than the line itself, for the
upright may be off by a degree or two; more than the way out (0.7), which some sit at all day."""

LIKELY = 0.5
"""A slump that is at least so likely is told.  On 31 simulated days 0.45 buzzed 0.987 of the
slumps and 0.5 buzzed 0.984, with 0.7 and 0.4 buzzes for leans on eight hours of a good day."""

SITS_UP_S = 6.0
"""So long after a lean it is still one: sitting up takes a second or two, and the detector two
seconds more until it calls what it took for a slump over."""

NO_MORE_S = 6.0
"""What looked like a lean is a slump once it has looked like one for so long: people stir while
they lean, and each time it is less certain what they do.  On 40 simulated days this took 0.99
false buzzes in eight hours to 0.27, and no slump; 15 s took one slump in a hundred."""


class Leans:
    """Follows one wearer."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The wearer got up, nothing was known for long, or tilts count from another upright."""
        self._belief: HingeBelief | None = None
        self._settled = False
        self._above_s = self._leant_s = -math.inf
        self._leans = False

    @property
    def hinge_deg(self) -> float:
        """How much of the tilt came from the hips; negative while they recline."""
        return 0.0 if self._belief is None else self._belief.mean_deg

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
        if self._belief is None or not self._settled:
            # Who has just sat down moves into place first: that is no swing from upright.
            self._belief = HingeBelief(flexion_deg, time_s)
            self._settled = still or turn is not None
        else:
            self._belief.update(time_s, flexion_deg, turn, policy)
        if _past(flexion_deg, policy):
            self._above_s = time_s
            # On the move, what was last known holds.
            if not self._belief.moving:
                if not self._slumps(flexion_deg, self._belief, policy):
                    self._leans, self._leant_s = True, time_s
                elif time_s - self._leant_s >= NO_MORE_S:
                    self._leans = False
        elif time_s - self._above_s >= SITS_UP_S:
            self._leans = False
        return self._leans

    @staticmethod
    def _slumps(flexion_deg: float, belief: HingeBelief, policy: SlumpPolicy) -> bool:
        line_deg = policy.enter_deg
        if policy.back_enter_deg is not None:
            line_deg = -policy.back_enter_deg
        return belief.slumps(flexion_deg, LINE_SHARE * line_deg) >= LIKELY


def _past(flexion_deg: float, policy: SlumpPolicy) -> bool:
    """Whether the tilt is such that a slump under way would go on."""
    back_deg = policy.back_leave_deg
    return flexion_deg > policy.leave_deg or (back_deg is not None and flexion_deg < -back_deg)
