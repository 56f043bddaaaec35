"""A chunk gives back every byte, whatever arrived."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording.scenes import noisy_minute, packet

from midback.recording.chunk import ChunkError, decode, encode
from midback.recording.columns import HEADER, VERBATIM, WIDTHS, from_packets, to_blocks, to_packets
from midback.shared import wire

MICROSECONDS = st.integers(-(2**40), 2**40)

ANY_BYTES = st.binary(max_size=512)


@st.composite
def stream_packets(draw: st.DrawFn) -> bytes:
    """Any packet the protocol allows: wraps, reboots, both kinds."""
    kind = draw(st.sampled_from(sorted(wire.WIDTH)))
    count = draw(st.integers(1, wire.MAX_SAMPLES[kind]))
    size = wire.WIDTH[kind] * count
    body = draw(st.binary(min_size=2 * size, max_size=2 * size))
    made = wire.StreamPacket(
        kind,
        draw(st.integers(0, 15)),
        draw(st.integers(0, 0xFFFF)),
        draw(st.integers(0, 0xFFFF)),
        draw(st.integers(0, 0xFFFFFFFF)),
        draw(st.integers(1, 0xFFFF)) * 10,
        np.frombuffer(body, "<i2").tolist(),
    )
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_stream(made, buffer)])


@st.composite
def bent_packets(draw: st.DrawFn) -> bytes:
    """A packet with some bytes changed, cut off or added."""
    payload = bytearray(draw(stream_packets()))
    for _ in range(draw(st.integers(1, 3))):
        payload[draw(st.integers(0, len(payload) - 1))] = draw(st.integers(0, 255))
    return bytes(payload[: draw(st.integers(0, len(payload)))]) + draw(st.binary(max_size=4))


PAYLOADS = st.one_of(stream_packets(), bent_packets(), ANY_BYTES)
RUNS = st.lists(st.tuples(MICROSECONDS, PAYLOADS), max_size=30)


@given(RUNS)
def test_a_chunk_gives_back_every_payload_and_stamp_in_order(run: list[tuple[int, bytes]]):
    assert list(to_packets(decode(encode(from_packets(run))))) == run


@given(PAYLOADS)
def test_exactly_what_the_protocol_refuses_is_kept_verbatim(payload: bytes):
    columns = from_packets([(0, payload)])

    try:
        kind = wire.decode_stream(payload).kind
    except wire.WireError:
        kind = VERBATIM
    assert columns.kinds.tolist() == [kind]


@given(st.lists(st.tuples(MICROSECONDS, PAYLOADS), max_size=12))
def test_blocks_say_what_the_decoder_says_packet_by_packet(run: list[tuple[int, bytes]]):
    wellformed = [(stamp, p) for stamp, p in run if from_packets([(0, p)]).kinds[0] != VERBATIM]
    decoded = [(stamp / 1e6, wire.decode_stream(p)) for stamp, p in wellformed]
    expected = [
        (s, p.kind, p.count, p.flags, p.sequence, p.boot, p.ticks, p.period_us, list(p.counts))
        for s, p in decoded
    ]

    told = []
    for block in to_blocks(decode(encode(from_packets(run)))):
        ends = np.cumsum(block.count, dtype=int)
        for i, end in enumerate(ends):
            fields = (block.count, block.flags, block.sequence, block.boot, block.ticks)
            fields += (block.period_us,)
            told.append(
                (
                    *(block.arrival_s[i], block.kind),
                    *(int(field[i]) for field in fields),
                    block.counts[end - block.count[i] : end].ravel().tolist(),
                )
            )
    assert told == expected


def test_blocks_split_where_the_kind_changes():
    kinds = [2, 2, 1, 1, 1, 2]
    run = [(i, packet(i, kind)) for i, kind in enumerate(kinds)]

    blocks = list(to_blocks(from_packets(run)))

    assert [(b.kind, len(b.arrival_s), b.counts.shape) for b in blocks] == [
        (2, 2, (20, 6)),
        (1, 3, (30, 7)),
        (2, 1, (10, 6)),
    ]


def test_the_layout_that_files_depend_on_is_that_of_protocol_one():
    assert (1, HEADER.itemsize, WIDTHS) == (wire.VERSION, wire.HEADER_SIZE, wire.WIDTH)


@given(st.binary(max_size=200))
def test_what_is_not_a_chunk_is_refused_and_nothing_else(data: bytes):
    with pytest.raises(ChunkError):
        decode(data)


@given(st.data())
def test_a_chunk_cut_short_is_refused(data: st.DataObject):
    chunk = encode(from_packets([(i, packet(i)) for i in range(3)]))

    with pytest.raises(ChunkError):
        decode(chunk[: data.draw(st.integers(0, len(chunk) - 1))])


def test_a_day_of_raw_packets_stays_within_26_megabytes():
    rng = np.random.default_rng(20260304)
    stamps = np.arange(300) * 200_000 + rng.integers(0, 30_000, 300)
    minutes = [noisy_minute(rng, walking=minute % 5 == 0) for minute in range(10)]

    sizes = [
        len(encode(from_packets(list(zip(stamps.tolist(), minute, strict=True)))))
        for minute in minutes
    ]

    # 16 h; SQLite's pages and the rest of the tables take less than 3 MB of it.
    assert np.mean(sizes) * 16 * 60 < 23e6
