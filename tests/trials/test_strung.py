"""Real holds strung into sessions; without the data, invented ones."""

import numpy as np
import pytest
from cli.archives import sitting
from reference import reference_data

from midback.shared import flexion, wire
from midback.simulated.sampling import PER_COUNT, PERIOD_S
from midback.trials.evaluate_strung import evaluate_strung
from midback.trials.stringing import HOLD_FOR_S, What, strung
from midback_analysis.recordings import read_sitting

UPRIGHT = flexion.thorax_frame((0.0, 0.0, 1.0))


@pytest.fixture(scope="module")
def holds(tmp_path_factory):
    path = sitting(tmp_path_factory.mktemp("strung") / "sitting.npz", people=1)
    return read_sitting(path)


@pytest.fixture(scope="module")
def session(holds):
    return strung(holds, UPRIGHT, seed=1)


def test_every_hold_is_in_the_session_and_lasts(session, holds):
    held = [part for part in session.parts if part.what is What.HELD]

    assert sorted(part.posture for part in held) == sorted(hold.posture for hold in holds)
    assert all(part.end_s - part.begin_s == pytest.approx(HOLD_FOR_S) for part in held)


def test_a_session_has_a_walk_and_a_table(session):
    whats = [part.what for part in session.parts]

    assert What.WALKING in whats
    assert whats.count(What.TABLE) == 1


def test_parts_follow_on_without_a_gap(session):
    ends = [part.end_s for part in session.parts[:-1]]

    assert ends == pytest.approx([part.begin_s for part in session.parts[1:]])
    assert len(session.counts) * PERIOD_S == pytest.approx(session.parts[-1].end_s, abs=1.0)


def test_the_rates_of_a_move_add_up_to_its_turn(session):
    """The tilt that the gyroscope tells is the one that gravity tells."""
    values = session.counts * PER_COUNT
    turned = 0
    for part in session.parts:
        if part.what is not What.MOVING or part.end_s - part.begin_s > 3.0:
            continue
        rows = slice(round(part.begin_s / PERIOD_S), round(part.end_s / PERIOD_S))
        gravity = values[rows, :3] / np.linalg.norm(values[rows, :3], axis=1)[:, None]
        up = gravity[0]
        for rate in np.radians(values[rows, 3:]):
            up = up - np.cross(rate, up) * PERIOD_S
        across = np.linalg.norm(np.cross(up, gravity[-1]))
        assert np.degrees(np.arcsin(min(across, 1.0))) < 1.5
        turned += 1
    assert turned >= 4


def test_the_same_seed_strings_the_same_session(holds, session):
    again = strung(holds, UPRIGHT, seed=1)

    assert np.array_equal(session.counts, again.counts)


def test_invented_people_are_judged_as_they_held_themselves(tmp_path):
    told = evaluate_strung(sitting(tmp_path / "sitting.npz")).to_json()

    assert told["people"] == 2
    # Each person has two upright holds; the first calibrates.
    assert (told["upright_holds"], told["false_alarms"]) == (2, 0)
    assert (told["slouch_holds"], told["slouches_found"]) == (2, 2)
    assert told["walking_judged_s"] == 0
    # Both ways within 90 s.
    assert told["worn_late_most_s"] <= 90  # pyright: ignore[reportOperatorIssue]


@pytest.mark.timeout(300)
def test_real_people_in_sessions_get_no_false_alarm_and_no_slouch_is_missed():
    told = evaluate_strung(reference_data("sitting_spine_dev.npz"))

    assert told.uncalibrated == {}
    assert told.total("upright_holds") >= 40
    assert told.total("false_alarms") == 0
    assert told.total("slouches_found") == told.total("slouch_holds") >= 60
    assert told.total("walking_judged_s") == 0
    # Nothing slips.
    assert told.total("slip_warnings") == 0
    assert told.worn_late_most_s <= 90
    # A packet or two while it is laid down, before it lies.
    assert told.total("table_upright_s") <= 0.1 * 22


def test_packets_have_room_for_what_is_played(session):
    assert session.counts.dtype == np.int16
    assert (np.abs(session.counts * wire.G_PER_COUNT)[:, :3] < 16).all()
