"""The installer against a real MicroPython with a real littlefs behind a pseudo-terminal."""

import itertools
import re
from functools import partial

import pytest
from flashing.releases import SOON_S, firmware_of

from midback.errors import ClipError, ClipLost
from midback.flashing import sources
from midback.flashing.answer import wait_for_clip
from midback.flashing.board import board_on
from midback.flashing.compiling import BoardFile, board_files
from midback.flashing.copying import carry_out, plan
from midback.flashing.repl import BoardRefused, Repl

CONTENT = re.compile(rb"[A-Za-z0-9+/]{64,}")


def install(port, files):
    """Install, and give the paths that were copied."""
    with board_on(port) as board:
        return [file.path for file in carry_out(board, plan(files, board.survey()))]


def on_board(port):
    with board_on(port) as board:
        return board.survey().files


def expected(files):
    return {file.path: file.sha256 for file in files}


def ask(port, code):
    """What a board prints when it runs *code*."""
    # On a busy machine a board that was just plugged in takes its time.
    repl = Repl(port, patience_s=15.0)
    try:
        repl.interrupt()
        return repl.run(code)
    finally:
        repl.restart()
        repl.close()


def put(port, **contents):
    """Files of somebody else's, by path with ``__`` for ``/``."""
    code = "import os\n"
    for name, text in contents.items():
        path = "/" + name.replace("__", "/").replace("_py", ".py").replace("_bin", ".bin")
        for folder in itertools.accumulate(path.split("/")[1:-1], "{}/{}".format, initial=""):
            code += f"try: os.mkdir({folder!r})\nexcept OSError: pass\n" if folder else ""
        code += f"with open({path!r}, 'w') as f: f.write({text!r})\n"
    ask(port, code)


def after(count, then):
    """Lets *count* pieces reach the board as they are, then gives *then* of the next."""
    pieces = itertools.count()
    return lambda piece: piece if next(pieces) != count else then(piece)


def at_words(words, then):
    """Lets everything reach the board as it is until it is told *words*."""
    told = bytearray()

    def tamper(piece):
        told.extend(piece)
        return then(piece) if words in told else piece

    return tamper


def test_an_empty_board_gets_exactly_the_release(plug_in, files):
    port = plug_in().port
    install(port, files)

    assert on_board(port) == expected(files)


def test_what_was_installed_runs_after_the_restart(plug_in, files):
    port = plug_in().port
    install(port, files)

    assert wait_for_clip(port, SOON_S) == "running, protocol 1"


def test_compiled_modules_are_ones_that_micropython_loads(plug_in, files):
    port = plug_in().port
    install(port, files)
    said = ask(port, "import midback.shared.wire as w, midback.shared.tilt\nprint(w.VERSION)")

    assert said.strip() == "1"


@pytest.mark.usefixtures("release")
def test_sources_serve_where_there_is_no_compiler(plug_in):
    files = board_files(sources.firmware_sources(), compiled=False)
    port = plug_in().port
    install(port, files)

    assert {file.path.rpartition(".")[2] for file in files} == {"py"}
    assert wait_for_clip(port, SOON_S)


def test_a_second_run_copies_nothing(plug_in, files):
    port = plug_in().port
    install(port, files)

    assert install(port, files) == []


def test_only_what_changed_is_copied(plug_in, files, release):
    port = plug_in().port
    install(port, files)
    firmware_of(release, app="WORDS = 'slumped'\n")
    newer = board_files(sources.firmware_sources(), compiled=True)

    assert install(port, newer) == ["/clip_firmware/app.mpy"]
    assert on_board(port) == expected(newer)


def test_files_of_an_older_firmware_go_and_the_wearers_own_stay(plug_in, files):
    port = plug_in().port
    put(
        port,
        clip_firmware__gone_py="old",
        clip_firmware__app_py="shadows the compiled one",
        midback__shared__gone_py="old",
        settings_bin="mine",
        midback__notes_py="mine",
        data__log_bin="mine",
    )
    install(port, files)

    assert on_board(port) == expected(files) | {
        "/midback/notes.py": on_board(port)["/midback/notes.py"]
    }
    assert ask(port, "import os; print(sorted(os.listdir('/')))").strip() == str(
        ["clip_firmware", "data", "main.py", "midback", "settings.bin"]
    )


def test_a_dry_look_changes_nothing(plug_in, files):
    port = plug_in().port
    put(port, clip_firmware__gone_py="old", main_py="print('other')")
    before = on_board(port)
    with board_on(port) as board:
        changes = plan(files, board.survey())

    assert len(changes.copy) == len(files)
    assert changes.remove == ["/clip_firmware/gone.py"]
    assert on_board(port) == before


def test_the_board_goes_on_with_its_own_program_after_a_look(plug_in, files):
    board = plug_in()
    install(board.port, files)
    resets = board.resets
    on_board(board.port)

    assert wait_for_clip(board.port, SOON_S)
    assert board.resets == resets + 1


def test_a_watchdog_that_runs_is_given_ten_minutes(plug_in, files):
    board = plug_in()
    install(board.port, files)
    wait_for_clip(board.port, SOON_S)
    short = board.watchdogs[-1]
    on_board(board.port)
    wait_for_clip(board.port, SOON_S)

    assert (short, board.watchdogs[-2:]) == (8000, [600_000, 8000])


def test_a_link_lost_in_the_middle_leaves_the_old_firmware_whole(plug_in, files, release):
    board = plug_in()
    install(board.port, files)
    firmware_of(release, app="WORDS = 'slumped'\n", extra=f"TABLE = {list(range(500))}\n")
    newer = board_files(sources.firmware_sources(), compiled=True)
    board.tamper = at_words(b"extra.mpy.new", lambda _: None)
    with pytest.raises(ClipLost, match="no longer answers"):
        install(board.port, newer)
    board.unplug()

    board = plug_in()
    there = on_board(board.port)

    assert "/clip_firmware/app.mpy.new" in there
    assert {path: sha for path, sha in there.items() if path in expected(files)} == expected(files)
    assert wait_for_clip(board.port, SOON_S)


@pytest.mark.parametrize("pieces", range(10, 70, 12))
def test_the_next_run_mends_a_copy_that_broke_off_anywhere(plug_in, files, pieces):
    board = plug_in()
    board.tamper = after(pieces, lambda _: None)
    with pytest.raises(ClipError):
        install(board.port, files)
    board.unplug()

    board = plug_in()
    install(board.port, files)

    assert on_board(board.port) == expected(files)


def test_what_had_arrived_is_not_copied_again(plug_in, files):
    board = plug_in()
    with board_on(board.port) as there:
        assert there.write(files[0])

    assert files[0].path not in install(board.port, files)
    assert on_board(board.port) == expected(files)


def spoiled(piece, into=b"AB"):
    """A byte changed, where a piece is nothing but the content of a file, to another of *into*."""
    if not CONTENT.fullmatch(piece):
        return piece
    return piece[:40] + into.replace(piece[40:41], b"")[:1] + piece[41:]


def test_a_byte_changed_on_its_way_is_noticed_and_sent_again(plug_in, files):
    board = plug_in()
    changed = []

    def once(piece):
        if not changed and spoiled(piece) != piece:
            changed.append(piece)
            return spoiled(piece)
        return piece

    board.tamper = once
    install(board.port, files)

    assert changed
    assert on_board(board.port) == expected(files)


@pytest.mark.parametrize("into", [b"AB", b"@"], ids=["base64", "not base64"])
def test_a_file_that_arrives_broken_twice_is_given_up_and_not_used(plug_in, files, into):
    board = plug_in()
    board.tamper = partial(spoiled, into=into)
    with pytest.raises(ClipError, match=r"arrived broken 2 times: try another cable"):
        install(board.port, files)
    board.tamper = bytes

    assert set(on_board(board.port)) & set(expected(files)) == set()


def test_a_full_board_is_said_before_anything_is_written(plug_in, files):
    port = plug_in(blocks=16).port
    put(port, movie_bin=40_000 * "x")
    with pytest.raises(ClipError, match=r"no space for another \d+ kB: remove what is not"):
        install(port, files)

    assert on_board(port) == {}


def test_where_both_do_not_fit_files_take_over_one_by_one(plug_in, files):
    port = plug_in(blocks=54).port
    install(port, files)
    put(port, movie_bin=50_000 * "x")
    changed = [BoardFile(file.path, file.content + b"\n") for file in files]
    with board_on(port) as board:
        changes = plan(changed, board.survey())
    install(port, changed)

    assert not changes.at_once
    assert on_board(port) == expected(changed)


def test_flash_that_fills_up_while_writing_is_said_and_left_tidy(plug_in):
    port = plug_in(blocks=16).port
    big = BoardFile("/clip_firmware/big.mpy", bytes(range(256)) * 400)
    with board_on(port) as board, pytest.raises(ClipError, match="no space for another 102 kB"):
        board.write(big)

    assert on_board(port) == {}


def test_an_exception_on_the_board_comes_with_its_words(plug_in):
    with pytest.raises(BoardRefused, match=r"the board says 'ValueError: sit up'"):
        ask(plug_in().port, "raise ValueError('sit up')")


def test_a_program_that_ends_is_told_with_its_last_words(plug_in, release):
    (release / "main.py").write_text("print('hello')\nraise OSError(19)\n")
    port = plug_in().port
    install(port, board_files(sources.firmware_sources(), compiled=True))

    with pytest.raises(ClipError, match=r"program ended \(OSError: \[Errno 19\] ENODEV\)"):
        wait_for_clip(port, SOON_S)


def test_a_clip_that_says_nothing_is_not_waited_for_without_end(plug_in, release):
    (release / "main.py").write_text("import time\nwhile True: time.sleep_ms(20)\n")
    port = plug_in().port
    install(port, board_files(sources.firmware_sources(), compiled=True))

    with pytest.raises(ClipLost, match="not heard on"):
        wait_for_clip(port, 2)
