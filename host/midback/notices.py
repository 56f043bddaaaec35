"""What the wearer is told in place of the usual help: a sentence that stays for a while.

Pure: times are session time, in seconds.
"""

from __future__ import annotations

NOTICE_S = 8.0
"""A sentence stays for so long, unless its teller says otherwise."""

WARNING_S = 600.0
"""What asks for something to be done stays longer."""

_TROUBLE_S = 60.0
_LATE_S = 1.0  # trouble is looked for once a second
_LOW_PERCENT, _CHARGED_PERCENT = 15, 25


class Notices:
    """One sentence at a time; a newer one takes the place of the one before."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._until_s = 0.0
        self._trouble: str | None = None
        self._trouble_told_s = float("-inf")
        self._low_battery = False

    def shown(self, now_s: float) -> str | None:
        """The sentence to show now."""
        return self._text if now_s < self._until_s else None

    def say(self, text: str | None, now_s: float, for_s: float = NOTICE_S) -> None:
        """Show a sentence; ``None`` takes back what is shown."""
        self._text, self._until_s = text, now_s + for_s

    def trouble(self, trouble: str | None, now_s: float) -> bool:
        """What is wrong with the store, or ``None``: told from time to time while it lasts.

        Returns:
            Whether the wearer is told something now.
        """
        if trouble is None:
            if self._trouble is None:
                return False
            self._trouble, self._trouble_told_s = None, float("-inf")
            self.say("The recording goes on.", now_s)
            return True
        if now_s - self._trouble_told_s < _TROUBLE_S:
            return False
        self._trouble, self._trouble_told_s = trouble, now_s
        # A little longer, so that the next telling takes over from it.
        self.say(trouble, now_s, _TROUBLE_S + _LATE_S)
        return True

    def battery(self, percent: int, now_s: float) -> bool:
        """The clip's charge: told once it is low, and again only after it was charged.

        Returns:
            Whether the wearer is told now.
        """
        if percent >= _CHARGED_PERCENT:
            self._low_battery = False
        if percent > _LOW_PERCENT or self._low_battery:
            return False
        self._low_battery = True
        self.say(f"The clip's battery is at {percent} %: charge it soon.", now_s)
        return True
