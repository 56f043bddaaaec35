"""How well Midback measures and judges, on recordings of people with ground truth.

``evaluate_tilt`` compares the tilt filter with optical motion capture, beside VQF;
``evaluate_sitting`` sends held postures through the whole chain as a clip would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midback.calibration import HOLD_S, Calibration, Pose, PoseRecorder, calibrate
from midback.errors import CalibrationRefused, DataError
from midback.estimator import Estimator
from midback.reprocess import Reprocessor, SampleBlock
from midback.shared import slump, wire
from midback_analysis.recordings import (
    PERIOD_S,
    Hold,
    PlayedClip,
    Trial,
    lasting,
    packet_table,
    read_sitting,
    read_tilt,
)

Array = NDArray[np.float64]

HOLD_TIMES_S = (5.0, 10.0, 20.0, 30.0, 60.0)
_SETTLE_S = 3.0
_BEYOND_HOLD_S = 10.0
_BETWEEN_S = slump.CUT_S + 10.0


@dataclass(frozen=True, slots=True)
class TiltFigures:
    """Inclination against motion capture: root mean square in degrees, mean over trials.

    ``slow`` counts the trials with that word in their name; ``None`` where there is none.
    """

    rmse_all_deg: float
    rmse_slow_deg: float | None
    trials: dict[str, float]


@dataclass(frozen=True, slots=True)
class TiltReport:
    """The raw stream, VQF on the same samples, and orientation packets at 25 Hz."""

    raw: TiltFigures
    vqf: TiltFigures | None
    orientation: TiltFigures

    def to_json(self) -> dict[str, object]:
        """Figures by name, degrees."""
        vqf = self.vqf
        return {
            "rmse_all_deg": self.raw.rmse_all_deg,
            "rmse_slow_deg": self.raw.rmse_slow_deg,
            "vqf_rmse_all_deg": vqf.rmse_all_deg if vqf else None,
            "vqf_rmse_slow_deg": vqf.rmse_slow_deg if vqf else None,
            "difference_deg": self.raw.rmse_all_deg - vqf.rmse_all_deg if vqf else None,
            "trials": self.raw.trials,
            "orientation_25hz": {
                "rmse_all_deg": self.orientation.rmse_all_deg,
                "rmse_slow_deg": self.orientation.rmse_slow_deg,
                "lost_deg": self.orientation.rmse_all_deg - self.raw.rmse_all_deg,
            },
        }


def evaluate_tilt(path: Path) -> TiltReport:
    """Judge the tilt filter on a file of trials with optical ground truth.

    Raises:
        DataError: the file is not of that format.
    """
    trials = read_tilt(path)
    raw = _tilt_figures((t, _error_deg(_ups(t, wire.KIND_RAW), t.up), t.judged) for t in trials)
    half = _tilt_figures(
        (t, _error_deg(_ups(t, wire.KIND_ORIENTATION), t.up[1::2]), t.judged[1::2]) for t in trials
    )
    return TiltReport(raw, _vqf_figures(trials), half)


def _ups(trial: Trial, kind: int) -> Array:
    packets = packet_table(kind, list(PlayedClip(kind).play(trial.counts)))
    return Reprocessor([]).update(packets).up


def _vqf_figures(trials: Sequence[Trial]) -> TiltFigures | None:
    try:
        from vqf import VQF
    except ImportError:
        return None
    rows: list[tuple[Trial, Array, NDArray[np.bool_]]] = []
    for trial in trials:
        scaled = trial.counts.astype(float)
        gyr = np.ascontiguousarray(np.radians(scaled[:, 3:] * wire.DPS_PER_COUNT))
        acc = np.ascontiguousarray(scaled[:, :3] * wire.G_PER_COUNT * 9.80665)
        w, x, y, z = np.asarray(VQF(PERIOD_S).updateBatch(gyr, acc)["quat6D"], float).T
        up = np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=1)
        rows.append((trial, _error_deg(up, trial.up), trial.judged))
    return _tilt_figures(rows)


def _tilt_figures(rows: Iterable[tuple[Trial, Array, NDArray[np.bool_]]]) -> TiltFigures:
    rmse = {
        trial.name: float(np.sqrt(np.mean(error[judged] ** 2))) for trial, error, judged in rows
    }
    slow = [deg for name, deg in rmse.items() if "slow" in name]
    return TiltFigures(
        float(np.mean(list(rmse.values()))), float(np.mean(slow)) if slow else None, rmse
    )


def _error_deg(up: Array, truth: Array) -> Array:
    """Angle between unit vectors, also accurate when small; shape ``(n,)``."""
    across = np.linalg.norm(np.cross(up, truth), axis=1)
    return np.degrees(np.arctan2(across, np.einsum("ij,ij->i", up, truth)))


@dataclass(frozen=True, slots=True)
class JudgedHold:
    """One hold through the chain: median flexion in degrees; when a slump was called, if ever."""

    person: str
    posture: str
    median_deg: float
    called_after_s: float | None


@dataclass(frozen=True, slots=True)
class HoldTime:
    """What a hold time does: false alarms, slouches found, median wait for those found."""

    hold_s: float
    false_alarms: int
    slouches_found: int
    median_wait_s: float | None


@dataclass(frozen=True, slots=True)
class OrientationLoss:
    """The same holds as 25 Hz orientation packets: what is called, and how medians change."""

    false_alarms: int
    slouches_found: int
    forward_alarmed: int
    median_change_deg: float | None
    largest_change_deg: float | None


@dataclass(frozen=True, slots=True)
class SittingReport:
    """All holds of all people but the first upright of each, which calibrates."""

    holds: list[JudgedHold]
    uncalibrated: dict[str, str]
    orientation: list[JudgedHold]
    hold_times: list[HoldTime] = field(default_factory=list[HoldTime])

    def of(self, posture: str) -> list[JudgedHold]:
        """The holds of one posture."""
        return [hold for hold in self.holds if hold.posture == posture]

    def called(self, posture: str) -> int:
        """How many holds of one posture were called a slump."""
        return sum(hold.called_after_s is not None for hold in self.of(posture))

    @property
    def postures(self) -> list[str]:
        """The postures, upright first."""
        return sorted({h.posture for h in self.holds}, key=lambda p: (p != "upright", p))

    @property
    def auc_slouch_upright(self) -> float | None:
        """Chance that a slouch tips further forward than an upright hold."""
        return _auc(
            [h.median_deg for h in self.of("slouch")], [h.median_deg for h in self.of("upright")]
        )

    def median_deg(self, posture: str) -> float:
        """Median flexion over the holds of one posture."""
        return float(np.median([hold.median_deg for hold in self.of(posture)]))

    def to_json(self) -> dict[str, object]:
        """Figures by name."""
        people = sorted({hold.person for hold in self.holds})
        return {
            "people": len(people) + len(self.uncalibrated),
            "upright_holds": len(self.of("upright")),
            "false_alarms": self.called("upright"),
            "slouch_holds": len(self.of("slouch")),
            "slouches_found": self.called("slouch"),
            "forward_holds": len(self.of("forward")),
            "forward_alarmed": self.called("forward"),
            "auc_slouch_upright": self.auc_slouch_upright,
            "median_deg": {posture: self.median_deg(posture) for posture in self.postures},
            "person": {person: self._person(person) for person in people},
            "uncalibrated": self.uncalibrated,
            "hold_times": [asdict(time) for time in self.hold_times],
            "orientation_25hz": asdict(self.lost_as_orientation()),
        }

    def lost_as_orientation(self) -> OrientationLoss:
        """What changes when the clip sends 25 Hz orientation packets."""
        moved = [
            abs(raw.median_deg - half.median_deg)
            for person in {hold.person for hold in self.orientation}
            for raw, half in zip(
                [hold for hold in self.holds if hold.person == person],
                [hold for hold in self.orientation if hold.person == person],
                strict=False,
            )
        ]
        return OrientationLoss(
            _called(self.orientation, "upright"),
            _called(self.orientation, "slouch"),
            _called(self.orientation, "forward"),
            float(np.median(moved)) if moved else None,
            max(moved, default=None),
        )

    def _person(self, person: str) -> dict[str, object]:
        mine = [hold for hold in self.holds if hold.person == person]
        return {
            posture: {
                "holds": len(held := [h for h in mine if h.posture == posture]),
                "called": _called(held, posture),
                "median_deg": float(np.median([h.median_deg for h in held])),
            }
            for posture in sorted({hold.posture for hold in mine})
        }


def _called(holds: Iterable[JudgedHold], posture: str) -> int:
    return sum(h.posture == posture and h.called_after_s is not None for h in holds)


def evaluate_sitting(path: Path, site: str = "T4") -> SittingReport:
    """Send each person's holds through the whole chain, calibrated on their first upright.

    A hold of the recordings lasts about as long as the hold time itself, so each is
    made to last (``recordings.lasting``) ten seconds beyond it.

    Raises:
        DataError: the file is not of that format, or nobody in it sits upright.
    """
    by_person: dict[str, list[Hold]] = {}
    for hold in read_sitting(path, site):
        by_person.setdefault(hold.person, []).append(hold)
    calibrations, refused = _calibrations(by_person, wire.KIND_RAW)
    if not calibrations:
        raise DataError(f"{path}: no upright hold could calibrate anybody: {refused}")
    policy_hold_s = slump.SlumpPolicy().hold_s
    others, _ = _calibrations(by_person, wire.KIND_ORIENTATION)
    report = SittingReport(
        _judged(by_person, calibrations, wire.KIND_RAW, policy_hold_s),
        refused,
        _judged(by_person, others, wire.KIND_ORIENTATION, policy_hold_s),
    )
    for hold_s in HOLD_TIMES_S:
        report.hold_times.append(_hold_time(by_person, calibrations, hold_s))
    return report


def _calibrations(
    by_person: dict[str, list[Hold]], kind: int
) -> tuple[dict[str, Calibration], dict[str, str]]:
    """Each person's calibration from their first upright hold; or why it was refused."""
    made: dict[str, Calibration] = {}
    refused: dict[str, str] = {}
    for person, holds in by_person.items():
        upright = next((hold for hold in holds if hold.posture == "upright"), None)
        if upright is None:
            refused[person] = "no upright hold"
            continue
        try:
            made[person] = calibration_of(upright, kind)
        except CalibrationRefused as error:
            refused[person] = str(error)
    return made, refused


def calibration_of(upright: Hold, kind: int = wire.KIND_RAW) -> Calibration:
    """Calibrate on a whole hold, or else on its first five seconds that are still enough.

    Raises:
        CalibrationRefused: there were none.
    """
    estimator, clip = Estimator(), PlayedClip(kind)
    samples = [
        (estimate.time_s, estimate.up, estimator.acceleration_g, estimator.size_g)
        for arrival_s, packet in clip.play(upright.counts)
        for estimate in estimator.update(packet, arrival_s)
    ]
    settled = [sample for sample in samples if sample[0] > samples[0][0] + _SETTLE_S]
    tries = [settled] + [
        [s for s in settled if begin_s <= s[0] < begin_s + HOLD_S[Pose.TALL] + 0.5]
        for begin_s in np.arange(settled[0][0], settled[-1][0] - HOLD_S[Pose.TALL])
    ]
    refusal = CalibrationRefused("the hold is too short: sit tall for 10 s")
    for attempt in tries:
        recorder = PoseRecorder(Pose.TALL)
        for sample in attempt:
            recorder.update(*sample)
        try:
            return calibrate(upright.person, datetime.now(UTC), recorder.result())
        except CalibrationRefused as error:
            refusal = error
    raise refusal


def _judged(
    by_person: dict[str, list[Hold]],
    calibrations: dict[str, Calibration],
    kind: int,
    hold_s: float,
) -> list[JudgedHold]:
    return [
        judged
        for person, calibration in calibrations.items()
        for judged in judge_person(by_person[person], calibration, kind, hold_s)
    ]


def judge_person(
    holds: Sequence[Hold], calibration: Calibration, kind: int, hold_s: float
) -> list[JudgedHold]:
    """One person's wearing: every hold but the first upright, with silence in between."""
    clip = PlayedClip(kind)
    packets: list[tuple[float, wire.StreamPacket]] = []
    spans: list[tuple[Hold, float, float]] = []
    for hold in _without_first_upright(holds):
        clip.pause(_BETWEEN_S)
        begin_s = clip.time_s
        packets += clip.play(lasting(hold.counts, hold_s + _BEYOND_HOLD_S))
        spans.append((hold, begin_s, clip.time_s))
    reprocessor = Reprocessor([(0.0, calibration)], hold_s)
    samples = reprocessor.update(packet_table(kind, packets))
    called = [c.time_s for c in reprocessor.changes if c.kind == "slump_started"]
    return [
        JudgedHold(
            hold.person,
            hold.posture,
            _median_between(samples, begin_s, end_s),
            next((time_s - begin_s for time_s in called if begin_s < time_s <= end_s), None),
        )
        for hold, begin_s, end_s in spans
    ]


def _without_first_upright(holds: Sequence[Hold]) -> list[Hold]:
    first = next((k for k, hold in enumerate(holds) if hold.posture == "upright"), -1)
    return [hold for k, hold in enumerate(holds) if k != first]


def _median_between(samples: SampleBlock, begin_s: float, end_s: float) -> float:
    within = (samples.time_s > begin_s) & (samples.time_s <= end_s)
    return float(np.nanmedian(samples.flexion_deg[within]))


def _hold_time(
    by_person: dict[str, list[Hold]], calibrations: dict[str, Calibration], hold_s: float
) -> HoldTime:
    wanted = {
        person: [hold for hold in holds if hold.posture in ("upright", "slouch")]
        for person, holds in by_person.items()
    }
    holds = _judged(wanted, calibrations, wire.KIND_ORIENTATION, hold_s)
    waits = [
        h.called_after_s for h in holds if h.posture == "slouch" and h.called_after_s is not None
    ]
    return HoldTime(
        hold_s,
        _called(holds, "upright"),
        len(waits),
        float(np.median(waits)) if waits else None,
    )


def _auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a random positive exceeds a random negative, ties half."""
    if not positive or not negative:
        return None
    wins = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    return sum(wins) / len(wins)
