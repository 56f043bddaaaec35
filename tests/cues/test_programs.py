from pathlib import Path

import pytest

from midback.cues.programs import asked, player, speech


def here(*names: str):
    return lambda name: f"/usr/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("platform", "there", "found"),
    [
        ("linux", ("spd-say", "espeak-ng"), "spd-say"),
        ("linux", ("espeak-ng", "espeak"), "espeak-ng"),
        ("linux", ("espeak",), "espeak"),
        ("darwin", ("say",), "say"),
        ("win32", ("powershell",), "powershell"),
    ],
)
def test_what_speaks_is_found(platform: str, there: tuple[str, ...], found: str):
    program = speech(platform, here(*there))
    assert program is not None
    assert program.command[0] == found


@pytest.mark.parametrize(
    ("platform", "there", "found"),
    [
        ("linux", ("pw-play", "aplay"), "pw-play"),
        ("linux", ("paplay",), "paplay"),
        ("linux", ("aplay",), "aplay"),
        ("darwin", ("afplay",), "afplay"),
        ("win32", ("powershell",), "powershell"),
    ],
)
def test_what_plays_is_found(platform: str, there: tuple[str, ...], found: str):
    program = player(platform, here(*there))
    assert program is not None
    assert program.command[0] == found


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_where_nothing_speaks_or_plays_there_is_none(platform: str):
    assert (speech(platform, here()), player(platform, here())) == (None, None)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_words_are_never_taken_for_options_or_commands(platform: str):
    program = speech(platform, here("spd-say", "say", "powershell"))
    assert program is not None
    command, told = asked(program, "--version; −3° of 'it'")
    before, after = command[: len(program.command)], command[len(program.command) :]

    assert before == list(program.command)
    # Either not on the command line at all, or after the end of the options.
    assert (after == [] and told.decode() == "--version; −3° of 'it'") or before[-1] == "--"


def test_a_sound_is_played_from_its_file(tmp_path: Path):
    program = player("linux", here("aplay"))
    assert program is not None
    assert asked(program, tmp_path / "go.wav") == (["aplay", "-q", str(tmp_path / "go.wav")], b"")
