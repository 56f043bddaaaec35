"""From packets to the samples that an exercise is led by."""

from __future__ import annotations

from collections.abc import Sequence

from midback.estimator import Estimate
from midback.exercises.rest import Sample
from midback.shared import wire

CALM_S = 6.0
"""So long after the gyroscope's bias was first known an exercise begins: a bias of 20 dps has
left the tilt to within a degree by then."""


class Calm:
    """Whether the gyroscope's bias was known long enough to have left the tilt."""

    def __init__(self) -> None:
        self._zeroed_s: float | None = None

    def update(self, time_s: float, *, zeroed: bool) -> bool:
        """Take the time, and whether the bias is known by now."""
        if self._zeroed_s is None and zeroed:
            self._zeroed_s = time_s
        return self._zeroed_s is not None and time_s - self._zeroed_s >= CALM_S


def samples_of(
    packet: wire.StreamPacket, estimates: Sequence[Estimate], unfit: int
) -> list[Sample | None]:
    """The samples of a packet of kind raw, ``None`` for each that cannot be used.

    Args:
        packet: one of another kind has none.
        estimates: one for each of its samples.
        unfit: a sample with any of these ``Quality`` flags cannot be used.
    """
    if packet.kind != wire.KIND_RAW:
        return []
    width, counts = wire.WIDTH[packet.kind], packet.counts
    samples: list[Sample | None] = []
    for number, estimate in enumerate(estimates):
        if estimate.quality & unfit:
            samples.append(None)
            continue
        x, y, z = counts[width * number + 3 : width * (number + 1)]
        rate = (x * wire.DPS_PER_COUNT, y * wire.DPS_PER_COUNT, z * wire.DPS_PER_COUNT)
        samples.append(Sample(estimate.time_s, estimate.up, rate))
    return samples
