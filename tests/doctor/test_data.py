"""What is found in a data folder, in whatever state it is; nothing in it is changed."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from recording.scenes import begin, calibration, record, wall

from midback.doctor import Mark, data, exit_code
from midback.recording import Store
from midback.recording.folder import DATABASE

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
unprivileged = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere"
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def recorded(folder):
    """Two closed sessions of two minutes each, and a calibration."""
    with Store.open(folder, write=True) as store:
        for _ in range(2):
            writer = begin(store)
            record(writer, 0, 120)
            writer.close(120, wall(120))
        store.save_calibration(calibration("C-1"))
    return folder


def found(folder):
    return list(data.examine(folder, "chosen with --data"))


def the(name, folder):
    (one,) = [finding for finding in found(folder) if finding.name == name]
    return one


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_with_which_all_is_well_is_all_ok(recorded):
    findings = found(recorded)

    assert {finding.mark for finding in findings} == {Mark.OK}
    assert [finding.name for finding in findings] == [
        "folder",
        "private",
        "writable",
        "disk",
        "recorder",
        "recordings",
        "damage",
    ]


def test_recordings_are_counted_without_saying_when_they_were_made(recorded):
    words = the("recordings", recorded).found.replace("\u00a0", " ")

    assert words == "2, 4 min in all; 1 calibration"
    assert "2026" not in str([finding.found for finding in found(recorded)])


def test_nothing_is_changed_by_looking(recorded):
    before = files(recorded)
    found(recorded)
    after = files(recorded)

    assert {name: after[name] for name in before} == before
    # SQLite's own, of whoever reads.
    assert set(after) - set(before) <= {f"{DATABASE}-wal", f"{DATABASE}-shm"}


def test_a_folder_that_is_not_there_is_not_made(folder):
    findings = found(folder)

    assert findings[0].mark is Mark.NOTE
    assert "is not there yet" in findings[0].found
    assert [finding.name for finding in findings[1:]] == ["writable", "disk"]
    assert exit_code(findings) == 0
    assert not folder.exists()


def test_a_folder_without_a_recording_is_no_problem(tmp_path):
    tmp_path.chmod(0o700)

    assert the("recordings", tmp_path).found == "none yet"
    assert exit_code(found(tmp_path)) == 0


def test_a_file_where_the_folder_belongs_is_a_problem(tmp_path):
    (tmp_path / "file").touch()
    (finding,) = found(tmp_path / "file")

    assert "is a file" in finding.found
    assert exit_code([finding]) == 5


# Private


@posix_only
def test_recordings_that_others_can_read_are_a_problem(recorded):
    recorded.chmod(0o755)
    (recorded / DATABASE).chmod(0o644)
    private = the("private", recorded)

    assert private.mark is Mark.PROBLEM
    assert private.found == f"others can read {DATABASE}"
    assert "chmod" in private.to_do


@posix_only
def test_a_page_that_others_can_read_is_noted(recorded):
    recorded.chmod(0o755)
    (recorded / "day.html").touch(0o644)
    (recorded / "day.html").chmod(0o644)

    assert the("private", recorded).mark is Mark.NOTE


@posix_only
def test_a_folder_that_others_can_only_list_is_private_enough(recorded):
    recorded.chmod(0o755)

    assert the("private", recorded).mark is Mark.OK


@posix_only
def test_what_lies_in_a_closed_folder_is_closed(recorded):
    (recorded / DATABASE).chmod(0o644)

    assert stat.S_IMODE(recorded.stat().st_mode) == 0o700
    assert the("private", recorded).mark is Mark.OK


# Room


@unprivileged
@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path, there):
    room = tmp_path / "room"
    room.mkdir(mode=0o500)
    findings = found(room if there else room / "data")

    assert the("writable", room).mark is Mark.PROBLEM
    assert exit_code(findings) == 5


def test_a_disk_that_takes_no_more_is_a_problem(recorded, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("midback.doctor.data.tempfile.TemporaryFile", full)
    writable = the("writable", recorded)

    assert writable.found == "no (No space left on device)"
    assert exit_code([writable]) == 5


@pytest.mark.parametrize(
    ("free", "mark", "words"),
    [
        (20e6, Mark.PROBLEM, "20 MB free"),
        (200e6, Mark.NOTE, "200 MB free; a long day takes about 12 MB"),
        (2e9, Mark.OK, "2000 MB free"),
        (200e9, Mark.OK, "200 GB free"),
    ],
)
def test_room_is_told_in_days_to_come(recorded, monkeypatch, free, mark, words):
    usage = shutil.disk_usage(recorded)._replace(free=int(free))
    monkeypatch.setattr("midback.doctor.data.shutil.disk_usage", lambda _: usage)
    disk = the("disk", recorded)

    assert (disk.mark, disk.found) == (mark, words)


# Who records


def test_who_records_is_told_with_for_how_long_and_not_since_when(recorded):
    script = (
        "import sys; from pathlib import Path; from midback.recording import Store\n"
        "sys.argv[:1] = ['midback', 'live']\n"
        "with Store.open(Path(sys.argv[2]), write=True): print('ready', flush=True); input()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(recorded)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert other.stdout is not None
        other.stdout.readline()
        recorder = the("recorder", recorded)
    finally:
        other.communicate(b"\n")

    assert recorder.mark is Mark.NOTE
    assert recorder.found.replace("\u00a0", " ") in (
        f"'midback live' (process {other.pid}) has recorded for {minutes} min"
        for minutes in ("0", "<1")
    )


def test_a_recorder_that_has_not_said_who_it_is_is_there_all_the_same(recorded):
    with Store.open(recorded, write=True):
        (recorded / f"{DATABASE}.pid").write_text("")

        assert the("recorder", recorded).found == "another Midback records here now"


# The file


def test_damage_is_told_piece_by_piece(recorded):
    with closing(sqlite3.connect(recorded / DATABASE)) as connection, connection:
        connection.execute("UPDATE chunk SET crc = crc + 1 WHERE id = 1")
    damage = the("damage", recorded)

    assert damage.mark is Mark.PROBLEM
    assert damage.found.startswith("packets of minute 0 of session 1 are lost")
    assert exit_code([damage]) == 5


def test_a_file_full_of_damage_does_not_fill_the_report(recorded):
    with closing(sqlite3.connect(recorded / DATABASE)) as connection, connection:
        connection.execute("UPDATE chunk SET crc = crc + 1")
        connection.execute("UPDATE minute SET crc = crc + 1")
    damage = [finding for finding in found(recorded) if finding.name == "damage"]

    assert len(damage) == 6
    assert damage[-1].mark is Mark.NOTE
    assert damage[-1].found == "3 more of the like"


def test_what_there_was_no_time_to_read_is_said(recorded, monkeypatch):
    monkeypatch.setattr("midback.doctor.data._READ_S", -1.0)

    assert the("damage", recorded).found == "none in the newest 0 of 2, read from end to end"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"no database" * 1000), "cannot be read"),
        (lambda path: bump_version(path), "Upgrade Midback"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(recorded, spoil, words):
    spoil(recorded / DATABASE)
    recordings = the("recordings", recorded)

    assert recordings.mark is Mark.PROBLEM
    assert words in recordings.found + recordings.to_do
    assert recordings.to_do
    assert exit_code([recordings]) == 5


def bump_version(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 9999")


def test_files_that_were_set_aside_are_counted(recorded):
    for name in ("corrupt-20260304T090000Z", "corrupt-20260304T090000Z-wal", "corrupt-2026-2"):
        (recorded / f"{DATABASE}.{name}").touch(0o600)

    assert the("set aside", recorded).found.startswith("2 damaged files")
