"""How a wearer wants to be nudged: presets, caps, quiet hours, and by which plan.

Pure: what is here is data that checks itself; ``settings`` reads and writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time
from typing import Any, NamedTuple

from midback.shared.nudge import NudgePolicy

FULL, FADE, EXPERIMENT = "full", "fade", "experiment"
PLANS = (FULL, FADE, EXPERIMENT)

FACT = "nudges"
"""Under this name a wearing keeps the settings it was nudged by."""

MOST_HOLD_S = 3600.0
MOST_HOURLY = 60
MOST_DAILY = 500
MOST_SEED = 2**63 - 1


class Preset(NamedTuple):
    """How soon and how often.

    Holds and quiet times are those of posture.md 3.3; the caps of coach and quiet are scaled from
    its 12 an hour and 60 a day (own choice).

    ``hold_s`` is how long a lean lasts until it is a slump, ``quiet_s`` the least time between
    two slumps' first buzzes, ``hourly`` and ``daily`` the most buzzes.
    """

    hold_s: float
    quiet_s: float
    hourly: int
    daily: int


PRESETS = {
    "coach": Preset(10.0, 60.0, 20, 100),
    "normal": Preset(30.0, 120.0, 12, 60),
    "quiet": Preset(120.0, 300.0, 6, 30),
}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of every day without buzzes, by the wearer's wall clock.

    It may cross midnight.  Where the clock is put back, both passings of an hour are quiet.

    Args:
        start: first minute of it.
        end: first minute after it.

    Raises:
        ValueError: both are the same, or one says more than hours and minutes.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError(
                f"quiet hours begin and end at {self.start:%H:%M}: write two times, such as "
                "22:00-07:00"
            )
        if any(each.second or each.microsecond or each.tzinfo for each in (self.start, self.end)):
            raise ValueError("quiet hours have hours and minutes only: write them as 22:00-07:00")

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """What *text*, such as ``22:00-07:00``, means.

        Raises:
            ValueError: it means nothing; says how to write it.
        """
        try:
            start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise ValueError(f"{text!r} is no time of day: write it as 22:00-07:00") from error
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def hold(self, local: datetime) -> bool:
        """Whether a moment of the wearer's wall clock lies in them."""
        clock = local.time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True)
class NudgeSettings:
    """What is in ``[nudges]`` of the settings; ``None`` leaves a number to the preset.

    Attributes:
        preset: one of ``PRESETS``.
        hold_s: how long a lean must last to be a slump.
        hourly_cap: the most buzzes in any hour.
        daily_cap: the most buzzes in a local day.
        quiet_hours: when there are none, or ``None``.
        confirm: whether sitting up within a minute of a buzz gets a short tick.
        plan: ``full`` (every nudge that falls due is given), ``fade`` or ``experiment``.
        plan_started: the local day from which the plan counts.
        seed: of what the plan draws.

    Raises:
        ValueError: one of them cannot be; says which, and what can.
    """

    preset: str = "normal"
    hold_s: float | None = None
    hourly_cap: int | None = None
    daily_cap: int | None = None
    quiet_hours: QuietHours | None = None
    confirm: bool = False
    plan: str = FULL
    plan_started: date | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of("preset", self.preset, tuple(PRESETS))
        _one_of("plan", self.plan, PLANS)
        _within("hold_s", self.hold_s, 1, MOST_HOLD_S)
        _within("hourly_cap", self.hourly_cap, 1, MOST_HOURLY)
        _within("daily_cap", self.daily_cap, 1, MOST_DAILY)
        _within("seed", self.seed, 0, MOST_SEED)
        if self.plan != FULL and self.plan_started is None:
            raise ValueError(
                f"plan {self.plan!r} needs plan_started, the day it began, such as 2026-11-28"
            )

    @property
    def hold(self) -> float:
        """Seconds that a lean must last to be a slump."""
        return PRESETS[self.preset].hold_s if self.hold_s is None else self.hold_s

    @property
    def hourly(self) -> int:
        """The most buzzes in any hour."""
        return PRESETS[self.preset].hourly if self.hourly_cap is None else self.hourly_cap

    @property
    def daily(self) -> int:
        """The most buzzes in a local day."""
        return PRESETS[self.preset].daily if self.daily_cap is None else self.daily_cap

    @property
    def mode(self) -> str:
        """How buzzing is set, in a word or two, as the daily summary tells it."""
        return self.preset if self.plan == FULL else f"{self.preset}, {_MODES[self.plan]}"

    def policy(self) -> NudgePolicy:
        """What the nudger goes by."""
        return NudgePolicy(quiet_s=PRESETS[self.preset].quiet_s, hourly=self.hourly)

    def facts(self) -> dict[str, str]:
        """What a wearing keeps of them, so that its day can be judged again."""
        told = {key: value for key, value in asdict(self).items() if value is not None}
        if self.quiet_hours is not None:
            told["quiet_hours"] = str(self.quiet_hours)
        if self.plan_started is not None:
            told["plan_started"] = self.plan_started.isoformat()
        return {"hold_s": f"{self.hold:g}", "buzzing": self.mode, FACT: json.dumps(told)}


def settings_of(facts: Mapping[str, str]) -> NudgeSettings:
    """The settings a wearing kept; of an old one that kept none, the usual ones with its hold.

    Raises:
        ValueError: what it kept makes no sense.
    """
    told: dict[str, Any] = json.loads(facts.get(FACT, "{}"))
    if FACT not in facts and "hold_s" in facts:
        told["hold_s"] = float(facts["hold_s"])
    if "quiet_hours" in told:
        told["quiet_hours"] = QuietHours.parse(told["quiet_hours"])
    if "plan_started" in told:
        told["plan_started"] = date.fromisoformat(told["plan_started"])
    known = {field.name for field in fields(NudgeSettings)}
    return NudgeSettings(**{key: value for key, value in told.items() if key in known})


_MODES = {FADE: "fading", EXPERIMENT: "experiment"}


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} {value!r} is not known: choose {', '.join(choices)}")


def _within(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise ValueError(f"{name} {_plain(value)} is not from {_plain(least)} to {_plain(most)}")


def _plain(value: float) -> str:
    """A number as people write it; a whole one with all its digits."""
    return str(value) if isinstance(value, int) else f"{value:g}"
