"""A host's commands to a simulated clip: any bytes in, one reply out."""

from __future__ import annotations

import struct

from midback.shared import wire
from midback.simulated.flash import Flash
from midback.simulated.judging import milliseconds
from midback.simulated.motor import Motor
from midback.simulated.program import Program
from midback.simulated.sampling import Sampler


class Control:
    """Has the program that runs on a clip obey.

    Args:
        program: obeys.
        flash: keeps what it is to keep.
        sampler: knows whether the clip rests.
        motor: buzzes.

    Attributes:
        restart_asked: the host wants the clip to start anew.
        status_asked: the host has to see the status anew.
    """

    def __init__(self, program: Program, flash: Flash, sampler: Sampler, motor: Motor) -> None:
        self.restart_asked = False
        self.status_asked = False
        self._program = program
        self._flash = flash
        self._sampler = sampler
        self._motor = motor
        self._now_s = 0.0
        self._actions = {
            wire.OP_START: program.start_stream,
            wire.OP_STOP: self._stop,
            wire.OP_BUZZ: self._buzz,
            wire.OP_HEARTBEAT: self._heartbeat,
            wire.OP_ACKNOWLEDGE: self._acknowledge,
            wire.OP_SET_TIME: self._set_time,
            wire.OP_ZERO_GYRO: self._zero_gyro,
            wire.OP_SET_NEUTRAL: program.judging.set_neutral,
            wire.OP_SET_SLUMP: program.judging.set_slump,
            wire.OP_SNOOZE: self._snooze,
            wire.OP_LOG_READ: self._read_log,
            wire.OP_LOG_TRIM: self._trim_log,
            wire.OP_IDENTIFY: self._identify,
            wire.OP_RESTART: self._restart,
            wire.OP_ALONE: self._set_alone,
            wire.OP_USE_CONTEXT: self._use_context,
        }

    def answer(self, payload: bytes, now_s: float) -> bytes:
        """Obey one write to the control point; return the bytes of the reply."""
        try:
            command = wire.decode_command(payload)
        except wire.WireError:
            return _refusal(payload)
        self._now_s = now_s
        self._program.sender.asked(now_s)
        if command.op == wire.OP_RESEND:
            return self._resent(command)
        result = self._actions[command.op](*command.args)
        return wire.encode_reply(command.op, command.tag, result)

    def _resent(self, command: wire.Command) -> bytes:
        boot, first, count = command.args
        if boot != self._program.boot:
            return wire.encode_reply(command.op, command.tag, wire.REFUSED)
        kept = wire.encode_kept(*self._program.sender.resend(first, count))
        return wire.encode_reply(command.op, command.tag, wire.OK, kept)

    def _stop(self) -> int:
        self._program.stop_stream()
        return wire.OK

    def _buzz(self, pattern: int, repeats: int, strength: int) -> int:
        return self._program.judging.asked_to_buzz(pattern, repeats, strength, self._now_s)

    def _identify(self) -> int:
        return self._motor.buzz(wire.PATTERN_NUDGE, 2, 100, self._now_s)

    def _heartbeat(self, lease_s: int) -> int:
        self._program.judging.coach.heartbeat(milliseconds(self._now_s), lease_s)
        return wire.OK

    def _snooze(self, seconds: int) -> int:
        self._program.judging.coach.snooze(milliseconds(self._now_s), seconds)
        return wire.OK

    def _acknowledge(self, boot: int, sequence: int) -> int:
        if boot == self._program.boot:
            self._program.outbox.acknowledge(sequence)
        return wire.OK

    def _set_time(self, unix_ms: int) -> int:
        self._program.judging.set_time(unix_ms, self._now_s)
        return wire.OK

    def _zero_gyro(self) -> int:
        return wire.OK if self._sampler.at_rest else wire.REFUSED

    def _use_context(self, slot: int) -> int:
        self.status_asked = True
        return self._program.judging.use_context(slot)

    def _read_log(self, first: int, pages: int) -> int:
        self._program.sender.read_log(first, pages)
        return wire.OK

    def _trim_log(self, up_to: int) -> int:
        self._flash.log.trim(up_to)
        return wire.OK

    def _restart(self) -> int:
        self._program.judging.settle()
        self.restart_asked = True
        return wire.OK

    def _set_alone(self, alone: int) -> int:
        self._flash.alone = bool(alone)
        return wire.OK


def _refusal(payload: bytes) -> bytes:
    op = payload[1] if len(payload) > 1 else 0
    tag = payload[2] if len(payload) > 2 else 0
    known = len(payload) > 2 and payload[0] == wire.VERSION and op in wire.COMMANDS
    whole = known and len(payload) == 3 + struct.calcsize(wire.COMMANDS[op][0])
    return wire.encode_reply(op & 0x7F, tag, wire.BAD_ARGUMENT if whole else wire.BAD_COMMAND)
