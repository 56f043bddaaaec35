"""The LSM6DSV16X: 60 Hz, with its own sensor fusion (SFLP).

Registers, sections and tables are those of its datasheet, DS13510 Rev 4.

Bandwidths at 60 Hz, high performance: acceleration 30 Hz (LPF1 at ODR/2, table 69), angular
rate 24.6 Hz (LPF2, table 21).  These filters are always on.  The further ones stay off: they
would delay one sensor more than the other, and the sensor fusion takes what LPF1 gives.

Limits: the quaternion comes as half floats, 0.06 degrees at worst; while the fusion starts it
is wrong for about a second and a half (table 1).
"""

import math

from micropython import const

from clip_firmware.lsm6 import Lsm6

_FIFO_CTRL1 = const(0x07)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_CTRL1 = const(0x10)
_CTRL2 = const(0x11)
_IF_CFG = const(0x03)
_CTRL6 = const(0x15)
_CTRL8 = const(0x17)
_FIFO_STATUS1 = const(0x1B)
_ALL_INT_SRC = const(0x1D)
_INTERNAL_FREQ_FINE = const(0x4F)
_FUNCTIONS_ENABLE = const(0x50)
_INACTIVITY_DUR = const(0x54)
_TAP_CFG0 = const(0x56)
_WAKE_UP_THS = const(0x5B)
_MD1_CFG = const(0x5E)

# The embedded functions' own bank, behind FUNC_CFG_ACCESS.
_FUNC_CFG_ACCESS = const(0x01)
_EMB_FUNC_EN_A = const(0x04)
_EMB_FUNC_FIFO_EN_A = const(0x44)
_SFLP_ODR = const(0x5E)
_EMB_FUNC_INIT_A = const(0x66)

_SFLP_GAME = const(0x02)  # the same bit in EN_A, FIFO_EN_A and INIT_A
_SFLP_GBIAS = const(0x20)
_ODR_60_HZ = const(0x05)  # high-performance mode; the code of the batching rate as well
_CONTINUOUS = const(0x06)

_ONE = const(32767)
_ONE_SQUARED = const(32767 * 32767)  # 30 bits: a small integer on every board


class Lsm6dsv16x(Lsm6):
    """One chip; delivers acceleration, angular rate, orientation and its gyroscope's bias."""

    NAME = "LSM6DSV16X"
    CHIP_ID = 0x70
    FUSED = True

    _STATUS = _FIFO_STATUS1
    _DIFF_HIGH = 0x01
    _SLOT_WORDS = 4
    _WHOLE = 7

    def running(self) -> bool:
        """Whether the chip still is as ``configure`` left it."""
        return (
            self._read(_FIFO_CTRL4) == _CONTINUOUS
            and self._read(_CTRL1) == _ODR_60_HZ
            and self._read(_CTRL2) == _ODR_60_HZ
        )

    def wake_on_motion(self, threshold_mg: int) -> None:
        """Accelerometer only, in low power; a step above *threshold_mg* pulls INT1 low for good.

        Low, because one level must do for INT1 and the button where the board sleeps deeply.

        The threshold is at least 8 mg and at most 15.75 g.
        """
        self._reset()
        # 1 LSB is 7.8125 mg times 2 to the power of WU_INACT_THS_W (table 153).
        weight = 0
        while weight < 5 and 16 * threshold_mg > (63 * 125) << weight:
            weight += 1
        step = ((16 * threshold_mg >> weight) + 62) // 125
        self._write(_INACTIVITY_DUR, weight << 4 | 0x04)
        self._write(_WAKE_UP_THS, max(1, min(63, step)))
        self._write(_IF_CFG, 0x10)  # H_LACTIVE
        self._write(_TAP_CFG0, 0x21)  # HW_FUNC_MASK_XL_SETTL, LIR
        self._write(_MD1_CFG, 0x20)  # INT1_WU
        self._write(_CTRL1, 0x43)  # low-power mode 1, 15 Hz; +-2 g since the reset
        self._write(_FUNCTIONS_ENABLE, 0x80)  # INTERRUPTS_ENABLE
        self._read(_ALL_INT_SRC)  # nothing latched from before

    def power_down(self) -> None:
        """Stop measuring; ``configure`` starts again."""
        self._write(_FIFO_CTRL4, 0x00)  # bypass mode: empties the FIFO (6.12.1)
        self._write(_INT1_CTRL, 0x00)
        self._write(_FUNC_CFG_ACCESS, 0x80)
        self._write(_EMB_FUNC_FIFO_EN_A, 0x00)
        self._write(_EMB_FUNC_EN_A, 0x00)
        self._write(_FUNC_CFG_ACCESS, 0x00)
        self._write(_CTRL1, 0x00)
        self._write(_CTRL2, 0x00)

    def _true_period_us(self) -> int:
        # ODR = 7680 Hz (1 + 0.0013 FREQ_FINE) / 128 (9.52, table 146).
        fine = (self._read(_INTERNAL_FREQ_FINE) ^ 0x80) - 0x80
        return (2 * 128 * 10_000_000_000 // (7680 * (10000 + 13 * fine)) + 1) // 2

    def _set_up(self, watermark_words: int) -> None:
        self._write(_CTRL6, 0x04)  # +-2000 dps
        self._write(_CTRL8, 0x03)  # +-16 g
        self._write(_FIFO_CTRL1, min(255, watermark_words))
        self._write(_FIFO_CTRL3, _ODR_60_HZ << 4 | _ODR_60_HZ)
        self._write(_INT1_CTRL, 0x08)  # INT1_FIFO_TH
        self._start_fusion()
        self._write(_CTRL1, _ODR_60_HZ)
        self._write(_CTRL2, _ODR_60_HZ)
        self._write(_FIFO_CTRL4, _CONTINUOUS)  # last: from the first word on both sensors run

    def _start_fusion(self) -> None:
        self._write(_FUNC_CFG_ACCESS, 0x80)
        # Bits 5:3 are the rate, the others must stay (13.30).
        self._write(_SFLP_ODR, self._read(_SFLP_ODR) & 0xC7 | 0x10)  # 60 Hz
        self._write(_EMB_FUNC_FIFO_EN_A, _SFLP_GAME | _SFLP_GBIAS)
        self._write(_EMB_FUNC_INIT_A, _SFLP_GAME)
        self._write(_EMB_FUNC_EN_A, _SFLP_GAME)
        self._write(_FUNC_CFG_ACCESS, 0x00)

    def _take_rotation(self, at: int) -> None:
        fifo = self._fifo
        x = half_counts(fifo[at + 1] | fifo[at + 2] << 8)
        y = half_counts(fifo[at + 3] | fifo[at + 4] << 8)
        z = half_counts(fifo[at + 5] | fifo[at + 6] << 8)
        rest = _ONE_SQUARED - x * x - y * y
        rest = rest - z * z if rest >= 0 else -1
        if rest < 0:  # rounding has made the vector longer than 1: a half turn
            scale = _ONE / math.sqrt(float(x) * x + float(y) * y + float(z) * z)
            x, y, z, rest = int(x * scale), int(y * scale), int(z * scale), 0
        self._turn(int(math.sqrt(rest) + 0.5), x, y, z)
        self._quat_known = True

    def _turn(self, w: int, x: int, y: int, z: int) -> None:
        """earth_from_clip = earth_from_chip * chip_from_clip; no sum exceeds 30 bits."""
        a, b, c, d = self._chip_from_clip
        part = self._part
        part[6] = _counts(w * a - x * b - y * c - z * d)
        part[7] = _counts(w * b + x * a + y * d - z * c)
        part[8] = _counts(w * c - x * d + y * a + z * b)
        part[9] = _counts(w * d + x * c - y * b + z * a)


def half_counts(half: int) -> int:
    """A half float (IEEE 754 binary16) in counts, 32767 is 1.0, no larger than that.

    Done in integers because the board's ``struct`` need not know half floats.
    """
    exponent = (half >> 10) & 0x1F
    fraction = half & 0x3FF
    if exponent > 15 or (exponent == 15 and fraction):
        counts = _ONE  # above 1, or no number at all
    else:
        shift = 25 - max(exponent, 1)
        fraction |= 0x400 if exponent else 0
        counts = (fraction * _ONE + (1 << (shift - 1))) >> shift
    return -counts if half & 0x8000 else counts


def _counts(product: int) -> int:
    return max(-_ONE, min(_ONE, (product + 0x2000) >> 14))
