"""Labels of elapsed time: ordinary days, days that change their clock, clocks that jump."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from analysis.days import LONDON

from midback_analysis.clockface import ClockFace, day_bounds


def face(start: str, hours: float, zone: ZoneInfo = LONDON) -> ClockFace:
    begun = datetime.fromisoformat(start).replace(tzinfo=zone).timestamp()
    return ClockFace(begun + np.arange(round(hours * 3600), dtype=float), zone)


def labels(shown: ClockFace) -> str:
    return " ".join([*(hour.label for hour in shown.hours), shown.end_label])


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 23),  # the clock goes forward in the night after
        (date(2026, 3, 29), 24),
        (date(2026, 10, 24), 25),
        (date(2026, 10, 25), 24),
    ],
)
def test_a_day_lasts_from_turn_to_turn(day: date, hours: int):
    begins, ends = day_bounds(day, LONDON)

    assert (ends - begins).total_seconds() == hours * 3600


def test_the_axis_spans_whole_hours_and_at_least_eight():
    assert labels(face("2026-11-12T09:07", 0.5)) == "09 10 11 12 13 14 15 16 17"


def test_wear_to_the_full_hour_adds_no_empty_one():
    assert labels(face("2026-11-12T08:00", 9)) == "08 09 10 11 12 13 14 15 16 17"


def test_the_hour_that_is_skipped_is_absent():
    assert labels(face("2026-03-28T20:30", 7)) == "20 21 22 23 00 02 03 04 05"


def test_the_hour_that_comes_again_is_marked():
    assert labels(face("2026-10-24T20:30", 7)) == "20 21 22 23 00 01 01b 02 03"


def test_moments_in_the_hour_that_comes_again_are_marked():
    shown = face("2026-10-25T00:30", 3)

    told = [shown.moment(minute * 60).clock for minute in (0, 45, 105, 165)]
    assert told == ["00:30", "01:15", "01b:15", "02:15"]


def test_the_end_of_wear_on_a_full_hour_has_that_hours_name():
    assert face("2026-11-12T08:00", 9).moment(9 * 3600).clock == "17:00"


def test_hours_of_a_zone_with_half_an_hour_begin_on_its_own_clock():
    shown = face("2026-11-12T09:10", 1, ZoneInfo("Asia/Kolkata"))

    assert (shown.start_s, shown.hours[0].label) == (-600, "09")


def test_a_clock_put_forward_keeps_elapsed_time():
    begun = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp()
    utc_s = begun + np.arange(7200.0)
    utc_s[1800:] += 1800

    shown = ClockFace(utc_s, LONDON)

    assert [(h.label, h.end_s - h.start_s) for h in shown.hours[:3]] == [
        ("09", 1800),
        ("10", 3600),
        ("11", 3600),
    ]


@pytest.mark.parametrize(
    "steps_s",
    [
        {1800: -20},  # within an hour
        {3605: -12},  # over a full hour
        {1000: -20, 2000: -20, 3605: -12, 3700: -600},
    ],
)
def test_a_clock_set_right_by_a_little_repeats_no_hour(steps_s: dict[int, float]):
    utc_s = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp() + np.arange(7200.0)
    for second, step_s in steps_s.items():
        utc_s[second:] += step_s

    assert labels(ClockFace(utc_s, LONDON)).startswith("09 10 11 12")


def test_a_moment_after_a_clock_was_set_right_is_told_by_that_clock():
    utc_s = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp() + np.arange(7200.0)
    utc_s[3605:] -= 120

    shown = ClockFace(utc_s, LONDON)

    told = [shown.moment(second).clock for second in (3599, 3601, 3610, 3725)]
    assert told == ["09:59", "10:00", "09:58", "10:00"]


def test_an_hour_that_did_not_come_before_is_not_marked():
    utc_s = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp() + np.arange(7200.0)
    utc_s[:1800] += 6 * 3600  # the clock was six hours ahead at first

    assert labels(ClockFace(utc_s, LONDON)).startswith("15 09 10 11 12 13 14 15b")


def test_however_often_a_clock_is_put_back_labels_are_unique():
    utc_s = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp() + np.arange(7200.0)
    for second in (1800, 3000, 4200):
        utc_s[second:] -= 1200

    assert labels(ClockFace(utc_s, LONDON)).startswith("09 09b 09c 09d 10 11")


def test_a_clock_put_back_marks_what_comes_again():
    begun = datetime(2026, 11, 12, 9, tzinfo=LONDON).timestamp()
    utc_s = begun + np.arange(7200.0)
    utc_s[5400:] -= 3600

    assert labels(ClockFace(utc_s, LONDON)).startswith("09 10 09b 10b 11 12")
