"""Which nudges a plan leaves out: less and less help, or an experiment on the wearer's own terms.

Everything is drawn from the seed in the settings and from labels that are stored (when the
wearing began, the local day and hour), so that a stored day tells what was drawn.

Pure: no clock, no state.  Sources: posture.md 3.4 (the fading programme), peers.md 6.6
(micro-randomised trials of one person).
"""

from __future__ import annotations

import random
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from midback.local_time import local_day
from midback.nudge_settings import NudgeSettings
from midback.shared import wire

WEEK_DAYS = 7

SHARES = ((1, 1), (2, 3), (1, 2), (1, 3))
"""Given of how many, week by week; the last goes on."""

BLOCK_MIN = 60
"""An hour of the local clock is one block of the experiment: about eight in a working day, so that
day and hour even out soon; long enough that most slumps begin and end in one (own choice)."""


class Stage(NamedTuple):
    """Where a fading plan stands on one day.

    ``week`` counts from 0; of every ``of`` nudges that fall due ``given`` are given; none on a
    day that is a ``probe``.
    """

    week: int
    given: int
    of: int
    probe: bool

    def __str__(self) -> str:
        if self.probe:
            return f"week {self.week + 1}, probe day: no nudges"
        share = "all nudges" if self.given == self.of else f"{self.given} of {self.of} nudges"
        return f"week {self.week + 1}, {share}"


def stage_of(settings: NudgeSettings, day: date) -> Stage:
    """Where the plan stands on a local day; before its start, as on its first.

    From the fifth week on one day in seven is a probe day, drawn anew for each week.
    """
    begun = settings.plan_started or day
    days = max((day - begun).days, 0)
    week, weekday = divmod(days, WEEK_DAYS)
    given, of = SHARES[min(week, len(SHARES) - 1)]
    probe = False
    if week >= len(SHARES):
        chance = random.Random(f"midback probe {settings.seed} {week}")
        probe = weekday == int(chance.random() * WEEK_DAYS)
    return Stage(week, given, of, probe)


def given(stage: Stage, seed: int, wearing: str, number: int) -> bool:
    """Whether the plan gives a nudge that falls due.

    Of every ``stage.of`` in a row exactly ``stage.given`` are given; which ones is drawn.

    Args:
        stage: of the day.
        seed: of the settings.
        wearing: what tells this wearing from others: when it began.
        number: how many fell due in this week of this wearing before it.
    """
    if stage.probe:
        return False
    block, place = divmod(number, stage.of)
    return _order(f"plan {seed} {wearing} {stage.week} {block}", stage.of)[place] < stage.given


class Condition(NamedTuple):
    """What an experiment does with nudges for a while.

    A nudge falls due ``delay_s`` after the slump began, hold over; its first pattern is
    ``pattern``, or ``None`` where none is given at all.
    """

    delay_s: float
    pattern: int | None

    def __str__(self) -> str:
        if self.pattern is None:
            return "silence"
        when = f"after {self.delay_s:g} s" if self.delay_s else "at once"
        return f"{_WORDS[self.pattern]} {when}"


_WORDS = {wire.PATTERN_NUDGE: "nudge", wire.PATTERN_STRONG: "strong"}

SILENCE = Condition(0.0, None)
CONDITIONS = (
    Condition(0.0, wire.PATTERN_NUDGE),
    Condition(60.0, wire.PATTERN_NUDGE),
    Condition(0.0, wire.PATTERN_STRONG),
    Condition(60.0, wire.PATTERN_STRONG),
)
"""Soon or late, gentle or strong: each pair is compared over both of the other (own choice)."""

GROUP = (*CONDITIONS, SILENCE, SILENCE)
"""Silence twice, because everything is compared with it."""


class Block(NamedTuple):
    """An hour of the experiment: its number, counted on the local clock, and what was drawn."""

    number: int
    condition: Condition


def block_of(settings: NudgeSettings, moment: datetime, zone: tzinfo) -> Block:
    """The block of the experiment that a moment lies in.

    Of every six in a row each condition comes once and silence twice, in an order that is drawn.
    An hour that the clock shows twice is one block.
    """
    local = moment.astimezone(zone)
    minutes = local.toordinal() * 24 * 60 + local.hour * 60 + local.minute
    number = minutes // BLOCK_MIN
    group, place = divmod(number, len(GROUP))
    order = _order(f"experiment {settings.seed} {group}", len(GROUP))
    return Block(number, GROUP[order[place]])


def condition_called(words: str) -> Condition | None:
    """The condition that an ``experiment_block`` event names, or ``None`` for no known one."""
    return next((each for each in GROUP if str(each) == words), None)


def plan_day(settings: NudgeSettings, moment: datetime, zone: tzinfo) -> Stage:
    """Where the fading plan stands at a moment."""
    return stage_of(settings, local_day(moment, zone))


def _order(key: str, count: int) -> list[int]:
    # Only ``random()`` itself is promised to give the same in every version of Python.
    chance = random.Random(f"midback {key}")
    keys = [chance.random() for _ in range(count)]
    return sorted(range(count), key=keys.__getitem__)
