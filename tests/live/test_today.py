from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from midback.live.today import UNSEEN, Today
from midback.seconds import empty_seconds
from midback.words import State

LONDON = ZoneInfo("Europe/London")


def at(hour: int, minute: int = 0, day: int = 12) -> float:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp()


def on(now_s: float, zone: ZoneInfo | None = None) -> Today:
    today = Today(zone or ZoneInfo("UTC"))
    today.turn_to(now_s)
    return today


def test_the_state_that_took_most_of_a_minute_colours_it():
    today = on(at(9))
    today.add_state(at(9), at(9) + 20, State.SLUMPED)
    today.add_state(at(9) + 20, at(9) + 60, State.UPRIGHT)
    assert today.view(at(9) + 59).states[-1] == State.UPRIGHT


def test_a_minute_nobody_watched_has_no_state():
    today = on(at(9))
    today.add_state(at(9), at(9, 1), State.UPRIGHT)
    today.add_state(at(9, 3), at(9, 4), State.UPRIGHT)
    assert today.view(at(9, 4)).states[-4:-1].tolist() == [UNSEEN, UNSEEN, State.UPRIGHT]


def test_a_stretch_over_many_minutes_is_shared_out_among_them():
    today = on(at(9))
    today.add_state(at(9) + 30, at(9, 3) + 30, State.SLUMPED)
    view = today.view(at(9, 3) + 30)
    assert view.states[-4:].tolist() == [State.SLUMPED] * 4
    assert view.totals_s[State.SLUMPED] == pytest.approx(180)


def test_the_day_turns_at_four_and_not_at_midnight():
    today = on(at(23))
    today.add_state(at(23), at(23, 30), State.UPRIGHT)
    today.turn_to(at(3, day=13))
    before = today.view(at(3, day=13)).totals_s[State.UPRIGHT]
    today.turn_to(at(4, day=13))
    after = today.view(at(4, day=13)).totals_s[State.UPRIGHT]
    assert (before, after) == (1800, 0)


def test_what_belongs_to_yesterday_is_not_counted_today():
    today = on(at(9))
    today.add_state(at(3), at(3, 30), State.UPRIGHT)
    today.add_lean(at(3), 5.0)
    today.add_buzz(at(3))
    view = today.view(at(9))
    assert view.totals_s[State.UPRIGHT] == 0
    assert view.buzzes_s == ()
    assert np.isnan(view.flexion_deg).all()


def test_stored_seconds_of_today_are_shown_and_those_of_yesterday_are_not():
    today = on(at(9))
    stored = empty_seconds(2)
    stored["state"] = State.SLUMPED
    stored["flexion_cdeg"] = 2000
    today.add_stored(np.array([at(3), at(8)]), stored)
    view = today.view(at(9))
    assert view.totals_s[State.SLUMPED] == 1
    assert np.nanmax(view.flexion_deg) == pytest.approx(20.0)
    assert view.opens_s == at(8)


def test_stored_seconds_without_an_angle_leave_a_gap_in_the_curve():
    today = on(at(9))
    stored = empty_seconds(60)
    stored["state"] = State.AWAY
    today.add_stored(at(8) + np.arange(60.0), stored)
    assert np.isnan(today.view(at(9)).flexion_deg).all()


def test_the_axis_begins_with_the_first_watched_hour_and_spans_ten():
    today = on(at(9, 20))
    today.add_state(at(9, 20), at(9, 40), State.UPRIGHT)
    view = today.view(at(9, 40))
    assert (view.opens_s, view.closes_s) == (at(9), at(19))


def test_a_long_day_stretches_the_axis_to_the_hour_that_has_begun():
    today = on(at(7))
    today.add_state(at(7), at(7, 1), State.UPRIGHT)
    assert today.view(at(21, 30)).closes_s == at(22)


def test_hours_are_the_wearers_own_on_the_day_the_clocks_go_back():
    began = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    today = Today(LONDON, turns_at_h=0)
    today.turn_to(began.timestamp())
    today.add_state(began.timestamp(), began.timestamp() + 60, State.UPRIGHT)
    hours = [hour for _, hour in today.view(began.timestamp() + 60).hours]
    assert hours[:4] == [1, 1, 2, 3]


def test_a_day_of_twenty_five_hours_is_held_to_its_end():
    began = datetime(2026, 10, 24, 3, 0, tzinfo=UTC).timestamp()
    today = Today(LONDON)
    today.turn_to(began)
    today.add_state(began, began + 25 * 3600, State.UPRIGHT)
    assert today.view(began + 25 * 3600 - 1).totals_s[State.UPRIGHT] == 25 * 3600
