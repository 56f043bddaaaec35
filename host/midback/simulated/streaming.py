"""The stream a clip sends: samples into packets, and the last minute of them kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from midback.shared import wire

_KEEP_PACKETS = 300
"""A minute of them."""


class _Kept(NamedTuple):
    sequence: int
    payload: bytes


class Packets:
    """Numbers packets, encodes them, keeps the last minute for a host that missed some.

    Args:
        boot: which power-on they belong to.
    """

    def __init__(self, boot: int) -> None:
        self._boot = boot
        self._sequence = 0
        self._buffer = bytearray(wire.MAX_PAYLOAD)
        self._kept: deque[_Kept] = deque(maxlen=_KEEP_PACKETS)

    def add(self, kind: int, flags: int, ticks: int, period_us: int, counts: list[int]) -> bytes:
        """Make the next packet and return its bytes."""
        packet = wire.StreamPacket(
            kind, flags, self._sequence, self._boot, ticks, period_us, tuple(counts)
        )
        payload = self._encoded(packet)
        self._kept.append(_Kept(self._sequence, payload))
        self._sequence = (self._sequence + 1) % wire.SEQUENCE_MODULUS
        return payload

    def let_go(self, sequence: int) -> None:
        """Forget packets up to and with this one."""
        while self._kept and not _after(self._kept[0].sequence, sequence):
            self._kept.popleft()

    def again(self, first: int, count: int) -> Iterable[bytes]:
        """Those of ``count`` packets from ``first`` on that are still kept, marked as resent."""
        for sequence, payload in self._kept:
            if (sequence - first) % wire.SEQUENCE_MODULUS < count:
                packet = wire.decode_stream(payload)
                packet.flags |= wire.FLAG_RESENT
                yield self._encoded(packet)

    def _encoded(self, packet: wire.StreamPacket) -> bytes:
        size = wire.encode_stream(packet, self._buffer)
        return bytes(self._buffer[:size])


def _after(sequence: int, other: int) -> bool:
    """Whether one packet number comes after another, across the wrap."""
    return 0 < (sequence - other) % wire.SEQUENCE_MODULUS < wire.SEQUENCE_MODULUS // 2
