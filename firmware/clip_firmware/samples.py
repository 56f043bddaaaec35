"""A burst of samples on its way from the IMU to the radio and to the judgement on the clip.

One batch is filled, used and filled again for the clip's whole life: nothing in it is
allocated twice.
"""

from array import array

CAPACITY = 64
"""The most samples in one batch: about a second, all that an LSM6DSV16X's FIFO holds."""


class Batch:
    """Samples in clip axes, oldest first, ``period_us`` apart.

    Attributes:
        count: how many whole samples it holds now.
        acc: acceleration x y z of each, ``wire.G_PER_COUNT``; a clip at rest reads 1 g upwards.
        rate: angular rate x y z of each, ``wire.DPS_PER_COUNT``.
        quat: w x y z of earth_from_clip of each, 32767 is 1.0; valid once the orientation was
            updated with this batch.
        lost: samples were lost before the first one.
        ticks: the clip's clock at the last sample, 100 microseconds a tick.
        period_us: the true time between two samples, as the chip's own trim says.
        shaken: the motor ran during these samples or just before; set by whoever knows.
    """

    def __init__(self) -> None:
        self.count = 0
        self.acc = array("h", [0] * (3 * CAPACITY))
        self.rate = array("h", [0] * (3 * CAPACITY))
        self.quat = array("h", [0] * (4 * CAPACITY))
        self.lost = False
        self.ticks = 0
        self.period_us = 0
        self.shaken = False
