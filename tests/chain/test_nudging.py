"""Every slump is nudged, or it is told why not; as timelines, and for whatever the wearer does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from chain.test_nudge import buzzes
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.judgement import Change
from midback.local_time import local_day
from midback.nudge_settings import NudgeSettings, QuietHours, settings_of
from midback.nudging import Decision, Nudging
from midback.plans import GROUP, SILENCE, Condition, block_of, stage_of
from midback.shared import wire

NUDGE, STRONG, TICK = wire.PATTERN_NUDGE, wire.PATTERN_STRONG, wire.PATTERN_TICK
BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
STARTED = date(2026, 11, 2)
Slump = tuple[int, int]


@dataclass
class Day:
    """A wearing lived through second by second; slumps are (from second, to second)."""

    settings: NudgeSettings = field(default_factory=NudgeSettings)
    begun: datetime = NINE
    zone: ZoneInfo = BERLIN
    asked: dict[int, tuple[str, str | float]] = field(default_factory=dict)
    ended: str = "sat up"
    alone: bool = False

    def __post_init__(self) -> None:
        self.nudging = Nudging(self.settings, self.begun, self.zone)

    def utc(self, second: float) -> datetime:
        return self.begun + timedelta(seconds=second)

    def live(self, slumps: Sequence[Slump]) -> list[Decision]:
        changes: dict[int, Change] = {}
        for start, end in slumps:
            changes[start] = Change(start, "slump_started", 20.0)
            changes[end] = Change(end, "slump_ended", None, self.ended)
        told: list[Decision] = []
        slumped = False
        for second in range(slumps[-1][1] + 1 if slumps else 0):
            self._ask(second)
            change = changes.get(second)
            if change is not None:
                slumped = change.kind == "slump_started"
            decision = self.nudging.update(
                second, self.utc(second), change, slumped, alone=self.alone
            )
            if decision is not None:
                told.append(decision)
        return told

    def _ask(self, second: int) -> None:
        what, value = self.asked.get(second, ("", ""))
        if what == "hold":
            self.nudging.hold(str(value))
        elif what == "release":
            self.nudging.release(str(value))
        elif what == "snooze":
            self.nudging.snooze(float(value))


def short(decisions: Sequence[Decision]) -> list[tuple[float, int | str]]:
    return [(d.time_s, d.reason if d.pattern is None else d.pattern) for d in decisions]


def fading(week: int, **more: object) -> NudgeSettings:
    return NudgeSettings(
        plan="fade",
        plan_started=local_day(NINE, BERLIN) - timedelta(days=7 * week),
        seed=5,
        **more,  # type: ignore[arg-type]
    )


# Rest


def test_a_slump_is_nudged_at_once_again_after_a_minute_and_then_left_alone():
    assert short(Day().live([(10, 900)])) == [(10, NUDGE), (70, STRONG)]


def test_a_slump_in_a_call_is_withheld_once_and_nudged_when_the_call_ends():
    day = Day(asked={0: ("hold", "call"), 100: ("release", "call")})

    assert short(day.live([(10, 150)])) == [(10, "call"), (100, NUDGE)]


def test_a_slump_that_ends_in_the_call_is_never_nudged():
    day = Day(asked={0: ("hold", "call"), 100: ("release", "call")})

    assert short(day.live([(10, 50), (120, 130)])) == [(10, "call"), (120, NUDGE)]


def test_each_reason_in_turn_is_told_once():
    day = Day(
        asked={
            0: ("hold", "call"),
            5: ("hold", "asked"),
            20: ("release", "call"),
            30: ("hold", "call"),
            40: ("release", "asked"),
            50: ("release", "call"),
        }
    )

    assert short(day.live([(10, 60)])) == [(10, "call"), (20, "asked"), (50, NUDGE)]


def test_a_call_that_begins_after_the_nudge_spares_the_stronger_one():
    day = Day(asked={30: ("hold", "call"), 80: ("release", "call")})

    assert short(day.live([(10, 300)])) == [(10, NUDGE)]


def test_what_is_released_without_being_held_changes_nothing():
    day = Day(asked={0: ("release", "call")})

    assert short(day.live([(10, 20)])) == [(10, NUDGE)]


def test_a_snooze_is_told_and_what_outlasts_it_is_nudged():
    day = Day(asked={0: ("snooze", 100.0)})

    assert short(day.live([(10, 150)])) == [(10, "snooze"), (100, NUDGE)]


def test_a_slump_too_soon_after_another_is_told_and_nudged_if_it_lasts():
    told = short(Day().live([(10, 20), (60, 150)]))

    assert told == [(10, NUDGE), (60, "too soon"), (130, NUDGE)]


def test_the_hourly_cap_is_told():
    day = Day(NudgeSettings(hourly_cap=1))

    assert short(day.live([(10, 20), (200, 210)])) == [(10, NUDGE), (200, "hourly cap")]


def test_the_last_quarter_of_a_day_is_for_slumps_that_were_not_told():
    day = Day(NudgeSettings(daily_cap=4))

    assert short(day.live([(10, 100), (300, 400), (600, 700), (900, 910)])) == [
        (10, NUDGE),
        (70, STRONG),
        (300, NUDGE),
        (600, NUDGE),
        (900, "daily cap"),
    ]


def test_the_daily_cap_holds_until_the_day_turns_at_four():
    begun = datetime(2026, 11, 13, 2, 50, tzinfo=UTC)  # 03:50 in Berlin
    day = Day(NudgeSettings(daily_cap=1), begun)

    told = short(day.live([(10, 20), (200, 210), (700, 710)]))

    assert told == [(10, NUDGE), (200, "daily cap"), (700, NUDGE)]


def test_nudges_of_an_earlier_wearing_count():
    day = Day(NudgeSettings(daily_cap=1))
    day.nudging.buzzed(-3000.0, day.utc(-3000))

    assert short(day.live([(10, 20)])) == [(10, "daily cap")]


# Quiet hours


@pytest.mark.parametrize(
    ("begun", "quiet"),
    [
        ("2026-11-12T21:59+01:00", False),
        ("2026-11-12T22:00+01:00", True),
        ("2026-11-13T06:59+01:00", True),
        ("2026-11-13T07:00+01:00", False),
        # The night in which the clock goes back, and both passings of 02:30.
        ("2026-10-25T02:30+02:00", True),
        ("2026-10-25T02:30+01:00", True),
        ("2026-10-25T06:59+01:00", True),
        ("2026-10-25T07:00+01:00", False),
        ("2027-03-28T06:59+02:00", True),
        ("2027-03-28T07:00+02:00", False),
    ],
)
def test_quiet_hours_are_those_of_the_wearers_clock(begun: str, quiet: bool):
    hours = QuietHours.parse("22:00-07:00")
    day = Day(NudgeSettings(quiet_hours=hours), datetime.fromisoformat(begun).astimezone(UTC))

    assert short(day.live([(0, 10)])) == [(0, "quiet hours" if quiet else NUDGE)]


def test_a_slump_that_outlasts_the_quiet_hours_is_nudged_at_their_end():
    hours = QuietHours(time(9), time(10, 5))
    day = Day(NudgeSettings(quiet_hours=hours))

    assert short(day.live([(10, 400)]))[:2] == [(10, "quiet hours"), (300, NUDGE)]


@pytest.mark.parametrize("text", ["22:00", "22-25", "a-b", "22:00-22:00", "22:00:05-07:00", ""])
def test_quiet_hours_that_mean_nothing_are_refused(text: str):
    with pytest.raises(ValueError, match=r"write (it as|them as|two times, such as) 22:00-07:00"):
        QuietHours.parse(text)


# Confirmation


def test_sitting_up_soon_after_a_buzz_is_confirmed_where_wanted():
    day = Day(NudgeSettings(confirm=True))

    assert short(day.live([(10, 40), (200, 400)])) == [
        (10, NUDGE),
        (40, TICK),
        (200, NUDGE),
        (260, STRONG),
    ]


@pytest.mark.parametrize(
    ("wanted", "ended", "asked"),
    [
        (False, "sat up", {}),
        (True, "moved", {}),
        (True, "sat up", {20: ("hold", "call")}),
        (True, "sat up", {20: ("snooze", 100.0)}),
    ],
)
def test_nothing_else_is_confirmed(
    wanted: bool, ended: str, asked: dict[int, tuple[str, str | float]]
):
    day = Day(NudgeSettings(confirm=wanted), ended=ended, asked=asked)

    assert short(day.live([(10, 40)])) == [(10, NUDGE)]


def test_a_slump_without_a_buzz_is_not_confirmed():
    day = Day(NudgeSettings(confirm=True))

    assert short(day.live([(10, 12), (20, 30)]))[-1] == (20, "too soon")


# The clip by itself


def test_a_clip_that_decided_by_itself_knew_neither_calls_nor_plans():
    day = Day(fading(3), asked={0: ("hold", "call")}, alone=True)
    slumps = [(start, start + 100) for start in range(10, 3000, 300)]

    told = short(day.live(slumps))

    # The hour's last quarter is for first ones; and then the hourly cap.
    assert [what for _, what in told] == [NUDGE, STRONG] * 4 + [NUDGE] * 4


# The plan


@pytest.mark.parametrize(("week", "share"), [(0, 30), (1, 20), (2, 15), (3, 10), (4, 10)])
def test_the_plan_gives_its_share_of_thirty_nudges_exactly(week: int, share: int):
    day = Day(fading(week, hourly_cap=60, daily_cap=500))
    if stage_of(day.settings, local_day(NINE, BERLIN)).probe:
        day = Day(replace(day.settings, seed=6))
    told = short(day.live([(start, start + 10) for start in range(0, 30 * 130, 130)]))

    assert len(told) == 30
    assert sum(what == NUDGE for _, what in told) == share
    assert {what for _, what in told} <= {NUDGE, "plan"}


def test_a_slump_that_the_plan_leaves_out_is_left_out_for_good():
    seen: set[str] = set()
    day = Day(fading(3))
    told = short(day.live([(start, start + 500) for start in range(0, 3600, 600)]))

    for start in range(0, 3600, 600):
        of_this = [what for second, what in told if start <= second < start + 500]
        assert of_this in ([NUDGE, STRONG], ["plan"])
        seen.add(str(of_this[0]))
    assert seen == {str(NUDGE), "plan"}


def test_the_next_nudge_falls_due_alike_whether_the_last_was_left_out_or_not():
    for seed in range(20):
        day = Day(replace(fading(3), seed=seed))
        told = short(day.live([(0, 10), (60, 70)]))
        assert told[1] == (60, "too soon")


def test_a_probe_day_is_silent_and_comes_once_a_week_from_the_fifth_on():
    plan = replace(fading(0), plan_started=STARTED)
    days = [STARTED + timedelta(days=n) for n in range(70)]
    probes = [day for day in days if stage_of(plan, day).probe]
    silent = Day(plan, datetime.combine(probes[0], time(9), tzinfo=UTC))

    assert [(day - STARTED).days // 7 for day in probes] == [4, 5, 6, 7, 8, 9]
    assert len({day.weekday() for day in probes}) > 1
    assert short(silent.live([(10, 200), (400, 410)])) == [(10, "probe day"), (400, "probe day")]


def test_the_same_wearing_draws_the_same_and_another_one_otherwise():
    slumps = [(start, start + 10) for start in range(0, 3600, 130)]
    first = Day(fading(1, hourly_cap=60)).live(slumps)
    another = Day(fading(1, hourly_cap=60), NINE + timedelta(seconds=1)).live(slumps)

    assert first == Day(fading(1, hourly_cap=60)).live(slumps)
    assert first != another


# The experiment


def experiment(condition: Condition, **more: object) -> Day:
    """A wearing that begins at nine, in an hour for which *condition* is drawn."""
    for seed in range(500):
        plan = NudgeSettings(plan="experiment", plan_started=STARTED, seed=seed, **more)  # type: ignore[arg-type]
        if block_of(plan, NINE, BERLIN).condition == condition:
            return Day(plan)
    raise AssertionError("no seed draws it")


def test_silence_is_silent_and_told():
    assert short(experiment(SILENCE).live([(10, 300), (500, 510)])) == [
        (10, "experiment"),
        (500, "experiment"),
    ]


def test_a_later_nudge_comes_later_and_only_if_the_slump_lasts():
    late = Condition(60.0, NUDGE)

    assert short(experiment(late).live([(10, 60), (500, 800)])) == [(560, NUDGE), (620, STRONG)]


def test_a_strong_one_is_strong_at_once():
    assert short(experiment(Condition(0.0, STRONG)).live([(10, 30)])) == [(10, STRONG)]


def test_a_call_goes_before_the_experiment():
    day = experiment(SILENCE)
    day.asked = {0: ("hold", "call"), 50: ("release", "call")}

    assert short(day.live([(10, 90)])) == [(10, "call"), (50, "experiment")]


def test_a_slump_keeps_the_condition_of_the_hour_it_began_in():
    late = Condition(60.0, NUDGE)
    day = experiment(late)
    told = short(day.live([(3570, 3700)]))

    assert told[0] == (3630, NUDGE)


@pytest.mark.parametrize("seed", range(5))
def test_of_six_hours_in_a_row_each_condition_comes_once_and_silence_twice(seed: int):
    plan = NudgeSettings(plan="experiment", plan_started=STARTED, seed=seed)
    midnight = datetime(2026, 11, 12, tzinfo=BERLIN)
    first = (-block_of(plan, midnight, BERLIN).number) % len(GROUP)
    hours = [midnight + timedelta(hours=first + n) for n in range(12)]
    drawn = [block_of(plan, hour, BERLIN).condition for hour in hours]

    assert sorted(map(str, drawn[:6])) == sorted(map(str, GROUP))
    assert sorted(map(str, drawn[6:])) == sorted(map(str, GROUP))


def test_hours_are_drawn_in_ever_other_orders():
    plan = NudgeSettings(plan="experiment", plan_started=STARTED, seed=1)
    orders = {
        tuple(
            str(block_of(plan, NINE + timedelta(hours=24 * day + n), BERLIN).condition)
            for n in range(6)
        )
        for day in range(50)
    }

    assert len(orders) > 40  # of 360


# Whatever the wearer does

ASKS = st.one_of(
    st.tuples(st.just("hold"), st.sampled_from(["call", "asked"])),
    st.tuples(st.just("release"), st.sampled_from(["call", "asked"])),
    st.tuples(st.just("snooze"), st.integers(0, 6000).map(float)),
)
DAYS = st.builds(
    NudgeSettings,
    preset=st.sampled_from(["coach", "normal", "quiet"]),
    hourly_cap=st.none() | st.integers(1, 6),
    daily_cap=st.none() | st.integers(1, 8),
    quiet_hours=st.none() | st.sampled_from([QuietHours(time(9, 20), time(10, 10))]),
    confirm=st.booleans(),
    plan=st.sampled_from(["full", "fade", "experiment"]),
    plan_started=st.integers(0, 60).map(lambda n: date(2026, 11, 12) - timedelta(days=n)),
    seed=st.integers(0, 1000),
)
LENGTHS = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 500)), min_size=1, max_size=14)


@settings(max_examples=150, deadline=None)
@given(DAYS, LENGTHS, st.dictionaries(st.integers(0, 4000), ASKS, max_size=8))
def test_whatever_the_wearer_does_no_promise_is_broken(
    plan: NudgeSettings,
    lengths: list[tuple[int, int]],
    asked: dict[int, tuple[str, str | float]],
):
    slumps: list[Slump] = []
    end = 0
    for upright_s, slumped_s in lengths:
        slumps.append((end + upright_s, end + upright_s + slumped_s))
        end += upright_s + slumped_s
    day = Day(plan, asked=asked)
    told = day.live(slumps)

    nudges = [d for d in told if d.pattern in (NUDGE, STRONG)]
    times_s = [d.time_s for d in nudges]
    for second in times_s:
        assert sum(second - 3600 < each <= second for each in times_s) <= plan.hourly
        assert sum(each <= second for each in times_s) <= plan.daily
        assert plan.quiet_hours is None or not plan.quiet_hours.hold(
            day.utc(second).astimezone(BERLIN)
        )
        assert not resting(asked, second)
    firsts: list[float] = []
    for start, stop in slumps:
        of_this = [d for d in told if start <= d.time_s < stop]
        given_s = [d.time_s for d in of_this if d.pattern is not None]
        reasons = [d.reason for d in of_this if d.pattern is None]
        assert len(given_s) <= 2  # one, and once more
        assert len(reasons) == len(set(reasons))
        due_s = start + (
            block.condition.delay_s if (block := day.nudging.block(day.utc(start))) else 0
        )
        assert bool(of_this) == (due_s < stop)
        left_out_s = [d.time_s for d in of_this if d.reason in ("plan", "probe day", "experiment")]
        assert not (given_s and left_out_s)
        if given_s or left_out_s:
            firsts.append((given_s or left_out_s)[0])
    apart_s = day.nudging.settings.policy().quiet_s
    assert all(b - a >= apart_s for a, b in pairwise(firsts))


@settings(max_examples=50, deadline=None)
@given(LENGTHS, st.dictionaries(st.integers(0, 3000), st.integers(0, 4000), max_size=3))
def test_with_the_usual_settings_it_buzzes_as_the_clip_does_by_itself(
    lengths: list[tuple[int, int]], snoozes: dict[int, int]
):
    slumps: list[Slump] = []
    end = 0
    for upright_s, slumped_s in lengths:
        slumps.append((end + upright_s, end + upright_s + slumped_s))
        end += upright_s + slumped_s
    day = Day(asked={at: ("snooze", float(until)) for at, until in snoozes.items()})

    given = [(d.time_s, d.pattern) for d in day.live(slumps) if d.pattern is not None]
    assert given == buzzes(slumps, snoozes=snoozes)


def resting(asked: dict[int, tuple[str, str | float]], second: float) -> bool:
    holds: set[str] = set()
    until_s = -1.0
    for at in sorted(asked):
        what, value = asked[at]
        if at > second:
            break
        if what == "hold":
            holds.add(str(value))
        elif what == "release":
            holds.discard(str(value))
        else:
            until_s = float(value)
    return bool(holds) or second < until_s


@given(DAYS)
def test_a_wearing_keeps_the_settings_it_was_nudged_by(plan: NudgeSettings):
    assert settings_of(plan.facts()) == plan


def test_a_wearing_of_before_there_were_settings_had_the_usual_ones_and_its_hold():
    assert settings_of({"hold_s": "45", "buzzing": "on"}) == NudgeSettings(hold_s=45.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"preset": "loud"}, "choose coach, normal, quiet"),
        ({"plan": "none"}, "choose full, fade, experiment"),
        ({"plan": "fade"}, "plan_started"),
        ({"hold_s": 0.0}, "hold_s 0 is not from 1 to 3600"),
        ({"hourly_cap": 0}, "hourly_cap 0 is not from 1 to 60"),
        ({"daily_cap": 501}, "daily_cap 501 is not from 1 to 500"),
        ({"seed": -1}, "seed -1"),
        ({"seed": 10**20}, f"seed {10**20} is not from 0 to {2**63 - 1}"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        NudgeSettings(**wrong)  # type: ignore[arg-type]


def test_in_its_first_week_a_fading_plan_is_certain_and_from_then_on_it_is_not():
    assert Day(fading(0)).nudging.certain(NINE)
    assert not Day(fading(1)).nudging.certain(NINE)
    assert not experiment(SILENCE).nudging.certain(NINE)
