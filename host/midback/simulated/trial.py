"""Days on which a judgement is tried: who wears the clip, what they do, and whether it slips."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from midback.simulated.day_plan import BUSY, ON_FOOT, Activity, DayPlan
from midback.simulated.habits import Habits
from midback.simulated.sensor import SensorErrors
from midback.simulated.trial_plan import trial_plan
from midback.simulated.wearer import Wearer
from midback.simulated.wearing import Slip

TRIAL_MIN = 480.0
"""Eight hours."""

_NEVER_S = (1e9, 1e9)

_SLIP_DEG = 10.0
_BEFORE_SLIP_S, _AFTER_SLIP_S = 300.0, 900.0
"""So long after the day's begin the clip slips at the earliest, and so long it is still worn."""

_SLIDE_S = 60.0


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
        """The clip's slip, if it has one: every second day that is long enough."""
        return self.wearer.plan.slip


def trial(seed: int, minutes: float = TRIAL_MIN) -> Trial:
    """The day of a seed: of four in a row two are of good posture, and one of each has a slip.

    Raises:
        ValueError: its length is not positive.
    """
    good, slips = seed % 2 == 0, seed // 2 % 2 == 1
    habits = person(seed)
    if good:
        habits = replace(habits, slump_onset_s=_NEVER_S)
    plan = trial_plan(seed, minutes)
    if slips:
        plan = replace(plan, slip=drawn_slip(plan, seed))
    return Trial(seed, good, Wearer(plan, habits, seed=seed), SensorErrors.drawn(seed))


def person(seed: int) -> Habits:
    """Another wearer for every seed, more different from each other than ``Habits.drawn``.

    One in six slumps backward, one in seven answers no buzz.  Breathing tilts the clip by 0.024
    (first percentile) to 0.113 degrees RMS (median), as it did seated people's T4 between 0.12
    and 0.6 Hz; sway is slower than that, and not more than 0.5 degrees in half a minute.  Of the
    slumps one in seven is dropped into (chosen here: nobody seems to have counted).
    """
    rng = np.random.default_rng([seed, 0x9E50])
    drawn = Habits.drawn(seed)
    span_deg = float(np.clip(rng.normal(19.0, 5.0), 11.0, 31.0))
    backward = bool(rng.random() < 1 / 6)
    breathing_deg = 0.16 * float(rng.lognormal(0.0, 0.665))
    return replace(
        drawn,
        slump_span_deg=-0.8 * max(span_deg, 14.0) if backward else span_deg,
        restlessness=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.2)),
        sway_deg=float(rng.uniform(0.15, 0.5)),
        sway_hz=0.05,
        breathing_deg=float(np.clip(breathing_deg, 0.034, 0.6)),
        answer_rate=0.0 if rng.random() < 1 / 7 else drawn.answer_rate,
        lean_most_s=300.0,
        recline_deg=(10.0, 25.0),
        flop_share=1 / 7,
        stand_deg=float(rng.uniform(-15.0, 3.0)),
        pace=(0.8, 1.15),
        cross_every_s=900.0,
        turn_every_s=500.0,
        phone_every_s=1200.0,
        rummage_every_s=2400.0,
    )


def drawn_slip(plan: DayPlan, seed: int) -> Slip | None:
    """A slip while the wearer sits, or as they get up; with a knock, or slowly over a minute.

    ``None`` where the day has no time for one: it must be worn long enough before and after.
    """
    rng = np.random.default_rng([seed, 0x511B])
    rising = rng.random() < 0.25
    wanted = ON_FOOT if rising else BUSY
    times = [
        float(rng.uniform(begin_s, min(end_s, begin_s + 5.0) if rising else end_s))
        for begin_s, end_s in (
            (s.start_s, s.end_s) for s in plan.stretches if s.activity in wanted
        )
    ]
    offs = [s.start_s for s in plan.stretches if s.activity is Activity.OFF_BODY]
    offs.append(plan.duration_s)
    fit = [
        t
        for t in times
        if t > _BEFORE_SLIP_S and not any(t - 60.0 < off < t + _AFTER_SLIP_S for off in offs)
    ]
    if not fit:
        return None
    at_s = fit[int(rng.integers(len(fit)))]
    duration_s = float(rng.uniform(0.2, 0.6)) if rng.random() < 0.5 else _SLIDE_S
    return Slip(at_s, duration_s, _SLIP_DEG, float(rng.uniform(0.0, 360.0)))
