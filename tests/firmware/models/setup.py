"""What a chip's registers ask it to do, in units."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.models.sensing import Ranges


@dataclass(frozen=True, slots=True)
class Wake:
    """The wake-up interrupt: ``samples`` slopes in a row above ``threshold_g``."""

    threshold_g: float
    samples: int
    latched: bool


@dataclass(frozen=True, slots=True)
class Routed:
    """What raises INT1."""

    accel: bool = False
    gyro: bool = False
    watermark: bool = False
    overrun: bool = False
    full: bool = False
    wake: bool = False
    active_low: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """A whole configuration.

    Attributes:
        accel_hz, gyro_hz: true rates, 0 when off.
        ranges: weights and filters.
        batched: what goes into the FIFO, as (tag, true rate in Hz), in the order of a slot.
        timestamp_every: with every how many slots a timestamp goes in, 0 for never.
        fifo_mode: as in FIFO_CTRL4.
        watermark: in words, 0 for none.
        stop_on_watermark: whether the FIFO is no deeper than that.
        wake: the wake-up interrupt, ``None`` when off.
        routed: what INT1 shows.
        low_power: accelerometer in a low-power mode, and nothing else on.
    """

    accel_hz: float
    gyro_hz: float
    ranges: Ranges
    batched: tuple[tuple[int, float], ...]
    timestamp_every: int
    fifo_mode: int
    watermark: int
    stop_on_watermark: bool
    wake: Wake | None
    routed: Routed
    low_power: bool

    @property
    def hz(self) -> float:
        """The rate of ticks: that of the faster sensor."""
        return max(self.accel_hz, self.gyro_hz)

    def mixes(self, before: Setup) -> bool:
        """Whether a sensor that was on goes on differently while its samples are kept."""
        accel = (before.accel_hz, before.ranges.accel_g), (self.accel_hz, self.ranges.accel_g)
        gyro = (before.gyro_hz, before.ranges.gyro_dps), (self.gyro_hz, self.ranges.gyro_dps)
        return before.fifo_mode > 0 and any(
            old[0] > 0 and new[0] > 0 and old != new for old, new in (accel, gyro)
        )
