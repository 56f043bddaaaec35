"""Small invented archives in the two formats that ``midback evaluate`` reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire

RATE_HZ = 50

LEANS = {
    "upright": (0.0, 0.0),
    "slouch": (22.0, 0.0),
    "forward": (15.0, 0.0),
    "backward": (-15.0, 0.0),
    "left": (4.0, -15.0),
}
"""Flexion and lateral of each posture in degrees."""


def sitting(path: Path, people: int = 2, seconds: float = 15.0) -> Path:
    """People who hold each posture, upright twice; taped on as the real ones were."""
    rng = np.random.default_rng(1)
    archive: dict[str, NDArray[np.int16]] = {}
    for person in range(1, people + 1):
        for trial, posture in enumerate(["upright", *LEANS], start=1):
            flexion_deg, lateral_deg = LEANS[posture]
            up = _up(np.radians(flexion_deg), np.radians(lateral_deg))
            n = round(seconds * RATE_HZ)
            clip = np.hstack([np.tile(up, (n, 1)), np.zeros((n, 3))])
            clip[:, :3] += rng.normal(scale=0.002, size=(n, 3))
            clip[:, 3:] += rng.normal(scale=0.05, size=(n, 3))
            archive[f"p{person}/t{trial:02}/{posture}/T4"] = _taped(clip)
    np.savez(path, **archive)  # pyright: ignore[reportArgumentType]
    return path


def tilt(path: Path, seconds: float = 20.0) -> Path:
    """A slow and a fast swing about the left axis, with the true 'up' beside it."""
    archive: dict[str, NDArray[np.generic]] = {}
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    for name, hz in (("01_slow_swing", 0.1), ("02_fast_swing", 0.4)):
        # A second of rest, as every recording begins with.
        moved_s = np.maximum(time_s - 1.0, 0.0)
        angle = np.radians(30.0) * np.sin(2 * np.pi * hz * moved_s)
        up = np.stack([-np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
        rate_dps = np.degrees(np.gradient(angle, 1 / RATE_HZ))
        gyr = np.stack([0 * angle, rate_dps, 0 * angle], axis=1)
        archive[f"{name}/acc"] = _counts(up / wire.G_PER_COUNT)
        archive[f"{name}/gyr"] = _counts(gyr / wire.DPS_PER_COUNT)
        archive[f"{name}/up"] = _counts(up * 32767)
        archive[f"{name}/moving"] = time_s > 1.0
    np.savez(path, **archive)  # pyright: ignore[reportArgumentType]
    return path


def _up(flexion: float, lateral: float) -> NDArray[np.float64]:
    return np.array(
        [
            -np.sin(flexion) * np.cos(lateral),
            np.sin(lateral),
            np.cos(flexion) * np.cos(lateral),
        ]
    )


def _taped(clip: NDArray[np.float64]) -> NDArray[np.int16]:
    """From forward, left, up to the axes of the sensors: up the spine, left, out of the back."""
    forward, left, up = clip[:, [0, 3]], clip[:, [1, 4]], clip[:, [2, 5]]
    turned = np.stack([up, left, -forward], axis=1)
    scales = np.array([wire.G_PER_COUNT, wire.DPS_PER_COUNT])
    return _counts((turned / scales).transpose(0, 2, 1).reshape(len(clip), 6))


def _counts(values: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.rint(values).astype(np.int16)
