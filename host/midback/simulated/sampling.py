"""The samples of a clip's sensor, ten at a time, with the orientation that the clip finds."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire
from midback.shared.tilt import TiltFilter
from midback.shared.wear import OFF, WearWatch
from midback.simulated.day_plan import Activity
from midback.simulated.motion import Array
from midback.simulated.motor import Motor
from midback.simulated.sensor import Sensor, SensorErrors
from midback.simulated.wearer import Wearer

PERIOD_S = 0.02
"""Time between two samples, as the clip believes."""

STEP = 10
"""Samples taken from the sensor's buffer at once: five times a second."""

_GUIDED_BLOCK = 50
"""Samples at once while somebody is told what to do, who should not be seconds late."""

_SECOND = round(1 / PERIOD_S)
"""Samples in one."""

_FEEL_S = 10
"""So often the firmware measures the chip's temperature."""

PER_COUNT = np.array([wire.G_PER_COUNT] * 3 + [wire.DPS_PER_COUNT] * 3)
"""What a count of each column is worth, in g and deg/s."""

_DESK_DEG, _BACK_DEG = 24.0, 31.0


@dataclass(slots=True)
class Batch:
    """``STEP`` samples.

    Attributes:
        rows: acceleration and rate of each, as counts.
        pairs: mean acceleration of each two, as counts.
        quaternions: earth_from_clip as counts, of each sample, or only of every second one.
        shaken: the motor ran during these samples or just before.
        lost: samples were lost before the first one.
    """

    rows: list[list[int]]
    pairs: list[list[int]]
    quaternions: list[tuple[int, int, int, int]]
    shaken: bool
    lost: bool


class Source(Protocol):
    """Where samples come from.

    Attributes:
        period_s: true time between two.
    """

    period_s: float

    def read(self, most: int) -> tuple[NDArray[np.int16], bool]:
        """The next samples, whole seconds of them and at most so many.

        Returns:
            Acceleration and rate of each as counts, shape ``(n, 6)``, and whether somebody
            wears the clip at their end.
        """
        ...


class WornSensor:
    """A sensor on a wearer, who lives on as it is read.

    Args:
        wearer: who wears it.
        errors: of the sensor.
        seed: chance.
        stepwise: end a block where the wearer turns to something else, for large blocks.
    """

    def __init__(
        self, wearer: Wearer, errors: SensorErrors | None, *, seed: int, stepwise: bool = False
    ) -> None:
        self._wearer = wearer
        self._stepwise = stepwise
        self._sensor = Sensor(errors, seed=seed)
        self.period_s = PERIOD_S * (1 + self._sensor.errors.rate_error)

    def read(self, most: int) -> tuple[NDArray[np.int16], bool]:
        """The next samples; see ``Source``."""
        n = _GUIDED_BLOCK if self._wearer.activity is Activity.GUIDED else most
        if self._stepwise:
            left_s = self._wearer.turns_s - self._wearer.now_s
            n = min(n, max(1, ceil(left_s / (_SECOND * self.period_s))) * _SECOND)
        motion = self._wearer.move(n, self.period_s)
        return self._sensor.read(motion, self.period_s), bool(motion.worn[-1])


class Sampler:
    """Reads a sensor.

    Args:
        source: the sensor.
        motor: shakes the sensor when it runs.

    Attributes:
        period_s: true time between two samples.
        taken: samples since the clip was put on.
        now_s: when the last one was, in seconds since then.
        lost_samples: how many of them never came out of the sensor's buffer, since it was
            switched on.
        finely: whether the orientation of every sample is wanted, not only of each second one.
        chip_deg: temperature of the chip.
    """

    block = 150
    """Samples the wearer moves at once: a day is cheaper in large blocks."""

    def __init__(self, source: Source, motor: Motor) -> None:
        self._source = source
        self._motor = motor
        self.period_s = source.period_s
        self.taken = 0
        self.now_s = 0.0
        self.chip_deg = 30.0
        self._block: NDArray[np.int16] = np.empty((0, 6), np.int16)
        self._counts: list[list[int]] = []
        self._pairs: list[list[int]] = []
        self._values: list[list[float]] = []
        self._means: list[list[float]] = []
        self._at = 0
        self._to_lose = 0
        self.restart()

    def restart(self) -> None:
        """The clip is switched on."""
        self.finely = False
        self.lost_samples = 0
        self._gap = 0
        self._filter = TiltFilter(PERIOD_S)
        self._wear = WearWatch()

    @property
    def due_s(self) -> float:
        """When the next ones are ready."""
        return (self.taken + STEP) * self.period_s

    @property
    def wear(self) -> int:
        """Whether the clip finds itself worn: numbers of ``shared.wear``."""
        return self._wear.state

    @property
    def off_body(self) -> bool:
        """Whether the clip finds that nobody wears it."""
        return self._wear.state == OFF

    @property
    def at_rest(self) -> bool:
        """Whether it lies still."""
        return self._filter.at_rest

    def lose(self, samples: int) -> None:
        """Let the sensor's buffer overflow: so many of the next samples are lost."""
        self._to_lose += samples

    def go_on(self) -> None:
        """Let time pass by one step."""
        self._at += STEP
        if self._at >= len(self._block):
            self._next_block()
        self.taken += STEP
        self.now_s = self.taken * self.period_s
        second, rest = divmod(self._at + STEP, _SECOND)
        if not rest:
            self._watch(self._means[second - 1])

    def take(self) -> Batch | None:
        """The samples of this step, or ``None`` if they are lost."""
        if self._to_lose > 0:
            self._to_lose -= STEP
            self.lost_samples = min(self.lost_samples + STEP, 0xFFFF)
            self._gap += STEP
            return None
        lost = self._gap > 0
        rows = slice(self._at, self._at + STEP)
        counts, values = self._counts[rows], self._values[rows]
        pairs = self._pairs[self._at // 2 : (self._at + STEP) // 2]
        first = self.taken - STEP + 1
        shaken = self._motor.shook(first * self.period_s, self.now_s)
        if shaken:
            time_s = self.period_s * np.arange(first, first + STEP, dtype=np.float64)
            block = self._motor.shaken(self._block[rows], time_s)
            counts, values = block.tolist(), (block * PER_COUNT).tolist()
            pairs = pair_means(block).tolist()
        return Batch(counts, pairs, self._oriented(values), shaken, lost)

    def _watch(self, mean_g: list[float]) -> None:
        """Is it worn?  Once a second, and every ten seconds it feels the temperature."""
        if not self.taken % (_FEEL_S * _SECOND):
            self._wear.feel(self.chip_deg)
        self._wear.update(*mean_g)

    def _oriented(self, values: list[list[float]]) -> list[tuple[int, int, int, int]]:
        update, orientation = self._filter.update, self._filter.orientation
        dt_s, self._gap = PERIOD_S * (1 + self._gap), 0
        one = wire.QUATERNION_ONE
        wanted = self.finely
        found: list[tuple[int, int, int, int]] = []
        for ax, ay, az, gx, gy, gz in values:
            update(dt_s, gx, gy, gz, ax, ay, az)
            dt_s = PERIOD_S
            if wanted:
                w, x, y, z = orientation()
                found.append((round(w * one), round(x * one), round(y * one), round(z * one)))
            wanted = not wanted or self.finely
        return found

    def _next_block(self) -> None:
        self._block, worn = self._source.read(self.block)
        self._at = 0
        means: Array = self._block.T[:3].reshape(3, -1, _SECOND).mean(axis=2)
        self._means = (means.T * wire.G_PER_COUNT).tolist()
        self._lay_out()
        target_deg, speed = (_BACK_DEG, 0.0015) if worn else (_DESK_DEG, 0.001)
        self.chip_deg += (target_deg - self.chip_deg) * speed * len(self._block) * PERIOD_S

    def _lay_out(self) -> None:
        """Make lists of the block: a step takes single numbers."""
        values: Array = self._block.astype(np.float64) * PER_COUNT
        self._counts, self._values = self._block.tolist(), values.tolist()
        self._pairs = pair_means(self._block).tolist()


def pair_means(block: NDArray[np.int16]) -> NDArray[np.int32]:
    """Acceleration of each two samples as the firmware's packer averages it, ``(n / 2, 3)``."""
    acceleration = block[:, :3].astype(np.int32)
    return (acceleration[0::2] + acceleration[1::2] + 1) // 2
