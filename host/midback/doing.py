"""What the wearer does, since when, and how far they lean, as far as it is known.

Pure: times are session time, in seconds.
"""

from __future__ import annotations

from midback.words import State

_NO_ANGLE = (State.NO_DATA, State.AWAY, State.NEW)


class Doing:
    """Follows one wearer.

    Attributes:
        state: what they do.
        last_deg: the last flexion that was known, or ``None``.
    """

    def __init__(self) -> None:
        self.state = State.NO_DATA
        self.last_deg: float | None = None
        self._since_s = 0.0
        self._last_known = State.NO_DATA

    @property
    def flexion_deg(self) -> float | None:
        """Flexion now, or ``None`` while it is not known."""
        return None if self.state in _NO_ANGLE else self.last_deg

    def lasted_s(self, now_s: float) -> float:
        """For how long they have done it."""
        return now_s - self._since_s

    def update(self, state: State, flexion_deg: float, now_s: float) -> None:
        """Take what a packet that came now tells: the flexion at its end, NaN if not known."""
        if flexion_deg == flexion_deg:
            self.last_deg = flexion_deg
        if state is not State.NO_DATA:
            self._last_known = state
        self._enter(state, now_s)

    def silent(self, now_s: float) -> None:
        """Nothing comes any more: a clip that was taken off before is still not worn."""
        away = self._last_known is State.AWAY
        self._enter(State.AWAY if away else State.NO_DATA, now_s)

    def _enter(self, state: State, now_s: float) -> None:
        if state is not self.state:
            self.state, self._since_s = state, now_s
