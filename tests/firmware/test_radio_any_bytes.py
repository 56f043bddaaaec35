"""Whatever arrives, in whatever order: the handler never raises and the clip stays reachable."""

from typing import Any

import bluetooth
from bluetooth import Host
from firmware.check_radio import Scene
from hypothesis import given, settings
from hypothesis import strategies as st

from clip_firmware.radio import FULL, GONE, SENT
from midback.shared import wire

HANDLES = st.integers(0, 40) | st.integers(0, 0xFFFF)
LINKS = st.integers(0, 3) | st.integers(0, 0xFFFF)
VIEWS = st.binary(max_size=100).map(memoryview)
ADDRESSES = st.sampled_from([Host(1).address, Host(2).address, b"irk", b""]).map(memoryview)
WORDS = st.integers(0, 0xFFFF)

EVENTS = st.one_of(
    st.tuples(st.just(bluetooth.CONNECT), st.tuples(LINKS, st.integers(0, 255), VIEWS)),
    st.tuples(st.just(bluetooth.DISCONNECT), st.tuples(LINKS, st.integers(0, 255), VIEWS)),
    st.tuples(st.just(bluetooth.WRITE), st.tuples(LINKS, HANDLES)),
    st.tuples(st.just(bluetooth.MTU), st.tuples(LINKS, WORDS)),
    st.tuples(st.just(bluetooth.ENCRYPTION), st.tuples(LINKS, WORDS, WORDS, WORDS, WORDS)),
    st.tuples(
        st.just(bluetooth.GET_SECRET),
        st.tuples(st.integers(0, 11), st.integers(0, 255), st.none() | ADDRESSES | VIEWS),
    ),
    st.tuples(
        st.just(bluetooth.SET_SECRET),
        st.tuples(st.integers(0, 11), ADDRESSES | VIEWS, st.none() | VIEWS),
    ),
    # What no port sends: events of another role, or with fields of another number and kind.
    st.tuples(
        st.integers(2, 255),
        st.lists(st.none() | WORDS | VIEWS, max_size=6).map(tuple),
    ),
)
FAULTS = st.sampled_from(
    ["gap_advertise", "gap_disconnect", "gatts_read", "gatts_write", "gatts_notify", "config"]
)
ERRORS = st.sampled_from([OSError(5), OSError(12), OSError(16), OSError(19), OSError(107)])


def live_on(scene: Scene) -> None:
    """Everybody leaves and a minute passes, in which the program does what it always does."""
    ble, radio = scene.ble, scene.radio
    for conn in sorted(ble.links):
        ble.leaves(conn)
    for second in range(70):
        radio.tend(1000 * second)
        ble.settle()
        radio.notify_status(b"status")


@settings(deadline=None)
@given(
    pairing=st.booleans(),
    window=st.booleans(),
    events=st.lists(EVENTS, max_size=40),
    faults=st.lists(st.tuples(FAULTS, ERRORS), max_size=8),
)
def test_any_events_are_survived_and_the_next_host_is_served(
    pairing: bool,
    window: bool,
    events: list[tuple[int, tuple[Any, ...]]],
    faults: list[tuple[str, OSError]],
):
    scene = Scene(pairing).on_air()
    if window:
        scene.bonds.open_window()
    for call, error in faults:
        scene.ble.faults.setdefault(call, []).append(error)
    for event, data in events:
        assert_answer(event, scene.radio._irq(event, data))
        assert scene.radio.notify_stream(b"packet") in (SENT, FULL, GONE)
        scene.radio.take_command()
        scene.radio.set_battery(50)
    scene.ble.faults.clear()
    scene.bonds.close_window()
    live_on(scene)
    assert scene.ble.advertising_us == 250000
    scene.bonds.forget_all()
    scene.bonds.open_window()
    scene.ble.connects(scene.ann)
    scene.ble.pairs()
    assert scene.state() == (True, True)
    assert scene.ble.writes(wire.CONTROL_UUID, b"command")
    assert scene.radio.take_command() == b"command"


def assert_answer(event: int, answer: object) -> None:
    """The stack takes an answer to some events for what it expects, without looking."""
    if event == bluetooth.GET_SECRET:
        assert answer is None or isinstance(answer, bytes)
    elif event == bluetooth.SET_SECRET:
        assert answer is None or isinstance(answer, bool)
    else:
        assert answer is None


def connect(scene: Scene, thief: bool) -> None:
    if scene.ble.advertising_us is not None:
        scene.ble.connects(Host(1) if thief else scene.ben)


STRANGERS_DO = st.sampled_from(
    [
        lambda scene: connect(scene, thief=True),
        lambda scene: connect(scene, thief=False),
        lambda scene: scene.ble.links and scene.ble.leaves(),
        lambda scene: scene.ble.links and scene.ble.pairs(key=b"a stranger's key"),
        lambda scene: scene.ble.links and scene.ble.encrypts(),
        lambda scene: scene.ble.links and scene.ble.writes(wire.CONTROL_UUID, b"obey"),
        lambda scene: scene.ble.links and scene.ble.exchanges_mtu(247),
        lambda scene: scene.ble.settings.update(bond=True),  # a port that bonds regardless
        lambda scene: scene.ble.settle(),
        lambda scene: scene.radio.stop(),
        lambda scene: scene.radio.start(),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(STRANGERS_DO, max_size=30), st.booleans())
def test_with_the_window_shut_no_stranger_is_trusted_and_no_bond_is_lost(
    deeds: list[Any], tells_first: bool
):
    scene = Scene().bonded()
    scene.ble.tells_first = tells_first
    for deed in deeds:
        deed(scene)
        assert not scene.radio.trusted
        assert scene.radio.take_command() is None
        assert scene.radio.notify_stream(b"packet") == GONE
    scene.radio.stop()
    scene.radio.start()
    scene.ble.connects(scene.ann)
    assert scene.ble.encrypts()
    assert (scene.state(), scene.bonds.count) == ((True, True), 1)
