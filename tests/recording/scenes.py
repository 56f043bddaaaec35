"""What the store's tests record: numbered packets, and sessions on a virtual clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from midback.calibration import Calibration
from midback.recording import SessionWriter, Store
from midback.shared import wire

STARTED = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PACKETS_A_SECOND = 5
SAMPLES = 10

Arrived = tuple[float, bytes]


def wall(time_s: float) -> datetime:
    return STARTED + timedelta(seconds=time_s)


@cache
def packet(number: int, kind: int = wire.KIND_RAW, samples: int = SAMPLES, boot: int = 7) -> bytes:
    """Return a well-formed payload that is different for every *number*."""
    counts = [(number * 31 + i * 7) % 4001 - 2000 for i in range(samples * wire.WIDTH[kind])]
    made = wire.StreamPacket(
        kind, 0, number % 65536, boot, number * 2000 % (1 << 32), 20000, counts
    )
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_stream(made, buffer)])


def arrivals(first_s: int, last_s: int) -> list[Arrived]:
    """Return the packets that arrive from second *first_s* up to but without *last_s*."""
    numbers = range(first_s * PACKETS_A_SECOND, last_s * PACKETS_A_SECOND)
    return [(number / PACKETS_A_SECOND, packet(number)) for number in numbers]


def judged(second: int) -> tuple[int, int, int, int]:
    """Return a judgement that tells which second it belongs to."""
    return second % 9000, -(second % 7), 1, 50


def begin(store: Store) -> SessionWriter:
    return store.begin("clip-1", {"model": "Midback clip"}, STARTED)


def record(writer: SessionWriter, first_s: int, last_s: int) -> None:
    """Record and commit second by second."""
    for second in range(first_s, last_s):
        record_second(writer, second)


def record_second(writer: SessionWriter, second: int) -> None:
    for arrived in arrivals(second, second + 1):
        writer.add_packet(*arrived)
    writer.add_second(second, judged(second))
    writer.commit(second + 1, wall(second + 1))


def expected_seconds(count: int) -> list[tuple[int, int, int, int]]:
    return [judged(second) for second in range(count)]


def calibration(
    calibration_id: str, clip_id: str = "clip-1", made_s: float = 0.0, context: str = "desk"
) -> Calibration:
    up, left = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)
    return Calibration(calibration_id, clip_id, wall(made_s), up, left, context=context)


def noisy_minute(rng: np.random.Generator, *, walking: bool) -> Sequence[bytes]:
    """Return 300 raw payloads at 50 Hz as a real sensor on a real wearer makes them.

    Sensor noise as in the datasheets of current parts (0.5 mg, 0.03 dps RMS at
    this bandwidth); posture sway of some degrees, and walking at two steps a second.
    """
    times_s = np.arange(3000) / 50
    acc_g = np.array([0.1, 0.0, 1.0]) + _sway(rng, 0.3, (0.03, 0.02, 0.01))
    gyr_dps = _sway(rng, 1.0, (3.0, 3.0, 3.0))
    if walking:
        step = 2 * np.pi * 1.9 * times_s[:, None]
        acc_g += np.array([0.15, 0.1, 0.3]) * np.sin(step) + _sway(rng, 8.0, (0.05, 0.05, 0.05))
        gyr_dps += 20 * np.sin(step / 2) + _sway(rng, 8.0, (4.0, 4.0, 4.0))
    acc_g += rng.normal(scale=0.0005, size=acc_g.shape)
    gyr_dps += rng.normal(scale=0.03, size=gyr_dps.shape)
    counts = np.hstack([acc_g / wire.G_PER_COUNT, gyr_dps / wire.DPS_PER_COUNT])
    numbers = np.rint(counts).astype("<i2").reshape(300, -1)
    ticks = np.arange(300) * 2000 + rng.integers(0, 3, 300)
    headers = [
        packet(i)[:8] + int(tick).to_bytes(4, "little") + packet(i)[12:14]
        for i, tick in enumerate(ticks)
    ]
    return [header + row.tobytes() for header, row in zip(headers, numbers, strict=True)]


def _sway(
    rng: np.random.Generator, bandwidth_hz: float, size: tuple[float, float, float]
) -> np.ndarray:
    """Return smooth random movement with an RMS of *size*, shape (3000, 3)."""
    frequencies = np.fft.rfftfreq(3000, 1 / 50)
    spectrum = np.fft.rfft(rng.normal(size=(3000, 3)), axis=0)
    spectrum *= 1 / (1 + (frequencies[:, None] / bandwidth_hz) ** 2)
    movement = np.fft.irfft(spectrum, 3000, axis=0)
    return movement / movement.std(axis=0) * np.array(size)
