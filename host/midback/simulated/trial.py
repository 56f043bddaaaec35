"""Days on which a judgement is tried: who wears the clip, what they do, and whether it slips."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from midback.simulated.day_plan import Activity, DayPlan, workday
from midback.simulated.habits import Habits
from midback.simulated.sensor import SensorErrors
from midback.simulated.wearer import Wearer
from midback.simulated.wearing import Slip

TRIAL_MIN = 480.0
"""Eight hours."""

_NEVER_S = (1e9, 1e9)

_SLIP_DEG = 10.0
_BEFORE_SLIP_S, _AFTER_SLIP_S = 240.0, 900.0
"""So long the wearer has sat when the clip slips, and will at least still wear it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One day of one wearer.

    Attributes:
        seed: which.
        good: whether it is a day of good posture: the wearer never slumps.
        wearer: who lives it.
        errors: the clip's sensor.
    """

    seed: int
    good: bool
    wearer: Wearer
    errors: SensorErrors

    @property
    def slip(self) -> Slip | None:
        """The clip's slip, on every second day."""
        return self.wearer.plan.slip


def trial(seed: int, minutes: float = TRIAL_MIN) -> Trial:
    """The day of a seed: of four in a row two are of good posture, and one of each has a slip."""
    good, slips = seed % 2 == 0, seed // 2 % 2 == 1
    habits = Habits.drawn(seed)
    if good:
        habits = replace(habits, slump_onset_s=_NEVER_S)
    plan = workday(seed, minutes)
    if slips:
        plan = replace(plan, slip=_slip(plan, seed))
    return Trial(seed, good, Wearer(plan, habits, seed=seed), SensorErrors.drawn(seed))


def _slip(plan: DayPlan, seed: int) -> Slip:
    """Somewhere in a long sit: at once with a knock, or slowly over a minute."""
    rng = np.random.default_rng([seed, 0x511B])
    sits = [
        s
        for s in plan.stretches
        if s.activity is Activity.TYPING
        and s.end_s - s.start_s > _BEFORE_SLIP_S + _AFTER_SLIP_S + 60.0
    ]
    sit = sits[int(rng.integers(len(sits)))]
    at_s = float(rng.uniform(sit.start_s + _BEFORE_SLIP_S, sit.end_s - _AFTER_SLIP_S))
    duration_s = float(rng.uniform(0.2, 0.6)) if rng.random() < 0.5 else 60.0
    return Slip(at_s, duration_s, _SLIP_DEG, float(rng.uniform(0.0, 360.0)))
