"""A simulated clip and wearer, put where real ones would be."""

from __future__ import annotations

from datetime import UTC, datetime, time

from tzlocal import get_localzone

from midback.calibration import Pose
from midback.cli.parser import DEMO_SEED
from midback.clip import Radio
from midback.simulated import simulated_day


class Simulation:
    """A simulated day and the radio that reaches its clip.

    Args:
        seed: which day, of which wearer.
        minutes: its length; ``None`` is a whole workday.
        start: when it begins; ``None`` is now.
    """

    poses = (Pose.TALL, Pose.BOW, Pose.SLUMP)

    def __init__(
        self, seed: int = DEMO_SEED, minutes: float | None = None, start: datetime | None = None
    ) -> None:
        self.day = simulated_day(seed, start or datetime.now(UTC), minutes)
        air = self.day.air
        self.radio = Radio(air.scanner_type, air.client_type, air.adapter_type)

    def ask(self, pose: Pose) -> None:
        """Pass a calibration's prompt on to the wearer."""
        self.day.wearer.ask(pose.value, self.day.air.now_s)

    def thank(self) -> None:
        """Let the wearer go about their day again."""
        self.day.wearer.ask("free", self.day.air.now_s)


def this_morning() -> datetime:
    """Half past eight this morning, local time."""
    zone = get_localzone()
    return datetime.combine(datetime.now(zone).date(), time(8, 30), zone)
