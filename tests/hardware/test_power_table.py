"""Every derived number of hardware.md's power section, computed anew from its sources."""

from __future__ import annotations

import re

import pytest
from hardware.tables import HARDWARE, table

USABLE = 0.8
AWAKE = 0.05

MODES = table("mode")[1:]
CAPACITIES_MAH = [float(cell.split()[0]) for cell in table("mode")[0][5:]]


def sources_ma() -> dict[str, float]:
    return {row[0]: float(row[2]) for row in table("source")[1:]}


def cited(cell: str) -> tuple[float, list[str]]:
    """``0.65 (g)`` -> 0.65 and the sources' letters."""
    number, letters = re.fullmatch(r"([\d.]+) \(([a-z, ]+)\)", cell).groups()  # type: ignore[union-attr]
    return float(number), letters.split(", ")


def expected_ma(letters: list[str]) -> float:
    sources = sources_ma()
    if letters == ["d", "e"]:
        return (1 - AWAKE) * sources["d"] + AWAKE * sources["e"]
    (letter,) = letters
    return sources[letter]


def decimals(cell: str) -> int:
    return len(cell.split(".")[1]) if "." in cell else 0


@pytest.mark.parametrize("row", MODES, ids=lambda row: row[0][:24])
@pytest.mark.parametrize("column", [1, 2, 3], ids=["processor", "imu", "rest"])
def test_a_current_is_that_of_its_source(row: list[str], column: int):
    number, letters = cited(row[column])

    assert number == round(expected_ma(letters), decimals(row[column].split()[0]))


@pytest.mark.parametrize("row", MODES, ids=lambda row: row[0][:24])
def test_the_parts_add_up(row: list[str]):
    parts = sum(cited(row[column])[0] for column in (1, 2, 3))

    assert float(row[4]) == pytest.approx(parts, abs=1e-9)


@pytest.mark.parametrize("row", MODES, ids=lambda row: row[0][:24])
def test_the_hours_follow_from_current_and_capacity(row: list[str]):
    hours = [USABLE * capacity / float(row[4]) for capacity in CAPACITIES_MAH]

    assert [float(cell) for cell in row[5:]] == [
        round(hour, decimals(cell)) for hour, cell in zip(hours, row[5:], strict=True)
    ]


@pytest.mark.parametrize("row", table("computed")[1:], ids=lambda row: row[0][:24])
def test_a_computed_number_follows_from_what_stands_beside_it(row: list[str]):
    sum_ = row[1].replace("×", "*")
    assert re.fullmatch(r"[\d.()*/+ -]+", sum_)

    value = eval(sum_)  # digits and signs only, as just asserted

    assert float(row[2]) == round(value, decimals(row[2]))


def test_every_source_says_whose_figure_it_is_or_that_nobody_measured():
    for row in table("source")[1:]:
        assert re.search(r"https://|datasheet|Adafruit|estimate|computed|the same", row[3]), row


def test_every_source_is_used_or_stands_for_an_alternative():
    text = HARDWARE.read_text(encoding="utf-8")
    used = {letter for row in MODES for cell in row[1:4] for letter in cited(cell)[1]}

    assert set(sources_ma()) - used == {"h", "l"}  # the other sensor, and the motor's
    assert "all of them are estimates" in text


def test_the_divider_of_the_sources_is_the_computed_one():
    computed = {row[0]: float(row[2]) for row in table("computed")[1:]}

    assert sources_ma()["k"] == round(computed["through the divider, mA"], 2)
