"""What goes on inside a chip as time passes: samples, FIFO, wake-up, and the INT1 pin."""

from __future__ import annotations

import numpy as np
from firmware.models.fifo import CONTINUOUS, STOP_WHEN_FULL, Fifo
from firmware.models.sensing import Sensing
from firmware.models.setup import Setup
from firmware.models.timeline import Block, Chip, State, Timeline
from numpy.typing import NDArray

Axes = NDArray[np.bool_]

_CALM: Axes = np.zeros(3, np.bool_)


class Engine:
    """Everything that changes without being told to.

    Attributes:
        now_s: up to when time has passed.
        fifo: the FIFO.
        outputs: gyroscope and accelerometer, as the output registers hold them, 12 bytes.
        accel_ready, gyro_ready: whether their newest sample is still unread.
        woken: which axes (x, y, z) the wake-up interrupt stands for.
    """

    def __init__(self, sensing: Sensing, words: int, chip: Chip, setup: Setup) -> None:
        self.now_s = 0.0
        self.fifo = Fifo(words)
        self._sensing = sensing
        self._chip = chip
        self.restart(setup)

    def restart(self, setup: Setup) -> None:
        """As after a reset, with the setup that the defaults give."""
        self.fifo.clear()
        self.fifo.mode = setup.fifo_mode
        self.outputs = bytes(12)
        self.accel_ready = self.gyro_ready = False
        self.woken = _CALM
        self.setup = setup
        self._timeline: Timeline | None = None
        self._begin(State())

    def configure(self, setup: Setup) -> None:
        """Let another setup take effect now."""
        before, self.setup = self.setup, setup
        if setup == before:
            return
        self.fifo.mode = setup.fifo_mode
        self.fifo.limit(setup.watermark if setup.stop_on_watermark else 0)
        if not setup.fifo_mode:
            self.fifo.clear()
        if setup.wake is None:
            self.woken = _CALM
        same_ticks = (before.accel_hz, before.gyro_hz) == (setup.accel_hz, setup.gyro_hz)
        start_s = self._timeline.start_s if same_ticks and self._timeline else self.now_s
        self._begin(self._state if same_ticks else State())
        self._timeline = Timeline(self._sensing, setup, start_s, self._chip) if setup.hz else None

    def _begin(self, state: State) -> None:
        self._state = state
        self._block: Block | None = None
        self._calm: tuple[object, State] = (None, state)

    # Time

    def advance(self, now_s: float) -> None:
        """Let time pass; it never runs backward."""
        self.now_s = max(now_s, self.now_s)
        timeline = self._timeline
        if timeline is None:
            return
        due = timeline.due(self.now_s)
        while self._state.tick < due:
            block = self._current(timeline)
            if block is None:
                self._chip.complain()
                block = self._block = timeline.block(self._state, due)
            self._deliver(timeline, block, min(due, block.last))

    def _current(self, timeline: Timeline) -> Block | None:
        """The block with the next tick in it, if there is one and it still holds."""
        block = self._block
        if block is None or block.last <= self._state.tick or block.version != timeline.version:
            return None
        return block

    def _deliver(self, timeline: Timeline, block: Block, last: int) -> None:
        begin, end = self._state.tick + 1 - block.first, last + 1 - block.first
        if block.slots is not None:
            self.fifo.push(block.slots.between(begin, end))
        if block.hits is not None:
            self._wake(block.hits[begin:end])
        accel_tick = last - last % timeline.accel_every
        gyro_tick = last - last % timeline.gyro_every
        if self.setup.gyro_hz and gyro_tick > self._state.tick:
            self.outputs = _little(block.sensed.gyro[gyro_tick - block.first]) + self.outputs[6:]
            self.gyro_ready = True
        if self.setup.accel_hz and accel_tick > self._state.tick:
            self.outputs = self.outputs[:6] + _little(block.sensed.accel[accel_tick - block.first])
            self.accel_ready = True
        self._state = block.state(last, self._state)

    def _wake(self, hits: Axes) -> None:
        if self.setup.wake is None or not self.setup.wake.latched:
            self.woken = hits[-1]
        elif not self.woken.any() and hits.any():
            self.woken = hits[hits.any(axis=1).argmax()]

    def acknowledge_wake(self) -> None:
        """The wake-up interrupt was read."""
        self.woken = _CALM

    # INT1

    @property
    def at_watermark(self) -> bool:
        """Whether the FIFO holds as much as was asked for."""
        return 0 < self.setup.watermark <= self.fifo.level

    @property
    def raised(self) -> bool:
        """Whether anything that is routed to INT1 holds."""
        routed = self.setup.routed
        return bool(
            (routed.watermark and self.at_watermark)
            or (routed.overrun and self.fifo.overrun)
            or (routed.full and self.fifo.full)
            or (routed.accel and self.accel_ready)
            or (routed.gyro and self.gyro_ready)
            or (routed.wake and self.woken.any())
        )

    def next_raised_s(self, until_s: float) -> float | None:
        """When INT1 will next be raised, if that is by ``until_s``; it is not raised now."""
        timeline = self._timeline
        if timeline is None:
            return None
        limit = timeline.due(until_s)
        routed, tick = self.setup.routed, self._state.tick
        ticks = [
            self._level_tick(timeline, self.setup.watermark, limit) if routed.watermark else None,
            self._level_tick(timeline, self.fifo.depth, limit) if routed.full else None,
            self._level_tick(timeline, self.fifo.depth + 1, limit) if routed.overrun else None,
            _after(tick, timeline.accel_every) if routed.accel and self.setup.accel_hz else None,
            _after(tick, timeline.gyro_every) if routed.gyro and self.setup.gyro_hz else None,
            self._wake_tick(timeline, limit) if routed.wake and self.setup.wake else None,
        ]
        soonest = min((tick for tick in ticks if tick is not None), default=limit + 1)
        return timeline.time_s(soonest) if soonest <= limit else None

    def _level_tick(self, timeline: Timeline, level: int, limit: int) -> int | None:
        """When the FIFO will hold ``level`` words."""
        stores = self.fifo.mode == CONTINUOUS or (
            self.fifo.mode == STOP_WHEN_FULL and level <= self.fifo.depth + 1
        )
        if not (stores and timeline.channels and level):
            return None
        missing, tick = level - self.fifo.level, self._state.tick
        if timeline.steady:
            return tick + -(-missing // len(timeline.channels))
        while missing > 0 and tick <= limit:
            tick += 1
            missing -= sum(tick % channel.every == 0 for channel in timeline.channels)
        return tick

    def _wake_tick(self, timeline: Timeline, limit: int) -> int | None:
        """When a movement will wake the host; what was found calm is not searched again."""
        version, state = self._calm
        block = self._current(timeline)
        if version != timeline.version or state.tick < self._state.tick:
            state = self._state
        while state.tick < limit:
            if block is None or not block.first <= state.tick + 1 <= block.last:
                block = timeline.block(state, limit)
            if block.hits is None:
                return None
            hits = block.hits[state.tick + 1 - block.first :].any(axis=1)
            if hits.any():
                return state.tick + 1 + int(hits.argmax())
            state = block.state(block.last, state)
            self._calm = (block.version, state)
        return None


def _after(tick: int, every: int) -> int:
    return tick - tick % every + every


def _little(counts: NDArray[np.int16]) -> bytes:
    return counts.astype("<i2").tobytes()
