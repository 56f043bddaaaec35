"""Listening for clips and looking at one, on a bench where everything can go wrong."""

import asyncio

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
)
from clip.backends import HANG, BenchClip, radio
from doctor.buses import BlueZ, on_a_bus

from midback.doctor import Mark, exit_code
from midback.doctor.air import Wish, examine
from midback.doctor.linked import linked_here
from midback.shared import wire
from midback.simulated import virtual_time

OFF = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)


def near():
    return BenchClip(name="near", address="C0:5E:00:00:00:01", rssi_dbm=-40)


def far():
    return BenchClip(name="far", address="C0:5E:00:00:00:02", rssi_dbm=-90)


def found(*clips, **wish):
    return virtual_time.run(examine(Wish(radio=radio(*clips), **wish)))


def lines(findings):
    return [(finding.name, finding.mark) for finding in findings]


def the(name, findings):
    (one,) = [finding for finding in findings if finding.name == name]
    return one


def test_a_clip_in_range_is_heard_linked_and_asked():
    findings = found(near())

    assert findings[0].found == "5 s: C0:5E:00:00:00:01 at −40 dBm"
    assert lines(findings)[:4] == [
        ("scan", Mark.OK),
        ("link", Mark.OK),
        ("protocol", Mark.OK),
        ("firmware", Mark.OK),
    ]
    assert exit_code(findings) == 0


def test_the_nearest_is_looked_at_unless_another_was_asked_for():
    assert "C0:5E:00:00:00:01" in the("link", found(far(), near())).found
    for wanted in ("FAR", "c0:5e:00:00:00:02"):
        assert "C0:5E:00:00:00:02" in the("link", found(far(), near(), wanted=wanted)).found


def test_a_crowd_is_not_listed_whole():
    crowd = [BenchClip(address=f"C0:5E:00:00:00:{n:02X}") for n in range(9)]

    assert found(*crowd)[0].found.count("dBm") == 4
    assert found(*crowd)[0].found.endswith(", 5 more")


def test_names_that_people_gave_their_clips_are_not_told():
    findings = found(BenchClip(name="Anne's clip"))

    assert "Anne" not in str(findings)


def test_no_clip_is_a_problem_of_its_own_exit_code():
    findings = found()

    assert lines(findings) == [("scan", Mark.PROBLEM)]
    assert "phone" in findings[0].to_do
    assert exit_code(findings) == 4


def test_a_paired_clip_that_is_not_heard_is_named():
    (scan,) = found(paired=["C0:5E:00:00:00:07"])

    assert scan.found == ("5 s, no clip is heard (C0:5E:00:00:00:07 is paired with this computer)")


def test_another_clip_than_the_one_asked_for_is_left_alone():
    clip = near()
    findings = found(clip, wanted="far")

    assert lines(findings) == [("scan", Mark.OK), ("link", Mark.PROBLEM)]
    assert clip.client is None


def test_while_another_midback_records_no_clip_is_linked_to():
    clip = near()
    findings = found(clip, recording=True)

    assert lines(findings) == [("scan", Mark.OK), ("link", Mark.NOTE)]
    assert "would disturb" in findings[1].found
    assert clip.client is None


def test_while_another_midback_records_a_clip_that_is_not_heard_is_no_problem():
    assert exit_code(found(recording=True)) == 0


@pytest.mark.parametrize(("told_before", "mark"), [(False, Mark.PROBLEM), (True, Mark.NOTE)])
def test_bluetooth_that_is_off_is_one_problem_and_not_two(told_before, mark):
    findings = found(BenchClip(faults={"scan": OFF}), bluetooth_failed=told_before)

    assert lines(findings) == [("scan", mark)]
    assert exit_code(findings) == (0 if told_before else 3)


@pytest.mark.parametrize(
    "faults",
    [
        {"connect": BleakError("no")},
        {"connect": HANG},
        {"read": BleakError("no")},
        {"read": HANG},
        {"notify": OSError(5, "I/O error")},
    ],
)
def test_a_link_that_does_not_come_about_is_a_problem_with_something_to_do(faults):
    findings = found(BenchClip(faults=faults))

    assert lines(findings) == [("scan", Mark.OK), ("link", Mark.PROBLEM)]
    assert findings[1].to_do
    assert exit_code(findings) == 4


def test_a_scan_that_hangs_is_given_up():
    async def took_s():
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        findings = await examine(Wish(radio=radio(BenchClip(faults={"scan": HANG}))))
        return findings, loop.time() - before_s

    findings, seconds = virtual_time.run(took_s())

    assert lines(findings) == [("scan", Mark.PROBLEM)]
    assert exit_code(findings) == 3
    assert seconds < 90.0


def test_a_clip_of_another_protocol_is_told_which_side_to_update():
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = b"\x09" + clip.values[wire.STATUS_UUID][1:]

    protocol = the("protocol", found(clip))

    assert protocol.mark is Mark.PROBLEM
    assert protocol.found == "the clip speaks protocol 9, this computer speaks 1"
    assert protocol.to_do == "Update the Midback on this computer."


@pytest.mark.parametrize(
    ("paired", "mark"), [([], Mark.PROBLEM), (["C0:5E:00:00:00:01"], Mark.OK)]
)
def test_whether_this_computer_is_paired_is_known_by_the_clips_address(paired, mark):
    clip = near()
    flags = wire.STATUS_BONDED_ONLY
    clip.values[wire.STATUS_UUID] = wire.encode_status(
        wire.Status(wire.MODE_ALONE, flags, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0)
    )

    assert the("pairing", found(clip, paired=paired)).mark is mark


# Linked already


def test_a_clip_that_the_system_holds_a_link_to_is_known_without_a_scan(monkeypatch):
    clips = {"C0:5E:00:00:00:01": ("Connected",), "C0:5E:00:00:00:02": ("Paired",)}
    with on_a_bus(BlueZ(clips=clips), monkeypatch):
        assert asyncio.run(linked_here()) == ["C0:5E:00:00:00:01"]


@pytest.mark.parametrize(
    "there",
    [
        BlueZ(runs=False),
        BlueZ(powered=()),
        BlueZ(powered=(False,)),
        BlueZ(error="org.freedesktop.DBus.Error.AccessDenied"),
    ],
)
def test_without_bluetooth_nothing_is_linked(monkeypatch, there):
    with on_a_bus(there, monkeypatch):
        assert asyncio.run(linked_here()) == []


@pytest.mark.parametrize(("recording", "mark"), [(False, Mark.PROBLEM), (True, Mark.NOTE)])
def test_a_clip_that_another_program_has_is_said_to_be_there(monkeypatch, recording, mark):
    with on_a_bus(BlueZ(clips={"C0:5E:00:00:00:01": ("Connected",)}), monkeypatch):
        findings = asyncio.run(examine(Wish(seconds=0.1, recording=recording)))

    assert lines(findings)[:2] == [("scan", Mark.NOTE), ("link", mark)]
    assert "C0:5E:00:00:00:01 is linked to this computer" in findings[1].found
    assert exit_code(findings) == (0 if recording else 4)
