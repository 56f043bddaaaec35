"""A simulated clip: what the firmware does, without a board.

It lives on its own clock and knows no asyncio: ``advance`` lets time pass and returns what the
clip has to notify, ``write`` and ``read`` are what the radio brings.  It takes any bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.shared import wire
from midback.shared.coach import Coach
from midback.shared.tilt import TiltFilter
from midback.shared.wear import WearWatch
from midback.simulated.battery import Battery
from midback.simulated.day_plan import Activity
from midback.simulated.motion import Array
from midback.simulated.motor import Motor
from midback.simulated.sensor import Sensor, SensorErrors
from midback.simulated.streaming import Packets
from midback.simulated.traits import ClipTraits
from midback.simulated.wearer import Wearer

BATTERY_UUID = "00002a19-0000-1000-8000-00805f9b34fb"
MAKER_UUID = "00002a29-0000-1000-8000-00805f9b34fb"
MODEL_UUID = "00002a24-0000-1000-8000-00805f9b34fb"
SERIAL_UUID = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE_UUID = "00002a26-0000-1000-8000-00805f9b34fb"
HARDWARE_UUID = "00002a27-0000-1000-8000-00805f9b34fb"

PERIOD_S = 0.02
"""Time between two samples, as the clip believes."""

_BLOCK = 150
_GUIDED_BLOCK = 50
"""Samples the wearer moves at once: a day is cheaper in large blocks, but somebody who is told
what to do should not be seconds late."""

_SECOND = round(1 / PERIOD_S)
"""Samples in one."""

_STEP = 10
"""Samples taken from the sensor's buffer at once: five times a second."""

_PERIOD_UNITS = round(PERIOD_S * 1e6) // wire.PERIOD_UNIT_US
_STATUS_EVERY_S = 10.0
_RESTART_S = 2.0


class Notification(NamedTuple):
    """Bytes the clip wants to notify, and on which characteristic."""

    uuid: str
    payload: bytes


@dataclass(slots=True)
class _Streaming:
    kind: int
    every: int
    per_packet: int
    waiting: list[int] = field(default_factory=list[int])
    first_s: float = 0.0


class SimulatedClip:
    """One clip on one wearer.

    Args:
        wearer: who wears it.
        traits: name, clock, battery.
        errors: its sensor; ``None`` is a perfect one, worn the nominal way.
        seed: chance.

    Attributes:
        boot: identifies this power-on.
        starts: how often it was switched on.
        powered: whether it has charge and is not just restarting.
    """

    def __init__(
        self,
        wearer: Wearer,
        traits: ClipTraits | None = None,
        errors: SensorErrors | None = None,
        *,
        seed: int = 0,
    ) -> None:
        self.wearer = wearer
        self.traits = ClipTraits() if traits is None else traits
        self._rng = np.random.default_rng([seed, 0xC0DE])
        self._sensor = Sensor(errors, seed=seed)
        self._motor = Motor(seed=seed)
        self._battery = Battery(self.traits.battery_percent, self.traits.battery_hours)
        self._period_s = PERIOD_S * (1 + self._sensor.errors.rate_error)
        self._per_count = np.array([wire.G_PER_COUNT] * 3 + [wire.DPS_PER_COUNT] * 3)
        self._buffer = bytearray(wire.MAX_PAYLOAD)
        self._taken = 0
        self._block: NDArray[np.int16] = np.empty((0, 6), np.int16)
        self._counts: list[list[int]] = []
        self._values: list[list[float]] = []
        self._at = 0
        self._chip_deg = 30.0
        self._wear = WearWatch()
        self.powered = True
        self.starts = 0
        self._restart_due_s = float("inf")
        self._booted_s = -self.traits.uptime_s
        self._boot_up()

    def _boot_up(self) -> None:
        self.starts += 1
        self.boot = int(self._rng.integers(0, 0x10000))
        self._packets = Packets(self.boot)
        self._filter = TiltFilter(PERIOD_S)
        self._stream: _Streaming | None = None
        self._sending = False
        self._lost_before = False
        self._lost_samples = 0
        self._skip = 0
        self._buzzes = 0
        self._linked = False
        self._coach = Coach()
        self._time_set = False
        self._neutral: tuple[int, ...] | None = None
        self._status_due_s = 0.0
        self._told_percent = -1

    @property
    def now_s(self) -> float:
        """Up to when it has sampled, in seconds since it was put on."""
        return self._taken * self._period_s

    @property
    def due_s(self) -> float:
        """When it will next have something to do."""
        return (self._taken + _STEP) * self._period_s

    @property
    def off_body(self) -> bool:
        """Whether it finds that nobody wears it."""
        return self._wear.off_body

    def ticks(self, time_s: float) -> int:
        """What its clock shows at this moment."""
        elapsed_s = (time_s - self._booted_s) * (1 + self.traits.crystal_ppm * 1e-6)
        return int(elapsed_s / wire.TICK_S) % wire.TICKS_MODULUS

    # Radio

    def link_up(self) -> None:
        """A host has connected."""
        self._linked = True
        self._status_due_s = self.now_s + _STATUS_EVERY_S

    def link_down(self) -> None:
        """The link is gone: sampling goes on, and the last minute is kept for the host."""
        self._linked = self._sending = False
        self._coach.end_lease()

    def read(self, uuid: str) -> bytes | None:
        """The value of a readable characteristic, or ``None`` if it has none."""
        traits = self.traits
        facts = {
            MAKER_UUID: "Midback",
            MODEL_UUID: "Midback simulated clip",
            SERIAL_UUID: traits.serial or traits.address.replace(":", "")[-6:],
            FIRMWARE_UUID: "0.1.0",
            HARDWARE_UUID: "simulated",
        }
        if uuid in facts:
            return facts[uuid].encode()
        if uuid == BATTERY_UUID:
            return bytes([self._battery.percent(self.now_s)])
        if uuid == wire.STATUS_UUID:
            return self._status()
        return None

    def write(self, payload: bytes, time_s: float) -> list[Notification]:
        """Take a command, whatever the bytes; return the reply and what follows it."""
        try:
            command = wire.decode_command(payload)
        except wire.WireError:
            return [self._refusal(payload)]
        if command.op == wire.OP_RESEND:
            return self._resend(command.tag, *command.args)
        result, follow = self._obey(command.op, command.args, time_s)
        reply = wire.encode_reply(command.op, command.tag, result)
        return [Notification(wire.CONTROL_UUID, reply), *follow]

    @staticmethod
    def _refusal(payload: bytes) -> Notification:
        op = payload[1] if len(payload) > 1 else 0
        tag = payload[2] if len(payload) > 2 else 0
        known = len(payload) > 2 and payload[0] == wire.VERSION and op in wire.COMMANDS
        whole = known and len(payload) == 3 + struct.calcsize(wire.COMMANDS[op][0])
        result = wire.BAD_ARGUMENT if whole else wire.BAD_COMMAND
        return Notification(wire.CONTROL_UUID, wire.encode_reply(op & 0x7F, tag, result))

    def _obey(
        self, op: int, args: tuple[int, ...], time_s: float
    ) -> tuple[int, list[Notification]]:
        if op == wire.OP_START:
            return self._start(*args), []
        if op == wire.OP_STOP:
            self._stream, self._sending = None, False
        elif op == wire.OP_BUZZ:
            return self._asked_to_buzz(*args, time_s=time_s), []
        elif op == wire.OP_IDENTIFY:
            return self.buzz(wire.PATTERN_NUDGE, 2, 100, time_s=time_s), []
        elif op == wire.OP_HEARTBEAT:
            self._coach.heartbeat(_ms(time_s), args[0])
        elif op == wire.OP_SNOOZE:
            self._coach.snooze(_ms(time_s), args[0])
        elif op == wire.OP_ACKNOWLEDGE:
            if args[0] == self.boot:
                self._packets.let_go(args[1])
        elif op == wire.OP_SET_TIME:
            self._time_set = True
        elif op == wire.OP_ZERO_GYRO:
            return (wire.OK if self._filter.at_rest else wire.REFUSED), []
        elif op == wire.OP_SET_NEUTRAL:
            self._neutral = args
        elif op == wire.OP_LOG_READ:
            return wire.OK, [self._empty_page(time_s)]
        elif op == wire.OP_RESTART:
            self._restart_due_s = time_s
        return wire.OK, []

    def _start(self, kind: int, period_units: int, per_packet: int) -> int:
        every, rest = divmod(period_units, _PERIOD_UNITS)
        if rest or not every or per_packet > wire.MAX_SAMPLES[kind]:
            return wire.BAD_ARGUMENT
        same = self._stream is not None and (
            (kind, every, per_packet)
            == (self._stream.kind, self._stream.every, self._stream.per_packet)
        )
        if not same:
            self._stream = _Streaming(kind, every, per_packet)
        self._sending = True
        return wire.OK

    def _resend(self, tag: int, boot: int, first: int, count: int) -> list[Notification]:
        if boot != self.boot:
            reply = wire.encode_reply(wire.OP_RESEND, tag, wire.REFUSED)
            return [Notification(wire.CONTROL_UUID, reply)]
        again = list(self._packets.again(first, count))
        begin = wire.decode_stream(again[0]).sequence if again else first
        kept = wire.encode_kept(begin, len(again))
        reply = wire.encode_reply(wire.OP_RESEND, tag, wire.OK, kept)
        return [
            Notification(wire.CONTROL_UUID, reply),
            *(Notification(wire.STREAM_UUID, payload) for payload in again),
        ]

    def _empty_page(self, time_s: float) -> Notification:
        size = wire.encode_page(self.boot, self.ticks(time_s), [], self._buffer)
        return Notification(wire.LOG_UUID, bytes(self._buffer[:size]))

    def _asked_to_buzz(self, pattern: int, repeats: int, strength: int, *, time_s: float) -> int:
        nudge = pattern in (wire.PATTERN_NUDGE, wire.PATTERN_STRONG)
        if nudge and self._coach.snoozed(_ms(time_s)):
            return wire.REFUSED
        result = self.buzz(pattern, repeats, strength, time_s=time_s)
        if nudge and result == wire.OK:
            self._coach.buzzed(_ms(time_s), False)
        return result

    def buzz(self, pattern: int, repeats: int, strength_percent: int, *, time_s: float) -> int:
        """Run the motor; return the result code.  Whoever wears the clip feels it."""
        result = self._motor.buzz(pattern, repeats, strength_percent, time_s)
        if result == wire.OK:
            self._buzzes = (self._buzzes + 1) % 0x10000
            self.wearer.feel_buzz(time_s)
        return result

    # Faults on request

    def lose_samples(self, seconds: float) -> None:
        """Let the sensor's buffer overflow for a while: these samples never become packets."""
        self._skip += round(seconds / PERIOD_S)

    def restart(self, time_s: float) -> None:
        """Pull its power for two seconds: new boot id, clock and packets from zero."""
        self._restart_due_s = time_s

    # Time

    def advance(self, to_s: float) -> list[Notification]:
        """Sample up to ``to_s`` and return what the clip has to notify, oldest first."""
        out: list[Notification] = []
        while self.due_s <= to_s:
            self._step(out)
        return out

    def _step(self, out: list[Notification]) -> None:
        if self._at >= len(self._block):
            self._next_block()
        rows = slice(self._at, self._at + _STEP)
        first, self._at = self._taken + 1, self._at + _STEP
        self._taken += _STEP
        self._keep_power()
        if not self.powered:
            return
        counts, values = self._counts[rows], self._values[rows]
        shaken = self._motor.shook(first * self._period_s, self.now_s)
        if shaken:
            time_s = self._period_s * np.arange(first, first + _STEP, dtype=np.float64)
            block = self._motor.shaken(self._block[rows], time_s)
            counts, values = block.tolist(), (block * self._per_count).tolist()
        if self._skip > 0:
            self._skip -= _STEP
            self._lost_samples = min(self._lost_samples + _STEP, 0xFFFF)
            self._lost_before = True
            self._filter.restart()
        else:
            self._take(counts, values, first, shaken, out)
        if self._linked:
            self._report(out)

    def _next_block(self) -> None:
        n = _GUIDED_BLOCK if self.wearer.activity is Activity.GUIDED else _BLOCK
        motion = self.wearer.move(n, self._period_s)
        self._block = self._sensor.read(motion, self._period_s)
        values: Array = self._block.astype(np.float64) * self._per_count
        self._counts, self._values = self._block.tolist(), values.tolist()
        self._at = 0
        for x, y, z in values[:, :3].reshape(-1, _SECOND, 3).mean(axis=1).tolist():
            self._wear.update(x, y, z)
        target_deg, speed = (31.0, 0.0015) if motion.worn[-1] else (24.0, 0.001)
        self._chip_deg += (target_deg - self._chip_deg) * speed * n * PERIOD_S

    def _take(
        self,
        counts: list[list[int]],
        values: list[list[float]],
        first: int,
        shaken: bool,
        out: list[Notification],
    ) -> None:
        update, orientation = self._filter.update, self._filter.orientation
        stream = self._stream
        for index, (ax, ay, az, gx, gy, gz) in enumerate(values, first):
            update(PERIOD_S, gx, gy, gz, ax, ay, az)
            if stream is None or index % stream.every:
                continue
            row = counts[index - first]
            if stream.kind == wire.KIND_RAW:
                stream.waiting += row
            else:
                w, x, y, z = orientation()
                one = wire.QUATERNION_ONE
                stream.waiting += (round(w * one), round(x * one), round(y * one), round(z * one))
                stream.waiting += row[:3]
            if len(stream.waiting) == stream.per_packet * wire.WIDTH[stream.kind]:
                self._send(stream, index * self._period_s, shaken, out)

    def _send(
        self, stream: _Streaming, last_s: float, shaken: bool, out: list[Notification]
    ) -> None:
        flags = wire.FLAG_LOST if self._lost_before else 0
        if shaken or self._motor.shook(stream.first_s, last_s):
            flags |= wire.FLAG_SHAKEN
        if self.off_body:
            flags |= wire.FLAG_OFF_BODY
        period_us = stream.every * _PERIOD_UNITS * wire.PERIOD_UNIT_US
        payload = self._packets.add(
            stream.kind, flags, self.ticks(last_s), period_us, stream.waiting
        )
        stream.waiting, stream.first_s = [], last_s
        self._lost_before = False
        rate = self.traits.notify_failure_rate
        if self._sending and not (rate and self._rng.random() < rate):
            out.append(Notification(wire.STREAM_UUID, payload))

    def _report(self, out: list[Notification]) -> None:
        now_s = self.now_s
        if now_s >= self._status_due_s:
            self._status_due_s = now_s + _STATUS_EVERY_S
            out.append(Notification(wire.STATUS_UUID, self._status()))
            percent = self._battery.percent(now_s)
            if percent != self._told_percent:
                self._told_percent = percent
                out.append(Notification(BATTERY_UUID, bytes([percent])))

    def _keep_power(self) -> None:
        now_s = self.now_s
        if now_s >= self._restart_due_s + _RESTART_S:
            self._restart_due_s = float("inf")
            self._booted_s = now_s
            self._boot_up()
        self.powered = now_s < self._battery.empty_s and now_s < self._restart_due_s

    def _status(self) -> bytes:
        now_s = self.now_s
        percent = self._battery.percent(now_s)
        flags = (
            (wire.STATUS_STREAMING if self._sending else 0)
            | (wire.STATUS_NEUTRAL_SET if self._neutral is not None else 0)
            | (wire.STATUS_OFF_BODY if self.off_body else 0)
            | (wire.STATUS_LOW_BATTERY if percent <= 10 else 0)
            | (wire.STATUS_TIME_SET if self._time_set else 0)
        )
        live = self._linked and self._coach.held(_ms(now_s))
        return wire.encode_status(
            wire.Status(
                wire.MODE_LIVE if live else wire.MODE_ALONE,
                flags,
                self.boot,
                self.ticks(now_s),
                percent,
                self._battery.millivolts(now_s),
                round(100 * self._chip_deg),
                self._lost_samples,
                self._buzzes,
                0,
                0,
                self._coach.since_buzz_s(_ms(now_s)),
                self._coach.snooze_s(_ms(now_s)),
            )
        )


def _ms(time_s: float) -> int:
    """What the coach counts in."""
    return round(1000 * time_s)
