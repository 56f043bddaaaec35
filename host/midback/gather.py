"""Packets in whatever order they come -> packets in order, once; what is missing is asked for.

After a drop-out the clip goes on with its newest packet and still holds the last minute; a
system may lose a notification, or bring one twice.  What comes after a hole is held back until
the hole is filled, or until it is certain that it never will be.

Pure: the time is an argument, seconds of a monotonic clock.

Limits: at most ``MOST_HELD`` packets are held back; a hole that would need more is given up.
"""

from __future__ import annotations

from typing import NamedTuple

from midback.received import Received
from midback.shared import wire

MOST_HELD = 2000
"""Several minutes of packets: the clip holds little more than one."""

MOST_ASKED = 600
"""What one command can ask for; more than a clip holds."""

PATIENCE_S = 2.0
"""When nothing of what was asked for came for so long, it is asked for again."""

ATTEMPTS = 4
"""A hole is given up when it was asked for so often and nothing came."""

_REACH_TICKS = round(600 / wire.TICK_S)  # after so long sequences may have come round


class Missing(NamedTuple):
    """Packets to ask the clip for: boot id, first sequence, how many."""

    boot: int
    first: int
    packets: int


class Place(NamedTuple):
    """Which packet it is: boot id, sequence, ticks of its last sample."""

    boot: int
    sequence: int
    ticks: int


class Gatherer:
    """Puts the packets of one clip in order.

    Packets are given out with the time at which they were, so that arrival never runs backward.

    Args:
        last: the last packet that is kept already, from an earlier wearing.

    Attributes:
        last: the last packet given out.
        duplicates: packets left out because they were here.
        regained: packets that came because they were asked for.
        given_up: packets that will never come, as far as their sequences tell.
    """

    def __init__(self, last: Place | None = None) -> None:
        self.last = last
        self.duplicates = 0
        self.regained = 0
        self.given_up = 0
        # Positions count packets on from ``last``, which is at 0 when the object is made.
        self._last_at = 0
        self._next = 1
        self._held: dict[int, Received] = {}
        self._linked = False
        self._asked: Missing | None = None
        self._asked_end = 0
        self._heard_s = 0.0
        self._overtaken = False
        self._attempts = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing before the newest packet."""
        return not self._held

    @property
    def newest(self) -> Received | None:
        """The newest packet held back."""
        return self._held[max(self._held)] if self._held else None

    @property
    def behind_s(self) -> float:
        """How much newer the newest packet held back is than the last one given out."""
        newest = self.newest
        if newest is None or self.last is None:
            return 0.0
        return _ticks_after(newest.packet, self.last) * wire.TICK_S

    def link_up(self) -> None:
        """The clip can be asked from now on."""
        self._linked = True
        self._forget_question()

    def link_down(self) -> None:
        """The clip cannot be asked for now; nothing is given up meanwhile."""
        self._linked = False
        self._forget_question()

    def take(self, received: Received) -> list[Received]:
        """Take one packet; return those whose turn it is, in order."""
        packet, now_s = received.packet, received.arrival_s
        if self.last is None or packet.boot != self.last.boot:
            # The clip started anew: what it held is gone.
            before = self.rest(now_s)
            self._restart()
            return [*before, *self._give([received], now_s)]
        ahead = _ticks_after(packet, self.last)
        at = self._position(packet, ahead)
        newer = 0 < ahead < wire.TICKS_MODULUS // 2 and at > self._last_at
        if not newer or at in self._held:
            self.duplicates += 1
            return []
        self._note(packet, at, now_s)
        self._held[at] = received
        if len(self._held) > MOST_HELD:
            return self._without_hole(now_s)
        return self._ready(now_s)

    def ask(self, now_s: float) -> Missing | None:
        """What to ask the clip for now, if anything."""
        coming = self._asked is not None and now_s - self._heard_s < PATIENCE_S
        waits = coming and not self._overtaken
        if not self._linked or not self._held or waits or self._attempts == ATTEMPTS:
            return None
        end = min(self._held)
        count = min(end - self._next, MOST_ASKED)
        after = self._held[end].packet
        first = (after.sequence - count) % wire.SEQUENCE_MODULUS
        self._asked, self._asked_end = Missing(after.boot, first, count), end
        self._heard_s = now_s
        self._overtaken = False
        self._attempts += 1
        return self._asked

    def answered(self, asked: Missing, first: int, count: int, now_s: float) -> list[Received]:
        """Take the clip's answer: of those *asked* it has *count*, from sequence *first* on.

        Returns:
            Packets whose turn it is because others never come.
        """
        if asked != self._asked:
            return []
        if not count:
            return self._without_hole(now_s)
        back = (asked.first + asked.packets - first) % wire.SEQUENCE_MODULUS
        self._skip_to(self._asked_end - back)
        return self._ready(now_s)

    def given_up_by(self, now_s: float) -> list[Received]:
        """Packets whose turn it is because a hole was asked for in vain; call it at times."""
        if self._attempts < ATTEMPTS or now_s - self._heard_s < PATIENCE_S:
            return []
        return self._without_hole(now_s)

    def rest(self, now_s: float) -> list[Received]:
        """All that is still held back, holes or not: the wearing ends."""
        rest: list[Received] = []
        while self._held:
            rest += self._without_hole(now_s)
        return rest

    def _position(self, packet: wire.StreamPacket, ahead_ticks: int) -> int:
        assert self.last is not None
        after = (packet.sequence - self.last.sequence) % wire.SEQUENCE_MODULUS
        if ahead_ticks > _REACH_TICKS and after <= MOST_ASKED:
            # A whole turn of sequences further: less would take it for one of the last minute.
            after += wire.SEQUENCE_MODULUS
        return self._last_at + after

    def _restart(self) -> None:
        self._last_at = 0
        self._next = 1
        self._forget_question()

    def _forget_question(self) -> None:
        self._asked = None
        self._overtaken = False
        self._attempts = 0

    def _note(self, packet: wire.StreamPacket, at: int, now_s: float) -> None:
        self.regained += bool(packet.flags & wire.FLAG_RESENT)
        if at < self._next:
            # It was given up, and comes all the same before anything later was given out.
            self.given_up -= self._next - at
            self._next = at
        if self._asked is not None and at < self._asked_end:
            self._heard_s = now_s
            self._attempts = 1
            # They come in order: what a later one overtakes was lost on the way.
            resent = bool(packet.flags & wire.FLAG_RESENT)
            self._overtaken = self._overtaken or (resent and at > self._next)

    def _skip_to(self, at: int) -> None:
        end = min(self._held, default=at)
        if self._next < min(at, end):
            self.given_up += min(at, end) - self._next
            self._next = min(at, end)

    def _without_hole(self, now_s: float) -> list[Received]:
        if self._held:
            self._skip_to(min(self._held))
        return self._ready(now_s)

    def _ready(self, now_s: float) -> list[Received]:
        ready: list[Received] = []
        while self._next in self._held:
            ready.append(self._held.pop(self._next))
            self._last_at = self._next
            self._next += 1
        if self._asked is not None and self._next >= self._asked_end:
            self._forget_question()
        return self._give(ready, now_s)

    def _give(self, ready: list[Received], now_s: float) -> list[Received]:
        if ready:
            packet = ready[-1].packet
            self.last = Place(packet.boot, packet.sequence, packet.ticks)
        return [each._replace(arrival_s=now_s) for each in ready]


def _ticks_after(packet: wire.StreamPacket, place: Place) -> int:
    return (packet.ticks - place.ticks) % wire.TICKS_MODULUS
