"""Recordings of people with ground truth, turned into the packets a clip would have sent.

Two formats, both NumPy archives of int16 in the wire's own scales (16/32768 g and
2000/32768 dps a count, -32768 = missing), so that nothing is lost on the way:

- *sitting*: ``PERSON/TRIAL/POSTURE/SITE`` -> ``(n, 6)``, held postures at 50 Hz;
- *tilt*: ``TRIAL/gyr``, ``TRIAL/acc``, ``TRIAL/up``, ``TRIAL/moving``, an IMU against
  optical motion capture at 50 Hz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from midback.errors import DataError
from midback.recording import PacketBlock
from midback.shared import wire
from midback.tilt_array import TiltArray

PERIOD_S = 0.02
MISSING = -32768
BATCH = 10
"""Samples a raw packet, five packets a second at 50 Hz."""

_TILT_PARTS = ("acc", "gyr", "up", "moving")

Counts = NDArray[np.int16]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hold:
    """One posture held by one person: acceleration and rate in clip axes, shape ``(n, 6)``."""

    person: str
    trial: str
    posture: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Trial:
    """One tilt trial: ``counts (n, 6)``, optical ``up (n, 3)``, where errors count ``(n,)``."""

    name: str
    counts: Counts
    up: Array
    judged: NDArray[np.bool_]


def read_sitting(path: Path, site: str = "T4") -> list[Hold]:
    """Read every hold at one site, by person and in the order of recording.

    The sensors were taped with x up the spine, y to the left and z out of the back;
    they are turned to the clip's axes (forward, left, up) = (-z, y, x).

    Raises:
        DataError: the file is not there or not of this format, or has no such site.
    """
    holds: list[Hold] = []
    with _archive(path) as archive:
        for key in sorted(archive.files):
            parts = key.split("/")
            if len(parts) != 4 or parts[3] != site:
                continue
            counts = _checked(path, key, archive[key], 6)
            holds.append(Hold(parts[0], parts[1], parts[2], _clip_axes(counts)))
    if not holds:
        raise DataError(f"{path} has no holds at {site}: is it a recording of sitting postures?")
    return holds


def read_tilt(path: Path) -> list[Trial]:
    """Read every trial of a tilt benchmark.

    Raises:
        DataError: the file is not there or not of this format.
    """
    trials: list[Trial] = []
    with _archive(path) as archive:
        for name in sorted({key.rsplit("/", 1)[0] for key in archive.files if "/" in key}):
            try:
                parts = {
                    part: archive[f"{name}/{part}"] for part in ("acc", "gyr", "up", "moving")
                }
            except KeyError as error:
                raise DataError(
                    f"{path}: trial {name} lacks {error}: not a tilt benchmark"
                ) from error
            counts = np.hstack([_checked(path, name, parts[p], 3) for p in ("acc", "gyr")])
            seen = (parts["up"] != MISSING).all(axis=1)
            up = parts["up"].astype(float) / 32767.0
            trials.append(Trial(name, counts, up, seen & parts["moving"]))
    if not trials:
        raise DataError(f"{path} holds no trials: is it a tilt benchmark?")
    return trials


def lasting(counts: Counts, seconds: float) -> Counts:
    """A hold made to last: played forward and backward in turn, shape ``(m, 6)``.

    A person sitting still can be watched backward as well; only the rates change sign.
    """
    backward = counts[::-1].copy()
    backward[:, 3:] = np.where(backward[:, 3:] == MISSING, MISSING, -backward[:, 3:])
    wanted = round(seconds / PERIOD_S)
    turns = -(-wanted // max(len(counts), 1))
    return np.concatenate([(counts, backward)[k % 2] for k in range(turns)])[:wanted]


@dataclass(slots=True)
class PlayedClip:
    """A clip that sends what was recorded, whole batches with the clip's own clock.

    Args:
        kind: stream kind; orientation is sent at half the recorded rate, from a tilt
            filter that runs on the clip.
    """

    kind: int = wire.KIND_RAW
    time_s: float = 1.0
    _sequence: int = 0
    _tilt: TiltArray = field(default_factory=lambda: TiltArray(PERIOD_S))

    def pause(self, seconds: float) -> None:
        """Send nothing for a while."""
        self.time_s += seconds

    def play(self, counts: Counts) -> Iterator[tuple[float, wire.StreamPacket]]:
        """Send samples; yields each packet with the time at which it arrives.

        Missing samples leave a gap.
        """
        begin_s = self.time_s
        self.time_s += len(counts) * PERIOD_S
        values = counts if self.kind == wire.KIND_RAW else self._orientations(begin_s, counts)
        every = 1 if self.kind == wire.KIND_RAW else 2
        present = (counts != MISSING).all(axis=1)
        for first in range(0, len(counts), BATCH):
            rows = np.arange(first + every - 1, min(first + BATCH, len(counts)), every)
            for part in _unbroken(rows, present):
                last_s = begin_s + (int(part[-1]) + 1) * PERIOD_S
                yield last_s, self._packet(last_s, every, values[part])

    def _packet(self, last_s: float, every: int, values: Counts) -> wire.StreamPacket:
        self._sequence += 1
        return wire.StreamPacket(
            self.kind,
            0,
            (self._sequence - 1) % wire.SEQUENCE_MODULUS,
            1,
            round(last_s / wire.TICK_S) % wire.TICKS_MODULUS,
            round(every * PERIOD_S * 1e6),
            tuple(values.ravel().tolist()),
        )

    def _orientations(self, begin_s: float, counts: Counts) -> Counts:
        present = (counts != MISSING).all(axis=1)
        kept = np.flatnonzero(present)
        out = np.zeros((len(counts), 7), np.int16)
        if not len(kept):
            return out
        step_s = np.diff(np.r_[-np.inf, begin_s + kept * PERIOD_S])
        scaled = counts[kept].astype(float)
        up, _ = self._tilt.update(
            step_s, scaled[:, 3:] * wire.DPS_PER_COUNT, scaled[:, :3] * wire.G_PER_COUNT
        )
        quaternion = self._tilt.orientation(up) * wire.QUATERNION_ONE
        out[kept, :4] = np.round(quaternion).astype(np.int16)
        out[kept, 4:] = counts[kept, :3]
        return out


def packet_table(kind: int, received: list[tuple[float, wire.StreamPacket]]) -> PacketBlock:
    """Lay packets of one kind out in columns, in order of arrival."""
    packets = [packet for _, packet in received]
    return PacketBlock(
        kind,
        np.array([arrival_s for arrival_s, _ in received], float),
        np.array([packet.count for packet in packets], np.uint8),
        np.array([packet.flags for packet in packets], np.uint8),
        np.array([packet.sequence for packet in packets], np.uint16),
        np.array([packet.boot for packet in packets], np.uint16),
        np.array([packet.ticks for packet in packets], np.uint32),
        np.array([packet.period_us for packet in packets], np.int32),
        np.array([c for packet in packets for c in packet.counts], np.int16).reshape(
            -1, wire.WIDTH[kind]
        ),
    )


def _unbroken(rows: NDArray[np.int64], present: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Runs of rows without a missing one between them."""
    good = present[rows]
    if len(rows) and good.all():
        yield rows
        return
    for part in np.split(rows, np.flatnonzero(np.diff(good.astype(int))) + 1):
        if len(part) and present[part[0]]:
            yield part


def _clip_axes(counts: Counts) -> Counts:
    turned = np.empty_like(counts)
    for base in (0, 3):
        x, y, z = counts[:, base : base + 3].T
        turned[:, base] = np.where(z == MISSING, MISSING, -z)
        turned[:, base + 1] = y
        turned[:, base + 2] = x
    return turned


def _archive(path: Path) -> np.lib.npyio.NpzFile[np.generic]:
    try:
        archive: object = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise DataError(f"{path} is not there") from error
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} cannot be read: it is no NumPy archive, or damaged") from error
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise DataError(f"{path} is a single array, not an archive of recordings")
    return cast("np.lib.npyio.NpzFile[np.generic]", archive)


def _checked(path: Path, key: str, counts: NDArray[np.generic], width: int) -> Counts:
    if counts.dtype != np.int16 or counts.ndim != 2 or counts.shape[1] != width:
        raise DataError(f"{path}: {key} is not an int16 array of shape (n, {width})")
    return counts.astype(np.int16)
