"""Packets from a clip: as they come, spoilt, too many, and none any more."""

import asyncio

import pytest
from clip.backends import STATUS, BenchClip, on_the_bench, radio

from midback.clip import Clip, Radio, find_clip, flood, scan_clips
from midback.errors import ClipLost
from midback.shared import wire
from midback.simulated import simulated_day, virtual_time

QUEUE = 2048
"""Minutes of stream: a host that stalls asks the clip again only for what is older."""

PER_S = 25.0
"""Faster than any clip sends, and not yet a flood."""


def radio_of(air):
    return Radio(air.scanner_type, air.client_type)


def payload(number):
    """A well-formed packet that can be told from others."""
    counts = [32767, 0, 0, 0, 0, 0, 2048] * 5
    packet = wire.StreamPacket(
        wire.KIND_ORIENTATION, 0, number % 65536, 7, number * 2000, 40_000, counts
    )
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_stream(packet, buffer)])


async def taken(clip, count):
    got = []
    async for received in clip.packets():
        got.append(received)
        if len(got) == count:
            break
    return got


def sending(bench, *payloads):
    """Send these, then read as many packets as are well-formed, then the rest of the clip."""

    async def body(clip):
        await clip.start()
        for each in payloads:
            bench.notify(wire.STREAM_UUID, each)
        bench.lose_link()
        got = []

        async def read():
            async for received in clip.packets():
                got.append(received)

        with pytest.raises(ClipLost, match="the connection to the clip ended"):
            await read()
        return clip, got

    return on_the_bench(bench, body)


def test_packets_come_byte_for_byte_in_order_with_their_time():
    async def body(clip):
        await clip.start()
        now_s = asyncio.get_running_loop().time()
        for number in range(3):
            bench.notify(wire.STREAM_UUID, payload(number))
        return now_s, await taken(clip, 3)

    bench = BenchClip()
    now_s, got = on_the_bench(bench, body)

    assert [received.payload for received in got] == [payload(n) for n in range(3)]
    assert [received.packet.sequence for received in got] == [0, 1, 2]
    assert [received.arrival_s for received in got] == [now_s] * 3


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"\x01", payload(1)[:-1], payload(1) + b"\0", b"\xff" + payload(1)[1:], 244 * b"\xff"],
    ids=["empty", "one byte", "too short", "too long", "another version", "noise"],
)
def test_a_bad_packet_is_counted_and_skipped(spoilt):
    clip, got = sending(BenchClip(), payload(0), spoilt, payload(2))

    assert [received.packet.sequence for received in got] == [0, 2]
    assert clip.bad_packets == 1


def test_what_came_before_the_link_ended_is_not_lost():
    _, got = sending(BenchClip(), *(payload(n) for n in range(20)))

    assert len(got) == 20


def test_after_a_lost_link_every_further_reading_is_an_error_rather_than_a_wait():
    async def body(clip):
        bench.lose_link()
        for _ in range(2):
            async with asyncio.timeout(60.0):
                with pytest.raises(ClipLost):
                    await taken(clip, 1)

    bench = BenchClip()
    on_the_bench(bench, body)


def test_a_link_that_ends_while_somebody_waits_ends_the_wait():
    async def body(clip):
        asyncio.get_running_loop().call_later(3.0, bench.lose_link)
        async with asyncio.timeout(60.0):
            with pytest.raises(ClipLost, match="bring it nearer"):
                await taken(clip, 1)

    bench = BenchClip()
    on_the_bench(bench, body)


def test_a_reader_that_stalled_gets_the_present_and_the_drops_are_counted():
    async def body(clip):
        await clip.start()
        for number in range(3000):
            bench.notify(wire.STREAM_UUID, payload(number))
            await asyncio.sleep(1 / PER_S)
        return clip.dropped_packets, await taken(clip, 3000 - clip.dropped_packets)

    bench = BenchClip()
    dropped, got = on_the_bench(bench, body)

    assert (len(got), dropped) == (QUEUE, 3000 - QUEUE)
    assert got[-1].packet.sequence == 2999


def test_a_stream_ten_times_too_fast_is_let_in_as_fast_as_a_clip_may_send():
    seconds = 120

    async def body(clip):
        await clip.start()
        for number in range(seconds * 50):
            bench.notify(wire.STREAM_UUID, payload(number))
            await asyncio.sleep(0.02)
        return clip

    bench = BenchClip()
    clip = on_the_bench(bench, body)
    let_in = seconds * 50 - clip.flood.refused

    assert let_in == pytest.approx(flood.BURST + flood.RATE_PER_S * seconds, abs=50)


def test_a_status_in_between_is_taken_and_a_bad_one_ignored():
    async def body(clip):
        news = wire.encode_status(
            wire.Status(wire.MODE_LIVE, 0, 7, 2000, 12, 3500, 3000, 0, 0, 0, 0)
        )
        bench.notify(wire.STATUS_UUID, news)
        bench.notify(wire.STATUS_UUID, b"nonsense")
        return clip.status.battery_percent, clip.bad_packets

    bench = BenchClip()

    assert on_the_bench(bench, body) == (12, 1)
    assert STATUS.battery_percent != 12


@pytest.mark.parametrize(
    ("kind", "period_us", "asked"),
    [
        (wire.KIND_ORIENTATION, None, (wire.KIND_ORIENTATION, 4000, 5)),
        (wire.KIND_RAW, None, (wire.KIND_RAW, 2000, 10)),
        (wire.KIND_RAW, 5_000, (wire.KIND_RAW, 500, 19)),
        (wire.KIND_ORIENTATION, 200_000, (wire.KIND_ORIENTATION, 20000, 1)),
    ],
)
def test_a_stream_is_asked_for_in_about_five_packets_a_second(kind, period_us, asked):
    bench = BenchClip()
    on_the_bench(bench, lambda clip: clip.start(kind, period_us))

    assert [(c.op, c.args) for c in bench.commands] == [(wire.OP_START, asked)]


def test_a_simulated_clip_is_scanned_read_streamed_buzzed_and_left(started):
    day = simulated_day(1, started, 5)

    async def main():
        async with day.air as air:
            reached = radio_of(air)
            (seen,) = await scan_clips(2.0, reached)
            async with Clip(seen.device, reached) as clip:
                await clip.start()
                got = await taken(clip, 25)
                await clip.buzz()
                await clip.stop()
                return clip.id, clip.facts["model"], got

    name, model, got = virtual_time.run(main())

    assert model == "Midback simulated clip"
    assert name == day.clip.traits.address.replace(":", "")[-6:]
    # 25 packets in five seconds, give or take the radio's delays.
    assert got[-1].arrival_s - got[0].arrival_s == pytest.approx(24 * 0.2, abs=0.5)
    assert len(day.truth.buzzes) == 1


def test_a_clip_carried_out_of_range_is_lost_and_found_again(started):
    day = simulated_day(1, started, 5)

    async def main():
        async with day.air as air:
            reached = radio_of(air)
            found = await find_clip(radio=reached)
            async with Clip(found.device, reached) as clip:
                await clip.start()
                air.out_of_range()
                with pytest.raises(ClipLost):
                    async with asyncio.timeout(30.0):
                        await taken(clip, 1000)
            air.come_back()
            async with Clip((await find_clip(radio=reached)).device, reached) as clip:
                await clip.start()
                return len(await taken(clip, 5))

    assert virtual_time.run(main()) == 5


def test_two_clips_at_once_do_not_mix():
    one = BenchClip(address="C0:5E:00:00:00:01", name="one")
    two = BenchClip(address="C0:5E:00:00:00:02", name="two")
    reached = radio(one, two)

    async def main():
        async with (
            Clip((await find_clip("one", radio=reached)).device, reached) as first,
            Clip((await find_clip("two", radio=reached)).device, reached) as second,
        ):
            one.notify(wire.STREAM_UUID, payload(1))
            two.notify(wire.STREAM_UUID, payload(2))
            return await taken(first, 1), await taken(second, 1)

    first, second = virtual_time.run(main())

    assert (first[0].packet.sequence, second[0].packet.sequence) == (1, 2)
