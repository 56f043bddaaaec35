"""``midback evaluate day`` and ``strung``: what they print."""

import json
from dataclasses import replace

import pytest
from cli.archives import sitting
from cli.user import failed_well

from midback.cli import evaluate_days
from midback.trials.day_scores import DayScore
from midback.trials.evaluate_day import DayReport

QUIET = DayScore(
    seed=4,
    good=True,
    hours=7.5,
    buzzes=0,
    false_buzzes=0,
    false_while={},
    slumps=0,
    slumps_buzzed=0,
    walking_s=900.0,
    walking_judged_s=0.0,
    worn_s=27000.0,
    day_s=28800.0,
    worn_right_s=28700.0,
    table_upright_s=0.0,
    slip_deg=0.0,
    slip_found_after_s=None,
    slip_warnings=0,
    calibrations_refused=0,
)
BAD = replace(
    QUIET,
    seed=5,
    good=False,
    buzzes=14,
    false_buzzes=3,
    false_while={"lean": 3},
    slumps=10,
    slumps_buzzed=9,
    walking_judged_s=1.2,
    slip_deg=10.0,
)
FOUND = replace(QUIET, seed=6, slip_deg=10.0, slip_found_after_s=120.0)
FALSE = replace(QUIET, seed=7, slip_warnings=2)


@pytest.fixture
def reported(midback, monkeypatch):
    """Runs the command on days that were lived already."""

    def run(*days, options=()):
        monkeypatch.setattr(evaluate_days, "evaluate_day", lambda *_: DayReport(days))
        return midback("evaluate", "day", *options)

    return run


def test_the_figures_that_the_judgement_is_held_to_are_in_the_json(reported):
    code, out, _ = reported(QUIET, BAD, FOUND, FALSE, options=["--json"])
    told = json.loads(out)

    assert code == 0
    assert told["false_buzzes_per_8h"] == 0
    assert told["slumps_buzzed_share"] == pytest.approx(0.9)
    assert told["walking_judged_s"] == pytest.approx(1.2)
    assert told["worn_right_share"] == pytest.approx(28700 / 28800)
    assert told["slip_found_share"] == pytest.approx(0.5)
    assert told["slip_false_days"] == 1
    assert [day["seed"] for day in told["per_day"]] == [4, 5, 6, 7]


def test_buzzes_of_a_usual_day_are_not_those_of_good_posture(reported):
    told = json.loads(reported(QUIET, BAD, options=["--json"]).out)

    assert told["false_buzzes_per_8h"] == 0
    assert told["false_buzzes_per_8h_usual"] == pytest.approx(3 * 8 / 7.5)


def test_the_text_has_a_row_for_every_day_and_names_the_worst(reported):
    code, out, _ = reported(QUIET, BAD, FOUND, FALSE)

    assert code == 0
    assert "after 120 s" in out
    assert "missed" in out
    assert "2 false" in out
    assert "Worst seeds by false buzzes: 5." in out
    assert "Worst seeds by slip missed: 5." in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    "options", [["--seeds", "0"], ["--seeds", "many"], ["--first-seed", "-1"]]
)
def test_days_that_cannot_be_counted_are_refused(midback, options):
    assert "whole number" in failed_well(midback("evaluate", "day", *options), 2)


def test_a_strung_session_is_told_in_sentences(midback, tmp_path):
    code, out, _ = midback("evaluate", "strung", sitting(tmp_path / "x.npz", people=1))

    assert code == 0
    assert "False alarms on upright: 0 of 1." in out
    assert "Slouches found: 1 of 1" in out
    assert max(map(len, out.splitlines())) <= 80
