"""The slumps of a wearing as they come and go: what is kept of each, and what is buzzed.

The judgement tells when one begins and ends, ``nudging`` decides on its buzzes; both become
events here.  Pure: session time in seconds, wall time for labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from midback.judgement import Change
from midback.nudging import Decision, Nudging
from midback.plans import Block
from midback.shared import wire
from midback.watching import Happening

PATTERNS = {
    wire.PATTERN_TICK: "tick",
    wire.PATTERN_NUDGE: "nudge",
    wire.PATTERN_STRONG: "strong",
    wire.PATTERN_LONG: "long",
}
"""The clip's patterns, as events name them."""


class Outcome(NamedTuple):
    """What became of one packet.

    Attributes:
        events: what is to be kept, in its order.
        pattern: what to buzz now, if anything.
    """

    events: list[Happening]
    pattern: int | None


class Slumps:
    """Follows the slumps of one wearing.

    Args:
        nudging: who decides on buzzes.
    """

    def __init__(self, nudging: Nudging) -> None:
        self._nudging = nudging
        self._slumping = False
        self._block: Block | None = None

    def idle(self, changes: Sequence[Change], *, slumped: bool) -> bool:
        """Whether nothing can come of such a packet; arguments as of ``update``."""
        return not (slumped or changes or self._nudging.experiments)

    def update(
        self,
        time_s: float,
        utc: datetime,
        changes: Sequence[Change],
        *,
        slumped: bool,
        lean_deg: float | None,
        alone: bool,
    ) -> Outcome:
        """Take the judgement of one packet.

        Args:
            time_s: of its last sample.
            utc: the same on the wall clock.
            changes: slumps that began or ended with it.
            slumped: whether the wearer slumps now.
            lean_deg: the last flexion that was known, kept with what is decided.
            alone: the clip decides by itself now, so nothing is buzzed from here.
        """
        events = self._begun(time_s, utc)
        decision = None
        for change in changes or (None,):
            if change is not None:
                events.append(Happening(*change))
                self._slumping = change.kind == "slump_started"
            decision = self._nudging.update(time_s, utc, change, slumped, alone=alone)
        if decision is None:
            return Outcome(events, None)
        events.append(_decided(decision, lean_deg, alone))
        return Outcome(events, None if alone else decision.pattern)

    def end(self, time_s: float) -> Happening | None:
        """Nothing goes on as before, such as with a new calibration: no slump does either."""
        if not self._slumping:
            return None
        self._slumping = False
        self._nudging.end()
        return Happening(time_s, "slump_ended", None, "end")

    def _begun(self, time_s: float, utc: datetime) -> list[Happening]:
        """The block of the experiment that begins now, if one does."""
        block = self._nudging.block(utc)
        if block is None or block == self._block:
            return []
        self._block = block
        return [Happening(time_s, "experiment_block", float(block.number), str(block.condition))]


def _decided(decision: Decision, lean_deg: float | None, alone: bool) -> Happening:
    time_s, pattern, reason = decision
    if pattern is None:
        return Happening(time_s, "buzz_withheld", lean_deg, reason)
    if pattern == wire.PATTERN_TICK:
        return Happening(time_s, "confirmation", lean_deg)
    name = PATTERNS[pattern]
    return Happening(time_s, "buzz", lean_deg, f"{name} alone" if alone else name)
