"""Simulated clips without a radio, and what a host reads from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from midback.shared import wire
from midback.simulated import (
    Activity,
    ClipTraits,
    Habits,
    SensorErrors,
    SimulatedClip,
    Wearer,
    plan_of,
)
from midback.simulated.gatt import Notification

RAW = (wire.KIND_RAW, 2000, 10)
ORIENTATION = (wire.KIND_ORIENTATION, 4000, 5)

UPRIGHT = (0, 0, 32767, 0, 32767, 0)
"""What a clip worn straight takes for its wearer's upright and left."""

STUBBORN = Habits(slump_span_deg=26.0, upright_spread_deg=0.5, answer_rate=0.0)
"""Slumps deeply when asked to, and never answers a buzz."""


def worn_clip(
    parts: Iterable[tuple[Activity, float]] = ((Activity.TYPING, 60),),
    errors: SensorErrors | None = None,
    seed: int = 1,
    habits: Habits | None = None,
    **traits: Any,
) -> SimulatedClip:
    """A clip with a host linked to it, and nothing asked yet."""
    wearer = Wearer(plan_of(parts), habits, seed=seed)
    clip = SimulatedClip(wearer, ClipTraits(**traits), errors, seed=seed)
    clip.link_up()
    return clip


def tell(clip: SimulatedClip, op: int, *args: int, tag: int = 7) -> wire.Reply:
    """Send a command now; return its reply."""
    (reply,) = clip.write(wire.encode_command(op, tag, *args), clip.now_s)
    assert reply.uuid == wire.CONTROL_UUID
    return wire.decode_reply(reply.payload)


def pass_s(clip: SimulatedClip, seconds: float) -> list[Notification]:
    """Let time pass; return what was notified."""
    return clip.advance(clip.now_s + seconds)


def streamed(
    clip: SimulatedClip, seconds: float, kind: tuple[int, int, int] = ORIENTATION
) -> list[wire.StreamPacket]:
    """Start the stream, and return what comes in so many seconds."""
    assert tell(clip, wire.OP_START, *kind).result == wire.OK
    return packets(pass_s(clip, seconds))


def packets(notifications: Iterable[Notification]) -> list[wire.StreamPacket]:
    return [wire.decode_stream(n.payload) for n in notifications if n.uuid == wire.STREAM_UUID]


def statuses(notifications: Iterable[Notification]) -> list[wire.Status]:
    return [wire.decode_status(n.payload) for n in notifications if n.uuid == wire.STATUS_UUID]


def status(clip: SimulatedClip) -> wire.Status:
    return wire.decode_status(clip.read(wire.STATUS_UUID) or b"")


def sequences(got: Iterable[wire.StreamPacket]) -> list[int]:
    return [packet.sequence for packet in got]


def resent(got: Iterable[wire.StreamPacket]) -> list[int]:
    """The numbers of those that were sent again."""
    return [packet.sequence for packet in got if packet.flags & wire.FLAG_RESENT]


def timed(
    clip: SimulatedClip, seconds: float, uuid: str = wire.STREAM_UUID
) -> Sequence[tuple[float, bytes]]:
    """What comes on one characteristic, and when, to 5 ms."""
    began_s = clip.now_s
    found: list[tuple[float, bytes]] = []
    for step in range(1, round(seconds / 0.005) + 1):
        now_s = began_s + 0.005 * step
        found += [(now_s, n.payload) for n in clip.advance(now_s) if n.uuid == uuid]
    return found
