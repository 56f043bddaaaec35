"""A packet as it arrived: what a clip on the air, a recording and a simulated clip hand over."""

from __future__ import annotations

from typing import NamedTuple

from midback.shared import wire


class Received(NamedTuple):
    """One stream packet: monotonic arrival time in seconds, bytes as received, decoded."""

    arrival_s: float
    payload: bytes
    packet: wire.StreamPacket
