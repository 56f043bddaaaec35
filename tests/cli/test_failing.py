"""Everything a user can get wrong, or a computer do to them: one line, and what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from cli.archives import sitting, tilt
from cli.user import failed_well, in_a_process
from clip.backends import BenchClip, radio

from midback.clip import scan_clips
from midback.errors import ClipIncompatible
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire
from midback.simulated import virtual_time

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells and files")
unprivileged = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything"
)


@pytest.fixture
def a_file(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("upright at nine")
    return path


# Days and folders


def test_a_folder_without_recordings_says_how_to_get_some(midback):
    assert "start 'midback live'" in failed_well(midback("day"), 5)


def test_a_folder_with_an_empty_recording_says_how_to_fill_it(midback, tmp_path):
    with Store.open(tmp_path / "data", write=True):
        pass

    for command in ("day", "replay"):
        said = failed_well(midback(command, "2026-03-04", "--data", tmp_path / "data"), 5)
        assert "nothing was ever recorded here; 'midback live' records" in said.replace(":", ";")


def test_a_day_without_a_recording_names_the_last_with_one(midback, demo):
    for command in ("day", "replay"):
        said = failed_well(midback(command, "2020-02-29", "--data", demo.folder), 5)
        assert said == (
            f"nothing was recorded on 2020-02-29; the last day with a recording is {demo.day}"
        )


@pytest.mark.parametrize("word", ["2026-02-30", "tuesday", "9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("command", ["day", "replay"])
def test_what_is_no_date_is_shown_how_to_write_one(midback, command, word, demo):
    said = failed_well(midback(command, word, "--data", demo.folder), 2)

    assert f"{word!r} is no date: write it as 20" in said
    assert said.endswith("today, or yesterday")


@pytest.mark.parametrize("command", ["day", "replay today", "calibrate", "live --headless"])
def test_a_file_where_a_folder_belongs_is_said(midback, command, a_file):
    said = failed_well(midback(*command.split(), "--data", a_file), 2)

    assert f"{a_file} is a file: name a folder" in said


def test_a_file_to_keep_a_demo_in_is_said(midback, a_file):
    assert "is a file: name a folder" in failed_well(midback("demo", "--out", a_file), 2)


def test_a_folder_that_a_demo_cannot_make_is_said_without_options_it_has_not(midback, a_file):
    said = failed_well(midback("demo", "--headless", "--out", a_file / "day"), 5)

    assert said.endswith("has space, or choose another folder")


def test_a_demo_does_not_mix_with_a_recording_that_is_there(midback, demo):
    said = failed_well(midback("demo", "--headless", "--out", demo.folder), 2)

    assert "must not mix with it: choose a new folder" in said


@needs_posix
def test_a_demo_that_cannot_be_kept_says_so(midback):
    said = failed_well(midback("demo", "--headless", "--minutes", 5, "--out", "/dev/null/x"), 5)

    assert "cannot be used" in said


def test_a_recording_of_a_newer_version_is_left_alone(midback, tmp_path):
    folder = tmp_path / "newer"
    with Store.open(folder, write=True) as store:
        store._database.connection.execute("PRAGMA user_version = 9999")

    assert failed_well(midback("day", "--data", folder), 5)


def test_a_recording_that_is_none_says_what_to_do(midback, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "midback.sqlite3").write_bytes(b"no database" * 1000)

    assert "restore a copy of it, or" in failed_well(midback("day", "--data", folder), 5)


@unprivileged
def test_a_folder_of_somebody_else_says_so(midback, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "midback.sqlite3").touch()
    folder.chmod(0)
    try:
        said = failed_well(midback("day", "--data", folder), 5)
    finally:
        folder.chmod(0o700)
    assert str(folder) in said


@pytest.mark.parametrize("target", [".", "notes.txt/day.html"])
def test_a_page_that_cannot_be_written_names_its_place(midback, demo, a_file, target):
    said = failed_well(midback("day", demo.day, "--data", demo.folder, "--html", target), 2)

    assert said.startswith(f"cannot write {Path(target)} (")
    assert said.endswith("choose another place")
    assert a_file.read_text() == "upright at nine"


@needs_posix
def test_a_name_too_long_for_the_system_is_no_crash(midback):
    assert "cannot be used" in failed_well(midback("replay", 5000 * "x"), 5)


# Archives


@pytest.mark.parametrize(
    "command", ["evaluate tilt", "evaluate sitting", "evaluate strung", "replay"]
)
def test_an_archive_that_is_not_there_is_said(midback, command):
    said = failed_well(midback(*command.split(), "nowhere.npz"), 5)

    assert said == "nowhere.npz is not there"


# NumPy leaves a broken archive open for a moment.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "command", ["evaluate tilt", "evaluate sitting", "evaluate strung", "replay"]
)
@pytest.mark.parametrize("content", [b"", b"upright at nine", b"PK\x03\x04 and no more"])
def test_an_archive_that_is_none_is_said(midback, tmp_path, command, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)

    assert f"{path} cannot be read" in failed_well(midback(*command.split(), path), 5)


@pytest.mark.parametrize(
    ("command", "make"),
    [
        ("evaluate tilt", sitting),
        ("evaluate sitting", tilt),
        ("evaluate strung", tilt),
        ("replay", tilt),
    ],
)
def test_an_archive_of_the_other_kind_is_said(midback, tmp_path, command, make):
    said = failed_well(midback(*command.split(), make(tmp_path / "x.npz")), 5)

    assert "tilt benchmark" in said or "sitting postures" in said


def test_a_single_array_is_no_archive(midback, tmp_path):
    path = tmp_path / "x.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))

    assert "single array" in failed_well(midback("evaluate", "tilt", path), 5)


def test_a_folder_where_an_archive_belongs_is_said(midback, tmp_path):
    assert "cannot be read" in failed_well(midback("evaluate", "tilt", tmp_path), 5)


def test_a_file_that_nothing_can_replay_says_what_could_be(midback, a_file):
    assert failed_well(midback("replay", a_file), 2) == (
        f"{a_file} is no archive (.npz): name a day, a folder of recordings or an archive"
    )


def test_a_path_that_is_not_there_is_not_only_called_no_date(midback):
    assert "there is no file or folder nowhere, and" in failed_well(
        midback("replay", "nowhere"), 2
    )


def test_an_unknown_person_is_answered_with_those_there_are(midback, tmp_path):
    said = failed_well(midback("replay", sitting(tmp_path / "x.npz"), "--person", "bob"), 2)

    assert said.endswith("nobody called bob: choose from p1, p2")


# Bluetooth


def scanning(monkeypatch, *clips):
    """Let the scan command meet these clips."""

    def scanned(seconds):
        return scan_clips(seconds, radio(*clips))

    monkeypatch.setattr("midback.cli.scan.scan_clips", scanned)
    monkeypatch.setattr("midback.cli.scan.asyncio.run", virtual_time.run)


def test_no_bluetooth_is_exit_code_three(midback, monkeypatch):
    off = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
    scanning(monkeypatch, BenchClip(faults={"scan": off}))

    assert failed_well(midback("scan"), 3) == (
        "Bluetooth is switched off: switch it on; 'midback doctor' looks closer"
    )


def test_no_clip_is_exit_code_four(midback, monkeypatch):
    scanning(monkeypatch)

    assert "no clip in range after 2.5 s" in failed_well(midback("scan", "--seconds", "2.5"), 4)


@pytest.mark.parametrize("command", ["live --headless", "calibrate"])
def test_a_clip_of_another_protocol_says_which_side_to_update(
    midback, monkeypatch, tmp_path, command
):
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = b"\x09" + clip.values[wire.STATUS_UUID][1:]
    bench = radio(clip)
    patch_monitor(monkeypatch, command.split()[0], bench)

    outcome = midback(*command.split(), "--data", tmp_path / "data")

    assert failed_well(outcome, 4) == str(ClipIncompatible(9, wire.VERSION))


def patch_monitor(monkeypatch, command, bench):
    """Let a command reach the bench, as fast as it computes."""

    def monitor(*args, **options):
        return Monitor(*args, **options, radio=bench)

    monkeypatch.setattr(f"midback.cli.{command}.Monitor", monitor)
    monkeypatch.setattr(f"midback.cli.{command}.asyncio.run", virtual_time.run)


# Surroundings


def test_ctrl_c_ends_without_a_word(midback, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("midback.cli.scan.run", interrupted)

    assert midback("scan") == (130, "", "")


def test_a_time_zone_nobody_knows_is_said(demo):
    outcome = in_a_process("day", "--data", demo.folder, TZ="Middle/Earth")

    assert failed_well(outcome, 2).startswith("the time zone Middle/Earth is not known: set TZ")


def test_a_terminal_without_the_signs_still_gets_the_summary(demo):
    outcome = in_a_process(
        "day", demo.day, "--data", demo.folder, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )

    assert outcome.code == 0
    assert " min measured" in outcome.out


@needs_posix
def test_a_full_disk_behind_the_output_is_said(demo):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "midback.cli", "day", str(demo.day), "--data", demo.folder],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    assert done.returncode == 5
    assert done.stderr.startswith("midback: the output cannot be used: ")
    assert done.stderr.count("\n") == 1


@needs_posix
@pytest.mark.parametrize("how", ["| true", ">&-", "2>&- >/dev/null", "<&- >/dev/null"])
def test_a_closed_output_is_no_crash(demo, how):
    command = f'"{sys.executable}" -m midback.cli day {demo.day} --data "{demo.folder}" {how}'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_bug_is_not_hidden_behind_a_sentence(midback, monkeypatch):
    def broken(_):
        raise ZeroDivisionError

    monkeypatch.setattr("midback.cli.scan.run", broken)

    with pytest.raises(ZeroDivisionError):
        midback("scan")


def test_json_on_stdout_is_not_mixed_with_words(midback, demo):
    outcome = midback("day", demo.day, "--json", "--data", demo.folder)

    assert json.loads(outcome.out)
    assert outcome.err == ""
