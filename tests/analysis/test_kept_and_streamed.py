"""The same wearing told by the stream, by the clip's own epochs, and by both in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pytest
from analysis.days import LONDON
from chain.builders import Arrived, TinyClip, upright

from midback.received import Received
from midback.recording import Store
from midback.seconds import Resolution
from midback.shared import wire
from midback.shared.epochs import EpochMaker
from midback.shared.posture import Posture
from midback.wearing import Wearing
from midback.words import STILL, State
from midback_analysis.day import DayRecord, read_day
from midback_analysis.episodes import Episode
from midback_analysis.measured import measure

DAY = date(2026, 11, 12)
NINE = datetime(2026, 11, 12, 9, tzinfo=UTC)
HOLD_S = 30.0
EPOCH_S = 10.0
CALIBRATION = upright()
MOVED = (State.MOVING, State.WALKING)
"""An epoch counts the seconds of walking among those of movement."""

LOST = ((200.0, 420.0), (700.0, 1010.0), (1150.0, 1320.0))
"""When the link is lost: within a slump; from before one into another; at the end of one."""


@cache
def worn() -> list[Arrived]:
    """Twenty-five minutes with six slumps."""
    clip = TinyClip(boot=7)
    packets: list[Arrived] = []
    for seconds, flexion_deg in (
        *((120, 0.0), (150, 18.0), (97, 2.0), (203, 16.0), (60, -1.0)),
        *((83, 22.0), (40, 4.0), (64, 14.0), (33, 1.0), (170, 17.0)),
        *((141, 0.0), (111, 15.0)),
    ):
        packets += clip.hold(seconds, flexion_deg)
    packets += clip.hold(20, 15.0, walking=True)
    packets += clip.hold(230, 3.0)
    return packets


class Kept(NamedTuple):
    """A record, and when the clip had it."""

    record: wire.EpochRecord
    at_s: float


@cache
def kept() -> list[Kept]:
    """What the clip itself makes of its packets."""
    posture, maker = Posture(), EpochMaker()
    policy = CALIBRATION.policy(HOLD_S)
    posture.calibrate(
        tuple(round(32767 * v) for v in (*CALIBRATION.neutral_up, *CALIBRATION.left)),
        (round(100 * policy.enter_deg), round(100 * policy.leave_deg), 0, 0, 300, 20),
    )
    records: list[Kept] = []
    for arrival_s, packet in worn():
        posture.update(packet, packet.ticks * wire.TICK_S)
        record = maker.add(packet, posture)
        if record is not None:
            record.sequence = len(records)
            records.append(Kept(record, arrival_s))
    return records


def streamed(store: Store, lost: Sequence[tuple[float, float]] = ()) -> None:
    """A host that is near but for these times; when it is back it reads the log."""
    writer = store.begin(CALIBRATION.clip_id, {"hold_s": f"{HOLD_S:g}"}, NINE, CALIBRATION.id)
    now_s = 0.0
    wearing = Wearing(
        0.0, lambda: NINE + timedelta(seconds=now_s), CALIBRATION, writer, hold_s=HOLD_S
    )
    linked = False
    for arrival_s, packet in worn():
        while now_s + 0.5 < arrival_s:
            now_s += 0.5
            wearing.tick(now_s)
        if any(start_s <= arrival_s < end_s for start_s, end_s in lost):
            linked = False
            continue
        if not linked:
            linked = True
            read_log(store, arrival_s, packet)
        wearing.receive(Received(arrival_s, b"", packet))
    wearing.close(now_s)


def read_log(store: Store, now_s: float, packet: wire.StreamPacket) -> None:
    now = NINE + timedelta(seconds=now_s)
    store.mark_clip_time(CALIBRATION.clip_id, packet.boot, packet.ticks, now)
    records = [each.record for each in kept() if each.at_s <= now_s]
    store.save_epochs(CALIBRATION.clip_id, records, now)


def only_kept(store: Store) -> None:
    """The host was away all day, and finds the clip in the evening."""
    read_log(store, *worn()[-1])


def day_of(record: Callable[[Store], None]) -> DayRecord:
    with TemporaryDirectory() as folder, Store.open(Path(folder), write=True) as store:
        store.save_calibration(CALIBRATION)
        record(store)
        return read_day(store, DAY, LONDON)


@cache
def days() -> tuple[DayRecord, DayRecord, DayRecord]:
    """All of it streamed; all of it kept; streamed but for the lost links."""
    return day_of(streamed), day_of(only_kept), day_of(lambda store: streamed(store, LOST))


def seconds_in(day: DayRecord, *states: State) -> int:
    return int(np.isin(day.state, states).sum())


def begin_s(day: DayRecord) -> float:
    return float(day.utc_s[0]) - NINE.timestamp()


def slumps(day: DayRecord) -> list[Episode]:
    """From session time 0 on."""
    return [
        Episode(each.start_s + begin_s(day), each.end_s + begin_s(day), each.how)
        for each in measure(day).episodes
    ]


def test_what_the_clip_kept_is_all_that_was_streamed():
    full, alone, mixed = days()

    assert set(alone.resolution.tolist()) == {Resolution.EPOCHS}
    lost_s = sum(end_s - start_s for start_s, end_s in LOST)
    assert np.count_nonzero(mixed.resolution == Resolution.EPOCHS) == pytest.approx(lost_s, abs=6)
    # The clip's last epoch is not over when the wearing ends.
    assert len(full.state) - len(alone.state) in range(12)
    assert abs(len(full.state) - len(mixed.state)) <= 1


def test_as_long_in_each_state_as_was_streamed():
    full, alone, mixed = days()
    for states in ((State.UPRIGHT, State.LEANING), (State.SLUMPED,), MOVED):
        # Half a second at every change of state, and the epoch under way at the end.
        assert seconds_in(alone, *states) == pytest.approx(seconds_in(full, *states), abs=14)
    assert seconds_in(mixed, *STILL) == pytest.approx(seconds_in(full, *STILL), abs=2)
    # A host that is back begins its hold anew: in two of the three links lost within a slump.
    late_s = seconds_in(full, State.SLUMPED) - seconds_in(mixed, State.SLUMPED)
    assert late_s == pytest.approx(HOLD_S + (1022 - 1010), abs=6)


def test_where_it_was_streamed_nothing_changes():
    full, _, mixed = days()
    heard = np.flatnonzero(mixed.resolution == Resolution.FULL)
    steady = heard[np.isin(mixed.state[heard], (State.UPRIGHT, State.MOVING))]

    assert len(steady) > 500
    assert (mixed.state[steady] == full.state[steady]).mean() > 0.97
    assert mixed.flexion_deg[steady] == pytest.approx(full.flexion_deg[steady], abs=0.02)


def test_the_same_slumps_at_the_same_times_and_ended_the_same_way():
    full, *others = days()
    expected = slumps(full)
    assert len(expected) == 6
    for day in others:
        found = slumps(day)
        assert [each.how for each in found] == [each.how for each in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.start_s == pytest.approx(other.start_s, abs=EPOCH_S)
            assert one.end_s == pytest.approx(other.end_s, abs=EPOCH_S)


def test_the_mean_of_ten_seconds_is_the_tilt_of_them():
    full, alone, _ = days()
    shift = round(begin_s(alone) - begin_s(full))
    count = len(alone.state)
    off_deg = alone.flexion_deg - full.flexion_deg[shift : shift + count]
    still = alone.still & full.still[shift : shift + count]

    assert float(np.nanmedian(np.abs(off_deg[still]))) < 0.2
    assert abs(float(off_deg[still].mean())) < 0.2
