"""A second simulated clip on the same wearer: at the waistband, in the small of the back.

A lean from the hips carries the pelvis along with the thorax; in a slump the pelvis rolls back
by about 10 degrees while the upper back tips forward (Nairn 2013, Man Ther 18:498, in the lab).

Limits: both clips sample at the same rate, are put on and laid down together, and feel the same
jolts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from midback.simulated.day_plan import Activity, DayPlan
from midback.simulated.habits import Habits
from midback.simulated.motion import Array, Motion, thorax_orientation, turn_about, turned
from midback.simulated.wearer import Pose, Wearer

_ROLL_BACK = 0.45
"""Of a slump as the upper clip sees it: 10 degrees of pelvis for 20 to 25 of upper back."""

_SHIFT_SHARE = 0.5
"""Of sitting differently, which is part hips and part spine (own choice)."""

_SWAY_SHARE = 0.3
"""Of sway and breathing (own choice): the pelvis rests on the seat."""

_LATERAL_SHARE = 0.4
"""Of tilting to the side, most of which the spine does (own choice)."""

_HANGS_DEG = 8.0
"""How far the clip tips forward on somebody who sits tall: the mean of 22 people at L5
(sitting_spine_dev, estimator.md 2)."""


class TwiceWorn(Wearer):
    """A wearer of two clips.  As a ``Wearer`` it is worn by the upper clip.

    Args:
        plan, habits, seed: as there.

    Attributes:
        waistband: what the second clip is worn by.
    """

    def __init__(self, plan: DayPlan, habits: Habits | None = None, *, seed: int = 0) -> None:
        super().__init__(plan, habits, seed=seed)
        self.waistband = Waistband(self)
        self._waiting: tuple[list[Motion], list[Motion]] = [], []
        self._period_s: float | None = None

    def move(self, n: int, period_s: float) -> Motion:
        """The next ``n`` samples of the upper back."""
        return self.seen(0, n, period_s)

    def seen(self, place: int, n: int, period_s: float) -> Motion:
        """The next ``n`` samples at the upper back (0) or at the waistband (1).

        Raises:
            ValueError: the two clips do not sample at the same rate.
        """
        if self._period_s not in (None, period_s):
            raise ValueError(
                f"one clip samples every {self._period_s} s and the other every {period_s} s: "
                "give both the same rate"
            )
        self._period_s = period_s
        waiting = self._waiting[place]
        missing = n - sum(len(part.time_s) for part in waiting)
        if missing > 0:
            upper = super().move(missing, period_s)
            self._waiting[0].append(upper)
            self._waiting[1].append(self._at_waistband(upper))
        every = _joined(waiting)
        waiting[:] = [_part(every, slice(n, None))]
        return _part(every, slice(None, n))

    def _at_waistband(self, upper: Motion) -> Motion:
        body, time_s = self._body, upper.time_s
        slump, shift, bend = (
            np.zeros(len(time_s)) + joint.at(time_s)
            for joint in (body.slump, body.shift, body.bend)
        )
        rest = upper.flexion_deg - slump - shift - bend
        # It rolls back in a slump that goes backward as well.
        tips_deg = bend + _SHIFT_SHARE * shift + _SWAY_SHARE * rest - _ROLL_BACK * np.abs(slump)
        lateral_deg = _LATERAL_SHARE * upper.lateral_deg
        heading_deg = np.zeros(len(time_s)) + body.heading.at(time_s)
        pelvis = thorax_orientation(*np.radians([heading_deg, tips_deg, lateral_deg]))
        hung = turned(pelvis, turn_about(np.array([0.0, 1.0, 0.0]), np.radians(_HANGS_DEG)))
        carried = np.where(upper.worn[:, None], hung, upper.earth_from_back)
        return Motion(time_s, carried, upper.acceleration_g, tips_deg, lateral_deg, upper.worn)


class Waistband(Wearer):
    """The same person, as the clip at their waistband knows them."""

    def __init__(self, person: TwiceWorn) -> None:
        super().__init__(person.plan, person.habits)
        self.truth = person.truth
        self._person = person

    @property
    def activity(self) -> Activity:
        """What the wearer does."""
        return self._person.activity

    @property
    def wears_it(self) -> bool:
        """Whether the clips are on the body."""
        return self._person.wears_it

    @property
    def slumped(self) -> bool:
        """Whether a slump of the wearer's own has come at least half way."""
        return self._person.slumped

    def ask(self, pose: Pose, time_s: float) -> None:
        """Ask the person for a pose."""
        self._person.ask(pose, time_s)

    def feel_buzz(self, time_s: float) -> None:
        """A buzz at the waistband is felt as well."""
        self._person.feel_buzz(time_s)

    def move(self, n: int, period_s: float) -> Motion:
        """The next ``n`` samples of the pelvis: ``flexion_deg`` is its tilt, + forward."""
        return self._person.seen(1, n, period_s)


def _joined(parts: Sequence[Motion]) -> Motion:
    if len(parts) == 1:
        return parts[0]
    names = [each.name for each in fields(Motion)]
    return Motion(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _part(motion: Motion, part: slice) -> Motion:
    values: dict[str, Array] = {
        each.name: getattr(motion, each.name)[part] for each in fields(Motion)
    }
    return Motion(**values)  # pyright: ignore[reportArgumentType]
