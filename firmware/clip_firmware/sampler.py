"""From the IMU's FIFO to time-stamped, oriented batches, through faults of bus and chip.

INT1 tells when the sample came that filled a burst, and by that every sample is stamped.

Limits: a stamp is as good as INT1 is handled promptly, about a millisecond; as good as half a
period where nobody waited for INT1, and for two seconds after a loss.  How many samples were lost
is reckoned from the time that passed.
"""

from micropython import const

from clip_firmware.imu import find_imu
from clip_firmware.lsm6 import ImuError, Lsm6
from clip_firmware.samples import Batch

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable, Protocol

    from clip_firmware.chip_orientation import ChipOrientation
    from clip_firmware.filter_orientation import FilterOrientation
    from clip_firmware.lsm6 import Bus

    class Ticks(Protocol):
        """What the sampler needs of ``Clock``."""

        def ticks(self) -> int:
            """The time in 100 us, modulo 2**32."""
            ...


_BATCH_US = const(200000)  # five bursts a second
_US_PER_TICK = const(100)
_TICKS_MASK = const(0xFFFFFFFF)
_HALF_RANGE = const(0x80000000)
_LONGEST_TICKS = const(36000000)  # an hour: no estimate goes on over a longer silence
# A stamp moves later by no more than this a burst: INT1 may be handled late, but never early.
_LATER_US = const(1000)

_FAULTS_IN_A_ROW = const(3)
_SILENT_TICKS = const(5000)  # 0.5 s without a sample: look whether the chip still runs
_DEAD_TICKS = const(30000)  # 3 s: whatever it says, set it up anew


class Sampler:
    """Finds the IMU, reads it in bursts and keeps it going.

    Args:
        bus: the I2C bus.
        mounting: how the IMU sits in the case.
        clock: the clip's clock.
        recover: frees a stuck bus.

    Attributes:
        imu: the driver; ``None`` until one was found.
        orientation: of the kind that belongs to the IMU.
        lost_samples: how many samples are missing since it began, as far as is known.
        faults: transfers that failed, and times the chip had fallen silent.
    """

    def __init__(
        self, bus: "Bus", mounting: str, clock: "Ticks", recover: "Callable[[], None]"
    ) -> None:
        self._bus = bus
        self._mounting = mounting
        self._clock = clock
        self._recover = recover
        self.imu: Lsm6 | None = None
        self.orientation: "FilterOrientation | ChipOrientation | None" = None
        self.lost_samples = 0
        self.faults = 0
        self._in_a_row = 0
        self._lost = False
        self._started = False  # whether _ticks and _rest_us belong to a sample
        self._ticks = 0  # the last sample's time, and the part of a tick beyond it
        self._rest_us = 0
        self._alive_ticks = 0
        self._risen_ticks: int | None = None

    def start(self) -> bool:
        """Find the IMU and set it up; ``False`` when there is none (yet).

        Raises:
            ValueError: the mounting is none.
        """
        try:
            imu = find_imu(self._bus, self._mounting)
            imu.configure(_BATCH_US // imu.period_us)
        except (OSError, ImuError):
            self.imu = None
            return False
        self.imu = imu
        self.orientation = _orientation_of(imu)
        self._lost = self._started
        self._alive_ticks = self._clock.ticks()
        return True

    @property
    def failing(self) -> bool:
        """Whether the last transfer failed, and may work if it is tried again at once.

        Not so once the bus was freed for it: what that did not help is looked at now and then.
        """
        return self._in_a_row % _FAULTS_IN_A_ROW != 0

    def risen(self, ago_us: int) -> None:
        """INT1 was seen to rise so long ago: just before, a sample had filled a burst."""
        self._risen_ticks = (self._clock.ticks() - ago_us // _US_PER_TICK) & _TICKS_MASK

    def take(self, batch: Batch) -> bool:
        """Read one burst, stamp and orient it; ``False`` when there is nothing new.

        A fault is counted; after three in a row the bus is freed and the chip set up anew.
        """
        imu, orientation = self.imu, self.orientation
        if imu is None or orientation is None:
            return False
        try:
            imu.read(batch)
        except OSError:
            self._failed(imu)
            return False
        self._in_a_row = 0
        self._lost = self._lost or batch.lost
        if not batch.count:
            self._watch_silence(imu)
            return False
        batch.lost = self._lost
        batch.period_us = imu.period_us
        self._stamp(batch, imu)
        self._lost = False
        orientation.update(batch)
        return True

    def _stamp(self, batch: Batch, imu: Lsm6) -> None:
        """The last sample's time: no later than now, no older than a period before now.

        Within these bounds the time goes on by one period a sample, whenever it is read, and
        follows INT1.
        """
        now = self._clock.ticks()
        period_us = batch.period_us
        latest_us = -imu.waiting * period_us
        since = min((now - self._ticks) & _TICKS_MASK, _LONGEST_TICKS)
        ahead_us = self._rest_us - _US_PER_TICK * since + batch.count * period_us
        told_us = self._told_us(now, imu.taken, latest_us, period_us)
        if batch.lost or not self._started:
            self._count_lost(latest_us - ahead_us - period_us // 2, period_us)
            ahead_us = latest_us - period_us // 2 if told_us is None else told_us
        ahead_us = min(max(ahead_us, latest_us - period_us), latest_us)
        if told_us is not None:
            ahead_us = min(ahead_us + _LATER_US, told_us)
        self._rest_us = ahead_us % _US_PER_TICK
        self._ticks = (now + ahead_us // _US_PER_TICK) & _TICKS_MASK
        self._started = True
        self._alive_ticks = now
        batch.ticks = self._ticks

    def _told_us(self, now: int, taken: int, latest_us: int, period_us: int) -> int | None:
        """What INT1 says of the last sample's time, from now; ``None`` if nothing that can be."""
        risen, self._risen_ticks = self._risen_ticks, None
        if risen is None:
            return None
        after = (
            taken - _BATCH_US // period_us
        )  # samples that came since; fewer where some are lost
        told_us = after * period_us - _US_PER_TICK * ((now - risen) & _TICKS_MASK)
        return told_us if latest_us - period_us <= told_us <= latest_us else None

    def _count_lost(self, missing_us: int, period_us: int) -> None:
        if self._started:
            self.lost_samples += max(0, (missing_us + period_us // 2) // period_us)

    def _watch_silence(self, imu: Lsm6) -> None:
        silent = (self._clock.ticks() - self._alive_ticks) & _TICKS_MASK
        if silent < _SILENT_TICKS or silent >= _HALF_RANGE:
            return
        try:
            if silent >= _DEAD_TICKS or not imu.running():
                self.faults += 1
                self._set_up(imu)
        except OSError:
            self._failed(imu)

    def _failed(self, imu: Lsm6) -> None:
        self.faults += 1
        self._in_a_row += 1
        if self._in_a_row % _FAULTS_IN_A_ROW:
            return
        try:
            self._recover()
            self._set_up(imu)
        except OSError:
            self.faults += 1

    def _set_up(self, imu: Lsm6) -> None:
        """Set the chip up anew, with what that costs."""
        self._lost = True
        self._alive_ticks = self._clock.ticks()
        try:
            imu.configure(_BATCH_US // imu.period_us)
        except ImuError:  # the bus brings bytes, but not the chip's: a line held low or high
            self.faults += 1
            self._recover()
            return
        if self.orientation is not None and imu.FUSED:
            self.orientation.restart()


def _orientation_of(imu: Lsm6) -> "ChipOrientation | FilterOrientation":
    """Only the one that is needed is loaded."""
    if imu.FUSED:
        from clip_firmware.chip_orientation import ChipOrientation

        return ChipOrientation(imu)
    from clip_firmware.filter_orientation import FilterOrientation

    return FilterOrientation(imu.period_us)
