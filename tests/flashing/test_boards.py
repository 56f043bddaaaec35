"""What a board has to be for the firmware to run on it."""

import pytest

from midback.errors import ClipError
from midback.flashing.board import board_on, runs_micropython
from midback.flashing.chips import CHIPS, chip_called


@pytest.mark.parametrize(
    ("machine", "chip"),
    [
        ("Seeed XIAO ESP32C3 with ESP32-C3", "ESP32-C3"),
        ("ESP32C3 module with ESP32C3", "ESP32-C3"),
        ("Generic ESP32S3 module with Octal-SPIRAM with ESP32S3", "ESP32-S3"),
        ("Seeed XIAO ESP32C6 with ESP32-C6", "ESP32-C6"),
        ("TinyPICO with ESP32-PICO-D4", "ESP32"),
        ("Generic ESP32 module with SPIRAM with ESP32", "ESP32"),
    ],
)
def test_a_chip_is_known_by_what_micropython_calls_its_board(machine, chip):
    found = chip_called(machine)

    assert found is not None
    assert found.name == chip


@pytest.mark.parametrize(
    "machine",
    ["ESP32C5 module with ESP32-C5", "LOLIN_S2_MINI with ESP32-S2FN4R2", "X with ESP32P4", ""],
)
def test_other_chips_are_not_taken_for_those_we_know(machine):
    assert chip_called(machine) is None


@pytest.mark.parametrize(
    ("platform", "machine"),
    [
        ("rp2", "Raspberry Pi Pico W with RP2040"),
        ("esp32", "LOLIN_S2_MINI with ESP32-S2FN4R2"),
        ("linux", "linux [GCC 14.2.1] version"),
    ],
)
def test_another_board_is_refused_and_told_which_ones_serve(plug_in, platform, machine):
    board = plug_in(platform=platform, machine=machine)
    with pytest.raises(ClipError) as told, board_on(board.port):
        pass

    assert str(told.value) == (
        f"this board is a {machine}, on which the firmware does not run: use one with ESP32-C3, "
        "ESP32-S3, ESP32-C6 or ESP32"
    )


def test_an_old_micropython_is_told_from_where_a_newer_one_comes(plug_in):
    board = plug_in(version="1.26.1")
    with pytest.raises(ClipError) as told, board_on(board.port):
        pass

    assert str(told.value) == (
        "the board runs MicroPython 1.26.1, the firmware needs 1.27 or newer: write it with "
        "--base and its image from https://micropython.org/download/SEEED_XIAO_ESP32S3"
    )


def test_any_micropython_is_one_even_where_the_firmware_does_not_run(plug_in):
    assert runs_micropython(plug_in(platform="rp2", version="1.20.0").port)


def test_every_chip_has_an_own_number():
    assert len({chip.number for chip in CHIPS}) == len(CHIPS)
