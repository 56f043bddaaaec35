"""The orientation of every sample by the IMU's own fusion, and when to trust it.

It has what ``filter_orientation`` has: ``update(batch)``, which sees to it that ``batch.quat``
is filled (w x y z of earth_from_clip, 32767 is 1.0), ``bias_dps``, ``at_rest``, ``uncertain``
and ``restart()``.

Limits: the heading is arbitrary.
"""

from micropython import const

from clip_firmware.samples import Batch

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Protocol

    class Biased(Protocol):
        """What the chip's orientation needs of its driver."""

        def gyro_bias_dps(self) -> tuple[float, float, float] | None:
            """The gyroscope's bias in clip axes, if the chip estimates it."""
            ...


_SETTLING_US = const(1500000)  # calibration and stabilisation of the SFLP (DS13510 table 1)

# As ``shared.tilt`` judges it, which is not loaded where the chip fuses: 0.05 g, 2 dps, 1.5 s.
_REST_US = const(1500000)
_REST_ACC = const(102)
_REST_RATE = const(33)


class ChipOrientation:
    """For an IMU with its own fusion, whose driver fills ``batch.quat`` while reading."""

    def __init__(self, imu: "Biased") -> None:
        self._imu = imu
        self._from = [0] * 6
        self.restart()

    @property
    def bias_dps(self) -> tuple[float, float, float]:
        """The gyroscope's bias by the chip's own estimate, in clip axes."""
        return self._imu.gyro_bias_dps() or (0.0, 0.0, 0.0)

    @property
    def at_rest(self) -> bool:
        """Whether the clip lies still: as long and as steadily as ``shared.tilt`` asks."""
        return self._still_us >= _REST_US

    @property
    def uncertain(self) -> bool:
        """Whether the chip's fusion has yet to settle after a start."""
        return self._run_us < _SETTLING_US

    def restart(self) -> None:
        """The chip has been set up anew."""
        self._run_us = 0
        self._still_us = -1  # below 0: the next sample is where a rest may begin

    def update(self, batch: Batch) -> None:
        """Watch for rest; the quaternions are there already."""
        period_us = batch.period_us
        for n in range(batch.count):
            self._watch(batch, 3 * n)
            self._still_us = min(self._still_us + period_us, _REST_US)
        self._run_us = min(self._run_us + batch.count * period_us, _SETTLING_US)

    def _watch(self, batch: Batch, at: int) -> None:
        """Start anew when the sample is not where the rest began."""
        origin = self._from
        for axis in range(3):
            if (
                self._still_us < 0
                or abs(batch.acc[at + axis] - origin[axis]) > _REST_ACC
                or abs(batch.rate[at + axis] - origin[3 + axis]) > _REST_RATE
            ):
                break
        else:
            return
        for axis in range(3):
            origin[axis] = batch.acc[at + axis]
            origin[3 + axis] = batch.rate[at + axis]
        self._still_us = 0
