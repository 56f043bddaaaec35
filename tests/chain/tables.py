"""Tables that a clip is laid on: still ones, and such as somebody uses.

Made from how things move, not from what the detector looks at: a table that comes back to where
it was has a mean acceleration of nothing, so its shaking is the second derivative of a way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from midback.shared.wire import G_PER_COUNT

Array = NDArray[np.float64]

RATE_HZ = 50
_FINE = 20  # steps to a sample: what shakes at 20 Hz is averaged by the sensor, not aliased
_G = 9.81

# Standard deviation of a table's acceleration in 25 samples a second (posture.md 3.5).
NOISE_G = {"MPU6050": 1.4e-3, "ICM20948": 0.8e-3, "BMI270": 0.6e-3, "LSM6DSO": 0.25e-3}

FLAT = (-1.0, 0.0, 0.0)  # what lay against the wearer looks down
HUNG = (0.1, 0.0, 0.995)  # on a shirt over a chair


def still(seconds: int) -> Array:
    """Acceleration but for gravity in g, shape ``(n, 3)``."""
    return np.zeros((seconds * RATE_HZ, 3))


def typed_at(seconds: int, rng: np.random.Generator) -> Array:
    """Five keys a second in bursts: each lets the table ring at 10 to 25 Hz by 5 to 30 mg.

    The arms' weight tips it by up to 0.02 degrees whenever a burst begins or ends.
    """
    n = seconds * RATE_HZ * _FINE
    dt = 1 / (RATE_HZ * _FINE)
    way = np.zeros((n, 3))
    tilt_deg = np.zeros(n)
    at_s = 2.0
    while at_s < seconds - 2:
        burst_s = min(rng.uniform(3, 20), seconds - 2 - at_s)
        tilt_deg[round(at_s / dt) : round((at_s + burst_s) / dt)] = rng.uniform(0, 0.02)
        for key_s in at_s + np.cumsum(rng.exponential(0.2, int(burst_s * 5))):
            first = round(key_s / dt)
            t = np.arange(min(round(0.6 / dt), max(n - first, 0))) * dt
            w = 2 * np.pi * rng.uniform(10, 25)
            size_m = rng.uniform(0.005, 0.03) * _G / w**2
            ring = size_m * (1 - np.exp(-t / 0.01)) * np.exp(-t / 0.06) * np.sin(w * t)
            way[first : first + len(t), :] += ring[:, None] * rng.normal(0, (0.3, 0.3, 1.0))
        at_s += burst_s + rng.uniform(2, 10)
    return _felt(way, tilt_deg, dt)


def leaned_on(seconds: int, rng: np.random.Generator) -> Array:
    """A desk that gives: twice a minute somebody leans on it or lets go.

    Each time it tips by up to 0.1 degrees within half a second and rocks at 3 Hz by 20 mg.
    """
    n = seconds * RATE_HZ * _FINE
    dt = 1 / (RATE_HZ * _FINE)
    way = np.zeros((n, 3))
    tilt_deg = np.zeros(n)
    time_s = np.arange(n) * dt
    at_s = float(rng.exponential(30))
    while at_s < seconds - 4:
        tilt_deg += rng.uniform(-0.1, 0.1) * np.clip((time_s - at_s) / 0.5, 0, 1)
        first = round(at_s / dt)
        t = np.arange(round(3.0 / dt)) * dt
        w = 2 * np.pi * 3.0
        ring = 0.02 * _G / w**2 * (1 - np.exp(-t / 0.05)) * np.exp(-t / 0.5) * np.sin(w * t)
        way[first : first + len(t), 1] += ring
        at_s += float(rng.exponential(30))
    return _felt(way, tilt_deg, dt)


def in_a_train(seconds: int, rng: np.random.Generator, rms_g: float = 0.01) -> Array:
    """Sway below 1 Hz and shaking up to 15 Hz of the same size, sideways and up."""
    white = rng.standard_normal((2, seconds * RATE_HZ, 3))
    spectrum = np.fft.rfft(white, axis=1)
    hz = np.fft.rfftfreq(seconds * RATE_HZ, 1 / RATE_HZ)
    spectrum[0, (hz < 0.05) | (hz > 1)] = 0
    spectrum[1, (hz < 1) | (hz > 15)] = 0
    parts = np.fft.irfft(spectrum, seconds * RATE_HZ, axis=1)
    parts *= rms_g / parts.std(axis=1, keepdims=True)
    return parts.sum(axis=0)


def read(felt: Array, gravity: tuple[float, float, float], noise_g: float, seed: int) -> Array:
    """What a sensor on it shows, a sample each 20 ms, in g; rounded to the wire's counts.

    *noise_g* is the standard deviation in 25 samples a second.
    """
    rng = np.random.default_rng(seed)
    shown = felt + np.array(gravity) + rng.normal(0, 0.01, 3)  # an offset of its own
    shown = shown + noise_g * np.sqrt(RATE_HZ / 25) * rng.standard_normal(felt.shape)
    return np.rint(shown / G_PER_COUNT) * G_PER_COUNT


def _felt(way_m: Array, tilt_deg: Array, dt: float) -> Array:
    force = np.zeros_like(way_m)
    force[1:-1] = (way_m[2:] - 2 * way_m[1:-1] + way_m[:-2]) / (_G * dt * dt)
    force[:, 0] += np.radians(tilt_deg)
    force[:, 1] += np.radians(tilt_deg) / 2
    return force.reshape(-1, _FINE, 3).mean(axis=1)
