"""A day read from a real store."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from analysis.days import LONDON, calibration
from analysis.wear import DAY, NINE, Wear, read, states

from midback.recording import Store
from midback.seconds import MISSING
from midback.words import State
from midback_analysis.summarise import summarise_day


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.save_calibration(calibration("A"))
        opened.save_calibration(calibration("B", 17.0))
        yield opened


def test_a_day_without_sessions_has_no_seconds(store: Store):
    assert len(read(store).state) == 0


def test_between_two_sessions_the_clip_was_not_worn(store: Store):
    Wear(store).sit(60).end()
    Wear(store, NINE + timedelta(seconds=100)).sit(60).end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 60), (State.AWAY, 40), (State.UPRIGHT, 60)]
    assert np.diff(day.utc_s) == pytest.approx(1)


def test_seconds_of_a_session_without_samples_are_no_data(store: Store):
    Wear(store).sit(60).pass_by(30).sit(60).end()

    assert states(read(store))[1] == (State.NO_DATA, 30)


def test_a_gap_of_two_seconds_keeps_posture_and_angle(store: Store):
    Wear(store).sit(60, 4.0).pass_by(2).sit(60, 8.0).end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 122)]
    assert day.flexion_deg[60:62].tolist() == [4, 4]


def test_a_second_shaken_by_a_buzz_keeps_the_angle_before(store: Store):
    wear = Wear(store).sit(60, 18.0, State.SLUMPED)
    wear.writer.add_second(60, (MISSING, MISSING, State.SLUMPED, 50))
    wear.pass_by(1).sit(60, 17.0, State.SLUMPED).end()

    day = read(store)

    assert day.flexion_deg[60] == 18
    assert day.still.all()


def test_a_gap_of_three_seconds_is_unknown(store: Store):
    Wear(store).sit(60).pass_by(3).sit(60).end()

    day = read(store)

    assert states(day)[1] == (State.NO_DATA, 3)
    assert np.isnan(day.flexion_deg[60:63]).all()


def test_a_clip_laid_aside_before_and_after_it_fell_silent_was_not_worn(store: Store):
    Wear(store).sit(60).lie(10).pass_by(600).lie(10).sit(60).end()

    assert states(read(store))[1] == (State.AWAY, 620)


def test_a_clip_put_back_on_while_silent_may_have_been_worn(store: Store):
    Wear(store).sit(60).lie(10).pass_by(600).sit(60).end()

    assert states(read(store))[1:3] == [(State.AWAY, 10), (State.NO_DATA, 600)]


def test_the_day_begins_and_ends_with_wear(store: Store):
    Wear(store).lie(30).note("battery", 80).sit(60).note("buzz").lie(30).end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 60)]
    assert [(event.kind, event.second) for event in day.events] == [("battery", 0), ("buzz", 60)]


def test_an_evening_after_midnight_belongs_to_the_day_before(store: Store):
    late = datetime(2026, 11, 13, 3, 59, tzinfo=UTC)
    Wear(store, late).sit(120).end()

    assert [len(read(store, day).state) for day in (DAY, date(2026, 11, 13))] == [60, 60]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_a_day_of_another_length_holds_all_its_seconds(store: Store, day: date, hours: int):
    begun = datetime(day.year, day.month, day.day, 3, tzinfo=LONDON).astimezone(UTC)
    Wear(store, begun).pass_by(27 * 3600).note("battery", 9).end()

    assert len(read(store, day).state) == hours * 3600


def test_a_new_calibration_judges_from_its_moment_on(store: Store):
    Wear(store).sit(60).note("calibration", 3.0, "B").sit(30).end()

    day = read(store)

    assert [each.id for each in day.calibrations] == ["A", "B"]
    assert np.bincount(day.part).tolist() == [60, 30]


def test_a_calibration_that_is_lost_judges_nothing(store: Store):
    Wear(store, first="gone").sit(60).end()

    assert summarise_day(read(store)).state_s["nodata"] == 60


def test_a_stored_morning_becomes_a_summary(store: Store):
    wear = Wear(store).sit(3000).sit(30, 18.0, State.LEANING)
    wear.note("slump_started", 18.0).note("buzz", None, "two pulses")
    wear.sit(20, 18.0, State.SLUMPED).sit(2, 0.0, State.SLUMPED).note(
        "slump_ended", None, "sat up"
    )
    wear.sit(600).end()

    summary = summarise_day(read(store))

    assert summary.coverage.measured_s == 3652
    assert (summary.slumps.count, summary.slumps.longest_s) == (1, 52)
    assert (summary.buzzes.followed, summary.buzzes.median_s) == (1, 20)
    assert summary.clips[0].facts["firmware"] == "0.1.0"


def test_two_sessions_that_touch_share_no_second(store: Store):
    """The second began at the last packet of the first, in the middle of a second."""
    Wear(store).sit(60).end()
    Wear(store, NINE + timedelta(seconds=60.4)).sit(60).end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 120)]
    assert day.utc_s[-1] - day.utc_s[0] == pytest.approx(119.4)


@pytest.mark.parametrize("overlap_s", [0.2, 0.5, 0.9, 1.0])
def test_two_sessions_that_overlap_by_a_fraction_count_it_once(store: Store, overlap_s: float):
    Wear(store).sit(60).end()
    Wear(store, NINE + timedelta(seconds=60 - overlap_s)).sit(60).note("buzz").end()

    day = read(store)

    assert len(day.state) in (119, 120)
    assert len(day.state) == pytest.approx(120 - overlap_s, abs=0.5)
    assert [event.second for event in day.events] == [len(day.state)]


def test_a_session_that_begins_before_the_last_one_was_closed_fills_its_silence(store: Store):
    """A process waited 40 s for a clip out of range, then ended; the next one got its packets."""
    Wear(store).sit(60).pass_by(40).note("link_lost").end()
    Wear(store, NINE + timedelta(seconds=60)).sit(100, 4.0).note("buzz").end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 160)]
    assert day.flexion_deg[60:].tolist() == [4.0] * 100
    assert [(event.kind, event.second) for event in day.events] == [
        ("link_lost", 100),
        ("buzz", 160),
    ]
    assert [(each.start_s, each.end_s) for each in day.wearings] == [(0, 100), (60, 160)]


def test_a_short_session_within_the_silence_of_another_is_not_appended(store: Store):
    Wear(store).sit(60).pass_by(90).end()
    Wear(store, NINE + timedelta(seconds=70)).sit(20, 4.0).end()
    Wear(store, NINE + timedelta(seconds=150)).sit(10, 8.0).end()

    assert states(read(store)) == [
        (State.UPRIGHT, 60),
        (State.NO_DATA, 10),
        (State.UPRIGHT, 20),
        (State.NO_DATA, 60),
        (State.UPRIGHT, 10),
    ]


def test_where_the_clock_was_set_back_between_sessions_no_second_is_lost(store: Store):
    Wear(store).sit(200).end()
    Wear(store, NINE + timedelta(seconds=100)).sit(200).end()

    assert len(read(store).state) == 400


def test_a_slump_that_goes_on_in_the_next_session_is_one(store: Store):
    wear = Wear(store).sit(600).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(40, 18.0, State.SLUMPED).note("slump_ended", None, "end").end()
    wear = Wear(store, NINE + timedelta(seconds=672)).sit(30, 18.0, State.LEANING)
    wear.note("slump_started", 18.0).sit(20, 18.0, State.SLUMPED)
    wear.note("slump_ended", None, "sat up").sit(600).end()

    slumps = summarise_day(read(store)).slumps

    assert (slumps.count, slumps.longest_s) == (1, 122)
    assert slumps.longest[0].how == "sat up"


def test_a_slump_after_a_break_between_sessions_is_another(store: Store):
    wear = Wear(store).sit(600).note("slump_started", 18.0).sit(40, 18.0, State.SLUMPED)
    wear.note("slump_ended", None, "end").end()
    wear = Wear(store, NINE + timedelta(seconds=700)).note("slump_started", 18.0)
    wear.sit(20, 18.0, State.SLUMPED).note("slump_ended", None, "sat up").sit(600).end()

    assert summarise_day(read(store)).slumps.count == 2
