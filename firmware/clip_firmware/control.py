"""The host's commands: any bytes in, one reply out."""

import struct

from clip_firmware.clip import Clip
from midback.shared import wire


class Control:
    """Reads commands, has the clip obey them, and words the reply."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._actions = {
            wire.OP_START: clip.start_stream,
            wire.OP_STOP: clip.stop_stream,
            wire.OP_BUZZ: clip.buzz,
            wire.OP_HEARTBEAT: clip.heartbeat,
            wire.OP_ACKNOWLEDGE: clip.acknowledge,
            wire.OP_SET_TIME: clip.set_time,
            wire.OP_ZERO_GYRO: clip.zero_gyro,
            wire.OP_SET_NEUTRAL: clip.set_neutral,
            wire.OP_SET_SLUMP: clip.set_slump,
            wire.OP_SNOOZE: clip.snooze,
            wire.OP_LOG_READ: clip.read_log,
            wire.OP_LOG_TRIM: clip.trim_log,
            wire.OP_IDENTIFY: clip.identify,
            wire.OP_RESTART: clip.ask_restart,
            wire.OP_ALONE: clip.set_alone,
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

    def _resent(self, command: wire.Command) -> bytes:
        kept = self._clip.resend(*command.args)
        if kept is None:
            return wire.encode_reply(command.op, command.tag, wire.REFUSED)
        return wire.encode_reply(command.op, command.tag, wire.OK, wire.encode_kept(*kept))

    def _refusal(self, payload: bytes) -> bytes:
        op = payload[1] if len(payload) > 1 else 0
        tag = payload[2] if len(payload) > 2 else 0
        known = len(payload) > 2 and payload[0] == wire.VERSION and op in wire.COMMANDS
        whole = known and len(payload) == 3 + struct.calcsize(wire.COMMANDS[op][0])
        return wire.encode_reply(op & 0x7F, tag, wire.BAD_ARGUMENT if whole else wire.BAD_COMMAND)
