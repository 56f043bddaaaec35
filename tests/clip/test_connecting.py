"""Connecting to a clip: who it is, and everything that can be wrong with it."""

import asyncio

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from clip.backends import (
    BATTERY,
    FIRMWARE,
    HANG,
    MODEL,
    SERIAL,
    STATUS,
    BenchClip,
    connecting,
    on_the_bench,
)

from midback.errors import (
    BluetoothUnavailable,
    ClipError,
    ClipIncompatible,
    ClipLost,
    ClipNotFound,
    ClipUnpaired,
    MidbackError,
)
from midback.shared import wire
from midback.simulated import virtual_time

LONGEST_S = 40.0
"""Connecting may take 20 s, the first reads 10 more, a disconnect that hangs 5."""


async def itself(clip):
    return clip


def identity(clip):
    connected = on_the_bench(clip, itself)
    return connected.id, connected.facts


def connect(clip):
    virtual_time.run(connecting(clip))


def test_a_clip_says_who_it_is():
    assert identity(BenchClip()) == (
        "B1",
        {"model": "Bench clip", "serial": "B1", "firmware": "0.1.0"},
    )


def test_the_status_is_there_from_the_start():
    assert on_the_bench(BenchClip(), itself).status.battery_percent == STATUS.battery_percent


def test_a_clip_without_a_serial_is_known_by_its_address():
    clip = BenchClip()
    del clip.values[SERIAL]

    assert identity(clip)[0] == clip.address


def test_a_clip_without_device_information_can_be_used():
    clip = BenchClip()
    for uuid in (MODEL, SERIAL, FIRMWARE):
        del clip.values[uuid]

    assert identity(clip) == (clip.address, {})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"0.1\x000", "0.10"),
        (b"\x1b]0;pwned\x07A1", "]0;pwnedA1"),
        (b"A1\r\nB2", "A1B2"),
        ("A\u202e1".encode(), "A1"),
        (b"\xff\xfeA1", "��A1"),
        (b"  A1  \0\0", "A1"),
        (500 * b"A", 64 * "A"),
    ],
)
def test_nothing_a_clip_says_about_itself_reaches_the_terminal_uncleaned(said, kept):
    clip = BenchClip()
    clip.values[FIRMWARE] = said

    assert identity(clip)[1]["firmware"] == kept


def test_the_battery_can_be_asked_for():
    async def asked(clip):
        return await clip.battery_percent()

    assert on_the_bench(BenchClip(), asked) == 77


@pytest.mark.parametrize(("sent", "percent"), [(b"", STATUS.battery_percent), (b"\xff", 100)])
def test_a_battery_that_talks_nonsense_is_at_most_full(sent, percent):
    async def asked(clip):
        return await clip.battery_percent()

    clip = BenchClip()
    clip.values[BATTERY] = sent

    assert on_the_bench(clip, asked) == percent


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (wire.VERSION + 1, "update the Midback on this computer"),
        (0, "update the clip's firmware"),
    ],
)
def test_a_clip_of_another_protocol_is_refused_and_told_which_side_to_update(version, said):
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = bytes([version]) + clip.values[wire.STATUS_UUID][1:]

    with pytest.raises(ClipIncompatible, match=f"speaks protocol {version}.*{said}") as caught:
        connect(clip)
    assert (caught.value.clip_version, caught.value.host_version) == (version, wire.VERSION)


def test_a_later_minor_release_may_have_more_to_say():
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] += b"\x01\x02\x03"

    connect(clip)


@pytest.mark.parametrize("status", [b"", b"\x01", bytes([wire.VERSION]) + 40 * b"\xff"])
def test_a_status_nobody_can_read_is_an_error_that_says_so(status):
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = status

    with pytest.raises(ClipLost, match="a status nobody can read"):
        connect(clip)


def test_a_device_without_a_status_is_told_to_get_its_firmware():
    clip = BenchClip()
    del clip.values[wire.STATUS_UUID]

    with pytest.raises(ClipLost, match="update its firmware"):
        connect(clip)


FAULTS = [
    BleakError("org.bluez.Error.Failed"),
    BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]),
    BleakDeviceNotFoundError("C0:5E:00:00:00:01", "was not found"),
    BleakCharacteristicNotFoundError(wire.STATUS_UUID),
    BleakGATTProtocolError(BleakGATTProtocolErrorCode.UNLIKELY_ERROR),
    BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION),
    BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF),
    TimeoutError(),
    OSError(5, "I/O error"),
    EOFError(),
]


@pytest.mark.parametrize("step", ["connect", "read", "notify"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_whatever_a_stack_raises_is_one_of_our_errors_with_something_to_do(step, fault):
    with pytest.raises((ClipError, BluetoothUnavailable)) as caught:
        connect(BenchClip(faults={step: fault}))
    what, _, to_do = str(caught.value).rpartition(": ")

    assert what.startswith(("the c", "Bluetooth"))
    assert to_do
    assert "()" not in what


@pytest.mark.parametrize("step", ["connect", "read", "notify"])
def test_a_clip_that_does_not_respond_is_given_up_within_the_time_limit(step):
    async def took_s():
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        with pytest.raises(ClipNotFound, match="does not answer: bring it near, or switch it"):
            await connecting(BenchClip(faults={step: HANG}))
        return loop.time() - before_s

    assert 10.0 < virtual_time.run(took_s()) < LONGEST_S


def test_a_stack_that_gives_up_connecting_is_not_quoted_without_a_word():
    with pytest.raises(ClipError, match="the clip does not answer: bring it near"):
        connect(BenchClip(faults={"connect": TimeoutError()}))


def test_a_clip_that_vanishes_before_connecting_was_not_found():
    gone = BleakDeviceNotFoundError("C0:5E:00:00:00:01", "was not found")

    with pytest.raises(ClipNotFound, match="bring it near"):
        connect(BenchClip(faults={"connect": gone}))


@pytest.mark.parametrize(
    "code",
    ["INSUFFICIENT_AUTHENTICATION", "INSUFFICIENT_AUTHORIZATION", "INSUFFICIENT_ENCRYPTION"],
)
def test_a_clip_that_wants_to_be_paired_first_says_how(code):
    fault = BleakGATTProtocolError(BleakGATTProtocolErrorCode[code])

    with pytest.raises(ClipUnpaired, match="hold its button for 3 s"):
        connect(BenchClip(faults={"read": fault}))


class LosesLinkAt(BenchClip):
    """Loses the link when it comes to the n-th step."""

    def __init__(self, last):
        super().__init__()
        self.left = last

    async def step(self, name):
        await super().step(name)
        if name in ("read", "notify"):
            self.left -= 1
            if self.left == 0:
                self.lose_link()


@pytest.mark.parametrize("last", range(1, 8))
def test_a_link_that_ends_between_two_first_steps_is_a_lost_clip(last):
    with pytest.raises(ClipError):
        on_the_bench(LosesLinkAt(last), lambda clip: clip.start())


@pytest.mark.parametrize("fault", [HANG, BleakError("busy"), OSError(5, "I/O error"), EOFError()])
def test_a_disconnect_that_fails_or_hangs_does_not_keep_us(fault):
    async def took_s():
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        await connecting(BenchClip(faults={"disconnect": fault}))
        return loop.time() - before_s

    assert virtual_time.run(took_s()) < 10.0


def test_no_fault_hides_the_error_that_came_first():
    clip = BenchClip(faults={"read": BleakError("first"), "disconnect": HANG})

    with pytest.raises(MidbackError, match="first"):
        connect(clip)
