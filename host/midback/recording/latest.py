"""The newest packet of a clip: after it a new wearing asks for what the clip still has."""

from __future__ import annotations

from midback.recording import anchors, clip_times, packets, sessions
from midback.recording.anchors import wall_of
from midback.recording.database import Database
from midback.recording.model import LastPacket
from midback.recording.placing import Mark
from midback.shared import wire

_MOST_LATE_S = 120.0
"""A packet that arrived later after its last sample than this was not kept by any clip."""

_EARLY_S = 2.0


def last_packet(database: Database, clip_id: str) -> LastPacket | None:
    """Return the newest packet of the newest session that has one."""
    for session in sessions.read_newest(database, clip_id):
        found = packets.last_packet(database, session.id)
        if found is not None:
            arrival_us, packet = found
            arrival_s = float(anchors.read_wall_times(database, session)(arrival_us / 1e6))
            marks = clip_times.read_marks(database, clip_id, [packet.boot])[packet.boot]
            sampled_s = min(
                (_utc_s(mark, packet.ticks) for mark in marks),
                key=lambda utc_s: abs(utc_s - arrival_s),
                default=arrival_s,
            )
            if not -_MOST_LATE_S <= sampled_s - arrival_s <= _EARLY_S:
                sampled_s = arrival_s
            return LastPacket(
                packet.boot, packet.sequence, packet.ticks, wall_of(round(1e6 * sampled_s))
            )
    return None


def _utc_s(mark: Mark, ticks: int) -> float:
    """The moment of these ticks that is nearest to the mark."""
    half = wire.TICKS_MODULUS // 2
    after = (ticks - mark.ticks + half) % wire.TICKS_MODULUS - half
    return mark.utc_s + after * wire.TICK_S
