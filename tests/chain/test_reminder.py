"""Once a day, at the wearer's time, unless it is out of place or needless; as timelines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.local_time import day_begins, local_day
from midback.reminder import WAIT_S, Reminder, ReminderSettings, due_at, time_of_day

BERLIN, KYIV = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Kyiv")
HALF_PAST_THREE = time(15, 30)
DAY = date(2026, 11, 12)
MINUTE = timedelta(minutes=1)


def at(clock: str, day: date = DAY, zone: tzinfo = BERLIN) -> datetime:
    return datetime.combine(day, time_of_day(clock), zone)


def reminded(
    begin: datetime,
    end: datetime,
    *,
    of: time = HALF_PAST_THREE,
    zone: tzinfo = BERLIN,
    busy: Sequence[tuple[str, str]] = (),
    settled: Callable[[date], bool] = lambda _: False,
) -> list[str]:
    """The local times of reminders, where the clock runs undisturbed; busy from and to."""
    reminder = Reminder(ReminderSettings(of), zone, settled)
    first, told = begin.astimezone(UTC), list[str]()
    for minute in range(int((end.astimezone(UTC) - first) / MINUTE)):
        utc = first + minute * MINUTE
        clock = f"{utc.astimezone(zone):%H:%M}"
        free = not any(a <= clock < b for a, b in busy)
        if reminder.update(60.0 * minute, utc, free=free) is not None:
            told.append(f"{utc.astimezone(zone):%d %H:%M}")
    return told


def clocked(*steps: tuple[float, str], of: time = HALF_PAST_THREE) -> list[float]:
    """Session minutes of reminders, where the wall clock shows what each step says."""
    reminder = Reminder(ReminderSettings(of), BERLIN)
    moments = [
        (60.0 * minute, datetime.strptime(f"2026-11-{shown} +01:00", "%Y-%m-%d %H:%M %z"))
        for minute, shown in steps
    ]
    return [time_s / 60.0 for time_s, utc in moments if reminder.update(time_s, utc, free=True)]


def test_without_a_time_nobody_is_reminded():
    reminder = Reminder(ReminderSettings())

    assert reminder.update(0.0, at("15:30"), free=True) is None


def test_it_comes_at_its_time_once_a_day():
    told = reminded(at("09:00"), at("09:00", DAY + timedelta(days=3)))

    assert told == ["12 15:30", "13 15:30", "14 15:30"]


def test_it_says_which_day_it_is_for():
    reminder = Reminder(ReminderSettings(HALF_PAST_THREE), BERLIN)

    assert reminder.update(0.0, at("15:30"), free=True) == DAY


def test_whoever_did_the_routine_or_was_reminded_before_is_not():
    assert reminded(at("09:00"), at("20:00"), settled=lambda day: day == DAY) == []


def test_whether_it_is_needed_is_asked_once_and_only_when_it_is_due():
    asked: list[date] = []
    reminded(
        at("15:00"),
        at("20:00"),
        busy=[("15:30", "16:00")],
        settled=lambda day: asked.append(day) or True,
    )

    assert asked == [DAY]


@pytest.mark.parametrize(
    ("busy", "told"),
    [
        ([("15:20", "16:10")], ["12 16:10"]),
        ([("15:20", "16:10"), ("16:11", "17:00")], ["12 16:10"]),
        ([("15:30", "17:29")], ["12 17:29"]),
        ([("15:30", "17:30")], []),
        ([("09:00", "23:59")], []),
    ],
    ids=["a call", "two calls", "almost two hours", "two hours", "all day"],
)
def test_it_waits_for_two_hours_at_most(busy: list[tuple[str, str]], told: list[str]):
    assert reminded(at("09:00"), at("23:00"), busy=busy) == told


@pytest.mark.parametrize(
    ("begin", "told"), [("15:30", ["12 15:30"]), ("17:29", ["12 17:29"]), ("17:30", [])]
)
def test_a_monitor_that_starts_late_reminds_as_long_as_it_would_have_waited(
    begin: str, told: list[str]
):
    assert reminded(at(begin), at("23:00")) == told


def test_an_early_hour_belongs_to_the_day_before():
    # The day turns at four, and what waits is let be then.
    midnight = DAY + timedelta(days=1)

    assert due_at(time(0, 30), DAY, BERLIN) == at("00:30", midnight)
    assert (
        reminded(
            at("03:00", midnight), at("09:00", midnight), of=time(3, 30), busy=[("03:00", "04:00")]
        )
        == []
    )
    assert reminded(at("03:50"), at("09:00"), of=time(4, 0)) == ["12 04:00"]


SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("zone", "sunday", "of", "told"),
    [
        (BERLIN, SPRING, time(2, 30), "29 03:30"),
        (BERLIN, AUTUMN, time(2, 30), "25 02:30"),
        # In Kyiv the hour before four is skipped: what would come later is the next day's.
        (KYIV, SPRING, time(3, 30), "29 02:30"),
        (KYIV, AUTUMN, time(3, 30), "25 03:30"),
        (BERLIN, SPRING, HALF_PAST_THREE, "29 15:30"),
        (BERLIN, AUTUMN, HALF_PAST_THREE, "25 15:30"),
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_reminds_once(
    zone: tzinfo, sunday: date, of: time, told: str
):
    begin, end = at("23:00", sunday - timedelta(days=1), zone), at("23:00", sunday, zone)

    assert reminded(begin, end, zone=zone, of=of) == [told]


def test_a_day_of_23_or_25_hours_does_not_shift_the_next_reminder():
    for sunday in (SPRING, AUTUMN):
        told = reminded(
            at("12:00", sunday - timedelta(days=1)), at("12:00", sunday + timedelta(2))
        )
        assert [each[3:] for each in told] == ["15:30"] * 3


def test_a_clock_that_is_set_back_after_the_reminder_gives_no_second_one():
    assert clocked((0, "12 15:30"), (10, "12 14:40"), (60, "12 15:30")) == [0]


def test_nor_does_one_that_is_set_back_by_a_day():
    assert clocked((0, "12 15:30"), (10, "11 15:40"), (1440, "12 15:30")) == [0]


def test_a_clock_that_was_a_day_ahead_costs_no_later_reminder():
    steps = [(0, "13 15:30"), (10, "12 15:40"), (1440, "13 15:30"), (2880, "14 15:30")]

    assert clocked(*steps) == [0, 2880]


def test_a_clock_that_is_set_past_the_time_reminds_unless_that_is_long_ago():
    assert clocked((0, "12 15:00"), (1, "12 16:00")) == [1]
    assert clocked((0, "12 15:00"), (1, "12 18:00")) == []


def test_a_clock_that_is_set_back_before_the_time_lets_it_come_again():
    # It ran ahead when the monitor began, and nothing was said.
    assert clocked((0, "12 18:00"), (1, "12 15:00"), (31, "12 15:30")) == [31]


def test_a_clock_that_is_set_back_does_not_draw_out_the_waiting():
    reminder = Reminder(ReminderSettings(HALF_PAST_THREE), BERLIN)
    reminder.update(0.0, at("15:30"), free=False)
    reminder.update(3600.0, at("15:31"), free=False)

    assert reminder.update(WAIT_S - 1.0, at("16:31"), free=True) == DAY
    again = Reminder(ReminderSettings(HALF_PAST_THREE), BERLIN)
    again.update(0.0, at("15:30"), free=False)
    assert again.update(WAIT_S, at("15:45"), free=True) is None


def test_a_computer_that_slept_through_the_waiting_says_nothing_at_night():
    reminder = Reminder(ReminderSettings(HALF_PAST_THREE), BERLIN)
    reminder.update(0.0, at("15:30"), free=False)

    assert reminder.update(60.0, at("23:00"), free=True) is None


@given(
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "Europe/Kyiv", "America/Santiago", "Asia/Tokyo"]
    ),
    of=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    day=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
def test_every_day_has_its_reminder_within_it(zone: str, of: time, day: date):
    where = ZoneInfo(zone)
    due = due_at(of, day, where)

    assert day_begins(day, where) <= due < day_begins(day + timedelta(days=1), where)


@given(
    st.lists(
        st.tuples(st.integers(0, 7200), st.integers(-90_000, 90_000) | st.just(0), st.booleans()),
        max_size=60,
    )
)
def test_whatever_the_clock_does_no_day_is_reminded_of_twice(
    steps: Iterable[tuple[int, int, bool]],
):
    reminder = Reminder(ReminderSettings(HALF_PAST_THREE), BERLIN)
    time_s, utc, told = 0.0, at("09:00").astimezone(UTC), list[tuple[float, date]]()
    for passed_s, jump_s, free in steps:
        time_s += passed_s
        utc += timedelta(seconds=passed_s + jump_s)
        day = reminder.update(time_s, utc, free=free)
        if day is not None:
            assert free
            assert day == local_day(utc, BERLIN)
            told.append((time_s, day))

    assert len({day for _, day in told}) == len(told)


@pytest.mark.parametrize("text", ["", "15", "25:00", "15:60", "15:30:10", "3 pm", "15:30+01:00"])
def test_what_is_no_time_of_day_says_how_to_write_one(text: str):
    with pytest.raises(ValueError, match="write it as 15:30"):
        time_of_day(text)


def test_a_time_of_day_may_lack_its_zero():
    assert time_of_day(" 4:05 ") == time(4, 5)
