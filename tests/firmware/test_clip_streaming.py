"""The whole clip streams for an hour, and does alone what a host does with its packets."""

from itertools import pairwise

import numpy as np
import pytest
from firmware.rig.hardware import DEEPSLEEP_RESET, PWRON_RESET
from firmware.wearings import DAY_S, WORN, Arrived, Case, Wearing, by_host, worn_for

from midback.shared import wire

AFTERSHAKE_S = 0.3
BURST_S = 0.2


@pytest.fixture
def wearing(case: Case) -> Wearing:
    return worn_for(case)


def last_s(arrived: Arrived) -> float:
    """When the packet's last sample was taken, as the clip says."""
    return arrived.started_s + arrived.packet.ticks * wire.TICK_S


def first_s(arrived: Arrived) -> float:
    packet = arrived.packet
    return last_s(arrived) - (packet.count - 1) * packet.period_us * 1e-6


@WORN
def test_it_starts_anew_after_a_deep_sleep_only(wearing: Wearing, case: Case):
    causes = [start.cause for start in wearing.starts]

    assert causes[0] == PWRON_RESET
    # Whole days have a lunch with the clip on the desk.
    assert causes[1:] == [DEEPSLEEP_RESET] * (case.seconds == DAY_S)


@WORN
def test_nothing_goes_wrong_that_it_would_print(wearing: Wearing):
    assert "Error" not in wearing.console


@WORN
def test_no_packet_is_missing_and_none_comes_twice(wearing: Wearing):
    for packets in wearing.boots():
        sequences = [arrived.packet.sequence for arrived in packets]

        assert sequences == [number % wire.SEQUENCE_MODULUS for number in range(len(sequences))]


@WORN
def test_no_packet_says_that_samples_were_lost(wearing: Wearing):
    flags = {arrived.packet.flags & wire.FLAG_LOST for arrived in wearing.packets()}

    assert (flags, wearing.status.lost_samples) == ({0}, 0)


@WORN
def test_packets_come_about_five_times_a_second(wearing: Wearing):
    for packets in wearing.boots():
        gaps_s = [after.time_s - before.time_s for before, after in pairwise(packets)]

        assert max(gaps_s) < 2 * BURST_S
        assert np.mean(gaps_s) == pytest.approx(0.2, abs=0.03)


@WORN
def test_the_period_told_is_the_true_one(wearing: Wearing):
    told_us = {arrived.packet.period_us for arrived in wearing.packets()}

    # Two samples in one; on the wire it is a whole multiple of 10 us.
    assert told_us == {10 * round(2 * wearing.sample_us / 10)}


@WORN
def test_ticks_follow_the_chips_true_samples(wearing: Wearing):
    for packets in wearing.boots():
        ticks = np.array([arrived.packet.ticks for arrived in packets])
        since = np.cumsum([0] + [arrived.packet.count for arrived in packets[1:]])
        off_us = 100 * (ticks - ticks[0]) - since * 2 * wearing.sample_us

        assert np.ptp(off_us) < wearing.sample_us


@WORN
def test_a_packet_comes_soon_after_its_last_sample(wearing: Wearing):
    late_s = [arrived.time_s - last_s(arrived) for arrived in wearing.packets()]

    assert min(late_s) >= 0
    # It waits for the burst to be complete, and behind the packet before it.
    assert max(late_s) < BURST_S + 0.06


@WORN
def test_alone_it_buzzes_when_and_as_the_host_would(wearing: Wearing, case: Case):
    own, hosts = wearing.buzzes(), by_host(case).buzzes

    assert [buzz.pattern for buzz in own] == [buzz.pattern for buzz in hosts]
    # One packet: they count seconds by two clocks.
    assert [buzz.time_s for buzz in own] == pytest.approx([buzz.time_s for buzz in hosts], abs=0.2)


@WORN
def test_there_is_something_to_buzz_for(wearing: Wearing):
    assert wire.PATTERN_NUDGE in [buzz.pattern for buzz in wearing.buzzes()]


@WORN
def test_what_the_motor_shook_is_marked_and_little_else(wearing: Wearing):
    ran_s = np.array(wearing.ran)
    wrong: list[float] = []
    for arrived in wearing.packets():
        from_s, to_s = first_s(arrived), last_s(arrived)
        must = np.any((ran_s[:, 0] <= to_s) & (from_s <= ran_s[:, 1] + AFTERSHAKE_S))
        # A burst is marked as a whole, and whatever packet takes samples of it.
        near_s = 2 * BURST_S
        may = np.any(
            (ran_s[:, 0] <= to_s + near_s) & (from_s - near_s <= ran_s[:, 1] + AFTERSHAKE_S)
        )
        marked = bool(arrived.packet.flags & wire.FLAG_SHAKEN)
        if (must and not marked) or (marked and not may):
            wrong.append(arrived.time_s)

    assert wrong == []
