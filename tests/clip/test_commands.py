"""Commands to a clip: obeyed, refused, or never answered."""

import asyncio

import pytest
from bleak.exc import BleakError
from clip.backends import HANG, BenchClip, on_the_bench

from midback.errors import ClipLost, ClipRefused
from midback.shared import wire
from midback.shared.slump import SlumpPolicy

REPLY_S = 5.0


def test_a_buzz_says_which_pattern_how_often_and_how_strong():
    bench = BenchClip()
    on_the_bench(bench, lambda clip: clip.buzz(wire.PATTERN_STRONG, 2, 60))

    assert [(c.op, c.args) for c in bench.commands] == [
        (wire.OP_BUZZ, (wire.PATTERN_STRONG, 2, 60))
    ]


def test_a_clip_is_taught_directions_in_32767ths_lines_in_hundredths_and_times_in_tenths():
    bench = BenchClip()
    policy = SlumpPolicy(12.0, 8.25, hold_s=30.0, exit_hold_s=2.0, back_enter_deg=15.0)
    on_the_bench(bench, lambda clip: clip.teach(2, (0.0, 0.6, 0.8), (0.0, 0.8, -0.6), policy))

    assert [(c.op, c.args) for c in bench.commands] == [
        (wire.OP_SET_NEUTRAL, (2, 0, 19660, 26214, 0, 26214, -19660)),
        (wire.OP_SET_SLUMP, (2, 1200, 825, 1500, 1050, 300, 20)),
    ]


def test_a_slot_is_emptied_by_a_neutral_of_zeros():
    bench = BenchClip()
    on_the_bench(bench, lambda clip: clip.unteach(3))

    assert [(c.op, c.args) for c in bench.commands] == [(wire.OP_SET_NEUTRAL, (3, *[0] * 6))]


def test_after_another_slot_was_chosen_the_status_tells_so():
    bench = BenchClip()

    def chooses(command):
        assert (command.op, command.args) == (wire.OP_USE_CONTEXT, (2,))
        other = wire.Status(wire.MODE_ALONE, 0, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0, context=2)
        bench.values[wire.STATUS_UUID] = wire.encode_status(other)
        return wire.OK

    async def body(clip):
        before = clip.status.context
        await clip.use_context(2)
        return before, clip.status.context

    bench.answer = chooses
    assert on_the_bench(bench, body) == (0, 2)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (wire.REFUSED, "the clip knows no upright number 3: calibrate that one anew"),
        (wire.STORAGE, "the clip cannot write to its memory: switch it off and on again"),
    ],
)
def test_a_slot_that_cannot_be_chosen_says_why_and_what_to_do(result, said):
    with pytest.raises(ClipRefused, match=said) as caught:
        on_the_bench(BenchClip(answer=lambda _: result), lambda clip: clip.use_context(2))
    assert caught.value.result == result


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (wire.BAD_COMMAND, "does not know this command: update the clip's firmware"),
        (wire.BAD_ARGUMENT, "cannot do this with these settings: update"),
        (wire.BUSY, "is busy: try again in a few seconds"),
        (wire.REFUSED, "does not allow this now: try again in a minute"),
        (wire.STORAGE, "cannot write to its memory: switch it off and on again"),
    ],
)
def test_a_refused_command_says_why_and_what_to_do(result, said):
    with pytest.raises(ClipRefused, match=f"the clip {said}") as caught:
        on_the_bench(BenchClip(answer=lambda _: result), lambda clip: clip.buzz())
    assert caught.value.result == result


def test_a_clip_that_does_not_answer_a_command_is_lost_within_five_seconds():
    async def body(clip):
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        with pytest.raises(ClipLost, match="does not answer: bring it nearer"):
            await clip.buzz()
        return loop.time() - before_s

    took_s = on_the_bench(BenchClip(answer=lambda _: None), body)

    assert took_s == pytest.approx(REPLY_S, abs=0.1)


@pytest.mark.parametrize("fault", [HANG, BleakError("x"), TimeoutError(), OSError(), EOFError()])
def test_a_write_that_fails_or_hangs_is_a_lost_clip(fault):
    bench = BenchClip()

    async def body(clip):
        bench.faults["write"] = fault
        with pytest.raises(ClipLost, match="bring it nearer"):
            await clip.buzz()

    on_the_bench(bench, body)


def test_a_link_that_ends_before_the_reply_ends_the_wait():
    bench = BenchClip(answer=lambda _: None)

    async def body(clip):
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, bench.lose_link)
        before_s = loop.time()
        with pytest.raises(ClipLost, match="ended"):
            await clip.buzz()
        return loop.time() - before_s

    assert on_the_bench(bench, body) == pytest.approx(1.0, abs=0.1)


def test_a_command_after_the_link_ended_is_a_lost_clip():
    bench = BenchClip()

    async def body(clip):
        bench.lose_link()
        with pytest.raises(ClipLost):
            await clip.stop()

    on_the_bench(bench, body)


def test_two_commands_at_once_each_get_their_own_answer():
    bench = BenchClip(answer=lambda command: wire.BUSY if command.op == wire.OP_BUZZ else wire.OK)

    async def body(clip):
        return await asyncio.gather(clip.buzz(), clip.stop(), return_exceptions=True)

    refused, obeyed = on_the_bench(bench, body)

    assert isinstance(refused, ClipRefused)
    assert obeyed is None


def test_a_late_or_foreign_reply_answers_nobody():
    bench = BenchClip(answer=lambda _: None)

    async def body(clip):
        asking = asyncio.create_task(clip.buzz())
        await asyncio.sleep(0.1)
        tag = bench.commands[-1].tag
        for other in (tag + 1, tag + 100):
            reply = wire.encode_reply(wire.OP_BUZZ, other % 256, wire.REFUSED)
            bench.notify(wire.CONTROL_UUID, reply)
        bench.notify(wire.CONTROL_UUID, b"nonsense")
        bench.notify(wire.CONTROL_UUID, wire.encode_reply(wire.OP_BUZZ, tag, wire.OK))
        bench.notify(wire.CONTROL_UUID, wire.encode_reply(wire.OP_BUZZ, tag, wire.BUSY))
        await asking
        return clip.bad_packets

    assert on_the_bench(bench, body) == 1


def test_a_thousand_commands_go_through_though_tags_are_one_byte():
    bench = BenchClip()

    async def body(clip):
        for _ in range(1000):
            await clip.command(wire.OP_HEARTBEAT, 5)

    on_the_bench(bench, body)

    assert len(bench.commands) == 1000
