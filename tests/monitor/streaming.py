"""A clip on the bench that streams, keeps a minute, and meets whatever a radio can do to it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bleak.exc import BleakError
from clip.backends import BenchClip, radio

from midback.clip import Radio
from midback.shared import wire

PACKET_S = 0.2
SPACING_S = 0.05
KEPT = 375
_SAMPLE = (wire.QUATERNION_ONE, 0, 0, 0, 0, 0, 2048)


@dataclass
class StreamingClip(BenchClip):
    """Makes a packet every 0.2 s of its life, linked or not, and sends it where it may.

    Attributes:
        in_range: whether anything passes between it and the host.
        silent: it is linked, and sends nothing.
        lose_every: every so many packets one is lost on its way; 0 none.
        rate: packets for every one that it should send.
        buzzed: loop times at which the host had it buzz.
    """

    in_range: bool = True
    silent: bool = False
    lose_every: int = 0
    rate: int = 1
    boot: int = 7
    buzzed: list[float] = field(default_factory=list[float])
    acknowledged: list[int] = field(default_factory=list[int])
    _made: int = 0
    _kept: deque[wire.StreamPacket] = field(default_factory=lambda: deque(maxlen=KEPT))
    _again: deque[wire.StreamPacket] = field(default_factory=deque[wire.StreamPacket])
    _streams: bool = False
    _timers: list[asyncio.TimerHandle] = field(default_factory=list[asyncio.TimerHandle])

    def live(self) -> None:
        """Begin; in a running loop."""
        self._later(PACKET_S, self._make)
        self._later(SPACING_S, self._send_again)

    def die(self) -> None:
        """End its timers."""
        for timer in self._timers:
            timer.cancel()

    def restart(self) -> None:
        """As after a power cut."""
        self.boot += 1
        self._made = 0
        self._kept.clear()
        self._again.clear()
        self._streams = False

    def go_away(self) -> None:
        """Out of range: what was linked is lost."""
        self.in_range = False
        self.service = "0000ffff-0000-1000-8000-00805f9b34fb"  # no scan takes it for a clip
        if self.client is not None and self.client.linked:
            self.lose_link()

    def come_back(self) -> None:
        """In range again."""
        self.in_range = True
        self.service = wire.SERVICE_UUID

    def lose_link(self) -> None:
        self._streams = False
        self._again.clear()
        if self.client is not None and self.client.linked:
            super().lose_link()

    async def step(self, name: str) -> None:
        if name == "connect" and not self.in_range:
            raise BleakError("not reachable")
        await super().step(name)

    def obey(self, payload: bytes) -> None:
        command = wire.decode_command(payload)
        self.commands.append(command)
        result = self.answer(command)
        if result is not None:
            data = self._did(command) if result == wire.OK else b""
            reply = wire.encode_reply(command.op, command.tag, result, data)
            self._later(0.01, lambda: self.notify(wire.CONTROL_UUID, reply))

    def notify(self, uuid: str, payload: bytes) -> None:
        if self.client is not None and self.client.linked:
            super().notify(uuid, payload)

    def _did(self, command: wire.Command) -> bytes:
        if command.op == wire.OP_START:
            self._streams = True
        elif command.op == wire.OP_BUZZ:
            self.buzzed.append(asyncio.get_running_loop().time())
        elif command.op == wire.OP_ACKNOWLEDGE:
            self.acknowledged.append(command.args[1])
        elif command.op == wire.OP_RESEND:
            return self._asked(*command.args)
        return b""

    def _asked(self, boot: int, first: int, count: int) -> bytes:
        kept = [
            packet
            for packet in self._kept
            if boot == self.boot and (packet.sequence - first) % wire.SEQUENCE_MODULUS < count
        ]
        self._again = deque(kept)
        return wire.encode_kept(kept[0].sequence if kept else first, len(kept))

    def _make(self) -> None:
        self._later(PACKET_S, self._make)
        for _ in range(self.rate):
            self._made += 1
            # A clip that is too fast still counts its own time right.
            ticks = round(self._made * PACKET_S / self.rate / wire.TICK_S)
            packet = self._packet(ticks)
            self._kept.append(packet)
            lost = self.lose_every and self._made % self.lose_every == 0
            if self._streams and not lost:
                self._send(packet)

    def _packet(self, ticks: int) -> wire.StreamPacket:
        sequence = self._made % wire.SEQUENCE_MODULUS
        return wire.StreamPacket(
            wire.KIND_ORIENTATION, 0, sequence, self.boot, ticks, 40_000, _SAMPLE * 5
        )

    def _send_again(self) -> None:
        self._later(SPACING_S, self._send_again)
        if self._again and self._streams:
            packet = self._again.popleft()
            packet.flags |= wire.FLAG_RESENT
            self._send(packet)

    def _send(self, packet: wire.StreamPacket) -> None:
        if self.silent:
            return
        buffer = bytearray(wire.MAX_PAYLOAD)
        length = wire.encode_stream(packet, buffer)
        self.notify(wire.STREAM_UUID, bytes(buffer[:length]))

    def _later(self, seconds: float, then) -> None:
        self._timers = [t for t in self._timers if not t.cancelled()][-50:]
        self._timers.append(asyncio.get_running_loop().call_later(seconds, then))


def radio_of(clip: StreamingClip) -> Radio:
    """The backends that reach it."""
    return radio(clip)
