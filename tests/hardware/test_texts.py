"""What hardware.md says of buttons and buzzes, and what the low-power build asks of ESP-IDF."""

from __future__ import annotations

import re

import pytest
from hardware.tables import HARDWARE, ROOT, table

from clip_firmware import battery, buzzer
from midback.shared import wire

# ESP-IDF release/v5.5, components/bt/controller/esp32c3/Kconfig.in and esp32c6/Kconfig.in.
OPTIONS = {
    "XIAO_ESP32C3_LP": {
        "BT_CTRL_MODEM_SLEEP",
        "BT_CTRL_MODEM_SLEEP_MODE_1",
        "BT_CTRL_LPCLK_SEL_MAIN_XTAL",
    },
    "XIAO_ESP32S3_LP": {
        "BT_CTRL_MODEM_SLEEP",
        "BT_CTRL_MODEM_SLEEP_MODE_1",
        "BT_CTRL_LPCLK_SEL_MAIN_XTAL",
    },
    "XIAO_ESP32C6_LP": {"BT_LE_SLEEP_ENABLE", "BT_LE_LP_CLK_SRC_MAIN_XTAL"},
}
BOARDS = ROOT / "firmware" / "boards"

# Words of claims that this product does not make (intended purpose, EU MDR article 2).
CLAIMS = r"\b(cure|heal|prevents?|relie[fv]\w*|clinical\w*|medical-grade|therap\w*|scoliosis)\b"


@pytest.mark.parametrize("row", table("buzz")[1:], ids=lambda row: row[0])
def test_a_buzz_feels_as_the_table_says(row: list[str]):
    name, pulses_ms, _ = row
    pattern = getattr(wire, name) if name.startswith("PATTERN") else getattr(buzzer, name)

    *pattern_ms, _pause = buzzer._PULSES_MS[pattern]

    assert [int(ms) for ms in pulses_ms.split(", ")] == pattern_ms


def test_every_buzz_is_explained():
    assert len(table("buzz")) - 1 == len(buzzer._PULSES_MS)


def test_the_voltages_are_those_of_the_firmware():
    text = HARDWARE.read_text(encoding="utf-8")
    said = re.search(
        r"Under ([\d.]+) V it warns, under ([\d.]+) V it stops streaming, under ([\d.]+) V", text
    )

    assert said is not None
    assert [round(1000 * float(v)) for v in said.groups()] == list(battery._BELOW_MV)


@pytest.mark.parametrize("board", OPTIONS)
def test_the_low_power_build_sets_options_that_exist(board: str):
    lines = (BOARDS / board / "sdkconfig.lp").read_text(encoding="utf-8").splitlines()
    set_ = [line for line in lines if line and not line.startswith("#")]

    assert set(set_) == {f"CONFIG_{name}=y" for name in OPTIONS[board]}


@pytest.mark.parametrize("board", OPTIONS)
def test_the_low_power_build_keeps_micropythons_own_board(board: str):
    cmake = (BOARDS / board / "mpconfigboard.cmake").read_text(encoding="utf-8")

    assert f"include(boards/SEEED_{board.removesuffix('_LP')}/mpconfigboard.cmake)" in cmake
    assert "${MICROPY_BOARD_DIR}/sdkconfig.lp" in cmake


def test_hardware_md_claims_nothing_medical():
    assert not re.findall(CLAIMS, HARDWARE.read_text(encoding="utf-8"), re.IGNORECASE)


def test_every_link_within_hardware_md_leads_somewhere():
    text = HARDWARE.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}

    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        path = ROOT / target.split("#")[0]
        assert target in anchors or (not target.startswith("#") and path.is_file()), target
