"""The last minute of stream packets, with as much room as the firmware's small outbox has."""

from __future__ import annotations

from collections import deque

from midback.shared import wire

ROOM_BYTES = 31 * 1024
"""A minute and a quarter of orientation as the host asks for it."""

_MOST_PACKETS = 380
_HALF_TURN = wire.SEQUENCE_MODULUS // 2


class Outbox:
    """A row of packets, sent once in their turn, and again when they are asked for.

    Packets are counted from the first one ever added; ``_first`` up to but without ``_end``
    are kept, those from ``_unsent`` on were not sent yet.
    """

    def __init__(self) -> None:
        self._packets: deque[wire.StreamPacket] = deque()
        self._bytes = 0
        self._first = self._unsent = self._end = 0
        self._again = self._again_end = 0
        self._lost = False

    def add(self, packet: wire.StreamPacket) -> None:
        """Keep a packet; the oldest make room."""
        self._packets.append(packet)
        self._bytes += _size(packet)
        self._end += 1
        while self._bytes > ROOM_BYTES or self._end - self._first > _MOST_PACKETS:
            self._drop()

    @property
    def unsent(self) -> bool:
        """Whether a packet waits for its turn."""
        return self._unsent < self._end

    @property
    def asked_for(self) -> bool:
        """Whether a packet is to be sent again."""
        return max(self._again, self._first) < self._again_end

    def next(self) -> wire.StreamPacket:
        """The oldest packet not sent yet, marked if others were dropped unsent before it."""
        self._mark_lost()
        return self._packet(self._unsent)

    def sent(self) -> None:
        """What ``next`` gave has gone out."""
        self._unsent += 1

    def next_again(self) -> wire.StreamPacket:
        """The next packet to send again, marked as such."""
        self._again = max(self._again, self._first)
        packet = self._packet(self._again)
        packet.flags |= wire.FLAG_RESENT
        return packet

    def sent_again(self) -> None:
        """What ``next_again`` gave has gone out."""
        self._again += 1

    def skip_to_newest(self) -> None:
        """Go on with the newest packet; older ones go out only when asked for."""
        self._skip_to(self._end - 1)

    def skip_all(self) -> None:
        """Go on with the next packet that is added; all others go out only when asked for."""
        self._skip_to(self._end)

    def acknowledge(self, sequence: int) -> None:
        """Let packets go that were sent, up to and with this one."""
        while self._first < self._unsent and self._age(sequence) < _HALF_TURN:
            self._let_go()

    def resend(self, first: int, count: int) -> tuple[int, int]:
        """Send *count* packets from sequence *first* on again, instead of what was asked before.

        Returns:
            The first of them that is kept, or else *first*, and how many are; those not sent
            yet will come in their turn.
        """
        asked = [
            number
            for number, packet in enumerate(self._packets, self._first)
            if (packet.sequence - first) % wire.SEQUENCE_MODULUS < count
        ]
        if not asked:
            self.forget_question()
            return first, 0
        self._again, self._again_end = asked[0], min(asked[-1] + 1, self._unsent)
        return self._packet(asked[0]).sequence, len(asked)

    def forget_question(self) -> None:
        """Nobody waits for packets to be sent again."""
        self._again = self._again_end = 0

    def _packet(self, number: int) -> wire.StreamPacket:
        return self._packets[number - self._first]

    def _age(self, sequence: int) -> int:
        """By how much the oldest packet comes before *sequence*, across the wrap."""
        return (sequence - self._packets[0].sequence) % wire.SEQUENCE_MODULUS

    def _skip_to(self, number: int) -> None:
        if self._unsent < number:
            self._mark_lost()
            self._unsent = number

    def _mark_lost(self) -> None:
        if self._lost:
            self._packet(self._unsent).flags |= wire.FLAG_LOST
            self._lost = False

    def _drop(self) -> None:
        self._let_go()
        if self._unsent < self._first:
            self._unsent = self._first
            self._lost = True

    def _let_go(self) -> None:
        self._bytes -= _size(self._packets.popleft())
        self._first += 1


def _size(packet: wire.StreamPacket) -> int:
    return wire.HEADER_SIZE + 2 * len(packet.counts)
