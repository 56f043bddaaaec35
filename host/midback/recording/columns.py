"""Packets as columns: the form that compresses well and that numpy can work on.

A packet that ``wire.decode_stream`` accepts is split into header and samples;
every other payload is kept verbatim.  Both ways lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from midback.recording.model import PacketBlock
from midback.shared import wire

# Frozen with the files that use them; the protocol may move on.
HEADER = np.dtype(
    [
        ("version", "u1"),
        ("kind", "u1"),
        ("count", "u1"),
        ("flags", "u1"),
        ("sequence", "<u2"),
        ("boot", "<u2"),
        ("ticks", "<u4"),
        ("period", "<u2"),
    ]
)
WIDTHS = {1: 7, 2: 6}
"""Numbers per sample by packet kind, as of protocol 1."""
VERBATIM = 0
"""Stands in for the kind of a packet that does not follow the protocol."""
_PERIOD_UNIT_US = 10

ArrivedPacket = tuple[int, bytes]
"""Session time of arrival in microseconds, and the payload as received."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A run of packets.

    Attributes:
        arrival_us: session time of arrival in microseconds, shape ``(packets,)``.
        kinds: packet kind, or ``VERBATIM``, shape ``(packets,)``.
        headers: the headers of those that are not verbatim, dtype ``HEADER``.
        samples: by kind, all samples of the packets of that kind, shape ``(n, width)``.
        verbatim: the other payloads.
    """

    arrival_us: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    headers: NDArray[np.void]
    samples: dict[int, NDArray[np.int16]]
    verbatim: list[bytes]


def from_packets(packets: Sequence[ArrivedPacket]) -> Columns:
    """Split *packets* into columns, in their order."""
    kinds = [_kind(payload) for _, payload in packets]
    kinded = [(kind, payload) for kind, (_, payload) in zip(kinds, packets, strict=True)]
    return Columns(
        arrival_us=np.array([arrival_us for arrival_us, _ in packets], dtype=np.int64),
        kinds=np.array(kinds, dtype=np.uint8),
        headers=np.frombuffer(
            b"".join(payload[: HEADER.itemsize] for kind, payload in kinded if kind != VERBATIM),
            dtype=HEADER,
        ),
        samples={kind: _samples(kind, kinded) for kind in WIDTHS},
        verbatim=[payload for kind, payload in kinded if kind == VERBATIM],
    )


def to_packets(columns: Columns) -> Iterator[ArrivedPacket]:
    """Put the packets together again, byte for byte and in their order."""
    headers = columns.headers.tobytes()
    counts: list[int] = columns.headers["count"].tolist()
    bodies = {kind: columns.samples[kind].tobytes() for kind in WIDTHS}
    at = dict.fromkeys(WIDTHS, 0)
    verbatim = iter(columns.verbatim)
    regular = 0
    for arrival_us, kind in zip(columns.arrival_us.tolist(), columns.kinds.tolist(), strict=True):
        if kind == VERBATIM:
            yield arrival_us, next(verbatim)
            continue
        start, end = at[kind], at[kind] + 2 * WIDTHS[kind] * counts[regular]
        header = headers[regular * HEADER.itemsize : (regular + 1) * HEADER.itemsize]
        yield arrival_us, header + bodies[kind][start:end]
        at[kind] = end
        regular += 1


def to_blocks(columns: Columns) -> Iterator[PacketBlock]:
    """Yield the well-formed packets as arrays, one block per run of equal kind."""
    arrival_s = columns.arrival_us[columns.kinds != VERBATIM] / 1e6
    kinds = columns.headers["kind"]
    turns = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    edges = [0, *turns.tolist(), len(kinds)] if len(kinds) else []
    at = dict.fromkeys(WIDTHS, 0)
    for first, last in pairwise(edges):
        headers = columns.headers[first:last]
        kind = int(kinds[first])
        start, end = at[kind], at[kind] + int(headers["count"].sum(dtype=np.int64))
        at[kind] = end
        yield _block(kind, arrival_s[first:last], headers, columns.samples[kind][start:end])


def _block(
    kind: int,
    arrival_s: NDArray[np.float64],
    headers: NDArray[np.void],
    counts: NDArray[np.int16],
) -> PacketBlock:
    return PacketBlock(
        kind=kind,
        arrival_s=arrival_s,
        count=headers["count"],
        flags=headers["flags"],
        sequence=headers["sequence"],
        boot=headers["boot"],
        ticks=headers["ticks"],
        period_us=headers["period"].astype(np.int32) * _PERIOD_UNIT_US,
        counts=counts,
    )


def _kind(payload: bytes) -> int:
    try:
        packet = wire.decode_stream(payload)
    except wire.WireError:
        return VERBATIM
    return packet.kind


def _samples(kind: int, kinded: list[tuple[int, bytes]]) -> NDArray[np.int16]:
    body = b"".join(payload[HEADER.itemsize :] for k, payload in kinded if k == kind)
    return np.frombuffer(body, dtype="<i2").reshape(-1, WIDTHS[kind])
