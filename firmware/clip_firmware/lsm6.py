"""What the LSM6DSV16X and the LSM6DSOX share: register access, the tagged FIFO, the axes.

Section numbers are those of the LSM6DSV16X datasheet (DS13510 Rev 4).

Limits: a time slot of the FIFO is a whole sample; whoever reads late finds torn slots after
an overrun, which are dropped.  Faults of the bus come out as OSError.
"""

from array import array

from micropython import const

from clip_firmware.mounting import Mounting
from clip_firmware.samples import CAPACITY, Batch

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Protocol

    class Bus(Protocol):
        """What the drivers need of ``machine.I2C``; a fault raises ``OSError``."""

        def readfrom_mem_into(
            self, __addr: int, __memaddr: int, __buf: bytearray | memoryview
        ) -> None:
            """Fill the buffer from a register on."""
            ...

        def writeto_mem(self, __addr: int, __memaddr: int, __buf: bytearray) -> None:
            """Write the buffer from a register on."""
            ...


# The same in both chips.
_FUNC_CFG_ACCESS = const(0x01)
_WHO_AM_I = const(0x0F)
_OUT_TEMP_L = const(0x20)
_FIFO_DATA_OUT_TAG = const(0x78)
_FIFO_OVERRUN = const(0x48)  # FIFO_OVR_IA and FIFO_OVR_LATCHED of FIFO_STATUS2

_TAG_GYROSCOPE = const(0x01)
_TAG_ACCELEROMETER = const(0x02)
_TAG_GAME_ROTATION = const(0x13)
_TAG_GYROSCOPE_BIAS = const(0x16)

# What of a slot has come.
_RATE = const(1)
_ACC = const(2)
_QUAT = const(4)

_WORD = const(7)  # a tag and three 16-bit numbers (6.12.8)
_BURST = const(48)  # words in one transfer: 336 bytes, 8 ms at 400 kHz
_MOST_BURSTS = const(24)  # more than any FIFO holds: a bus stuck high reads full for ever
_RESET_POLLS = const(200)  # 18 ms at 400 kHz; ST's driver gives the reset 4 ms
_SETTLING = const(4)  # samples dropped while filters settle: as ST's driver for phones


class ImuError(Exception):
    """There is no usable IMU; the message says what was found."""


def rate_counts(chip_counts: int) -> int:
    """From 70 mdps (the +-2000 dps range) to ``wire.DPS_PER_COUNT``, rounded, within 16 bits."""
    # 0.07 / (2000 / 32768) = 3584 / 3125; the largest product is 28 bits wide.
    counts = (7168 * chip_counts + 3125) // 6250
    if counts > 32767:
        return 32767
    return counts if counts > -32768 else -32768


class Lsm6:
    """One chip on a bus; the subclasses know its registers.

    Attributes:
        period_us: the time between two samples, by the chip's trim.
        waiting: whole samples left in the FIFO when the last read ended.
        taken: whole samples that it took out, those dropped while filters settle included.

    Raises:
        ImuError: another chip answers.
    """

    NAME = ""
    CHIP_ID = 0
    FUSED = False

    # Filled in by the subclasses.
    _CTRL3 = 0x12
    _STATUS = 0  # FIFO_STATUS1
    _DIFF_HIGH = 0  # the bits of FIFO_STATUS2 that belong to DIFF_FIFO
    _SLOT_WORDS = 0
    _WHOLE = 0  # what a whole slot consists of

    def __init__(self, bus: "Bus", address: int, mounting: str) -> None:
        self._bus = bus
        self._address = address
        self._byte = bytearray(1)
        self._two = bytearray(2)
        self._fifo = bytearray(_WORD * _BURST)
        self._fifo_view = memoryview(self._fifo)
        mounted = Mounting(mounting)
        a, b, c = mounted.source
        self._from = (1 + 2 * a, 1 + 2 * b, 1 + 2 * c)  # where in a word clip x, y, z are
        self._sign = mounted.sign
        self._chip_from_clip = mounted.quaternion
        self._slot = 0
        self._have = 0
        self._part = array("h", [0] * 10)  # the slot being received: acc, rate, quat
        self._bias = array("h", [0] * 3)
        self._bias_known = False
        self._quat_known = False
        self._overran = False
        self._torn = False
        self._settling = 0
        self.waiting = self.taken = 0
        self.identify()
        self.period_us = self._true_period_us()

    def identify(self) -> None:
        """Make sure the right chip answers.

        Raises:
            ImuError: it does not.
        """
        # The host may have restarted while the embedded functions' bank was selected.
        self._write(_FUNC_CFG_ACCESS, 0x00)
        found = self._read(_WHO_AM_I)
        if found != self.CHIP_ID:
            raise ImuError(
                "0x%02x at 0x%02x is no %s (0x%02x)"
                % (found, self._address, self.NAME, self.CHIP_ID)
            )

    def configure(self, watermark: int) -> None:
        """Reset and start: +-16 g, +-2000 dps, low-pass filters, FIFO in continuous mode.

        INT1 is high while *watermark* samples or more wait.

        Raises:
            ImuError: another chip answers, or it does not come back from its reset.
        """
        self.identify()
        self._have = 0
        self._quat_known = False
        self._torn = False
        self._settling = _SETTLING
        self._reset()
        self._set_up(watermark * self._SLOT_WORDS)

    def running(self) -> bool:
        """Whether the chip still is as ``configure`` left it: a loss of power takes that away."""
        raise NotImplementedError

    def read(self, batch: Batch) -> None:
        """Empty the FIFO into *batch*, as far as it has room; sets ``count`` and ``lost``.

        A sample of which only a part has come is kept for the next time.
        """
        batch.count = 0
        batch.lost = False
        settling = self._settling
        if self._torn:
            self._resume(batch)
        gap = False
        for _ in range(_MOST_BURSTS):
            words = self._level()
            self.waiting = words // self._SLOT_WORDS
            gap = self._overran and batch.count > 0
            if gap:  # within a batch nobody would see it
                break
            if self._overran:
                self._resume(batch)
            # Where a part waits, the first word may complete a sample, later ones two by two.
            some = min(words, _BURST, 2 * (CAPACITY - batch.count) - 2)
            if some <= 0:
                break
            self._torn = True  # until these words have arrived and the caller has them
            self._bus.readfrom_mem_into(
                self._address, _FIFO_DATA_OUT_TAG, self._fifo_view[: _WORD * some]
            )
            self._sort(some, batch)
        self._torn = gap
        self.taken = batch.count + settling - self._settling

    def temperature_cdeg(self) -> int:
        """The chip's temperature in 0.01 degC."""
        # 256 counts a degree, 0 at 25 degC (4.3).
        self._bus.readfrom_mem_into(self._address, _OUT_TEMP_L, self._two)
        return 2500 + ((25 * _signed(self._two, 0) + 32) >> 6)

    def gyro_bias_dps(self) -> tuple[float, float, float] | None:
        """The gyroscope's bias in clip axes as the chip estimates it; None if it does not."""
        if not self._bias_known:
            return None
        x, y, z = self._bias
        # In the +-125 dps range, 4.375 mdps a count, whatever range is set.
        return 0.004375 * x, 0.004375 * y, 0.004375 * z

    def wake_on_motion(self, threshold_mg: int) -> None:
        """Accelerometer only, in low power; a step above *threshold_mg* latches INT1 high."""
        raise NotImplementedError

    def power_down(self) -> None:
        """Stop measuring; ``configure`` starts again."""
        raise NotImplementedError

    def _true_period_us(self) -> int:
        raise NotImplementedError

    def _set_up(self, watermark_words: int) -> None:
        raise NotImplementedError

    def _reset(self) -> None:
        self.power_down()
        self._write(self._CTRL3, 0x01)  # SW_RESET
        for _ in range(_RESET_POLLS):
            if not self._read(self._CTRL3) & 0x01:
                break
        else:
            raise ImuError("the %s does not come back from its reset" % self.NAME)
        self._write(self._CTRL3, 0x44)  # BDU, IF_INC

    def _write(self, register: int, value: int) -> None:
        self._byte[0] = value
        self._bus.writeto_mem(self._address, register, self._byte)

    def _read(self, register: int) -> int:
        self._bus.readfrom_mem_into(self._address, register, self._byte)
        return self._byte[0]

    def _level(self) -> int:
        """Words in the FIFO (DIFF_FIFO); sets ``_overran``."""
        self._bus.readfrom_mem_into(self._address, self._STATUS, self._two)
        high = self._two[1]
        self._overran = bool(high & _FIFO_OVERRUN)
        return self._two[0] | (high & self._DIFF_HIGH) << 8

    def _resume(self, batch: Batch) -> None:
        """Samples are missing here: what was received before does not go with what comes."""
        self._have = 0
        self._quat_known = False
        batch.lost = True

    def _sort(self, words: int, batch: Batch) -> None:
        """Put the words of a burst together into samples."""
        fifo = self._fifo
        bias_at = -1
        for at in range(0, _WORD * words, _WORD):
            tag = fifo[at]
            kind = tag >> 3
            if kind == _TAG_GYROSCOPE:
                self._begin(tag & 0x06, _RATE, batch)
                self._take_rate(at)
            elif kind == _TAG_ACCELEROMETER:
                self._begin(tag & 0x06, _ACC, batch)
                self._take_acceleration(at)
            elif kind == _TAG_GAME_ROTATION:
                self._begin(tag & 0x06, _QUAT, batch)
                self._take_rotation(at)
            elif kind == _TAG_GYROSCOPE_BIAS:
                bias_at = at  # it hardly changes: the last of a burst will do
            if self._have == self._WHOLE:
                self._finish(batch)
        if bias_at >= 0:
            self._take_bias(bias_at)

    def _begin(self, slot: int, part: int, batch: Batch) -> None:
        """A word of the time slot *slot* (TAG_CNT, still shifted) comes."""
        if slot != self._slot or self._have & part:
            self._close(batch)
            self._slot = slot
        self._have |= part

    def _close(self, batch: Batch) -> None:
        """The next slot begins; without its own rotation it takes the last one, or is torn."""
        if self._quat_known and self._have == _RATE | _ACC:
            self._finish(batch)
        self._have = 0

    def _take_acceleration(self, at: int) -> None:
        part, fifo = self._part, self._fifo
        for axis in range(3):
            counts = self._sign[axis] * _signed(fifo, at + self._from[axis])
            part[axis] = counts if counts < 32767 else 32767

    def _take_rate(self, at: int) -> None:
        part, fifo = self._part, self._fifo
        for axis in range(3):
            counts = self._sign[axis] * _signed(fifo, at + self._from[axis])
            part[3 + axis] = rate_counts(counts)

    def _take_bias(self, at: int) -> None:
        for axis in range(3):
            counts = self._sign[axis] * _signed(self._fifo, at + self._from[axis])
            self._bias[axis] = counts if counts < 32767 else 32767
        self._bias_known = True

    def _take_rotation(self, at: int) -> None:
        """No use for one here."""

    def _finish(self, batch: Batch) -> None:
        self._have = 0
        if self._settling:
            self._settling -= 1
            return
        part, n = self._part, batch.count
        acc, rate, quat = batch.acc, batch.rate, batch.quat
        for i in range(3):
            acc[3 * n + i] = part[i]
            rate[3 * n + i] = part[3 + i]
        if self.FUSED:
            for i in range(4):
                quat[4 * n + i] = part[6 + i]
        batch.count = n + 1


def _signed(buffer: bytearray, at: int) -> int:
    return ((buffer[at] | buffer[at + 1] << 8) ^ 0x8000) - 0x8000
