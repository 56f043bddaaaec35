"""A simulated wearer: sits down, slumps without noticing, fidgets, walks, answers some buzzes."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np

from midback.simulated.body import Body
from midback.simulated.day_plan import BUSY, ON_FOOT, SEATED, UP, Activity, DayPlan, Stretch
from midback.simulated.habits import Habits
from midback.simulated.joints import Movement
from midback.simulated.motion import Motion, thorax_orientation
from midback.simulated.sitting import Sitting
from midback.simulated.truth import Truth
from midback.simulated.wearing import Wearing

Pose = Literal["tall", "bow", "slump", "free"]
"""What a wearer can be asked for: sit tall, bow 30 degrees from the hips, slump, carry on."""

BOW_DEG = 30.0


class Stance(NamedTuple):
    """Where an exercise takes the upper back, in degrees from sitting tall.

    Attributes:
        sag_deg: flexion by slumping.
        lean_deg: flexion otherwise; negative is extension.
        side_deg: to the wearer's right.
        turn_deg: to the wearer's left.
        takes_s: how long it takes to get there.
    """

    sag_deg: float = 0.0
    lean_deg: float = 0.0
    side_deg: float = 0.0
    turn_deg: float = 0.0
    takes_s: float = 1.4


_STAND_UP_S = 2.6
_SIT_DOWN_S = 2.8
_CLIMB_DEG = 7.0
"""How much further the trunk leans forward on stairs than on the level."""

_SEAT_M = 0.35
"""How much higher the hips are when standing."""

_UNREST = {
    Activity.TYPING: 1.0,
    Activity.MEETING: 0.8,
    Activity.GUIDED: 0.25,
    Activity.CALL: 1.0,
    Activity.EATING: 1.2,
}
"""Share of the usual sway while seated."""

_UNREST_STANDING = 1.4
_TREMOR_SEATED_G = 0.004
_TREMOR_STANDING_G = 0.006


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
        self._body = Body(self._rng, self.habits)
        self._sitting = Sitting(self._body, self.habits, self.truth, self._rng, plan.haste)
        self._wearing = Wearing(self._rng, self.habits.remount_deg, plan.slip)
        self._stretches = list(plan.stretches)
        self._stretch: Stretch | None = None
        self._asked: tuple[float, Pose | Stance] | None = None
        self._pose: Pose | Stance = "free"
        self._faces_deg = 0.0

    @property
    def activity(self) -> Activity:
        """What the wearer does at ``now_s``."""
        if self._pose != "free":
            return Activity.GUIDED
        return Activity.TYPING if self._stretch is None else self._stretch.activity

    @property
    def turns_s(self) -> float:
        """When the plan has something else, or the day ends; later than any if it is over."""
        if self._stretches:
            return self._stretches[0].start_s
        ends_s = self.plan.duration_s
        return ends_s if self.now_s < ends_s else 1e9

    @property
    def wears_it(self) -> bool:
        """Whether the clip is on the body at ``now_s``."""
        return self._wearing.on_body(self.now_s)

    @property
    def at_leisure(self) -> bool:
        """Whether they sit, wear the clip and could follow a request at ``now_s``."""
        return self.wears_it and self.activity in BUSY

    @property
    def has_to_move(self) -> bool:
        """Whether they have not yet done what was asked for last."""
        return self._asked is not None

    @property
    def slumped(self) -> bool:
        """Whether a slump of the wearer's own has come at least half way."""
        slump = self.truth.slumps[-1] if self.truth.slumps else None
        if slump is None or slump.end_s is not None:
            return self._pose == "slump"
        return abs(self._body.slump.value(self.now_s)) >= 0.5 * abs(slump.depth_deg)

    def ask(self, pose: Pose, time_s: float) -> None:
        """Ask for a pose; the wearer obeys after about ``habits.obey_s``.

        Poses are held until the next request; ``"free"`` lets the day go on.  Somebody who
        does not wear the clip does not hear.

        Raises:
            ValueError: if there is no such pose.
        """
        if pose not in get_args(Pose):
            raise ValueError(f"no pose {pose!r}; there are {', '.join(get_args(Pose))}")
        self._hear(pose, time_s)

    def go_to(self, stance: Stance, time_s: float) -> None:
        """Ask for a movement of an exercise; obeyed, held and ended as a pose is."""
        self._hear(stance, time_s)

    def _hear(self, wanted: Pose | Stance, time_s: float) -> None:
        if self.wears_it:
            delay_s = self.habits.obey_s + float(self._rng.uniform(-0.3, 0.3))
            self._asked = (time_s + delay_s, wanted)

    def feel_buzz(self, time_s: float) -> None:
        """The clip buzzes; whoever wears it will perhaps sit up in a while."""
        if self.wears_it:
            self._sitting.feel_buzz(time_s)

    def move(self, n: int, period_s: float) -> Motion:
        """The next ``n`` samples, ``period_s`` apart; ``n`` a multiple of 50."""
        start_s = self.now_s
        self._decide(start_s, start_s + n * period_s)
        activity = self.activity
        held = self._body.move(
            start_s,
            n,
            period_s,
            unrest=_UNREST.get(activity, _UNREST_STANDING),
            tremor_g=_TREMOR_SEATED_G if activity in SEATED else _TREMOR_STANDING_G,
        )
        thorax = thorax_orientation(
            np.radians(held.heading_deg),
            np.radians(held.flexion_deg),
            np.radians(held.lateral_deg),
        )
        back, acceleration_g, worn = self._wearing.carried(
            held.time_s, thorax, held.acceleration_g
        )
        motion = Motion(
            held.time_s, back, acceleration_g, held.flexion_deg, held.lateral_deg, worn
        )
        self.now_s = start_s + n * period_s
        self.truth.add(motion, held, activity, slumped=self.slumped)
        return motion

    def _decide(self, now_s: float, end_s: float) -> None:
        self._body.forget(now_s - 1.0)
        if self._asked is not None and self._asked[0] < end_s:
            at_s, pose = self._asked
            self._asked = None
            self._strike(now_s, max(at_s, now_s), pose)
        if self._pose != "free":
            return
        while self._stretches and self._stretches[0].start_s < end_s:
            stretch = self._stretches.pop(0)
            self._turn_to(stretch, now_s, max(stretch.start_s, now_s))
        ends_s = self.plan.duration_s
        if not self._stretches and end_s > ends_s and not self._wearing.over:
            self._sitting.leave(now_s)
            self._wearing.lay_down(max(now_s, ends_s), np.inf)
        if self.activity in BUSY:
            self._sitting.sit(now_s, end_s, self.activity)
        elif self.activity is Activity.STANDING_DESK:
            self._sitting.stand(now_s, end_s)

    def _strike(self, now_s: float, at_s: float, pose: Pose | Stance) -> None:
        """Take up the pose that was asked for."""
        if not isinstance(self._pose, Stance):
            self._faces_deg = self._body.heading.final
        self._pose = pose
        if pose == "free":
            stretch, self._stretch = self._stretch, None
            if stretch is not None:
                self._turn_to(stretch, now_s, at_s)
            return
        body = self._body
        self._sitting.leave(at_s)
        body.stand_still(at_s)
        body.height.redirect(now_s, 0.0, at_s, 1.2)
        if isinstance(pose, Stance):
            self._move(now_s, at_s, pose)
            return
        spread = 0.3 * self.habits.upright_spread_deg
        upright = float(self._rng.normal(0.0, spread))
        slump = self.habits.slump_span_deg * float(self._rng.uniform(0.92, 1.05))
        bow = BOW_DEG + float(self._rng.normal(0.0, 2.0)) if pose == "bow" else 0.0
        body.shift.redirect(now_s, upright, at_s, 1.0)
        body.lateral.redirect(now_s, float(self._rng.normal(0.0, 0.3 * spread)), at_s, 1.0)
        body.slump.redirect(now_s, slump if pose == "slump" else 0.0, at_s, 1.4)
        body.bend.redirect(now_s, bow, at_s, 1.3)

    def _move(self, now_s: float, at_s: float, to: Stance) -> None:
        body, takes_s = self._body, to.takes_s
        body.slump.redirect(now_s, to.sag_deg, at_s, takes_s)
        body.bend.redirect(now_s, 0.0, at_s, takes_s)
        body.shift.redirect(now_s, to.lean_deg, at_s, takes_s)
        body.lateral.redirect(now_s, to.side_deg, at_s, takes_s)
        body.heading.redirect(now_s, self._faces_deg + to.turn_deg, at_s, takes_s)

    def _turn_to(self, stretch: Stretch, now_s: float, at_s: float) -> None:
        """Stop what was done before and begin the next stretch."""
        before = self._stretch
        self._stretch = stretch
        was_up = before is not None and before.activity in UP
        is_up = stretch.activity in UP
        if before is not None and before.activity is Activity.OFF_BODY:
            self._wearing.put_on()
        if stretch.activity is Activity.OFF_BODY:
            self._sitting.leave(at_s)
            self._wearing.lay_down(at_s, stretch.end_s, stretch.rest)
        elif is_up:
            self._get_up(stretch, now_s, at_s, seated=not was_up)
        elif was_up:
            self._sitting.settle(now_s, at_s + _SIT_DOWN_S)
            self._swing_trunk(at_s + 0.3, _SIT_DOWN_S)
            self._body.height.redirect(now_s, 0.0, at_s + 0.6, 1.3)
        else:
            self._sitting.settle(now_s, at_s)

    def _get_up(self, stretch: Stretch, now_s: float, at_s: float, *, seated: bool) -> None:
        body = self._body
        self._sitting.leave(at_s)
        body.bend.redirect(now_s, 0.0, at_s, 1.0)
        ready_s = at_s
        if seated:
            self._swing_trunk(at_s, _STAND_UP_S)
            body.height.redirect(now_s, _SEAT_M, at_s + 0.7, 1.3)
            ready_s = at_s + _STAND_UP_S
        walking = stretch.activity in ON_FOOT
        stairs = stretch.activity is Activity.STAIRS
        stoop = float(self._rng.uniform(1.0, 4.0)) if walking else 0.0
        stoop += self.habits.stand_deg + (_CLIMB_DEG if stairs else 0.0)
        body.slump.redirect(now_s, 0.0, at_s, 1.5)
        body.shift.redirect(now_s, stoop, at_s, 1.5)
        body.lateral.redirect(now_s, 0.0, at_s, 1.5)
        if walking:
            slow, fast = self.habits.pace
            pace = float(self._rng.uniform(slow, fast)) if slow < fast else slow
            body.walk(ready_s, stretch.end_s, pace, stairs=stairs)
            turn_s = ready_s
            while turn_s < stretch.end_s - 2.0:
                turn_deg = float(self._rng.choice((-90.0, 90.0)))
                body.heading.add(Movement(turn_s, 1.3, turn_deg))
                turn_s += float(self._rng.uniform(6.0, 20.0))

    def _swing_trunk(self, at_s: float, duration_s: float) -> None:
        size_deg = float(self._rng.uniform(26.0, 40.0))
        self._body.bend.bump(size_deg, at_s, 0.42 * duration_s, 0.0, 0.45 * duration_s)
