"""A working day as a list of stretches: what the wearer does, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from midback.simulated.resting import Rest
from midback.simulated.wearing import Slip

WORKDAY_MIN = 540.0
"""From half past eight to half past five."""

_WHOLE_DAY_MIN = 240.0
"""From this length on a day has its meetings and its lunch."""


class Activity(IntEnum):
    """What the wearer is busy with; stored as this number in the truth."""

    TYPING = 0
    MEETING = 1
    STANDING = 2
    WALKING = 3
    OFF_BODY = 4
    """The clip lies on the desk; its wearer is elsewhere."""
    GUIDED = 5
    """Holding a pose somebody asked for."""
    CALL = 6
    """Talking, seated."""
    EATING = 7
    """At the desk."""
    STANDING_DESK = 8
    STAIRS = 9


BUSY = frozenset({Activity.TYPING, Activity.MEETING, Activity.CALL, Activity.EATING})
"""Seated and left alone."""

SEATED = BUSY | {Activity.GUIDED}
ON_FOOT = frozenset({Activity.WALKING, Activity.STAIRS})
UP = ON_FOOT | {Activity.STANDING, Activity.STANDING_DESK}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One activity from ``start_s`` to ``end_s``, in seconds since the clip was put on.

    ``rest`` is how the clip lies while it is off the body.
    """

    activity: Activity
    start_s: float
    end_s: float
    rest: Rest = Rest.FLAT


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is to happen.

    Attributes:
        stretches: the activities, without gaps, in order.
        out_of_range: when the wearer is too far from the host, as (start, end) in seconds.
        haste: factor on the time slumps take; below 1 in short days, so that they have some.
        slip: when the clip slips on the body, if it does.
    """

    stretches: tuple[Stretch, ...]
    out_of_range: tuple[tuple[float, float], ...] = ()
    haste: float = 1.0
    slip: Slip | None = None

    def __post_init__(self) -> None:
        if not self.stretches:
            raise ValueError("a day needs at least one stretch")
        for before, after in zip(self.stretches, self.stretches[1:], strict=False):
            if before.end_s != after.start_s:
                raise ValueError(f"nothing is planned from {before.end_s} to {after.start_s} s")

    @property
    def duration_s(self) -> float:
        """Seconds from putting the clip on to the end of the day."""
        return self.stretches[-1].end_s


def plan_of(parts: Iterable[tuple[Activity, float]], *, haste: float = 1.0) -> DayPlan:
    """A plan from activities and their lengths in minutes, without loss of range.

    >>> plan_of([(Activity.TYPING, 5), (Activity.WALKING, 1)]).duration_s
    360.0
    """
    stretches, _ = _laid_out([(activity, minutes, 0.0) for activity, minutes in parts])
    return DayPlan(tuple(stretches), haste=haste)


def workday(seed: int, minutes: float | None = None) -> DayPlan:
    """A day at a desk, different for every seed.

    A whole day has meetings, coffee, a lunch with the clip on the desk and one errand out of
    the radio's reach.  A short one is packed with the same things as far as they fit.

    Args:
        seed: which day.
        minutes: its length; ``None`` is nine hours.

    Raises:
        ValueError: if the length is not positive.
    """
    minutes = WORKDAY_MIN if minutes is None else minutes
    if not minutes > 0:
        raise ValueError(f"a day of {minutes} minutes is none")
    rng = np.random.default_rng([seed, 0xDA1])
    parts = _whole(rng, minutes) if minutes >= _WHOLE_DAY_MIN else _short(rng, minutes)
    left = minutes - sum(length for _, length, _ in parts)
    parts.append((Activity.TYPING, left, 0.0))
    stretches, away = _laid_out(parts)
    return DayPlan(tuple(stretches), tuple(away), haste=float(np.clip(minutes / 60, 0.25, 1.0)))


# An activity, its minutes, and how many minutes from its middle are out of range.
_Part = tuple[Activity, float, float]


def _whole(rng: np.random.Generator, minutes: float) -> list[_Part]:
    scale = minutes / WORKDAY_MIN

    def about(length: float) -> float:
        return length * scale * float(rng.uniform(0.85, 1.15))

    def walk(length: float = 1.2) -> _Part:
        return (Activity.WALKING, length * float(rng.uniform(0.7, 1.4)), 0.0)

    def coffee() -> list[_Part]:
        return [walk(), (Activity.STANDING, float(rng.uniform(1.5, 4.0)), 0.0), walk()]

    loss = float(rng.uniform(3.0, 6.0))
    return [
        (Activity.TYPING, about(52), 0.0),
        *coffee(),
        (Activity.TYPING, about(40), 0.0),
        walk(),
        (Activity.MEETING, about(50), 0.0),
        walk(),
        (Activity.TYPING, about(60), 0.0),
        (Activity.OFF_BODY, about(38), 0.0),
        (Activity.TYPING, about(50), 0.0),
        (Activity.WALKING, loss + float(rng.uniform(1.0, 2.0)), loss),
        (Activity.TYPING, about(42), 0.0),
        *coffee(),
        (Activity.MEETING, about(30), 0.0),
        walk(),
        (Activity.TYPING, about(55), 0.0),
        walk(2.0),
    ]


def _short(rng: np.random.Generator, minutes: float) -> list[_Part]:
    if minutes < 3:
        return []
    walk = float(np.clip(0.04 * minutes, 0.6, 4.0))
    if minutes < 8:
        return [(Activity.TYPING, 0.55 * minutes, 0.0), (Activity.WALKING, walk, 0.0)]
    loss = float(np.clip(0.04 * minutes, 0.75, 4.0))
    parts: list[_Part] = [
        (Activity.TYPING, minutes * float(rng.uniform(0.28, 0.32)), 0.0),
        (Activity.WALKING, walk, 0.0),
        (Activity.TYPING, minutes * float(rng.uniform(0.2, 0.24)), 0.0),
        (Activity.WALKING, loss + 0.6, loss),
    ]
    if minutes >= 60:
        parts.append((Activity.MEETING, 0.12 * minutes, 0.0))
    parts.append((Activity.TYPING, 0.13 * minutes, 0.0))
    if minutes >= 15:
        parts.append((Activity.OFF_BODY, float(np.clip(0.1 * minutes, 2.5, 20.0)), 0.0))
    return parts


def _laid_out(parts: Iterable[_Part]) -> tuple[list[Stretch], list[tuple[float, float]]]:
    stretches: list[Stretch] = []
    away: list[tuple[float, float]] = []
    now_s = 0.0
    for activity, length, lost in parts:
        end_s = round(now_s + 60 * length, 1)
        stretches.append(Stretch(activity, now_s, end_s))
        if lost:
            middle_s = (now_s + end_s) / 2
            away.append((round(middle_s - 30 * lost, 1), round(middle_s + 30 * lost, 1)))
        now_s = end_s
    return stretches, away
