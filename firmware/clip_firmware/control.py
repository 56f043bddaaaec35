"""The host's commands: any bytes in, one reply out."""

import struct

from micropython import const

from clip_firmware.clip import Clip, Parts
from midback.shared import wire

_IDENTIFY_REPEATS = const(2)
_IDENTIFY_STRENGTH = const(100)


class Control:
    """Reads commands, obeys them, and words the reply.

    Attributes:
        restart_asked: the host wants the clip to start anew.
    """

    def __init__(self, clip: Clip, parts: Parts) -> None:
        self.restart_asked = False
        self._clip = clip
        self._parts = parts
        self._settings = parts.settings
        self._coach = clip.wearer.coach
        self._actions = {
            wire.OP_START: self._start,
            wire.OP_STOP: self._stop,
            wire.OP_BUZZ: clip.wearer.buzz,
            wire.OP_HEARTBEAT: self._heartbeat,
            wire.OP_ACKNOWLEDGE: self._acknowledge,
            wire.OP_SET_TIME: self._set_time,
            wire.OP_ZERO_GYRO: self._zero_gyro,
            wire.OP_SET_NEUTRAL: clip.wearer.set_neutral,
            wire.OP_SET_SLUMP: clip.wearer.set_slump,
            wire.OP_SNOOZE: self._snooze,
            wire.OP_LOG_READ: self._read_log,
            wire.OP_LOG_TRIM: self._trim_log,
            wire.OP_IDENTIFY: self._identify,
            wire.OP_RESTART: self._restart,
            wire.OP_ALONE: self._set_alone,
            wire.OP_USE_CONTEXT: self._use_context,
        }

    def answer(self, payload: bytes) -> bytes:
        """Obey one write to the control point; return the bytes of the reply."""
        self._clip.watch_link()
        try:
            command = wire.decode_command(payload)
        except wire.WireError:
            return self._refusal(payload)
        if command.op == wire.OP_RESEND:
            return self._resent(command)
        result = self._actions[command.op](*command.args)
        return wire.encode_reply(command.op, command.tag, result)

    def _refusal(self, payload: bytes) -> bytes:
        op = payload[1] if len(payload) > 1 else 0
        tag = payload[2] if len(payload) > 2 else 0
        known = len(payload) > 2 and payload[0] == wire.VERSION and op in wire.COMMANDS
        whole = known and len(payload) == 3 + struct.calcsize(wire.COMMANDS[op][0])
        return wire.encode_reply(op & 0x7F, tag, wire.BAD_ARGUMENT if whole else wire.BAD_COMMAND)

    # The stream

    def _start(self, kind: int, period: int, per_packet: int) -> int:
        if per_packet > wire.MAX_SAMPLES[kind]:
            return wire.BAD_ARGUMENT
        if not self._parts.power.stream_allowed:
            return wire.REFUSED
        started = self._clip.stream.start(kind, period * wire.PERIOD_UNIT_US, per_packet)
        return wire.OK if started else wire.REFUSED

    def _stop(self) -> int:
        self._clip.stream.stop()
        return wire.OK

    def _acknowledge(self, boot: int, sequence: int) -> int:
        if boot == self._parts.boots.boot:
            self._clip.sender.outbox.acknowledge(sequence)
        return wire.OK

    def _resent(self, command: wire.Command) -> bytes:
        boot, first, count = command.args
        if boot != self._parts.boots.boot:
            return wire.encode_reply(command.op, command.tag, wire.REFUSED)
        kept = wire.encode_kept(*self._clip.sender.resend(first, count))
        return wire.encode_reply(command.op, command.tag, wire.OK, kept)

    # The wearer

    def _identify(self) -> int:
        """Let the wearer feel which clip this is."""
        return self._parts.buzzer.request(
            wire.PATTERN_NUDGE, _IDENTIFY_REPEATS, _IDENTIFY_STRENGTH, self._parts.clock.ms()
        )

    def _heartbeat(self, lease_s: int) -> int:
        """Leave the decision on buzzes to the host for so long."""
        self._coach.heartbeat(self._parts.clock.ms(), lease_s)
        return wire.OK

    def _snooze(self, seconds: int) -> int:
        self._coach.snooze(self._parts.clock.ms(), seconds)
        return wire.OK

    def _use_context(self, slot: int) -> int:
        """Judge by this slot, and let the host see that it is so."""
        result = self._clip.wearer.use_context(slot)
        self._clip.tell(True)
        return result

    # The clip

    def _set_time(self, unix_ms: int) -> int:
        """From here on records tell the time."""
        self._parts.clock.set_unix_ms(unix_ms)
        return wire.OK

    def _zero_gyro(self) -> int:
        """See whether the gyroscope could find its zero: it does so whenever the clip rests."""
        orientation = self._parts.sampler.orientation
        resting = orientation is not None and orientation.at_rest
        return wire.OK if resting else wire.REFUSED

    def _set_alone(self, alone: int) -> int:
        """Go on without radio once the host has left, or keep it on."""
        self._settings.alone = bool(alone)
        return wire.OK if self._settings.save(self._parts.files) else wire.STORAGE

    def _restart(self) -> int:
        """Start anew once the reply is out."""
        self._clip.settle()
        self._parts.boots.good()  # it was asked for: this start has not failed
        self.restart_asked = True
        return wire.OK

    # The log

    def _read_log(self, first: int, pages: int) -> int:
        sender = self._clip.sender
        if sender.room(wire.PAGE_HEADER_SIZE) < wire.RECORD_SIZE:
            return wire.REFUSED
        sender.read_log(first, pages)
        return wire.OK

    def _trim_log(self, up_to: int) -> int:
        """Forget the records before this one: the host has them on its disk."""
        return wire.OK if self._parts.log.trim(up_to) else wire.STORAGE
