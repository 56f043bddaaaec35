"""``midback evaluate``: the figures that Midback is held to."""

import io
import json
from contextlib import redirect_stdout

import pytest
from cli.archives import LEANS, sitting, tilt
from cli.user import run
from reference import reference_data


@pytest.fixture(scope="module")
def evaluated():
    """Figures by command and file, each worked out once."""
    known = {}

    def figures(what, path):
        if (what, path) not in known:
            out = io.StringIO()
            with redirect_stdout(out):
                assert run(["evaluate", what, path, "--json"]) == 0
            known[what, path] = json.loads(out.getvalue())
        return known[what, path]

    return figures


@pytest.fixture(scope="module")
def held(evaluated, tmp_path_factory):
    return evaluated("sitting", sitting(tmp_path_factory.mktemp("held") / "sitting.npz"))


@pytest.fixture(scope="module")
def swung(evaluated, tmp_path_factory):
    return evaluated("tilt", tilt(tmp_path_factory.mktemp("swung") / "tilt.npz"))


def test_sitting_has_the_figures_that_were_agreed_on(held):
    assert set(held) >= {
        "people",
        "upright_holds",
        "false_alarms",
        "slouch_holds",
        "slouches_found",
        "forward_holds",
        "forward_alarmed",
        "auc_slouch_upright",
        "median_deg",
        "person",
    }


def test_invented_people_are_judged_as_they_were_invented(held):
    assert held["people"] == 2
    # The first upright of each calibrates.
    assert (held["upright_holds"], held["false_alarms"]) == (2, 0)
    assert (held["slouch_holds"], held["slouches_found"]) == (2, 2)
    assert (held["forward_holds"], held["forward_alarmed"]) == (2, 2)
    assert held["auc_slouch_upright"] == 1.0
    for posture, (flexion_deg, _) in LEANS.items():
        assert held["median_deg"][posture] == pytest.approx(flexion_deg, abs=0.5)


def test_each_person_has_figures_of_their_own(held):
    assert set(held["person"]) == {"p1", "p2"}
    assert held["person"]["p1"]["slouch"]["called"] == 1


def test_tilt_has_the_figures_that_were_agreed_on(swung):
    assert set(swung) >= {"rmse_all_deg", "rmse_slow_deg", "vqf_rmse_all_deg", "trials"}
    assert set(swung["trials"]) == {"01_slow_swing", "02_fast_swing"}


def test_an_invented_swing_is_followed(swung):
    # Nothing is invented but the swing itself: counts are rounded to half a milli-g.
    assert swung["rmse_slow_deg"] == swung["trials"]["01_slow_swing"] < 0.3
    assert swung["rmse_all_deg"] < 0.5


def test_people_read_the_same_figures_in_a_table(midback, tmp_path):
    code, out, err = midback("evaluate", "sitting", sitting(tmp_path / "x.npz"))

    assert (code, err) == (0, "")
    assert out.startswith("2 people, calibrated on their first upright hold")
    assert "False alarms on upright 0 of 2, slouches found 2 of 2, AUC 1.000." in out
    assert "one clip cannot tell a slump from a lean at the hips" in out
    assert max(map(len, out.splitlines())) <= 80


def test_trials_stand_in_a_table_beside_the_reference_filter(midback, tmp_path):
    code, out, err = midback("evaluate", "tilt", tilt(tmp_path / "x.npz"))

    assert (code, err) == (0, "")
    assert "01_slow_swing" in out
    assert "mean of all" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.timeout(200)
def test_real_people_get_no_false_alarm_and_no_slouch_is_missed(evaluated):
    told = evaluated("sitting", reference_data("sitting_spine_dev.npz"))

    assert told["people"] >= 20
    assert told["upright_holds"] >= 40
    assert told["false_alarms"] == 0
    assert told["slouches_found"] == told["slouch_holds"] >= 60


def test_real_movements_are_measured_as_well_as_the_reference_filter_does(evaluated):
    told = evaluated("tilt", reference_data("broad_dev.npz"))

    assert told["rmse_all_deg"] <= 1.22
    assert told["rmse_slow_deg"] <= 0.54
    if told["vqf_rmse_all_deg"] is not None:
        assert told["rmse_all_deg"] - told["vqf_rmse_all_deg"] <= 0.03
