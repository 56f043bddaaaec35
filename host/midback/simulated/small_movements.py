"""All the small movements of somebody who sits or stands at a desk, none of which is a slump.

Rates and sizes that are a person's own are in ``Habits``, with their sources.  The others are
chosen here, by watching people at desks rather than from a study.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from midback.simulated.body import Body
from midback.simulated.habits import Habits
from midback.simulated.truth import Truth

Doing = Callable[[float, float], float]
"""Takes now and when the movement begins; returns when it is over."""


class SmallMovements:
    """Does them when they are due.

    Args:
        body: what moves.
        habits: how often, how far.
        truth: where they are noted.
        rng: chance.
    """

    def __init__(self, body: Body, habits: Habits, truth: Truth, rng: np.random.Generator) -> None:
        self._body = body
        self._habits = habits
        self._truth = truth
        self._rng = rng
        self._due: dict[str, float] = {}
        self._stand_deg = 0.0
        self._doings: dict[str, Doing] = {
            "fidget": self._fidget,
            "shift": self._change,
            "swivel": self._swivel,
            "lean": self._lean,
            "reach": self._reach,
            "side_bend": self._side_bend,
            "recline": self._recline,
            "cross": self._cross,
            "turn": self._turn,
            "phone": self._phone,
            "rummage": self._rummage,
            "bite": self._bite,
            "sway": self._weight,
        }

    def begin(self, stand_deg: float = 0.0) -> None:
        """Forget what was due: the wearer sat down anew, or stands, tilted by so much."""
        self._due = {}
        self._stand_deg = stand_deg

    def go_on(self, every: tuple[tuple[str, float], ...], now_s: float, end_s: float) -> None:
        """Do what is due until ``end_s``: each by its name, every so many seconds on average."""
        for name, every_s in every:
            if name not in self._due:
                self._due[name] = now_s + self._wait(every_s)
            while self._due[name] < end_s:
                at_s = max(self._due[name], now_s)
                over_s = self._doings[name](now_s, at_s)
                self._truth.note(name, at_s, over_s)
                self._due[name] = at_s + self._wait(every_s)

    def _wait(self, every_s: float) -> float:
        """Seconds to the next one: irregular, but rarely at once."""
        return float(self._rng.gamma(3.0, every_s / 3.0)) / self._habits.restlessness

    def _fidget(self, _now_s: float, at_s: float) -> float:
        rng = self._rng
        size_deg = float(rng.uniform(3.0, 7.0)) * float(rng.choice((-1.0, 1.0)))
        joint = self._body.bend if rng.random() < 0.6 else self._body.lateral
        return joint.bump(size_deg, at_s, 0.8, float(rng.uniform(0.3, 2.5)), 0.9)

    def _change(self, now_s: float, at_s: float) -> float:
        """Move to another posture 5 degrees away or more, forward, backward or to a side."""
        rng = self._rng
        here = np.array([self._body.shift.final, self._body.lateral.final])
        there = here
        while np.hypot(*(there - here)) < 5.0:
            there = np.clip(rng.normal(0.0, (3.0, 3.5)), -7.0, 7.0)
        self._body.shift.redirect(now_s, float(there[0]), at_s, 1.2)
        self._body.lateral.redirect(now_s, float(there[1]), at_s, 1.2)
        return at_s + 1.2

    def _swivel(self, _now_s: float, at_s: float) -> float:
        back_deg = -0.5 * self._body.heading.final if abs(self._body.heading.final) < 60 else 0.0
        turn_deg = back_deg + float(self._rng.normal(0.0, 12.0))
        self._body.heading.move_by(turn_deg, at_s, 1.5)
        return at_s + 1.5

    def _lean(self, _now_s: float, at_s: float) -> float:
        """Toward the screen, from the hips."""
        rng, habits = self._rng, self._habits
        size_deg = float(rng.uniform(8.0, 18.0)) * (0.5 if self._body.slump.final > 5 else 1.0)
        stay_s = float(np.clip(25.0 * rng.lognormal(0.0, 0.8), 5.0, habits.lean_most_s))
        return self._body.bend.bump(size_deg, at_s, 1.5, stay_s, 1.5)

    def _reach(self, _now_s: float, at_s: float) -> float:
        rng = self._rng
        out_s, stay_s = float(rng.uniform(0.7, 1.1)), float(rng.uniform(0.3, 1.5))
        over_s = self._body.bend.bump(float(rng.uniform(20.0, 40.0)), at_s, out_s, stay_s, out_s)
        self._body.heading.bump(float(rng.normal(0.0, 15.0)), at_s, out_s, stay_s, out_s)
        return over_s

    def _side_bend(self, _now_s: float, at_s: float) -> float:
        rng = self._rng
        size_deg = float(rng.uniform(14.0, 26.0)) * float(rng.choice((-1.0, 1.0)))
        return self._body.lateral.bump(size_deg, at_s, 1.0, float(rng.uniform(0.5, 2.5)), 1.1)

    def _recline(self, now_s: float, at_s: float) -> float:
        """Lean back in the chair until the next posture shift."""
        back_deg = float(self._rng.uniform(*self._habits.recline_deg))
        self._body.shift.redirect(now_s, -back_deg, at_s, 1.8)
        self._due["shift"] = at_s + float(self._rng.uniform(60.0, 180.0))
        return self._due["shift"]

    def _cross(self, now_s: float, at_s: float) -> float:
        """Cross the legs, or uncross them: the pelvis tips a little, and stays so."""
        rng = self._rng
        side_deg = float(rng.uniform(1.0, 4.0)) * float(rng.choice((-1.0, 1.0)))
        self._body.bend.bump(float(rng.uniform(4.0, 10.0)), at_s, 0.7, 0.3, 0.9)
        self._body.lateral.redirect(now_s, side_deg, at_s, 1.4)
        self._body.shift.redirect(now_s, float(rng.uniform(-2.0, 4.0)), at_s, 1.4)
        return at_s + 1.9

    def _turn(self, _now_s: float, at_s: float) -> float:
        """Turn to somebody, talk, and turn back."""
        rng = self._rng
        turn_deg = float(rng.uniform(35.0, 80.0)) * float(rng.choice((-1.0, 1.0)))
        stay_s = float(np.clip(15.0 * rng.lognormal(0.0, 0.9), 3.0, 120.0))
        self._body.lateral.bump(float(rng.normal(0.0, 2.5)), at_s, 1.3, stay_s, 1.3)
        return self._body.heading.bump(turn_deg, at_s, 1.3, stay_s, 1.3)

    def _phone(self, _now_s: float, at_s: float) -> float:
        """A look at the phone in the hand: the head bows, the upper trunk shifts backward."""
        rng = self._rng
        back_deg = float(rng.uniform(1.0, 6.0))
        stay_s = float(np.clip(60.0 * rng.lognormal(0.0, 0.7), 15.0, 300.0))
        return self._body.bend.bump(-back_deg, at_s, 1.6, stay_s, 1.4)

    def _rummage(self, _now_s: float, at_s: float) -> float:
        """Something in the lowest drawer, a bag on the floor, a shoelace."""
        rng = self._rng
        out_s, stay_s = float(rng.uniform(1.2, 2.0)), float(rng.uniform(2.0, 12.0))
        side_deg = float(rng.uniform(-22.0, 22.0))
        self._body.lateral.bump(side_deg, at_s, out_s, stay_s, out_s)
        return self._body.bend.bump(float(rng.uniform(30.0, 55.0)), at_s, out_s, stay_s, out_s)

    def _bite(self, _now_s: float, at_s: float) -> float:
        """Over the plate for a bite."""
        rng = self._rng
        stay_s = float(rng.uniform(0.6, 3.0))
        return self._body.bend.bump(float(rng.uniform(5.0, 14.0)), at_s, 0.9, stay_s, 1.0)

    def _weight(self, now_s: float, at_s: float) -> float:
        """Standing, the weight from one leg to the other."""
        rng = self._rng
        there_deg = self._stand_deg + float(np.clip(rng.normal(0.0, 1.5), -3.0, 3.0))
        self._body.shift.redirect(now_s, there_deg, at_s, 1.3)
        side_deg = float(np.clip(rng.normal(0.0, 2.5), -6.0, 6.0))
        self._body.lateral.redirect(now_s, side_deg, at_s, 1.3)
        return at_s + 1.3
