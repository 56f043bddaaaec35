"""Who buzzes the wearer: the host while it holds the lease, else the clip by itself."""

from midback.shared import judge, wire
from midback.shared.nudge import Nudger

SNOOZE_S = 600  # what one press of the button asks for
_SAME_MS = 10000  # no two nudges of one judge follow each other so closely
_AHEAD_S = 1.0  # more than the last bit of a day's seconds in a short float


class Coach:
    """Follows slumps all the time, and buzzes when no host does.

    A buzz that fell due under a lease is owed until the host gives it or the slump ends: a host
    that dies at that moment must not cost the wearer the buzz.
    """

    def __init__(self) -> None:
        self._nudger = Nudger()
        self._lease_end_ms = -1
        self._snooze_end_ms = -1
        self._buzzed_ms: int | None = None
        self._alone = False
        self._owed: int | None = None

    def restart(self) -> None:
        """Begin a new count of seconds; all that is told in milliseconds goes on."""
        self._nudger = Nudger()
        self._owed = None

    def heartbeat(self, now_ms: int, lease_s: int) -> None:
        """The host takes the decision for so long."""
        self._lease_end_ms = now_ms + 1000 * lease_s

    def end_lease(self) -> None:
        """The link is gone, and with it whoever held the lease."""
        self._lease_end_ms = -1

    def held(self, now_ms: int) -> bool:
        """Whether a host holds the lease."""
        return now_ms < self._lease_end_ms

    def snooze(self, now_ms: int, seconds: int) -> None:
        """No buzzes for so long; 0 ends the rest."""
        self._snooze_end_ms = now_ms + 1000 * seconds

    def snoozed(self, now_ms: int) -> bool:
        """Whether the wearer asked for rest."""
        return now_ms < self._snooze_end_ms

    def snooze_s(self, now_ms: int) -> int:
        """How long the rest still lasts, begun seconds counted whole."""
        return max((self._snooze_end_ms - now_ms + 999) // 1000, 0)

    def buzzed(self, now_ms: int, alone: bool) -> None:
        """A nudge was given, by the clip alone or because the host asked: nothing is owed."""
        self._owed = None
        self._buzzed_ms = now_ms
        self._alone = alone

    def gave(self, now_ms: int) -> bool:
        """Whether the clip gave a nudge by itself just now.

        A host that takes over at that moment asks for the same one, which is then given.
        """
        since_ms = None if self._buzzed_ms is None else now_ms - self._buzzed_ms
        return self._alone and since_ms is not None and since_ms < _SAME_MS

    def since_buzz_s(self, now_ms: int) -> int:
        """Whole seconds since the last nudge, as ``wire.Status`` tells them."""
        if self._buzzed_ms is None:
            return wire.NO_BUZZ_S
        return min((now_ms - self._buzzed_ms) // 1000, wire.NO_BUZZ_S)

    def owe(self, pattern: int) -> None:
        """The motor was busy: this buzz is due once more."""
        self._owed = pattern

    def judged(self, now_ms: int, time_s: float, change: int | None, state: int) -> int | None:
        """Take one judgement; return the pattern to buzz now, or ``None``.

        *time_s* counts seconds as the judgement's packets do.
        """
        if self.snoozed(now_ms):
            # A slump that outlasts the rest gets its buzz then, as on the host.
            self._nudger.snooze(time_s + _AHEAD_S)
        pattern = self._due(time_s, change, state)
        if pattern is not None:
            self._owed = pattern
        if state != judge.SLUMPED or self.snoozed(now_ms):
            self._owed = None
        if self._owed is None or self.held(now_ms):
            return None
        pattern, self._owed = self._owed, None
        return pattern

    def _due(self, time_s: float, change: int | None, state: int) -> int | None:
        if change == judge.STARTED:
            return self._nudger.slump_started(time_s)
        if change is not None:
            self._nudger.slump_ended()
        if state == judge.SLUMPED:
            return self._nudger.still_slumped(time_s)
        return None
