"""Whatever a host writes: one reply that can be read, and a clip that goes on."""

from fake_clip import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.shared import wire

OPS = st.sampled_from(sorted(wire.COMMANDS))


@st.composite
def commands(draw: st.DrawFn) -> bytes:
    """A command within its ranges, their ends above all."""
    op = draw(OPS)
    limits = wire.COMMANDS[op][2]
    args = [
        draw(st.sampled_from([least, most]) | st.integers(least, most))
        for least, most in zip(limits[::2], limits[1::2], strict=True)
    ]
    return wire.encode_command(op, draw(st.integers(0, 255)), *args)


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A command with one byte changed, cut or added."""
    payload = bytearray(draw(commands()))
    at = draw(st.integers(0, len(payload) - 1))
    payload[at : at + draw(st.integers(0, 1))] = draw(st.binary(max_size=1))
    return bytes(payload)


@st.composite
def known(draw: st.DrawFn) -> bytes:
    """The right version and op, then anything."""
    return bytes((wire.VERSION, draw(OPS))) + draw(st.binary(max_size=62))


PAYLOADS = st.one_of(st.binary(max_size=64), commands(), nearly(), known())


@settings(deadline=None, max_examples=60)
@given(st.lists(PAYLOADS, min_size=1, max_size=20), st.sampled_from([23, 50, 247, 517]))
def test_any_bytes_are_answered_by_one_reply_that_can_be_read(payloads: list[bytes], mtu: int):
    bench = Bench().linked(mtu)
    for payload in payloads:
        bench.pass_ms(200)
        reply = wire.decode_reply(bench.control.answer(payload))
        assert reply.tag == (payload[2] if len(payload) > 2 else 0)
        told = (reply.op, reply.result) == (wire.OP_RESEND, wire.OK)
        assert len(reply.data) == (4 if told else 0)
        bench.clip.sender.reply(bench.control.answer(payload))
        bench.send()
    bench.run(1)
    status = bench.status()
    assert status.flags & wire.STATUS_STREAMING == bench.clip.sender.streaming
    assert bench.asked(wire.OP_STOP) == wire.OK


def meant(payload: bytes) -> bool:
    try:
        wire.decode_command(payload)
    except wire.WireError:
        return False
    return True


BENCH = Bench()


@settings(max_examples=500)
@given(st.one_of(st.binary(max_size=64), nearly(), known()).filter(lambda p: not meant(p)))
def test_what_is_no_command_changes_nothing_and_says_why(payload: bytes):
    bench = BENCH
    before = bench.radio.status, bench.buzzer.buzzes, dict(bench.flash.files)
    reply = wire.decode_reply(bench.control.answer(payload))
    assert reply.result in (wire.BAD_COMMAND, wire.BAD_ARGUMENT)
    assert (bench.radio.status, bench.buzzer.buzzes, dict(bench.flash.files)) == before
    assert not bench.control.restart_asked


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 3),
    st.lists(st.integers(-32767, 32767), min_size=6, max_size=6).filter(any),
    st.tuples(
        st.integers(300, 9000),
        st.integers(0, 9000),
        st.integers(0, 9000),
        st.integers(0, 9000),
        st.integers(10, 36000),
        st.integers(0, 600),
    ),
)
def test_what_was_taken_is_there_after_a_restart_and_what_was_refused_is_not(
    slot: int, axes: list[int], lines: tuple[int, ...]
):
    bench = Bench()
    taken = (
        bench.asked(wire.OP_SET_NEUTRAL, slot, *axes) == wire.OK,
        bench.asked(wire.OP_SET_SLUMP, slot, *lines) == wire.OK,
    )
    used = bench.asked(wire.OP_USE_CONTEXT, slot) == wire.OK
    again = Bench(flash=bench.flash)
    kept = again.parts.settings.contexts
    others = [None] * 3
    assert not again.parts.settings.lost
    assert (kept.neutrals.pop(slot), kept.neutrals) == (tuple(axes) if taken[0] else None, others)
    assert (kept.slumps.pop(slot), kept.slumps) == (lines if taken[1] else None, others)
    assert (used, again.status().context) == (taken[0], slot if taken[0] else 0)
