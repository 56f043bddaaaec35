"""Setting the clock changes labels, never durations."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from recording.scenes import STARTED, arrivals, begin, record, record_second, wall

from midback.recording import Event, Store


def epoch_s(time: datetime) -> float:
    return time.timestamp()


def record_with_jump(store: Store, jump_s: float) -> None:
    """Record 100 s; at second 70 somebody sets the clock."""
    writer = begin(store)
    record(writer, 0, 70)
    for second in range(70, 100):
        for arrived in arrivals(second, second + 1):
            writer.add_packet(*arrived)
        writer.commit(second + 1, wall(second + 1 + jump_s))
    writer.close(100, wall(100 + jump_s))


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0, 2.5])
def test_a_clock_that_is_set_is_an_event_and_later_seconds_follow_it(folder: Path, jump_s: float):
    with Store.open(folder, write=True) as store:
        record_with_jump(store, jump_s)
        (session,) = store.sessions()
        utc_of = store.utc_of(session)

        assert store.events(session) == [Event(71.0, "clock_jump", jump_s, "")]
        assert utc_of([0, 70.5, 71, 99]).tolist() == [
            epoch_s(wall(0)),
            epoch_s(wall(70.5)),
            epoch_s(wall(71 + jump_s)),
            epoch_s(wall(99 + jump_s)),
        ]
        assert session.duration_s == 100
        assert list(store.packets(session)) == arrivals(0, 100)


def test_a_clock_that_is_slewed_is_followed_without_an_event(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in range(1, 601):
            writer.commit(second, wall(second * 1.01))
        (session,) = store.sessions()

        assert store.events(session) == []
        # One minute of a 1 % error is the most that can lie between two anchors.
        assert store.utc_of(session)(600) == pytest.approx(epoch_s(wall(606)), abs=0.61)


def test_a_sleeping_computer_shows_as_a_jump_and_the_session_spans_it(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 10)
        writer.commit(11, wall(11) + timedelta(hours=8))
        (session,) = store.sessions()

        assert store.events(session) == [Event(11.0, "clock_jump", 28800.0, "")]
        assert session.duration_s == 11
        assert store.sessions(STARTED + timedelta(hours=8)) == [session]


def test_a_clock_set_while_the_disk_is_full_is_told_once(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record_second(writer, 0)
        store._database.connection.execute("PRAGMA query_only = 1")
        for second in (2, 3, 4):
            writer.commit(second, wall(second + 60))
        store._database.connection.execute("PRAGMA query_only = 0")
        writer.commit(5, wall(65))

        assert store.events(store.sessions()[0]) == [Event(2.0, "clock_jump", 60.0, "")]
