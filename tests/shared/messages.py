"""Valid messages of every kind, as hypothesis draws them, and what damage does to bytes."""

from hypothesis import strategies as st

from midback.shared import wire


def whole(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


U8, U16, U32 = whole(0, 0xFF), whole(0, 0xFFFF), whole(0, 0xFFFFFFFF)
I16 = whole(-32768, 32767)


@st.composite
def stream_packets(draw: st.DrawFn) -> wire.StreamPacket:
    kind = draw(st.sampled_from([wire.KIND_ORIENTATION, wire.KIND_RAW]))
    count = draw(whole(1, {1: 16, 2: 19}[kind]))
    numbers = count * {1: 7, 2: 6}[kind]
    noise = draw(st.binary(min_size=2 * numbers, max_size=2 * numbers))
    return wire.StreamPacket(
        kind,
        flags=draw(whole(0, 31)),
        sequence=draw(U16),
        boot=draw(U16),
        ticks=draw(U32),
        period_us=10 * draw(whole(1, 0xFFFF)),
        # Far quicker to draw than a list of integers.
        counts=[
            int.from_bytes(noise[k : k + 2], "big", signed=True) for k in range(0, 2 * numbers, 2)
        ],
    )


@st.composite
def commands(draw: st.DrawFn) -> tuple[int, int, tuple[int, ...]]:
    op = draw(st.sampled_from(sorted(wire.COMMANDS)))
    limits = wire.COMMANDS[op][2]
    ranges = zip(limits[::2], limits[1::2], strict=True)
    return op, draw(U8), tuple(draw(whole(least, most)) for least, most in ranges)


statuses = st.builds(
    wire.Status,
    mode=U8,
    flags=whole(0, 0x3FF),
    boot=U16,
    ticks=U32,
    battery_percent=whole(0, 100),
    battery_mv=U16,
    temperature_cdeg=I16,
    lost_samples=U16,
    buzzes=U16,
    log_first=U32,
    log_next=U32,
    since_buzz_s=U16,
    snooze_s=U16,
    context=whole(0, 3),
)

_FLEXION = whole(-32768, 18000)
_TENTHS = whole(0, 100)

records = st.builds(
    wire.EpochRecord,
    sequence=U32,
    ticks=U32,
    boot=U16,
    mean_cdeg=_FLEXION,
    min_cdeg=_FLEXION,
    max_cdeg=_FLEXION,
    lateral_cdeg=whole(-32768, 9000),
    motion_mg=U16,
    upright_ds=_TENTHS,
    slumped_ds=_TENTHS,
    back_ds=_TENTHS,
    moving_ds=_TENTHS,
    buzzes=U8,
    flags=whole(0, 7),
    time_20s=U16,
)

pages = st.tuples(U16, U32, st.lists(records, max_size=7))


def stream_bytes(packet: wire.StreamPacket) -> bytes:
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_stream(packet, buffer)])


def command_bytes(command: tuple[int, int, tuple[int, ...]]) -> bytes:
    op, tag, args = command
    return wire.encode_command(op, tag, *args)


def record_bytes(record: wire.EpochRecord) -> bytes:
    buffer = bytearray(wire.RECORD_SIZE)
    wire.encode_record(record, buffer)
    return bytes(buffer)


def page_bytes(page: tuple[int, int, list[wire.EpochRecord]]) -> bytes:
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_page(*page, buffer)])


reply_bytes = st.builds(
    wire.encode_reply, whole(0, 0x7F), U8, whole(wire.OK, wire.STORAGE), st.binary(max_size=240)
)

VALID: dict[str, st.SearchStrategy[bytes]] = {
    "stream": stream_packets().map(stream_bytes),
    "command": commands().map(command_bytes),
    "reply": reply_bytes,
    "status": statuses.map(wire.encode_status),
    "record": records.map(record_bytes),
    "page": pages.map(page_bytes),
}


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """A valid message after a few bytes changed, were cut off or were put in."""
    payload = bytearray(draw(VALID[name]))
    for _ in range(draw(whole(1, 3))):
        at = draw(whole(0, len(payload)))
        length = draw(whole(0, 2))
        payload[at : at + length] = draw(st.binary(max_size=2))
    return bytes(payload)
