"""The log that the whole clip keeps by itself, against what the host saw in the same packets."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from firmware.models.motion import worn
from firmware.wearings import WORN, Case, Judged, Wearing, by_host, worn_for
from firmware.worlds import switched_on

from midback.shared import wire
from midback.shared.wire import EpochRecord
from midback.simulated.day_plan import Activity, plan_of
from midback.simulated.wearer import Wearer
from midback.words import STILL, State

EPOCH_TICKS = 100_000
COLUMNS = {
    State.UPRIGHT: "upright_ds",
    State.LEANING: "upright_ds",
    State.SLUMPED: "slumped_ds",
    State.BACK: "back_ds",
    State.MOVING: "moving_ds",
    State.WALKING: "moving_ds",
}


class Epoch(NamedTuple):
    """A record of the clip and the host's packets that end within it."""

    record: EpochRecord
    packets: list[Judged]
    ticks: Counter[State]


@pytest.fixture
def wearing(case: Case) -> Wearing:
    return worn_for(case)


@pytest.fixture
def epochs(case: Case) -> list[Epoch]:
    return epochs_of(case)


@cache
def epochs_of(case: Case) -> list[Epoch]:
    """All whole epochs that the host saw from end to end."""
    seen: dict[int, list[Judged]] = defaultdict(list)
    for packet in by_host(case).packets:
        seen[packet.boot].append(packet)
    return [
        epoch
        for record in worn_for(case).log
        if (epoch := _epoch(record, seen.get(record.boot, []))) is not None
    ]


def _epoch(record: EpochRecord, packets: list[Judged]) -> Epoch | None:
    end = record.ticks
    begin = end - EPOCH_TICKS
    first = bisect_right(packets, begin, key=lambda packet: packet.ticks)
    after = bisect_right(packets, end, key=lambda packet: packet.ticks)
    if not first or after == len(packets):
        return None
    ticks: Counter[State] = Counter()
    for before, packet in pairwise(packets[first - 1 : after + 1]):
        ticks[packet.state] += min(packet.ticks, end) - max(before.ticks, begin)
    return Epoch(record, packets[first:after], ticks)


def in_columns(ticks: Counter[State]) -> dict[str, float]:
    """Tenths of a second in each state that a record counts."""
    tenths = dict.fromkeys(COLUMNS.values(), 0.0)
    for state, column in COLUMNS.items():
        tenths[column] += ticks[state] / 1000
    return tenths


@WORN
def test_records_follow_each_other_without_a_gap_in_their_numbers(wearing: Wearing):
    numbers = [record.sequence for record in wearing.log]

    assert numbers == list(range(len(numbers)))


@WORN
def test_only_time_in_which_nobody_wore_it_is_left_out(wearing: Wearing, case: Case):
    packets = by_host(case).packets
    away: Counter[int] = Counter()
    for before, packet in pairwise(packets):
        if packet.boot == before.boot and packet.state == State.AWAY:
            away[packet.boot] += packet.ticks - before.ticks
    for boot in {packet.boot for packet in packets}:
        told = [record.ticks for record in wearing.log if record.boot == boot]
        until = max(packet.ticks for packet in packets if packet.boot == boot)
        left_out = until - told[0] - EPOCH_TICKS * (len(told) - 1)

        # At either end of an absence is an epoch that was worn in part; the last goes on yet.
        assert away[boot] - 2 * EPOCH_TICKS <= left_out <= away[boot] + EPOCH_TICKS


@WORN
def test_each_epochs_states_last_as_long_as_the_host_finds(epochs: list[Epoch]):
    off_ds = [
        abs(getattr(record, column) - tenths)
        for record, _, ticks in epochs
        for column, tenths in in_columns(ticks).items()
    ]

    # Two roundings to tenths.
    assert max(off_ds) <= 1.0


@WORN
def test_the_states_sum_to_the_hosts_hour(epochs: list[Epoch]):
    told, found = Counter[str](), Counter[str]()
    for record, _, ticks in epochs:
        told.update({column: getattr(record, column) for column in COLUMNS.values()})
        found.update(in_columns(ticks))

    # Rounding goes either way, and some packets are judged otherwise at the edge of a state.
    assert told == {column: pytest.approx(found[column], rel=1e-3, abs=5) for column in told}


def judged(packets: list[Judged]) -> Iterator[Judged]:
    """Those whose angles count."""
    return (packet for packet in packets if packet.state in STILL and not packet.shaken)


@WORN
def test_mean_least_and_most_flexion_are_those_of_the_hosts_estimates(epochs: list[Epoch]):
    off_deg: list[float] = []
    for record, packets, _ in epochs:
        lean = np.concatenate([[], *(packet.flexion_deg for packet in judged(packets))])
        side = np.concatenate([[], *(packet.lateral_deg for packet in judged(packets))])
        told = (record.mean_cdeg, record.min_cdeg, record.max_cdeg, record.lateral_cdeg)
        if not len(lean):
            assert told == (wire.ANGLE_UNKNOWN,) * 4
            continue
        found = (lean.mean(), lean.min(), lean.max(), side.mean())
        off_deg += [abs(a / 100 - b) for a, b in zip(told, found, strict=True)]

    # A record has hundredths.
    assert max(off_deg) < 0.01


@WORN
def test_motion_is_the_spread_of_the_acceleration(epochs: list[Epoch]):
    off_mg: list[float] = []
    for record, packets, _ in epochs:
        steady = [packet for packet in packets if not packet.shaken]
        count = sum(packet.samples for packet in steady)
        mean_g = sum(packet.total_g for packet in steady) / count
        spread_g2 = sum(packet.squares_g2 for packet in steady) / count - mean_g**2
        off_mg.append(abs(record.motion_mg - 1000 * spread_g2**0.5))

    assert max(off_mg) < 1.0


@WORN
def test_every_buzz_is_counted_in_the_epoch_in_which_it_was_felt(wearing: Wearing):
    ends_s = [
        start.time_s + record.ticks * wire.TICK_S
        for start, records in zip(wearing.starts, by_boot(wearing.log), strict=True)
        for record in records
        for _ in range(record.buzzes)
    ]
    felt_s = [time_s for time_s, _ in wearing.felt()]
    lately = sum(time_s > wearing.starts[-1].time_s for time_s in felt_s)

    assert (len(ends_s), wearing.status.buzzes) == (len(felt_s), lately)
    # The motor starts when a burst has come in, after the samples that made it.
    assert all(-0.4 < end_s - at_s < 10.0 for end_s, at_s in zip(ends_s, felt_s, strict=True))


def by_boot(log: Sequence[EpochRecord]) -> list[list[EpochRecord]]:
    found: dict[int, list[EpochRecord]] = {}
    for record in log:
        found.setdefault(record.boot, []).append(record)
    return list(found.values())


_HOURS_AGO = """
from clip_firmware.wearer import Wearer

begin = Wearer.__init__

def begin_late(wearer, *parts):
    begin(wearer, *parts)
    wearer._base_ms = -8000000

Wearer.__init__ = begin_late
"""


def columns_of_somebody_who_lays_it_down(folder: Path, before: str) -> list[tuple[int, ...]]:
    folder.mkdir()
    wearer = Wearer(plan_of([(Activity.TYPING, 0.7), (Activity.OFF_BODY, 5)]), seed=1)
    with switched_on(folder, worn(wearer)) as world:
        world.set_up()
        world.run_before(before)
        world.pair()
        world.clip.run_until(150)
        return [tuple(getattr(r, name) for name in COLUMNS.values()) for r in world.log()]


def test_a_clip_that_is_laid_down_after_hours_is_away_as_soon_as_one_just_put_on(tmp_path: Path):
    fresh = columns_of_somebody_who_lays_it_down(tmp_path / "fresh", "")
    late = columns_of_somebody_who_lays_it_down(tmp_path / "late", _HOURS_AGO)

    assert late == fresh
