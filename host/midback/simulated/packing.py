"""Samples into packets: averaged down to the rate asked for, as the firmware does it.

Where samples were lost, the packet under way is finished early and the next begins anew, marked.
"""

from __future__ import annotations

from typing import NamedTuple

from midback.shared import wear, wire
from midback.simulated.sampling import PERIOD_S, STEP, Batch

OWN_US = round(PERIOD_S * 1e6)
JUDGED = (wire.KIND_ORIENTATION, 2, 5)
"""What the clip judges, and a host asks for by default: one packet a step."""


class Setting(NamedTuple):
    """Kind, samples of the sensor in one of a packet's, samples a packet."""

    kind: int
    every: int
    per_packet: int

    @property
    def period_us(self) -> int:
        """Time between two of a packet's samples."""
        return self.every * OWN_US


class Pack(NamedTuple):
    """The content of a packet.

    Attributes:
        counts: as in ``wire.StreamPacket``.
        last: the number of its last sample, in the step that ended it; negative before it.
        lost: samples were lost before it.
        shaken: the motor ran during its samples or just before.
    """

    counts: tuple[int, ...]
    last: int
    lost: bool
    shaken: bool


def judged_pack(batch: Batch) -> Pack:
    """The packet that the clip judges: a step is just one."""
    stride = len(batch.quaternions) // JUDGED[2]
    counts: list[int] = []
    for quaternion, pair in zip(batch.quaternions[stride - 1 :: stride], batch.pairs, strict=True):
        counts += quaternion
        counts += pair
    return Pack(tuple(counts), STEP - 1, batch.lost, batch.shaken)


_WEAR_FLAGS = {wear.WORN: 0, wear.DOUBTFUL: wire.FLAG_DOUBTFUL, wear.OFF: wire.FLAG_OFF_BODY}


def flags_of(pack: Pack, worn: int) -> int:
    """The flags of a packet with this content; *worn* is ``WearWatch.state``."""
    return (
        (wire.FLAG_LOST if pack.lost else 0)
        | (wire.FLAG_SHAKEN if pack.shaken else 0)
        | _WEAR_FLAGS[worn]
    )


class Packer:
    """Makes packets of any other setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._waiting: list[int] = []
        self._sums = [0] * 6
        self._summed = 0
        self._last = -1
        self._lost = self._shaken = False

    def take(self, batch: Batch) -> list[Pack]:
        """Take one step's samples; return the packets that they end."""
        ready: list[Pack] = []
        self._last -= STEP
        if batch.lost:
            if self._waiting:
                ready.append(self._finish())
            self._sums, self._summed = [0] * 6, 0
            self._lost = True
        self._shaken = self._shaken or batch.shaken
        full = self.setting.per_packet * wire.WIDTH[self.setting.kind]
        for index, row in enumerate(batch.rows):
            self._add(batch, index, row)
            if len(self._waiting) == full:
                ready.append(self._finish())
                # What is left of a shaken step shakes the next packet too.
                self._shaken = batch.shaken and index + 1 < STEP
        return ready

    def _add(self, batch: Batch, index: int, row: list[int]) -> None:
        self._sums = [total + count for total, count in zip(self._sums, row, strict=True)]
        self._summed += 1
        every = self.setting.every
        if self._summed < every:
            return
        means = [(total + every // 2) // every for total in self._sums]
        if self.setting.kind == wire.KIND_ORIENTATION:
            self._waiting += batch.quaternions[(index + 1) * len(batch.quaternions) // STEP - 1]
            means = means[:3]
        self._waiting += means
        self._sums, self._summed = [0] * 6, 0
        self._last = index

    def _finish(self) -> Pack:
        pack = Pack(tuple(self._waiting), self._last, self._lost, self._shaken)
        self._waiting = []
        self._lost = self._shaken = False
        return pack
