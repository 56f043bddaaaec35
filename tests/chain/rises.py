"""People who stand up, sit down, walk and do everything else, as a clip on their back feels it.

Written apart from the simulated wearer, by other shapes and sizes: heights of 0.2 to 0.5 m within
0.8 to 3 s, trunks that swing by 12 to 50 degrees, seats that are dropped onto.  Around the 1.9 s
that a rise and 2.0 s that sitting down took 50 people (Kerr et al. 1997, Clinical Biomechanics
12:236); the rest is own choice, wider than people are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from chain.gaits import steps
from numpy.typing import NDArray

from midback.shared import wire
from midback.simulated.motion import Motion, thorax_orientation, turn_about
from midback.simulated.sensor import Sensor, SensorErrors
from midback.tilt_array import TiltArray

Array = NDArray[np.float64]

Packet = tuple[float, float, float]
"""Time of the last sample, mean lift in g, mean flexion in degrees."""

RATE_HZ = 50
DT_S = 1 / RATE_HZ
PACKET = 10
_G = 9.80665


def s_curve(share: Array, skew: float) -> Array:
    """From 0 to 1 without a jerk; *skew* below 1 is quick at first, above it at last."""
    x = np.clip(share, 0.0, 1.0) ** skew
    return x**4 * (35 - 84 * x + 70 * x**2 - 20 * x**3)


@dataclass
class Life:
    """Some minutes of somebody, put together by the methods; times in seconds from its begin.

    Attributes:
        seconds: how long it is.
        rng: chance.
    """

    seconds: float
    rng: np.random.Generator

    def __post_init__(self) -> None:
        n = round(self.seconds * RATE_HZ) + 2
        self.time_s: Array = np.arange(n, dtype=np.float64) * DT_S
        self.height_m = np.zeros(n)
        self.ahead_m = np.zeros(n)
        self.bend_deg = np.zeros(n)
        self.side_deg = np.zeros(n)
        self.shaken_g = np.zeros((n, 3))
        self.lever_m = float(self.rng.uniform(0.38, 0.5))

    def breathe(self, deg: float = 0.15, sway_deg: float = 0.3) -> Life:
        t, rng = self.time_s, self.rng
        self.bend_deg += deg * np.sin(2 * np.pi * rng.uniform(0.18, 0.33) * t)
        for hz, share in ((0.03, 1.0), (0.11, 0.5), (0.27, 0.25)):
            wave = 2 * np.pi * hz * rng.uniform(0.8, 1.2) * t
            self.bend_deg += sway_deg * share * np.sin(wave + rng.uniform(0, 6.28))
            self.side_deg += sway_deg * share * np.sin(0.7 * wave + rng.uniform(0, 6.28))
        self.shaken_g += 0.004 * rng.standard_normal((len(t), 3))
        return self

    def rise(self, at_s: float, took_s: float, height_m: float, swing_deg: float) -> Life:
        """Stand up, or with a negative height sit down; *took_s* is how long it lifts."""
        rng, t = self.rng, self.time_s
        up = height_m > 0
        skew = float(rng.uniform(0.8, 1.3))
        self.height_m += height_m * s_curve((t - at_s) / took_s, skew)
        self.ahead_m += np.sign(height_m) * 0.3 * s_curve((t - at_s + 0.3) / took_s, 1.0)
        # Rising, the trunk bends before the seat is left, and straightens with the legs.
        lead_s = float(rng.uniform(0.2, 0.6)) if up else 0.0
        lag_s = float(rng.uniform(0.0, 0.3)) if up else float(rng.uniform(0.2, 0.8))
        first_s, last_s = at_s - lead_s, at_s + took_s + lag_s
        turn_s = first_s + (0.45 if up else 0.55) * (last_s - first_s)
        self.bend(first_s, turn_s, swing_deg)
        self.bend(turn_s, last_s, -swing_deg)
        if not up:  # the seat stops what is left of the fall
            self.jolt(at_s + 0.9 * took_s, float(rng.uniform(0.0, 0.02)))
        return self

    def bend(self, from_s: float, to_s: float, by_deg: float) -> Life:
        self.bend_deg += by_deg * s_curve((self.time_s - from_s) / (to_s - from_s), 1.0)
        return self

    def lean(self, at_s: float, by_deg: float, takes_s: float, stays_s: float) -> Life:
        self.bend(at_s, at_s + takes_s, by_deg)
        return self.bend(at_s + takes_s + stays_s, at_s + 2 * takes_s + stays_s, -by_deg)

    def jolt(self, at_s: float, size_m: float) -> Life:
        """A bump of the seat, which ends where it began."""
        since_s = np.clip(self.time_s - at_s, 0.0, None)
        ring = np.exp(-since_s / 0.12) * np.sin(2 * np.pi * 2.5 * since_s) ** 2
        self.height_m -= size_m * ring
        return self

    def shake(self, at_s: float, takes_s: float, size_g: float) -> Life:
        of = (self.time_s >= at_s) & (self.time_s < at_s + takes_s)
        self.shaken_g[of] += size_g * self.rng.standard_normal((int(of.sum()), 3))
        return self

    def shift(self, at_s: float, height_m: float, takes_s: float) -> Life:
        """A little higher for some seconds."""
        self.height_m += height_m * s_curve((self.time_s - at_s) / takes_s, 1.0)
        self.height_m -= height_m * s_curve((self.time_s - at_s - 5.0) / takes_s, 1.0)
        return self

    def walk(self, from_s: float, to_s: float, step_hz: float, swing_g: float) -> Life:
        t, rng = self.time_s, self.rng
        out = (t >= from_s) & (t < to_s)
        n = int(out.sum())
        if n < 3 * RATE_HZ:
            return self
        felt = np.stack(
            [
                steps(n / RATE_HZ + 1, step_hz, s * swing_g, rng, RATE_HZ)[:n]
                for s in (0.5, 0.4, 1)
            ],
            axis=1,
        )
        grows = np.clip((t[out] - from_s) / 0.6, 0, 1) * np.clip((to_s - t[out]) / 0.6, 0, 1)
        # Whoever walks comes back to the same height with every step: no mean, no drift.
        window = round(RATE_HZ / step_hz)
        for axis in range(3):
            slow = np.convolve(
                np.pad(felt[:, axis], window, "edge"), np.ones(window) / window, "same"
            )
            felt[:, axis] -= slow[window:-window]
        self.shaken_g[out] += grows[:, None] * felt
        self.bend_deg[out] += grows * 1.5 * np.sin(2 * np.pi * step_hz * t[out])
        self.side_deg[out] += grows * 2.0 * np.sin(np.pi * step_hz * t[out])
        return self

    def packets(self, seed: int, errors: SensorErrors | None = None) -> list[Packet]:
        """What reaches the host of it, by the worst sensor unless another is given."""
        bend, side = np.radians(self.bend_deg), np.radians(self.side_deg)
        place = np.stack(
            [
                self.ahead_m + self.lever_m * np.sin(bend),
                -self.lever_m * np.sin(side),
                self.height_m + self.lever_m * np.cos(bend) * np.cos(side),
            ],
            axis=1,
        )
        felt_g = (place[2:] - 2 * place[1:-1] + place[:-2]) / (_G * DT_S**2) + self.shaken_g[1:-1]
        turned = thorax_orientation(np.zeros(len(felt_g)), bend[1:-1], side[1:-1])
        time_s = self.time_s[1:-1]
        nothing = np.zeros(len(time_s))
        motion = Motion(time_s, turned, felt_g, nothing, nothing, np.ones(len(time_s), np.bool_))
        sensor = Sensor(worst_sensor(seed) if errors is None else errors, seed=seed)
        return packets_of(sensor.read(motion, DT_S))


def packets_of(counts: NDArray[np.int16]) -> list[Packet]:
    """What the host makes of raw counts, shape ``(n, 6)``; the first three seconds are upright."""
    values: Array = counts.astype(np.float64)
    acc, rate = values[:, :3] * wire.G_PER_COUNT, values[:, 3:] * wire.DPS_PER_COUNT
    up, _ = TiltArray(DT_S).update(DT_S, rate, acc)
    lift = np.einsum("ij,ij->i", up, acc) - 1.0
    upright = up[: 3 * RATE_HZ].mean(axis=0)
    upright /= np.linalg.norm(upright)
    forward = np.array([1.0, 0.0, 0.0]) - upright * upright[0]
    forward /= np.linalg.norm(forward)
    flexion = np.degrees(np.arctan2(-up @ forward, up @ upright))
    whole = len(up) // PACKET
    means = [v[: whole * PACKET].reshape(whole, PACKET).mean(axis=1) for v in (lift, flexion)]
    times = DT_S * PACKET * np.arange(1, whole + 1)
    return list(zip(times.tolist(), means[0].tolist(), means[1].tolist(), strict=True))


def worst_sensor(seed: int) -> SensorErrors:
    """Offsets of 40 mg, a scale of 1 %, and askew by 12 degrees: older parts, badly put on."""
    rng = np.random.default_rng([seed, 7])

    def three(size: float, around: float = 0.0) -> tuple[float, float, float]:
        x, y, z = around + size * rng.uniform(-1, 1, 3)
        return float(x), float(y), float(z)

    askew = turn_about(rng.standard_normal(3), float(np.radians(12.0)))
    return SensorErrors(
        gyro_bias_dps=three(0.5),
        accel_offset_g=three(0.040),
        gyro_scale=three(0.01, 1.0),
        accel_scale=three(0.01, 1.0),
        gyro_noise_dps=0.05,
        accel_noise_g=0.003,
        back_from_clip=(float(askew[0]), float(askew[1]), float(askew[2]), float(askew[3])),
    )
