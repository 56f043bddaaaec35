"""Samples into packets: averaged down to the rate asked for, never picked out.

A packet is a run of equally spaced samples.  Where samples were lost, the one under way is
finished early and the next begins anew, marked.
"""

from clip_firmware.samples import Batch
from midback.shared import wire


class Packer:
    """Makes packets of one kind.

    ``period_us`` is the time between two of its samples, ``counts`` holds those of the packet
    that is ready (``wire.StreamPacket``), ``ticks`` is the clip's clock at the last of them.
    ``lost`` and ``shaken`` tell what its flags must.
    """

    def __init__(self, kind: int, every: int, per_packet: int, sample_us: int) -> None:
        self.kind = kind
        self.every = every
        self.per_packet = per_packet
        unit = wire.PERIOD_UNIT_US
        self.period_us = (every * sample_us + unit // 2) // unit * unit
        self.counts = [0] * (per_packet * wire.WIDTH[kind])
        self.ticks = 0
        self.lost = self.shaken = False
        self._spare = self.counts
        self._waiting = [0] * len(self.counts)
        self._filled = 0
        self._sums = [0, 0, 0, 0, 0, 0]
        self._summed = 0
        self._next_lost = self._next_shaken = False
        self._last_ticks = 0

    @property
    def setting(self) -> tuple[int, int, int]:
        """Kind, samples of the sensor in one of its own, samples a packet."""
        return self.kind, self.every, self.per_packet

    def begin(self, batch: Batch) -> bool:
        """Tell it of a new batch; ``True`` when that ends a packet early, which is then ready."""
        ready = batch.lost and self._filled > 0
        if ready:
            self._finish(self._last_ticks)
        if batch.lost:
            self._summed = 0
            for axis in range(6):
                self._sums[axis] = 0
            self._next_lost = True
        if batch.shaken:
            self._next_shaken = True
        return ready

    def add(self, batch: Batch, index: int) -> bool:
        """Take one sample of the batch; ``True`` when that completes a packet."""
        sums, acc, rate = self._sums, batch.acc, batch.rate
        at = 3 * index
        for axis in range(3):
            sums[axis] += acc[at + axis]
            sums[3 + axis] += rate[at + axis]
        self._summed += 1
        if self._summed < self.every:
            return False
        later_us = (batch.count - 1 - index) * batch.period_us
        self._last_ticks = (batch.ticks - (later_us + 50) // 100) % wire.TICKS_MODULUS
        self._keep(batch, index)
        if self._filled < len(self._waiting):
            return False
        self._finish(self._last_ticks)
        # What is left of a shaken batch shakes the next packet too.
        self._next_shaken = batch.shaken and index + 1 < batch.count
        return True

    def _keep(self, batch: Batch, index: int) -> None:
        sums, every = self._sums, self.every
        orientation = self.kind == wire.KIND_ORIENTATION
        if orientation:
            for axis in range(4 * index, 4 * index + 4):
                self._put(batch.quat[axis])
        for axis in range(3 if orientation else 6):
            self._put((sums[axis] + every // 2) // every)
        for axis in range(6):
            sums[axis] = 0
        self._summed = 0

    def _put(self, count: int) -> None:
        self._waiting[self._filled] = count
        self._filled += 1

    def _finish(self, ticks: int) -> None:
        filled, self._filled = self._filled, 0
        if filled == len(self._waiting):
            # The two lists are used in turn for life.
            self._spare, self._waiting = self._waiting, self._spare
            self.counts = self._spare
        else:
            self.counts = self._waiting[:filled]
        self.ticks = ticks
        self.lost, self._next_lost = self._next_lost, False
        self.shaken, self._next_shaken = self._next_shaken, False
