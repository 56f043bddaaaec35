"""The field's filters on our samples; one that is not installed is ``None``, and a row says so."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire

Array = NDArray[np.float64]

G_MPS2 = 9.80665
NAMES = ("vqf", "imufusion", "ahrs")


def installed(name: str) -> Any | None:
    """The module, or ``None`` where it has no wheel or was not asked for."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def scaled(counts: NDArray[np.int16]) -> tuple[Array, Array]:
    """Rates in deg/s and accelerations in g of raw samples ``(n, 6)``; each ``(n, 3)``."""
    plain = counts.astype(float)
    return (
        np.ascontiguousarray(plain[:, 3:] * wire.DPS_PER_COUNT),
        np.ascontiguousarray(plain[:, :3] * wire.G_PER_COUNT),
    )


def steppers(
    gyr_dps: Array, acc_g: Array, period_s: float
) -> dict[str, Callable[[], list[Any]] | None]:
    """For each peer, what goes through the samples one by one and returns the quaternions."""
    runs = (_vqf_run, _imufusion_run, _ahrs_run)
    return {
        name: None
        if (module := installed(name)) is None
        else run(module, gyr_dps, acc_g, period_s)
        for name, run in zip(NAMES, runs, strict=True)
    }


def _vqf_run(
    module: Any, gyr_dps: Array, acc_g: Array, period_s: float
) -> Callable[[], list[Any]]:
    rows = list(zip(np.radians(gyr_dps), acc_g * G_MPS2, strict=True))

    def run() -> list[Any]:
        vqf = module.VQF(period_s)
        quaternions: list[Any] = []
        for gyr, acc in rows:
            vqf.update(gyr, acc)
            quaternions.append(vqf.getQuat6D())
        return quaternions

    return run


def _imufusion_run(
    module: Any, gyr_dps: Array, acc_g: Array, period_s: float
) -> Callable[[], list[Any]]:
    rows = list(zip(gyr_dps, acc_g, strict=True))

    def run() -> list[Any]:
        ahrs, bias = module.Ahrs(), module.Bias()
        ahrs.set_sample_period(period_s)
        bias.set_settings(module.BiasSettings(sample_rate=1 / period_s))
        quaternions: list[Any] = []
        for gyr, acc in rows:
            ahrs.update_no_magnetometer(bias.update(gyr), acc)
            quaternions.append(ahrs.get_quaternion())
        return quaternions

    return run


def _ahrs_run(
    module: Any, gyr_dps: Array, acc_g: Array, period_s: float
) -> Callable[[], list[Any]]:
    filters = importlib.import_module(f"{module.__name__}.filters")
    rows = list(zip(np.radians(gyr_dps), acc_g * G_MPS2, strict=True))
    # Begun at the first acceleration, as its own loop over arrays does.
    first = module.common.orientation.acc2q(acc_g[0])

    def run() -> list[Any]:
        madgwick = filters.Madgwick(frequency=1 / period_s)
        quaternions: list[Any] = [first]
        for gyr, acc in rows[1:]:
            quaternions.append(madgwick.updateIMU(quaternions[-1], gyr, acc))
        return quaternions

    return run


def up_of(quaternions: Any) -> Array:
    """Unit 'up' in clip axes of earth_from_clip quaternions ``(n, 4)``."""
    w, x, y, z = np.asarray(quaternions, float).T
    return np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=1)
