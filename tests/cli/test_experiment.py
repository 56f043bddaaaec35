"""``midback experiment``: in words and as JSON, and what it says when there is nothing yet."""

import json

import pytest
from analysis.test_experiment import PLAN, Wearer, lived
from cli.user import failed_well

from midback.recording import Store


@pytest.fixture(scope="module")
def worn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiment")
    lived(folder, Wearer(1, heed=0.9), 8)
    return folder


def test_it_says_in_words_what_it_found(midback, worn):
    code, out, err = midback("experiment", "--data", worn)

    assert (code, err) == (0, "")
    assert out.startswith("Experiment since 2026-11-02: 8 days, 64 hours, ")
    assert "silence  " in out
    assert "nudge after 60 s  " in out
    told = " ".join(out.split())
    assert "it shortens your slumps." in told
    assert "Strong against gentle: " in told
    assert "Not a medical device." in told
    assert max(map(len, out.splitlines())) <= 80


def test_json_has_every_figure_with_its_interval(midback, worn):
    told = json.loads(midback("experiment", "--json", "--data", worn).out)
    first = told["comparisons"][0]

    assert (told["days"], told["hours"], told["horizon_s"]) == (8, 64, 300)
    assert first["verdict"] == "shorter"
    assert first["difference_s"]["low"] < first["difference_s"]["value"] < 0
    assert told["arms"][0]["name"] == "silence"


def test_without_an_experiment_it_says_how_to_begin_one(midback, tmp_path):
    with Store.open(tmp_path, write=True):
        pass
    outcome = midback("experiment", "--data", tmp_path)

    assert "'midback nudges --plan experiment' begins one" in failed_well(outcome, 5)


def test_an_experiment_that_only_begins_says_what_to_do(midback, tmp_path):
    with Store.open(tmp_path, write=True):
        pass
    midback("nudges", "--plan", "experiment", "--data", tmp_path)
    code, out, _ = midback("experiment", "--data", tmp_path)

    assert code == 0
    assert "0 days, 0 hours, 0 slumps" in out
    assert "Wear the clip" in out


def test_after_a_day_it_says_that_it_is_too_soon(midback, tmp_path):
    lived(tmp_path, Wearer(1, heed=0.9), 1, PLAN)
    out = " ".join(midback("experiment", "--data", tmp_path).out.split())

    assert "Any nudge against silence: too few hours with slumps yet." in out
