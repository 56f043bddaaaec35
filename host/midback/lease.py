"""When the host decides on buzzes, and when the clip does so by itself.

Pure: times are arguments, seconds of one clock.
"""

from __future__ import annotations

LEASE_S = 5
"""A clip that hears no heartbeat for so long goes on by itself."""

HEARTBEAT_S = 2.0

TAKE_OVER_S = 1.0
"""A buzz due so shortly before the host took over is given by it: the clip leaves one out that it
gave itself just before."""


class Lease:
    """The lease on one clip, as far as the host can know."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._until_s = float("-inf")

    def held(self, now_s: float) -> bool:
        """Whether the clip leaves the decision to the host now."""
        return self._since_s is not None and now_s <= self._until_s

    def renewed(self, sent_s: float, answered_s: float) -> None:
        """The clip answered a heartbeat; its lease began somewhere between the two times."""
        if not self.held(answered_s):
            self._since_s = answered_s
        self._until_s = sent_s + LEASE_S

    def gives(self, due_s: float, now_s: float) -> bool:
        """Whether a buzz that was due at *due_s* is the host's to give, now at *now_s*.

        The clip judges alike, and has given what was due while it was alone.
        """
        if self._since_s is None or now_s > self._until_s:
            return False
        return due_s >= self._since_s - TAKE_OVER_S
