"""The LSM6DSV16X: ODRs of 7.5 Hz and its doubles, 256 words of FIFO, sensor fusion (SFLP).

From ST's register header (lsm6dsv16x_reg.h 2026-03) and datasheet DS13510.  SFLP here is a
perfect fusion: it shows the movement's own orientation, and finds the gyroscope's bias within
some seconds of being turned on.  Its heading is that of the movement.
"""

from __future__ import annotations

import numpy as np
from firmware.models import words
from firmware.models.lsm6 import (
    CTRL1,
    CTRL2,
    CTRL3,
    FIFO_CTRL1,
    FIFO_CTRL2,
    FIFO_CTRL3,
    FIFO_CTRL4,
    FUNC_CFG_ACCESS,
    INT1_CTRL,
    MD1_CFG,
    TAP_CFG0,
    WAKE_UP_DUR,
    WAKE_UP_THS,
    Lsm6,
)
from firmware.models.recorded import Moving
from firmware.models.registers import Register, read_only
from firmware.models.sensing import Imperfect, Ranges
from firmware.models.setup import Routed, Setup, Wake
from firmware.models.words import Array

IF_CFG, CTRL6, CTRL8, CTRL9 = 0x03, 0x15, 0x17, 0x18
FUNCTIONS_ENABLE, INACTIVITY_DUR = 0x50, 0x54
EMB_FUNC_EN_A, EMB_FUNC_FIFO_EN_A, SFLP_ODR, EMB_FUNC_INIT_A = 0x04, 0x44, 0x5E, 0x66
SFLP_GBIASX_L = 0x6E

_POWER_ON_S = 0.030
_ODR_HZ = (0.0, 1.875, *(7.5 * 2**k for k in range(11)))
_LPF2 = (4, 10, 20, 45, 100, 200, 400, 800)
_BIAS_TAU_S = 3.0
_BIAS_K = {15: 0.04, 30: 0.02, 60: 0.01, 120: 0.005, 240: 0.0025, 480: 0.00125}

_OUTPUTS = (
    *("OUT_TEMP_L", "OUT_TEMP_H"),
    *(f"OUT{axis}_{part}_{sensor}" for sensor in "GA" for axis in "XYZ" for part in "LH"),
)

MAIN: dict[int, Register] = {
    FUNC_CFG_ACCESS: Register("FUNC_CFG_ACCESS", 0xCF, 0x00, 0x84),
    0x02: Register("PIN_CTRL", 0xE0, 0x23),
    IF_CFG: Register("IF_CFG", 0xFD, 0x00, 0xF8),
    0x06: Register("ODR_TRIG_CFG", 0xFF, 0x00, 0x00),
    FIFO_CTRL1: Register("FIFO_CTRL1"),
    FIFO_CTRL2: Register("FIFO_CTRL2", 0xD7, 0x00, 0x80),
    FIFO_CTRL3: Register("FIFO_CTRL3"),
    FIFO_CTRL4: Register("FIFO_CTRL4", 0xFF, 0x00, 0xC7),
    0x0B: Register("COUNTER_BDR_REG1", 0x63, 0x00, 0x00),
    0x0C: Register("COUNTER_BDR_REG2", 0xFF, 0x00, 0x00),
    INT1_CTRL: Register("INT1_CTRL", 0x7B, 0x00, 0x3B),
    0x0E: Register("INT2_CTRL", 0xFF, 0x00, 0x00),
    **read_only("WHO_AM_I", at=0x0F),
    CTRL1: Register("CTRL1", 0x7F),
    CTRL2: Register("CTRL2", 0x7F),
    CTRL3: Register("CTRL3", 0xC5, 0x44, 0x45),
    0x13: Register("CTRL4", 0x1F, 0x00, 0x08),
    0x14: Register("CTRL5", 0x07, 0x00, 0x00),
    CTRL6: Register("CTRL6", 0x7F),
    0x16: Register("CTRL7", 0xF1, 0x00, 0x01),
    CTRL8: Register("CTRL8", 0xEB, 0x00, 0xE3),
    CTRL9: Register("CTRL9", 0x7B, 0x00, 0x28),
    0x19: Register("CTRL10", 0x4F, 0x00, 0x00),
    **read_only(
        "CTRL_STATUS", "FIFO_STATUS1", "FIFO_STATUS2", "ALL_INT_SRC", "STATUS_REG", at=0x1A
    ),
    **read_only(*_OUTPUTS, at=0x20),
    **read_only(*(f"TIMESTAMP{k}" for k in range(4)), at=0x40),
    **read_only("WAKE_UP_SRC", "TAP_SRC", "D6D_SRC", at=0x45),
    **read_only("EMB_FUNC_STATUS_MAINPAGE", at=0x49),
    **read_only("INTERNAL_FREQ", at=0x4F),
    FUNCTIONS_ENABLE: Register("FUNCTIONS_ENABLE", 0xCB, 0x00, 0xC0),
    INACTIVITY_DUR: Register("INACTIVITY_DUR", 0xFF, 0x04),
    0x55: Register("INACTIVITY_THS", 0x3F),
    TAP_CFG0: Register("TAP_CFG0", 0x7F, 0x00, 0x61),
    0x57: Register("TAP_CFG1"),
    0x58: Register("TAP_CFG2", 0x1F),
    0x59: Register("TAP_THS_6D"),
    0x5A: Register("TAP_DUR"),
    WAKE_UP_THS: Register("WAKE_UP_THS", 0xFF, 0x00, 0x3F),
    WAKE_UP_DUR: Register("WAKE_UP_DUR", 0xEF),
    0x5D: Register("FREE_FALL"),
    MD1_CFG: Register("MD1_CFG", 0xFF, 0x00, 0x20),
    0x5F: Register("MD2_CFG", 0xFF, 0x00, 0x00),
    0x62: Register("HAODR_CFG", 0x03, 0x00, 0x00),
    0x63: Register("EMB_FUNC_CFG", 0xB8, 0x00, 0x30),
    0x73: Register("X_OFS_USR"),
    0x74: Register("Y_OFS_USR"),
    0x75: Register("Z_OFS_USR"),
}

EMBEDDED: dict[int, Register] = {
    0x02: Register("PAGE_SEL", 0xF0, 0x01, 0x00),
    EMB_FUNC_EN_A: Register("EMB_FUNC_EN_A", 0xBA, 0x00, 0x02),
    0x05: Register("EMB_FUNC_EN_B", 0x19, 0x00, 0x00),
    **read_only("EMB_FUNC_EXEC_STATUS", at=0x07),
    **read_only("EMB_FUNC_STATUS", at=0x12),
    0x17: Register("PAGE_RW", 0xE0, 0x00, 0x00),
    EMB_FUNC_FIFO_EN_A: Register("EMB_FUNC_FIFO_EN_A", 0xF2, 0x00, 0x32),
    0x45: Register("EMB_FUNC_FIFO_EN_B", 0x02, 0x00, 0x00),
    # The bits around the rate are reserved, and not zero.
    SFLP_ODR: Register("SFLP_ODR", 0x38, 0x5B),
    EMB_FUNC_INIT_A: Register("EMB_FUNC_INIT_A", 0xBA, 0x00, 0x02),
    0x67: Register("EMB_FUNC_INIT_B", 0x19, 0x00, 0x00),
    **read_only(*(f"SFLP_GAME_GBIAS{a}_{p}" for a in "XYZ" for p in "LH"), at=SFLP_GBIASX_L),
}


class Lsm6dsv16x(Lsm6):
    """One LSM6DSV16X.

    Args:
        motion: what moves it, in its own axes.
        trim: INTERNAL_FREQ, by which its oscillator is off, -128 to 127.
        error: bias, offset and noise; ``None`` is a perfect one.
    """

    NAME = "LSM6DSV16X"
    ID = 0x70
    WORDS = 256
    FIFO_STATUS1 = 0x1B
    WAKE_UP_SRC = 0x45
    ALL_INT_SRC = 0x1D
    INTERNAL_FREQ = 0x4F
    FREQ_STEP = 0.0013
    STAMP_HZ = 46080.0
    # "Poll until it returns to 0" in ST's driver, which waits for 1 ms in between.
    RESET_S = 0.001
    MAIN = MAIN
    EMBEDDED = EMBEDDED

    def __init__(self, motion: Moving, *, trim: int = 0, error: Imperfect | None = None) -> None:
        self._fusing_s = 0.0
        super().__init__(motion, trim, Imperfect() if error is None else error)

    @classmethod
    def typical(cls, motion: Moving, *, trim: int = 0, seed: int = 0) -> Lsm6dsv16x:
        """One with the datasheet's noise (2.8 mdps and 60 ug per root hertz) and some bias."""
        return cls(motion, trim=trim, error=Imperfect.drawn(seed, 2.8e-3, 60e-6))

    def configured(self) -> Setup:
        main, pace = self.main, self.pace
        accel_hz, gyro_hz = (_odr_hz(main.bits(reg, 0, 4)) * pace for reg in (CTRL1, CTRL2))
        low_power = main.bits(CTRL1, 4, 3) in (4, 5, 6)
        fs_gyro = main.bits(CTRL6, 0, 4)
        cut = 1 / _LPF2[main.bits(CTRL8, 5, 3)] if main.bits(CTRL9, 3, 1) else None
        enabled = bool(main.bits(FUNCTIONS_ENABLE, 7, 1))
        return Setup(
            accel_hz=accel_hz,
            gyro_hz=gyro_hz,
            ranges=Ranges(
                accel_g=0.061e-3 * 2 ** main.bits(CTRL8, 0, 2),
                gyro_dps=4.375e-3 * 2 ** (5 if fs_gyro == 0xC else fs_gyro),
                accel_mean=not low_power,
                gyro_mean=main.bits(CTRL2, 4, 3) != 5,
                accel_cutoff=cut,
            ),
            batched=self._batched(accel_hz, gyro_hz),
            timestamp_every=(0, 1, 8, 32)[main.bits(FIFO_CTRL4, 6, 2)] if self.stamping() else 0,
            fifo_mode=main.bits(FIFO_CTRL4, 0, 3),
            watermark=main[FIFO_CTRL1],
            stop_on_watermark=bool(main.bits(FIFO_CTRL2, 7, 1)),
            wake=self._wake() if enabled else None,
            routed=Routed(
                *(bool(main.bits(INT1_CTRL, bit, 1)) for bit in (0, 1, 3, 4, 5)),
                wake=bool(main.bits(MD1_CFG, 5, 1)),
                active_low=bool(main.bits(IF_CFG, 4, 1)),
            ),
            low_power=low_power and not gyro_hz,
        )

    def batch_hz(self) -> tuple[float, float]:
        code = self.main[FIFO_CTRL3]
        return _odr_hz(code >> 4) * self.pace, _odr_hz(code & 0xF) * self.pace

    def stamping(self) -> bool:
        return bool(self.main.bits(FUNCTIONS_ENABLE, 6, 1))

    def complain(self) -> None:
        super().complain()
        main, tell_if = self.main, self.misuse.tell_if
        mode, gyro_mode = main.bits(CTRL1, 4, 3), main.bits(CTRL2, 4, 3)
        odr, low_power = main.bits(CTRL1, 0, 4), mode in (4, 5, 6)
        tell_if(mode not in (0, 4, 5, 6, 7), f"not modelled: accelerometer mode {mode}")
        tell_if(gyro_mode not in (0, 5), f"not modelled: gyroscope mode {gyro_mode}")
        tell_if(odr == 1 and not low_power, "1.875 Hz is for the accelerometer in low power only")
        tell_if(odr == 2 and low_power, "7.5 Hz is not for low power")
        tell_if(main.bits(CTRL2, 0, 4) == 1, "1.875 Hz is not for the gyroscope")
        self._complain_of_fusion()

    def embedded_written(self, reg: int) -> None:
        if reg in (EMB_FUNC_EN_A, EMB_FUNC_INIT_A) and self.embedded.bits(reg, 1, 1):
            self._fusing_s = self.engine.now_s
        # The bit goes back to 0 once the algorithm has begun anew.
        self.embedded.values[EMB_FUNC_INIT_A] = 0

    def written(self, reg: int, value: int) -> None:
        if reg == CTRL3 and value & 1:
            # ST's own driver, lsm6dsv16x_sw_reset, powers both down first.
            self.misuse.tell_if(self.setup.hz > 0, "SW_RESET with a sensor running")
        super().written(reg, value)

    def _choose_page(self, value: int) -> None:
        super()._choose_page(value)
        if value & 4:
            self.reset(_POWER_ON_S)

    def bias_dps(self, times_s: Array) -> Array:
        found = 1 - np.exp(-np.maximum(times_s - self._fusing_s, 0.0) / _BIAS_TAU_S)
        return found[:, None] * np.array(self.error.gyro_bias_dps)

    @property
    def fusing(self) -> bool:
        """Whether SFLP is on."""
        return bool(self.embedded.bits(EMB_FUNC_EN_A, 1, 1))

    @property
    def _fusion_hz(self) -> float:
        return 15.0 * 2 ** min(self.embedded.bits(SFLP_ODR, 3, 3), 5) * self.pace

    def _batched(self, accel_hz: float, gyro_hz: float) -> tuple[tuple[int, float], ...]:
        gyro, accel = self.batch_hz()
        fused_hz = min(self._fusion_hz, accel_hz, gyro_hz) if self.fusing else 0.0
        chosen = (
            (words.GYRO, min(gyro, gyro_hz)),
            (words.ACCEL, min(accel, accel_hz)),
            *(
                (tag, fused_hz * self.embedded.bits(EMB_FUNC_FIFO_EN_A, bit, 1))
                for tag, bit in (
                    (words.GAME_ROTATION, 1),
                    (words.GYRO_BIAS, 5),
                    (words.GRAVITY, 4),
                )
            ),
        )
        return tuple((tag, hz) for tag, hz in chosen if hz > 0)

    def _wake(self) -> Wake:
        main = self.main
        weight_g = 7.8125e-3 * 2 ** min(main.bits(INACTIVITY_DUR, 4, 3), 5)
        return Wake(
            threshold_g=weight_g * main.bits(WAKE_UP_THS, 0, 6),
            samples=main.bits(WAKE_UP_DUR, 5, 2) + 1,
            latched=bool(main.bits(TAP_CFG0, 0, 1)),
        )

    def _complain_of_fusion(self) -> None:
        setup, tell_if = self.setup, self.misuse.tell_if
        wanted = self.embedded[EMB_FUNC_FIFO_EN_A] & 0x32
        tell_if(bool(wanted) and not self.fusing, "batches SFLP, which is off")
        slow = min(setup.accel_hz, setup.gyro_hz) < 0.99 * self._fusion_hz
        tell_if(self.fusing and slow, "SFLP is on, and a sensor slower than it")


def _odr_hz(code: int) -> float:
    return _ODR_HZ[code] if code < len(_ODR_HZ) else 0.0
