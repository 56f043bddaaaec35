"""The wiring table of hardware.md against the firmware's pin map and the processors' own rules."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hardware.tables import ROOT, table

from clip_firmware.board import BOARDS

SIGNALS = {
    "SDA": "sda",
    "SCL": "scl",
    "INT1": "int1",
    "BUTTON": "button",
    "BUZZ": "buzz",
    "VBAT": "vbat",
    "LED": "led",
}

# The names on the boards' pinouts: MicroPython, ports/esp32/boards/SEEED_XIAO_*/pins.csv.
NAMES: dict[str, list[int]] = {  # D0 to D10
    "XIAO ESP32-C3": [2, 3, 4, 5, 6, 7, 21, 20, 8, 9, 10],
    "XIAO ESP32-S3": [1, 2, 3, 4, 5, 6, 43, 44, 7, 8, 9],
    "XIAO ESP32-C6": [0, 1, 2, 21, 22, 23, 16, 17, 19, 20, 18],
}

# ESP-IDF v5.5: soc_caps.h (SOC_GPIO_DEEP_SLEEP_WAKE_VALID_GPIO_MASK), gpio/esp32*.inc.
WAKES: dict[str, set[int]] = {
    "XIAO ESP32-C3": set(range(6)),
    "XIAO ESP32-S3": set(range(22)),
    "XIAO ESP32-C6": set(range(8)),
    "TinyPICO": {0, 2, 4, 12, 13, 14, 15, 25, 26, 27, *range(32, 40)},
}
# The strapping pins but GPIO 3 of the S3 (where JTAG goes) and 15 of the C6 (the maker's LED).
BOOT_STRAPS: dict[str, set[int]] = {
    "XIAO ESP32-C3": {2, 8, 9},
    "XIAO ESP32-S3": {0, 45, 46},
    "XIAO ESP32-C6": {4, 5, 8, 9},
    "TinyPICO": {0, 2, 5, 12, 15},
}
# The same sources: pins of the first converter.  The second is unreliable on the ESP32-C3 (Seeed's
# wiki, A3) and Wi-Fi's on the ESP32.
ADC1: dict[str, set[int]] = {
    "XIAO ESP32-C3": set(range(5)),
    "XIAO ESP32-S3": set(range(1, 11)),
    "XIAO ESP32-C6": set(range(7)),
    "TinyPICO": set(range(32, 40)),
}


def wiring() -> dict[str, dict[str, int | None]]:
    """Board -> attribute of the pin map -> GPIO number, as the table says."""
    head, *body = table("signal")
    return {
        board: {SIGNALS[row[0]]: gpio(row[column]) for row in body}
        for column, board in enumerate(head)
        if column >= 2
    }


def gpio(cell: str) -> int | None:
    return None if cell == "none" else int(cell.replace("*", "").split("=")[-1])


def test_the_table_has_every_board_and_every_signal():
    head, *body = table("signal")

    assert (head[2:], [row[0] for row in body]) == (list(BOARDS), list(SIGNALS))


@pytest.mark.parametrize("board", BOARDS)
def test_the_firmware_uses_the_pins_that_the_table_says(board: str):
    used = {name: getattr(BOARDS[board], name) for name in SIGNALS.values()}

    assert used == wiring()[board]


@pytest.mark.parametrize("board", NAMES)
def test_a_d_name_in_the_table_belongs_to_its_number(board: str):
    column = table("signal")[0].index(board)
    named = [row[column].split(" = ") for row in table("signal")[1:] if " = " in row[column]]

    assert len(named) == 6
    assert [NAMES[board][int(name[1:])] for name, _ in named] == [int(n) for _, n in named]


@pytest.mark.parametrize("board", BOARDS)
def test_sensor_and_button_can_wake_the_board(board: str):
    pins = wiring()[board]

    assert {pins["int1"], pins["button"]} <= WAKES[board]


@pytest.mark.parametrize("board", BOARDS)
def test_no_pin_decides_how_the_board_starts(board: str):
    assert not set(wiring()[board].values()) & BOOT_STRAPS[board]


@pytest.mark.parametrize("board", BOARDS)
def test_the_battery_is_read_by_the_first_converter(board: str):
    assert wiring()[board]["vbat"] in ADC1[board]


@pytest.mark.parametrize("board", BOARDS)
def test_no_pin_has_two_jobs(board: str):
    pins = list(wiring()[board].values())

    assert len(set(pins)) == len(pins)


@pytest.mark.parametrize("picture", ["wiring", "axes"])
def test_a_drawing_tells_what_it_shows_and_follows_the_readers_colours(picture: str):
    path = ROOT / ".github" / "images" / f"{picture}.svg"
    root = ElementTree.parse(path).getroot()
    style = "".join(root.itertext())

    assert root.find("{*}title") is not None
    assert root.find("{*}desc") is not None
    assert "prefers-color-scheme: dark" in style


def test_the_drawing_names_every_pin_of_the_xiao_that_is_used():
    drawn = set(ElementTree.parse(ROOT / ".github/images/wiring.svg").getroot().itertext())
    used = {row[2].split(" = ")[0] for row in table("signal")[1:]} - {"none"}

    assert used <= drawn
