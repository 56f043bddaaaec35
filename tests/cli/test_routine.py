"""``midback routine``: the drills listed, the demo gone through, and who may begin."""

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cli.user import Keyboard, Outcome, failed_well, run
from exercises.test_history import put
from exercises.test_last_check import checked

from midback.cli.routine_terminal import words_of
from midback.errors import DataError, UsageError
from midback.exercises.advice import Advice
from midback.exercises.drill import By, all_drills
from midback.exercises.last_check import CHECKS
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_record import place_for, read_routines, save_routine
from midback.exercises.routine_sets import DoneSet
from midback.exercises.routine_sets import Outcome as Ended
from midback.exercises.routine_view import RoutineView
from midback.exercises.screened import SCREENED, keep_screened, screened
from midback.exercises.screening import RED_FLAGS
from midback.exercises.view import Phase

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """What the demo in virtual time said, and the folder it was told to keep."""
    folder, out, err = tmp_path_factory.mktemp("routine"), StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["routine", "--demo", "--headless", "--data", folder])
    return folder, Outcome(code, out.getvalue(), err.getvalue())


def test_the_demo_goes_through_by_itself_and_tells_what_was_seen(demo):
    _, told = demo

    assert told.code == 0
    assert told.out.startswith("The whole routine, 5\u00a0min")
    assert re.search(r"Seated twist, left +5 of 5 repetitions seen; about 2[789]° each", told.out)
    assert re.search(r"Seated twist, right +5 of 5 repetitions seen; about 4[456]° each", told.out)
    assert re.search(r"Band row +\d+ paced, not counted\n", told.out)
    assert "one more set to the left" in told.err


def test_the_demo_keeps_its_routine_only_where_it_is_told_to(demo, midback, tmp_path):
    folder, told = demo
    midback("routine", "--demo", "--headless", "--drills", "tall_hold")

    assert str(folder) in told.out
    assert [each.whole for each in read_routines(folder).done] == [True]
    assert not (tmp_path / "nothing yet").exists()


def test_what_it_says_claims_nothing(demo):
    _, told = demo
    plain = told.out + told.err

    assert "not a medical device" in " ".join(told.out.split())
    assert re.findall(r"treat|cure|heal|diagnos|prevent|reliev|activat", plain, re.I) == []


def test_the_drills_are_listed_with_a_wearers_own_and_what_is_wrong(midback, tmp_path):
    place = tmp_path / "data" / "drills"
    place.mkdir(parents=True)
    (place / "bad.toml").write_text('id = "bad"')
    listed = midback("routine", "--list", "--data", tmp_path / "data")

    assert listed.code == 0
    assert re.search(r"^ytw +Y, T and W .*paced, not counted\.$", listed.out, re.M)
    assert str(place) in listed.out
    assert f"left out: {place / 'bad.toml'} is no drill yet: title is missing" in listed.err


def test_drills_can_be_chosen_by_name(midback):
    told = midback("routine", "--demo", "--headless", "--drills", "wall_slide,tall_hold")

    assert re.search(r"Wall slide +8 of 8 repetitions seen", told.out)
    assert "Band row" not in told.out


def test_why_it_is_paced_is_written():
    why = "You sway too much beside it to be counted surely: keep to the beat. Pull."
    row = all_drills().known["band_row"]
    view = RoutineView(row, phase=Phase.GO, words=why, number=1, of=5, paced=True)

    assert words_of(view, lost=False, paused=False) == ("Band row:", why)


@pytest.mark.parametrize("names", ["magic", ","])
def test_a_drill_that_there_is_not_is_told_so(midback, names):
    outcome = midback("routine", "--demo", "--drills", names)

    assert "midback routine --list" in failed_well(outcome, UsageError.exit_code)


def test_a_script_that_was_never_asked_is_told_where_to_begin(midback, monkeypatch):
    monkeypatch.setattr(sys, "stdin", StringIO())

    assert "in a terminal" in failed_well(midback("routine", "--headless"), UsageError.exit_code)


@pytest.mark.parametrize("at", range(len(RED_FLAGS)))
def test_a_yes_ends_before_anything_is_measured_and_is_asked_again(
    midback, monkeypatch, tmp_path, at
):
    monkeypatch.setattr(sys, "stdin", Keyboard(*["n"] * at, "y"))
    folder = tmp_path / "data"
    outcome = midback("routine", "--headless", "--data", folder)

    assert outcome.code == 0
    assert "Nothing was measured" in outcome.out
    assert not screened(folder)


def test_enter_alone_is_no_answer(midback, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", Keyboard("", "perhaps", "y"))
    outcome = midback("routine", "--headless", "--data", tmp_path / "data")

    assert outcome.out.count(RED_FLAGS[0].question) == 3
    assert "Nothing was measured" in outcome.out


def test_whoever_answered_no_to_all_is_not_asked_again(midback, monkeypatch, tmp_path):
    folder = tmp_path / "data"
    keep_screened(folder, STARTED)
    monkeypatch.setattr(sys, "stdin", StringIO())
    outcome = midback("routine", "--headless", "--data", folder)

    # There is no Bluetooth here.
    assert outcome.code in (3, 4)
    assert "Today: Bend back over the chair" in outcome.err


def kept_with_pain(folder, *hurt):
    outcomes = {name: Ended.HURT if name in hurt else Ended.DONE for name in all_drills().known}
    sets = [DoneSet(name, name, "", By.REPETITIONS, 5, 0.0, how) for name, how in outcomes.items()]
    done = DoneRoutine(STARTED, STARTED + timedelta(minutes=5), "clip", tuple(sets), whole=True)
    save_routine(done, place_for(folder, STARTED))
    keep_screened(folder, STARTED)


def test_what_hurt_the_last_time_is_left_out_and_can_be_asked_for(midback, monkeypatch, tmp_path):
    folder = tmp_path / "data"
    kept_with_pain(folder, "seated_twist")
    monkeypatch.setattr(sys, "stdin", StringIO())
    twists = Advice(
        "low_turn", ("seated_twist",), "Seated twists to both sides.", "It was little."
    )
    monkeypatch.setattr("midback.cli.routine.last_advice", lambda *_: [twists])
    usual = midback("routine", "--headless", "--data", folder).err
    asked = midback("routine", "--headless", "--drills", "seated_twist", "--data", folder).err

    assert "Left out, because of pain the last time: Seated twist." in usual
    assert "see a clinician if it does not" in usual
    assert "Seated twist (" not in usual
    assert twists.todo not in usual
    assert "Today: Seated twist (" in asked


def test_if_all_of_them_hurt_there_is_no_routine(midback, tmp_path):
    folder = tmp_path / "data"
    kept_with_pain(folder, *all_drills().known)
    told = midback("routine", "--headless", "--data", folder)

    assert told.code == 0
    assert told.out.startswith("Left out, because of pain the last time: ")
    assert "Today:" not in told.err


def test_after_a_check_that_was_stopped_for_pain_there_is_no_routine(midback, tmp_path):
    checks = tmp_path / "data" / CHECKS
    checks.mkdir(parents=True)
    put(checked(stopped=True), checks)
    told = midback("routine", "--headless", "--data", tmp_path / "data")

    assert told.code == 0
    assert told.out.startswith("Stopped because of pain: Turning. No exercises come of this check")
    assert "Today:" not in told.err


@pytest.mark.parametrize("text", ["", "[]", "{", '{"no": ["chest"]}', '{"no": 3}'])
def test_an_answer_that_is_damaged_or_older_than_a_question_is_asked_again(tmp_path, text):
    (tmp_path / SCREENED).write_text(text)

    assert not screened(tmp_path)


def test_an_answer_that_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(DataError, match="cannot be written"):
        keep_screened(tmp_path / "data", STARTED)


def test_it_can_be_paused_skipped_stopped_for_pain_and_left_by_keys(tmp_path):
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    leader, follower = pty.openpty()
    folder = tmp_path / "data"
    command = [sys.executable, "-m", "midback.cli", "routine", "--demo", "--headless"]
    command += ["--speed", "20", "--data", str(folder)]
    with subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower) as process:
        os.close(follower)
        said = Said(leader)
        for words, key in (
            ("To your left: turn", b"s"),
            ("Bend back over the top", b"p"),
            ("Paused. P goes on.", b"p"),
            ("2 of 8 seen", b"h"),
            ("forearms on it", b"c"),
            ("Lift to the next|Let yourself slump", b"q"),
        ):
            said.wait_for(words)
            os.write(leader, key)
        assert process.wait(60.0) == 0
        said.end()
    (kept,) = read_routines(folder).done

    assert not kept.whole
    outcomes = [(each.drill, each.outcome.value) for each in kept.sets]
    assert outcomes[:3] == [("seated_twist", "skipped")] * 3
    assert outcomes[3:5] == [
        ("chair_extension", "stopped because of pain"),
        ("wall_slide", "changed"),
    ]
    assert outcomes[5][1] == "broken off"


class Said:
    """What appears in a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._text = ""
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        while True:
            try:
                said = os.read(self._descriptor, 4096)
            except OSError:
                return
            if not said:
                return
            self._text += said.decode(errors="replace")

    def wait_for(self, words: str, patience_s: float = 60.0) -> None:
        until_s = time.monotonic() + patience_s
        while not re.search(words, " ".join(self._text.split())):
            assert time.monotonic() < until_s, self._text
            time.sleep(0.02)
        self._text = ""

    def end(self) -> None:
        self._reading.join(5.0)
        os.close(self._descriptor)
