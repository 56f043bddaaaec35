"""Two Midbacks at once, in real processes: the second says who records, and touches nothing."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime

import pytest
from cli.user import failed_well, in_a_process

from midback.errors import RecordingBusy
from midback.recording import Store
from midback.recording.folder import DATABASE
from midback.recording.lock import held_by

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

PATIENCE_S = 60.0
"""Starting takes a second or two, on a busy machine more."""

LIVE = ("live", "--demo", "--headless", "--data")


@contextmanager
def recording(folder):
    """``midback live`` in a process of its own, which records by now."""
    process = subprocess.Popen(
        [sys.executable, "-m", "midback.cli", *LIVE, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: sessions(folder) == 1)
        yield process
    finally:
        process.kill()
        process.wait()


def until(true):
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def sessions(folder):
    try:
        with Store.open(folder, write=False) as store:
            return len(store.sessions())
    except Exception:
        return 0


def packets(folder):
    with Store.open(folder, write=False) as store:
        return sum(1 for _ in store.packets(store.sessions()[0]))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A first Midback that goes on recording, and where."""
    folder = tmp_path_factory.mktemp("first") / "data"
    with recording(folder) as process:
        yield process.pid, folder


def test_the_second_says_who_records_and_leaves_with_exit_code_four(first):
    pid, folder = first
    now = datetime.now().astimezone()
    said = failed_well(in_a_process(*LIVE, folder), 4)
    begun = said.partition(" begun at ")[2][:5]

    assert said == (
        f"another Midback begun at {begun} as 'midback live' (process {pid}) already "
        f"records in {folder}: close it first, or choose another folder with --data"
    )
    minutes = 60 * now.hour + now.minute - 60 * int(begun[:2]) - int(begun[3:])
    assert minutes % 1440 <= 5


def test_what_the_first_records_goes_on_and_is_its_alone(first):
    _, folder = first
    in_a_process(*LIVE, folder)
    there = packets(folder)
    until(lambda: packets(folder) > there)

    assert sessions(folder) == 1


@pytest.mark.parametrize(
    "command", ["live --headless", "live --demo --headless", "calibrate", "calibrate --demo"]
)
def test_every_command_that_records_is_turned_away_and_changes_nothing(midback, folder, command):
    with Store.open(folder, write=True):
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        said = failed_well(midback(*command.split(), "--data", folder), 4)

        assert f"(process {os.getpid()}) already records in {folder}" in said
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@needs_posix
def test_a_killed_process_is_not_in_the_way_and_not_the_one_that_is_named(folder):
    with recording(folder) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    left = (folder / f"{DATABASE}.pid").read_text()

    assert str(killed.pid) in left
    assert held_by(folder) is None
    with Store.open(folder, write=True) as store:
        assert store.sessions()[0].closed
        busy = held_by(folder)
    assert busy is not None
    assert busy.pid == os.getpid()


STALE = {
    "of a process that is gone": '{"pid": %d, "command": "midback live", "since": "2026-03-04"}',
    "cut short": '{"pid": 4',
    "of an older kind": "%d",
    "no process": '{"pid": -1, "command": "midback live", "since": "2026-03-04"}',
    "nothing": "",
}


@pytest.mark.parametrize("left", STALE.values(), ids=STALE)
def test_where_the_one_who_records_has_not_said_who_it_is_nobody_is_named(folder, left):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with Store.open(folder, write=True):
        (folder / f"{DATABASE}.pid").write_text(left.replace("%d", str(gone.pid)))
        busy = held_by(folder)

    assert str(busy) == str(RecordingBusy(folder))
    assert str(busy).startswith("another Midback already records in ")


def test_to_look_whether_anybody_records_keeps_nobody_from_recording(folder):
    with Store.open(folder, write=True):
        pass
    script = (
        "import sys, pathlib, time\n"
        "from midback.recording.lock import held_by\n"
        "print('looking', flush=True)\n"
        "while True: held_by(pathlib.Path(sys.argv[1])); time.sleep(0.001)\n"
    )
    looking = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
    try:
        assert looking.stdout is not None
        looking.stdout.readline()
        for _ in range(100):
            with Store.open(folder, write=True):
                pass
        assert looking.poll() is None
    finally:
        looking.kill()
        looking.communicate()


def test_a_folder_that_is_not_there_has_nobody_who_records_and_is_not_made(folder):
    assert held_by(folder) is None
    assert not folder.exists()
