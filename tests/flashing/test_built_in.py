"""A board whose MicroPython has the firmware built in, and files that get in its way."""

import pytest
from flashing.releases import SOON_S, build, firmware_of
from flashing.test_installing import ask, install, on_board, put

from midback.errors import ClipError
from midback.flashing import sources
from midback.flashing.answer import wait_for_clip
from midback.flashing.board import Survey, board_on
from midback.flashing.built_in import clear_the_way, in_the_way, not_ours


@pytest.fixture
def plug_in_built(plug_in, release, tmp_path):
    """Plugs in boards that have the release built in."""
    assert release.is_dir()
    built_in = build(tmp_path / "built_in")
    return lambda **traits: plug_in(built_in=built_in, **traits)


def survey(*paths):
    return Survey(dict.fromkeys(paths, "00"), 4096, 1_000_000)


def clear(port):
    with board_on(port) as board:
        clear_the_way(board, in_the_way(board.survey()))


def test_a_board_tells_which_firmware_is_built_into_its_micropython(plug_in_built):
    with board_on(plug_in_built().port) as board:
        assert board.built_in == "0.1.0"


def test_files_are_not_taken_for_something_built_in(plug_in, files):
    port = plug_in().port
    install(port, files)
    with board_on(port) as board:
        assert board.built_in == ""


def test_files_over_something_built_in_do_not_hide_which_it_is(plug_in_built):
    port = plug_in_built().port
    put(port, clip_firmware____init___py="VERSION = '9.9.9'")
    with board_on(port) as board:
        assert board.built_in == "0.1.0"


def test_the_version_of_this_release_is_that_of_its_source(release):
    firmware_of(release, __init__='VERSION = "2.3.4"\n')

    assert sources.firmware_version() == "2.3.4"


def test_every_release_has_a_version():
    assert sources.firmware_version()


def test_what_is_built_in_runs_without_any_file(plug_in_built):
    assert wait_for_clip(plug_in_built().port, SOON_S) == "running, protocol 1"


@pytest.mark.parametrize("path", ["clip_firmware__app_py", "midback__shared__wire_py"])
def test_a_file_in_the_way_keeps_it_from_starting_until_it_is_gone(plug_in_built, path):
    port = plug_in_built().port
    put(port, **{path: "raise OSError(19)"})
    with pytest.raises(ClipError, match="program ended"):
        wait_for_clip(port, SOON_S)
    clear(port)

    assert wait_for_clip(port, SOON_S)
    assert on_board(port) == {}


def test_an_empty_folder_in_the_way_goes_too(plug_in_built):
    port = plug_in_built().port
    ask(port, "import os\nos.mkdir('/midback')\nos.mkdir('/midback/shared')")
    with pytest.raises(ClipError, match="program ended"):
        wait_for_clip(port, SOON_S)
    clear(port)

    assert wait_for_clip(port, SOON_S)


def test_the_wearers_own_stays(plug_in_built):
    port = plug_in_built().port
    put(port, clip_firmware__app_py="old", data__log_bin="mine")
    clear(port)

    assert ask(port, "import os; print(os.listdir('/data'))").strip() == "['log.bin']"


def test_our_main_goes_with_our_modules():
    there = survey("/main.py", "/main.py.new", "/clip_firmware/app.mpy", "/midback/__init__.mpy")

    assert in_the_way(there) == sorted(there.files)


def test_somebody_elses_main_stays_because_it_is_not_started():
    assert in_the_way(survey("/main.py")) == []


def test_what_is_not_ours_but_in_the_way_is_told_apart():
    there = survey("/midback/notes.py", "/midback/shared/wire.mpy", "/clip_firmware/x.py")

    assert in_the_way(there) == sorted(there.files)
    assert not_ours(in_the_way(there)) == ["/midback/notes.py"]
