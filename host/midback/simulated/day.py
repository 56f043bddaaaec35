"""A whole simulated day in one object: wearer, clip, air, and what really happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from midback.simulated.air import Air
from midback.simulated.clip import SimulatedClip
from midback.simulated.day_plan import workday
from midback.simulated.habits import Habits
from midback.simulated.sensor import SensorErrors
from midback.simulated.traits import ClipTraits
from midback.simulated.truth import Truth
from midback.simulated.wearer import Wearer


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """Everything a simulated day needs.

    Enter ``air`` to let it begin, give ``air.scanner_type`` and ``air.client_type`` to bleak.

    Attributes:
        start: when the clip is put on.
        duration_s: how long the day is; after that the clip lies on the desk.
        wearer: who can be asked for a pose.
        clip: what they wear.
        air: what lies between clip and host.
    """

    start: datetime
    duration_s: float
    wearer: Wearer
    clip: SimulatedClip
    air: Air

    @property
    def truth(self) -> Truth:
        """What really happened so far."""
        return self.wearer.truth

    def now(self) -> datetime:
        """The day's own wall clock (UTC) while ``air`` is entered."""
        return self.start.astimezone(UTC) + timedelta(seconds=self.air.now_s)


def simulated_day(
    seed: int,
    start: datetime,
    minutes: float | None = None,
    *,
    habits: Habits | None = None,
) -> SimulatedDay:
    """A day at a desk: the same for the same arguments, another for every seed.

    Args:
        seed: which day, of which wearer, with which clip.
        start: when the clip is put on, with a time zone.
        minutes: length of the day; ``None`` is nine hours, from half past eight for example.
        habits: the wearer; drawn by the seed if ``None``.

    Raises:
        ValueError: if ``start`` has no time zone, or the length is not positive.
    """
    if start.tzinfo is None:
        raise ValueError(f"the start {start} needs a time zone")
    plan = workday(seed, minutes)
    wearer = Wearer(plan, Habits.drawn(seed) if habits is None else habits, seed=seed)
    clip = SimulatedClip(wearer, ClipTraits.drawn(seed), SensorErrors.drawn(seed), seed=seed)
    air = Air([clip], out_of_range=plan.out_of_range, seed=seed)
    return SimulatedDay(start, plan.duration_s, wearer, clip, air)
