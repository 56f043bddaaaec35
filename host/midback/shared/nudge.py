"""When a slump gets a buzz: once at its start, once more if it goes on, then silence.

A slump that starts in a quiet time and outlasts it gets its buzz then.

The time is an argument.  The detector says what is a slump; this says whether the
wearer is told.  Runs unchanged on CPython and on the board.
"""

from midback.shared import wire


def leaves_room(given: int, most: int) -> bool:
    """Whether a stronger buzz may be given, when *given* of *most* have been.

    The last quarter is kept for slumps that were not told at all.
    """
    return given < most - most // 4


class NudgePolicy:
    """How often the wearer may be buzzed.

    In a simulated day a hold of 30 s with 120 s of quiet after each buzz gave about
    five buzzes an hour; shorter ones nag and are answered less.

    ``quiet_s`` is the least time between two slumps' first buzzes; a slump that
    outlasts it is buzzed at its end.  A slump that goes on ``again_s`` after its buzz
    gets one stronger one.  ``hourly`` is the most buzzes in any hour; the last of them
    are for new slumps, see ``leaves_room``.

    Raises:
        ValueError: one of them is not positive.
    """

    def __init__(self, quiet_s: float = 120.0, again_s: float = 60.0, hourly: int = 12) -> None:
        if quiet_s < 0 or again_s <= 0 or hourly < 1:
            raise ValueError(
                "quiet_s (%s), again_s (%s) and hourly (%s) must be positive"
                % (quiet_s, again_s, hourly)
            )
        self.quiet_s = quiet_s
        self.again_s = again_s
        self.hourly = hourly


class Nudger:
    """Decides on buzzes for one wearing."""

    def __init__(self, policy: NudgePolicy | None = None) -> None:
        self._policy = policy or NudgePolicy()
        self._buzzed_s: list[float] = []
        self._first_s = float("-inf")
        self._snoozed_until_s = float("-inf")
        self._waiting = False
        self._again_at_s: float | None = None

    def snooze(self, until_s: float) -> None:
        """Rest until then; a time that has passed ends the rest."""
        self._snoozed_until_s = until_s
        self._again_at_s = None

    def snoozed_until_s(self, time_s: float) -> float | None:
        """When the rest ends, or ``None`` when there is none."""
        return self._snoozed_until_s if time_s < self._snoozed_until_s else None

    def quiet_until_s(self) -> float:
        """No slump gets its first buzz before then; may lie in the past."""
        full = len(self._buzzed_s) >= self._policy.hourly
        hour_s = self._buzzed_s[-self._policy.hourly] + 3600.0 if full else float("-inf")
        return max(self._first_s + self._policy.quiet_s, hour_s)

    def buzzed(self, time_s: float) -> None:
        """Somebody else gave a nudge then, which counts like one of ours."""
        self._buzzed_s.append(time_s)
        self._buzzed_s.sort()
        self._first_s = max(self._first_s, time_s)

    def last_buzz_s(self) -> float | None:
        """When the last nudge was given; ``None`` when none was in the last hour."""
        return self._buzzed_s[-1] if self._buzzed_s else None

    @property
    def waiting(self) -> bool:
        """Whether a slump is under way that has not got its first buzz, and may get it."""
        return self._waiting

    def full(self, time_s: float) -> bool:
        """Whether the hour before then had as many buzzes as an hour may have."""
        while self._buzzed_s and self._buzzed_s[0] <= time_s - 3600.0:
            self._buzzed_s.pop(0)
        return len(self._buzzed_s) >= self._policy.hourly

    def slump_started(self, time_s: float, held: bool = False) -> int | None:
        """A slump began: the pattern to buzz, or ``None``; *held* as in ``still_slumped``."""
        self._waiting = True
        self._again_at_s = None
        return None if held else self._first(time_s)

    def pass_over(self, time_s: float) -> None:
        """The slump under way gets no buzz at all, and the quiet time begins as if it had.

        So the next one falls due alike, whether this one was buzzed or not.
        """
        self._waiting = False
        self._first_s = time_s
        self._again_at_s = None

    def slump_ended(self) -> None:
        """The slump is over, whatever ended it."""
        self._waiting = False
        self._again_at_s = None

    def still_slumped(self, time_s: float, held: bool = False) -> int | None:
        """The slump goes on: the pattern to buzz, or ``None``.

        While *held*, by whatever else forbids buzzes now, the first one waits; the stronger one
        that falls due is left out for good.
        """
        if self._waiting:
            return None if held else self._first(time_s)
        if self._again_at_s is None or time_s < self._again_at_s:
            return None
        self._again_at_s = None
        if held or not self._allowed(time_s):
            return None
        if not leaves_room(len(self._buzzed_s), self._policy.hourly):
            return None
        return self._buzz(time_s, wire.PATTERN_STRONG)

    def _first(self, time_s: float) -> int | None:
        if time_s - self._first_s < self._policy.quiet_s or not self._allowed(time_s):
            return None
        self._waiting = False
        self._first_s = time_s
        self._again_at_s = time_s + self._policy.again_s
        return self._buzz(time_s, wire.PATTERN_NUDGE)

    def _allowed(self, time_s: float) -> bool:
        return time_s >= self._snoozed_until_s and not self.full(time_s)

    def _buzz(self, time_s: float, pattern: int) -> int:
        self._buzzed_s.append(time_s)
        return pattern
