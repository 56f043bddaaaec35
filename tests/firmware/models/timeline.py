"""The ticks of a chip: worked out a block ahead, delivered as time passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from firmware.models import words
from firmware.models.sensing import Sensed, Sensing
from firmware.models.setup import Setup, Wake
from firmware.models.words import Array, Bytes, Channel, Shorts, Slots
from numpy.typing import NDArray

_AHEAD_S = 1.0
_MOST_TICKS = 4096


@dataclass(frozen=True, slots=True)
class State:
    """What the next tick depends on.

    Attributes:
        tick: number of the last tick.
        accel_g: filtered acceleration then, ``None`` before the first.
        slot: FIFO slots so far.
        run: slopes in a row above the wake-up threshold.
    """

    tick: int = 0
    accel_g: Array | None = None
    slot: int = 0
    run: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Ticks ``first`` to ``last``, worked out."""

    first: int
    last: int
    version: object
    sensed: Sensed
    slots: Slots | None
    runs: NDArray[np.int64] | None
    hits: NDArray[np.bool_] | None

    def state(self, tick: int, before: State) -> State:
        """The state after one of its ticks; ``before`` is the one it was worked out from."""
        at = tick - self.first
        return State(
            tick,
            self.sensed.accel_g[at],
            before.slot if self.slots is None else self.slots.slots[at],
            0 if self.runs is None else int(self.runs[at]),
        )


class Chip(Protocol):
    """What a timeline has to know of its chip.

    Attributes:
        tags: tag bytes, from ``words.tag_bytes``.
    """

    tags: Bytes

    def bias_dps(self, times_s: Array) -> Array:
        """SFLP's estimate of the gyroscope's bias, shape ``(n, 3)``."""
        ...

    def timestamp(self, times_s: Array) -> NDArray[np.int64]:
        """The timestamp counter."""
        ...

    def complain(self) -> None:
        """Samples come: tell what is wrong with the configuration."""
        ...


class Timeline:
    """Ticks since a configuration took effect.

    Args:
        sensing: the sensing elements.
        setup: the configuration.
        start_s: when the first period begins.
        chip: whose ticks they are.
    """

    def __init__(self, sensing: Sensing, setup: Setup, start_s: float, chip: Chip) -> None:
        self.setup = setup
        self._sensing = sensing
        self._chip = chip
        self.start_s = start_s
        self._period_s = 1 / setup.hz
        self.accel_every = _every(setup.hz, setup.accel_hz)
        self.gyro_every = _every(setup.hz, setup.gyro_hz)
        self.channels = [Channel(tag, _every(setup.hz, hz)) for tag, hz in setup.batched if hz > 0]
        if self.channels and setup.timestamp_every:
            soonest = min(channel.every for channel in self.channels)
            self.channels.append(Channel(words.TIMESTAMP, soonest * setup.timestamp_every))

    @property
    def steady(self) -> bool:
        """Whether every tick brings a word of every channel."""
        return all(channel.every == 1 for channel in self.channels)

    def time_s(self, tick: int) -> float:
        """When a tick is."""
        return self.start_s + tick * self._period_s

    def due(self, now_s: float) -> int:
        """The last tick by now; clocks that count microseconds are forgiven for rounding."""
        return int((now_s - self.start_s + 1.5e-6) * self.setup.hz)

    def block(self, state: State, wanted: int) -> Block:
        """The ticks after a state: up to tick ``wanted``, or a little further."""
        setup = self.setup
        n = min(max(8, round(_AHEAD_S * setup.hz), wanted - state.tick), _MOST_TICKS)
        first = state.tick + 1
        times_s = self.start_s + self._period_s * np.arange(first, first + n, dtype=np.float64)
        version = self.version
        sensed = self._sensing.take(first, times_s, self._period_s, setup.ranges, state.accel_g)
        slots = runs = hits = None
        if self.channels and setup.fifo_mode:
            filled = [(channel, self._data(channel, sensed, times_s)) for channel in self.channels]
            slots = Slots(first, n, filled, self._chip.tags, state.slot)
        if setup.wake is not None and setup.accel_hz:
            runs, hits = self._awake(setup.wake, first, sensed.accel_g, state)
        return Block(first, first + n - 1, version, sensed, slots, runs, hits)

    @property
    def version(self) -> object:
        """Changes when the movement becomes another than it was said to be."""
        return self._sensing.motion, getattr(self._sensing.motion, "version", 0)

    def _data(self, channel: Channel, sensed: Sensed, times_s: Array) -> Shorts:
        if channel.tag == words.GYRO:
            return sensed.gyro
        if channel.tag == words.ACCEL:
            return sensed.accel
        if channel.tag == words.GAME_ROTATION:
            return words.game_rotation(sensed.quaternions)
        if channel.tag == words.GRAVITY:
            return words.gravity(sensed.quaternions)
        if channel.tag == words.GYRO_BIAS:
            return words.counts(self._chip.bias_dps(times_s), words.BIAS_DPS)
        return words.timestamps(self._chip.timestamp(times_s))

    def _awake(
        self, wake: Wake, first: int, accel_g: Array, state: State
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """How many slopes in a row lay above the threshold, and which axes wake the host."""
        before = accel_g[:1] if state.accel_g is None else state.accel_g[None]
        slope = np.diff(np.vstack([before, accel_g]), axis=0) / 2
        over = np.abs(slope) > wake.threshold_g
        index = np.arange(len(over))
        calm = np.where(over.any(axis=1), -1 - state.run, index)
        runs = index - np.maximum.accumulate(calm)
        ready = (runs >= wake.samples) & ((index + first) % self.accel_every == 0)
        return runs, over & ready[:, None]


def _every(hz: float, own_hz: float) -> int:
    return max(1, round(hz / own_hz)) if own_hz else 1
