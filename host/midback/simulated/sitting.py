"""Sitting: slumps that creep in, and all the small movements that are no slump."""

from __future__ import annotations

import numpy as np

from midback.simulated.body import Body
from midback.simulated.day_plan import Activity
from midback.simulated.habits import Habits
from midback.simulated.joints import Movement, creeping, swift
from midback.simulated.small_movements import SmallMovements
from midback.simulated.truth import FeltBuzz, Slump, Truth

_FLOP_S = (1.0, 4.0)
"""Least and most seconds in which somebody drops into a slump at once."""

_SWIVEL_S, _RECLINE_S, _BITE_S, _WEIGHT_S = 90.0, 420.0, 14.0, 40.0
"""Mean seconds between turns of the chair, rests on its back, bites, and shifts of weight."""


class Sitting:
    """What a body does on a chair or at a standing desk, without being asked.

    Args:
        body: what moves.
        habits: how often, how far.
        truth: where it is noted.
        rng: chance.
        haste: factor on the time slumps take.
    """

    def __init__(
        self, body: Body, habits: Habits, truth: Truth, rng: np.random.Generator, haste: float
    ) -> None:
        self._body = body
        self._habits = habits
        self._truth = truth
        self._rng = rng
        self._haste = haste
        self._small = SmallMovements(body, habits, truth, rng)
        self._slump_due_s = self._sit_up_due_s = float("inf")
        self._answer_due_s: float | None = None

    def feel_buzz(self, time_s: float) -> None:
        """Perhaps sit up in a while."""
        answered_s = None
        habits = self._habits
        if self._answer_due_s is None and self._rng.random() < habits.answer_rate:
            delay_s = habits.answer_median_s * self._rng.lognormal(0.0, habits.answer_spread)
            answered_s = self._answer_due_s = time_s + float(np.clip(delay_s, 2.0, 120.0))
        self._truth.buzzes.append(FeltBuzz(time_s, answered_s))

    def leave(self, at_s: float) -> None:
        """Do something else than sitting; nothing is due any more."""
        self.end_slump(at_s, "moved")
        self._slump_due_s = self._sit_up_due_s = float("inf")
        self._answer_due_s = None
        self._small.begin(self._habits.stand_deg)

    def settle(self, now_s: float, at_s: float) -> None:
        """Sit up, somewhere near upright, and begin to wait for the next slump."""
        self.end_slump(at_s, "moved")
        rng, habits = self._rng, self._habits
        upright = float(np.clip(rng.normal(0.0, habits.upright_spread_deg), -4.0, 4.0))
        duration_s = float(rng.uniform(0.9, 1.8))
        self._body.slump.redirect(now_s, 0.0, at_s, duration_s)
        self._body.shift.redirect(now_s, upright, at_s, duration_s)
        self._body.bend.redirect(now_s, 0.0, max(at_s, now_s), duration_s)
        self._body.lateral.redirect(now_s, float(rng.normal(0.0, 1.0)), at_s, duration_s)
        haste = self._haste
        self._slump_due_s = at_s + haste * float(rng.uniform(*habits.slump_onset_s))
        self._sit_up_due_s = float("inf")
        self._answer_due_s = None
        self._small.begin()

    def sit(self, now_s: float, end_s: float, activity: Activity) -> None:
        """Do what is due until ``end_s``."""
        if self._answer_due_s is not None and self._answer_due_s < end_s:
            at_s, self._answer_due_s = max(self._answer_due_s, now_s), None
            if self._bent():
                self.end_slump(at_s, "buzz")
                self.settle(now_s, at_s)
                return
        if self._sit_up_due_s < end_s:
            at_s = max(self._sit_up_due_s, now_s)
            self.end_slump(at_s, "itself")
            self.settle(now_s, at_s)
            return
        if self._slump_due_s < end_s:
            self._begin_slump(max(self._slump_due_s, now_s))
        self._small.go_on(self._seated(activity), now_s, end_s)

    def stand(self, now_s: float, end_s: float) -> None:
        """Do what is due until ``end_s`` at a standing desk."""
        habits = self._habits
        every = (("fidget", habits.fidget_every_s), ("sway", _WEIGHT_S), ("swivel", _SWIVEL_S))
        self._small.go_on((*every, ("reach", habits.reach_every_s)), now_s, end_s)

    def _bent(self) -> bool:
        """Whether there is anything to sit up from."""
        return (
            abs(self._body.slump.final) + abs(self._body.shift.final) + abs(self._body.bend.final)
            > 6.0
        )

    def _seated(self, activity: Activity) -> tuple[tuple[str, float], ...]:
        """What somebody does who sits, and every how many seconds."""
        habits = self._habits
        every = [
            ("fidget", habits.fidget_every_s),
            ("shift", habits.shift_every_s),
            ("swivel", _SWIVEL_S),
        ]
        if activity in (Activity.MEETING, Activity.CALL):
            every += [("recline", _RECLINE_S)]
        elif activity is Activity.EATING:
            every += [("bite", _BITE_S), ("reach", habits.reach_every_s)]
        else:
            every += [
                ("lean", habits.lean_every_s),
                ("reach", habits.reach_every_s),
                ("side_bend", habits.bend_every_s),
            ]
        every += [
            ("cross", habits.cross_every_s),
            ("turn", habits.turn_every_s),
            ("phone", habits.phone_every_s),
            ("rummage", habits.rummage_every_s),
        ]
        return tuple((name, every_s) for name, every_s in every if every_s < float("inf"))

    def _begin_slump(self, at_s: float) -> None:
        rng, habits = self._rng, self._habits
        haste = self._haste
        depth_deg = habits.slump_span_deg * float(rng.uniform(0.7, 1.05))
        creep_s = haste * float(rng.uniform(*habits.slump_creep_s))
        stay_s = haste * habits.slump_stay_s * float(rng.lognormal(0.0, 0.5))
        profile = creeping
        if habits.flop_share > 0.0 and rng.random() < habits.flop_share:
            creep_s, profile = float(rng.uniform(*_FLOP_S)), swift
        self._body.slump.add(Movement(at_s, creep_s, depth_deg - self._body.slump.final, profile))
        self._truth.slumps.append(Slump(at_s, at_s + creep_s, depth_deg))
        self._slump_due_s = float("inf")
        self._sit_up_due_s = at_s + creep_s + stay_s

    def end_slump(self, at_s: float, ended_by: str) -> None:
        """Note the end of a slump, if there is one."""
        if self._truth.slumps and self._truth.slumps[-1].end_s is None:
            self._truth.slumps[-1].end_s = at_s
            self._truth.slumps[-1].ended_by = ended_by
