"""Drop-outs at random, and what came home of a wearing that they interrupted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from midback.recording import Store
from midback.shared import wire

SHORT_S = 60.0
"""What is lost for no longer than this comes home packet by packet."""

CAUGHT_UP_S = 45.0
"""Finding, connecting, and 300 packets at 15 a second more than are made meanwhile."""

SUPERVISION_S = 6.0
"""How long before a loss is noticed: what was sent meanwhile may be lost, too."""

EPOCH_S = 10.0

SLACK_S = 0.5
"""An epoch may end so much late, where a packet does."""


@dataclass(frozen=True, slots=True)
class Away:
    """A time out of range, in seconds since the clip was switched on."""

    start_s: float
    end_s: float

    @property
    def long(self) -> bool:
        """Whether it outlasts the clip's memory."""
        return self.end_s - self.start_s > SHORT_S


def at_random(
    count: int, seed: int, begin_s: float, *, shortest_s: float = 0.1, longest_s: float = 120.0
) -> list[Away]:
    """So many drop-outs of any length, many of them in the middle of making good the last."""
    chance = random.Random(seed)
    at_s, some = begin_s, list[Away]()
    for _ in range(count):
        at_s += chance.uniform(0.2, 8.0) if chance.random() < 0.4 else chance.uniform(20.0, 80.0)
        length_s = shortest_s * (longest_s / shortest_s) ** chance.random()
        some.append(Away(at_s, at_s + length_s))
        at_s += length_s
    return some


def losses(some: Sequence[Away]) -> list[Away]:
    """Drop-outs between which nothing can be made good are one loss."""
    joined: list[Away] = []
    for away in some:
        if joined and away.start_s - joined[-1].end_s < CAUGHT_UP_S:
            joined[-1] = Away(joined[-1].start_s, away.end_s)
        else:
            joined.append(away)
    return joined


@dataclass(frozen=True, slots=True)
class Home:
    """What came home.

    Attributes:
        drop_outs: how many there were; ``losses`` how many they add up to; ``long`` how many of
            these outlast the clip's memory.
        samples_expected: from the first to the last, without long losses.
        samples_received: all that are stored.
        missing: packets that are not there, and should be.
        duplicates: packets and records that are there twice.
        epochs_expected: records that the clip has made.
        epochs_received: those that are stored.
        uncovered: gaps between packets that no records cover, in seconds of the clip's clock.
        boots: how many starts of the clip it all comes from.
    """

    drop_outs: int
    losses: int
    long: int
    samples_expected: int
    samples_received: int
    missing: int
    duplicates: int
    epochs_expected: int
    epochs_received: int
    uncovered: list[Away]
    boots: int


def came_home(folder: Path, some: Sequence[Away], epochs_expected: int) -> Home:
    """Compare what is stored with what a clip made that was out of range at these times."""
    packets, records = _stored(folder)
    all_losses = losses(some)
    long = [away for away in all_losses if away.long]
    ordered = sorted({_key(packet): packet for packet in packets}.items())
    gaps = [
        (Away(_end_s(before), _start_s(after)), after_key - before_key - 1)
        for (before_key, before), (after_key, after) in pairwise(ordered)
        if after_key > before_key + 1
    ]
    missing = sum(lost for gap, lost in gaps if not any(_inside(gap, away) for away in long))
    received = sum(packet.count for _, packet in ordered)
    known = {record.sequence for record in records}
    return Home(
        drop_outs=len(some),
        losses=len(all_losses),
        long=len(long),
        samples_expected=received + missing * packets[0].count,
        samples_received=received,
        missing=missing,
        duplicates=len(packets) - len(ordered) + len(records) - len(known),
        epochs_expected=epochs_expected,
        epochs_received=len(known),
        uncovered=[gap for gap, _ in gaps if not _covered(gap, records)],
        boots=len({packet.boot for packet in packets}),
    )


def _stored(folder: Path) -> tuple[list[wire.StreamPacket], list[wire.EpochRecord]]:
    with Store.open(folder, write=False) as store:
        packets = [
            wire.decode_stream(payload)
            for session in store.sessions()
            for _, payload in store.packets(session)
        ]
        rows = store._database.query("SELECT record FROM epoch ORDER BY id")
    return packets, [wire.decode_record(bytes(row[0])) for row in rows]


def _key(packet: wire.StreamPacket) -> int:
    """Which packet since the clip was switched on, over every turn of the sequences.

    All of a day's packets are a fifth of a second long, so that ticks tell the turn.
    """
    about = round(packet.ticks * wire.TICK_S * 1e6 / (packet.count * packet.period_us))
    turns = round((about - packet.sequence) / wire.SEQUENCE_MODULUS)
    return packet.sequence + turns * wire.SEQUENCE_MODULUS


def _end_s(packet: wire.StreamPacket) -> float:
    return packet.ticks * wire.TICK_S


def _start_s(packet: wire.StreamPacket) -> float:
    return _end_s(packet) - packet.count * packet.period_us * 1e-6


def _inside(gap: Away, away: Away) -> bool:
    return away.start_s - SUPERVISION_S < gap.start_s and gap.end_s < away.end_s + CAUGHT_UP_S


def _covered(gap: Away, records: list[wire.EpochRecord]) -> bool:
    """Whether records follow each other without a break over the whole gap."""
    at_s = gap.start_s
    for record in sorted(records, key=lambda each: each.ticks):
        end_s = record.ticks * wire.TICK_S
        if end_s - EPOCH_S <= at_s + SLACK_S:
            at_s = max(at_s, end_s)
    return at_s >= gap.end_s
