"""Which drills, in which order, and how much of each, so that it takes five minutes.

What the last check advised comes first and whole; the rest is cut down where that takes more time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from midback.exercises.advice import Advice
from midback.exercises.drill import By, Drill

ROUTINE_S = 300.0
USUAL = (
    "chair_extension",
    "seated_twist",
    "wall_slide",
    "band_row",
    "tall_hold",
    "roller_extension",
)
"""As posture.md 4.3 has them."""

READY_S = 5.0
"""To get into position for a drill (own choice)."""

TALL_S = 15.0
"""To sit tall at first."""

_LEAST_SHARE = 0.6  # of its repetitions a drill keeps


class Task(NamedTuple):
    """A drill of this routine.

    Attributes:
        drill: which, with today's dose.
        more: the side that gets another set, or empty.
    """

    drill: Drill
    more: str = ""

    @property
    def sides(self) -> list[int]:
        """The side of each set, as numbers of ``drill.sides``."""
        drill = self.drill
        sides = list(range(len(drill.sides))) * drill.sets
        if self.more and self.more in drill.sides:
            sides.append(drill.sides.index(self.more))
        return sides

    @property
    def dose(self) -> str:
        """How much of it, in words."""
        extra = self.more and self.more in self.drill.sides
        return f"{self.drill.dose}, one more set to the {self.more}" if extra else self.drill.dose

    @property
    def lasts_s(self) -> float:
        """How long it takes, with getting ready."""
        drill = self.drill
        return len(self.sides) * drill.seconds * max(drill.repetitions, 1) + READY_S


def planned(
    known: Mapping[str, Drill],
    advice: Sequence[Advice] = (),
    wanted: Sequence[str] = USUAL,
) -> list[Task]:
    """The routine of today.

    Args:
        known: all drills, by their ids.
        advice: of the last check.
        wanted: ids of the drills; what is not known is left out.
    """
    advised = list(dict.fromkeys(name for each in advice for name in each.drills))
    more = {name: each.more for each in advice for name in each.drills if each.more}
    names = [name for name in dict.fromkeys([*advised, *wanted]) if name in known]
    # Whoever took the clip off would have to put it on again.
    names.sort(key=lambda name: known[name].by is By.OFF)
    tasks = [Task(known[name], more.get(name, "")) for name in names]
    return _in_time(tasks, set(advised))


def _in_time(tasks: list[Task], advised: set[str]) -> list[Task]:
    """Fewer repetitions of what nobody advised, until it fits as well as may be."""
    over_s = TALL_S + sum(each.lasts_s for each in tasks) - ROUTINE_S
    if over_s <= 0.0:
        return tasks
    yields = [each for each in tasks if each.drill.repetitions and each.drill.id not in advised]
    total_s = sum(each.lasts_s for each in yields)
    share = max(1.0 - over_s / total_s, _LEAST_SHARE) if total_s else 1.0
    return [_cut(each, share) if each in yields else each for each in tasks]


def _cut(task: Task, share: float) -> Task:
    drill = task.drill
    fewer = max(round(drill.repetitions * share), 1)
    return task._replace(drill=replace(drill, repetitions=fewer))


def alternative(known: Mapping[str, Drill], now: Drill, taken: Sequence[str]) -> Drill | None:
    """Another drill in the place of one, or ``None``.

    Args:
        known: all drills.
        now: which is to be replaced.
        taken: ids of those that were or will be done.
    """
    names = [*now.instead, *known]
    # Without the clip nothing more could follow.
    fit = [n for n in names if n in known and n not in taken and known[n].by is not By.OFF]
    return known[fit[0]] if fit else None
