"""Cues are given by programs; here by small Python scripts that write down what they are told."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from midback.cues import Cueing, Mode, Tone
from midback.cues.programs import Program

_SAYS = """
import pathlib, sys, time
heard = sys.argv[2] if len(sys.argv) > 2 else sys.stdin.read()
with pathlib.Path(sys.argv[1]).open("a") as file:
    file.write(heard + chr(10))
time.sleep(float({seconds}))
sys.exit({code})
"""


def says(heard: Path, *, seconds: float = 60.0, code: int = 0, by_input: bool = True) -> Program:
    """A program that writes down what it is to say, and takes so long."""
    script = _SAYS.format(seconds=seconds, code=code)
    return Program((sys.executable, "-c", script, str(heard)), by_input)


def wait_until(happened: Callable[[], bool]) -> None:
    # Starting Python takes a second or two on a busy machine.
    until = time.monotonic() + 30.0
    while not happened():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def lines(heard: Path) -> list[str]:
    return heard.read_text().splitlines() if heard.exists() else []


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard"


@pytest.fixture
def cueing() -> Iterator[Callable[..., Cueing]]:
    made: list[Cueing] = []

    def make(mode: Mode, **options: Any) -> Cueing:
        one = Cueing(**options)
        one.mode = mode
        made.append(one)
        return one

    yield make
    for each in made:
        each.close()


def test_the_words_of_a_cue_are_spoken(cueing, heard: Path):
    cues = cueing(Mode.SPOKEN, speaks=says(heard, seconds=0))
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: lines(heard) == ["Turn to your left."])


def test_a_newer_cue_cuts_the_older_short(cueing, heard: Path):
    cues = cueing(Mode.SPOKEN, speaks=says(heard))
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: len(lines(heard)) == 1)
    # The first would take a minute.
    cues.cue(Tone.BACK, "And back.")
    wait_until(lambda: lines(heard) == ["Turn to your left.", "And back."])


def test_a_cue_without_words_is_played(cueing, heard: Path):
    plays = says(heard, seconds=0, by_input=False)
    cues = cueing(Mode.SPOKEN, speaks=says(heard), plays=plays)
    cues.cue(Tone.REST)
    wait_until(lambda: len(lines(heard)) == 1)
    assert Path(lines(heard)[0]).name == "rest.wav"


def test_beeps_are_played_whatever_there_is_to_say(cueing, heard: Path):
    plays = says(heard, seconds=0, by_input=False)
    cues = cueing(Mode.BEEPS, speaks=says(heard), plays=plays)
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: len(lines(heard)) == 1)
    assert Path(lines(heard)[0]).name == "go.wav"


def test_where_nothing_plays_the_bell_rings(cueing):
    rung: list[int] = []
    cues = cueing(Mode.BEEPS, bell=lambda: rung.append(1))
    cues.cue(Tone.GO, "Turn to your left.")
    assert rung == [1]


def test_where_nothing_speaks_spoken_cues_are_beeps(cueing):
    rung: list[int] = []
    cues = cueing(Mode.SPOKEN, bell=lambda: rung.append(1))
    cues.cue(Tone.GO, "Turn to your left.")
    assert (rung, cues.can_speak, cues.modes) == ([1], False, (Mode.BEEPS, Mode.OFF))


def test_off_is_silent(cueing, heard: Path):
    rung: list[int] = []
    cues = cueing(Mode.OFF, speaks=says(heard), plays=says(heard), bell=lambda: rung.append(1))
    cues.cue(Tone.GO, "Turn to your left.")
    cues.close()
    assert (rung, lines(heard)) == ([], [])


def test_what_speaks_but_fails_is_given_up_for_beeps(cueing, heard: Path):
    rung: list[int] = []
    broken = says(heard, seconds=0, code=1)
    cues = cueing(Mode.SPOKEN, speaks=broken, bell=lambda: rung.append(1))

    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: cues._running is not None and cues._running.poll() == 1)
    # The next one finds out.
    cues.cue(Tone.BACK, "And back.")
    wait_until(lambda: not cues.can_speak)
    rung.clear()
    cues.cue(Tone.BACK, "And back.")
    assert rung == [1]


def test_a_program_that_is_gone_stops_nobody(cueing, heard: Path):
    cues = cueing(Mode.SPOKEN, speaks=Program((str(heard.parent / "gone"),)))
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: not cues.can_speak)


def test_nothing_sounds_after_the_end(cueing, heard: Path):
    cues = cueing(Mode.SPOKEN, speaks=says(heard))
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: len(lines(heard)) == 1)
    speaking = cues._running
    cues.close()
    cues.cue(Tone.BACK, "And back.")

    assert speaking is not None
    assert not psutil.pid_exists(speaking.pid)
    assert lines(heard) == ["Turn to your left."]


def test_hush_ends_what_sounds(cueing, heard: Path):
    cues = cueing(Mode.SPOKEN, speaks=says(heard))
    cues.cue(Tone.GO, "Turn to your left.")
    wait_until(lambda: len(lines(heard)) == 1)
    speaking = cues._running
    assert speaking is not None
    cues.hush()
    wait_until(lambda: speaking.poll() is not None)
