"""A long day of raw samples: sitting with small movement, typing, walks, a few gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.recording import PacketBlock
from midback.shared import wire

Array = NDArray[np.float64]
Counts = NDArray[np.int16]

HOURS = 16
HZ = 50
SAMPLES = 10
PACKET_S = SAMPLES / HZ
PACKETS_A_SECOND = HZ // SAMPLES
STARTED = datetime(2026, 3, 4, 7, tzinfo=UTC)
DAY = date(2026, 3, 4)
ZONE = "Europe/London"
CLIP = "4D42"
BOOT = 7

POSTURES_DEG = np.array([0.0, 3.0, 7.0, 13.0, 17.0, -4.0])
POSTURE_SHARES = np.array([0.3, 0.25, 0.2, 0.1, 0.1, 0.05])

# Noise of current parts at this bandwidth, and a bias as their datasheets allow.
NOISE_G, NOISE_DPS = 0.0005, 0.03
BIAS_DPS = (0.6, -0.4, 0.3)

PACKET = np.dtype(
    [
        ("version", "u1"),
        ("kind", "u1"),
        ("count", "u1"),
        ("flags", "u1"),
        ("sequence", "<u2"),
        ("boot", "<u2"),
        ("ticks", "<u4"),
        ("period", "<u2"),
        ("counts", "<i2", (SAMPLES, wire.WIDTH[wire.KIND_RAW])),
    ]
)
"""A raw packet of ten samples as it crosses the air; ``checked`` holds it to ``wire``."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What arrived in one hour: session times in seconds, and packets of dtype ``PACKET``."""

    arrival_s: Array
    packets: NDArray[np.void]

    def block(self) -> PacketBlock:
        """The same as columns."""
        columns = self.packets
        return PacketBlock(
            wire.KIND_RAW,
            self.arrival_s,
            columns["count"],
            columns["flags"],
            columns["sequence"],
            columns["boot"],
            columns["ticks"],
            columns["period"].astype(np.int32) * 10,
            columns["counts"].reshape(-1, wire.WIDTH[wire.KIND_RAW]),
        )

    def payloads(self) -> list[bytes]:
        """The same as bytes."""
        data, size = self.packets.tobytes(), PACKET.itemsize
        return [data[at : at + size] for at in range(0, len(data), size)]


def calibration() -> Calibration:
    """The wearer's upright: the clip hangs straight."""
    return Calibration("C-1", CLIP, STARTED, (0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def hours(count: int = HOURS, seed: int = 1) -> Iterator[Hour]:
    """The day, an hour at a time."""
    rng = np.random.default_rng(seed)
    for hour in range(count):
        yield _hour(rng, hour, samples(rng, 3600.0))


def samples(rng: np.random.Generator, seconds: float) -> Counts:
    """Accelerations and rates in clip axes as the sensor counts them, shape ``(n, 6)``."""
    n = round(seconds * HZ)
    lean_deg = _held(rng, n) + _smooth(rng, n, 0.05, 1.2) + _smooth(rng, n, 0.4, 0.3)
    side_deg = _smooth(rng, n, 0.03, 1.5) + _smooth(rng, n, 0.4, 0.2)
    walking = _walking(rng, n)
    step = np.sin(2 * np.pi * 1.9 * np.arange(n) / HZ) * walking
    lean_deg += 1.5 * step
    acc_g, gyr_dps = _sensed(lean_deg, side_deg)
    acc_g *= 1.0 + 0.25 * step[:, None]
    typing = _smooth(rng, n, 0.05, 1.0) > 0.0
    acc_g += rng.normal(scale=NOISE_G, size=(n, 3)) + 0.002 * _tapping(rng, n, typing)
    gyr_dps += rng.normal(scale=NOISE_DPS, size=(n, 3)) + 0.3 * _tapping(rng, n, typing)
    gyr_dps += np.array(BIAS_DPS)
    scaled = np.hstack([acc_g / wire.G_PER_COUNT, gyr_dps / wire.DPS_PER_COUNT])
    return np.rint(np.clip(scaled, -32767, 32767)).astype(np.int16)


def _sensed(lean_deg: Array, side_deg: Array) -> tuple[Array, Array]:
    """What a clip that leans forward, then to its right, measures: specific force and rate."""
    lean, side = np.radians(lean_deg), np.radians(side_deg)
    up = [-np.sin(lean), np.cos(lean) * np.sin(side), np.cos(lean) * np.cos(side)]
    lean_dps, side_dps = (np.diff(x, prepend=x[:1]) * HZ for x in (lean_deg, side_deg))
    rate = [side_dps, lean_dps * np.cos(side), -lean_dps * np.sin(side)]
    return np.stack(up, axis=1), np.stack(rate, axis=1)


def _held(rng: np.random.Generator, n: int) -> Array:
    """Postures of one to six minutes each, a second or two from one to the next."""
    lengths = rng.integers(60 * HZ, 360 * HZ, n // (60 * HZ) + 1)
    held = np.repeat(rng.choice(POSTURES_DEG, len(lengths), p=POSTURE_SHARES), lengths)[:n]
    return np.convolve(np.pad(held, (HZ, HZ), "edge"), np.hanning(2 * HZ + 1) / HZ, "valid")


def _walking(rng: np.random.Generator, n: int) -> Array:
    """1 during two or three walks of one to three minutes an hour, else 0."""
    walking = np.zeros(n)
    for _ in range(rng.integers(2, 4)):
        start = rng.integers(0, n)
        walking[start : start + rng.integers(60 * HZ, 180 * HZ)] = 1.0
    return walking


def _smooth(rng: np.random.Generator, n: int, cutoff_hz: float, rms: float) -> Array:
    """Random movement below a frequency."""
    spectrum = np.fft.rfft(rng.normal(size=n))
    spectrum /= 1 + (np.fft.rfftfreq(n, 1 / HZ) / cutoff_hz) ** 2
    movement = np.fft.irfft(spectrum, n)
    return movement * (rms / movement.std())


def _tapping(rng: np.random.Generator, n: int, typing: NDArray[np.bool_]) -> Array:
    """Unit noise that comes and goes with the keys."""
    return rng.normal(size=(n, 3)) * (typing & (rng.random(n) < 0.4))[:, None]


def _hour(rng: np.random.Generator, hour: int, counts: Counts) -> Hour:
    n = len(counts) // SAMPLES
    number = np.arange(n) + hour * n
    packets = np.zeros(n, PACKET)
    packets["version"], packets["kind"], packets["count"] = wire.VERSION, wire.KIND_RAW, SAMPLES
    packets["sequence"], packets["boot"] = number % wire.SEQUENCE_MODULUS, BOOT
    sent_s = (number + 1) * PACKET_S
    packets["ticks"] = np.rint(sent_s * (1 + 20e-6) / wire.TICK_S) + 5000
    packets["period"] = round(1e5 / HZ)
    packets["counts"] = counts.reshape(n, SAMPLES, -1)
    arrival_s: Array = np.maximum.accumulate(sent_s + rng.uniform(0.005, 0.05, n))
    kept = rng.random(n) > 0.0005
    away = rng.integers(0, n - 600)
    kept[away : away + rng.integers(5, 600)] = False  # out of range, up to two minutes
    return Hour(arrival_s[kept].round(6), packets[kept])


def checked(hour: Hour) -> Hour:
    """The hour, if its packets are what ``wire`` makes of them.

    Raises:
        AssertionError: the layout above is not the protocol's.
    """
    first = hour.payloads()[0]
    buffer = bytearray(wire.MAX_PAYLOAD)
    assert first == bytes(buffer[: wire.encode_stream(wire.decode_stream(first), buffer)])
    assert len(first) == PACKET.itemsize
    return hour
