"""Whole days of the whole clip, on either chip; what they took is printed.

The equalities of ``test_clip_streaming`` and ``test_clip_epochs`` hold for these days as well:
``poe soak-clip`` runs them all.
"""

import re
from itertools import pairwise

import pytest
from firmware.wearings import DAY_S, DAYS, Case, Wearing, by_host, worn_for

from midback.words import State

pytestmark = [pytest.mark.soak, pytest.mark.parametrize("case", DAYS, ids=str)]


@pytest.fixture
def wearing(case: Case) -> Wearing:
    return worn_for(case)


def free_bytes(wearing: Wearing) -> list[int]:
    """Of the heap, every ten minutes, after each was tidied."""
    return [int(count) for count in re.findall(r"free (\d+)", wearing.console)]


def test_a_day_takes_minutes(wearing: Wearing, case: Case):
    hosts = by_host(case)
    free = free_bytes(wearing)
    away = sum(packet.state == State.AWAY for packet in hosts.packets)
    print(
        f"\n{case}: {wearing.real_s:.0f} s, {DAY_S / wearing.real_s:.0f} times real time;"
        f" {len(wearing.notifications)} packets, {away} of them off the body;"
        f" {len(wearing.buzzes())} buzzes; {len(wearing.log)} epochs;"
        f" {len(wearing.starts)} starts; free heap {free[:2]} ... {free[-2:]}"
    )

    assert wearing.real_s < 30 * 60


def test_memory_does_not_run_out_little_by_little(wearing: Wearing):
    free = free_bytes(wearing)

    # What an hour of buzzes and a deep sleep in between leave behind comes and goes.
    assert len(free) > DAY_S / 600 - 10
    assert min(free[-6:]) > min(free[1:7]) - 1024


def test_the_wearer_is_buzzed_no_more_than_twelve_times_in_any_hour(wearing: Wearing):
    times_s = [buzz.time_s for buzz in wearing.buzzes()]

    assert all(after - before > 3600 for before, after in zip(times_s, times_s[12:], strict=False))


def test_the_log_covers_the_day(wearing: Wearing):
    told_s = 10 * len(wearing.log)
    asleep_s = sum(
        after.time_s - before.time_s - 600 for before, after in pairwise(wearing.starts)
    )

    assert asleep_s > 0
    assert told_s > 0.8 * DAY_S
