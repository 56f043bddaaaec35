"""What goes to the host, one thing at a time.

Replies first, then packets as they come, packets asked for again, the log, the status.
Nothing is lost to a radio that has no room: it is offered again a little later.
"""

from micropython import const

from clip_firmware.clock import Clock
from clip_firmware.log import Log
from clip_firmware.outbox import Outbox
from clip_firmware.radio import FULL, SENT, Radio
from midback.shared import wire

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable

AGAIN_MS = const(30)  # until a full radio is tried once more
SPACING_MS = const(50)  # between packets in a row: closer ones cost links on the ESP32-C3
_REPLIES = const(8)
_ATT_HEADER = const(3)


class Sender:
    """Sends one thing at a time.

    Attributes:
        outbox: the last minute of packets.
        status: bytes of a status to notify, or ``None``.
        streaming: whether the host wants packets.
    """

    def __init__(self, radio: Radio, log: Log, clock: Clock, outbox: Outbox, boot: int) -> None:
        self.outbox = outbox
        self.status: bytes | None = None
        self.streaming = False
        self._radio = radio
        self._log = log
        self._clock = clock
        self._boot = boot
        self._buffer = bytearray(wire.MAX_PAYLOAD)
        self._view = memoryview(self._buffer)
        self._replies: list[bytes] = []
        self._page = 0  # bytes of the page that waits in the buffer of its own
        self._page_buffer = bytearray(wire.MAX_PAYLOAD)
        self._page_view = memoryview(self._page_buffer)
        self._pages_left = 0
        self._log_at = 0

    @property
    def transferring(self) -> bool:
        """Whether the log is being read."""
        return self._pages_left > 0 or self._page > 0

    def room(self, header: int) -> int:
        """Bytes that the link's MTU leaves after ATT's header and one of ours."""
        return max(self._radio.mtu - _ATT_HEADER - header, 0)

    def add(self, packet: wire.StreamPacket) -> None:
        """Keep a packet, and send it in its turn."""
        length = wire.encode_stream(packet, self._buffer)
        self.outbox.add(self._view, length, packet.sequence)

    def reply(self, payload: bytes) -> None:
        """Send the answer to a command; a host that floods loses its oldest ones."""
        if len(self._replies) == _REPLIES:
            self._replies.pop(0)
        self._replies.append(payload)

    def begin(self) -> None:
        """The host wants packets: from the newest on, unless it wants them already."""
        if not self.streaming:
            self.outbox.skip_to_newest()
        self.streaming = True

    def end(self) -> None:
        """The host wants no more packets."""
        self.streaming = False

    def resend(self, first: int, count: int) -> tuple[int, int]:
        """Send packets again; return what ``Outbox.resend`` does."""
        if not self.streaming:
            # Nothing comes in its turn, and ``begin`` would skip what was promised.
            self.outbox.skip_all()
        return self.outbox.resend(first, count)

    def read_log(self, first: int, pages: int) -> None:
        """Send so many pages of the log from this record on; an empty one ends it."""
        self._log_at, self._pages_left, self._page = first, pages, 0

    def link_ended(self) -> None:
        """Nobody is there any more."""
        self.streaming = False
        self.outbox.forget_resend()
        self._replies.clear()
        self._pages_left = self._page = 0
        self.status = None

    def send(self) -> int | None:
        """Send one thing; ms until to call again, ``None``: when there is something new."""
        radio = self._radio
        if not radio.trusted:
            return None
        if self._replies:
            return self._done(radio.notify_reply(self._replies[0]), self._reply_sent, 0)
        packet = self.outbox.next() if self.streaming else None
        if packet is not None:
            return self._done(radio.notify_stream(packet), self.outbox.sent, SPACING_MS)
        again = self.outbox.next_resend()
        if again is not None:
            return self._done(radio.notify_stream(again), self.outbox.resent, SPACING_MS)
        if self._page or self._next_page():
            page = self._page_view[: self._page]
            return self._done(radio.notify_log(page), self._page_sent, SPACING_MS)
        if self.status is not None:
            return self._done(radio.notify_status(self.status), self._status_sent, 0)
        return None

    def _done(self, outcome: int, sent: "Callable[[], None]", wait_ms: int) -> int | None:
        if outcome == FULL:
            return AGAIN_MS
        if outcome == SENT or self._radio.trusted:
            # What a link with a small MTU can never carry must not hold up the rest.
            sent()
            return wait_ms
        return None

    def _reply_sent(self) -> None:
        self._replies.pop(0)

    def _status_sent(self) -> None:
        self.status = None

    def _page_sent(self) -> None:
        self._page = 0

    def _next_page(self) -> bool:
        if not self._pages_left:
            return False
        self._pages_left -= 1
        room = self.room(wire.PAGE_HEADER_SIZE) // wire.RECORD_SIZE
        records = self._log.read(self._log_at, min(room, wire.MAX_RECORDS))
        if records:
            self._log_at = records[-1].sequence + 1
        else:
            self._pages_left = 0
        ticks = self._clock.ticks()
        self._page = wire.encode_page(self._boot, ticks, records, self._page_buffer)
        return True
