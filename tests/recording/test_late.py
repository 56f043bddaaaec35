"""What arrives late, after a link was lost: it finds its second, once, wherever that is by now."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recording.scenes import (
    PACKETS_A_SECOND,
    STARTED,
    arrivals,
    begin,
    expected_seconds,
    judged,
    packet,
    record,
    wall,
)

from midback.recording import Event, SessionWriter, Store

LOST_S, BACK_S = 45, 125
"""The link is lost for eighty seconds; two minutes are rolled meanwhile."""


def wait(writer: SessionWriter, first_s: int, last_s: int) -> None:
    """Nothing arrives."""
    for second in range(first_s, last_s):
        writer.commit(second + 1, wall(second + 1))


def catch_up(writer: SessionWriter, first_s: int, last_s: int) -> None:
    """All of these seconds at once: packets come now, and are judged for when they were."""
    for number in range(first_s * PACKETS_A_SECOND, last_s * PACKETS_A_SECOND):
        writer.add_packet(last_s + 0.1, packet(number))
    for second in range(first_s, last_s):
        writer.add_second(second, judged(second))


def lose_and_find(writer: SessionWriter) -> None:
    record(writer, 0, LOST_S)
    wait(writer, LOST_S, BACK_S)
    catch_up(writer, LOST_S, BACK_S)
    writer.add_event(LOST_S + 3.5, "slump_started", 14.0)
    writer.commit(BACK_S + 1, wall(BACK_S + 1))


def assert_caught_up(store: Store, until_s: int) -> None:
    (session,) = store.sessions()
    assert store.seconds(session)[:until_s].tolist() == expected_seconds(until_s)
    assert [payload for _, payload in store.packets(session)] == [
        payload for _, payload in arrivals(0, until_s)
    ]


def test_seconds_that_come_late_join_the_minutes_that_were_rolled(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        lose_and_find(writer)
        assert_caught_up(store, BACK_S)

        wait(writer, BACK_S + 1, 190)
        assert_caught_up(store, BACK_S)
        # Rolled again: nothing waits, nothing is there twice.
        assert store._database.query("SELECT count(*) FROM staged_second") == [(0,)]
        assert store._database.query("SELECT minute FROM minute") == [(0,), (1,), (2,)]


def test_what_came_late_is_there_after_a_crash(folder: Path):
    with Store.open(folder, write=True) as store:
        lose_and_find(begin(store))

    with Store.open(folder, write=True) as store:
        assert_caught_up(store, BACK_S)
        assert store.events(store.sessions()[0]) == [
            Event(LOST_S + 3.5, "slump_started", 14.0, "")
        ]


def test_arrivals_stay_in_the_order_in_which_they_came(folder: Path):
    with Store.open(folder, write=True) as store:
        lose_and_find(begin(store))
        (session,) = store.sessions()
        arrivals_s = [arrival_s for arrival_s, _ in store.packets(session)]

        assert arrivals_s == sorted(arrivals_s)
        late = [payload for _, payload in store.packets(session, BACK_S, BACK_S + 1)]
        assert late == [payload for _, payload in arrivals(LOST_S, BACK_S)]


@settings(max_examples=30, deadline=None)  # each makes a file
@given(st.lists(st.integers(0, 80), min_size=200, max_size=200))
def test_seconds_late_by_any_delay_make_the_same_table(delays_s: list[int]):
    due: dict[int, list[int]] = {}
    for second, delay_s in enumerate(delays_s):
        due.setdefault(second + delay_s, []).append(second)
    with TemporaryDirectory() as folder, Store.open(Path(folder), write=True) as store:
        writer = begin(store)
        for now_s in range(290):
            for second in due.get(now_s, []):
                writer.add_second(second, judged(second))
            writer.commit(now_s + 1, wall(now_s + 1))
            if now_s % 37 == 0:
                known = store.seconds(store.sessions()[0])["samples"] > 0
                came = {s for at_s, seconds in due.items() if at_s <= now_s for s in seconds}
                assert set(np.flatnonzero(known).tolist()) == came
        writer.close(290, wall(290))

        assert store.seconds(store.sessions()[0])[:200].tolist() == expected_seconds(200)


def test_seconds_that_come_after_midnight_throw_away_the_day_they_are_of(folder: Path):
    midnight = datetime(2026, 3, 5, tzinfo=STARTED.tzinfo)
    dates = [f"2026-03-0{day}" for day in range(2, 8)]
    with Store.open(folder, write=True) as store:
        writer = store.begin("clip-1", {}, midnight - timedelta(seconds=100))
        writer.commit(105, midnight + timedelta(seconds=5))
        for date in dates:
            store.save_summary(date, 1, "{}")
        writer.add_second(40, judged(40))
        writer.commit(106, midnight + timedelta(seconds=6))

        left = [date for date in dates if store.summary(date, 1)]
        assert left == ["2026-03-02", "2026-03-03", "2026-03-07"]


def test_a_session_may_begin_before_the_process_that_writes_it(folder: Path):
    """Seventy seconds back, where the last packet of the session before lies."""
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        catch_up(writer, 0, 70)
        writer.commit(71, wall(71))
        record(writer, 71, 130)
        (session,) = store.sessions()

        assert store.events(session) == []  # the clock did not jump
        assert session.started == STARTED
        assert store.utc_of(session)([0, 69, 129]).tolist() == [
            wall(second).timestamp() for second in (0, 69, 129)
        ]
        assert store.seconds(session)[:70].tolist() == expected_seconds(70)


@pytest.mark.parametrize("reach_s", [-0.4, 0.0, 0.4])
def test_sessions_that_touch_are_both_found_by_either_moment(folder: Path, reach_s: float):
    with Store.open(folder, write=True) as store:
        first = begin(store)
        record(first, 0, 60)
        first.close(60, wall(60))
        second = store.begin("clip-1", {}, wall(60 - reach_s))
        second.commit(60, wall(120 - reach_s))
        second.close(60, wall(120 - reach_s))

        assert [each.id for each in store.sessions(wall(0), wall(200))] == [1, 2]
        assert [each.id for each in store.sessions(wall(59), wall(61))] == [1, 2]
