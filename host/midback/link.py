"""How the link to a clip stands, and how long to wait before the next attempt.

Pure: the time is an argument, seconds of a monotonic clock.
"""

from __future__ import annotations

import random
from enum import StrEnum

STALE_S = 1.0
"""Without a packet for so long nothing is known about the wearer (five packets are due)."""

LOST_S = 5.0
"""Without a packet for so long the link is given up, whatever the system says of it."""

HURRY_S = 90.0
"""The clip keeps a minute of packets: for so long after a loss no pause is longer than
``_HURRIED_PAUSE_S``, so that none of them is missed."""

STEADY_S = 60.0
"""A link that lasted so long was a good one: the next loss starts with short pauses again."""

_WORTH_HURRY_S = 10.0  # a link that keeps breaking is no reason to hurry
_FIRST_PAUSE_S = 0.5
_HURRIED_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 30.0
_JITTER = 0.2


class Link(StrEnum):
    """The states of the link, in words."""

    FINDING = "looking for the clip"
    CONNECTING = "connecting"
    GREETING = "greeting the clip"
    STREAMING = "linked"
    STALE = "linked, no data"
    LOST = "link lost"
    REPLAYED = "replayed"


LINKED = (Link.STREAMING, Link.STALE)
"""The states in which the clip has streamed, and may go on."""


class LinkWatch:
    """Tells from the packets of one connection how the link stands.

    Args:
        start_s: when the stream was asked for.
    """

    def __init__(self, start_s: float) -> None:
        self._heard_s = start_s

    def update(self, now_s: float, heard_s: float | None) -> Link:
        """How it stands now.

        Args:
            now_s: now.
            heard_s: when the last good packet came, or ``None`` before the first.
        """
        if heard_s is not None:
            self._heard_s = max(self._heard_s, heard_s)
        silent_s = now_s - self._heard_s
        if silent_s > LOST_S:
            return Link.LOST
        if silent_s > STALE_S:
            return Link.STALE
        return Link.GREETING if heard_s is None else Link.STREAMING


class Backoff:
    """Pauses between attempts: half a second, then longer and longer, never quite the same.

    Args:
        chance: draws the jitter, so that two computers do not keep in step.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()
        self._lost_s = float("-inf")
        self._attempts = 0

    def lost(self, now_s: float, lasted_s: float) -> None:
        """A link that had brought data for *lasted_s* was lost."""
        if lasted_s >= STEADY_S:
            self._attempts = 0
        if lasted_s >= _WORTH_HURRY_S or self._lost_s == float("-inf"):
            self._lost_s = now_s

    def pause_s(self, now_s: float) -> float:
        """How long to wait before the next attempt."""
        longest_s = _HURRIED_PAUSE_S if now_s - self._lost_s < HURRY_S else _LONGEST_PAUSE_S
        pause_s = min(_FIRST_PAUSE_S * 2.0**self._attempts, longest_s)
        if pause_s < longest_s:
            self._attempts += 1
        return pause_s * self._chance.uniform(1.0 - _JITTER, 1.0 + _JITTER)
