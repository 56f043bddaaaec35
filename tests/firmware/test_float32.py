"""The clip's orientation in the board's 32-bit floats, against optical motion capture.

The recordings (BROAD, a handheld sensor) go the whole way: FIFO words of an LSM6DSOX, its driver,
the filter in single precision, the wire's quaternion.  The host's way is its array filter in
double precision on the recordings themselves.
"""

import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from reference import reference_data
from scipy.spatial.transform import Rotation

from clip_firmware import filter_orientation
from clip_firmware.filter_orientation import FilterOrientation
from clip_firmware.lsm6dsox import Lsm6dsox
from clip_firmware.samples import CAPACITY, Batch
from midback.shared import tilt
from midback.shared.wire import DPS_PER_COUNT, G_PER_COUNT
from midback.tilt_array import TiltArray
from midback_analysis.recordings import Trial, read_tilt

Array = NDArray[np.float64]

PERIOD_US = 20000  # of the recordings
DPS_PER_CHIP_COUNT = 0.07
BURST = 40
SLOTS = np.arange(CAPACITY) % 4


class Fifo:
    """A bus with an LSM6DSOX on it that holds FIFO words and nothing else."""

    def __init__(self) -> None:
        self.words = b""

    def put(self, acc: NDArray[np.int16], rate: NDArray[np.int16]) -> None:
        words = np.empty((len(acc), 2, 7), np.uint8)
        words[:, 0, 0] = 0x08 | SLOTS[: len(acc)] << 1
        words[:, 1, 0] = 0x10 | SLOTS[: len(acc)] << 1
        words[:, 0, 1:] = np.ascontiguousarray(rate, "<i2").view(np.uint8)
        words[:, 1, 1:] = np.ascontiguousarray(acc, "<i2").view(np.uint8)
        self.words += words.tobytes()

    def readfrom_mem_into(self, addr: int, memaddr: int, buf: bytearray | memoryview) -> None:
        del addr
        count = len(buf)
        if memaddr == 0x78:
            buf[:], self.words = self.words[:count], self.words[count:]
        elif memaddr == 0x3A:
            buf[:] = (len(self.words) // 7).to_bytes(2, "little")
        else:
            buf[:] = b"\x6c" if memaddr == 0x0F else bytes(count)

    def writeto_mem(self, addr: int, memaddr: int, buf: bytearray) -> None:
        """Whatever the driver sets up is fine."""


def in_single_precision():
    """``math`` as a board with 32-bit floats has it."""

    def single(function: Any):
        return lambda *values: np.float32(function(*values))

    names = ("sqrt", "sin", "cos", "tan", "exp")
    return SimpleNamespace(
        pi=np.float32(math.pi), **{name: single(getattr(math, name)) for name in names}
    )


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> FilterOrientation:
    """The clip's orientation, every float of it in 32 bits."""
    monkeypatch.setattr(tilt, "math", in_single_precision())
    for name in ("_G", "_DPS", "_ONE"):
        value = np.float32(getattr(filter_orientation, name))
        monkeypatch.setattr(filter_orientation, name, value)
    period_us: Any = np.float32(PERIOD_US)
    return FilterOrientation(period_us)


def on_the_clip(trial: Trial, board: FilterOrientation) -> Array:
    """'Up' of every sample by the wire's quaternions, shape ``(n, 3)``."""
    rate = np.rint(trial.counts[:, 3:] * (DPS_PER_COUNT / DPS_PER_CHIP_COUNT))
    rate = rate.clip(-32768, 32767).astype(np.int16)
    fifo, batch, quats = Fifo(), Batch(), list[list[int]]()
    imu = Lsm6dsox(fifo, 0x6A, "+x+y+z")
    batch.period_us = PERIOD_US
    for first in range(0, len(rate), BURST):
        fifo.put(trial.counts[first : first + BURST, :3], rate[first : first + BURST])
        imu.read(batch)
        board.update(batch)
        quats.append(batch.quat[: 4 * batch.count].tolist())
    turns = Rotation.from_quat(np.concatenate(quats).reshape(-1, 4), scalar_first=True)
    return turns.inv().apply([0.0, 0.0, 1.0])


def by_the_host(trial: Trial) -> Array:
    counts = trial.counts.astype(np.float64)
    acc, rate = counts[:, :3] * G_PER_COUNT, counts[:, 3:] * DPS_PER_COUNT
    # What lies beyond the chip's range is lost to both: 33 samples of trial 07, whose error
    # without this is 1.28 degrees on the host and with it 2.8.
    rate = rate.clip(-32768 * DPS_PER_CHIP_COUNT, 32767 * DPS_PER_CHIP_COUNT)
    return TiltArray(PERIOD_US * 1e-6).update(PERIOD_US * 1e-6, rate, acc)[0]


def rmse_deg(up: Array, trial: Trial) -> float:
    cross = np.linalg.norm(np.cross(up, trial.up), axis=1)
    angle = np.degrees(np.arctan2(cross, np.sum(up * trial.up, axis=1)))
    return float(np.sqrt(np.mean(angle[trial.judged] ** 2)))


@cache
def trials() -> dict[str, Trial]:
    return {trial.name: trial for trial in read_tilt(reference_data("broad_dev.npz"))}


# What both ways have, in degrees; measured, they differ by no more than 0.001.
RMSE_DEG = {
    "01_undisturbed_slow_rotation_A": 0.587,
    "03_undisturbed_slow_rotation_C": 0.439,
    "05_undisturbed_slow_rotation_with_breaks_B": 0.351,
    "07_undisturbed_fast_rotation_B": 1.284,
    "09_undisturbed_fast_rotation_with_breaks_B": 0.957,
    "11_undisturbed_slow_translation_B": 0.435,
    "15_undisturbed_fast_translation_A": 0.545,
    "21_undisturbed_fast_combined": 1.679,
    "25_disturbed_tapping_B": 0.371,
    "27_disturbed_phone_vibration_B": 0.368,
    "29_disturbed_stationary_magnet_B": 1.231,
    "31_disturbed_stationary_magnet_D": 1.384,
    "33_disturbed_attached_magnet_2cm": 0.603,
    "35_disturbed_attached_magnet_4cm": 0.608,
}


@pytest.mark.parametrize("name", RMSE_DEG)
def test_the_boards_floats_lose_nothing(name: str, board: FilterOrientation):
    trial = trials()[name]
    on_clip, on_host = on_the_clip(trial, board), by_the_host(trial)
    by_clip, by_host = rmse_deg(on_clip, trial), rmse_deg(on_host, trial)

    assert {type(value) for value in (*board.bias_dps, *board._filter.up)} == {np.float32}
    # The filter itself may change and be better or worse; 0.15 between the two is what is allowed.
    assert by_host == pytest.approx(RMSE_DEG[name], abs=0.15)
    assert by_clip == pytest.approx(by_host, abs=0.15)
