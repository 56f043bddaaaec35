"""What a trend takes from one day: the numbers of its own page, its ribbon, its exercises."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from analysis.days import (
    away,
    calibration,
    moving,
    record,
    silent,
    slumped,
    uncalibrated,
    upright,
)
from analysis.invented import invented_day, kept_by_clip, recalibrated

from midback.exercises.exercise import EXERCISE, Exercise
from midback_analysis.day import Wearing
from midback_analysis.episodes import Event
from midback_analysis.summarise import summarise_day
from midback_analysis.trend_day import Bar, Block, trend_day

HOUR_S = 3600


def led(start_min: float, minutes: float, what: Exercise = Exercise.ROUTINE) -> Wearing:
    start_s = round(60 * start_min)
    return Wearing("7A3F", {EXERCISE: str(what)}, start_s, start_s + round(60 * minutes))


def test_its_numbers_are_those_of_the_day_s_own_page():
    made = invented_day()
    day, summary = trend_day(made), summarise_day(made)

    assert summary.shares is not None
    assert summary.still_spell is not None
    assert (day.date, day.day_hours, day.mode) == ("2026-11-12", 24.0, "normal")
    assert day.measured_s == summary.coverage.measured_s
    assert day.coverage_percent == summary.coverage.percent
    assert day.upright_percent == summary.shares["upright"]
    assert day.slumped_percent == summary.shares["slumped"]
    assert day.shifts_per_hour == summary.shifts.per_hour
    assert day.longest_s == summary.still_spell.length_s
    assert day.lines_deg == (13.2,)


def test_it_tells_that_a_slip_made_its_tilts_doubtful():
    assert trend_day(record([upright(120)])).doubt == ""
    assert trend_day(record([upright(120)], [Event(4800.0, "slipped", 11.7, "walks")])).doubt == (
        "the clip seems to have slipped, so tilts may be off: "
        "by 12°, noticed at 09:20, no new upright since"
    )


def test_its_blocks_add_up_to_the_day():
    day = trend_day(invented_day())
    still_s = sum(each.still_s for each in day.blocks)

    assert still_s == day.still_s
    assert all(0 < each.still_s <= 600 for each in day.blocks)
    assert 100 * sum(each.upright_s for each in day.blocks) / still_s == pytest.approx(
        day.upright_percent
    )
    assert 3600 * sum(each.shifts for each in day.blocks) / still_s == pytest.approx(
        day.shifts_per_hour
    )


def test_its_blocks_lie_on_the_wearer_s_clock():
    day = trend_day(
        record([upright(10), away(60), slumped(5), upright(5)], start="2026-11-12T09:00")
    )

    assert day.blocks == (
        Block(9 * HOUR_S, 600, 600, 0, 0),
        Block(9 * HOUR_S + 4200, 600, 300, 300, 1),
    )


def test_its_ribbon_lies_on_the_wearer_s_clock():
    day = trend_day(record([upright(60), away(60), slumped(30)], start="2026-11-12T09:00"))

    assert day.ribbon == (
        Bar("upright", False, 9 * HOUR_S, 10 * HOUR_S),
        Bar("slumped", False, 11 * HOUR_S, 11 * HOUR_S + 1800),
    )


def test_what_the_clip_kept_is_marked_in_the_ribbon():
    day = trend_day(kept_by_clip(invented_day(), ("10:20", "11:36")))

    assert {bar.kept for bar in day.ribbon if 10.5 * HOUR_S < bar.start_s < 11.5 * HOUR_S} == {
        True
    }


def test_after_midnight_the_clock_goes_on():
    late = record([upright(120)], start="2026-11-13T01:00", day=date(2026, 11, 12))

    assert trend_day(late).ribbon == (Bar("upright", False, 25 * HOUR_S, 27 * HOUR_S),)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23.0), (date(2026, 10, 24), 25.0)])
def test_where_the_clock_changes_the_ribbon_is_elapsed_time(day: date, hours: float):
    start = f"{day.isoformat()}T22:00"
    made = trend_day(record([upright(300)], start=start, day=day))

    assert made.day_hours == hours
    assert made.ribbon == (Bar("upright", False, 22 * HOUR_S, 27 * HOUR_S),)
    assert made.still_s == 300 * 60


def test_the_hour_after_a_routine_is_apart_from_the_rest():
    sat = [*[upright(10), slumped(10)] * 6, moving(5), *[upright(9), slumped(1)] * 6]
    made = record([*sat, *[upright(10), slumped(10)] * 3], wearings=(led(120, 5),))
    day = trend_day(made)
    (bout,) = day.bouts

    assert (bout.kind, bout.clock, bout.start_s, bout.length_s) == (
        "routine",
        "10:00",
        10 * HOUR_S,
        300,
    )
    assert bout.still_s == 3600
    assert bout.slumped_s == pytest.approx(360, abs=30)
    assert day.rest_still_s == 180 * 60
    assert day.rest_slumped_s == pytest.approx(90 * 60, abs=90)


def test_an_hour_after_is_cut_where_the_day_ends():
    made = record([upright(120), moving(5), upright(15)], wearings=(led(120, 5),))

    assert trend_day(made).bouts[0].still_s == 900


def test_two_uprights_of_one_day_are_told_with_their_angle():
    tipped = calibration("C-2", 17.0, neutral_up=(0.156, 0.0, 0.988))
    day = trend_day(recalibrated(invented_day(), 14400, tipped))

    assert day.apart_deg == pytest.approx(9.0, abs=0.1)
    assert day.lines_deg == (13.2, 17.0)
    assert [each.up for each in day.uprights] == [(0.0, 0.0, 1.0), (0.156, 0.0, 0.988)]


@pytest.mark.parametrize(
    "made",
    [
        record([silent(250)]),
        record([uncalibrated(120)]),
        record([upright(20)]),
        replace(
            record([moving(8)], wearings=(led(0, 8, Exercise.CHECK),), calibrations=()),
            part=np.full(480, -1, np.int16),
        ),
    ],
    ids=["nothing received", "never calibrated", "twenty minutes", "nothing but a check"],
)
def test_a_day_that_says_too_little_has_no_shares(made):
    day = trend_day(made)

    assert (day.upright_percent, day.slumped_percent, day.shifts_per_hour) == (None, None, None)
    assert day.span_s > 0


def test_a_day_without_wear_has_no_number():
    day = trend_day(record([], day=date(2026, 11, 12)))

    assert (day.span_s, day.coverage_percent, day.longest_s, day.ribbon) == (0, None, None, ())
