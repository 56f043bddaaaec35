"""What waits in memory for the next commit, and how much of it may wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from midback.recording.anchors import Anchor
from midback.recording.columns import ArrivedPacket
from midback.recording.minutes import NumberedSecond
from midback.recording.sessions import StoredEvent

KEPT_S = 600
"""How long data wait for a disk that takes no more, before the oldest are dropped."""
_MOST_PACKETS = 60_000
_MOST_EVENTS = 10_000


@dataclass(slots=True)
class Pending:
    """Lists that only ever grow at their ends, so that others may add during a commit."""

    packets: list[ArrivedPacket] = field(default_factory=list[ArrivedPacket])
    seconds: list[NumberedSecond] = field(default_factory=list[NumberedSecond])
    events: list[StoredEvent] = field(default_factory=list[StoredEvent])
    anchors: list[Anchor] = field(default_factory=list[Anchor])

    def taken(self) -> Pending:
        """Return a copy: what one commit writes."""
        return Pending(self.packets[:], self.seconds[:], self.events[:], self.anchors[:])

    def discard(self, written: Pending) -> None:
        """Remove what *written* took from the front."""
        del self.packets[: len(written.packets)]
        del self.seconds[: len(written.seconds)]
        del self.events[: len(written.events)]
        del self.anchors[: len(written.anchors)]

    def drop_older(self, now_us: int) -> int:
        """Drop what waited too long; return the number of packets dropped."""
        oldest_us = now_us - KEPT_S * 1_000_000
        old = sum(arrival_us < oldest_us for arrival_us, _ in self.packets)
        dropped = max(old, len(self.packets) - _MOST_PACKETS, 0)
        del self.packets[:dropped]
        del self.seconds[: sum(second < oldest_us // 1_000_000 for second, _ in self.seconds)]
        del self.events[:-_MOST_EVENTS]
        del self.anchors[:-_MOST_EVENTS]
        return dropped

    def waiting_s(self, now_us: int) -> int:
        """Return for how many seconds the oldest packet or second has waited."""
        first_us = [self.packets[0][0]] if self.packets else []
        first_us += [self.seconds[0][0] * 1_000_000] if self.seconds else []
        return max(0, round((now_us - min(first_us, default=now_us)) / 1e6))
