"""A simulated wearer: sits down, slumps without noticing, fidgets, walks, answers some buzzes."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from midback.simulated.body import Coloured, Gait, Joint, Movement, lever_acceleration
from midback.simulated.day_plan import SEATED, Activity, DayPlan, Stretch
from midback.simulated.habits import Habits
from midback.simulated.motion import (
    Array,
    Motion,
    blended,
    creeping,
    swift,
    thorax_orientation,
    turn_about,
    turned,
)
from midback.simulated.truth import FeltBuzz, Slump, Truth

Pose = Literal["tall", "bow", "slump", "free"]
"""What a wearer can be asked for: sit tall, bow 30 degrees from the hips, slump, carry on."""

BOW_DEG = 30.0

_STAND_UP_S = 2.6
_SIT_DOWN_S = 2.8
_TAKE_OFF_S = 3.0
_SEAT_M = 0.35
"""How much higher the hips are when standing."""

_CALM = {Activity.TYPING: 1.0, Activity.MEETING: 0.8, Activity.GUIDED: 0.25}
"""Share of the usual sway while seated; standing sways more."""


class Wearer:
    """One person on one day.  The same seed, plan and requests give the same day.

    Time is passed in and advances by ``move``.  What is asked or felt in between shows from
    the next block on.

    Args:
        plan: what the day holds.
        habits: what the person is like.
        seed: chance.

    Attributes:
        truth: what really happened so far.
        now_s: up to when the wearer has moved, in seconds since the clip was put on.
    """

    def __init__(self, plan: DayPlan, habits: Habits | None = None, *, seed: int = 0) -> None:
        self.plan = plan
        self.habits = Habits() if habits is None else habits
        self.truth = Truth()
        self.now_s = 0.0
        self._rng = np.random.default_rng([seed, 0x3EA3])
        self._slump, self._shift, self._bend = Joint(), Joint(), Joint()
        self._lateral, self._heading, self._height = Joint(), Joint(), Joint()
        self._sway = Coloured(self._rng, 2, None, 0.25)
        self._last_sway = self._sway.take(2)
        self._calm = 1.0
        self._tapping = Coloured(self._rng, 3, 3.0, 12.0)
        self._gait = Gait(self._rng, self.habits.step_hz)
        self._breath = float(self._rng.uniform(0, 2 * np.pi))
        self._stretches = list(plan.stretches)
        self._stretch: Stretch | None = None
        self._steps_from_s = self._steps_to_s = 0.0
        self._off_from_s = self._off_to_s = -1.0
        self._desk = np.array([1.0, 0.0, 0.0, 0.0])
        self._slip = np.array([1.0, 0.0, 0.0, 0.0])
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
        self._asked: tuple[float, Pose] | None = None
        self._pose: Pose = "free"

    @property
    def activity(self) -> Activity:
        """What the wearer does at ``now_s``."""
        if self._pose != "free":
            return Activity.GUIDED
        return Activity.TYPING if self._stretch is None else self._stretch.activity

    @property
    def wears_it(self) -> bool:
        """Whether the clip is on the body at ``now_s``."""
        return not self._off_from_s <= self.now_s < self._off_to_s

    @property
    def slumped(self) -> bool:
        """Whether a slump of the wearer's own has come at least half way."""
        slump = self.truth.slumps[-1] if self.truth.slumps else None
        if slump is None or slump.end_s is not None:
            return self._pose == "slump"
        return abs(self._slump.value(self.now_s)) >= 0.5 * abs(slump.depth_deg)

    def ask(self, pose: Pose, time_s: float) -> None:
        """Ask for a pose; the wearer obeys after about ``habits.obey_s``.

        Poses are held until the next request; ``"free"`` lets the day go on.  Somebody who
        does not wear the clip does not hear.

        Raises:
            ValueError: if there is no such pose.
        """
        if pose not in get_args(Pose):
            raise ValueError(f"no pose {pose!r}; there are {', '.join(get_args(Pose))}")
        if self.wears_it:
            delay_s = self.habits.obey_s + float(self._rng.uniform(-0.3, 0.3))
            self._asked = (time_s + delay_s, pose)

    def feel_buzz(self, time_s: float) -> None:
        """The clip buzzes; perhaps the wearer will sit up in a while."""
        if not self.wears_it:
            return
        answered_s = None
        habits = self.habits
        if self._answer_due_s is None and self._rng.random() < habits.answer_rate:
            delay_s = habits.answer_median_s * self._rng.lognormal(0.0, habits.answer_spread)
            answered_s = self._answer_due_s = time_s + float(np.clip(delay_s, 2.0, 120.0))
        self.truth.buzzes.append(FeltBuzz(time_s, answered_s))

    def move(self, n: int, period_s: float) -> Motion:
        """The next ``n`` samples, ``period_s`` apart; ``n`` a multiple of 50."""
        start_s = self.now_s
        end_s = start_s + n * period_s
        self._decide(start_s, end_s)
        # One sample more at either end, from which the acceleration is found.
        time_s: Array = start_s + period_s * np.arange(n + 2, dtype=np.float64)
        flexion_deg, lateral_deg = self._tilts(time_s)
        height_m = self._height.at(time_s)
        acceleration_g = lever_acceleration(
            np.radians(flexion_deg),
            np.radians(lateral_deg),
            height_m,
            period_s,
        )
        heading_deg = np.asarray(self._heading.at(time_s[1:-1])) + np.zeros(n)
        time_s = time_s[1:-1]
        flexion_deg, lateral_deg = flexion_deg[1:-1], lateral_deg[1:-1]
        if self._steps_from_s < end_s and start_s < self._steps_to_s:
            rise = np.minimum(time_s - self._steps_from_s, self._steps_to_s - time_s)
            vigour = swift(np.clip(rise, 0.0, 1.0))
            angles_deg, force_g = self._gait.take(n, period_s)
            flexion_deg = flexion_deg + vigour * angles_deg[0]
            lateral_deg = lateral_deg + vigour * angles_deg[1]
            heading_deg = heading_deg + vigour * angles_deg[2]
            acceleration_g = acceleration_g + vigour[:, None] * force_g
        else:
            acceleration_g += (0.004 if self.activity in SEATED else 0.006) * self._tapping.take(n)
        self.now_s = end_s
        return self._carried(time_s, flexion_deg, lateral_deg, heading_deg, acceleration_g)

    def _tilts(self, time_s: Array) -> tuple[Array, Array]:
        habits = self.habits
        n = len(time_s) - 2
        calm = _CALM.get(self.activity, 1.4)
        sway = self._sway_with_edges(n) * habits.sway_deg
        # From one activity to the next in a ramp: a step would be a knock.
        sway *= calm if calm == self._calm else np.linspace(self._calm, calm, n + 2)[:, None]
        self._calm = calm
        rate = 2 * np.pi * habits.breathing_hz * (1 + 0.1 * self._rng.standard_normal())
        breath = self._breath + rate * (time_s - time_s[0])
        self._breath = float(breath[n] % (2 * np.pi))
        flexion = habits.breathing_deg * np.sin(breath) + sway[:, 0]
        for joint in (self._slump, self._shift, self._bend):
            flexion += joint.at(time_s)
        return flexion, 0.6 * sway[:, 1] + self._lateral.at(time_s)

    def _sway_with_edges(self, n: int) -> Array:
        fresh = self._sway.take(n)
        sway = np.concatenate([self._last_sway, fresh])
        self._last_sway = fresh[-2:]
        return sway

    def _carried(
        self,
        time_s: Array,
        flexion_deg: Array,
        lateral_deg: Array,
        heading_deg: Array,
        acceleration_g: Array,
    ) -> Motion:
        n = len(time_s)
        back = thorax_orientation(
            np.radians(heading_deg), np.radians(flexion_deg), np.radians(lateral_deg)
        )
        if self._slip[0] != 1.0:
            back = turned(back, self._slip)
        worn = np.ones(n, bool)
        if time_s[-1] > self._off_from_s and time_s[0] <= self._off_to_s:
            worn = (time_s < self._off_from_s) | (time_s >= self._off_to_s)
            off = np.clip((time_s - self._off_from_s) / _TAKE_OFF_S, 0.0, 1.0)
            on = np.clip((time_s - self._off_to_s + _TAKE_OFF_S) / _TAKE_OFF_S, 0.0, 1.0)
            share = swift(off) - swift(on)
            handled = ((off > 0) & (off < 1)) | ((on > 0) & (on < 1))
            back = blended(back, np.broadcast_to(self._desk, back.shape), share)
            jolts = 0.15 * handled[:, None] * self._rng.standard_normal((n, 3))
            acceleration_g = acceleration_g * (share <= 0)[:, None] + jolts
        motion = Motion(time_s, back, acceleration_g, flexion_deg, lateral_deg, worn)
        self.truth.add(motion, self.activity, slumped=self.slumped)
        return motion

    # What to do next

    def _decide(self, now_s: float, end_s: float) -> None:
        for joint in self._joints:
            joint.forget(now_s - 1.0)
        if self._asked is not None and self._asked[0] < end_s:
            at_s, pose = self._asked
            self._asked = None
            self._strike(now_s, max(at_s, now_s), pose)
        if self._pose != "free":
            return
        while self._stretches and self._stretches[0].start_s < end_s:
            stretch = self._stretches.pop(0)
            self._turn_to(stretch, now_s, max(stretch.start_s, now_s))
        if not self._stretches and end_s > self.plan.duration_s and self._off_to_s < np.inf:
            self._end_slump(now_s, "moved")
            self._lay_down(max(now_s, self.plan.duration_s), np.inf)
        if self.activity in (Activity.TYPING, Activity.MEETING):
            self._sit(now_s, end_s)

    @property
    def _joints(self) -> tuple[Joint, ...]:
        return (
            self._slump,
            self._shift,
            self._bend,
            self._lateral,
            self._heading,
            self._height,
        )

    def _strike(self, now_s: float, at_s: float, pose: Pose) -> None:
        """Take up the pose that was asked for."""
        self._pose = pose
        if pose == "free":
            stretch, self._stretch = self._stretch, None
            if stretch is not None:
                self._turn_to(stretch, now_s, at_s)
            return
        self._end_slump(at_s, "moved")
        self._slump_due_s = self._sit_up_due_s = float("inf")
        self._answer_due_s = None
        self._steps_to_s = min(self._steps_to_s, at_s)
        self._height.redirect(now_s, 0.0, at_s, 1.2)
        spread = 0.3 * self.habits.upright_spread_deg
        upright = float(self._rng.normal(0.0, spread))
        slump = self.habits.slump_span_deg * float(self._rng.uniform(0.92, 1.05))
        bow = BOW_DEG + float(self._rng.normal(0.0, 2.0)) if pose == "bow" else 0.0
        self._shift.redirect(now_s, upright, at_s, 1.0)
        self._lateral.redirect(now_s, float(self._rng.normal(0.0, 0.3 * spread)), at_s, 1.0)
        self._slump.redirect(now_s, slump if pose == "slump" else 0.0, at_s, 1.4)
        self._bend.redirect(now_s, bow, at_s, 1.3)

    def _turn_to(self, stretch: Stretch, now_s: float, at_s: float) -> None:
        """Stop what was done before and begin the next stretch."""
        before = self._stretch
        self._stretch = stretch
        was_up = before is not None and before.activity in (Activity.WALKING, Activity.STANDING)
        is_up = stretch.activity in (Activity.WALKING, Activity.STANDING)
        if before is not None and before.activity is Activity.OFF_BODY:
            self._slip = turned(self._slip, self._small_turn())
        if stretch.activity is Activity.OFF_BODY:
            self._end_slump(at_s, "moved")
            self._lay_down(at_s, stretch.end_s)
        elif is_up:
            self._get_up(stretch, now_s, at_s, seated=not was_up)
        elif was_up:
            self._settle(now_s, at_s + _SIT_DOWN_S)
            self._swing_trunk(at_s + 0.3, _SIT_DOWN_S)
            self._height.redirect(now_s, 0.0, at_s + 0.6, 1.3)
        else:
            self._settle(now_s, at_s)

    def _get_up(self, stretch: Stretch, now_s: float, at_s: float, *, seated: bool) -> None:
        self._end_slump(at_s, "moved")
        self._bend.redirect(now_s, 0.0, at_s, 1.0)
        ready_s = at_s
        if seated:
            self._swing_trunk(at_s, _STAND_UP_S)
            self._height.redirect(now_s, _SEAT_M, at_s + 0.7, 1.3)
            ready_s = at_s + _STAND_UP_S
        walking = stretch.activity is Activity.WALKING
        stoop = float(self._rng.uniform(1.0, 4.0)) if walking else 0.0
        self._slump.redirect(now_s, 0.0, at_s, 1.5)
        self._shift.redirect(now_s, stoop, at_s, 1.5)
        self._lateral.redirect(now_s, 0.0, at_s, 1.5)
        if walking:
            self._steps_from_s, self._steps_to_s = ready_s, stretch.end_s
            turn_s = ready_s
            while turn_s < stretch.end_s - 2.0:
                turn_deg = float(self._rng.choice((-90.0, 90.0)))
                self._heading.add(Movement(turn_s, 1.3, turn_deg))
                turn_s += float(self._rng.uniform(6.0, 20.0))

    def _swing_trunk(self, at_s: float, duration_s: float) -> None:
        size_deg = float(self._rng.uniform(26.0, 40.0))
        self._bend.bump(size_deg, at_s, 0.42 * duration_s, 0.0, 0.45 * duration_s)

    def _lay_down(self, at_s: float, end_s: float) -> None:
        """Take the clip off and lay it on the desk, its back down."""
        self._off_from_s, self._off_to_s = at_s, end_s
        self._stretches = [s for s in self._stretches if s.start_s >= at_s]
        face_down = turn_about(np.array([0.0, 1.0, 0.0]), np.pi / 2)
        around = turn_about(np.array([0.0, 0.0, 1.0]), float(self._rng.uniform(0, 6)))
        self._desk = turned(around, face_down)

    def _small_turn(self) -> Array:
        angle = np.radians(self.habits.remount_deg) * self._rng.standard_normal()
        return turn_about(self._rng.standard_normal(3), float(angle))

    def _settle(self, now_s: float, at_s: float) -> None:
        """Sit up, somewhere near upright, and begin to wait for the next slump."""
        self._end_slump(at_s, "moved")
        rng, habits = self._rng, self.habits
        upright = float(np.clip(rng.normal(0.0, habits.upright_spread_deg), -4.0, 4.0))
        duration_s = float(rng.uniform(0.9, 1.8))
        self._slump.redirect(now_s, 0.0, at_s, duration_s)
        self._shift.redirect(now_s, upright, at_s, duration_s)
        self._bend.redirect(now_s, 0.0, max(at_s, now_s), duration_s)
        self._lateral.redirect(now_s, float(rng.normal(0.0, 1.0)), at_s, duration_s)
        haste = self.plan.haste
        self._slump_due_s = at_s + haste * float(rng.uniform(*habits.slump_onset_s))
        self._sit_up_due_s = float("inf")
        self._due = {}

    # Sitting

    def _sit(self, now_s: float, end_s: float) -> None:
        if self._answer_due_s is not None and self._answer_due_s < end_s:
            at_s, self._answer_due_s = max(self._answer_due_s, now_s), None
            if self._bent():
                self._end_slump(at_s, "buzz")
                self._settle(now_s, at_s)
                return
        if self._sit_up_due_s < end_s:
            at_s = max(self._sit_up_due_s, now_s)
            self._end_slump(at_s, "itself")
            self._settle(now_s, at_s)
            return
        if self._slump_due_s < end_s:
            self._begin_slump(max(self._slump_due_s, now_s))
        for name, every_s in self._intervals():
            if name not in self._due:
                self._due[name] = now_s + self._wait(every_s)
            while self._due[name] < end_s:
                at_s = max(self._due[name], now_s)
                self._doings[name](now_s, at_s)
                self.truth.count(name)
                self._due[name] = at_s + self._wait(every_s)

    def _bent(self) -> bool:
        """Whether there is anything to sit up from."""
        return abs(self._slump.final) + abs(self._shift.final) + abs(self._bend.final) > 6.0

    def _intervals(self) -> tuple[tuple[str, float], ...]:
        habits = self.habits
        usual = (
            ("fidget", habits.fidget_every_s),
            ("shift", habits.shift_every_s),
            ("swivel", 90.0),
        )
        if self.activity is Activity.MEETING:
            return (*usual, ("recline", 420.0))
        return (
            *usual,
            ("lean", habits.lean_every_s),
            ("reach", habits.reach_every_s),
            ("side_bend", habits.bend_every_s),
        )

    def _wait(self, every_s: float) -> float:
        """Seconds to the next one: irregular, but rarely at once."""
        return float(self._rng.gamma(3.0, every_s / 3.0)) / self.habits.restlessness

    def _begin_slump(self, at_s: float) -> None:
        rng, habits = self._rng, self.habits
        haste = self.plan.haste
        depth_deg = habits.slump_span_deg * float(rng.uniform(0.7, 1.05))
        creep_s = haste * float(rng.uniform(*habits.slump_creep_s))
        stay_s = haste * habits.slump_stay_s * float(rng.lognormal(0.0, 0.5))
        self._slump.add(Movement(at_s, creep_s, depth_deg - self._slump.final, creeping))
        self.truth.slumps.append(Slump(at_s, at_s + creep_s, depth_deg))
        self._slump_due_s = float("inf")
        self._sit_up_due_s = at_s + creep_s + stay_s

    def _end_slump(self, at_s: float, ended_by: str) -> None:
        if self.truth.slumps and self.truth.slumps[-1].end_s is None:
            self.truth.slumps[-1].end_s = at_s
            self.truth.slumps[-1].ended_by = ended_by

    def _fidget(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(3.0, 7.0)) * float(rng.choice((-1.0, 1.0)))
        joint = self._bend if rng.random() < 0.6 else self._lateral
        joint.bump(size_deg, at_s, 0.8, float(rng.uniform(0.3, 2.5)), 0.9)

    def _change(self, now_s: float, at_s: float) -> None:
        """Move to another posture 5 degrees away or more, forward, backward or to a side."""
        rng = self._rng
        here = np.array([self._shift.final, self._lateral.final])
        there = here
        while np.hypot(*(there - here)) < 5.0:
            there = np.clip(rng.normal(0.0, (3.0, 3.5)), -7.0, 7.0)
        self._shift.redirect(now_s, float(there[0]), at_s, 1.2)
        self._lateral.redirect(now_s, float(there[1]), at_s, 1.2)

    def _swivel(self, _now_s: float, at_s: float) -> None:
        back_deg = -0.5 * self._heading.final if abs(self._heading.final) < 60 else 0.0
        turn_deg = back_deg + float(self._rng.normal(0.0, 12.0))
        self._heading.add(Movement(at_s, 1.5, turn_deg))

    def _lean(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(8.0, 18.0)) * (0.5 if self._slump.final > 5 else 1.0)
        stay_s = float(np.clip(25.0 * rng.lognormal(0.0, 0.8), 5.0, 120.0))
        self._bend.bump(size_deg, at_s, 1.5, stay_s, 1.5)

    def _reach(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        out_s, stay_s = float(rng.uniform(0.7, 1.1)), float(rng.uniform(0.3, 1.5))
        self._bend.bump(float(rng.uniform(20.0, 40.0)), at_s, out_s, stay_s, out_s)
        self._heading.bump(float(rng.normal(0.0, 15.0)), at_s, out_s, stay_s, out_s)

    def _side_bend(self, _now_s: float, at_s: float) -> None:
        rng = self._rng
        size_deg = float(rng.uniform(14.0, 26.0)) * float(rng.choice((-1.0, 1.0)))
        self._lateral.bump(size_deg, at_s, 1.0, float(rng.uniform(0.5, 2.5)), 1.1)

    def _recline(self, now_s: float, at_s: float) -> None:
        """Lean back in the chair until the next posture shift."""
        self._shift.redirect(now_s, -float(self._rng.uniform(9.0, 18.0)), at_s, 1.8)
        self._due["shift"] = at_s + float(self._rng.uniform(60.0, 180.0))
