import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from live.scenes import NINE, Clock, Wearing, packet

from midback.live.picture import Span
from midback.live.trace import Trace
from midback.seconds import empty_seconds
from midback.watching import Listener
from midback.words import State


def test_a_trace_can_watch_a_wearing():
    listener: Listener = Trace(zone=UTC)
    listener.estimates([])


def test_the_last_minute_shows_the_lean_up_to_now():
    wearing = Wearing()
    wearing.wears(70, State.UPRIGHT, 3.0)
    picture = wearing.trace.picture(Span.MINUTE)
    assert np.nanmax(np.abs(picture.y_deg - 3.0)) < 1e-9
    assert (picture.left_s, picture.x_s[-1], picture.tip) == (-60.0, 0.0, (0.0, 3.0))


def test_at_most_six_hundred_points_are_drawn():
    wearing = Wearing()
    wearing.wears(700, State.UPRIGHT, 3.0)
    # One stretch is cut by the left edge, and the tip is a point of its own.
    assert len(wearing.trace.picture(Span.TEN_MINUTES).x_s) <= 602


def test_a_lost_signal_is_a_gap_in_the_curve_and_is_never_bridged():
    wearing = Wearing()
    wearing.wears(20, State.UPRIGHT, 2.0)
    wearing.wears(10, State.NO_DATA)
    wearing.wears(20, State.UPRIGHT, 2.0)
    picture = wearing.trace.picture(Span.MINUTE)
    inside = (picture.x_s > -29.7) & (picture.x_s < -20.3)
    assert inside.sum() > 40
    assert np.isnan(picture.y_deg[inside]).all()


def test_a_lost_signal_is_shaded_from_the_last_sample_on():
    wearing = Wearing()
    wearing.wears(20, State.UPRIGHT, 2.0)
    wearing.now_s += 2.0  # it takes a while until the silence is noticed
    wearing.wears(10, State.NO_DATA)
    (spell,) = wearing.trace.picture(Span.MINUTE).spells
    assert spell.state is State.NO_DATA
    assert (spell.start_s, spell.end_s) == (pytest.approx(-12.02), 0.0)


def test_while_there_is_no_signal_no_dot_pretends_to_know():
    wearing = Wearing()
    wearing.wears(20, State.UPRIGHT, 2.0)
    wearing.wears(5, State.NO_DATA)
    assert wearing.trace.picture(Span.MINUTE).tip is None
    assert wearing.trace.lean_deg() is None


def test_the_tilt_of_a_clip_on_the_desk_is_no_lean():
    wearing = Wearing()
    wearing.wears(70, State.AWAY, 85.0)
    assert wearing.trace.picture(Span.MINUTE).blank


def test_a_slump_is_shaded_from_its_start_to_its_end():
    wearing = Wearing()
    wearing.wears(10, State.UPRIGHT)
    wearing.wears(20, State.SLUMPED, 20.0)
    wearing.wears(10, State.UPRIGHT)
    (spell,) = wearing.trace.picture(Span.MINUTE).spells
    assert (spell.start_s, spell.end_s) == (pytest.approx(-29.8), pytest.approx(-9.8))


def test_a_slump_that_began_before_the_minute_is_cut_at_its_edge():
    wearing = Wearing()
    wearing.wears(100, State.SLUMPED, 20.0)
    (spell,) = wearing.trace.picture(Span.MINUTE).spells
    assert (spell.start_s, spell.end_s) == (-60.0, 0.0)


def test_the_last_slump_can_be_told():
    wearing = Wearing()
    wearing.wears(10, State.UPRIGHT)
    wearing.wears(20, State.SLUMPED, 20.0)
    wearing.wears(10, State.UPRIGHT)
    began_s, length_s = wearing.trace.last_slump() or (0.0, 0.0)
    assert began_s == pytest.approx(NINE.timestamp() + 10, abs=0.3)  # one packet
    assert length_s == pytest.approx(20, abs=0.3)


def test_a_buzz_is_marked_in_every_span_while_it_is_in_view():
    wearing = Wearing()
    wearing.wears(10, State.UPRIGHT)
    wearing.buzzes()
    wearing.wears(100, State.UPRIGHT)
    marks = [wearing.trace.picture(span).buzzes_s for span in Span]
    assert [len(m) for m in marks] == [0, 1, 1]
    assert marks[1][0] == pytest.approx(-100)


def test_time_flows_on_between_two_words_from_the_monitor():
    wearing = Wearing()
    wearing.wears(30, State.UPRIGHT, 2.0)
    wearing.clock.now_s += 0.05  # within one stretch of 0.2 s
    before = wearing.trace.picture(Span.MINUTE).x_s[0]
    wearing.clock.now_s += 0.05
    assert wearing.trace.picture(Span.MINUTE).x_s[0] == pytest.approx(before - 0.05)


def test_when_the_monitor_falls_silent_the_posture_is_no_longer_claimed():
    wearing = Wearing()
    wearing.wears(30, State.UPRIGHT, 2.0)
    wearing.clock.now_s += 12.0
    now = wearing.trace.latest()
    assert now is not None
    assert (now.state, now.flexion_deg) == (State.NO_DATA, None)
    assert now.since_s == pytest.approx(12.0)
    assert wearing.trace.picture(Span.MINUTE).tip is None


def test_before_the_first_word_nothing_is_known():
    trace = Trace(zone=UTC)
    assert trace.latest() is None
    assert trace.day() is None
    assert all(trace.picture(span).blank for span in Span)


def test_today_counts_the_seconds_of_each_state():
    wearing = Wearing()
    wearing.wears(90, State.UPRIGHT)
    wearing.wears(30, State.SLUMPED, 20.0)
    day = wearing.trace.day()
    assert day is not None
    assert day.totals_s[State.UPRIGHT] == pytest.approx(90, abs=0.3)  # one packet
    assert day.totals_s[State.SLUMPED] == pytest.approx(30, abs=0.3)


def test_a_computer_that_slept_adds_its_sleep_to_no_state():
    wearing = Wearing()
    wearing.wears(60, State.UPRIGHT)
    wearing.now_s += 3600
    wearing.wears(60, State.UPRIGHT)
    day = wearing.trace.day()
    assert day is not None
    assert day.totals_s[State.UPRIGHT] == pytest.approx(120, abs=0.5)  # one packet each


def test_today_shows_what_was_stored_before_the_window_opened():
    wearing = Wearing()
    stored = empty_seconds(120)
    stored["state"] = State.SLUMPED
    stored["flexion_cdeg"] = 2000
    first_s = NINE.timestamp() - 3600
    buzz_s = first_s + 30
    wearing.trace.seed(first_s + np.arange(120.0), stored, [buzz_s], NINE.timestamp())
    wearing.wears(60, State.UPRIGHT, 1.0)
    picture = wearing.trace.picture(Span.TODAY)
    assert picture.hours[0] == (0.0, 8)
    assert picture.buzzes_s == (30.0,)
    assert [s.state for s in picture.spells] == [State.SLUMPED]
    assert np.nanmax(picture.y_deg) == pytest.approx(20.0)


def test_a_new_day_begins_empty():
    wearing = Wearing(began=datetime(2026, 11, 12, 3, 59, tzinfo=UTC))
    wearing.wears(50, State.SLUMPED, 20.0)
    wearing.wears(30, State.UPRIGHT, 1.0)
    day = wearing.trace.day()
    assert day is not None
    assert day.totals_s[State.SLUMPED] == 0


def test_a_clock_set_back_by_a_day_does_not_leave_the_strip_empty():
    wearing = Wearing(began=NINE + timedelta(days=1))
    wearing.wears(60, State.UPRIGHT)
    wearing._began = NINE
    wearing.wears(60, State.UPRIGHT)
    day = wearing.trace.day()
    assert day is not None
    assert day.totals_s[State.UPRIGHT] > 50


def test_every_change_of_state_and_every_event_can_be_noticed():
    wearing = Wearing()
    wearing.wears(5, State.UPRIGHT)
    calm = wearing.trace.revision
    wearing.wears(5, State.UPRIGHT)
    assert wearing.trace.revision == calm
    wearing.wears(5, State.LEANING, 18.0)
    wearing.buzzes()
    assert wearing.trace.revision == calm + 2


def test_feeding_from_another_thread_while_drawing_loses_nothing():
    trace = Trace(zone=UTC, clock=Clock())
    packets = 300

    def feed() -> None:
        for i in range(packets):
            trace.estimates(packet(i * 0.2, 5.0, State.UPRIGHT))

    feeder = threading.Thread(target=feed)
    feeder.start()
    while feeder.is_alive():
        trace.picture(Span.MINUTE)
        trace.picture(Span.TEN_MINUTES)
    feeder.join()
    assert trace._bins[Span.MINUTE].count() == packets * 10
    assert trace._bins[Span.TEN_MINUTES].count() == packets * 10


def test_memory_stays_the_same_however_long_nobody_looks():
    wearing = Wearing()
    wearing.wears(300, State.UPRIGHT)
    # The ring of the last minute and a little more: 320 stretches of ten samples.
    assert wearing.trace._bins[Span.MINUTE].count() <= 320 * 10
