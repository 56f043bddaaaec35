"""Whatever happens to a clip, in whatever order: it goes on, and does no harm to its wearer.

Samples come as words in the chip's FIFO; time goes on in steps of all sizes; commands, button,
link, flash, bus and radio do what they like.
"""

from typing import Any

import fake_chip
from fake_clip import Bench
from firmware.test_control_any_bytes import PAYLOADS, commands
from hypothesis import given, settings
from hypothesis import strategies as st

from clip_firmware import button
from clip_firmware.radio import FULL, GONE, SENT
from clip_firmware.sender import SPACING_MS
from midback.shared import wire

WORDS = st.binary(min_size=6, max_size=6).map(bytes.hex) | st.sampled_from(
    ["000000000000", "ff7fff7fff7f", "008000800080", "ff7f0080ff7f", "000800000000"]
)


@st.composite
def bursts(draw: st.DrawFn) -> list[str]:
    """Slots of a gyroscope, an accelerometer and, of no use to some chips, an orientation."""
    words: list[str] = []
    value = draw(st.lists(WORDS, min_size=1, max_size=4))
    for slot in range(draw(st.integers(1, 40))):
        count = (slot & 3) << 1
        words.append(f"{0x08 | count:02x}" + value[slot % len(value)])
        words.append(f"{0x10 | count:02x}" + value[(slot + 1) % len(value)])
        words.append(f"{0x98 | count:02x}" + value[(slot + 2) % len(value)])
    return words


EVENTS = st.one_of(
    st.tuples(st.just("samples"), bursts()),
    st.tuples(st.just("samples"), st.lists(st.binary(min_size=7, max_size=7).map(bytes.hex))),
    st.tuples(st.just("overrun"), st.integers(0, 40)),
    st.tuples(st.just("power lost"), st.none()),
    st.tuples(st.just("bus"), st.sampled_from([1, 3, 30, 100000])),
    st.tuples(st.just("stuck"), st.none() | st.integers(0, 255)),
    st.tuples(st.just("pass"), st.integers(1, 3000)),
    st.tuples(st.just("stall"), st.integers(1, 600000)),
    st.tuples(st.just("seconds"), st.sampled_from([1, 2, 10, 15])),
    st.tuples(st.just("write"), PAYLOADS),
    st.tuples(st.just("write"), commands()),
    st.tuples(st.just("flood"), st.integers(2, 30)),
    st.tuples(st.just("press"), st.sampled_from([*range(button.NONE, button.FORGET + 1)])),
    st.tuples(st.just("link"), st.sampled_from([23, 48, 185, 247, 517])),
    st.tuples(st.just("unlink"), st.none()),
    st.tuples(st.just("trust"), st.booleans()),
    st.tuples(
        st.just("radio"), st.lists(st.sampled_from([SENT, FULL, GONE]), min_size=1, max_size=20)
    ),
    st.tuples(st.just("flash"), st.sampled_from([0, 2, 5, 28])),
    st.tuples(st.just("cell"), st.integers(0, 6000)),
    st.tuples(st.just("lean"), st.floats(-180, 180)),
    st.tuples(st.just("settle"), st.none()),
)


class World(Bench):
    """A bench on which events happen."""

    def happen(self, event: str, what: Any) -> None:
        getattr(self, "on_" + event.replace(" ", "_"))(what)
        self.look()

    def look(self) -> None:
        """What must hold at any time."""
        wire.decode_status(self.radio.status)
        sender = self.clip.sender
        assert len(sender._replies) <= 8
        outbox = self.parts.outbox
        assert 0 <= outbox._end - outbox._first <= 16
        for kind, payload in self.radio.sent:
            read(kind, payload)
        self.radio.sent.clear()

    def on_samples(self, words: list[str]) -> None:
        if self.chip.level() + len(words) <= 500:
            self.chip.put(*words)
        while self.clip.stream.burst():
            pass

    def on_overrun(self, words: int) -> None:
        self.chip.drop(min(words, self.chip.level()))

    def on_power_lost(self, _: None) -> None:
        self.chip.lose_power()

    def on_bus(self, faults: int) -> None:
        self.chip.faults = faults

    def on_stuck(self, level: int | None) -> None:
        self.chip.stuck = level

    def on_pass(self, ms: int) -> None:
        self.pass_ms(ms)

    def on_stall(self, ms: int) -> None:
        self.time.now_us += 1000 * ms
        self.sample()

    def on_seconds(self, seconds: int) -> None:
        self.run(seconds)

    def on_write(self, payload: bytes) -> None:
        reply = self.control.answer(payload)
        wire.decode_reply(reply)
        self.clip.sender.reply(reply)
        self.send()

    def on_flood(self, writes: int) -> None:
        for _ in range(writes):
            self.clip.sender.reply(self.control.answer(b"\x01\x0e\x00"))

    def on_press(self, event: int) -> None:
        self.clip.pressed(event)

    def on_link(self, mtu: int) -> None:
        self.linked(mtu)

    def on_unlink(self, _: None) -> None:
        self.radio.unlink()

    def on_trust(self, trusted: bool) -> None:
        self.radio.trusted = trusted and self.radio.connected

    def on_radio(self, outcomes: list[int]) -> None:
        self.radio.outcomes = outcomes

    def on_flash(self, error: int) -> None:
        self.flash.refusing = error

    def on_cell(self, millivolts: int) -> None:
        self.cell_mv = millivolts

    def on_lean(self, lean_deg: float) -> None:
        self.lean_deg = lean_deg

    def on_settle(self, _: None) -> None:
        self.clip.settle()


def read(kind: str, payload: bytes) -> None:
    """As the host does; raises what it would."""
    if kind == "r":
        wire.decode_reply(payload)
    elif kind == "s":
        wire.decode_stream(payload)
    elif kind == "l":
        wire.decode_page(payload)
    else:
        wire.decode_status(payload)


def most_in_a_minute(runs: list[tuple[int, int]]) -> int:
    """The most that the motor ran in any 60 s."""
    starts = [from_ms for from_ms, _ in runs]
    return max(
        (sum(max(0, min(b, at + 60000) - max(a, at)) for a, b in runs) for at in starts), default=0
    )


CHIPS = st.sampled_from([fake_chip.lsm6dsox, fake_chip.lsm6dsv16x])


@settings(deadline=None, max_examples=25)
@given(CHIPS, st.sampled_from([0x6A, 0x10]), st.lists(EVENTS, max_size=30))
def test_any_events_are_survived(chip: Any, address: int, events: list[tuple[str, Any]]):
    world = World(chip=chip(address))
    for event, what in events:
        world.happen(event, what)
    world.chip.faults, world.chip.stuck = 0, None
    world.flash.refusing = 0
    world.radio.outcomes = []
    world.radio.unlink()
    world.chip.address = 0x6A
    world.cell_mv = 4000
    world.breathing = True
    world.run(8, usb=True)
    world.linked()
    world.happen("seconds", 40)
    assert world.asked(wire.OP_STOP) == wire.OK
    # A reset costs the chip's filters, and a cell that was strange a minute: then it streams.
    world.run(50, usb=True)
    assert world.asked(wire.OP_START, wire.KIND_ORIENTATION, 4000, 5) == wire.OK
    world.radio.sent.clear()
    assert len(world.run(4).packets()) > 10
    assert not world.has(wire.STATUS_NO_IMU)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.just("press"), st.integers(button.PRESS, button.FORGET))
        | st.tuples(st.just("pass"), st.integers(1, 3000))
        | st.tuples(st.just("lean"), st.sampled_from([0.0, 25.0, -25.0]))
        | st.tuples(
            st.just("buzz"),
            st.tuples(st.sampled_from([0, 2, 3]), st.sampled_from([1, 5]), st.integers(1, 100)),
        ),
        min_size=10,
        max_size=60,
    )
)
def test_whoever_asks_the_motor_stays_within_its_limits(events: list[tuple[str, Any]]):
    world = World().linked()
    for event, what in events:
        if event == "buzz":
            world.asked(wire.OP_BUZZ, *what)
            world.pass_ms(2000)
        else:
            world.happen(event, what)
    world.run(3)
    assert max((b - a for a, b in world.motor.runs), default=0) <= 1000
    assert most_in_a_minute(world.motor.runs) <= 6000


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("sd"), st.integers(1, 400)), max_size=30))
def test_sequences_of_packets_rise_by_one_and_packets_are_spaced(events: list[tuple[str, int]]):
    """``s``: another setting of the stream, ``d``: time."""
    world = World().linked()
    sequences: list[int] = []
    for event, number in events:
        if event == "s":
            kind = 1 + number % 2
            assert world.asked(wire.OP_START, kind, 500 + 40 * number, 1 + number % 16) == wire.OK
        else:
            world.pass_ms(number)
        waits: list[int] = []
        while (wait_ms := world.clip.sender.send()) is not None:
            waits.append(wait_ms)
        assert set(waits) <= {SPACING_MS}
        sequences += [packet.sequence for packet in world.packets()]
        world.radio.sent.clear()
    assert sequences == list(range(len(sequences)))
