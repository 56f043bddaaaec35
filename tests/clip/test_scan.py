"""Looking for clips."""

import asyncio

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError
from clip.backends import HANG, BenchClip, radio

from midback.clip import find_clip, scan_clips
from midback.errors import BluetoothUnavailable, ClipNotFound
from midback.simulated import virtual_time

HEART_RATE = "0000180d-0000-1000-8000-00805f9b34fb"


def scanned(*clips, timeout_s=2.0):
    return virtual_time.run(scan_clips(timeout_s, radio(*clips)))


def first(*clips, wanted=None):
    return virtual_time.run(find_clip(wanted, 3.0, radio(*clips)))


def not_available(reason):
    return BleakBluetoothNotAvailableError("the stack's own words", reason)


def test_the_nearest_clip_comes_first():
    clips = [
        BenchClip(name="far", address="C0:5E:00:00:00:01", rssi_dbm=-90),
        BenchClip(name="near", address="C0:5E:00:00:00:02", rssi_dbm=-40),
        BenchClip(name="between", address="C0:5E:00:00:00:03", rssi_dbm=-60),
    ]

    assert [(c.name, c.rssi_dbm) for c in scanned(*clips)] == [
        ("near", -40),
        ("between", -60),
        ("far", -90),
    ]


def test_only_what_offers_the_service_is_a_clip():
    watch = BenchClip(name="Midback", address="C0:5E:00:00:00:02", service=HEART_RATE)

    assert [c.device.address for c in scanned(BenchClip(), watch)] == ["C0:5E:00:00:00:01"]


def test_a_scan_lasts_as_long_as_was_asked_for():
    async def took_s():
        before_s = asyncio.get_running_loop().time()
        await scan_clips(7.0, radio(BenchClip()))
        return asyncio.get_running_loop().time() - before_s

    assert virtual_time.run(took_s()) == pytest.approx(7.0)


@pytest.mark.parametrize("wanted", ["c0:5e:00:00:00:02", "ANNE", None])
def test_a_clip_is_found_by_its_address_by_its_name_or_as_the_first(wanted):
    clips = [BenchClip(name="Anne", address="C0:5E:00:00:00:02")]
    if wanted is not None:
        clips.insert(0, BenchClip(name="Bert"))

    assert first(*clips, wanted=wanted).name == "Anne"


@pytest.mark.parametrize(("wanted", "said"), [(None, "no clip in range"), ("Cleo", "called Cleo")])
def test_no_clip_in_time_is_an_error_that_says_what_to_try(wanted, said):
    others = [] if wanted is None else [BenchClip()]

    with pytest.raises(ClipNotFound, match=f"{said}.*after 3 s: switch it on, bring it near"):
        first(*others, wanted=wanted)


def test_a_name_cannot_steer_the_terminal():
    clip = BenchClip(name="\x1b[31mMid\x07back\u202e\n" + 200 * "x")

    (seen,) = scanned(clip)

    assert seen.name.startswith("[31mMidbackxxx")
    assert len(seen.name) == 64


def test_a_clip_without_a_name_is_found_as_well():
    assert scanned(BenchClip(name=None))[0].name == ""


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("NO_BLUETOOTH", "no Bluetooth adapter: plug one in"),
        ("NO_BLE_CENTRAL_ROLE", "this Bluetooth adapter cannot connect to a clip: plug in"),
        ("POWERED_OFF", "Bluetooth is switched off: switch it on"),
        ("DENIED_BY_USER", "not allowed here: allow it for this terminal"),
        ("DENIED_BY_SYSTEM", "ask whoever manages this computer"),
        ("DENIED_BY_UNKNOWN", "look into the system's privacy settings"),
        ("UNKNOWN", r"\(the stack's own words\): switch it off and on again"),
    ],
)
def test_a_computer_without_bluetooth_is_told_what_to_do(reason, said):
    clip = BenchClip(faults={"scan": not_available(BleakBluetoothNotAvailableReason[reason])})

    with pytest.raises(BluetoothUnavailable, match=said):
        scanned(clip)


def test_every_reason_of_bleaks_is_one_of_those_above():
    assert {reason.name for reason in BleakBluetoothNotAvailableReason} == {
        "NO_BLUETOOTH",
        "NO_BLE_CENTRAL_ROLE",
        "POWERED_OFF",
        "DENIED_BY_USER",
        "DENIED_BY_SYSTEM",
        "DENIED_BY_UNKNOWN",
        "UNKNOWN",
    }


@pytest.mark.parametrize(
    "fault",
    [
        FileNotFoundError(2, "No such file or directory"),
        ConnectionRefusedError(111, "Connection refused"),
    ],
)
def test_a_system_without_d_bus_is_told_which_service_to_start(fault):
    with pytest.raises(BluetoothUnavailable, match="no Bluetooth service runs here: install"):
        scanned(BenchClip(faults={"scan": fault}))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (BleakError("org.bluez.Error.NotReady"), "org.bluez.Error.NotReady"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (EOFError(), "EOFError"),
    ],
)
def test_any_other_failure_to_scan_says_what_the_system_said(fault, said):
    with pytest.raises(BluetoothUnavailable, match=rf"does not work here \(.*{said}\): see that"):
        scanned(BenchClip(faults={"scan": fault}))


@pytest.mark.parametrize("fault", [BleakError("gone"), OSError(5, "I/O error"), HANG])
def test_a_scan_that_cannot_be_ended_still_gives_what_it_found(fault):
    assert len(scanned(BenchClip(faults={"end scan": fault}))) == 1


def test_a_clip_with_another_role_is_passed_over():
    clips = [BenchClip(address="C0:5E:00:00:00:02"), BenchClip()]
    found = find_clip(None, 3.0, radio(*clips), unwanted=["c0:5e:00:00:00:02"])

    assert virtual_time.run(found).device.address == "C0:5E:00:00:00:01"


def test_a_clip_with_another_role_is_not_had_by_its_name_either():
    found = find_clip("Midback", 3.0, radio(BenchClip()), unwanted=["C0:5E:00:00:00:01"])

    with pytest.raises(ClipNotFound):
        virtual_time.run(found)
