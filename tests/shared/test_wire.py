"""Any bytes may arrive: what decoders make of them, and that both Pythons agree."""

import random
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import messages, verdicts
from shared.board import run_on_board

from midback.shared import wire

DECODERS = sorted(verdicts.DECODERS)


@pytest.mark.parametrize("name", DECODERS)
@settings(deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(name: str, data: st.DataObject):
    verdicts.verdict(name, data.draw(st.binary(max_size=512)))


@pytest.mark.parametrize("name", DECODERS)
@settings(deadline=None)
@given(data=st.data())
def test_damaged_messages_are_read_or_refused(name: str, data: st.DataObject):
    verdicts.verdict(name, data.draw(messages.damaged(name)))


def slots(value: Any) -> list[int]:
    return [getattr(value, name) for name in value.__slots__]


@settings(deadline=None)
@given(messages.stream_packets())
def test_a_stream_packet_comes_back_as_it_was_sent(packet: wire.StreamPacket):
    read = wire.decode_stream(messages.stream_bytes(packet))
    packet.counts = tuple(packet.counts)
    assert slots(read) == slots(packet)


@settings(deadline=None)
@given(messages.commands())
def test_a_command_comes_back_as_it_was_sent(command: tuple[int, int, tuple[int, ...]]):
    read = wire.decode_command(messages.command_bytes(command))
    assert (read.op, read.tag, read.args) == command


@given(
    op=messages.whole(0, 127),
    tag=messages.U8,
    result=messages.whole(0, 5),
    data=st.binary(max_size=240),
)
def test_a_reply_comes_back_as_it_was_sent(op: int, tag: int, result: int, data: bytes):
    read = wire.decode_reply(wire.encode_reply(op, tag, result, data))
    assert (read.op, read.tag, read.result, read.data) == (op, tag, result, data)


@settings(deadline=None)
@given(messages.statuses)
def test_a_status_comes_back_as_it_was_sent(status: wire.Status):
    assert slots(wire.decode_status(wire.encode_status(status))) == slots(status)


@settings(deadline=None)
@given(messages.pages)
def test_a_log_page_comes_back_as_it_was_sent(page: tuple[int, int, list[wire.EpochRecord]]):
    boot, ticks, records = wire.decode_page(messages.page_bytes(page))
    assert (boot, ticks) == page[:2]
    assert [slots(record) for record in records] == [slots(record) for record in page[2]]


@settings(deadline=None)
@given(messages.damaged("stream"))
def test_a_stream_packet_that_is_read_was_sent_with_these_very_bytes(payload: bytes):
    try:
        packet = wire.decode_stream(payload)
    except wire.WireError:
        return
    assert messages.stream_bytes(packet) == payload


def some_of(name: str, chance: random.Random) -> bytes:
    """Bytes from nonsense to nearly right, so that every branch is reached."""
    buffer = bytearray(244)
    if name == "stream":
        kind = chance.choice([1, 2])
        numbers = chance.randint(1, 16) * {1: 7, 2: 6}[kind]
        counts = [chance.randint(-32768, 32767) for _ in range(numbers)]
        packet = wire.StreamPacket(
            kind, chance.randrange(16), chance.randrange(1 << 16), 7, 1 << 31, 20000, counts
        )
        return bytes(buffer[: wire.encode_stream(packet, buffer)])
    if name == "command":
        op = chance.choice(sorted(wire.COMMANDS))
        limits = wire.COMMANDS[op][2]
        args = [chance.randint(*limits[k : k + 2]) for k in range(0, len(limits), 2)]
        return wire.encode_command(op, chance.randrange(256), *args)
    if name == "reply":
        return wire.encode_reply(
            chance.randrange(128), 3, chance.randrange(6), chance.randbytes(9)
        )
    if name == "status":
        return wire.encode_status(
            wire.Status(1, chance.randrange(1024), 9, 1 << 30, 50, 4000, -500, 1, 2, 3, 4)
        )
    angle, sequence = chance.randint(-32768, 9000), chance.randrange(1 << 32)
    record = wire.EpochRecord(sequence, 5, 6, angle, angle, 0, 0, 7, 100, 0, 0, 1, 255, 7, 65535)
    if name == "record":
        wire.encode_record(record, buffer)
        return bytes(buffer[:32])
    return bytes(buffer[: wire.encode_page(1, 1 << 31, [record] * chance.randrange(8), buffer)])


def nearly(name: str, chance: random.Random) -> bytes:
    payload = bytearray(some_of(name, chance))
    damage = chance.randrange(5)
    if damage == 1:
        payload[chance.randrange(len(payload))] = chance.randrange(256)
    elif damage == 4 and name == "record":  # values out of range under a checksum that holds
        payload[chance.randrange(28)] = chance.randrange(256)
        payload[28:] = zlib.crc32(payload[:28]).to_bytes(4, "little")
    elif damage == 2:
        del payload[chance.randrange(len(payload)) :]
    elif damage == 3:
        payload += chance.randbytes(chance.randint(1, 300))
    return bytes(payload)


def test_the_clip_and_the_host_read_the_same_from_any_bytes(tmp_path: Path):
    chance = random.Random(20240229)
    cases = [(name, nearly(name, chance)) for name in DECODERS for _ in range(280)]
    cases += [
        (name, b"\x01" * chance.randrange(2) + chance.randbytes(chance.randrange(64)))
        for name in DECODERS
        for _ in range(60)
    ]
    lines = tmp_path / "payloads.txt"
    lines.write_text("".join(f"{name} {payload.hex()}\n" for name, payload in cases))
    on_the_clip = run_on_board(Path(verdicts.__file__), str(lines)).splitlines()
    on_the_host = [verdicts.verdict(name, payload) for name, payload in cases]
    assert on_the_clip == on_the_host
    assert 300 < on_the_host.count("refused") < len(cases) - 300
