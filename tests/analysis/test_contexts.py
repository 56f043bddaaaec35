"""A day in several places: each has an upright of its own, and the page says which."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from analysis.days import calibration
from analysis.wear import Wear, read

from midback.recording import CONTEXT, Store, detail_of
from midback_analysis.footnotes import provenance
from midback_analysis.headline import uprights_apart
from midback_analysis.summarise import summarise_day

TIPPED = (-0.2588, 0.0, 0.9659)
"""'Up' of a clip whose wearer stands fifteen degrees further forward than they sit."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    desk = calibration("A")
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.save_calibration(desk)
        opened.save_calibration(replace(desk, id="B", neutral_up=TIPPED, context="standing desk"))
        opened.save_calibration(replace(desk, id="C", neutral_up=TIPPED))
        yield opened


def test_each_part_of_the_day_is_judged_by_the_upright_of_its_place(store: Store):
    wear = Wear(store).sit(3600, 0.0).note(CONTEXT, None, detail_of("standing desk", "B"))
    wear.sit(3600, 0.0).note(CONTEXT, None, detail_of("desk", "A")).sit(60).end()

    day = read(store)
    summary = summarise_day(day)

    assert [
        day.calibrations[part].id for part in (day.part[0], day.part[3600], day.part[7200])
    ] == [
        "A",
        "B",
        "A",
    ]
    assert [(each.context, each.apart_deg) for each in summary.judged] == [
        ("desk", None),
        ("standing desk", None),
    ]
    assert uprights_apart(summary) == ""
    assert "standing desk from 10:00 on (B)" in provenance(summary)
    assert [each.kind for each in summary.happenings] == ["context", "context"]


def test_time_in_a_place_without_an_upright_is_not_judged(store: Store):
    wear = Wear(store).sit(60).note(CONTEXT, None, detail_of("sofa", None))
    wear.sit(60).end()

    assert read(store).part.tolist() == [0] * 60 + [-1] * 60


def test_an_upright_set_again_in_the_same_place_is_compared(store: Store):
    Wear(store).sit(60).note("calibration", 15.0, "C").sit(3600).end()

    summary = summarise_day(read(store))

    assert summary.judged[1].apart_deg == pytest.approx(15.0, abs=0.1)
    assert uprights_apart(summary) == "two uprights, 15° apart"
