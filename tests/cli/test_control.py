"""``midback snooze``, ``pause`` and ``status`` ask the Midback that runs, from another process."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cli.user import failed_well, in_a_process
from tzlocal import get_localzone

from midback.control import ask
from midback.control.door import read_door
from midback.errors import MonitorUnreachable
from midback.live.sentences import rest_until
from midback.recording import Store

PATIENCE_S = 60.0
"""Starting takes a second or two, on a busy machine more."""

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@contextmanager
def live(folder, *options):
    """``midback live`` in a process of its own, with a clip that it has found."""
    # What ignores Ctrl-C, as a process of pytest-xdist does, starts others that do.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "midback.cli", "live", "--demo", "--headless", "--no-pauses"),
            *("--data", str(folder), *options),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    signal.signal(signal.SIGINT, before)
    try:
        until(lambda: known(folder) is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def until(true):
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def known(folder):
    """What the running Midback says it knows; ``None`` while there is nothing."""
    try:
        return ask(folder, "status")["now"]
    except MonitorUnreachable:
        return None


def facts(folder):
    now = known(folder)
    assert now is not None
    return now


def kinds(folder):
    with Store.open(folder, write=False) as store:
        return [event.kind for event in store.events(store.sessions()[-1])]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a Midback records all along."""
    folder = tmp_path_factory.mktemp("running") / "data"
    with live(folder):
        yield folder


def test_a_snooze_holds_in_the_running_midback_and_can_be_ended(folder):
    asked = in_a_process("snooze", "30m", "--data", folder)
    ends = datetime.fromisoformat(facts(folder)["snoozed_until"])
    rests = in_a_process("status", "--data", folder)
    ended = in_a_process("snooze", "off", "--data", folder)

    # The simulated day has a clock of its own, which runs as ours does.
    assert abs(ends - datetime.now(ends.tzinfo) - timedelta(minutes=30)) < timedelta(minutes=1)
    words = rest_until(ends, datetime.now(UTC), get_localzone())
    assert asked == (0, f"{words}\n", "")
    assert words in rests.out
    assert ended == (0, "The snooze is over. Buzzes are back.\n", "")
    assert facts(folder)["snoozed_until"] is None


def test_a_pause_holds_until_it_is_ended(folder):
    begun = in_a_process("pause", "--data", folder)
    held_by, status = facts(folder)["held_by"], in_a_process("status", "--data", folder)
    ended = in_a_process("pause", "off", "--data", folder)

    assert begun == (0, "Buzzes wait until 'midback pause off'.\n", "")
    assert held_by == ["pause"]
    assert "Buzzes wait until you end the pause." in status.out
    assert ended == (0, "The pause is over. Buzzes are back.\n", "")
    assert facts(folder)["held_by"] == []


def test_what_still_holds_buzzes_is_said_when_one_of_two_is_ended(folder):
    in_a_process("snooze", "30m", "--data", folder)
    in_a_process("pause", "--data", folder)
    snooze = in_a_process("snooze", "off", "--data", folder)
    in_a_process("snooze", "30m", "--data", folder)
    pause = in_a_process("pause", "off", "--data", folder)
    in_a_process("snooze", "off", "--data", folder)

    assert snooze.out == "The snooze is over. Buzzes wait until you end the pause.\n"
    assert pause.out.startswith("The pause is over. Buzzes rest until ")


def test_where_the_wearer_is_can_be_told_and_asked(folder):
    there = in_a_process("context", "Standing desk", "--data", folder)
    listed = in_a_process("context", "--data", folder)
    told = facts(folder)
    back = in_a_process("context", "desk", "--data", folder)

    said = "No upright is known at the standing desk: calibrate once you are there.\n"
    assert there == (0, said, "")
    assert listed.out.splitlines() == ["  desk", "* standing desk", "  sofa"]
    assert told["context"] == "standing desk"
    assert told["state"] not in ("upright", "leaning", "slumped", "back")
    assert back.code == 0
    assert facts(folder)["context"] == "desk"


def test_the_status_is_one_line(folder):
    # On a busy machine the simulated clip may be lost for a moment.
    until(lambda: facts(folder)["link"] == "linked")
    code, out, err = in_a_process("status", "--data", folder)

    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert "linked" in out


def test_the_status_as_json_has_the_same_facts(folder):
    code, out, err = in_a_process("status", "--json", "--data", folder)

    assert (code, err) == (0, "")
    assert json.loads(out).keys() == facts(folder).keys()


@pytest.mark.parametrize(
    "length", ["0m", "1x", "m", "25h", "nanm", "infh", "30", "1h30m", "", "ja"]
)
def test_a_length_that_is_none_is_told_how_to_write_one(midback, length):
    said = failed_well(midback("snooze", length), 2)

    assert (
        f"{length!r} is no time: write one number with its unit, such as 90s, 30m or 1h, "
        "at most 24h, or off"
    ) in said


@pytest.mark.parametrize("command", ["snooze", "pause", "status"])
def test_where_none_runs_that_is_said_and_nothing_is_made(midback, tmp_path, command):
    folder = tmp_path / "nobody"

    assert failed_well(midback(command, "--data", folder), 4) == (
        f"no Midback runs that records in {folder}: start 'midback live', then ask again"
    )
    assert not folder.exists()


@needs_posix
def test_after_a_kill_nobody_is_asked_and_the_next_is_reached(tmp_path):
    folder = tmp_path / "data"
    with live(folder) as first:
        left = read_door(folder)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert read_door(folder) == left
    assert "no Midback runs" in failed_well(in_a_process("snooze", "--data", folder), 4)

    with live(folder):
        assert in_a_process("snooze", "1h", "--data", folder).code == 0
        until(lambda: "snooze" in kinds(folder))


@needs_posix
def test_a_midback_that_ends_well_leaves_no_door(tmp_path):
    folder = tmp_path / "data"
    with live(folder) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0

    assert sorted(path.name for path in folder.iterdir()) == [
        *("midback.sqlite3", "midback.sqlite3.lock")
    ]
