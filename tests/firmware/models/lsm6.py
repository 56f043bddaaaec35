"""What ST's six-axis parts have in common, as seen from the I2C bus.

Modelled: both sensors, the FIFO in bypass, FIFO and continuous mode, timestamps, temperature,
wake-up by slope, SW_RESET, the page of the embedded functions, INT1.  Whatever else a driver
turns on is told as misuse, so that nothing is quietly ignored.  Not modelled: settling after
turn-on, FIFO compression, INT2, the sensor hub, other embedded functions.
"""

from __future__ import annotations

import errno
import struct

import numpy as np
from firmware.models.engine import Engine
from firmware.models.misuse import Misuse
from firmware.models.recorded import Moving
from firmware.models.registers import Page, Register
from firmware.models.sensing import Imperfect, Sensing
from firmware.models.setup import Setup
from firmware.models.words import Array, Bytes, tag_bytes
from numpy.typing import NDArray

FUNC_CFG_ACCESS, FIFO_CTRL1, FIFO_CTRL2, FIFO_CTRL3, FIFO_CTRL4 = 0x01, 0x07, 0x08, 0x09, 0x0A
INT1_CTRL, WHO_AM_I, CTRL1, CTRL2, CTRL3 = 0x0D, 0x0F, 0x10, 0x11, 0x12
STATUS_REG, OUT_TEMP_L, OUTX_L_G, OUTZ_H_G, OUTZ_H_A = 0x1E, 0x20, 0x22, 0x27, 0x2D
TIMESTAMP0, TIMESTAMP2, TAP_CFG0 = 0x40, 0x42, 0x56
WAKE_UP_THS, WAKE_UP_DUR, MD1_CFG = 0x5B, 0x5C, 0x5E
FIFO_DATA_OUT_TAG, FIFO_DATA_OUT_Z_H = 0x78, 0x7E

BOOT_S = 0.010
_BANK_S = 0.05
"""How long the embedded functions' page may stay open while samples come."""


class Lsm6:
    """One chip; the parts' own classes say what differs.

    Attributes:
        misuse: what its driver did that the datasheet forbids or leaves open.
        temperature_c: of the chip.
        page_s: since when the embedded functions' page is open, or ``None``.
    """

    NAME = ""
    ID = 0
    PARITY = False
    WORDS = 0
    FIFO_STATUS1 = 0
    WAKE_UP_SRC = 0
    ALL_INT_SRC = 0
    INTERNAL_FREQ = 0
    FREQ_STEP = 0.0
    STAMP_HZ = 0.0
    RESET_S = 0.0
    MAIN: dict[int, Register]
    EMBEDDED: dict[int, Register]

    def __init__(self, motion: Moving, trim: int, error: Imperfect) -> None:
        self.misuse = Misuse()
        self.temperature_c = 30.0
        self.trim = trim
        self.tags: Bytes = tag_bytes(self.PARITY)
        self.page_s: float | None = None
        self.main = Page(self.NAME, self.MAIN, self.misuse)
        self.embedded = Page(f"{self.NAME}'s embedded functions", self.EMBEDDED, self.misuse)
        self.error = error
        self._sensing = Sensing(motion, error)
        self._ready_s = self._reset_s = self._stamped_s = -np.inf
        self.engine = Engine(self._sensing, self.WORDS, self, self.configured())
        self._restart()

    # What a part has to say

    def configured(self) -> Setup:
        """What the registers ask for."""
        raise NotImplementedError

    def batch_hz(self) -> tuple[float, float]:
        """Rates at which gyroscope and accelerometer are to go into the FIFO, 0 for never."""
        raise NotImplementedError

    def stamping(self) -> bool:
        """Whether timestamps are on."""
        raise NotImplementedError

    def complain(self) -> None:
        """Samples come: tell what is wrong with the configuration."""
        setup, tell_if = self.engine.setup, self.misuse.tell_if
        gyro_hz, accel_hz = self.batch_hz()
        tell_if(gyro_hz > setup.gyro_hz, "batches the gyroscope faster than it runs")
        tell_if(accel_hz > setup.accel_hz, "batches the accelerometer faster than it runs")
        tell_if(setup.routed.watermark and not setup.watermark, "INT1 for a watermark of 0 words")
        tell_if(setup.watermark > self.WORDS, "a watermark deeper than the FIFO")
        tell_if(setup.fifo_mode not in (0, 1, 6), "not modelled: this mode of the FIFO")
        wake = setup.wake
        tell_if(setup.routed.wake and wake is None, "wake-up on INT1 with the interrupts disabled")
        tell_if(wake is not None and not setup.accel_hz, "wake-up without the accelerometer")
        tell_if(
            wake is not None and not wake.threshold_g, "a wake-up threshold of 0: noise wakes it"
        )

    def embedded_written(self, reg: int) -> None:
        """A register on the embedded functions' page was written."""

    # The bus

    def read(self, reg: int, n: int, now_s: float) -> bytes:
        """See ``Device``."""
        self._arrive(now_s)
        if self.engine.now_s < self._reset_s:
            self.misuse.tell_if((reg, n) != (CTRL3, 1), "read while SW_RESET was under way")
            return bytes([self.main[CTRL3] | 1] * n) if reg == CTRL3 else bytes(n)
        if self.page_s is not None:
            return self._read_page(self.embedded, reg, n)
        if FIFO_DATA_OUT_TAG <= reg <= FIFO_DATA_OUT_Z_H:
            return self._read_fifo(reg, n)
        self._show()
        out = self._read_page(self.main, reg, n)
        self._was_read(reg, reg + n)
        return out

    def write(self, reg: int, data: bytes, now_s: float) -> None:
        """See ``Device``."""
        self._arrive(now_s)
        increments = self._increments
        self.misuse.tell_if(len(data) > 1 and not increments, "wrote several bytes without IF_INC")
        for k, value in enumerate(data):
            if self.engine.now_s < self._reset_s:
                self.misuse.tell("wrote while SW_RESET was under way, which is lost")
                return
            self._take(reg + k if increments else reg, value)
        self._configure()

    def power_on(self, now_s: float) -> None:
        """See ``Device``."""
        self.engine.advance(now_s)
        self._restart()
        self._ready_s = now_s + BOOT_S

    # The interrupt pin

    def int1(self, now_s: float) -> bool:
        """The level of the INT1 pin."""
        self._advance(now_s)
        return self.engine.raised != self.engine.setup.routed.active_low

    def next_int1_s(self, now_s: float, horizon_s: float = 60.0) -> float | None:
        """When INT1 is next raised; time passes up to ``now_s`` only.

        ``None``: it is raised already, or nothing will raise it within ``horizon_s``, and
        whoever waits asks again by then.
        """
        self._advance(now_s)
        return None if self.engine.raised else self.engine.next_raised_s(now_s + horizon_s)

    # For tests

    @property
    def motion(self) -> Moving:
        """What moves it; may be exchanged for another."""
        return self._sensing.motion

    @motion.setter
    def motion(self, motion: Moving) -> None:
        self._sensing.motion = motion

    @property
    def setup(self) -> Setup:
        """What the registers ask for, in units."""
        return self.engine.setup

    @property
    def level(self) -> int:
        """Words in the FIFO when it was last asked anything."""
        return self.engine.fifo.level

    @property
    def state(self) -> str:
        """``off``, ``low power`` (the accelerometer alone) or ``running``."""
        if not self.setup.hz:
            return "off"
        return "low power" if self.setup.low_power else "running"

    def overflow(self, words: int | None = None) -> None:
        """Lose the oldest words (all by default) as though nobody had read for long."""
        fifo = self.engine.fifo
        fifo.drop(fifo.level if words is None else words)
        fifo.overrun = fifo.overrun_latched = True

    # What the samples need to know

    @property
    def pace(self) -> float:
        """How much faster its oscillator is than a typical one's."""
        return 1 + self.FREQ_STEP * self.trim

    def bias_dps(self, times_s: Array) -> Array:
        """See ``timeline.Chip``."""
        return np.zeros((len(times_s), 3))

    def timestamp(self, times_s: Array) -> NDArray[np.int64]:
        """See ``timeline.Chip``."""
        if not self.stamping():
            return np.zeros(len(times_s), np.int64)
        ticks = (times_s - self._stamped_s) * (self.STAMP_HZ * self.pace)
        return np.floor(ticks + 1e-6).astype(np.int64)

    # Inside

    def _restart(self) -> None:
        self.main.reset()
        self.embedded.reset()
        self.main.values[WHO_AM_I] = self.ID
        self.main.values[self.INTERNAL_FREQ] = self.trim & 0xFF
        self.page_s = None
        self.engine.restart(self.configured())

    def reset(self, seconds: float) -> None:
        """Everything as after power-on; nothing else may be asked for so long."""
        self._restart()
        self._reset_s = self.engine.now_s + seconds

    def _arrive(self, now_s: float) -> None:
        if now_s < self._ready_s:
            raise OSError(errno.ENODEV, f"the {self.NAME} is still booting")
        self._advance(now_s)

    def _advance(self, now_s: float) -> None:
        self.engine.advance(now_s)
        if self.page_s is not None and self.engine.setup.hz:
            late = self.engine.now_s > self.page_s + _BANK_S
            self.misuse.tell_if(late, "left the embedded functions' page open")

    def _configure(self) -> None:
        before, setup = self.engine.setup, self.configured()
        self.misuse.tell_if(
            setup.mixes(before),
            "changed rate or range while the FIFO took samples: some are of neither kind",
        )
        self.engine.configure(setup)

    @property
    def _increments(self) -> bool:
        return bool(self.main.bits(CTRL3, 2, 1))

    def _take(self, reg: int, value: int) -> None:
        if reg == FUNC_CFG_ACCESS:
            self._choose_page(value)
        elif self.page_s is not None:
            self.embedded.write(reg, value)
            self.embedded_written(reg)
        elif reg == TIMESTAMP2 and value == 0xAA:
            self._stamped_s = self.engine.now_s
        else:
            stamping = self.stamping()
            self.main.write(reg, value)
            self.written(reg, value)
            if self.stamping() and not stamping:
                self._stamped_s = self.engine.now_s

    def written(self, reg: int, value: int) -> None:
        """Something on the main page was written."""
        if reg == CTRL3 and value & 1:
            self.reset(self.RESET_S)

    def _choose_page(self, value: int) -> None:
        self.main.write(FUNC_CFG_ACCESS, value)
        self.page_s = self.engine.now_s if value & 0x80 else None

    def _read_page(self, page: Page, reg: int, n: int) -> bytes:
        if reg == FUNC_CFG_ACCESS:
            page = self.main
        if not self._increments:
            self.misuse.tell_if(n > 1, "read several bytes without IF_INC")
            return bytes([page.read(reg)] * n)
        return bytes([page.read(reg + k & 0xFF) for k in range(n)])

    def _read_fifo(self, reg: int, n: int) -> bytes:
        fifo, at = self.engine.fifo, reg - FIFO_DATA_OUT_TAG
        if not self._increments:
            self.misuse.tell_if(n > 1, "read several bytes without IF_INC")
            return fifo.peek(at) * n
        # ST's own driver reads the tag, and then the six bytes.
        in_parts = at != fifo.at and (at, fifo.at) != (0, 1)
        self.misuse.tell_if(in_parts, "read a word of the FIFO in parts that do not fit together")
        fifo.seek(at)
        missing = fifo.overread
        out = fifo.pull(n)
        self.misuse.tell_if(fifo.overread > missing, "read past the end of the FIFO: tag 0")
        return out

    def _was_read(self, reg: int, end: int) -> None:
        engine = self.engine
        if reg <= self.FIFO_STATUS1 + 1 < end:
            engine.fifo.overrun_latched = False
        if reg <= self.WAKE_UP_SRC < end or reg <= self.ALL_INT_SRC < end:
            engine.acknowledge_wake()
        if reg <= OUTZ_H_A and end > OUTX_L_G:
            split = not self.main.bits(CTRL3, 6, 1)
            self.misuse.tell_if(split, "read samples without BDU: halves of two may be mixed")
            engine.gyro_ready &= not reg <= OUTZ_H_G < end
            engine.accel_ready &= not reg <= OUTZ_H_A < end

    def _show(self) -> None:
        """Put what the chip knows into the registers that show it."""
        values, engine, fifo = self.main.values, self.engine, self.engine.fifo
        flags = fifo.overrun_latched << 3 | fifo.full << 5 | fifo.overrun << 6
        status = fifo.level | (flags | engine.at_watermark << 7) << 8
        struct.pack_into("<H", values, self.FIFO_STATUS1, status)
        on = engine.setup.hz > 0
        values[STATUS_REG] = engine.accel_ready | engine.gyro_ready << 1 | on << 2
        temperature = round((self.temperature_c - 25) * 256)
        struct.pack_into("<h", values, OUT_TEMP_L, max(-32768, min(32767, temperature)))
        values[OUTX_L_G : OUTZ_H_A + 1] = engine.outputs
        stamp = int(self.timestamp(np.array([engine.now_s]))[0])
        struct.pack_into("<I", values, TIMESTAMP0, stamp & 0xFFFFFFFF)
        x, y, z = (int(axis) for axis in engine.woken)
        values[self.WAKE_UP_SRC] = (x | y | z) << 3 | x << 2 | y << 1 | z
        values[self.ALL_INT_SRC] = (x | y | z) << 1
