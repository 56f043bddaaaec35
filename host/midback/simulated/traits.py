"""What makes one simulated clip itself: name, clock, battery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ClipTraits:
    """What makes this clip itself.

    Attributes:
        name: what it advertises.
        address: its Bluetooth address.
        serial: its serial number; the last bytes of the address if empty.
        crystal_ppm: how much too fast its clock runs, in millionths; up to 100 is usual.
        uptime_s: seconds since power-on when it is put on.
        battery_percent: charge when it is put on.
        battery_hours: how long a full battery lasts.
        notify_failure_rate: share of notifications its radio has no room for at first; the clip
            tries again a little later.
        bonded_only: whether it takes commands from, and notifies, only computers it is paired
            with.
    """

    name: str = "Midback"
    address: str = "C0:5E:00:00:00:01"
    serial: str = ""
    crystal_ppm: float = 0.0
    uptime_s: float = 30.0
    battery_percent: float = 96.0
    battery_hours: float = 16.0
    notify_failure_rate: float = 0.0
    bonded_only: bool = False

    @classmethod
    def drawn(cls, seed: int) -> ClipTraits:
        """Another clip for every seed."""
        rng = np.random.default_rng([seed, 0xC11])
        tail = bytes(int(part) for part in rng.integers(0, 256, 3))
        return cls(
            address="C0:5E:77:" + ":".join(f"{part:02X}" for part in tail),
            crystal_ppm=float(rng.uniform(-60.0, 60.0)),
            uptime_s=float(rng.uniform(20.0, 300.0)),
            battery_percent=float(rng.uniform(88.0, 100.0)),
        )
