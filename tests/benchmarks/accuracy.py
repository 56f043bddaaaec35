"""Inclination against optical motion capture, beside the field, on the same samples."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from peers import NAMES, Array, scaled, steppers, up_of
from rows import Row, Topic

from midback_analysis.evaluate import evaluate_tilt
from midback_analysis.recordings import PERIOD_S, Trial, read_tilt

NAME, TITLE = (
    "accuracy",
    "inclination at 50 Hz against motion capture, RMS in movement, all trials",
)
FILE = "broad_dev.npz"
BESIDE_THE_PROJECT = Path(__file__).parents[3] / "shared" / "data"
LABELS = {
    "vqf": "vqf 6D",
    "imufusion": "imufusion with its bias",
    "ahrs": "ahrs Madgwick",
}


def measure() -> Topic:
    """Compare on the reference recordings, where they are at hand; the goal is VQF's error."""
    folder = Path(os.environ.get("MIDBACK_REFERENCE_DATA", BESIDE_THE_PROJECT))
    path = folder / FILE
    if not path.is_file():
        return Topic(
            NAME, TITLE, left_out=f"needs {FILE}: name its folder in MIDBACK_REFERENCE_DATA"
        )
    trials = read_tilt(path)
    errors: dict[str, list[float] | None] = {name: _errors_deg(name, trials) for name in NAMES}
    ours = evaluate_tilt(path)
    theirs = errors["vqf"]
    goal_deg = float(np.mean(theirs)) if theirs else None
    rows = [
        _row("Midback, raw 50 Hz", list(ours.raw.trials.values()), trials, goal_deg, goal_deg),
        _row(
            "Midback, orientation 25 Hz",
            list(ours.orientation.trials.values()),
            trials,
            None,
            goal_deg,
        ),
    ]
    for name, found in errors.items():
        rows.append(
            Row(LABELS[name], None, "deg", note="missing")
            if found is None
            else _row(LABELS[name], found, trials, None, goal_deg)
        )
    return Topic(NAME, TITLE, rows)


def _row(
    name: str,
    errors_deg: list[float],
    trials: list[Trial],
    goal_deg: float | None,
    vqf_deg: float | None,
) -> Row:
    slow = [e for e, trial in zip(errors_deg, trials, strict=True) if "slow" in trial.name]
    all_deg = float(np.mean(errors_deg))
    ratio = None if vqf_deg is None else all_deg / vqf_deg
    note = f"slow trials {np.mean(slow):.2f} deg" if slow else ""
    return Row(name, all_deg, "deg", goal_deg, ratio, "vqf", note)


def _errors_deg(name: str, trials: list[Trial]) -> list[float] | None:
    found: list[float] = []
    for trial in trials:
        run = steppers(*scaled(trial.counts), PERIOD_S)[name]
        if run is None:
            return None
        found.append(_rms_deg(up_of(run()), trial))
    return found


def _rms_deg(up: Array, trial: Trial) -> float:
    across = np.linalg.norm(np.cross(up, trial.up), axis=1)
    error_deg = np.degrees(np.arctan2(across, np.einsum("ij,ij->i", up, trial.up)))
    return float(np.sqrt(np.mean(error_deg[trial.judged] ** 2)))
