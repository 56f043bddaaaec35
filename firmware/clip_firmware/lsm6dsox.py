"""The LSM6DSOX: 52 Hz, acceleration and angular rate only.

Registers are those of ST's header lsm6dsox_reg.h, filters those of the LSM6DSO32's datasheet
(DocID032891 Rev 1), whose WHO_AM_I and registers are the same.

Bandwidths at 52 Hz, high performance: acceleration 26 Hz (LPF1 at ODR/2, table 65), angular
rate 16.6 Hz (LPF2, table 60).  These filters are always on, and so the two are 14.4 ms and
19.4 ms late (ST's own driver of the LSM6DSO for phones).  The further ones stay off: what they
delay does not go with the rest; a slow handheld recording through the register-level model
loses 0.1 degree of tilt by LPF2.
"""

from micropython import const

from clip_firmware.lsm6 import Lsm6

_FIFO_CTRL1 = const(0x07)
_FIFO_CTRL2 = const(0x08)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL6_C = const(0x15)
_CTRL9_XL = const(0x18)
_WAKE_UP_SRC = const(0x1B)
_FIFO_STATUS1 = const(0x3A)
_TAP_CFG0 = const(0x56)
_TAP_CFG2 = const(0x58)
_WAKE_UP_THS = const(0x5B)
_WAKE_UP_DUR = const(0x5C)
_MD1_CFG = const(0x5E)
_INTERNAL_FREQ_FINE = const(0x63)

_ACC_52_HZ = const(0x34)  # +-16 g
_RATE_52_HZ = const(0x3C)  # +-2000 dps
_CONTINUOUS = const(0x06)


class Lsm6dsox(Lsm6):
    """One chip; delivers acceleration and angular rate."""

    NAME = "LSM6DSOX"
    CHIP_ID = 0x6C

    _STATUS = _FIFO_STATUS1
    _DIFF_HIGH = 0x03
    _SLOT_WORDS = 2
    _WHOLE = 3

    def running(self) -> bool:
        """Whether the chip still is as ``configure`` left it."""
        return (
            self._read(_FIFO_CTRL4) == _CONTINUOUS
            and self._read(_CTRL1_XL) == _ACC_52_HZ
            and self._read(_CTRL2_G) == _RATE_52_HZ
        )

    def wake_on_motion(self, threshold_mg: int) -> None:
        """Accelerometer only, in low power; a step above *threshold_mg* pulls INT1 low for good.

        Low, because one level must do for INT1 and the button where the board sleeps deeply.

        The threshold is at least 8 mg and at most 2 g.
        """
        self._reset()
        # 1 LSB is the full scale of 2 g by 256 or, for large steps, by 64 (WAKE_THS_W).
        fine = 16 * threshold_mg <= 63 * 125
        step = (16 * threshold_mg + 62) // 125 if fine else (4 * threshold_mg + 62) // 125
        self._write(_WAKE_UP_DUR, 0x10 if fine else 0x00)
        self._write(_WAKE_UP_THS, max(1, min(63, step)))
        self._write(self._CTRL3, 0x64)  # H_LACTIVE besides BDU and IF_INC
        self._write(_TAP_CFG0, 0x01)  # LIR
        self._write(_MD1_CFG, 0x20)  # INT1_WU
        self._write(_CTRL6_C, 0x10)  # XL_HM_MODE: low power
        self._write(_CTRL1_XL, 0x20)  # 26 Hz, +-2 g
        self._write(_TAP_CFG2, 0x80)  # INTERRUPTS_ENABLE
        self._read(_WAKE_UP_SRC)  # nothing latched from before

    def power_down(self) -> None:
        """Stop measuring; ``configure`` starts again."""
        self._write(_FIFO_CTRL4, 0x00)  # bypass mode: empties the FIFO
        self._write(_INT1_CTRL, 0x00)
        self._write(_CTRL1_XL, 0x00)
        self._write(_CTRL2_G, 0x00)

    def _true_period_us(self) -> int:
        # ODR = 6667 Hz (1 + 0.0015 INTERNAL_FREQ_FINE) / 128: the step is AN5192's, as Linux
        # has it; 6667 and 128 are those of ST's driver for phones.
        fine = (self._read(_INTERNAL_FREQ_FINE) ^ 0x80) - 0x80
        return (2 * 128 * 2_000_000_000 // (6667 * (2000 + 3 * fine)) + 1) // 2

    def _reset(self) -> None:
        super()._reset()
        self._write(_CTRL9_XL, self._read(_CTRL9_XL) | 0x02)  # I3C_disable, as recommended

    def _set_up(self, watermark_words: int) -> None:
        words = min(511, watermark_words)
        self._write(_FIFO_CTRL1, words & 0xFF)
        self._write(_FIFO_CTRL2, words >> 8)
        self._write(_FIFO_CTRL3, 0x33)  # both at 52 Hz
        self._write(_INT1_CTRL, 0x08)  # INT1_FIFO_TH
        self._write(_CTRL1_XL, _ACC_52_HZ)
        self._write(_CTRL2_G, _RATE_52_HZ)
        self._write(_FIFO_CTRL4, _CONTINUOUS)  # last: from the first word on both sensors run
