"""The DRV2605L haptic driver: what it drives an eccentric motor with, and when.

From TI's datasheet SLOS854D.  Modelled: standby, real-time playback (RTP), the waveform
sequencer with GO, auto-calibration as a pause.  The library's effects are known by name only;
those whose name says no duration last 0.1 s here.  A closed loop's overdrive and braking are
left out: what is logged is what was asked for.
"""

from __future__ import annotations

from firmware.models.misuse import Misuse
from firmware.models.registers import Page, Register, read_only

STATUS, MODE, RTP_INPUT, LIBRARY, WAVESEQ1, WAVESEQ8, GO = 0x00, 0x01, 0x02, 0x03, 0x04, 0x0B, 0x0C
FEEDBACK, CONTROL3 = 0x1A, 0x1D

INTERNAL_TRIGGER, RTP, AUTO_CALIBRATION = 0, 5, 7

_CALIBRATION_S = 0.6
_EFFECT_S = 0.1
_EFFECTS: dict[int, tuple[float, float]] = {
    14: (0.5, 100.0),
    15: (0.75, 100.0),
    16: (1.0, 100.0),
    47: (0.5, 100.0),
    118: (10.0, 100.0),
}
"""Seconds and percent; the others last ``_EFFECT_S`` at full strength."""

REGISTERS: dict[int, Register] = {
    # Device 7 is the DRV2605L.
    STATUS: Register("STATUS", 0xFF, 0xE0, read_only=True),
    MODE: Register("MODE", 0xC7, 0x40),
    RTP_INPUT: Register("RTP_INPUT"),
    LIBRARY: Register("LIBRARY_SEL", 0x17, 0x01),
    WAVESEQ1: Register("WAV_FRM_SEQ1", 0xFF, 0x01),
    **{WAVESEQ1 + k: Register(f"WAV_FRM_SEQ{k + 1}") for k in range(1, 8)},
    GO: Register("GO", 0x01),
    0x0D: Register("ODT"),
    0x0E: Register("SPT"),
    0x0F: Register("SNT"),
    0x10: Register("BRT"),
    0x11: Register("ATH_CONTROL", 0x0F, 0x05),
    0x12: Register("ATH_MIN_INPUT", 0xFF, 0x19),
    0x13: Register("ATH_MAX_INPUT", 0xFF, 0xFF),
    0x14: Register("ATH_MIN_DRIVE", 0xFF, 0x19),
    0x15: Register("ATH_MAX_DRIVE", 0xFF, 0xFF),
    0x16: Register("RATED_VOLTAGE", 0xFF, 0x3E),
    0x17: Register("OD_CLAMP", 0xFF, 0x8C),
    0x18: Register("A_CAL_COMP", 0xFF, 0x0C),
    0x19: Register("A_CAL_BEMF", 0xFF, 0x6C),
    FEEDBACK: Register("FEEDBACK_CONTROL", 0xFF, 0x36),
    0x1B: Register("CONTROL1", 0xBF, 0x93),
    0x1C: Register("CONTROL2", 0xFF, 0xF5),
    CONTROL3: Register("CONTROL3", 0xFF, 0xA0),
    0x1E: Register("CONTROL4", 0xF5, 0x20),
    0x1F: Register("CONTROL5", 0xFF, 0x80),
    0x20: Register("LRA_OPEN_LOOP_PERIOD", 0x7F, 0x33),
    **read_only("VBAT", "LRA_RESONANCE_PERIOD", at=0x21),
}


class Drv2605l:
    """One driver with a motor on it.

    Attributes:
        log: (time in s, drive in percent) at every change, oldest first.  A waveform writes
            down its end when it begins, and takes it back when it is broken off.
        misuse: what its user did that the datasheet forbids or leaves open.
    """

    def __init__(self) -> None:
        self.misuse = Misuse()
        self.log: list[tuple[float, float]] = []
        self.page = Page("DRV2605L", REGISTERS, self.misuse)
        self._now_s = 0.0
        self._busy_s = float("-inf")

    def read(self, reg: int, n: int, now_s: float) -> bytes:
        """See ``Device``."""
        self._arrive(now_s)
        return bytes([self.page.read(reg + k) for k in range(n)])

    def write(self, reg: int, data: bytes, now_s: float) -> None:
        """See ``Device``."""
        self._arrive(now_s)
        for address, value in enumerate(data, reg):
            before = self.page[MODE]
            self.page.write(address, value)
            if address == MODE and value & 0x80:
                self._break_off()
                self.page.reset()
            elif address == MODE and before != self.page[MODE]:
                self._change_mode()
            elif address == RTP_INPUT:
                self._follow()
            elif address == GO:
                self._go(bool(value & 1))

    def power_on(self, now_s: float) -> None:
        """See ``Device``."""
        self._now_s = now_s
        self._break_off()
        self.page.reset()

    def percent(self, now_s: float) -> float:
        """What the motor is driven with."""
        return next((percent for at_s, percent in reversed(self.log) if at_s <= now_s), 0.0)

    @property
    def _standby(self) -> bool:
        return bool(self.page.bits(MODE, 6, 1))

    @property
    def _mode(self) -> int:
        return self.page.bits(MODE, 0, 3)

    def _arrive(self, now_s: float) -> None:
        self._now_s = max(self._now_s, now_s)
        if self._now_s >= self._busy_s:
            self.page.values[GO] = 0

    def _change_mode(self) -> None:
        self._break_off()
        known = self._mode in (INTERNAL_TRIGGER, RTP, AUTO_CALIBRATION)
        self.misuse.tell_if(not known, f"not modelled: mode {self._mode}")
        self._follow()

    def _follow(self) -> None:
        """Drive what RTP_INPUT says, where that is what the mode asks for."""
        if self._mode != RTP:
            return
        value = self.page[RTP_INPUT]
        if self._standby:
            self.misuse.tell_if(value > 0, "RTP_INPUT in standby moves nothing")
            return
        if self.page.bits(CONTROL3, 3, 1):
            self._drive(value / 255 * 100)
        else:
            self.misuse.tell_if(value > 127, "RTP_INPUT is signed: above 0x7f it drives backward")
            self._drive(abs(value - 256 * (value > 127)) / 127 * 100)

    def _go(self, start: bool) -> None:
        if not start:
            self._break_off()
            return
        self.misuse.tell_if(self._standby, "GO in standby moves nothing")
        if self._standby or self._mode == RTP:
            return
        if self._mode == AUTO_CALIBRATION:
            self._busy_s = self._now_s + _CALIBRATION_S
            return
        linear = bool(self.page.bits(FEEDBACK, 7, 1))
        library = self.page.bits(LIBRARY, 0, 3)
        self.misuse.tell_if(
            library == 0 or (library == 6) != linear, f"library {library} is not for this motor"
        )
        self._play()

    def _play(self) -> None:
        at_s = self._now_s
        for address in range(WAVESEQ1, WAVESEQ8 + 1):
            value = self.page[address]
            if value == 0:
                break
            if value & 0x80:
                at_s += (value & 0x7F) * 0.010
                continue
            self.misuse.tell_if(value > 123, f"there is no effect {value}")
            lasts_s, percent = _EFFECTS.get(value, (_EFFECT_S, 100.0))
            self.log += [(at_s, percent), (at_s + lasts_s, 0.0)]
            at_s += lasts_s
        self._busy_s = at_s

    def _break_off(self) -> None:
        """Stop whatever drives the motor."""
        self.log[:] = [entry for entry in self.log if entry[0] <= self._now_s]
        self._busy_s = self._now_s
        self.page.values[GO] = 0
        self._drive(0.0)

    def _drive(self, percent: float) -> None:
        if percent != (self.log[-1][1] if self.log else 0.0):
            self.log.append((self._now_s, percent))
