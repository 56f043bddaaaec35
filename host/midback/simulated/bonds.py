"""Whom a simulated clip trusts: everybody, or only computers it is paired with.

A clip that trusts only the latter takes a new one only while its wearer holds the pairing window
open, and ends the link of whoever tries at another time, or shows keys it does not know.  So that
nobody holds the only link, it ends one on which it hears no command for long.
"""

from __future__ import annotations

from midback.shared import wire

WINDOW_S = 60.0
"""How long the pairing window stays open after the button was held, if nobody pairs."""

_UNTRUSTED_S = 30.0
"""So long a link may take to become trusted, while the window is not open."""


class Bonds:
    """The bonds, and the present link; times in seconds since the clip was put on.

    Args:
        bonds: the keys of the computers it is paired with; changed in place.
        only: whether it trusts nobody else.

    Attributes:
        only: likewise.
        linked: whether a host is linked.
        trusted: whether that host may command and be notified.
        hangs_up: whether the clip ends this link.
    """

    def __init__(self, bonds: set[object], *, only: bool) -> None:
        self.only = only
        self.linked = self.trusted = self.hangs_up = False
        self._bonds = bonds
        self._window_until_s = float("-inf")
        self._heard_s = 0.0

    def window_open(self, now_s: float) -> bool:
        """Whether a computer may pair now."""
        return now_s < self._window_until_s

    def open_window(self, now_s: float) -> None:
        """Let computers pair for a minute."""
        self._window_until_s = now_s + WINDOW_S

    def link_up(self, now_s: float) -> None:
        """A host has connected."""
        self.linked, self.trusted, self.hangs_up = True, not self.only, False
        self._heard_s = now_s

    def link_down(self) -> None:
        """It is gone."""
        self.linked = self.trusted = self.hangs_up = False

    def heard(self, now_s: float) -> None:
        """A command came."""
        self._heard_s = now_s

    def pair(self, bond: object, now_s: float) -> bool:
        """Make a bond with the host that is linked; ``False`` ends the link."""
        if not self.window_open(now_s):
            self.hangs_up = True
            return False
        self._bonds.add(bond)
        # It was waited for: nobody else is to slip in.
        self._window_until_s = now_s
        return self.encrypt(bond, now_s)

    def encrypt(self, bond: object, now_s: float) -> bool:
        """Trust the host that shows this bond, if it is known; ``False`` ends the link."""
        self._heard_s = now_s
        self.trusted = bond in self._bonds
        self.hangs_up = not self.trusted
        return self.trusted

    def forget(self) -> None:
        """Know no computer any more: who was trusted for a bond must go."""
        self._bonds.clear()
        if self.only and self.trusted:
            self.trusted, self.hangs_up = False, True

    def watch(self, now_s: float) -> None:
        """End a link that has not become trusted in half a minute, or has long been silent."""
        if self.window_open(now_s) and not self.trusted:
            self._heard_s = now_s
        if now_s - self._heard_s > (wire.SILENCE_S if self.trusted else _UNTRUSTED_S):
            self.hangs_up = True
