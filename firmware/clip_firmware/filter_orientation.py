"""The orientation of every sample from acceleration and rate, by ``shared.tilt``.

It has what ``chip_orientation`` has; one of the two is loaded.

Limits: the heading is arbitrary.
"""

from micropython import const

from clip_firmware.samples import Batch
from midback.shared import wire
from midback.shared.tilt import TiltFilter

_TICKS_MASK = const(0xFFFFFFFF)
_US_PER_TICK = const(100)
_LONGEST_TICKS = const(600000)  # a minute: longer gaps are all the same to the filter

_G = wire.G_PER_COUNT
_DPS = wire.DPS_PER_COUNT
_ONE = wire.QUATERNION_ONE


class FilterOrientation:
    """For an IMU that delivers acceleration and rate only, one sample every ``period_us``."""

    def __init__(self, period_us: int) -> None:
        self._period_s = period_us * 1e-6
        self._filter = TiltFilter(self._period_s)
        self._last_ticks = -1

    @property
    def bias_dps(self) -> tuple[float, float, float]:
        """The gyroscope's bias found so far, in clip axes."""
        return self._filter.bias_dps

    @property
    def at_rest(self) -> bool:
        """Whether the clip lies still."""
        return self._filter.at_rest

    @property
    def uncertain(self) -> bool:
        """Whether the orientation has yet to settle after a start or a long gap."""
        return self._filter.uncertain

    def restart(self) -> None:
        """Forget the orientation, keep the bias."""
        self._filter.restart()

    def update(self, batch: Batch) -> None:
        """Fill in the quaternion of every sample."""
        acc, rate, period_s = batch.acc, batch.rate, self._period_s
        tilt_filter, quat = self._filter, batch.quat
        dt_s = self._gap_s(batch) if batch.lost else period_s
        for n in range(batch.count):
            i = 3 * n
            tilt_filter.update(
                dt_s,
                _DPS * rate[i],
                _DPS * rate[i + 1],
                _DPS * rate[i + 2],
                _G * acc[i],
                _G * acc[i + 1],
                _G * acc[i + 2],
            )
            dt_s = period_s
            i = 4 * n
            for part in tilt_filter.orientation():
                quat[i] = round(_ONE * part)
                i += 1
        self._last_ticks = batch.ticks

    def _gap_s(self, batch: Batch) -> float:
        """From the last sample before a gap to the first after it."""
        if self._last_ticks < 0:
            return self._period_s
        run = ((batch.count - 1) * batch.period_us + _US_PER_TICK // 2) // _US_PER_TICK
        ticks = (batch.ticks - run - self._last_ticks) & _TICKS_MASK
        if ticks > _TICKS_MASK >> 1:  # the estimate of the gap is a little short of nothing
            return self._period_s
        return max(min(ticks, _LONGEST_TICKS) * wire.TICK_S, self._period_s)
