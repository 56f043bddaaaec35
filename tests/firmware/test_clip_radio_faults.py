"""The whole clip and a radio that jams, hosts that go, come back, flood or never listen.

A stream is whole when its sequences follow each other: they count packets, not sendings.
"""

import random
import struct
from collections.abc import Generator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from firmware.models.motion import worn
from firmware.rig.virtual_host import Refused
from firmware.worlds import World, switched_on

from midback.shared import wire
from midback.simulated.day_plan import Activity, plan_of
from midback.simulated.wearer import Wearer

ORIENTATION = (wire.KIND_ORIENTATION, 4000, 5)
RAW = (wire.KIND_RAW, 2000, 10)


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    """A clip on somebody who sits; a host has paired."""
    wearer = Wearer(plan_of([(Activity.TYPING, 30)]), seed=1)
    with switched_on(tmp_path, worn(wearer)) as world:
        world.set_up()
        world.pair()
        yield world


@pytest.fixture
def streaming(world: World) -> World:
    """The same, 5 s after the host asked for the stream."""
    assert world.start().result == wire.OK
    world.clip.run_for(5)
    return world


def jam(world: World, seconds: float) -> None:
    """The radio has no memory for a notification for so long."""
    until_s = world.clip.now_s + seconds
    world.host.can_take = lambda: world.clip.now_s >= until_s


def sequences(world: World) -> list[int]:
    return [packet.sequence for _, packet in world.packets()]


def flagged(world: World, flag: int) -> list[int]:
    """The sequences of the packets that carry it."""
    return [packet.sequence for _, packet in world.packets() if packet.flags & flag]


def come_back(world: World, mtu: int = 247) -> None:
    world.clip.run_for(0.2)
    world.host.connect(mtu, bonded=True)
    world.clip.run_for(0.5)


def from_0(world: World) -> list[int]:
    """What the sequences of a whole stream are."""
    return list(range(max(sequences(world)) + 1))


def is_prompt(world: World, since_s: float) -> bool:
    """Whether packets came right after their last sample."""
    packets = [(at_s, packet) for at_s, packet in world.packets() if at_s >= since_s]
    late_s = [
        at_s - packet.ticks * wire.TICK_S
        for at_s, packet in packets
        if not packet.flags & wire.FLAG_RESENT
    ]
    return bool(late_s) and max(late_s) < 0.5


# The radio


def test_half_a_minute_without_memory_costs_nothing(streaming: World):
    jam(streaming, 30)
    streaming.clip.run_for(60)

    assert sequences(streaming) == from_0(streaming)
    assert flagged(streaming, wire.FLAG_LOST) == []


def test_after_half_a_minute_without_memory_it_soon_has_caught_up(streaming: World):
    jam(streaming, 30)
    streaming.clip.run_for(30 + 20)

    since_s = streaming.clip.now_s
    streaming.clip.run_for(5)
    assert is_prompt(streaming, since_s)


def test_after_a_minute_and_a_half_the_last_minute_is_there_and_the_loss_is_told(
    streaming: World,
):
    jam(streaming, 90)
    streaming.clip.run_for(90 + 30)
    gaps = [(a, b) for a, b in pairwise(sequences(streaming)) if b != a + 1]

    assert len(gaps) == 1
    assert flagged(streaming, wire.FLAG_LOST) == [gaps[0][1]]
    first = next(p for _, p in streaming.packets() if p.sequence == gaps[0][1])
    # The radio was free again 95 s after the stream began, itself half a second after pairing.
    jammed_until_s = streaming.clip.now_s - 30
    assert jammed_until_s - first.ticks * wire.TICK_S > 60


def test_a_radio_that_takes_every_other_notification_only_delays(streaming: World):
    turns = iter(range(1_000_000))
    streaming.host.can_take = lambda: next(turns) % 2 == 0
    streaming.clip.run_for(30)

    assert sequences(streaming) == from_0(streaming)


# The link


@pytest.mark.parametrize("away_s", [2.0, 55.0])
def test_back_within_a_minute_a_host_gets_every_packet_once(streaming: World, away_s: float):
    last = sequences(streaming)[-1]
    streaming.host.disconnect()
    streaming.clip.run_for(away_s)
    come_back(streaming)
    streaming.start()
    live = next(sequence for sequence in sequences(streaming) if sequence > last)
    assert not flagged(streaming, wire.FLAG_RESENT)
    boot, count = streaming.status().boot, live - last - 1
    reply = streaming.command(wire.OP_RESEND, boot, last + 1, count)
    streaming.clip.run_for(60)

    assert (reply.result, wire.decode_kept(reply.data)) == (wire.OK, (last + 1, count))
    assert sorted(sequences(streaming)) == from_0(streaming)
    assert flagged(streaming, wire.FLAG_RESENT) == list(range(last + 1, live))
    assert flagged(streaming, wire.FLAG_LOST) == []


def test_a_host_that_was_away_too_long_is_told_what_still_comes_and_gets_just_that(
    streaming: World,
):
    last = sequences(streaming)[-1]
    streaming.host.disconnect()
    streaming.clip.run_for(90)
    come_back(streaming)
    streaming.start()
    live = next(packet for _, packet in streaming.packets() if packet.sequence > last)
    boot, count = streaming.status().boot, live.sequence - last - 1
    reply = streaming.command(wire.OP_RESEND, boot, last + 1, count)
    first, kept = wire.decode_kept(reply.data)
    streaming.clip.run_for(60)
    again = [packet for _, packet in streaming.packets() if packet.flags & wire.FLAG_RESENT]

    assert last + 1 < first
    # The first of them may have made room for one new packet before its turn came.
    assert 0 <= again[0].sequence - first <= 1
    assert [p.sequence for p in again] == list(range(again[0].sequence, first + kept))
    assert first + kept == live.sequence
    assert (live.ticks - again[0].ticks) * wire.TICK_S > 60


def test_new_packets_do_not_wait_for_those_sent_again(streaming: World):
    last = sequences(streaming)[-1]
    streaming.host.disconnect()
    streaming.clip.run_for(55)
    come_back(streaming)
    since_s = streaming.clip.now_s
    streaming.start()
    streaming.command(wire.OP_RESEND, streaming.status().boot, last + 1, 300)
    streaming.clip.run_for(30)

    assert len(flagged(streaming, wire.FLAG_RESENT)) == 300
    assert is_prompt(streaming, since_s)


def test_what_was_acknowledged_is_not_sent_again(streaming: World):
    boot, last = streaming.status().boot, sequences(streaming)[-1]
    streaming.command(wire.OP_ACKNOWLEDGE, boot, last - 3)
    streaming.command(wire.OP_RESEND, boot, 0, last + 1)
    streaming.clip.run_for(5)

    assert flagged(streaming, wire.FLAG_RESENT) == [last - 2, last - 1, last]


def test_packets_of_another_boot_are_not_sent_again(streaming: World):
    other = streaming.status().boot ^ 1

    assert streaming.command(wire.OP_RESEND, other, 0, 10).result == wire.REFUSED
    assert flagged(streaming, wire.FLAG_RESENT) == []


@pytest.mark.parametrize(("mtu", "count"), [(247, 5), (100, 5), (60, 3)])
def test_packets_fit_the_links_mtu(world: World, mtu: int, count: int):
    world.host.disconnect()
    come_back(world, mtu)
    assert world.start().result == wire.OK
    world.clip.run_for(10)

    assert {packet.count for _, packet in world.packets()} == {count}
    assert sequences(world) == from_0(world)


def test_a_link_too_narrow_for_a_sample_is_told_so_and_still_has_the_status(world: World):
    world.host.disconnect()
    come_back(world, 23)

    assert world.start().result == wire.REFUSED
    assert not world.status().flags & wire.STATUS_STREAMING


def test_what_a_narrower_link_cannot_carry_does_not_hold_up_the_stream(streaming: World):
    streaming.host.disconnect()
    streaming.clip.run_for(5)
    come_back(streaming, 60)
    since_s = streaming.clip.now_s
    streaming.start()
    streaming.command(wire.OP_RESEND, streaming.status().boot, 0, 20)
    streaming.clip.run_for(5)

    assert is_prompt(streaming, since_s)
    assert not flagged(streaming, wire.FLAG_RESENT)


def test_while_a_host_is_linked_no_other_finds_the_clip(streaming: World):
    with pytest.raises(Refused):
        streaming.host.connect()


def test_a_second_host_at_the_same_moment_is_sent_away(streaming: World):
    streaming.host.intrude()
    streaming.clip.run_for(5)

    assert (streaming.host.intruding, streaming.host.connected) == (False, True)
    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, streaming.clip.now_s - 5)


# The host


def flood(world: World, payloads: list[bytes]) -> None:
    """Write all of them within a second."""
    for number, payload in enumerate(payloads):
        at_s = world.clip.now_s + number / len(payloads)
        world.clip.at(at_s, partial(world.host.write_control, payload))


def test_a_flood_of_commands_costs_no_packet(streaming: World):
    flood(streaming, [wire.encode_command(wire.OP_HEARTBEAT, n, 5) for n in range(200)])
    streaming.clip.run_for(5)

    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, 5.0)
    assert streaming.command(wire.OP_HEARTBEAT, 5).result == wire.OK


def test_of_a_flood_at_one_moment_a_few_are_obeyed_and_the_clip_goes_on(streaming: World):
    for number in range(20):
        streaming.host.write_control(wire.encode_command(wire.OP_HEARTBEAT, number, 5))
    streaming.clip.run_for(5)

    assert 0 < len(streaming.replies()) < 20
    assert sequences(streaming) == from_0(streaming)
    assert streaming.command(wire.OP_HEARTBEAT, 5).result == wire.OK


def test_a_flood_of_any_bytes_costs_no_packet(streaming: World):
    chance = random.Random(3)
    flood(streaming, [chance.randbytes(chance.randrange(25)) for _ in range(200)])
    streaming.clip.run_for(5)

    assert len(streaming.clip.starts) == 1
    assert sequences(streaming) == from_0(streaming)
    assert streaming.command(wire.OP_HEARTBEAT, 5).result == wire.OK


def test_a_host_that_never_listens_costs_the_clip_nothing_but_the_stream(streaming: World):
    jam(streaming, 120)
    for tag in range(4):
        command = wire.encode_command(wire.OP_LOG_READ, tag, 0, 32)
        at_s = streaming.clip.now_s + 30 * tag
        streaming.clip.at(at_s, partial(streaming.host.write_control, command))
    streaming.clip.run_for(150)
    ticks = [record.ticks for record in streaming.log()]

    assert {after - before for before, after in pairwise(ticks)} == {100_000}
    assert len(ticks) >= 15
    assert is_prompt(streaming, streaming.clip.now_s - 2)


def test_a_host_whose_program_died_is_let_go_and_the_clip_can_be_found(streaming: World):
    streaming.clip.run_for(wire.SILENCE_S - 7)
    linked = streaming.host.connected
    streaming.clip.run_for(4)

    assert linked
    assert not streaming.host.connected
    assert streaming.host.advertising


def test_a_host_that_says_anything_now_and_then_is_not(streaming: World):
    for _ in range(3):
        streaming.clip.run_for(250)
        acknowledge = (streaming.status().boot, sequences(streaming)[-1])
        assert streaming.command(wire.OP_ACKNOWLEDGE, *acknowledge).result == wire.OK

    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, streaming.clip.now_s - 5)


# What it asks for


IMPOSSIBLE = (
    (1, 4000, 17),
    (1, 4000, 19),
    (2, 2000, 20),
    (1, 4000, 0),
    (0, 4000, 5),
    (3, 4000, 5),
    (1, 499, 5),
    (1, 20001, 5),
    (255, 65535, 255),
)


def test_a_stream_that_cannot_be_is_refused_and_the_present_one_goes_on(streaming: World):
    for tag, arguments in enumerate(IMPOSSIBLE, 100):
        start = bytes([wire.VERSION, wire.OP_START, tag]) + struct.pack("<BHB", *arguments)
        streaming.host.write_control(start)
        streaming.clip.run_for(0.5)

    refusals = [(reply.tag, reply.result) for reply in streaming.replies() if reply.tag >= 100]
    assert refusals == [(100 + n, wire.BAD_ARGUMENT) for n in range(len(IMPOSSIBLE))]
    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, streaming.clip.now_s - 2)


def test_stopped_it_sends_nothing_until_it_is_started_again(streaming: World):
    streaming.command(wire.OP_STOP)
    stopped = sequences(streaming)
    streaming.clip.run_for(10)
    assert sequences(streaming) == stopped
    assert not streaming.status().flags & wire.STATUS_STREAMING
    streaming.start()
    streaming.clip.run_for(3)

    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, streaming.clip.now_s - 3)


def test_raw_samples_come_at_the_sensors_own_rate(world: World):
    assert world.start(wire.KIND_RAW).result == wire.OK
    world.clip.run_for(20)
    packets = [packet for _, packet in world.packets()]
    samples = sum(packet.count for packet in packets[1:])
    passed_us = 100 * (packets[-1].ticks - packets[0].ticks)

    assert {(packet.kind, packet.count) for packet in packets} == {(wire.KIND_RAW, 10)}
    assert sequences(world) == from_0(world)
    assert {packet.period_us for packet in packets} == {10 * round(passed_us / samples / 10)}


def test_raw_samples_of_somebody_who_sits_feel_1_g_up_the_spine(world: World):
    world.start(wire.KIND_RAW)
    world.clip.run_for(5)
    counts = [packet.counts for _, packet in world.packets()]
    up_g = [wire.G_PER_COUNT * c for packet in counts for c in packet[2::6]]

    # They sit tall at first, and sway.
    assert sum(up_g) / len(up_g) == pytest.approx(1.0, abs=0.05)


def test_other_settings_take_effect_without_a_gap(streaming: World):
    streaming.command(wire.OP_START, *RAW)
    streaming.clip.run_for(5)
    streaming.command(wire.OP_START, wire.KIND_ORIENTATION, 10000, 4)
    streaming.clip.run_for(5)
    streaming.command(wire.OP_START, *ORIENTATION)
    streaming.clip.run_for(5)
    kinds = [(p.kind, p.count, round(p.period_us / 1e4)) for _, p in streaming.packets()]

    assert list(dict.fromkeys(kinds)) == [(1, 5, 3), (2, 10, 2), (1, 4, 10)]
    assert kinds[-1] == (1, 5, 3)
    assert sequences(streaming) == from_0(streaming)


# The log


def test_reading_the_log_does_not_hold_up_the_stream(streaming: World):
    streaming.clip.run_for(120)
    since_s = streaming.clip.now_s
    records = streaming.log()

    assert [record.sequence for record in records] == list(range(len(records)))
    assert len(records) >= 12
    assert sequences(streaming) == from_0(streaming)
    assert is_prompt(streaming, since_s)


def test_the_log_is_trimmed_on_the_hosts_word_only(streaming: World):
    streaming.clip.run_for(60)
    streaming.log()
    assert streaming.status().log_first == 0
    assert streaming.command(wire.OP_LOG_TRIM, 4, wait_s=1.5).result == wire.OK

    assert streaming.status().log_first == 4
    assert streaming.log()[0].sequence == 4


def test_what_was_trimmed_stays_so_after_the_power_was_cut(streaming: World):
    streaming.clip.run_for(60)
    assert streaming.command(wire.OP_LOG_TRIM, 4, wait_s=0.05).result == wire.OK
    streaming.clip.cut_power()
    streaming.clip.run_for(3)
    come_back(streaming)

    assert [record.sequence for record in streaming.log()][:3] == [4, 5, 6]


def test_trimmed_of_everything_the_log_counts_on(streaming: World):
    streaming.clip.run_for(60)
    upto = streaming.status().log_next
    assert streaming.command(wire.OP_LOG_TRIM, upto).result == wire.OK
    assert streaming.log() == []
    streaming.clip.run_for(20)

    assert streaming.log()[0].sequence == upto
