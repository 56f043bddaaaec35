"""Keeps out what comes faster than any clip sends: memory and processor time stay bounded."""

from __future__ import annotations

RATE_PER_S = 30.0
"""A clip leaves 50 ms between two packets, also when it sends again what was missing."""

BURST = 600.0
"""What a computer that was frozen for two minutes finds waiting, all at once."""


class Floodgate:
    """A token bucket; the time is an argument.

    Attributes:
        refused: packets that were kept out so far.
    """

    def __init__(self, rate_per_s: float = RATE_PER_S, burst: float = BURST) -> None:
        self.refused = 0
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._last_s: float | None = None

    def admits(self, now_s: float) -> bool:
        """Whether a packet that arrives now comes in."""
        if self._last_s is not None:
            passed_s = max(now_s - self._last_s, 0.0)
            self._tokens = min(self._burst, self._tokens + passed_s * self._rate_per_s)
        self._last_s = now_s
        if self._tokens < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        return True
