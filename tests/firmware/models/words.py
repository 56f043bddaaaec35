"""What the words in the FIFO say, built for whole blocks of samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GYRO, ACCEL, TIMESTAMP = 0x01, 0x02, 0x04
GAME_ROTATION, GYRO_BIAS, GRAVITY = 0x13, 0x16, 0x17

BIAS_DPS = 4.375e-3
"""SFLP's gyroscope bias: as the +-125 dps range, whatever range is set."""
GRAVITY_G = 0.061e-3
"""SFLP's gravity vector: as the +-2 g range."""

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]
Array = NDArray[np.float64]


class Channel(NamedTuple):
    """What goes into the FIFO with one tag, ``every`` so many ticks."""

    tag: int
    every: int


def counts(values: Array, per_count: float) -> Shorts:
    """Values in counts, stopping at the ends of 16 bits."""
    scaled = np.rint(values * (1 / per_count))
    return np.minimum(np.maximum(scaled, -32768.0), 32767.0).astype(np.int16)


def game_rotation(quaternions: Array) -> Shorts:
    """The bits of three half floats x, y, z; w, which is not stored, is made positive."""
    sign = np.where(quaternions[:, :1] < 0, -1.0, 1.0)
    # Adding zero takes the sign off it.
    return ((quaternions[:, 1:] * sign).astype(np.float16) + np.float16(0)).view(np.int16)


def gravity(quaternions: Array) -> Shorts:
    """Where up is in chip axes, in counts; +1 g on the axis that points up."""
    w, x, y, z = quaternions.T
    up = np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=1)
    return counts(up, GRAVITY_G)


def timestamps(ticks: NDArray[np.int64]) -> Shorts:
    """Four bytes of time; the other two, about configuration changes, stay 0."""
    words = np.zeros((len(ticks), 3), np.int16)
    words[:, :2] = (ticks & 0xFFFFFFFF).astype(np.uint32).view(np.int16).reshape(-1, 2)
    return words


def tag_bytes(parity: bool) -> Bytes:
    """Tag bytes by tag and by TAG_CNT, shape ``(32, 4)``.

    With ``parity``, bit 0 makes the number of ones even.
    """
    table = (np.arange(32)[:, None] << 3 | np.arange(4) << 1).astype(np.uint8)
    ones = np.unpackbits(table[:, :, None], axis=2).sum(axis=2)
    return table | (ones & 1).astype(np.uint8) if parity else table


class Slots:
    """The words of some ticks: those of tick ``k`` are ``data[ends[k - 1] : ends[k]]``."""

    def __init__(
        self, first: int, n: int, filled: list[tuple[Channel, Shorts]], tags: Bytes, slot: int
    ) -> None:
        """Lay words out.

        Args:
            first: number of the first tick.
            n: how many ticks.
            filled: channels, and for each its data at every one of the ticks, ``(n, 3)``.
            tags: from ``tag_bytes``.
            slot: TAG_CNT of the first slot that has a word.
        """
        laid = np.empty((n, len(filled), 7), np.uint8)
        present = np.empty((n, len(filled)), np.bool_)
        ticks = np.arange(first, first + n)
        for k, (channel, data) in enumerate(filled):
            laid[:, k, 1:] = np.ascontiguousarray(data, "<i2").view(np.uint8)
            present[:, k] = True if channel.every == 1 else ticks % channel.every == 0
        used = present.any(axis=1)
        count = (slot + np.cumsum(used) - used) % 4
        laid[:, :, 0] = tags[[channel.tag for channel, _ in filled]][:, count].T
        self.data = (laid if present.all() else laid[present]).tobytes()
        self.ends: list[int] = (7 * np.cumsum(present.sum(axis=1))).tolist()
        self.slots: list[int] = (slot + np.cumsum(used)).tolist()

    def between(self, begin: int, end: int) -> memoryview:
        """The words of ticks ``begin`` up to ``end``, counted from the first."""
        start = self.ends[begin - 1] if begin else 0
        return memoryview(self.data)[start : self.ends[end - 1] if end else 0]
