"""The packets of a worn clip without a radio: what it streams to a host that misses nothing."""

from __future__ import annotations

from collections.abc import Callable

from midback.shared import wire
from midback.simulated.block_sampling import BlockSampler
from midback.simulated.motor import Motor
from midback.simulated.packing import JUDGED, OWN_US, flags_of
from midback.simulated.sampling import PERIOD_S, Source

_BOOT = 1
_PERIOD_US = JUDGED[1] * OWN_US
_STRENGTH_PERCENT = 80


class Streaming:
    """One clip, from the moment it is put on.

    Args:
        source: its sensor.
        felt: is told when a buzz begins.
        seed: chance.
    """

    def __init__(self, source: Source, felt: Callable[[float], None], *, seed: int) -> None:
        self._motor = Motor(felt, seed=seed)
        self._sampler = BlockSampler(source, self._motor)
        self._sequence = 0

    @property
    def now_s(self) -> float:
        """When the last sample was, in seconds since the clip was put on."""
        return self._sampler.now_s

    @property
    def second_s(self) -> float:
        """How long a second of this clip's samples is, a row of the wearer's truth."""
        return self._sampler.period_s / PERIOD_S

    def packet(self) -> wire.StreamPacket:
        """Let time pass until the next packet is full."""
        sampler = self._sampler
        sampler.go_on()
        pack = sampler.pack()
        packet = wire.StreamPacket(
            JUDGED[0],
            flags_of(pack, sampler.wear),
            self._sequence,
            _BOOT,
            int(sampler.now_s / wire.TICK_S) % wire.TICKS_MODULUS,
            _PERIOD_US,
            pack.counts,
        )
        self._sequence = (self._sequence + 1) % wire.SEQUENCE_MODULUS
        return packet

    def buzz(self, pattern: int) -> None:
        """The host wants a buzz: whoever wears the clip feels it, and so does its sensor."""
        self._motor.buzz(pattern, 1, _STRENGTH_PERCENT, self.now_s)
