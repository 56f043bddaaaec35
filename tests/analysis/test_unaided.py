"""Nudges that were withheld, and the time that a fading plan left without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from analysis.days import LONDON, record, slumped, upright

from midback.curl import Posture
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.nudge_settings import NudgeSettings
from midback.pausing import CALL, PAUSE, PRESENTING, QUIET
from midback.places import ELSEWHERE
from midback.plans import stage_of
from midback.recording import Store
from midback.seconds import MISSING
from midback.words import State
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.episodes import Event
from midback_analysis.report import as_html, as_json, as_text
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import Unaided
from midback_analysis.unaided import Week, after_left_out, fading_stage, progress

DAY = date(2026, 11, 12)
FADING = NudgeSettings(plan="fade", plan_started=DAY - timedelta(days=14), seed=2)


def started(second: float) -> Event:
    return Event(second, "slump_started", 18.0)


def sat_up(second: float) -> Event:
    return Event(second, "slump_ended", None, "sat up")


def withheld(second: float, reason: str) -> Event:
    return Event(second, "buzz_withheld", 18.0, reason)


def a_day(*events: Event, plan: NudgeSettings | None = None) -> DayRecord:
    """Seventy minutes upright, then slumps of two minutes in turn with eight upright."""
    timeline = [upright(70), *[slumped(2), upright(8)] * 4]
    made = record(timeline, events)
    if plan is None:
        return made
    return replace(made, wearings=(Wearing("7A3F", plan.facts(), 0, len(made.state)),))


SLUMPS_S = [4200.0 + 600 * n for n in range(4)]
PAIRS = [event for s in SLUMPS_S for event in (started(s + 30), sat_up(s + 120))]


def with_reasons(*reasons: str, given_s: float | None = None) -> list[Event]:
    told = [withheld(s + 30, reason) for s, reason in zip(SLUMPS_S, reasons, strict=False)]
    given = [] if given_s is None else [Event(given_s, "buzz", 18.0, "nudge")]
    return sorted([*PAIRS, *told, *given], key=lambda event: event.second)


def test_withheld_nudges_are_counted_by_reason():
    day = a_day(*with_reasons("call", "call", "quiet hours", "toothache"))
    buzzes = summarise_day(day).buzzes

    assert [each.reason for each in buzzes.withheld] == [
        "call",
        "call",
        "quiet hours",
        "toothache",
    ]
    assert buzzes.unaided is None
    told = " ".join(as_text(summarise_day(day)).split())
    assert "4 withheld: 2 in a call, 1 in quiet hours, 1 for another reason (toothache)." in told


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (PAUSE, "while paused"),
        (CALL, "in a call"),
        (QUIET, "under do not disturb"),
        (PRESENTING, "during a talk or a film"),
        (LOOKS_LIKE_A_LEAN, "in what looked like a lean from the hips"),
        (Posture.LEAN, "in a lean from the hips"),
        (ELSEWHERE, "while you seemed to be in another place"),
    ],
)
def test_every_reason_to_wait_has_its_words(reason: str, words: str):
    told = " ".join(as_text(summarise_day(a_day(*with_reasons(reason)))).split())

    assert f"1 withheld: 1 {words}." in told


def test_one_that_the_same_slump_got_later_says_so():
    day = a_day(*with_reasons("too soon", given_s=SLUMPS_S[0] + 60))
    summary = summarise_day(day)

    assert [each.later for each in summary.buzzes.withheld] == [True]
    assert "1 too soon after another (1 given later in the slump)" in " ".join(
        as_text(summary).split()
    )
    assert 'href="#g-withheld"' not in as_html(summary)


def test_the_page_marks_slumps_without_a_buzz_and_says_why():
    page = as_html(summarise_day(a_day(*with_reasons("call", "plan"))))

    assert page.count('href="#g-withheld"') == 3  # two in the ribbon, one in its key
    assert "withheld, and no buzz in that slump" in page
    assert "1 in a call, 1 by the plan" in page
    assert '"reason": "call", "later": false' in as_json(
        summarise_day(a_day(*with_reasons("call")))
    )


def test_after_a_nudge_that_was_left_out_ten_minutes_count_until_the_next_given():
    events = with_reasons("plan", given_s=SLUMPS_S[1] + 30)
    unaided = summarise_day(a_day(*events, plan=FADING)).buzzes.unaided

    # Ten minutes from 30 s into the first slump on: 90 s of it, 480 s upright, and 30 s of the
    # next until its buzz.
    assert unaided == Unaided(600, 120, False)


def test_windows_that_overlap_count_once_and_end_with_the_day():
    assert after_left_out([0, 300], [], 1000).sum() == 900
    assert after_left_out([950], [], 1000).sum() == 50
    assert after_left_out([], [10], 1000).sum() == 0
    assert after_left_out([-5], [], 1000).sum() == 595


def test_on_a_probe_day_all_of_it_counts_though_nothing_fell_due():
    probe = next(
        day
        for day in (DAY - timedelta(days=n) for n in range(28, 60))
        if stage_of(replace(FADING, plan_started=day), DAY).probe
    )
    plan = replace(FADING, plan_started=probe)
    summary = summarise_day(a_day(plan=plan))

    assert fading_stage(plan.facts(), DAY) == stage_of(plan, DAY)
    assert summary.buzzes.unaided == Unaided(summary.coverage.still_s, 480, True)
    assert "A probe day without nudges: 7 % of" in " ".join(
        as_text(summary).replace("\u00a0", " ").split()
    )


@pytest.mark.parametrize("facts", [{}, {"nudges": "[broken"}, {"nudges": '{"plan": "new"}'}])
def test_a_wearing_without_a_plan_has_no_stage(facts: dict[str, str]):
    assert fading_stage(facts, DAY) is None


def test_a_snooze_that_goes_on_over_a_restart_is_one():
    events = [Event(10, "snooze", 900.0), Event(400, "snooze", 500.0, "kept")]

    summary = summarise_day(a_day(*events))

    assert summary.buzzes.snoozed == 1
    assert "Snoozed 1 time." in " ".join(as_text(summary).split())


# Week by week


def wearing(
    store: Store, begun: datetime, plan: NudgeSettings, *events: tuple[float, str, str]
) -> None:
    """Twenty minutes, slumped from minute 5 to 10."""
    writer = store.begin("7A3F", plan.facts(), begun)
    for time_s, kind, detail in events:
        writer.add_event(time_s, kind, None, detail)
    for second in range(1200):
        state = State.SLUMPED if 300 <= second < 600 else State.UPRIGHT
        writer.add_second(second, (0, MISSING, state, 50))
    writer.close(1200, begun + timedelta(seconds=1200))


def test_the_weeks_of_a_plan_are_told_apart_and_so_are_probe_days(tmp_path: Path):
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
    plan = replace(FADING, plan_started=begun.date())
    probe = next(n for n in range(28, 35) if stage_of(plan, begun.date() + timedelta(n)).probe)
    left_out = [(300.0, "buzz_withheld", "plan"), (700.0, "buzz_withheld", "too soon")]
    with Store.open(tmp_path, write=True) as store:
        wearing(store, begun, plan, (300.0, "buzz", "nudge"), (360.0, "buzz", "strong"))
        wearing(store, begun + timedelta(days=8), plan, *left_out, (800.0, "buzz", "nudge"))
        wearing(store, begun + timedelta(days=probe), plan, (300.0, "buzz_withheld", "probe day"))
        wearing(store, begun + timedelta(days=9), replace(plan, seed=9), *left_out)
        weeks = progress(store, plan, LONDON)

    assert weeks == [
        Week(1, given=1),
        Week(2, given=1, left_out=1, after_s=500, after_slumped_s=300),
        Week(5, left_out=1, probe_s=1200, probe_slumped_s=300),
    ]
