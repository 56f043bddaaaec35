"""Whether a slump gets a nudge, and if not, why: every decision as data.

Pure: session time and wall time are arguments; wall time is only for labels, such as the hour of
the wearer's clock and the local day.  The same decisions come out of a stored day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from midback.judgement import Change
from midback.local_time import day_begins, local_day
from midback.nudge_settings import EXPERIMENT, FADE, NudgeSettings
from midback.plans import Block, Condition, block_of, given, plan_day
from midback.shared import wire
from midback.shared.nudge import Nudger, leaves_room

CONFIRMED_S = 60.0
"""Sitting up so soon after a buzz may be confirmed."""

# Why a nudge is withheld; others may hold nudges for reasons of their own.
SNOOZE = "snooze"
QUIET_HOURS = "quiet hours"
DAILY_CAP = "daily cap"
HOURLY_CAP = "hourly cap"
TOO_SOON = "too soon"
PLAN = "plan"
PROBE_DAY = "probe day"
IN_EXPERIMENT = "experiment"

KEPT = "kept"
"""Detail of a snooze that was asked for in an earlier wearing."""

_SAT_UP = "sat up"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Decision(NamedTuple):
    """What became of a nudge that fell due.

    ``pattern`` is what to buzz, ``None`` if it is withheld for ``reason``.  ``PATTERN_TICK``
    is no nudge: it confirms that the wearer sat up.
    """

    time_s: float
    pattern: int | None
    reason: str = ""


class Nudging:
    """Decides on the nudges of one wearing.

    A slump that falls due while nudges are withheld is told once for each reason, and gets its
    nudge if it outlasts them all.  What the plan or the experiment leaves out is left out for
    good.

    Args:
        settings: how the wearer wants it.
        started: when the wearing began; only a label of what is drawn.
        zone: where the wearer is.
    """

    def __init__(
        self,
        settings: NudgeSettings | None = None,
        started: datetime = _LONG_AGO,
        zone: tzinfo = UTC,
    ) -> None:
        self.settings = settings or NudgeSettings()
        self._zone = zone
        self._wearing = started.astimezone(UTC).isoformat(timespec="microseconds")
        self._nudger = Nudger(self.settings.policy())
        self._holds: dict[str, None] = {}
        self._told: set[str] = set()
        self._condition: Condition | None = None
        self._due_s = 0.0
        self._buzzed_s: float | None = None
        self._fell_due: dict[int, int] = {}
        self._given_on: dict[date, int] = {}

    # Rest

    @property
    def holds(self) -> tuple[str, ...]:
        """Why others hold nudges now, in the order in which they began to."""
        return tuple(self._holds)

    def held_for(self, reason: str) -> bool:
        """Whether others hold nudges for that reason now."""
        return reason in self._holds

    def hold(self, reason: str) -> None:
        """Withhold nudges until ``release(reason)``; a word or two such as ``call``."""
        self._holds[reason] = None

    def release(self, reason: str) -> None:
        """That reason no longer stands; others may."""
        self._holds.pop(reason, None)

    def snooze(self, until_s: float) -> None:
        """Rest until then; a time that has passed ends the rest."""
        self._nudger.snooze(until_s)

    def snoozed_until_s(self, time_s: float) -> float | None:
        """When the rest ends, or ``None`` when there is none."""
        return self._nudger.snoozed_until_s(time_s)

    def all_held_by(self, utc: datetime) -> tuple[str, ...]:
        """What holds nudges at this moment, other than a snooze and the caps."""
        hours = self.settings.quiet_hours
        quiet = hours is not None and hours.hold(utc.astimezone(self._zone))
        return (*self._holds, QUIET_HOURS) if quiet else self.holds

    def held_by(self, utc: datetime) -> str | None:
        """The first of these, or ``None``."""
        return next(iter(self.all_held_by(utc)), None)

    def quiet_until_s(self, time_s: float, utc: datetime) -> float:
        """No slump gets its first nudge before then, because of those given; may have passed."""
        until_s = self._nudger.quiet_until_s()
        if not self._day_full(utc):
            return until_s
        tomorrow = day_begins(local_day(utc, self._zone) + timedelta(days=1), self._zone)
        return max(until_s, time_s + (tomorrow - utc).total_seconds())

    def rests(self, time_s: float, utc: datetime, but: frozenset[str] = frozenset()) -> bool:
        """Whether a snooze, or what holds nudges, asks for quiet; a reason in *but* does not."""
        if self._nudger.snoozed_until_s(time_s) is not None:
            return True
        return not but.issuperset(self.all_held_by(utc))

    def certain(self, utc: datetime) -> bool:
        """Whether every slump that nothing stands against gets its nudge now."""
        if self.settings.plan == FADE:
            stage = plan_day(self.settings, utc, self._zone)
            return stage.given == stage.of and not stage.probe
        return not self.experiments

    # What was given

    def buzzed(self, time_s: float, utc: datetime) -> None:
        """Somebody else gave a nudge then, which counts like one of ours."""
        self._nudger.buzzed(time_s)
        self._count(utc)

    def last_buzz_s(self) -> float | None:
        """When the last nudge was given; ``None`` when none was in the last hour."""
        return self._nudger.last_buzz_s()

    # Decisions

    @property
    def experiments(self) -> bool:
        """Whether the wearer takes part in an experiment."""
        return self.settings.plan == EXPERIMENT

    def block(self, utc: datetime) -> Block | None:
        """The block of the experiment that this moment lies in; ``None`` without one."""
        if not self.experiments:
            return None
        return block_of(self.settings, utc, self._zone)

    def update(
        self,
        time_s: float,
        utc: datetime,
        change: Change | None,
        slumped: bool,
        *,
        alone: bool = False,
    ) -> Decision | None:
        """Take one judgement; return what is decided, or ``None``.

        Args:
            time_s: session time.
            utc: the same on the wall clock.
            change: a slump that began or ended.
            slumped: whether the wearer slumps now.
            alone: the clip decided by itself then, which knows its own distances and a snooze
                only.
        """
        if change is not None and change.kind == "slump_ended":
            return self._sat_up(time_s, utc, change.detail, alone)
        if change is not None and change.kind == "slump_started":
            self._begin(time_s, utc)
        if not slumped:
            return None
        if not self._nudger.waiting:
            return self._again(time_s, utc, alone)
        if alone:
            return self._give(time_s, utc, None)
        return self._first(time_s, utc)

    def may_prompt(self, time_s: float, utc: datetime) -> bool:
        """Whether a gentle word would not disturb now: nothing holds nudges, none was just given.

        It counts as no nudge.
        """
        return self._why_not(time_s, utc) is None

    def end(self) -> None:
        """The slump is over for another reason than a judgement, such as a new calibration."""
        self._nudger.slump_ended()

    def _begin(self, time_s: float, utc: datetime) -> None:
        self._nudger.slump_started(time_s, held=True)
        self._told.clear()
        self._buzzed_s = None
        block = self.block(utc)
        self._condition = None if block is None else block.condition
        self._due_s = time_s + (self._condition.delay_s if self._condition else 0.0)

    def _first(self, time_s: float, utc: datetime) -> Decision | None:
        if time_s < self._due_s:
            return None
        reason = self._why_not(time_s, utc)
        if reason is not None:
            return self._withhold(time_s, reason)
        reason = self._left_out(utc)
        if reason is not None:
            self._nudger.pass_over(time_s)
            return self._withhold(time_s, reason)
        return self._give(time_s, utc, self._condition and self._condition.pattern)

    def _again(self, time_s: float, utc: datetime, alone: bool) -> Decision | None:
        room = leaves_room(self._given_today(utc), self.settings.daily)
        held = not alone and (self.held_by(utc) is not None or not room)
        pattern = self._nudger.still_slumped(time_s, held)
        return None if pattern is None else self._given(time_s, utc, pattern)

    def _give(self, time_s: float, utc: datetime, pattern: int | None) -> Decision | None:
        usual = self._nudger.still_slumped(time_s)
        return None if usual is None else self._given(time_s, utc, pattern or usual)

    def _given(self, time_s: float, utc: datetime, pattern: int) -> Decision:
        self._count(utc)
        self._buzzed_s = time_s
        return Decision(time_s, pattern)

    def _why_not(self, time_s: float, utc: datetime) -> str | None:
        """What stands against a nudge for now; the wearer's own wish comes first."""
        if self._nudger.snoozed_until_s(time_s) is not None:
            return SNOOZE
        held = self.held_by(utc)
        if held is not None:
            return held
        if self._day_full(utc):
            return DAILY_CAP
        if self._nudger.full(time_s):
            return HOURLY_CAP
        return TOO_SOON if time_s < self._nudger.quiet_until_s() else None

    def _left_out(self, utc: datetime) -> str | None:
        """What leaves this nudge out for good, though nothing stands against it."""
        if self._condition is not None:
            return IN_EXPERIMENT if self._condition.pattern is None else None
        if self.settings.plan != FADE:
            return None
        stage = plan_day(self.settings, utc, self._zone)
        if stage.probe:
            return PROBE_DAY
        number = self._fell_due.get(stage.week, 0)
        self._fell_due[stage.week] = number + 1
        return None if given(stage, self.settings.seed, self._wearing, number) else PLAN

    def _withhold(self, time_s: float, reason: str) -> Decision | None:
        if reason in self._told:
            return None
        self._told.add(reason)
        return Decision(time_s, None, reason)

    def _sat_up(self, time_s: float, utc: datetime, how: str, alone: bool) -> Decision | None:
        self._nudger.slump_ended()
        since_s = None if self._buzzed_s is None else time_s - self._buzzed_s
        self._buzzed_s = None
        wanted = self.settings.confirm and not alone and how == _SAT_UP
        if not wanted or since_s is None or since_s > CONFIRMED_S:
            return None
        return None if self.rests(time_s, utc) else Decision(time_s, wire.PATTERN_TICK)

    def _day_full(self, utc: datetime) -> bool:
        return self._given_today(utc) >= self.settings.daily

    def _given_today(self, utc: datetime) -> int:
        return self._given_on.get(local_day(utc, self._zone), 0)

    def _count(self, utc: datetime) -> None:
        day = local_day(utc, self._zone)
        self._given_on[day] = self._given_on.get(day, 0) + 1
