"""People who sat tall and slouched with a sensor between the shoulder blades.

IMU Sitting Postures Dataset, Cairo University, CC BY 4.0.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from chain.builders import MADE_AT, PACKET_S, SAMPLES, Arrived, blocks
from numpy.typing import NDArray
from reference import reference_data

from midback.calibration import Calibration, Pose, PoseRecorder, calibrate
from midback.errors import CalibrationRefused
from midback.estimator import Estimator, Quality
from midback.reprocess import Reprocessor
from midback.shared import wire

Counts = NDArray[np.int16]
MISSING = -32768
BETWEEN_S = 60.0
SETTLED = 15  # packets, until the tilt filter has settled


@cache
def sitters() -> dict[str, dict[str, list[Counts]]]:
    """Each person's holds by posture, in the order of recording, in clip axes."""
    people: dict[str, dict[str, list[Counts]]] = {}
    with np.load(reference_data("sitting_spine_dev.npz")) as recorded:
        for key in sorted(recorded.files):
            person, _, posture, site = key.split("/")
            if site == "T4" and posture in ("upright", "slouch"):
                holds = people.setdefault(person, {}).setdefault(posture, [])
                holds.append(clip_axes(recorded[key]))
    return people


def clip_axes(counts: Counts) -> Counts:
    """Turn the sensor's axes (x up the spine, y left, z out of the back) into the clip's."""
    x, y, z, gx, gy, gz = counts.astype(int).T
    turned = np.stack([-z, y, x, -gz, gy, gx], axis=1).clip(-32767, 32767)
    turned[(counts == MISSING).any(axis=1)] = MISSING
    return turned.astype(np.int16)


class PlayedClip:
    """Sends recordings as raw packets; where samples are missing, the packet is."""

    def __init__(self) -> None:
        self._time_s = 0.0
        self._sequence = 0

    def play(self, counts: Counts) -> Iterator[Arrived]:
        self._time_s += BETWEEN_S
        for first in range(0, len(counts) - SAMPLES + 1, SAMPLES):
            self._time_s += PACKET_S
            self._sequence += 1
            samples = counts[first : first + SAMPLES]
            if (samples != MISSING).all():
                yield self._time_s + 0.03, self._packet(samples.ravel().tolist())

    def _packet(self, counts: list[int]) -> wire.StreamPacket:
        ticks = round(self._time_s / wire.TICK_S)
        return wire.StreamPacket(wire.KIND_RAW, 0, self._sequence, 1, ticks, 20000, counts)


def calibrated(hold: Counts) -> Calibration:
    """Sit tall until a pose is accepted, as a wearer would."""
    estimator = Estimator(None)
    recorder = PoseRecorder(Pose.TALL)
    for arrival_s, packet in PlayedClip().play(hold):
        for estimate in estimator.update(packet, arrival_s):
            if not estimate.quality & Quality.SETTLING:
                recorder.update(
                    estimate.time_s, estimate.up, estimator.acceleration_g, estimator.size_g
                )
        if recorder.complete:
            try:
                return calibrate("clip-1", MADE_AT, recorder.result())
            except CalibrationRefused:
                recorder = PoseRecorder(Pose.TALL)
    raise AssertionError("this person never held still")


@cache
def medians_deg(posture: str) -> dict[str, list[float]]:
    """Each person's median flexion in every hold but the one they were calibrated by."""
    found: dict[str, list[float]] = {}
    for person, holds in sitters().items():
        reprocessor = Reprocessor([(0.0, calibrated(holds["upright"][0]))])
        clip = PlayedClip()
        for hold in holds[posture][posture == "upright" :]:
            packets = list(clip.play(hold))
            parts = [reprocessor.update(block) for block in blocks(packets)]
            flexion = np.concatenate([part.flexion_deg for part in parts])
            found.setdefault(person, []).append(float(np.median(flexion[SETTLED * SAMPLES :])))
    return found


def test_everyone_can_be_calibrated_on_their_first_upright_hold():
    calibrations = [calibrated(holds["upright"][0]) for holds in sitters().values()]

    # Between the shoulder blades a clip hangs by some 25 degrees, and never on its side.
    assert len(calibrations) == 22
    assert all(c.neutral_up[2] > 0.7 for c in calibrations)


def test_every_slouch_lies_past_8_degrees():
    # On all 45 people of the set the mildest slouch has 10.9 degrees.
    mildest = {person: min(medians) for person, medians in medians_deg("slouch").items()}

    assert {person: lean for person, lean in mildest.items() if lean <= 8} == {}


def test_nobody_who_sits_upright_again_lies_past_10_degrees():
    # On all 45 people the upright furthest from the first has 8.7 degrees.
    furthest = {
        person: max(map(abs, medians)) for person, medians in medians_deg("upright").items()
    }

    assert {person: lean for person, lean in furthest.items() if lean >= 10} == {}


@pytest.mark.parametrize(("posture", "slumps"), [("slouch", True), ("upright", False)])
def test_a_hold_of_twenty_seconds_tells_slouching_from_sitting_tall(posture: str, slumps: bool):
    wrong: list[str] = []
    for person, holds in sitters().items():
        calibration = calibrated(holds["upright"][0])
        for number, hold in enumerate(holds[posture][posture == "upright" :]):
            reprocessor = Reprocessor([(0.0, calibration)], hold_s=20.0)
            for block in blocks(list(PlayedClip().play(hold))):
                reprocessor.update(block)
            if slumps != bool(reprocessor.changes):
                wrong.append(f"{person} {posture} {number}")

    assert wrong == []
