"""``midback flash`` as a user sees it, with a real MicroPython behind a pseudo-terminal."""

import io
import re
import sys
from functools import partial

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from cli.user import failed_well
from clip.backends import BenchClip, radio
from flashing.images import fake_esptool, image
from flashing.releases import boards, build, firmware_of
from flashing.test_installing import put

from midback.cli import flash
from midback.clip import scan_clips
from midback.flashing import answer, ports, sources
from midback.flashing.board import board_on
from midback.flashing.compiling import BoardFile
from midback.simulated import virtual_time

OFF = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)


@pytest.fixture
def plug_in(tmp_path):
    yield from boards(tmp_path)


@pytest.fixture(autouse=True)
def _surroundings(tmp_path, monkeypatch):
    """A Bluetooth with one clip, nobody at the keyboard, no board but those of the test."""
    firmware_of(tmp_path / "firmware")
    monkeypatch.setattr(sources, "firmware_folder", lambda: tmp_path / "firmware")
    in_range(monkeypatch, BenchClip())
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("midback.flashing.ports.list_ports.comports", list)
    monkeypatch.setattr(flash, "wait_for_clip", partial(answer.wait_for_clip, patience_s=15))


def in_range(monkeypatch, *clips):
    monkeypatch.setattr(flash, "scan_clips", lambda seconds: scan_clips(seconds, radio(*clips)))
    monkeypatch.setattr("midback.cli.flash.asyncio.run", virtual_time.run)


def connected(monkeypatch, board):
    found = ports.Port(board.port, "USB JTAG/serial debug unit")
    monkeypatch.setattr(ports, "candidates", lambda: [found])


def at_the_keyboard(monkeypatch, answers):
    class Keyboard(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Keyboard(answers))


def test_an_empty_board_becomes_a_clip(midback, monkeypatch, plug_in):
    board = plug_in()
    connected(monkeypatch, board)
    code, out, err = midback("flash")
    lines = out.splitlines()

    assert (code, err) == (0, "")
    assert lines[0] == (f"Seeed XIAO ESP32S3 with ESP32-S3 on {board.port}, MicroPython 1.29.0.")
    assert lines[1].startswith("  1 of ")
    assert lines[1].endswith(" B  /main.py")
    assert lines[-4:] == [
        "Every file is verified; the board restarts.",
        "Waiting for the clip.",
        "The clip answers: running, protocol 1.",
        "Bluetooth sees it.  Next: put it on, and 'midback calibrate --bow --slump'.",
    ]


def test_a_second_run_says_that_all_is_there(midback, plug_in):
    port = plug_in().port
    midback("flash", "--port", port)
    _, out, _ = midback("flash", "--port", port)

    assert " files already there.\nEvery file is verified; the board restarts.\n" in out
    assert " of " not in out


def test_a_dry_run_lists_and_changes_nothing(midback, plug_in):
    port = plug_in().port
    first = midback("flash", "--dry-run", "--port", port)
    second = midback("flash", "--dry-run", "--port", port)

    assert first.code == 0
    assert "would copy       206 B  /main.py\n" in first.out
    assert first.out.endswith("Nothing was changed; the board restarts.\n")
    assert second == first


def test_a_dry_run_without_a_board_still_lists_what_any_would_get(midback):
    code, out, err = midback("flash", "--dry-run")

    assert code == 4
    assert "  /main.py\n" in out
    assert re.search(r"^\d+ files?, .* in all\.\n\Z", out, re.MULTILINE)
    assert err.startswith("midback: no board is connected")


def test_a_dry_run_tells_what_would_go(midback, plug_in, tmp_path):
    port = plug_in().port
    midback("flash", "--port", port)
    (tmp_path / "firmware" / "clip_firmware" / "app.py").unlink()
    _, out, _ = midback("flash", "--dry-run", "--port", port)

    assert "would remove            /clip_firmware/app.mpy\n" in out
    assert " in all; 0 B to copy, 1 to remove, " in out


def test_without_a_compiler_sources_are_sent_and_it_is_said(midback, monkeypatch, plug_in):
    monkeypatch.setattr(flash, "can_compile", lambda: False)
    code, out, _ = midback("flash", "--port", plug_in().port)

    assert code == 0
    assert out.startswith("Without MicroPython's compiler the board gets sources")
    assert "/clip_firmware/app.py\n" in out


def test_somebody_elses_program_is_not_overwritten_unasked(midback, monkeypatch, plug_in):
    port = foreign(plug_in)
    said = failed_well(midback("flash", "--port", port), 2)

    assert said == (
        "The board has a main.py that is not Midback's: it is replaced: say --yes if that is meant"
    )

    at_the_keyboard(monkeypatch, "n\n")
    assert failed_well(midback("flash", "--port", port), 2).startswith("nothing was changed")

    at_the_keyboard(monkeypatch, "y\n")
    assert midback("flash", "--port", port).code == 0


def test_yes_is_an_answer_beforehand(midback, plug_in):
    assert midback("flash", "--yes", "--port", foreign(plug_in)).code == 0


def foreign(plug_in):
    """The port of a board that already does something else."""
    port = plug_in().port
    with board_on(port) as board:
        board.write(BoardFile("/main.py", b"print('lamp')\n"))
        board.take_over(["/main.py"])
    return port


# Firmware that is built into MicroPython, and a chip that probably needs it so

C3 = "Seeed XIAO ESP32C3 with ESP32-C3"
TOO_SMALL = (
    "The memory of an ESP32-C3 will probably not do for the firmware as files (computed, not "
    "tried): firmware/boards/README.md says how to build a MicroPython with the firmware in it"
)


@pytest.fixture
def built(plug_in, tmp_path):
    """The port of a board with this release built in, and leftovers of an earlier one."""
    port = plug_in(machine=C3, built_in=build(tmp_path / "built_in")).port
    put(port, main_py="print('old')", clip_firmware__app_py="raise OSError(19)", data__log_bin="x")
    return port


def test_where_the_firmware_is_built_in_nothing_is_copied_and_leftovers_go(midback, built):
    code, out, err = midback("flash", "--port", built)

    assert (code, err) == (0, "")
    assert out.splitlines()[1:6] == [
        "Firmware 0.1.0 is built into its MicroPython: nothing is to copy.",
        "removed  /clip_firmware/app.py",
        "removed  /main.py",
        "The board restarts.",
        "Waiting for the clip.",
    ]
    assert "The clip answers: running, protocol 1.\n" in out


def test_a_dry_run_tells_which_leftovers_would_go(midback, built):
    first = midback("flash", "--dry-run", "--port", built)

    assert first.out.splitlines()[2:] == [
        "would remove            /clip_firmware/app.py",
        "would remove            /main.py",
        "Nothing was changed; the board restarts.",
    ]
    assert midback("flash", "--dry-run", "--port", built) == first


def test_what_is_not_ours_but_keeps_the_firmware_from_starting_is_asked_about(midback, built):
    put(built, midback__notes_py="mine")

    assert failed_well(midback("flash", "--port", built), 2).startswith(
        "/midback/notes.py is not Midback's, but keeps the firmware from starting: it goes: say"
    )
    assert "removed  /midback/notes.py\n" in midback("flash", "--yes", "--port", built).out


def test_another_firmware_built_in_is_said_and_not_covered_unasked(midback, built, tmp_path):
    firmware_of(tmp_path / "firmware", __init__='VERSION = "0.2.0"\n')
    against = (
        "Firmware 0.1.0 is built into the board's MicroPython, this is 0.2.0: better build one "
        "with this in it (firmware/boards/README.md) and write it with --base; files take "
        "memory, and the main.py of 0.1.0 goes on starting them"
    )

    assert f"\nMind: {against}.\n" in midback("flash", "--dry-run", "--port", built).out
    assert failed_well(midback("flash", "--port", built), 2).startswith(against)
    assert "  /clip_firmware/app.mpy\n" in midback("flash", "--yes", "--port", built).out


def test_a_chip_with_little_memory_gets_files_only_when_that_is_meant(midback, plug_in):
    port = plug_in(machine=C3).port

    assert f"\nMind: {TOO_SMALL}.\n" in midback("flash", "--dry-run", "--port", port).out
    assert failed_well(midback("flash", "--port", port), 2).startswith(TOO_SMALL)
    assert midback("flash", "--yes", "--port", port).code == 0
    assert midback("flash", "--port", port).code == 0, "there is nothing left to ask about"


# What can be wrong


def test_no_board_is_exit_code_four(midback):
    assert failed_well(midback("flash"), 4).startswith("no board is connected: plug it in")


def test_several_boards_are_a_question_of_usage(midback, monkeypatch):
    found = [ports.Port("COM3", "XIAO"), ports.Port("COM7", "TinyPICO")]
    monkeypatch.setattr(ports, "candidates", lambda: found)

    assert failed_well(midback("flash"), 2) == (
        "several boards may be meant: choose one with --port: COM3 (XIAO), COM7 (TinyPICO)"
    )


def test_a_board_of_another_kind_is_said_and_left_as_it_is(midback, plug_in):
    board = plug_in(platform="rp2", machine="Raspberry Pi Pico W with RP2040")

    assert "on which the firmware does not run" in failed_well(
        midback("flash", "--port", board.port), 4
    )


def test_a_port_that_is_not_there_is_said(midback):
    assert "there is no port" in failed_well(midback("flash", "--port", "/dev/ttyNONE"), 4)


def test_a_lost_link_says_that_the_next_run_goes_on(midback, plug_in):
    board = plug_in()
    told = bytearray()

    def tamper(piece):
        told.extend(piece)
        return None if b"app.mpy.new" in told else piece

    board.tamper = tamper

    assert "it goes on where it stopped" in failed_well(midback("flash", "--port", board.port), 4)


@pytest.mark.parametrize(
    ("clips", "said"),
    [
        ([], "Bluetooth does not see it yet: 'midback scan' looks again."),
        (
            [BenchClip(faults={"scan": OFF})],
            "This computer cannot look for it: Bluetooth is switched off: switch it on.",
        ),
    ],
)
def test_without_bluetooth_the_clip_is_installed_all_the_same(
    midback,
    monkeypatch,
    plug_in,
    clips,
    said,
):
    in_range(monkeypatch, *clips)
    code, out, _ = midback("flash", "--port", plug_in().port)

    assert code == 0
    assert out.splitlines()[-1].startswith(said)


# MicroPython itself


@pytest.fixture
def esptool(tmp_path, monkeypatch):
    notes = fake_esptool(tmp_path / "tools")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "tools"))
    return notes


def test_a_base_is_written_before_the_firmware(midback, plug_in, tmp_path, esptool):
    port = plug_in().port
    code, out, _ = midback("flash", "--port", port, "--base", image(tmp_path / "x.bin", chip=9))

    assert code == 0
    assert esptool.read_text().endswith(f"write-flash 0x0 {tmp_path / 'x.bin'}")
    assert out.splitlines()[0] == (
        f"Writing MicroPython 1.29 for ESP32-S3 (65.6 kB) to {port}; takes about half a minute."
    )
    assert "The clip answers: " in out


def test_a_dry_run_with_a_base_writes_none(midback, plug_in, tmp_path, esptool):
    port = plug_in().port
    code, out, _ = midback(
        "flash", "--dry-run", "--port", port, "--base", image(tmp_path / "x.bin", chip=9)
    )

    assert code == 0
    assert out == (
        f"Would write MicroPython 1.29 for ESP32-S3 (65.6 kB) to {port}, and the firmware after "
        "it.\n"
    )
    assert not esptool.exists()


def test_a_board_is_not_erased_unasked(midback, monkeypatch, plug_in, tmp_path, esptool):
    monkeypatch.setattr("midback.flashing.repl._TRY_S", 0.2)
    port = plug_in(answers=False).port
    base = image(tmp_path / "x.bin", chip=9)

    said = failed_well(midback("flash", "--port", port, "--base", base), 2)

    assert said.endswith("everything on the board is erased: say --yes if that is meant")
    assert not esptool.exists()


def test_of_little_memory_it_is_asked_once_and_before_anything_is_written(
    midback, monkeypatch, plug_in, tmp_path, esptool
):
    port = plug_in(machine=C3).port
    command = ["flash", "--port", port, "--base", image(tmp_path / "x.bin")]

    assert f"\nMind: {TOO_SMALL}.\n" in midback(*command, "--dry-run").out
    assert failed_well(midback(*command), 2).startswith(TOO_SMALL)
    assert not esptool.exists()

    at_the_keyboard(monkeypatch, "y\n")
    assert midback(*command).code == 0


def test_a_base_with_the_firmware_in_it_is_all_there_is_to_write(
    midback, plug_in, tmp_path, esptool
):
    port = plug_in(machine=C3, built_in=build(tmp_path / "built_in")).port
    base = image(tmp_path / "x.bin", firmware=True)
    command = ["flash", "--port", port, "--base", base]

    assert midback(*command, "--dry-run").out.endswith(", with the firmware in it.\n")
    assert "Firmware 0.1.0 is built into its MicroPython" in midback(*command).out
    assert esptool.exists()


def test_an_image_of_another_chip_is_a_matter_of_data(midback, tmp_path):
    base = image(tmp_path / "x.bin", chip=2)

    assert "no image of MicroPython" in failed_well(midback("flash", "--base", base), 5)
