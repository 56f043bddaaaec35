"""The last minute of packets: kept whatever the link does, sent once in turn, again when asked."""

import itertools
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated.worn import (
    ORIENTATION,
    RAW,
    packets,
    pass_s,
    resent,
    sequences,
    streamed,
    tell,
    timed,
    worn_clip,
)

from clip_firmware import outbox as firmware
from midback.shared import wire
from midback.simulated.outbox import Outbox

KEPT = 377
"""Packets of 84 bytes that fit the firmware's small outbox."""

SPACING_S = 0.05
STEP_S = 0.005
"""How finely ``timed`` looks."""


def asked(clip, first, count):
    """Ask for packets; what the clip says it has of them."""
    reply = tell(clip, wire.OP_RESEND, clip.boot, first, count)
    assert reply.result == wire.OK
    return wire.decode_kept(reply.data)


def again(clip, first, count, seconds=3.0):
    """Ask for packets; the numbers of those that come again."""
    asked(clip, first, count)
    return resent(packets(pass_s(clip, seconds)))


def test_the_last_minute_can_be_had_again():
    clip = worn_clip()
    before = streamed(clip, 90.0)
    assert asked(clip, 440, 5) == (440, 5)
    got = [p for p in packets(pass_s(clip, 2.0)) if p.flags & wire.FLAG_RESENT]

    assert sequences(got) == [440, 441, 442, 443, 444]
    assert [p.counts for p in got] == [p.counts for p in before[440:445]]


def test_what_is_sent_again_comes_in_between_the_live_stream_and_never_closer_than_50_ms():
    clip = worn_clip()
    streamed(clip, 60.0)
    asked(clip, 0, 200)
    found = [(at_s, wire.decode_stream(payload)) for at_s, payload in timed(clip, 20.0)]
    gaps_s = [later - at for (at, _), (later, _) in itertools.pairwise(found)]
    live = [at_s for at_s, p in found if not p.flags & wire.FLAG_RESENT]
    late_s = [later - at for at, later in itertools.pairwise(live)]

    assert resent(p for _, p in found) == list(range(200))
    assert min(gaps_s) >= SPACING_S - STEP_S - 1e-9
    # A live packet waits for one that was sent again just before it, and for no other.
    assert max(late_s) <= 0.2 + SPACING_S + STEP_S


def test_a_minute_and_a_quarter_is_kept_and_what_is_older_is_gone():
    clip = worn_clip()
    made = len(streamed(clip, 100.0))

    assert asked(clip, 0, 600) == (made - KEPT, KEPT)
    assert asked(clip, 0, made - KEPT) == (0, 0)


def test_of_raw_packets_fewer_fit():
    clip = worn_clip()
    made = len(streamed(clip, 100.0, RAW))

    # 134 bytes each.
    assert asked(clip, 0, 600) == (made - 236, 236)


def test_a_new_question_replaces_the_one_before():
    clip = worn_clip()
    streamed(clip, 60.0)
    asked(clip, 0, 100)
    first = resent(packets(pass_s(clip, 1.0)))
    second = again(clip, 200, 10, 10.0)

    assert first == list(range(len(first)))
    assert 5 <= len(first) <= 20
    assert second == list(range(200, 210))


def test_acknowledged_packets_are_let_go():
    clip = worn_clip()
    streamed(clip, 20.0)
    tell(clip, wire.OP_ACKNOWLEDGE, clip.boot, 60)

    assert again(clip, 59, 4) == [61, 62]


def test_what_another_boot_had_is_not_let_go_nor_had():
    clip = worn_clip()
    streamed(clip, 20.0)
    other = (clip.boot + 1) % 65536
    tell(clip, wire.OP_ACKNOWLEDGE, other, 60)

    assert tell(clip, wire.OP_RESEND, other, 0, 9).result == wire.REFUSED
    assert asked(clip, 0, 9) == (0, 9)


def test_packing_goes_on_while_the_link_is_down_and_the_stream_then_begins_with_the_newest():
    clip = worn_clip()
    before = streamed(clip, 10.0)
    clip.link_down()
    assert pass_s(clip, 10.0) == []
    clip.link_up()
    assert packets(pass_s(clip, 0.1)) == []
    after = streamed(clip, 5.0)
    missing = range(before[-1].sequence + 1, after[0].sequence)

    assert len(missing) in (49, 50, 51)
    assert sequences(after) == list(range(missing.stop, missing.stop + len(after)))
    assert again(clip, missing.start, len(missing), 6.0) == list(missing)


def test_a_clip_packs_for_nobody_before_it_was_asked_to():
    clip = worn_clip()
    pass_s(clip, 30.0)

    assert sequences(streamed(clip, 1.0)) == [0, 1, 2, 3, 4]


def test_starting_once_more_with_the_same_settings_loses_and_repeats_nothing():
    clip = worn_clip()
    got = streamed(clip, 7.13)
    for _ in range(5):
        got += streamed(clip, 3.17)

    assert sequences(got) == list(range(len(got)))
    assert len({p.ticks for p in got}) == len(got)


def test_other_settings_go_on_in_the_same_row():
    clip = worn_clip()
    got = streamed(clip, 5.0) + streamed(clip, 5.0, RAW) + streamed(clip, 5.0)

    assert sequences(got) == list(range(len(got)))
    assert [p.kind for p in got[:: len(got) // 3]][:3] == [
        wire.KIND_ORIENTATION,
        wire.KIND_RAW,
        wire.KIND_ORIENTATION,
    ]


def test_after_a_drop_out_packets_can_be_asked_for_before_the_stream_is_started_again():
    clip = worn_clip()
    streamed(clip, 10.0)
    clip.link_down()
    pass_s(clip, 10.0)
    clip.link_up()
    first, count = asked(clip, 0, 600)
    got = streamed(clip, 10.0)

    assert resent(got) == list(range(first, first + count))
    assert sorted(sequences(got)) == list(range(len(got)))


def test_a_link_that_ends_ends_the_question_too():
    clip = worn_clip()
    streamed(clip, 60.0)
    asked(clip, 0, 200)
    clip.link_down()
    clip.link_up()

    assert resent(streamed(clip, 5.0)) == []


def test_a_radio_that_has_no_room_is_tried_again_and_nothing_is_lost():
    clip = worn_clip(notify_failure_rate=0.3)
    found = [(at_s, wire.decode_stream(p)) for at_s, p in _started(clip, 40.0)]
    late = [at_s for at_s, p in found if at_s - p.ticks * wire.TICK_S + 30.0 > STEP_S + 1e-6]

    assert sequences(p for _, p in found) == list(range(len(found)))
    # Three in ten were refused at first.
    assert 0.2 <= len(late) / len(found) <= 0.4


def _started(clip, seconds):
    tell(clip, wire.OP_START, *ORIENTATION)
    return timed(clip, seconds)


def test_packets_that_never_found_room_are_owned_up_to():
    clip = worn_clip(notify_failure_rate=0.97)
    got = streamed(clip, 200.0)
    holes = [
        after.sequence
        for before, after in itertools.pairwise(got)
        if after.sequence != before.sequence + 1
    ]

    assert holes
    assert [p.sequence for p in got if p.flags & wire.FLAG_LOST] == holes


COUNTS = [32767, 0, 0, 0, 0, 0, 2048] * 5


class Simulated:
    """The simulated clip's outbox, told what the firmware's is told."""

    def __init__(self):
        self.box = Outbox()

    def add(self, sequence):
        self.box.add(
            wire.StreamPacket(wire.KIND_ORIENTATION, 0, sequence, 7, 0, 40_000, tuple(COUNTS))
        )

    def send(self):
        if not self.box.unsent:
            return None
        packet = self.box.next()
        self.box.sent()
        return packet.sequence, packet.flags

    def send_again(self):
        if not self.box.asked_for:
            return None
        packet = self.box.next_again()
        self.box.sent_again()
        return packet.sequence, packet.flags

    def forget(self):
        self.box.forget_question()


class Firmware:
    """The firmware's outbox."""

    def __init__(self):
        self.box = firmware.Outbox(firmware.SMALL)
        self.buffer = bytearray(wire.MAX_PAYLOAD)

    def add(self, sequence):
        packet = wire.StreamPacket(wire.KIND_ORIENTATION, 0, sequence, 7, 0, 40_000, COUNTS)
        self.box.add(self.buffer, wire.encode_stream(packet, self.buffer), sequence)

    def send(self):
        return self._out(self.box.next(), self.box.sent)

    def send_again(self):
        return self._out(self.box.next_resend(), self.box.resent)

    def forget(self):
        self.box.forget_resend()

    @staticmethod
    def _out(payload, sent):
        if payload is None:
            return None
        packet = wire.decode_stream(payload)
        sent()
        return packet.sequence, packet.flags


PLACES = st.integers(-450, 20)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 150)),
    st.tuples(st.just("send"), st.integers(1, 150)),
    st.tuples(st.just("send again"), st.integers(1, 50)),
    st.tuples(st.just("acknowledge"), PLACES),
    st.tuples(st.just("ask"), PLACES, st.integers(1, 600)),
    st.tuples(st.sampled_from(["skip", "skip all", "forget"])),
)


def lived(box, first, steps):
    """What a box gave out, step by step; places count from the next packet's number."""
    out = deque()
    number = first
    for step in steps:
        if step[0] == "add":
            for _ in range(step[1]):
                box.add(number % 65536)
                number += 1
        elif step[0] == "send":
            out += [box.send() for _ in range(step[1])]
        elif step[0] == "send again":
            out += [box.send_again() for _ in range(step[1])]
        elif step[0] == "acknowledge":
            box.box.acknowledge((number + step[1]) % 65536)
        elif step[0] == "ask":
            out.append(box.box.resend((number + step[1]) % 65536, step[2]))
        elif step[0] == "skip":
            box.box.skip_to_newest()
        elif step[0] == "skip all":
            box.box.skip_all()
        else:
            box.forget()
    return out


@given(st.sampled_from([0, 65200]), st.lists(STEPS, max_size=40))
def test_it_keeps_and_gives_out_what_the_firmwares_outbox_does(first, steps):
    assert lived(Simulated(), first, steps) == lived(Firmware(), first, steps)


@pytest.mark.parametrize("count", [376, 377, 378, 1000])
def test_it_holds_as_many_packets_as_the_firmwares_small_outbox(count):
    steps = [("add", count), ("ask", -count, 600)]

    assert lived(Simulated(), 0, steps) == lived(Firmware(), 0, steps)
