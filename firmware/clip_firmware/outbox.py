"""The last minute of stream packets, in memory of a fixed size.

Packets leave in the order they came, once; they stay until the host has acknowledged them or
newer ones need the room, and can be sent again meanwhile.  A packet's bytes lie in one piece,
so that sending copies nothing.

Limits: a view from ``next`` or ``next_resend`` holds until the next ``add``.  Sequences must
rise from packet to packet (modulo 65536), and all that are kept lie within half a turn.
"""

from array import array

from midback.shared import wire

_FLAGS_AT = 3  # in the header of a stream packet
SMALL = 31 * 1024
"""Room for a minute of orientation as the host asks for it, and for 38 s of raw samples."""

LARGE = 48 * 1024
"""Room for a minute of either."""

_HALF_TURN = wire.SEQUENCE_MODULUS // 2


class Outbox:
    """A ring of packets.

    Packets are counted from the first one ever added; ``_first`` up to but without ``_end``
    are kept, those from ``_unsent`` on were not sent yet.

    Args:
        size: bytes for the packets themselves, up to 65536.
        most: packets kept at most.
    """

    def __init__(self, size: int = SMALL, most: int = 380) -> None:
        if not wire.MAX_PAYLOAD <= size <= 65536:
            raise ValueError("%d bytes are not %d to 65536" % (size, wire.MAX_PAYLOAD))
        self._size = size
        self._most = most
        self._bytes = bytearray(size)
        self._view = memoryview(self._bytes)
        self._offsets = array("H", bytes(2 * most))
        self._sequences = array("H", bytes(2 * most))
        self._lengths = bytearray(most)
        self._first = self._unsent = self._end = 0
        self._shown = self._shown_again = -1
        self._again = self._again_end = 0
        self._write_at = 0
        self._lost = False

    def add(self, payload: memoryview | bytearray, length: int, sequence: int) -> None:
        """Copy the first *length* bytes of *payload*; the oldest packets make room.

        Raises:
            ValueError: no packet has this length.
        """
        if not _FLAGS_AT < length <= wire.MAX_PAYLOAD:
            raise ValueError("a packet of %d bytes cannot be" % length)
        at = self._room(length)
        self._view[at : at + length] = memoryview(payload)[:length]
        slot = self._end % self._most
        self._offsets[slot] = at
        self._lengths[slot] = length
        self._sequences[slot] = sequence
        self._write_at = at + length
        self._end += 1

    def next(self) -> memoryview | None:
        """The oldest packet not sent yet, marked if others were dropped unsent before it."""
        if self._unsent == self._end:
            return None
        self._mark_lost()
        self._shown = self._unsent
        return self._packet(self._unsent)

    def sent(self) -> None:
        """What ``next`` gave has gone out."""
        if self._shown == self._unsent:
            self._unsent += 1

    def skip_to_newest(self) -> None:
        """Go on with the newest packet; older ones go out only when asked for."""
        self._skip_to(self._end - 1)

    def skip_all(self) -> None:
        """Go on with the next packet that is added; all others go out only when asked for."""
        self._skip_to(self._end)

    def acknowledge(self, sequence: int) -> None:
        """Let packets go that were sent, up to and with this one."""
        while self._first < self._unsent and self._age(self._first, sequence) < _HALF_TURN:
            self._first += 1

    def resend(self, first: int, count: int) -> tuple[int, int]:
        """Send *count* packets from sequence *first* on again, instead of what was asked before.

        Returns:
            The first of them that is kept, or else *first*, and how many are; those not sent
            yet will come in their turn.
        """
        begin = self._first
        while begin < self._end and self._after(begin, first) >= count:
            begin += 1
        end = begin
        while end < self._end and self._after(end, first) < count:
            end += 1
        self._again, self._again_end = begin, min(end, self._unsent)
        if begin < end:
            first = self._sequences[begin % self._most]
        return first, end - begin

    def next_resend(self) -> memoryview | None:
        """The next packet to send again, marked as such."""
        self._again = max(self._again, self._first)
        if self._again >= self._again_end:
            return None
        self._shown_again = self._again
        packet = self._packet(self._again)
        packet[_FLAGS_AT] |= wire.FLAG_RESENT
        return packet

    def resent(self) -> None:
        """What ``next_resend`` gave has gone out."""
        if self._shown_again == self._again:
            self._again += 1

    def forget_resend(self) -> None:
        """The link is down: nobody waits for these any more."""
        self._again = self._again_end = 0

    def _skip_to(self, number: int) -> None:
        if self._unsent < number:
            self._mark_lost()
            self._unsent = number

    def _packet(self, number: int) -> memoryview:
        slot = number % self._most
        at = self._offsets[slot]
        return self._view[at : at + self._lengths[slot]]

    def _mark_lost(self) -> None:
        if self._lost:
            self._bytes[self._offsets[self._unsent % self._most] + _FLAGS_AT] |= wire.FLAG_LOST
            self._lost = False

    def _age(self, number: int, sequence: int) -> int:
        """By how much a packet comes before *sequence*, modulo 65536."""
        return (sequence - self._sequences[number % self._most]) % wire.SEQUENCE_MODULUS

    def _after(self, number: int, sequence: int) -> int:
        """By how much a packet comes after *sequence*, modulo 65536."""
        return (self._sequences[number % self._most] - sequence) % wire.SEQUENCE_MODULUS

    def _room(self, length: int) -> int:
        """Where a packet can lie now, after dropping what lay there."""
        if self._end - self._first == self._most:
            self._drop()
        at = self._write_at
        if at + length > self._size:
            # The oldest packets may lie behind, up to the end: they are older than any in front.
            while self._first < self._end and self._oldest_at() >= at:
                self._drop()
            at = 0
        while self._first < self._end and at <= self._oldest_at() < at + length:
            self._drop()
        return at

    def _oldest_at(self) -> int:
        return self._offsets[self._first % self._most]

    def _drop(self) -> None:
        self._first += 1
        if self._unsent < self._first:
            self._unsent = self._first
            self._lost = True
