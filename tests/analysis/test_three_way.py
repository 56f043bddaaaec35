"""Upright, slouch or lean by one clip or two, on people invented for it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from reference import reference_data

from midback import curl
from midback.errors import CalibrationRefused, DataError
from midback.shared import wire
from midback_analysis.recordings import Hold
from midback_analysis.three_way import CALLED_WORDS, evaluate_three_way, judge_three_ways

RATE_HZ = 50
NEUTRAL_DEG = {"T4": 25.0, "L5": 8.0}
"""How a clip hangs on someone who sits tall."""

SEEN_DEG = {
    "upright": {"T4": 0.0, "L5": 0.0},
    "slouch": {"T4": 22.0, "L5": -4.0},
    "forward": {"T4": 22.0, "L5": 20.0},
    "backward": {"T4": -15.0, "L5": -30.0},
}


def hold(posture: str, site: str, *, trial: str = "t1", seconds: float = 15.0, sway_deg=0.0):
    """In clip axes: forward, left, up."""
    n = round(seconds * RATE_HZ)
    wobble = sway_deg * np.sin(np.arange(n) / RATE_HZ)
    angle = np.radians(NEUTRAL_DEG[site] + SEEN_DEG[posture][site] + wobble)
    noise = np.random.default_rng(3).normal(scale=0.002, size=(n, 3))
    up = np.stack([-np.sin(angle), 0 * angle, np.cos(angle)], axis=1) + noise
    counts = np.zeros((n, 6), np.int16)
    counts[:, :3] = np.rint(up / wire.G_PER_COUNT)
    return Hold("p1", trial, posture, counts)


def taped(counts):
    """From clip axes to those of the sensors: up the spine, left, out of the back."""
    return counts[:, [2, 1, 0, 5, 4, 3]] * np.array([1, 1, -1, 1, 1, -1], np.int16)


def both(posture: str, **how):
    return {site: hold(posture, site, **how) for site in ("T4", "L5")}


def archive(path: Path, people: int = 2) -> Path:
    order = ["backward", "upright", "slouch", "upright", "forward"]
    return saved(
        path,
        {
            f"p{person}/t{trial}/{posture}/{site}": taped(hold(posture, site).counts)
            for person in range(people)
            for trial, posture in enumerate(order)
            for site in ("T4", "L5")
        },
    )


def saved(path: Path, holds: dict[str, NDArray[np.int16]]) -> Path:
    np.savez(path, **holds)  # pyright: ignore[reportArgumentType]
    return path


def test_two_clips_tell_a_slouch_from_a_lean_of_the_same_depth(tmp_path: Path):
    report = evaluate_three_way(archive(tmp_path / "x.npz"), ("T4", "L5"))

    assert report.accuracy == 1.0
    assert report.confusion == {
        "upright": {"upright": 2, "slouch": 0, "lean": 0},
        "slouch": {"upright": 0, "slouch": 2, "lean": 0},
        "lean": {"upright": 0, "slouch": 0, "lean": 2},
    }
    for posture, word in (("slouch", "slouch"), ("forward", "lean")):
        assert report.median_deg[word] == pytest.approx(SEEN_DEG[posture], abs=0.3)


def test_one_clip_calls_both_alike(tmp_path: Path):
    report = evaluate_three_way(archive(tmp_path / "x.npz"), ("T4",))

    assert report.confusion["slouch"] == report.confusion["lean"]
    assert report.accuracy == pytest.approx(2 / 3)


def test_the_json_tells_who_was_judged_by_what(tmp_path: Path):
    told = evaluate_three_way(archive(tmp_path / "x.npz"), ("T4", "L5")).to_json()

    assert told["sites"] == ["T4", "L5"]
    assert (told["people"], told["people_judged"], told["holds"]) == (2, 2, 6)
    assert told["accuracy_three_way"] == 1.0
    assert told["accuracy_90_percent_of_draws"] == [1.0, 1.0]
    assert told["not_judged"] == {}


def test_only_the_first_upright_hold_calibrates_and_is_not_counted():
    holds = judge_three_ways(
        [both(p, trial=p) for p in ("slouch", "upright", "forward")], ("T4", "L5")
    )

    assert [(h.trial, h.called) for h in holds] == [("slouch", "slouch"), ("forward", "lean")]


def test_a_waist_clip_that_stopped_early_is_judged_by_what_both_saw():
    sides = {"T4": hold("forward", "T4"), "L5": hold("forward", "L5", seconds=9.0)}

    (judged,) = judge_three_ways([both("upright"), sides], ("T4", "L5"))

    assert judged.called == "lean"


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        ([both("slouch")], "no upright hold"),
        ([both("upright")], "nothing but one upright hold"),
        ([both("upright", sway_deg=20.0), both("slouch")], "you moved"),
    ],
)
def test_who_cannot_be_calibrated_is_not_judged(recorded, reason: str):
    with pytest.raises(CalibrationRefused, match=reason):
        judge_three_ways(recorded, ("T4", "L5"))


def test_a_file_in_which_nobody_sits_upright_is_refused_by_name(tmp_path: Path):
    path = saved(tmp_path / "x.npz", {"p1/t1/slouch/T4": taped(hold("slouch", "T4").counts)})

    with pytest.raises(DataError, match=r"x.npz: nobody could be judged"):
        evaluate_three_way(path, ("T4",))


@pytest.mark.timeout(200)
def test_no_line_is_so_fine_that_moving_it_loses_much(monkeypatch: pytest.MonkeyPatch):
    holds = evaluate_three_way(reference_data("sitting_spine_dev.npz"), ("T4", "L5")).holds
    accuracy: dict[tuple[str, float], float] = {}
    for line, value in (
        ("UPRIGHT_DEG", 8.0),
        ("UPRIGHT_DEG", 10.0),
        ("SLUMP_DEG", 9.0),
        ("SLUMP_DEG", 12.0),
    ):
        with monkeypatch.context() as moved:
            moved.setattr(curl, line, value)
            right = [CALLED_WORDS[curl.posture(*h.tilt_deg)] == h.posture for h in holds]
            accuracy[line, value] = sum(right) / len(right)

    # The target itself.
    assert min(accuracy.values()) >= 0.90
