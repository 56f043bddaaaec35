"""Which nudges shorten this wearer's slumps: what the experiment's hours tell so far.

Every slump counts by the hour it began in, whatever became of its nudge, so that the draw alone
tells the hours apart.  A verdict holds however often somebody looks; the intervals beside it are
the usual ones of 95 %.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from midback.nudge_settings import EXPERIMENT, NudgeSettings
from midback.plans import CONDITIONS, SILENCE, Condition, condition_called
from midback.recording import Session, Store
from midback.shared import wire
from midback.words import STILL, State
from midback_analysis.episodes import Event, slumps
from midback_analysis.restricted import (
    HORIZON_S,
    Estimate,
    Slumps,
    anytime_factor,
    mean_length,
    share,
)
from midback_analysis.unaided import settings_read

SHORTER, LONGER, ALIKE, NOT_YET = "shorter", "longer", "alike", "not yet"

WORTH_SHARE = 0.2
"""A difference under a fifth of the length in silence is not worth a choice (own choice)."""

_ALPHA = 0.05
_POWER_Z = 0.8416
"""How far beyond its interval a difference lies that is found in 80 % of experiments."""

_HOURS_A_DAY = 24


@dataclass(slots=True)
class Hour:
    """One block of the experiment, as it was lived.

    Attributes:
        number: of the block; the local day is a 24th of it, rounded down.
        condition: what was drawn.
        length_s: of each slump that began in it, from the end of the hold on.
        ended: whether its end was seen.
        still_s: time in which posture was judged.
        slumped_s: of it, slumped.
    """

    number: int
    condition: Condition
    length_s: list[float] = field(default_factory=list[float])
    ended: list[bool] = field(default_factory=list[bool])
    still_s: int = 0
    slumped_s: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 95 % interval, all ``None`` where there are too few hours."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """The hours of one condition.

    Attributes:
        name: the condition in words.
        hours: how many, each counted once.
        slumps: how many began in them.
        length_s: restricted mean length of a slump.
        slumped_percent: of still time.
    """

    name: str
    hours: int
    slumps: int
    length_s: Figure
    slumped_percent: Figure


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of hours against another.

    Attributes:
        first: in words.
        second: what it is held against.
        difference_s: length of a slump in the first less that in the second.
        verdict: ``shorter``, ``longer``, ``alike`` (under a fifth of the length in silence) or
            ``not yet``.
        more_days: roughly how many more days it takes to tell, ``None`` where it is told or
            cannot be guessed yet.
    """

    first: str
    second: str
    difference_s: Figure
    verdict: str
    more_days: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What an experiment tells so far.

    Attributes:
        started: local day it began, ISO 8601.
        days: local days with hours of it.
        hours: blocks in which posture was judged, at least in part.
        slumps: how many began in them.
        horizon_s: where the length of a slump is cut.
        arms: one for each condition.
        comparisons: any nudge against silence first; the others are told only once that is.
    """

    started: str
    days: int
    hours: int
    slumps: int
    horizon_s: float
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]


def latest_experiment(store: Store) -> NudgeSettings | None:
    """The settings of the last wearing that took part in an experiment, if one did.

    Raises:
        RecordingError: the file cannot be read.
    """
    for session in reversed(store.sessions()):
        settings = settings_read(session.clip_facts)
        if settings is not None and settings.plan == EXPERIMENT:
            return settings
    return None


def hours_of(store: Store, experiment: NudgeSettings) -> list[Hour]:
    """The hours of an experiment in which posture was judged, in order.

    Raises:
        RecordingError: the file cannot be read.
    """
    hours: dict[int, Hour] = {}
    for session in store.sessions():
        settings = settings_read(session.clip_facts)
        if settings is not None and _same(settings, experiment):
            _add(hours, store, session)
    return [hours[number] for number in sorted(hours) if hours[number].still_s]


def report(started: date, hours: Sequence[Hour]) -> Report:
    """What the hours tell."""
    days = len({hour.number // _HOURS_A_DAY for hour in hours})
    silent = mean_length(_slumps(hours, lambda each: each == SILENCE))
    worth_s = None if silent is None else WORTH_SHARE * silent.value
    ask = _Asking(hours, days, worth_s)
    any_nudge = ask.compare("any nudge", "silence", _buzzed, _silent, _ALPHA)
    # Two further questions share the chance of error, and only come up once nudges do something.
    alpha = _ALPHA / 2 if any_nudge.verdict in (SHORTER, LONGER) else None
    return Report(
        started.isoformat(),
        days,
        len(hours),
        sum(len(hour.length_s) for hour in hours),
        HORIZON_S,
        tuple(_arm(hours, condition) for condition in (SILENCE, *CONDITIONS)),
        (
            any_nudge,
            ask.compare("at once", "after a minute", _soon, _late, alpha),
            ask.compare("strong", "gentle", _strong, _gentle, alpha),
        ),
    )


def _same(settings: NudgeSettings, experiment: NudgeSettings) -> bool:
    return (settings.plan, settings.seed, settings.plan_started, settings.hold) == (
        experiment.plan,
        experiment.seed,
        experiment.plan_started,
        experiment.hold,
    )


def _add(hours: dict[int, Hour], store: Store, session: Session) -> None:
    """Add one wearing; an hour that was interrupted by a restart is one."""
    told = store.events(session)
    begun = [event for event in told if event.kind == "experiment_block" and event.value]
    starts_s = [event.time_s for event in begun]
    of_block: list[Hour | None] = []
    for event in begun:
        condition, number = condition_called(event.detail), int(event.value or 0)
        hour = None if condition is None else hours.setdefault(number, Hour(number, condition))
        of_block.append(hour)
    state = store.seconds(session)["state"]
    events = [Event(each.time_s, each.kind, each.value, each.detail) for each in told]
    started_s = [event.second for event in events if event.kind == "slump_started"]
    for second, episode in zip(started_s, slumps(events, state), strict=True):
        place = bisect_right(starts_s, second) - 1
        hour = of_block[place] if place >= 0 else None
        if hour is not None:
            hour.length_s.append(max(episode.end_s - second, 0.0))
            hour.ended.append(not episode.censored)
    for start_s, end_s, hour in zip(starts_s, [*starts_s[1:], len(state)], of_block, strict=True):
        within = state[int(start_s) : int(end_s)]
        if hour is not None:
            hour.still_s += int(np.isin(within, STILL).sum())
            hour.slumped_s += int((within == State.SLUMPED).sum())


Chosen = Callable[[Condition], bool]


def _silent(condition: Condition) -> bool:
    return condition.pattern is None


def _buzzed(condition: Condition) -> bool:
    return condition.pattern is not None


def _soon(condition: Condition) -> bool:
    return _buzzed(condition) and not condition.delay_s


def _late(condition: Condition) -> bool:
    return _buzzed(condition) and bool(condition.delay_s)


def _strong(condition: Condition) -> bool:
    return condition.pattern == wire.PATTERN_STRONG


def _gentle(condition: Condition) -> bool:
    return condition.pattern == wire.PATTERN_NUDGE


def _slumps(hours: Iterable[Hour], chosen: Chosen) -> Slumps:
    mine = [hour for hour in hours if chosen(hour.condition)]
    return Slumps(
        np.array([each for hour in mine for each in hour.length_s], dtype=np.float64),
        np.array([each for hour in mine for each in hour.ended], dtype=np.bool_),
        np.repeat(np.arange(len(mine)), [len(hour.length_s) for hour in mine]),
    )


def _arm(hours: Sequence[Hour], condition: Condition) -> Arm:
    mine = [hour for hour in hours if hour.condition == condition]
    slumped = share(
        np.array([hour.slumped_s for hour in mine], dtype=np.float64),
        np.array([hour.still_s for hour in mine], dtype=np.float64),
    )
    return Arm(
        str(condition),
        len(mine),
        sum(len(hour.length_s) for hour in mine),
        _figure(mean_length(_slumps(mine, lambda each: each == condition))),
        _figure(slumped, 100.0),
    )


def _figure(estimate: Estimate | None, scale: float = 1.0) -> Figure:
    if estimate is None:
        return Figure()
    low, high = estimate.interval()
    return Figure(scale * estimate.value, scale * low, scale * high)


class _Asking:
    """Compares hours of an experiment; ``worth_s`` is a difference worth a choice."""

    def __init__(self, hours: Sequence[Hour], days: int, worth_s: float | None) -> None:
        self._hours = hours
        self._days = days
        self._worth_s = worth_s

    def compare(
        self, first: str, second: str, one: Chosen, other: Chosen, alpha: float | None
    ) -> Comparison:
        """Hold hours against others; *alpha* is the chance of a wrong verdict on any day.

        Without an *alpha* there is no verdict yet.
        """
        a, b = mean_length(_slumps(self._hours, one)), mean_length(_slumps(self._hours, other))
        if a is None or b is None:
            return Comparison(first, second, Figure(), NOT_YET, None)
        difference = a.minus(b)
        blocks = sum(one(each.condition) or other(each.condition) for each in self._hours)
        verdict = NOT_YET if alpha is None else self._verdict(difference, blocks, alpha)
        more = self._more_days(difference, blocks, alpha or _ALPHA / 2)
        return Comparison(
            first, second, _figure(difference), verdict, more if verdict == NOT_YET else None
        )

    def _verdict(self, difference: Estimate, blocks: int, alpha: float) -> str:
        low_s, high_s = difference.anytime(blocks, alpha)
        if high_s < 0:
            return SHORTER
        if low_s > 0:
            return LONGER
        worth_s = self._worth_s
        alike = worth_s is not None and -worth_s < low_s and high_s < worth_s
        return ALIKE if alike else NOT_YET

    def _more_days(self, difference: Estimate, blocks: int, alpha: float) -> int | None:
        """Days until a difference worth a choice is found with a chance of 80 %.

        Errors shrink with the root of the days.
        """
        if not self._worth_s:
            return None
        target_s = max(abs(difference.value), self._worth_s)
        needed = (anytime_factor(blocks, alpha) + _POWER_Z) * difference.se / target_s
        return max(math.ceil(self._days * (needed**2 - 1)), 1)
