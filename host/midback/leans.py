"""A lean from the hips, told from a slump by the way the wearer got there.

A trunk that tips at the hips swings the clip at a lever of some 0.45 m, one that curls up at
some 0.2 m (posture.md 3.5), and a movement of up to two seconds shows which
(``slip.turns``).  People sag into a slump within minutes, but they move to lean in.  So the
swings at the hips are added up: what they make of the present tilt is *hinge*, the rest is not.

Limits: on simulated wearers only; the clip on cloth and skin may blur the lever.  A lean that is
taken slowly, or unseen while the link was lost, counts as a slump, and so does one that lasts
longer than ``LONGEST_S``.  A second clip at the waistband knows better (``waist``).
Pure: times of the session in seconds.
"""

from __future__ import annotations

from midback.shared.slump import SlumpPolicy
from midback.slip.turns import Turn

HIPS_M = 0.28
"""A swing at a longer lever is one of the hips: midway between 0.2 m and the least that a hinge
had in simulation (0.36 m)."""

LONGEST_S = 300.0
"""Nobody's work needs one lean for longer than five minutes (own choice)."""

LEAST_DEG = 4.0
"""Less of a hinge is sway and breath."""

UPRIGHT_DEG = 3.0
SMALL_DEG = 6.0
SETTLED_S = 20.0
UPRIGHT_S = 120.0
"""So near to upright a small hinge is an error, and so is a large one that lasts: errors must not
add up from one lean to the next.  Who slumps in a chair they recline in looks upright too."""

SITS_UP_S = 4.0
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
        self._deepest_deg = 0.0
        self._since_s = 0.0
        self._upright_s: float | None = None
        self._leaning = False
        self._above_s = float("-inf")
        self._leant_s = float("-inf")

    def update(
        self, time_s: float, flexion_deg: float, turn: Turn | None, policy: SlumpPolicy
    ) -> bool:
        """Take one packet of a still wearer; return whether they lean rather than slump.

        Args:
            time_s: when its last sample was.
            flexion_deg: mean flexion over it.
            turn: the turn that ended with it, if one did.
            policy: the wearer's slump lines.
        """
        back_line_deg = policy.back_enter_deg
        if turn is not None:
            if turn.lever_m - turn.doubt_m > HIPS_M:
                self.hinge_deg += turn.change[0]
            # The rest is their slump, which goes one way only.
            if back_line_deg is None:
                self.hinge_deg = min(self.hinge_deg, max(flexion_deg, 0.0))
            else:
                self.hinge_deg = max(self.hinge_deg, min(flexion_deg, 0.0))
        self._forget_errors(time_s, flexion_deg)
        self._time(time_s)
        if flexion_deg > policy.leave_deg:
            self._above_s = time_s
        rest_deg = flexion_deg - self.hinge_deg
        forward = (
            rest_deg < policy.enter_deg
            and time_s - self._above_s < SITS_UP_S
            and (self.hinge_deg >= LEAST_DEG or self._leaning)
            and time_s - self._since_s <= LONGEST_S
        )
        self._leaning = forward or (back_line_deg is not None and self._rests(flexion_deg, policy))
        if self._leaning:
            self._leant_s = time_s
        return time_s - self._leant_s < SITS_UP_S

    def _rests(self, flexion_deg: float, policy: SlumpPolicy) -> bool:
        """Whether somebody who slumps backward lies back instead, which they may for long."""
        if policy.back_enter_deg is None or policy.back_leave_deg is None:
            return False
        sag_deg = self.hinge_deg - flexion_deg
        most_deg = min(policy.back_leave_deg, -0.4 * flexion_deg)
        return (
            self.hinge_deg <= -LEAST_DEG
            and sag_deg < most_deg
            and flexion_deg < -policy.back_leave_deg
        )

    def _time(self, time_s: float) -> None:
        """A lean begins with its hinge, and anew once most of that was undone."""
        hinge_deg = self.hinge_deg
        if hinge_deg < max(LEAST_DEG, self._deepest_deg / 2):
            self._deepest_deg = 0.0
            self._since_s = time_s
        self._deepest_deg = max(self._deepest_deg, hinge_deg)

    def _forget_errors(self, time_s: float, flexion_deg: float) -> None:
        if abs(flexion_deg) > UPRIGHT_DEG:
            self._upright_s = None
            return
        if self._upright_s is None:
            self._upright_s = time_s
        small = abs(self.hinge_deg) < SMALL_DEG
        if time_s - self._upright_s > (SETTLED_S if small else UPRIGHT_S):
            self.hinge_deg = 0.0
