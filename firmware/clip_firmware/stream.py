"""From the sensor's bursts to packets: what the clip judges itself, and what a host asked for."""

from micropython import const

from clip_firmware.buzzer import Buzzer
from clip_firmware.clock import Clock
from clip_firmware.packer import Packer
from clip_firmware.sampler import Sampler
from clip_firmware.samples import Batch
from clip_firmware.sender import Sender
from clip_firmware.wearer import Wearer
from midback.shared import wire

_JUDGED_US = const(40000)  # the clip judges packets like those the host asks for by default
_JUDGED_SAMPLES = const(5)


class Stream:
    """Samples go in as the sensor has them, packets come out to the wearer and to the sender."""

    def __init__(
        self,
        clock: Clock,
        sampler: Sampler,
        buzzer: Buzzer,
        wearer: Wearer,
        sender: Sender,
        boot: int,
    ) -> None:
        self._clock = clock
        self._sampler = sampler
        self._buzzer = buzzer
        self._wearer = wearer
        self._sender = sender
        self._boot = boot
        self._batch = Batch()
        self._judged: Packer | None = None
        self._streamed: Packer | None = None
        self._shared = False  # the host asked for just the packets that are judged
        self._sequence = 0

    def find_imu(self) -> None:
        """Look for the sensor, unless there is one."""
        sampler = self._sampler
        if sampler.imu is None and sampler.start() and sampler.imu is not None:
            own_us = sampler.imu.period_us
            every = _every(_JUDGED_US, own_us)
            self._judged = Packer(wire.KIND_ORIENTATION, every, _JUDGED_SAMPLES, own_us)

    def start(self, kind: int, period_us: int, per_packet: int) -> bool:
        """Send samples about every *period_us*, so many to a packet or as the MTU allows.

        ``False`` without a sensor, or on a link too narrow for one sample.
        """
        imu = self._sampler.imu
        room = self._sender.room(wire.HEADER_SIZE) // (2 * wire.WIDTH[kind])
        if imu is None or not room:
            return False
        every = _every(period_us, imu.period_us)
        wanted = (kind, every, min(per_packet, room))
        judged, streamed = self._judged, self._streamed
        self._shared = judged is not None and wanted == judged.setting
        if self._shared:
            self._streamed = None
        elif streamed is None or wanted != streamed.setting:
            self._streamed = Packer(*wanted, imu.period_us)
        self._sender.begin()
        return True

    def stop(self) -> None:
        """Send no more samples."""
        self._streamed, self._shared = None, False
        self._sender.end()

    def burst(self) -> bool:
        """Take what the sensor has; ``False`` when that was nothing."""
        batch = self._batch
        if not self._sampler.take(batch):
            return False
        last_ms = self._clock.ms_at(batch.ticks)
        span_ms = (batch.count + 1) * batch.period_us // 1000
        batch.shaken = self._buzzer.shook(last_ms - span_ms, last_ms)
        if not batch.shaken:
            self._wearer.watch(batch)
        self._pack(self._judged, batch, True)
        if not self._shared:
            self._pack(self._streamed, batch, False)
        return True

    def _pack(self, packer: Packer | None, batch: Batch, judged: bool) -> None:
        if packer is None:
            return
        if packer.begin(batch):
            self._packed(packer, judged)
        for index in range(batch.count):
            if packer.add(batch, index):
                self._packed(packer, judged)

    def _packed(self, packer: Packer, judged: bool) -> None:
        flags = wire.FLAG_LOST if packer.lost else 0
        if packer.shaken:
            flags |= wire.FLAG_SHAKEN
        flags |= self._wearer.wear_flag
        packet = wire.StreamPacket(
            packer.kind,
            flags,
            self._sequence,
            self._boot,
            packer.ticks,
            packer.period_us,
            packer.counts,
        )
        if judged:
            self._wearer.judge(packet)
        if self._shared or not judged:
            self._sender.add(packet)
            self._sequence = (self._sequence + 1) % wire.SEQUENCE_MODULUS


def _every(wanted_us: int, own_us: int) -> int:
    """How many of the sensor's samples make one of about this period."""
    return max(1, (wanted_us + own_us // 2) // own_us)
