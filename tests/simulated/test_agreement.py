"""Whatever a host writes, the simulated clip answers what the firmware's clip answers.

Both get the same bytes at the same times: the firmware's control on a bench without a radio, and
a simulated clip.  Only what their sensors tell differs, so that no packets are asked for here once
time has passed; ``tests/firmware/test_clips_agree.py`` does.
"""

import struct

from fake_clip import BOOT, Bench
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated.worn import UPRIGHT, status, worn_clip

from clip_firmware import button
from midback.shared import wire

SAMPLED = (
    wire.OP_RESEND,
    wire.OP_ACKNOWLEDGE,
    wire.OP_ZERO_GYRO,
    wire.OP_SET_NEUTRAL,
    wire.OP_RESTART,
)
"""What is answered by what the sensor has told, has the clip judge by it, or ends the clip."""

ASIDE_MS = 7
"""Passes before every command: none comes just when a buzz, a rest or a lease ends."""

OFF_S = 3.0
"""Longer than a power cut of the simulated clip takes."""

SAME_FLAGS = (
    wire.STATUS_STREAMING
    | wire.STATUS_NEUTRAL_SET
    | wire.STATUS_TIME_SET
    | wire.STATUS_LOW_BATTERY
    | wire.STATUS_ALONE
)


def arguments(op):
    """Arguments of a command: mostly such as it takes, some of them out of range."""
    layout, names, limits = wire.COMMANDS[op]
    fields = zip(names.split(", "), limits[::2], limits[1::2], strict=True) if limits else ()
    whole = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFFFFFF, "Q": (1 << 64) - 1}
    parts = []
    for code, (name, least, most) in zip(layout[1:], fields, strict=True):
        any_value = st.integers(-32768, 32767) if code == "h" else st.integers(0, whole[code])
        named = st.sampled_from((BOOT, BOOT ^ 1)) if name == "boot id" else any_value
        parts.append(st.one_of(st.integers(least, most), st.sampled_from((least, most)), named))
    return st.tuples(*parts).map(lambda values: struct.pack(layout, *values))


def commands(ops):
    return st.sampled_from(sorted(ops)).flatmap(
        lambda op: st.tuples(st.integers(0, 255), arguments(op)).map(
            lambda tail: bytes((wire.VERSION, op, tail[0])) + tail[1]
        )
    )


def own_boot(payload, boot):
    """The same bytes for a clip of another boot."""
    if payload[1:2] in (bytes((wire.OP_RESEND,)), bytes((wire.OP_ACKNOWLEDGE,))):
        named = payload[3:5] == struct.pack("<H", BOOT)
        return payload[:3] + struct.pack("<H", boot if named else boot ^ 1) + payload[5:]
    return payload


class Both:
    """The firmware's clip and the simulated one."""

    def __init__(self):
        self.bench = Bench().linked()
        self.clip = worn_clip()
        self._now_s = 0.0

    def answers(self, payload):
        simulated = own_boot(payload, self.clip.boot) if len(payload) > 4 else payload
        (told,) = self.clip.write(simulated, self._now_s)
        return self.bench.control.answer(payload), told.payload

    def run(self, seconds):
        self.bench.run(seconds)
        self.bench.pass_ms(ASIDE_MS)
        self._now_s += seconds + ASIDE_MS / 1000
        self.clip.advance(self._now_s)

    def statuses(self):
        self.bench.clip.second(False, False)
        return [
            (
                each.mode,
                each.flags & SAME_FLAGS,
                each.buzzes,
                each.since_buzz_s,
                each.snooze_s,
                each.context,
            )
            for each in (self.bench.status(), status(self.clip))
        ]

    def triple_press(self):
        self.bench.clip.pressed(button.TRIPLE)
        self.clip.press_button(3)

    def forget(self):
        self.bench.clip.pressed(button.FORGET)
        self.clip.hold_button_long()

    def power_cut(self):
        self.bench = Bench(flash=self.bench.flash).linked()
        self.clip.restart(self.clip.now_s)
        self._now_s = self.clip.now_s + OFF_S
        self.clip.advance(self._now_s)
        self.clip.link_up()

    def contexts(self):
        return [
            (kept.neutrals, kept.slumps, kept.slot)
            for kept in (self.bench.parts.settings.contexts, self.clip.flash.contexts)
        ]


BYTES = st.binary(max_size=40) | st.binary(max_size=20).map(lambda rest: b"\x01" + rest)


@settings(max_examples=60, deadline=None)
@given(st.lists(commands(wire.COMMANDS) | BYTES, max_size=25))
def test_any_bytes_get_the_same_reply(payloads):
    both = Both()
    for payload in payloads:
        firmware, simulated = both.answers(payload)
        assert firmware == simulated, payload.hex()
    firmware, simulated = both.statuses()
    assert firmware == simulated


TAUGHT = st.one_of(
    commands([wire.OP_SET_NEUTRAL, wire.OP_SET_SLUMP, wire.OP_USE_CONTEXT]),
    st.sampled_from([UPRIGHT, (0,) * 6]).flatmap(
        lambda axes: st.integers(0, 3).map(
            lambda slot: wire.encode_command(wire.OP_SET_NEUTRAL, 1, slot, *axes)
        )
    ),
    st.integers(0, 3).map(lambda slot: wire.encode_command(wire.OP_USE_CONTEXT, 2, slot)),
    st.sampled_from(["triple press", "forget", "power cut"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(TAUGHT, max_size=25))
def test_both_know_the_same_contexts_and_use_the_same(events):
    both = Both()
    for event in events:
        if isinstance(event, str):
            getattr(both, event.replace(" ", "_"))()
        else:
            firmware, simulated = both.answers(event)
            assert firmware == simulated, event.hex()
        firmware, simulated = both.contexts()
        assert firmware == simulated, event
    firmware, simulated = both.statuses()
    assert firmware[-1] == simulated[-1]


COACHING = commands([wire.OP_BUZZ, wire.OP_SNOOZE, wire.OP_HEARTBEAT])
OTHERS = commands(set(wire.COMMANDS) - set(SAMPLED))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), COACHING | OTHERS), max_size=20))
def test_the_same_commands_at_the_same_times_get_the_same_replies_and_the_same_status(timeline):
    both = Both()
    for seconds, payload in timeline:
        both.run(seconds)
        firmware, simulated = both.answers(payload)
        assert firmware == simulated, payload.hex()
        firmware, simulated = both.statuses()
        assert firmware == simulated, payload.hex()
