"""The scale of degrees that gauge and graph share, and the wearer's own lines on it."""

from __future__ import annotations

from typing import NamedTuple

from midback.shared.slump import DEFAULT_ENTER_DEG, RECLINE_DEG
from midback.watching import Now

LOW_DEG, HIGH_DEG = -24.0, 34.0
"""What gauge and graph show; a lean beyond is drawn at the end of the scale."""

NEUTRAL_DEG = (-RECLINE_DEG, 5.0)
"""The band around the wearer's own upright, as the day page has it."""


class Lines(NamedTuple):
    """Where a slump begins.

    Attributes:
        forward_deg: the slump line.
        back_deg: the line of a wearer who slumps backward, negative; None for most.
    """

    forward_deg: float = DEFAULT_ENTER_DEG
    back_deg: float | None = None


def lines_of(now: Now | None) -> Lines:
    """The lines of the calibration in use."""
    if now is None:
        return Lines()
    back_deg = None if now.back_enter_deg is None else -now.back_enter_deg
    return Lines(now.enter_deg, back_deg)
