"""What a simulated clip makes of its own packets: the judgement, the buzzes, the epochs."""

from __future__ import annotations

from midback.shared import judge, wire
from midback.shared.coach import Coach
from midback.shared.contexts import Contexts
from midback.shared.epochs import EpochMaker
from midback.shared.flexion import CLIP_LEFT
from midback.shared.posture import Posture
from midback.shared.rezero import DONE, Rezero
from midback.simulated.flash import Flash
from midback.simulated.motor import Motor

_STRENGTH_PERCENT = 80
_RECOUNT_S = 3600.0
"""After so long the firmware counts seconds anew as soon as nobody wears it."""

_LEFT = tuple(round(part * wire.QUATERNION_ONE) for part in CLIP_LEFT)
_NUDGES = (wire.PATTERN_NUDGE, wire.PATTERN_STRONG)


class Judging:
    """Judges every packet from power-on on; times in seconds since the clip was put on.

    Args:
        flash: holds the calibration, and takes the epochs.
        motor: buzzes.

    Attributes:
        coach: who buzzes, and when the wearer rests.
    """

    def __init__(self, flash: Flash, motor: Motor) -> None:
        self.coach = Coach()
        self._flash = flash
        self._motor = motor
        self._posture = Posture()
        self._rezero = Rezero()
        self._calibrate()
        self._epochs = EpochMaker()
        self._base_s = 0.0
        self._counted_buzzes = 0
        self._unix_at_0_ms: int | None = None
        self._last_s, self._last_ticks = 0.0, 0

    @property
    def knows_time(self) -> bool:
        """Whether the host has told the time since the clip was switched on."""
        return self._unix_at_0_ms is not None

    @property
    def calibrated(self) -> bool:
        """Whether it knows the wearer's upright."""
        return self._posture.calibrated

    def set_neutral(self, slot: int, *axes: int) -> int:
        """Take the axes of ``OP_SET_NEUTRAL``; return the command's result code."""
        return self._taught(slot, self._flash.contexts.set_neutral(slot, axes))

    def set_slump(self, slot: int, *lines: int) -> int:
        """Take the lines of ``OP_SET_SLUMP``; return the command's result code."""
        return self._taught(slot, self._flash.contexts.set_slump(slot, lines))

    def use_context(self, slot: int) -> int:
        """Judge by what this slot holds; return the command's result code."""
        result = self._flash.contexts.use(slot)
        if result == wire.OK:
            self._rezero.active = False
        return self._taught(slot, result)

    def next_context(self) -> None:
        """Judge by the next neutral that is known, if there is another one."""
        slot = self._flash.contexts.next_slot()
        if slot is not None:
            self.use_context(slot)

    def rezero(self, now_s: float) -> None:
        """Take the posture that the wearer holds now for upright, once it was held still."""
        self._rezero.ask(milliseconds(now_s))

    def forget(self) -> None:
        """Know no neutral."""
        self._flash.contexts = Contexts()
        self._calibrate()

    def set_time(self, unix_ms: int, now_s: float) -> None:
        """It is this time now: from here on epochs tell it."""
        self._unix_at_0_ms = unix_ms - milliseconds(now_s)

    def judge(self, packet: wire.StreamPacket, now_s: float) -> None:
        """Take the next packet; buzz if that is due."""
        posture, now_ms = self._posture, milliseconds(now_s)
        time_s = now_s - self._base_s
        off_body = bool(packet.flags & wire.FLAG_OFF_BODY)
        if posture.state == judge.AWAY and time_s > _RECOUNT_S and off_body:
            self._base_s, time_s = now_s, 0.0
            posture.restart()
            self.coach.restart()
        change = posture.update(packet, time_s)
        pattern = self.coach.judged(now_ms, time_s, change, posture.state)
        if pattern is not None:
            self._buzz(pattern, now_s)
        self._write_diary(packet, now_s)
        if self._rezero.active:
            self._go_on_zeroing(packet, now_ms)

    def asked_to_buzz(self, pattern: int, repeats: int, strength: int, now_s: float) -> int:
        """Buzz for the host, unless the wearer asked for rest; return the result code."""
        nudge = pattern in _NUDGES
        if nudge and self.coach.snoozed(milliseconds(now_s)):
            return wire.REFUSED
        if nudge and self.coach.gave(milliseconds(now_s)):
            return wire.OK
        result = self._motor.buzz(pattern, repeats, strength, now_s)
        if nudge and result == wire.OK:
            self.coach.buzzed(milliseconds(now_s), False)
        return result

    def settle(self) -> None:
        """Keep the epoch under way: the clip is about to go off."""
        self._keep(self._epochs.close())

    def _taught(self, slot: int, result: int) -> int:
        if result == wire.OK and slot == self._flash.contexts.slot:
            self._calibrate()
        return result

    def _calibrate(self) -> None:
        contexts = self._flash.contexts
        self._posture.calibrate(contexts.neutral, contexts.slump)

    def _go_on_zeroing(self, packet: wire.StreamPacket, now_ms: int) -> None:
        contexts = self._flash.contexts
        moves = self._posture.state in (judge.MOVING, judge.WALKING)
        if self._rezero.update(now_ms, packet.counts, moves) == DONE:
            left = _LEFT if contexts.neutral is None else contexts.neutral[3:]
            self.set_neutral(contexts.slot, *self._rezero.up, *left)

    def _buzz(self, pattern: int, now_s: float) -> None:
        result = self._motor.buzz(pattern, 1, _STRENGTH_PERCENT, now_s)
        if result == wire.OK:
            self.coach.buzzed(milliseconds(now_s), True)
        elif result == wire.BUSY:
            self.coach.owe(pattern)

    def _write_diary(self, packet: wire.StreamPacket, now_s: float) -> None:
        buzzes = self._motor.buzzes
        since, self._counted_buzzes = (buzzes - self._counted_buzzes) & 0xFFFF, buzzes
        self._last_s, self._last_ticks = now_s, packet.ticks
        self._keep(self._epochs.add(packet, self._posture, since))

    def _keep(self, record: wire.EpochRecord | None) -> None:
        if record is None:
            return
        if self._unix_at_0_ms is not None:
            ago_ticks = (self._last_ticks - record.ticks) % wire.TICKS_MODULUS
            end_ms = milliseconds(self._last_s - ago_ticks * wire.TICK_S)
            record.set_time((self._unix_at_0_ms + end_ms) // 1000)
        self._flash.log.append(record)


def milliseconds(time_s: float) -> int:
    """What the coach counts in."""
    return round(1000 * time_s)
