"""The reminder of the routine in a wearing: said once, felt once, and only where it is welcome."""

import asyncio
from datetime import UTC, date, time, timedelta

import pytest
from monitor.test_nudging import a_while, nudged, runs, slumped
from monitor.worlds import STARTED, World, clip_on, live, stored, wearer

from midback.errors import RecordingError
from midback.exercises.exercise import EXERCISE, Exercise
from midback.nudge_settings import NudgeSettings, QuietHours
from midback.pausing import CALL
from midback.questions import Question
from midback.recording import Store
from midback.reminder import TIME_FOR_ROUTINE, ReminderSettings
from midback.shared import wire
from midback.simulated import Activity
from midback_analysis.day import read_day
from midback_analysis.summarise import summarise_day

TODAY = date(2026, 3, 4)
AT_S = 60.0
"""The worlds begin at nine, and the wearer chose a minute past."""


def world_of(folder, clip=None, **options):
    reminder = ReminderSettings(time(9, 1))
    return World(folder, clip, reminder=reminder, zone=UTC, **options)


def said(world):
    """Session times of reminders, to the second."""
    return [round(time_s) for time_s, *_ in world.watcher.of("reminded")]


def for_so_long(seconds):
    async def body(world):
        await asyncio.sleep(seconds)
        return world

    return body


two_minutes = for_so_long(120.0)


def test_at_the_time_it_is_said_felt_and_kept(folder, patterns):
    world = live(world_of(folder), two_minutes)
    _, events = stored(folder)

    assert TIME_FOR_ROUTINE in world.watcher.notices
    assert patterns == [wire.PATTERN_LONG]
    assert [(e.kind, e.detail) for e in events if e.kind == "reminded"] == [
        ("reminded", TODAY.isoformat())
    ]


def test_it_comes_when_the_clock_shows_it(folder):
    def clock_of(now):
        return now.wall.strftime("%H:%M")

    world = live(world_of(folder), two_minutes)

    assert {clock_of(n) for n in world.watcher.nows if n.notice == TIME_FOR_ROUTINE} >= {"09:01"}
    assert all(clock_of(n) >= "09:01" for n in world.watcher.nows if n.notice == TIME_FOR_ROUTINE)


def test_without_a_time_nothing_is_said(folder, patterns):
    world = live(World(folder, zone=UTC), two_minutes)

    assert (said(world), patterns) == ([], [])


def test_it_is_no_nudge_in_the_figures_of_the_day(folder):
    live(world_of(folder), two_minutes)
    with Store.open(folder, write=False) as store:
        summary = summarise_day(read_day(store, TODAY, UTC))

    assert (summary.buzzes.given, summary.buzzes.outside) == ((), 0)


def test_a_nudge_that_is_due_keeps_its_distance_from_it_and_is_given(folder):
    async def body(world):
        await slumped(world)
        await asyncio.sleep(90.0)

    world = world_of(folder)
    live(world, body)
    (buzz_s,) = [time_s for time_s, kind, *_ in world.watcher.events if kind == "buzz"][:1]
    (told_s,) = said(world)

    assert told_s >= buzz_s + 60.0
    assert nudged(world)[0] == "nudge"


def hold_for(reason, seconds):
    async def body(world):
        world.monitor.hold(reason)
        await asyncio.sleep(seconds)
        during = said(world)
        world.monitor.release(reason)
        await asyncio.sleep(20.0)
        return during

    return body


def test_in_a_call_it_waits_for_the_end(folder):
    world = world_of(folder)

    assert live(world, hold_for(CALL, 300.0)) == []
    assert said(world) == pytest.approx([302], abs=3)


def test_what_lasts_too_long_ends_it_for_today(folder):
    world = world_of(folder)

    assert live(world, hold_for(CALL, 7300.0)) == []
    assert said(world) == []


def test_doubts_about_the_posture_do_not_hold_it(folder):
    world = world_of(folder)
    live(world, hold_for("looks like a lean", 90.0))

    assert said(world) == pytest.approx([AT_S], abs=3)


def test_while_snoozed_it_waits(folder):
    async def body(world):
        world.monitor.snooze(5)
        await asyncio.sleep(330.0)

    world = world_of(folder)
    live(world, body)

    assert said(world) == pytest.approx([300], abs=5)


def test_in_quiet_hours_it_waits(folder):
    quiet = NudgeSettings(quiet_hours=QuietHours(time(8, 0), time(9, 4)))
    world = world_of(folder, nudges=quiet)

    live(world, for_so_long(280.0))

    assert said(world) == pytest.approx([240], abs=3)


@pytest.mark.parametrize("elsewhere", [Activity.WALKING, Activity.OFF_BODY])
def test_who_walks_or_wears_no_clip_is_reminded_afterwards(folder, elsewhere):
    someone = wearer([(Activity.TYPING, 0.5), (elsewhere, 5.0), (Activity.TYPING, 20.0)])

    world = world_of(folder, clip_on(someone))
    live(world, for_so_long(900.0))

    (told_s,) = said(world)
    assert 300.0 < told_s < 700.0


def test_while_a_question_is_open_it_waits(folder):
    async def body(world):
        asked = Question("posture", "Was that good?", 200.0)
        world.monitor.wearing.ask(asked, world.session_s(), lambda _: None)
        await asyncio.sleep(90.0)
        during = said(world)
        world.monitor.answer(True)
        await asyncio.sleep(5.0)
        return during

    world = world_of(folder)

    assert live(world, body) == []
    assert len(said(world)) == 1


def test_a_wearing_that_is_given_to_an_exercise_is_not_interrupted(folder):
    world = world_of(folder, exercise=Exercise.CHECK)
    live(world, two_minutes)

    assert said(world) == []


# A restart


past_the_time = for_so_long(AT_S + 10.0)


def test_a_restart_does_not_say_it_again(folder):
    first, second = runs(
        folder, past_the_time, past_the_time, reminder=ReminderSettings(time(9, 1)), zone=UTC
    )

    assert (len(said(first)), said(second)) == (1, [])


def test_a_restart_within_two_hours_says_what_was_not_said(folder):
    async def in_a_call(world):
        world.monitor.hold(CALL)
        await asyncio.sleep(AT_S + 10.0)

    first, second = runs(
        folder, in_a_call, a_while, reminder=ReminderSettings(time(9, 1)), zone=UTC
    )

    assert (said(first), len(said(second))) == ([], 1)


def after_a_routine_of(folder, seconds, began):
    with Store.open(folder, write=True) as store:
        writer = store.begin("000009", {EXERCISE: Exercise.ROUTINE}, began)
        writer.close(seconds, began + timedelta(seconds=seconds))
    world = world_of(folder)
    live(world, two_minutes)
    return world


def test_whoever_did_the_routine_is_not_reminded_of_it(folder):
    assert said(after_a_routine_of(folder, 290.0, STARTED - timedelta(hours=1))) == []


def test_one_that_was_hardly_begun_or_was_yesterdays_does_not_count(folder, tmp_path):
    begun = after_a_routine_of(folder, 40.0, STARTED - timedelta(hours=1))
    yesterdays = after_a_routine_of(tmp_path / "b", 290.0, STARTED - timedelta(hours=6))

    assert (len(said(begun)), len(said(yesterdays))) == (1, 1)


def test_a_store_that_cannot_be_asked_costs_a_reminder_and_no_more(folder, monkeypatch):
    def broken(*_):
        raise RecordingError("it is broken")

    monkeypatch.setattr("midback.monitor.needs_no_reminder", broken)
    world = live(world_of(folder), two_minutes)

    assert (said(world), world.watcher.nows[-1].notice) == ([], None)
