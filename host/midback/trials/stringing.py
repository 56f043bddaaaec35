"""A person's held postures, as they were recorded, strung into one session.

Between two holds the upper back moves smoothly from the one's tilt to the other's.  Every few
holds the person stands up, walks and sits down again, as simulated people do; once the clip lies
on a table for some minutes.  What is added is consistent: rates are the turns of the tilt, and
accelerations those of the upper back on its lever.

Limits: only the holds are real, and each was played forward and backward until it lasted.  Into a
slouch the upper back sags slowly, as it does in real slumps, though here it was posed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from midback.shared import flexion
from midback.simulated.body import Body
from midback.simulated.habits import Habits
from midback.simulated.joints import creeping, swift
from midback.simulated.motion import Array, Motion, thorax_orientation
from midback.simulated.sampling import PER_COUNT, PERIOD_S
from midback.simulated.sensor import Sensor, SensorErrors
from midback_analysis.recordings import MISSING, Counts, Hold, lasting

HOLD_FOR_S = 42.0
"""Longer than the hold time by ten seconds, and by what a filter settles."""

_TAIL_S = 2.0
"""At either end of a recorded hold somebody may still be moving, or already."""

_WALK_EVERY = 3
"""Holds between two walks."""

_TABLE_S = 240.0
HANDLING_S = 3.0
_HANDLING_G = 0.15
_WALK_S = (20.0, 60.0)
_MOVE_S = (1.2, 2.5)
_SAG_S = (20.0, 40.0)
_LEVER_M, _SAG_LEVER_M = 0.45, 0.1
"""How far the upper back is carried by a tilt at the hips, and by a slump, as simulated people's
is (``simulated.body``)."""

_GRAVITY = 9.80665
_NOISE_G, _NOISE_DPS = 0.0003, 0.014
"""Of one sample of the clip's own sensor (``SensorErrors.drawn``)."""
_STAND_S, _SIT_S = 2.6, 2.8
_SWING_DEG = 32.0
_SEAT_M = 0.35


class What(IntEnum):
    """What a part of a session is."""

    HELD = 0
    MOVING = 1
    WALKING = 2
    TABLE = 3
    HANDLED = 4
    """In the hand, from the back to the table or to the back again."""


class Part(NamedTuple):
    """A stretch of a session: ``posture`` is that of the hold, times from the session's start."""

    what: What
    begin_s: float
    end_s: float
    posture: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """Acceleration and rate as counts, shape ``(n, 6)``, whole seconds; and what they are."""

    person: str
    counts: Counts
    parts: tuple[Part, ...]


def strung(holds: Sequence[Hold], frame: flexion.ThoraxFrame, *, seed: int) -> Session:
    """String holds of one person together, in an order that the seed draws.

    Args:
        holds: in the clip's axes.
        frame: the person's axes in those of the clip.
        seed: chance.
    """
    rng = np.random.default_rng([seed, 0x57A6])
    thread = _Thread(rng, frame)
    order: list[int] = rng.permutation(len(holds)).tolist()
    for count, index in enumerate(order):
        if count and count % _WALK_EVERY == 0:
            thread.walk()
        if count == len(order) // 2:
            thread.lie()
        thread.hold(holds[index])
    return thread.session(holds[0].person)


class _Thread:
    """A session under way; inside, acceleration in g and rate in deg/s in clip axes."""

    def __init__(self, rng: np.random.Generator, frame: flexion.ThoraxFrame) -> None:
        self._rng = rng
        self._upright = np.array(frame.up)
        thorax_from_clip = np.array([frame.forward, frame.left, frame.up])
        # scipy has no complete annotations.
        quaternion: Array = Rotation.from_matrix(thorax_from_clip).as_quat()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        x, y, z, w = quaternion.tolist()
        self._errors = SensorErrors(
            gyro_noise_dps=_NOISE_DPS, accel_noise_g=_NOISE_G, back_from_clip=(w, x, y, z)
        )
        self._blocks: list[Counts] = []
        self._parts: list[Part] = []
        self._n = 0
        self._up = self._upright
        self._slouched = False
        self._bias_dps = np.zeros(3)

    def hold(self, hold: Hold) -> None:
        counts = _whole(hold.counts)[_samples(_TAIL_S) : -_samples(_TAIL_S)]
        values = counts * PER_COUNT
        self._bias_dps = values[:, 3:].mean(axis=0)
        slouch = hold.posture == "slouch"
        self._move_to(_direction(values[:25, :3].mean(axis=0)), slouch=slouch)
        self._add(What.HELD, lasting(counts, HOLD_FOR_S), hold.posture)
        self._up = _direction(lasting(counts, HOLD_FOR_S)[-25:, :3].mean(axis=0))

    def walk(self) -> None:
        """Stand up, walk, sit down."""
        self._move_to(self._upright, slouch=False)
        walk_s = float(self._rng.uniform(*_WALK_S))
        body = Body(self._rng, Habits())
        sits_s = _STAND_S + walk_s
        for begin_s, last_s, height_m in ((0.0, _STAND_S, _SEAT_M), (sits_s, _SIT_S, 0.0)):
            body.bend.bump(_SWING_DEG, begin_s, 0.42 * last_s, 0.0, 0.45 * last_s)
            body.height.move_to(height_m, begin_s + 0.7, 1.3)
        body.walk(_STAND_S, sits_s)
        held = body.move(
            0.0, _samples(sits_s + _SIT_S + 0.5), PERIOD_S, unrest=0.25, tremor_g=0.005
        )
        angles = (held.heading_deg, held.flexion_deg, held.lateral_deg)
        thorax = thorax_orientation(*np.radians(np.array(angles)))
        motion = Motion(
            held.time_s,
            thorax,
            held.acceleration_g,
            held.flexion_deg,
            held.lateral_deg,
            np.ones(len(held.time_s), np.bool_),
        )
        counts = Sensor(self._errors, seed=self._n).read(motion, PERIOD_S)
        self._up = _direction(counts[-10:, :3].mean(axis=0))
        begin, end = np.flatnonzero(held.walking)[[0, -1]]
        for what, part in (
            (What.MOVING, counts[:begin]),
            (What.WALKING, counts[begin:end]),
            (What.MOVING, counts[end:]),
        ):
            self._add(what, self._biased(part))

    def lie(self) -> None:
        """Take the clip off, leave it on a table, put it on again."""
        flat = np.array([float(self._rng.choice((-1.0, 1.0))), 0.0, 0.0])
        self._move_to(flat, slouch=False, what=What.HANDLED)
        n = _samples(_TABLE_S)
        self._add(What.TABLE, self._counted(np.tile(flat, (n, 1)), np.zeros((n, 3))))
        self._move_to(self._upright, slouch=False, what=What.HANDLED)

    def session(self, person: str) -> Session:
        """All of it, cut to whole seconds."""
        counts = np.concatenate(self._blocks)
        return Session(person, counts[: len(counts) // 50 * 50], tuple(self._parts))

    def _move_to(self, up: Array, *, slouch: bool, what: What = What.MOVING) -> None:
        """Turn from the present tilt to another: at once, or sagging into a slouch."""
        axis, turn = _turn(self._up, up)
        sags = slouch and not self._slouched
        handled = what is What.HANDLED
        last_s = self._rng.uniform(*(_SAG_S if sags else _MOVE_S))
        n = _samples(HANDLING_S if handled else float(last_s))
        # A sample more at either end, from which rate and acceleration are found.
        share = np.clip(np.arange(-1, n + 1) / (n - 1), 0.0, 1.0)
        angle = turn * (creeping if sags else swift)(share)
        ups = _turned(self._up, axis, angle)
        rate = np.gradient(angle, PERIOD_S)
        gain = np.gradient(rate, PERIOD_S)
        lever_m = _SAG_LEVER_M if sags else _LEVER_M
        arm = lever_m * self._upright / _GRAVITY
        across, along = np.cross(-axis, arm), np.cross(-axis, np.cross(-axis, arm))
        felt_g = ups + gain[:, None] * across + (rate * rate)[:, None] * along
        if handled:
            felt_g = ups + _HANDLING_G * self._rng.standard_normal(ups.shape)
        rate_dps = np.degrees(-rate[:, None] * axis)
        self._add(what, self._counted(felt_g[1:-1], rate_dps[1:-1]))
        self._up, self._slouched = up, slouch

    def _counted(self, felt_g: Array, rate_dps: Array) -> Counts:
        values = np.concatenate([felt_g, rate_dps + self._bias_dps], axis=1)
        noise = np.array([_NOISE_G] * 3 + [_NOISE_DPS] * 3)
        values += noise * self._rng.standard_normal(values.shape)
        return np.clip(np.rint(values / PER_COUNT), -32767, 32767).astype(np.int16)

    def _biased(self, counts: Counts) -> Counts:
        shifted = counts.astype(np.int32)
        shifted[:, 3:] += np.rint(self._bias_dps / PER_COUNT[3:]).astype(np.int32)
        return np.clip(shifted, -32767, 32767).astype(np.int16)

    def _add(self, what: What, counts: Counts, posture: str = "") -> None:
        begin_s = self._n * PERIOD_S
        self._blocks.append(counts)
        self._n += len(counts)
        self._parts.append(Part(what, begin_s, self._n * PERIOD_S, posture))


def _whole(counts: Counts) -> Counts:
    """A hold with its missing samples filled in, in straight lines."""
    filled = counts.astype(float)
    index = np.arange(len(counts))
    for column in filled.T:
        seen = column != MISSING
        column[:] = np.interp(index, index[seen], column[seen])
    return np.rint(filled).astype(np.int16)


def _samples(seconds: float) -> int:
    return round(seconds / PERIOD_S)


def _direction(vector: NDArray[np.floating]) -> Array:
    return np.asarray(vector, float) / float(np.linalg.norm(vector))


def _turn(first: Array, then: Array) -> tuple[Array, float]:
    """Axis and angle, in radians, that take one direction to another."""
    across = np.cross(first, then)
    size = float(np.linalg.norm(across))
    return across / max(size, 1e-12), float(np.arctan2(size, first @ then))


def _turned(vector: Array, axis: Array, angle: Array) -> Array:
    """A vector square to an axis, turned about it by each angle; shape ``(n, 3)``."""
    return np.cos(angle)[:, None] * vector + np.sin(angle)[:, None] * np.cross(axis, vector)
