"""Where and when a sample was taken is known whatever the radio and the clocks do."""

from itertools import pairwise

import numpy as np
import pytest
from chain.builders import PACKET_S, PERIOD_S, errors_s, every_packet, over_the_air, placed

from midback.clock import ClipClock, PacketTime, Prior
from midback.shared import wire

AGREED_S = 0.02
"""Clip and host must agree so well: a sample of a 50 Hz stream."""


def minutes_in(sent_s: np.ndarray, minutes: float) -> np.ndarray:
    return sent_s - sent_s[0] > 60 * minutes


@pytest.mark.parametrize(("ppm", "hours"), [(100, 16), (-100, 3)])
def test_clip_and_host_agree_all_day_after_the_first_minute(ppm: float, hours: float):
    sent_s = every_packet(hours)

    places = placed(sent_s, over_the_air(sent_s), ppm=ppm)

    assert np.abs(errors_s(places, sent_s)[minutes_in(sent_s, 1)]).max() < AGREED_S


@pytest.mark.parametrize("interval_s", [0.015, 0.03, 0.04, 0.05])
def test_packets_in_step_with_the_connection_events_shift_the_time_by_one_interval_at_most(
    interval_s: float,
):
    sent_s = every_packet(hours=1) * (1 + 1e-4)

    places = placed(sent_s, over_the_air(sent_s, interval_s=interval_s), ppm=-100)

    # 6 ms is the longest way from the last sample to the radio.
    assert np.abs(errors_s(places, sent_s)[minutes_in(sent_s, 1)]).max() < interval_s + 0.006


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ppm", [30_000, -30_000])
def test_a_clip_whose_clock_is_wrong_by_3_percent_is_believed_by_the_host_s_clock(
    ppm: float, seed: int
):
    sent_s = every_packet(hours=0.1)

    places = placed(sent_s, over_the_air(sent_s, seed), ppm=ppm)

    assert np.abs(errors_s(places, sent_s)[minutes_in(sent_s, 1)]).max() < AGREED_S


@pytest.mark.parametrize("ppm", [30_000, -30_000])
def test_samples_of_a_clip_whose_clock_is_wrong_by_3_percent_are_host_seconds_apart(ppm: float):
    sent_s = every_packet(hours=0.1)

    last = placed(sent_s, over_the_air(sent_s), ppm=ppm, period_us=round(20000 * (1 + ppm / 1e6)))

    # 100 ppm: 4 ms of scatter over the first minute.
    assert last[-1].period_s == pytest.approx(PERIOD_S, rel=1e-4)


@pytest.mark.parametrize("stated_us", [19400, 20600])
def test_a_period_that_the_clip_states_wrong_by_3_percent_is_measured_by_its_ticks(stated_us: int):
    sent_s = every_packet(hours=0.01)

    places = placed(sent_s, sent_s + 0.03, period_us=stated_us)

    # Ticks are rounded to 0.1 ms, which is 10 ppm of the ten seconds that are compared.
    assert places[-1].period_s == pytest.approx(PERIOD_S, rel=2e-5)


def test_the_period_is_measured_also_while_a_packet_in_twenty_is_lost():
    sent_s = every_packet(hours=0.1)
    clock = ClipClock()
    period_s = 0.0
    heard = np.flatnonzero(np.random.default_rng(1).random(len(sent_s)) > 0.05)

    for k in heard.tolist():
        ticks = round(sent_s[k] / wire.TICK_S)
        period_s = clock.place(7, k, ticks, 20600, 10, 0, sent_s[k] + 0.03).period_s

    assert period_s == pytest.approx(PERIOD_S, rel=1e-4)


def test_samples_lost_inside_the_clip_do_not_stretch_the_period():
    sent_s = every_packet(hours=0.05)
    sent_s += 0.5 * np.floor((sent_s - 100) / 10)  # half a second is missing every ten
    clock = ClipClock()
    period_s = 0.0

    for k, time_s in enumerate(sent_s.tolist()):
        flags = wire.FLAG_LOST if k % 50 == 49 else 0
        ticks = round(time_s / wire.TICK_S)
        period_s = clock.place(7, k, ticks, 20000, 10, flags, time_s + 0.03).period_s

    assert period_s == pytest.approx(PERIOD_S, rel=1e-4)


def test_a_burst_after_a_stall_is_spread_over_the_time_it_was_measured_in():
    sent_s = every_packet(hours=0.05)
    arrival_s = sent_s + 0.03
    arrival_s[500:503] = arrival_s[502]  # two packets wait for the third

    places = placed(sent_s, arrival_s)

    steps_s = np.diff([place.last_s for place in places[498:506]])
    assert steps_s == pytest.approx(np.full(7, PACKET_S), abs=1e-3)


def test_ticks_and_packet_numbers_that_come_round_change_nothing():
    sent_s = every_packet(hours=0.1)
    arrival_s = over_the_air(sent_s)

    round_the_wrap = placed(
        sent_s, arrival_s, first_tick=wire.TICKS_MODULUS - 2_000_000, first_sequence=65_000
    )

    assert round_the_wrap == placed(sent_s, arrival_s)


def test_a_packet_heard_twice_is_a_duplicate():
    sent_s = every_packet(hours=0.01)
    clock = ClipClock()
    placed(sent_s, sent_s + 0.03, clock=clock)
    last = len(sent_s) - 1

    again = clock.place(7, last, round(sent_s[-1] / wire.TICK_S), 20000, 10, 0, sent_s[-1] + 0.1)

    assert again.duplicate


def test_a_packet_that_another_one_overtook_is_left_out():
    sent_s = every_packet(hours=0.01)
    clock = ClipClock()
    placed(sent_s, sent_s + 0.03, clock=clock)
    older = len(sent_s) - 3

    late = clock.place(7, older, round(sent_s[-3] / wire.TICK_S), 20000, 10, 0, sent_s[-1] + 0.1)

    assert late.duplicate


def test_a_duplicate_leaves_the_clock_as_it_was():
    sent_s = every_packet(hours=0.02)
    doubled_s = np.repeat(sent_s, 2)
    clock = ClipClock()

    places: list[PacketTime] = []
    for k, time_s in enumerate(doubled_s.tolist()):
        place = clock.place(7, k // 2, round(time_s / wire.TICK_S), 20000, 10, 0, time_s + 0.03)
        if not place.duplicate:
            places.append(place)

    assert places == placed(sent_s, sent_s + 0.03)


def test_lost_packets_are_counted_by_their_numbers():
    clock = ClipClock()
    clock.place(7, 65534, 1000, 20000, 10, 0, 100.0)

    after = clock.place(7, 2, 9000, 20000, 10, 0, 100.8)

    assert after.lost_packets == 3


def test_the_step_over_lost_packets_is_the_time_they_took():
    clock = ClipClock()
    clock.place(7, 0, 2000, 20000, 10, 0, 100.0)

    after = clock.place(7, 3, 8000, 20000, 10, 0, 100.6)

    assert after.step_s == pytest.approx(2 * PACKET_S + PERIOD_S)


def test_samples_that_the_clip_says_it_lost_leave_a_step_though_no_packet_is_missing():
    clock = ClipClock()
    clock.place(7, 0, 2000, 20000, 10, 0, 100.0)

    after = clock.place(7, 1, 5000, 20000, 10, wire.FLAG_LOST, 100.3)

    assert after.step_s == pytest.approx(0.1 + PERIOD_S)


def test_a_stream_that_was_stopped_and_started_leaves_a_step_though_no_packet_is_missing():
    clock = ClipClock()
    clock.place(7, 0, 2000, 20000, 10, 0, 100.0)

    after = clock.place(7, 1, 34000, 20000, 10, 0, 103.2)

    assert after.step_s == pytest.approx(3.0 + PERIOD_S)


def test_a_clip_that_numbers_its_packets_anew_has_lost_none():
    clock = ClipClock()
    clock.place(7, 400, 2000, 20000, 10, 0, 100.0)

    after = clock.place(7, 0, 4000, 20000, 10, 0, 100.2)

    assert (after.lost_packets, after.duplicate) == (0, False)


@pytest.mark.parametrize("hours", [0.01, 1, 3, 62, 118])
def test_a_wearer_who_was_out_of_range_for_hours_is_heard_again_at_once(hours: float):
    before_s = every_packet(hours=0.1)
    after_s = before_s + 3600 * hours + 400
    clock = ClipClock()
    placed(before_s, before_s + 0.03, ppm=20, clock=clock)
    missed = round(3600 * hours / PACKET_S)

    places = placed(after_s, after_s + 0.03, ppm=20, first_sequence=missed, clock=clock)

    assert not any(place.duplicate for place in places)
    # A day of silence leaves the rate's last 5 ppm to be seen; it is put right within a minute.
    assert np.abs(errors_s(places, after_s) - 0.03)[minutes_in(after_s, 1)].max() < AGREED_S


def test_a_restarted_clip_is_placed_at_its_arrival_however_its_ticks_begin():
    sent_s = every_packet(hours=0.02)
    clock = ClipClock()
    placed(sent_s, sent_s + 0.03, clock=clock)
    now_s = float(sent_s[-1]) + 5.0

    place = clock.place(8, 0, 2000, 20000, 10, 0, now_s)

    assert (place.fresh, clock.reboots, place.last_s) == (True, 1, pytest.approx(now_s))


def test_a_restarted_clip_is_fitted_anew():
    sent_s = every_packet(hours=0.02)
    clock = ClipClock()
    placed(sent_s, sent_s + 0.03, ppm=30_000, clock=clock)

    clock.place(8, 0, 2000, 20000, 10, 0, float(sent_s[-1]) + 5.0)

    assert clock.rate == 1.0


@pytest.mark.parametrize("seed", range(10))
def test_time_never_runs_backward_from_sample_to_sample(seed: int):
    rng = np.random.default_rng(seed)
    sent_s = every_packet(hours=0.2) + np.cumsum(rng.random(3600) < 0.01) * rng.uniform(0, 40)
    arrival_s = np.maximum.accumulate(sent_s + rng.exponential(0.3, len(sent_s)))
    arrival_s += 50 * (sent_s > 400) * rng.random()

    places = placed(sent_s, arrival_s, ppm=float(rng.uniform(-3e4, 3e4)))

    firsts = [place.last_s - 9 * place.spacing_s for place in places]
    assert all(one.last_s < first_s for one, first_s in zip(places, firsts[1:], strict=False))
    assert all(one.last_s < other.last_s for one, other in pairwise(places))


@pytest.mark.parametrize("stopped_s", [0.3, 1, 20, 3600, 250_000])
def test_a_computer_that_slept_is_right_at_once_and_stays_right(stopped_s: float):
    host_s = every_packet(hours=0.6)
    clip_s = host_s + stopped_s * (host_s > 1000)

    places = placed(clip_s, over_the_air(host_s), ppm=50)

    awake = minutes_in(host_s, 1)
    # The packet that wakes it may come with a delay of its own: half a second at most.
    assert np.abs(errors_s(places, host_s)[awake]).max() < 0.5
    settled = awake & ~((host_s > 1000) & (host_s < 1010))
    assert np.abs(errors_s(places, host_s)[settled]).max() < AGREED_S


@pytest.mark.parametrize("leap_s", [0.3, 5, 59, 3600])
def test_a_clock_that_leaps_is_right_again_within_forty_seconds_and_stays_right(leap_s: float):
    clip_s = every_packet(hours=0.6)
    host_s = clip_s + leap_s * (clip_s > 1000)

    places = placed(clip_s, over_the_air(host_s), ppm=50)

    settled = minutes_in(clip_s, 1) & ~((clip_s > 1000) & (clip_s < 1040))
    assert np.abs(errors_s(places, host_s)[settled]).max() < AGREED_S


@pytest.mark.parametrize("away_s", [5, 30, 58])
@pytest.mark.parametrize("at_s", [200, 1000])
def test_a_minute_of_packets_that_comes_late_all_at_once_lies_where_it_was_measured(
    away_s: float, at_s: float
):
    sent_s = every_packet(hours=0.6)
    arrival_s = over_the_air(sent_s)
    away = (sent_s > at_s) & (sent_s < at_s + away_s)
    # The clip sends what it kept, some ten packets at every connection event.
    arrival_s[away] = at_s + away_s + 0.0045 * np.arange(away.sum())

    places = placed(sent_s, np.maximum.accumulate(arrival_s), ppm=50)

    assert np.abs(errors_s(places, sent_s)[minutes_in(sent_s, 1)]).max() < AGREED_S


def best_of(sent_s: np.ndarray, arrived_s: np.ndarray, some: range) -> Prior:
    """The least delayed of some packets of a clip whose clock is fast by 100 ppm."""
    best = None
    for k in some:
        prior = Prior(7, round(sent_s[k] * (1 + 1e-4) / wire.TICK_S), float(arrived_s[k]))
        if best is None or prior.less_delayed_than(best):
            best = prior
    assert best is not None
    return best


def test_a_beginning_that_came_late_is_placed_by_what_came_in_time_after_it():
    # A program that was started again: first the minute that the clip kept, sent four times as
    # fast as it was measured, then the present.
    sent_s = every_packet(hours=0.1)
    arrived_s = over_the_air(sent_s)
    late = sent_s - sent_s[0] < 60
    arrived_s[late] = sent_s[late][-1] + 1.0 + (sent_s[late] - sent_s[0]) / 4
    arrived_s = np.maximum.accumulate(arrived_s)
    in_time = int(np.flatnonzero(sent_s > arrived_s[late][-1])[0])
    clock = ClipClock()
    clock.prime(best_of(sent_s, over_the_air(sent_s), range(in_time, in_time + 10)))

    places = placed(sent_s, arrived_s, ppm=100, clock=clock)

    assert np.abs(errors_s(places, sent_s)).max() < AGREED_S


def test_what_came_in_time_after_another_start_of_the_clip_says_nothing():
    sent_s = every_packet(hours=0.01)
    clock = ClipClock()
    clock.prime(Prior(1, 5_000_000, 12.0))

    primed = placed(sent_s, over_the_air(sent_s), clock=clock)

    assert primed == placed(sent_s, over_the_air(sent_s))


def test_a_prior_is_kept_as_an_event_and_read_back():
    prior = Prior(65535, 4_294_967_295, 61.25)

    assert Prior.of_event(prior.arrival_s, prior.detail) == prior


@pytest.mark.parametrize(("value", "detail"), [(None, "1 2"), (1.0, ""), (1.0, "1 x")])
def test_an_event_that_is_none_is_refused(value: float | None, detail: str):
    with pytest.raises(ValueError):  # noqa: PT011 (whatever the words)
        Prior.of_event(value, detail)


@pytest.mark.parametrize("away_s", [300.0, 1500.0, 5000.0])
def test_after_a_long_absence_what_the_clip_kept_does_not_spoil_the_rate(away_s: float):
    # An hour of wear, an absence, then the last minute late and four times as fast as measured.
    sent_s = every_packet(hours=3)
    left_s, back_s = sent_s[0] + 3600.0, sent_s[0] + 3600.0 + away_s
    heard = (sent_s < left_s) | (sent_s > back_s - 75.0)
    arrived_s = over_the_air(sent_s)
    kept = heard & (sent_s >= left_s) & (sent_s <= back_s + 25.0)
    arrived_s[kept] = back_s + 2.0 + np.arange(kept.sum()) * 0.05
    sent_s, arrived_s = sent_s[heard], np.maximum.accumulate(arrived_s[heard])

    places = placed(sent_s, arrived_s, ppm=100)
    late = minutes_in(sent_s, 1)

    assert np.abs(errors_s(places, sent_s)[late]).max() < AGREED_S


@pytest.mark.parametrize("waited_s", [100.0, 150.0, 400.0])
def test_packets_that_waited_for_missing_ones_lie_where_they_were_measured(waited_s: float):
    # A quarter of an hour; from the fifth minute on all wait for a hole to be filled.
    sent_s = every_packet(hours=0.25)
    arrived_s = over_the_air(sent_s)
    from_s = sent_s[0] + 300.0
    waiting = (sent_s >= from_s) & (sent_s < from_s + waited_s)
    arrived_s[waiting] = from_s + waited_s

    places = placed(sent_s, np.maximum.accumulate(arrived_s), ppm=100)

    assert np.abs(errors_s(places, sent_s)[minutes_in(sent_s, 1)]).max() < AGREED_S
