"""``midback calibrate``."""

import pytest
from cli.user import failed_well

from midback.calibration import Pose
from midback.recording import Store
from midback.simulated import virtual_time


@pytest.fixture(autouse=True)
def _as_fast_as_it_computes(monkeypatch):  # pyright: ignore[reportUnusedFunction]
    run = virtual_time.run
    monkeypatch.setattr("midback.simulated.virtual_time.run", lambda main, **_: run(main))


def test_sitting_tall_is_enough(midback):
    code, out, err = midback("calibrate", "--demo")
    first, *rest = out.splitlines()

    assert code == 0
    assert first.startswith("Calibration C-")
    assert rest == [
        "Forward is as the clip's print says.",
        "Slump line 10° forward, the usual one: no slump was recorded.",
    ]
    assert err.splitlines() == ["Sit tall and look straight ahead.", "  Now hold still."]


def test_a_bow_and_a_slump_make_it_the_wearers_own(midback):
    code, out, err = midback("calibrate", "--demo", "--bow", "--slump")
    _, forward, line = out.splitlines()

    assert code == 0
    assert forward == "Forward is as you bowed."
    assert line.startswith("From tall to slumped ")
    assert err.count("  Now hold still.") == 3


def test_a_simulated_calibration_is_not_taken_for_the_wearers_own(midback, tmp_path):
    midback("calibrate", "--demo")

    assert not (tmp_path / "nothing yet").exists()


def test_it_is_kept_where_it_was_asked_to_be(midback, tmp_path):
    out = midback("calibrate", "--demo", "--data", tmp_path / "data").out
    with Store.open(tmp_path / "data", write=False) as store:
        (made,) = store.calibrations()

    assert out.startswith(f"Calibration {made.id} for the desk, kept with clip {made.clip_id}.")


def test_on_their_feet_they_are_asked_to_stand(midback, tmp_path):
    folder = tmp_path / "data"
    code, out, err = midback(
        "calibrate", "--demo", "--data", folder, "--context", "Standing  desk"
    )
    with Store.open(folder, write=False) as store:
        (made,) = store.calibrations()

    assert (code, made.context) == (0, "standing desk")
    assert " for the standing desk, kept with clip" in out
    assert err.splitlines() == ["Stand tall and look straight ahead.", "  Now hold still."]


def test_a_name_that_is_none_is_a_usage_error(midback):
    said = failed_well(midback("calibrate", "--context", "/"), 2)

    assert "no name for a context" in said


def test_a_wearer_who_moves_is_told_once_and_gets_exit_code_five(midback, monkeypatch):
    def ask(simulation, pose):
        assert pose is Pose.TALL
        for at_s, wish in ((0.0, "tall"), (4.5, "bow")):
            simulation.day.air._loop.call_later(
                at_s, lambda w=wish: simulation.day.wearer.ask(w, simulation.day.air.now_s)
            )

    monkeypatch.setattr("midback.cli.simulation.Simulation.ask", ask)
    outcome = midback("calibrate", "--demo")
    said = failed_well(outcome, 5)

    assert said.startswith("you moved (")
    assert said.endswith("hold still for 5 s")
    assert outcome.err.count("you moved") + outcome.err.count("You moved") == 1
