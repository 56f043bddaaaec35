"""Sitting: slumps that creep in, and all the small movements that are no slump."""

from __future__ import annotations

import numpy as np

from midback.simulated.body import Body
from midback.simulated.habits import Habits
from midback.simulated.joints import Movement, creeping
from midback.simulated.truth import FeltBuzz, Slump, Truth


class Sitting:
    """What a body does on a chair, without being asked.

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
        self._due: dict[str, float] = {}
        self._doings = {
            "fidget": self._fidget,
            "shift": self._change,
            "swivel": self._swivel,
            "lean": self._lean,
            "reach": self._reach,
            "side_bend": self._side_bend,
            "recline": self._recline,
        }
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
        self._due = {}

    def sit(self, now_s: float, end_s: float, *, meeting: bool) -> None:
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
        for name, every_s in self._intervals(meeting=meeting):
            if name not in self._due:
                self._due[name] = now_s + self._wait(every_s)
            while self._due[name] < end_s:
                at_s = max(self._due[name], now_s)
                self._doings[name](now_s, at_s)
                self._truth.count(name)
                self._due[name] = at_s + self._wait(every_s)

    def _bent(self) -> bool:
        """Whether there is anything to sit up from."""
        return (
            abs(self._body.slump.final) + abs(self._body.shift.final) + abs(self._body.bend.final)
            > 6.0
        )

    def _intervals(self, *, meeting: bool) -> tuple[tuple[str, float], ...]:
        habits = self._habits
        usual = (
            ("fidget", habits.fidget_every_s),
            ("shift", habits.shift_every_s),
            ("swivel", 90.0),
        )
        if meeting:
            return (*usual, ("recline", 420.0))
        return (
            *usual,
            ("lean", habits.lean_every_s),
            ("reach", habits.reach_every_s),
            ("side_bend", habits.bend_every_s),
        )

    def _wait(self, every_s: float) -> float:
        """Seconds to the next one: irregular, but rarely at once."""
        return float(self._rng.gamma(3.0, every_s / 3.0)) / self._habits.restlessness

    def _begin_slump(self, at_s: float) -> None:
        rng, habits = self._rng, self._habits
        haste = self._haste
        depth_deg = habits.slump_span_deg * float(rng.uniform(0.7, 1.05))
        creep_s = haste * float(rng.uniform(*habits.slump_creep_s))
        stay_s = haste * habits.slump_stay_s * float(rng.lognormal(0.0, 0.5))
        self._body.slump.add(Movement(at_s, creep_s, depth_deg - self._body.slump.final, creeping))
        self._truth.slumps.append(Slump(at_s, at_s + creep_s, depth_deg))
        self._slump_due_s = float("inf")
        self._sit_up_due_s = at_s + creep_s + stay_s

    def end_slump(self, at_s: float, ended_by: str) -> None:
        """Note the end of a slump, if there is one."""
        if self._truth.slumps and self._truth.slumps[-1].end_s is None:
            self._truth.slumps[-1].end_s = at_s
            self._truth.slumps[-1].ended_by = ended_by

    def _fidget(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(3.0, 7.0)) * float(rng.choice((-1.0, 1.0)))
        joint = self._body.bend if rng.random() < 0.6 else self._body.lateral
        joint.bump(size_deg, at_s, 0.8, float(rng.uniform(0.3, 2.5)), 0.9)

    def _change(self, now_s: float, at_s: float) -> None:
        """Move to another posture 5 degrees away or more, forward, backward or to a side."""
        rng = self._rng
        here = np.array([self._body.shift.final, self._body.lateral.final])
        there = here
        while np.hypot(*(there - here)) < 5.0:
            there = np.clip(rng.normal(0.0, (3.0, 3.5)), -7.0, 7.0)
        self._body.shift.redirect(now_s, float(there[0]), at_s, 1.2)
        self._body.lateral.redirect(now_s, float(there[1]), at_s, 1.2)

    def _swivel(self, _now_s: float, at_s: float) -> None:
        back_deg = -0.5 * self._body.heading.final if abs(self._body.heading.final) < 60 else 0.0
        turn_deg = back_deg + float(self._rng.normal(0.0, 12.0))
        self._body.heading.add(Movement(at_s, 1.5, turn_deg))

    def _lean(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(8.0, 18.0)) * (0.5 if self._body.slump.final > 5 else 1.0)
        stay_s = float(np.clip(25.0 * rng.lognormal(0.0, 0.8), 5.0, 120.0))
        self._body.bend.bump(size_deg, at_s, 1.5, stay_s, 1.5)

    def _reach(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        out_s, stay_s = float(rng.uniform(0.7, 1.1)), float(rng.uniform(0.3, 1.5))
        self._body.bend.bump(float(rng.uniform(20.0, 40.0)), at_s, out_s, stay_s, out_s)
        self._body.heading.bump(float(rng.normal(0.0, 15.0)), at_s, out_s, stay_s, out_s)

    def _side_bend(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(14.0, 26.0)) * float(rng.choice((-1.0, 1.0)))
        self._body.lateral.bump(size_deg, at_s, 1.0, float(rng.uniform(0.5, 2.5)), 1.1)

    def _recline(self, now_s: float, at_s: float) -> None:
        """Lean back in the chair until the next posture shift."""
        self._body.shift.redirect(now_s, -float(self._rng.uniform(9.0, 18.0)), at_s, 1.8)
        self._due["shift"] = at_s + float(self._rng.uniform(60.0, 180.0))
