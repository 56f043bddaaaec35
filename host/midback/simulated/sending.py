"""What a simulated clip sends, one thing at a time.

Packets in their turn, packets asked for again, the log, then status and battery.  Replies are
not among them: they go out at once.
"""

from __future__ import annotations

from collections.abc import Callable

from midback.shared import wire
from midback.simulated.bonds import Bonds
from midback.simulated.gatt import Notification
from midback.simulated.log import Log
from midback.simulated.outbox import Outbox

SPACING_S = 0.05
"""Between two packets, or pages, in a row."""

AGAIN_S = 0.03
"""Until a radio that had no room is tried once more."""

_NEVER_S = float("inf")


class Sender:
    """Sends one thing at a time, to a host that is trusted.

    Args:
        outbox: the last minute of packets.
        log: the epochs.
        link: who is linked.
        stamp: boot id, and ticks at a time.
        full: draws whether the radio has no room just now.

    Attributes:
        streaming: whether the host wants packets.
    """

    def __init__(
        self,
        outbox: Outbox,
        log: Log,
        link: Bonds,
        stamp: Callable[[float], tuple[int, int]],
        full: Callable[[], bool],
    ) -> None:
        self.streaming = False
        self._outbox = outbox
        self._log = log
        self._link = link
        self._stamp = stamp
        self._full = full
        self._buffer = bytearray(wire.MAX_PAYLOAD)
        self._free_s = 0.0
        self._log_at = self._pages = 0
        self._news: dict[str, bytes] = {}

    @property
    def due_s(self) -> float:
        """When it can send what waits; infinity when there is nothing, or nobody."""
        return self._free_s if self._link.trusted and self._waiting() else _NEVER_S

    def send(self, now_s: float, out: list[Notification]) -> None:
        """Send what can be sent now."""
        while self.due_s <= now_s:
            if self._full():
                self._free_s = now_s + AGAIN_S
            else:
                self._free_s = now_s + self._send_one(now_s, out)

    def asked(self, now_s: float) -> None:
        """A command came: nothing of what it asks for goes out before."""
        self._free_s = max(self._free_s, now_s)

    def begin(self) -> None:
        """The host wants packets: from the newest on, unless it wants them already."""
        if not self.streaming:
            self._outbox.skip_to_newest()
        self.streaming = True

    def end(self) -> None:
        """The host wants no more packets."""
        self.streaming = False

    def resend(self, first: int, count: int) -> tuple[int, int]:
        """Send packets again; return what ``Outbox.resend`` does."""
        if not self.streaming:
            # Nothing comes in its turn, and ``begin`` would skip what was promised.
            self._outbox.skip_all()
        return self._outbox.resend(first, count)

    def read_log(self, first: int, pages: int) -> None:
        """Send so many pages of the log from this record on; an empty one ends it."""
        self._log_at, self._pages = first, pages

    def tell(self, uuid: str, payload: bytes) -> None:
        """Notify this when nothing else waits, in place of what was to be told before."""
        self._news[uuid] = payload

    def link_ended(self) -> None:
        """Nobody is there any more."""
        self.streaming = False
        self._outbox.forget_question()
        self._pages = 0
        self._news.clear()

    def _waiting(self) -> bool:
        outbox = self._outbox
        live = self.streaming and outbox.unsent
        return live or outbox.asked_for or self._pages > 0 or bool(self._news)

    def _send_one(self, now_s: float, out: list[Notification]) -> float:
        """Send the first of what waits; return for how long nothing else may follow."""
        outbox = self._outbox
        if self.streaming and outbox.unsent:
            out.append(self._encoded(outbox.next()))
            outbox.sent()
        elif outbox.asked_for:
            out.append(self._encoded(outbox.next_again()))
            outbox.sent_again()
        elif self._pages:
            out.append(Notification(wire.LOG_UUID, self._next_page(now_s)))
        else:
            uuid = next(iter(self._news))
            out.append(Notification(uuid, self._news.pop(uuid)))
            return 0.0
        return SPACING_S

    def _encoded(self, packet: wire.StreamPacket) -> Notification:
        size = wire.encode_stream(packet, self._buffer)
        return Notification(wire.STREAM_UUID, bytes(self._buffer[:size]))

    def _next_page(self, now_s: float) -> bytes:
        records = self._log.read(self._log_at)
        if records:
            self._log_at = records[-1].sequence + 1
            self._pages -= 1
        else:
            self._pages = 0
        size = wire.encode_page(*self._stamp(now_s), records, self._buffer)
        return bytes(self._buffer[:size])
