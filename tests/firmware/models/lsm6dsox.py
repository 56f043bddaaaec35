"""The LSM6DSOX: ODRs of 13 Hz and its doubles, 512 words of FIFO with parity, no fusion.

From ST's register header (lsm6dsox_reg.h 2025-10) and datasheet DS12814.  The rates are the
datasheet's actual ones, 6667 Hz over a power of two: "52 Hz" is 52.09 Hz.
"""

from __future__ import annotations

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

CTRL5_C, CTRL6_C, CTRL7_G, CTRL8_XL, CTRL9_XL, CTRL10_C = range(0x14, 0x1A)
TAP_CFG2 = 0x58

_BASE_HZ = 6667.0
_DIVIDERS = (0, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
_FS_G = (2, 16, 4, 8)
_FS_DPS_COUNT = {0: 8.75e-3, 1: 4.375e-3, 2: 17.5e-3, 4: 35e-3, 6: 70e-3}
_LPF2 = (4, 10, 20, 45, 100, 200, 400, 800)

_OUTPUTS = (
    *("OUT_TEMP_L", "OUT_TEMP_H"),
    *(f"OUT{axis}_{part}_{sensor}" for sensor in "GA" for axis in "XYZ" for part in "LH"),
)

MAIN: dict[int, Register] = {
    FUNC_CFG_ACCESS: Register("FUNC_CFG_ACCESS", 0xC1, 0x00, 0x80),
    0x02: Register("PIN_CTRL", 0xC0, 0x3F),
    FIFO_CTRL1: Register("FIFO_CTRL1"),
    FIFO_CTRL2: Register("FIFO_CTRL2", 0xD7, 0x00, 0x81),
    FIFO_CTRL3: Register("FIFO_CTRL3"),
    FIFO_CTRL4: Register("FIFO_CTRL4", 0xF7, 0x00, 0xC7),
    0x0B: Register("COUNTER_BDR_REG1", 0xE7, 0x00, 0x00),
    0x0C: Register("COUNTER_BDR_REG2", 0xFF, 0x00, 0x00),
    INT1_CTRL: Register("INT1_CTRL", 0xFF, 0x00, 0x3B),
    0x0E: Register("INT2_CTRL", 0x7F, 0x00, 0x00),
    **read_only("WHO_AM_I", at=0x0F),
    CTRL1: Register("CTRL1_XL", 0xFE),
    CTRL2: Register("CTRL2_G", 0xFE),
    CTRL3: Register("CTRL3_C", 0xFD, 0x04, 0x7D),
    0x13: Register("CTRL4_C", 0x6E, 0x00, 0x0A),
    CTRL5_C: Register("CTRL5_C", 0xFF, 0x00, 0x00),
    CTRL6_C: Register("CTRL6_C", 0xFF, 0x00, 0x1F),
    CTRL7_G: Register("CTRL7_G", 0xF7, 0x00, 0x80),
    CTRL8_XL: Register("CTRL8_XL", 0xFF, 0x00, 0xE8),
    CTRL9_XL: Register("CTRL9_XL", 0xFE, 0xE0, 0xE2),
    CTRL10_C: Register("CTRL10_C", 0x20),
    **read_only("ALL_INT_SRC", "WAKE_UP_SRC", "TAP_SRC", "D6D_SRC", "STATUS_REG", at=0x1A),
    **read_only(*_OUTPUTS, at=0x20),
    **read_only("EMB_FUNC_STATUS_MAINPAGE", at=0x35),
    **read_only("FIFO_STATUS1", "FIFO_STATUS2", at=0x3A),
    **read_only(*(f"TIMESTAMP{k}" for k in range(4)), at=0x40),
    TAP_CFG0: Register("TAP_CFG0", 0x7F, 0x00, 0x61),
    0x57: Register("TAP_CFG1"),
    TAP_CFG2: Register("TAP_CFG2", 0xFF, 0x00, 0x9F),
    0x59: Register("TAP_THS_6D"),
    0x5A: Register("INT_DUR2"),
    WAKE_UP_THS: Register("WAKE_UP_THS", 0xFF, 0x00, 0x3F),
    WAKE_UP_DUR: Register("WAKE_UP_DUR"),
    0x5D: Register("FREE_FALL"),
    MD1_CFG: Register("MD1_CFG", 0xFF, 0x00, 0x20),
    0x5F: Register("MD2_CFG", 0xFF, 0x00, 0x00),
    0x62: Register("I3C_BUS_AVB", 0x19, 0x00, 0x18),
    **read_only("INTERNAL_FREQ_FINE", at=0x63),
    0x73: Register("X_OFS_USR"),
    0x74: Register("Y_OFS_USR"),
    0x75: Register("Z_OFS_USR"),
}

EMBEDDED: dict[int, Register] = {
    0x02: Register("PAGE_SEL", 0xF0, 0x01, 0x00),
    0x04: Register("EMB_FUNC_EN_A", 0x38, 0x00, 0x00),
    0x05: Register("EMB_FUNC_EN_B", 0x19, 0x00, 0x00),
    **read_only("EMB_FUNC_STATUS", at=0x12),
    0x17: Register("PAGE_RW", 0xE0, 0x00, 0x00),
    0x44: Register("EMB_FUNC_FIFO_CFG", 0x40, 0x00, 0x00),
}


class Lsm6dsox(Lsm6):
    """One LSM6DSOX.

    Args:
        motion: what moves it, in its own axes.
        trim: INTERNAL_FREQ_FINE, by which its oscillator is off, -128 to 127.
        error: bias, offset and noise; ``None`` is a perfect one.
    """

    NAME = "LSM6DSOX"
    ID = 0x6C
    PARITY = True
    WORDS = 512
    FIFO_STATUS1 = 0x3A
    WAKE_UP_SRC = 0x1B
    ALL_INT_SRC = 0x1A
    INTERNAL_FREQ = 0x63
    FREQ_STEP = 0.0015
    STAMP_HZ = 40000.0
    RESET_S = 50e-6
    MAIN = MAIN
    EMBEDDED = EMBEDDED

    def __init__(self, motion: Moving, *, trim: int = 0, error: Imperfect | None = None) -> None:
        super().__init__(motion, trim, Imperfect() if error is None else error)

    @classmethod
    def typical(cls, motion: Moving, *, trim: int = 0, seed: int = 0) -> Lsm6dsox:
        """One with the datasheet's noise (3.8 mdps and 70 ug per root hertz) and some bias."""
        return cls(motion, trim=trim, error=Imperfect.drawn(seed, 3.8e-3, 70e-6))

    def configured(self) -> Setup:
        main = self.main
        accel_hz = self._odr_hz(main.bits(CTRL1, 4, 4), 1.6)
        gyro_hz = self._odr_hz(main.bits(CTRL2, 4, 4))
        fine_accel, fine_gyro = not main.bits(CTRL6_C, 4, 1), not main.bits(CTRL7_G, 7, 1)
        # Beyond 104 Hz and 52 Hz these bits choose normal mode, which averages as well.
        cut = 1 / _LPF2[main.bits(CTRL8_XL, 5, 3)] if main.bits(CTRL1, 1, 1) else None
        return Setup(
            accel_hz=accel_hz,
            gyro_hz=gyro_hz,
            ranges=Ranges(
                accel_g=0.0305e-3 * _FS_G[main.bits(CTRL1, 2, 2)],
                gyro_dps=_FS_DPS_COUNT.get(main.bits(CTRL2, 1, 3), 8.75e-3),
                accel_mean=fine_accel,
                gyro_mean=fine_gyro,
                accel_cutoff=cut,
            ),
            batched=self._batched(accel_hz, gyro_hz),
            timestamp_every=(0, 1, 8, 32)[main.bits(FIFO_CTRL4, 6, 2)] if self.stamping() else 0,
            fifo_mode=main.bits(FIFO_CTRL4, 0, 3),
            watermark=main[FIFO_CTRL1] | main.bits(FIFO_CTRL2, 0, 1) << 8,
            stop_on_watermark=bool(main.bits(FIFO_CTRL2, 7, 1)),
            wake=self._wake() if main.bits(TAP_CFG2, 7, 1) else None,
            routed=Routed(
                *(bool(main.bits(INT1_CTRL, bit, 1)) for bit in (0, 1, 3, 4, 5)),
                wake=bool(main.bits(MD1_CFG, 5, 1)),
                active_low=bool(main.bits(CTRL3, 5, 1)),
            ),
            low_power=not fine_accel and not gyro_hz,
        )

    def batch_hz(self) -> tuple[float, float]:
        code = self.main[FIFO_CTRL3]
        return self._odr_hz(code >> 4), self._odr_hz(code & 0xF)

    def stamping(self) -> bool:
        return bool(self.main.bits(CTRL10_C, 5, 1))

    def complain(self) -> None:
        super().complain()
        main, tell_if = self.main, self.misuse.tell_if
        tell_if(not main.bits(CTRL9_XL, 1, 1), "left I3C on, which I2C traffic may wake")
        slow = main.bits(CTRL1, 4, 4) == 11 and not main.bits(CTRL6_C, 4, 1)
        tell_if(slow, "1.6 Hz is for the accelerometer in low power only")
        tell_if(main.bits(CTRL1, 4, 4) > 11 or main.bits(CTRL2, 4, 4) > 10, "an ODR that is none")
        tell_if(main.bits(CTRL2, 1, 3) not in _FS_DPS_COUNT, "a gyroscope range that is none")

    def _odr_hz(self, code: int, eleventh: float = 6.5) -> float:
        """A rate by its code; the eleventh is 1.6 Hz as an ODR and 6.5 Hz in the FIFO."""
        if code == 11:
            return _BASE_HZ / (4096 if eleventh == 1.6 else 1024) * self.pace
        return _BASE_HZ / _DIVIDERS[code] * self.pace if 0 < code <= 10 else 0.0

    def _batched(self, accel_hz: float, gyro_hz: float) -> tuple[tuple[int, float], ...]:
        gyro, accel = self.batch_hz()
        chosen = ((words.GYRO, min(gyro, gyro_hz)), (words.ACCEL, min(accel, accel_hz)))
        return tuple((tag, hz) for tag, hz in chosen if hz > 0)

    def _wake(self) -> Wake:
        main = self.main
        steps = 256 if main.bits(WAKE_UP_DUR, 4, 1) else 64
        return Wake(
            threshold_g=_FS_G[main.bits(CTRL1, 2, 2)] / steps * main.bits(WAKE_UP_THS, 0, 6),
            samples=main.bits(WAKE_UP_DUR, 5, 2) + 1,
            latched=bool(main.bits(TAP_CFG0, 0, 1)),
        )
