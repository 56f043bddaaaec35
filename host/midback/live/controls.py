"""What a view may ask of the wearing."""

from __future__ import annotations

from typing import Protocol


class Controls(Protocol):
    """Wishes of the wearer; each may be called from any thread and returns at once.

    What comes of it reaches the view through the trace, as a notice or a changed fact.
    """

    def calibrate(self) -> None:
        """Take the pose of the next seconds as the wearer's upright."""
        ...

    def choose_next(self) -> None:
        """Go on to the next of the wearer's contexts."""
        ...

    def answer(self, yes: bool) -> None:
        """Say yes or no to the question on show."""
        ...

    def snooze(self, minutes: float) -> None:
        """Let buzzes rest for so long; 0 ends the rest."""
        ...

    def pause(self, *, on: bool) -> None:
        """Let buzzes wait until further notice, or end that."""
        ...

    def buzz(self) -> None:
        """Buzz the clip as a test."""
        ...

    def report(self) -> None:
        """Show today's page."""
        ...
