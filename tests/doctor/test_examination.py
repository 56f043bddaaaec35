"""All checks together: each part goes on after the others' failures, and each ends in time."""

import threading
from pathlib import Path

import pytest
from doctor.buses import BlueZ, on_a_bus, without_a_bus
from recording.scenes import calibration

from midback.doctor import Mark, exit_code
from midback.doctor.examination import Examination, answered, limited
from midback.doctor.finding import failed, note, ok, problem
from midback.errors import ClipError, ClipNotFound, DataError
from midback.recording import Store


def parts(folder, **options):
    examination = Examination(folder, "the system's place", seconds=0.1, **options)
    return {part.title: part.examine() for part in examination.parts()}


def simulated(wish):
    return [ok("scan", f"release {wish.release}"), ok("clip", str(sorted(wish.calibrated)))]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_every_part_has_its_say_where_there_is_nothing_at_all(folder, monkeypatch):
    without_a_bus(monkeypatch)
    found = parts(folder, platform="linux")

    assert list(found) == ["This computer", "Bluetooth", "Clip", "Recordings", "Window"]
    assert all(found.values())
    assert exit_code(finding for part in found.values() for finding in part) == 3
    assert [f.mark for f in found["Clip"]] == [Mark.NOTE]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_tell_of_bluetooth_by_the_scan(folder, monkeypatch, platform):
    without_a_bus(monkeypatch)
    found = parts(folder, platform=platform)

    assert [(f.name, f.mark) for f in found["Bluetooth"]] == [("adapter", Mark.OK)]
    assert [(f.name, f.mark) for f in found["Clip"]] == [("scan", Mark.PROBLEM)]


def test_what_bluez_knows_of_pairing_reaches_the_scan(folder, monkeypatch):
    with on_a_bus(BlueZ(clips={"C0:5E:00:00:00:01": ("Paired",)}), monkeypatch):
        found = parts(folder, platform="linux")

    assert "C0:5E:…:01 is paired with this computer" in found["Clip"][0].found


def test_while_another_records_no_problem_is_made_of_a_clip_that_is_silent(folder, monkeypatch):
    with Store.open(folder, write=True), on_a_bus(BlueZ(), monkeypatch):
        found = parts(folder, platform="linux")

    assert [f.mark for f in found["Clip"]] == [Mark.NOTE, Mark.NOTE]


def test_a_simulated_clip_needs_no_bluetooth(folder, monkeypatch):
    without_a_bus(monkeypatch)
    found = parts(folder, simulated=simulated, platform="linux")

    assert exit_code(finding for part in found.values() for finding in part) == 0
    assert found["Clip"][0].found == "release 0.1.0"


def test_a_clip_that_was_calibrated_on_this_computer_is_known(folder):
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration("C-1", clip_id="clip-7"))
    found = parts(folder, simulated=simulated)

    assert found["Clip"][1].found == "['clip-7']"


def test_an_installation_without_firmware_is_no_error(folder, monkeypatch):
    def none():
        raise DataError("this installation of Midback carries no firmware: install it anew")

    monkeypatch.setattr("midback.doctor.examination.firmware_version", none)

    assert parts(folder, simulated=simulated)["Clip"][0].found == "release "


def test_nothing_that_a_part_tells_names_the_person_or_the_whole_clip(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "anne")

    def clip(_):
        return [note("scan", "C0:5E:00:00:00:01", "Look into /media/anne/stick.")]

    found = str(parts(tmp_path / "data", simulated=clip))

    assert str(tmp_path) not in found
    assert "~/data" in found
    assert "C0:5E:…:01" in found
    assert "/media/…/stick" in found


# Limits


def test_a_check_that_hangs_costs_only_the_rest_of_itself():
    never = threading.Event()

    def hangs():
        yield ok("first", "fine")
        never.wait()
        yield ok("second", "fine")

    found = limited(hangs, limit_s=0.3)
    never.set()

    assert [(f.name, f.mark) for f in found] == [("first", Mark.OK), ("the rest", Mark.NOTE)]


def test_a_check_that_is_broken_is_no_traceback():
    def broken():
        yield ok("first", "fine")
        raise ZeroDivisionError("division by zero in /home/x")

    found = limited(broken)

    assert [f.name for f in found] == ["first", "the rest"]
    assert "ZeroDivisionError: division by zero" in found[1].found
    assert found[1].to_do


@pytest.mark.parametrize(
    ("part", "breaks", "code"),
    [
        ("Bluetooth", "midback.doctor.bluez.ask_bluez", 3),
        ("Clip", "midback.doctor.air.scan_clips", 3),
        ("Recordings", "midback.doctor.data.shutil.disk_usage", 5),
        ("Window", "midback.doctor.window.display_available", 0),
    ],
)
def test_a_check_that_is_broken_counts_as_far_as_something_depends_on_it(
    folder, monkeypatch, part, breaks, code
):
    def broken(*_):
        raise ZeroDivisionError

    without_a_bus(monkeypatch)
    monkeypatch.setattr(breaks, broken)

    assert exit_code(parts(folder, platform="linux")[part]) == code


def test_an_error_of_ours_is_told_as_it_tells_itself():
    def refuses():
        raise DataError("the file is gone: restore it")

    (found,) = limited(refuses)

    assert (found.found, found.to_do, found.exit_code) == ("the file is gone", "Restore it.", 5)


def test_a_question_that_is_not_answered_in_time_has_a_usual_answer():
    never = threading.Event()
    try:
        assert answered(never.wait, default=False, limit_s=0.3) is False
        assert answered(lambda: 7, default=0) == 7
        assert answered(Path("/nonexistent").stat, default=None) is None
    finally:
        never.set()


# Findings


def test_the_first_problem_decides_the_exit_code():
    found = [
        note("a", "x"),
        problem("b", "x", "Do.", ClipError),
        problem("c", "x", "Do.", DataError),
    ]

    assert exit_code(found) == 4
    assert exit_code(found[:1]) == 0


def test_an_error_with_a_colon_in_it_is_parted_at_the_last():
    error = ClipNotFound("the clip failed (Errno 5: I/O error): bring it nearer")

    assert failed("link", error).found == "the clip failed (Errno 5: I/O error)"
    assert failed("link", error).to_do == "Bring it nearer."
