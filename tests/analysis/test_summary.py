"""Little timelines in, numbers of the day out."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from analysis.days import (
    away,
    back,
    calibration,
    moving,
    record,
    silent,
    slumped,
    uncalibrated,
    upright,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.words import STILL, State
from midback_analysis.episodes import Event
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import STATES, DaySummary

HOUR = 60


def test_measured_still_and_unknown_time_are_told_apart():
    summary = summarise_day(record([upright(90), moving(10), silent(20), away(30), upright(50)]))

    assert summary.coverage.measured_s == 150 * 60
    assert summary.coverage.still_s == 140 * 60
    assert summary.coverage.percent == 75
    assert (summary.state_s["nodata"], summary.state_s["off"]) == (20 * 60, 30 * 60)


def test_unknown_time_is_in_no_share():
    summary = summarise_day(record([upright(60), silent(600), slumped(20)]))

    assert summary.shares == {"upright": 75, "mild": 0, "slumped": 25, "back": 0}


def test_a_lean_before_its_hold_is_over_is_slumped_by_level():
    """Shares go by tilt alone; only slumps need the hold."""
    summary = summarise_day(record([upright(60), (State.LEANING, 20, 18)]))

    assert summary.shares
    assert summary.shares["slumped"] == 25
    assert summary.slumps.count == 0


def test_time_without_a_calibration_is_worn_but_not_measured():
    summary = summarise_day(record([uncalibrated(60), upright(60)]))

    assert (summary.state_s["uncalibrated"], summary.coverage.percent) == (3600, 50)


def test_a_judged_second_without_an_angle_is_no_data():
    day = record([upright(61)])
    day.flexion_deg[:60] = np.nan

    assert summarise_day(day).state_s["nodata"] == 60


def test_under_an_hour_of_still_time_there_are_no_shares():
    summary = summarise_day(record([upright(59), moving(200)]))

    assert (summary.shares, summary.exposure, summary.upright_between) == (None, None, None)
    assert summary.shifts.per_hour is None


def test_a_day_without_wear_has_no_numbers():
    summary = summarise_day(record([]))

    assert summary == DaySummary("2026-11-12", "Europe/London", 4, 24)


def test_time_past_the_line_takes_no_hysteresis():
    summary = summarise_day(record([(State.UPRIGHT, 1, 12.9), (State.LEANING, 1, 13.1)]))

    assert summary.past_line_s == 60


def test_percentiles_are_over_still_time():
    summary = summarise_day(record([upright(50, 0), (State.MOVING, 500, 40), slumped(50, 20)]))

    assert summary.tilt_deg == (0, 10, 20)


def test_an_upright_share_near_a_border_says_how_much_hangs_on_it():
    summary = summarise_day(record([upright(60, 0), silent(1), upright(60, 4)]))

    assert summary.upright_between == (50, 100)


def test_the_longest_still_spell_is_told_with_its_clock():
    spell = summarise_day(record([upright(20), moving(5), upright(40), moving(1)])).still_spell

    assert spell
    assert (spell.start.clock, spell.end.clock, spell.cut) == ("08:25", "09:05", False)


def test_a_still_spell_beside_missing_data_was_at_least_this_long():
    spell = summarise_day(record([upright(20), silent(5), upright(10)])).still_spell

    assert spell
    assert (spell.length_s, spell.cut) == (1200, True)


def test_taking_the_clip_off_does_not_cut_a_still_spell():
    spell = summarise_day(record([upright(20), away(5), upright(10)])).still_spell

    assert spell
    assert not spell.cut


def test_each_part_of_the_day_is_judged_by_its_own_line():
    day = record([(State.UPRIGHT, 60, 12.0), silent(1), (State.UPRIGHT, 60, 12.0)])
    day.part[60 * 60 :] = 1
    day = replace(day, calibrations=(calibration("A", 15.0), calibration("B", 9.0)))

    summary = summarise_day(day)

    assert summary.shares
    assert (summary.shares["mild"], summary.shares["slumped"]) == (50, 50)


def test_a_second_upright_is_told_with_its_distance():
    day = record([upright(60), upright(60)], [Event(3600.0, "calibration", 9.0, "B")])
    day.part[3600:] = 1
    tipped = calibration("B", neutral_up=(np.sin(np.radians(9)), 0.0, np.cos(np.radians(9))))

    first, second = summarise_day(replace(day, calibrations=(calibration(), tipped))).judged

    assert (first.apart_deg, second.apart_deg) == (None, pytest.approx(9))
    assert (second.start.clock, second.set_then) == ("09:00", True)


BUZZED = [
    Event(1800.0, "slump_started", 18.0),
    Event(1800.0, "buzz", None, "two pulses"),
    Event(1824.0, "slump_ended", None, "sat up"),
]


def buzzed_day(*more: Event):
    return record([upright(30), (State.SLUMPED, 22 / 60, 18), upright(60)], [*BUZZED, *more])


def test_a_buzz_is_followed_by_sitting_up():
    buzzes = summarise_day(buzzed_day()).buzzes

    assert (buzzes.followed, buzzes.median_s, buzzes.method) == (1, 22, "answered")


def test_a_slump_tells_how_it_ended():
    (slump,) = summarise_day(buzzed_day()).slumps.longest

    assert (slump.start.clock, slump.length_s, slump.tilt_deg) == ("08:30", 24, 18)
    assert (slump.how, slump.buzzes, slump.after_buzz_s) == ("sat up", 1, 24)


def test_a_test_buzz_while_upright_is_in_no_number():
    buzzes = summarise_day(buzzed_day(Event(4000.0, "buzz"))).buzzes

    assert (len(buzzes.given), buzzes.outside) == (1, 1)


def test_hours_count_shifts_buzzes_and_minutes():
    eight, nine = summarise_day(buzzed_day()).hours[:2]

    assert (eight.label, eight.buzzes, eight.minutes("slumped")) == (
        "08",
        1,
        pytest.approx(22 / 60),
    )
    assert (nine.buzzes, nine.minutes("off")) == (0, pytest.approx(60 - 30 - 22 / 60))


def test_a_cell_less_than_half_measured_is_no_posture():
    cells = summarise_day(record([upright(2), silent(3), upright(3), silent(2)])).cells

    assert cells[:3] == ("nodata", "upright", "off")


def test_the_curve_keeps_gaps():
    curve = summarise_day(record([upright(20, 3), silent(20), upright(20, 6)])).curve

    at = dict(zip(curve.second, curve.p50, strict=True))
    assert (at[600.0], at[1800.0], at[3000.0]) == (3, None, 6)


def test_halves_are_cut_at_the_longest_pause():
    day = record(
        [upright(45), slumped(15), away(40), slumped(30), upright(30)], start="2026-11-12T11:00"
    )

    halves = summarise_day(day).halves

    assert halves
    assert (halves.before_percent, halves.after_percent) == (25, 50)
    assert halves.pause
    assert (halves.pause.clock, halves.midday) == ("12:00", True)


def test_half_a_day_of_under_half_an_hour_is_not_compared():
    assert summarise_day(record([upright(100), away(40), upright(10)])).halves is None


@pytest.mark.parametrize(
    ("start", "day", "hours", "last"),
    [
        ("2026-03-28T22:00", date(2026, 3, 28), 23, "04:00"),
        ("2026-10-24T22:00", date(2026, 10, 24), 25, "02:00"),
    ],
)
def test_a_change_of_the_clock_changes_labels_and_no_duration(start, day, hours, last):
    summary = summarise_day(record([upright(5 * HOUR)], start=start, day=day))

    assert summary.coverage.span_s == 5 * 3600
    assert summary.coverage.last
    assert summary.coverage.last.clock == last
    assert summary.day_hours == hours


OTHERS = [state for state in State if state not in STILL]
stretch = st.one_of(
    st.tuples(st.sampled_from(STILL), st.integers(1, 50), st.floats(-40, 60)),
    st.tuples(
        st.sampled_from([s for s in State if s not in STILL]), st.integers(1, 50), st.just(0.0)
    ),
)


@settings(deadline=None)
@given(st.lists(stretch, min_size=1, max_size=12))
def test_every_second_is_something_and_the_shares_add_up_to_100(timeline):
    summary = summarise_day(record(timeline))

    assert sum(summary.state_s.values()) == summary.coverage.span_s
    if summary.shares is not None and summary.exposure is not None:
        assert sum(summary.shares.values()) == pytest.approx(100)
        assert sum(map(sum, summary.exposure)) == pytest.approx(100)


@settings(deadline=None)
@given(st.lists(stretch, min_size=1, max_size=12))
def test_hours_hold_the_whole_day(timeline):
    summary = summarise_day(record(timeline))

    within = np.sum([hour.state_s for hour in summary.hours], axis=0)
    known = [name for name in STATES if name != "off"]
    assert [within[STATES.index(name)] for name in known] == [summary.state_s[n] for n in known]


def test_the_far_side_of_the_world_has_its_own_day():
    zone = ZoneInfo("Pacific/Auckland")
    summary = summarise_day(record([upright(90), back(30)], start="2026-11-12T08:00", zone=zone))

    assert summary.coverage.first
    assert summary.coverage.first.clock == "08:00"
    assert datetime.fromisoformat(summary.coverage.first.utc) == datetime(
        2026, 11, 11, 19, tzinfo=UTC
    )


def test_a_day_of_sixteen_hours_is_summarised_at_once():
    """It takes 40 ms; a second leaves room for a busy machine and still finds a slow loop."""
    day = record([upright(10), slumped(5), moving(1)] * 60)
    begun = perf_counter()

    summarise_day(day)

    assert perf_counter() - begun < 1
