"""What was recorded comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recording.scenes import (
    STARTED,
    arrivals,
    begin,
    calibration,
    expected_seconds,
    judged,
    packet,
    record,
    record_second,
    wall,
)

from midback.errors import RecordingError
from midback.recording import Event, Session, Store
from midback.seconds import MISSING
from midback.shared import wire
from midback.words import State

NOTHING: tuple[int, int, int, int] = (MISSING, MISSING, State.NO_DATA, 0)


def test_a_session_says_who_when_and_how_long(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = store.begin("clip-1", {"model": "Midback clip"}, STARTED, "C-1")
        record(writer, 0, 90)
        writer.close(90.5, wall(90.5))

        assert store.sessions() == [
            Session(
                id=writer.session_id,
                clip_id="clip-1",
                clip_facts={"model": "Midback clip"},
                started=STARTED,
                duration_s=90.5,
                closed=True,
                calibration_id="C-1",
            )
        ]


def test_a_reader_beside_a_writer_sees_everything_committed_and_nothing_twice(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in range(130):
            record_second(writer, second)
            with Store.open(folder, write=False) as reader:
                (session,) = reader.sessions()
                if second % 10 == 9:
                    assert list(reader.packets(session)) == arrivals(0, second + 1)
                assert reader.seconds(session).tolist() == expected_seconds(second + 1)


def test_a_reader_in_the_middle_of_a_session_is_not_disturbed_by_a_roll(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 119)
        with Store.open(folder, write=False) as reader:
            packets = reader.packets(reader.sessions()[0])
            first = next(packets)
            record(writer, 119, 130)

            assert [first, *packets] == arrivals(0, 119)


def test_packets_of_a_time_span_are_those_that_arrived_in_it(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 200)
        (session,) = store.sessions()

        assert list(store.packets(session, 59, 121)) == arrivals(59, 121)
        assert list(store.packets(session, 190)) == arrivals(190, 200)


def test_garbage_is_kept_as_received_but_left_out_of_blocks_and_counted(folder: Path):
    garbage = [b"", b"\x00" * 512, packet(1)[:-1], b"\xff" * 14]
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for i, payload in enumerate([packet(0), *garbage, packet(1)]):
            writer.add_packet(50 + 5 * i, payload)
        writer.commit(80, wall(80))
        (session,) = store.sessions()

        assert [p for _, p in store.packets(session)] == [packet(0), *garbage, packet(1)]
        assert sum(len(block.arrival_s) for block in store.packet_blocks(session)) == 2
        assert store.malformed_packets(session) == len(garbage)


def test_blocks_of_a_session_hold_every_sample_in_order(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 150)
        (session,) = store.sessions()
        blocks = list(store.packet_blocks(session))

        expected = [wire.decode_stream(payload) for _, payload in arrivals(0, 150)]
        counts = np.concatenate([block.counts for block in blocks])
        assert counts.ravel().tolist() == [n for p in expected for n in p.counts]
        assert {block.kind for block in blocks} == {wire.KIND_RAW}
        assert np.concatenate([b.arrival_s for b in blocks]).tolist() == [
            arrival_s for arrival_s, _ in arrivals(0, 150)
        ]


@settings(deadline=None, max_examples=15)  # each makes a file
@given(st.lists(st.floats(0, 300), min_size=1, max_size=20))
def test_packets_keep_the_order_in_which_they_were_added(arrivals_s: list[float]):
    with TemporaryDirectory() as folder, Store.open(Path(folder), write=True) as store:
        writer = begin(store)
        for number, arrival_s in enumerate(arrivals_s):
            writer.add_packet(arrival_s, packet(number))
            writer.commit(max(arrivals_s[: number + 1]) + 1, wall(arrival_s))
        writer.close(310, wall(310))
        told = list(store.packets(store.sessions()[0]))

        assert [payload for _, payload in told] == [packet(n) for n in range(len(arrivals_s))]
        # Stamps are kept to the microsecond.
        assert [s for s, _ in told] == pytest.approx(arrivals_s, abs=1e-6)


def test_seconds_nobody_judged_are_unknown(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in (3, 125):
            writer.add_second(second, judged(second))
        writer.commit(130, wall(130))
        writer.close(130.9, wall(130.9))
        seconds = store.seconds(store.sessions()[0])

        expected = [NOTHING] * 130
        expected[3], expected[125] = judged(3), judged(125)
        assert seconds.tolist() == expected


def test_a_second_judged_late_joins_its_minute_and_the_last_judgement_counts(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 60)
        writer.add_second(59, (1, 2, 3, 4))
        writer.commit(61, wall(61))
        staged = store.seconds(store.sessions()[0]).tolist()
        writer.close(61, wall(61))
        rolled = store.seconds(store.sessions()[0]).tolist()

        assert staged == rolled == [*expected_seconds(59), (1, 2, 3, 4), NOTHING]


@pytest.mark.parametrize("index", [-1, 10**9])
def test_a_second_outside_of_any_wearing_is_refused(folder: Path, index: int):
    with (
        Store.open(folder, write=True) as store,
        pytest.raises(ValueError, match="session second"),
    ):
        begin(store).add_second(index, judged(0))


def test_a_judgement_may_be_a_row_of_an_array(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 2)
        first = store.seconds(store.sessions()[0])
        writer.add_second(2, first[1])
        writer.commit(3, wall(3))

        assert store.seconds(store.sessions()[0])[2].tolist() == judged(1)


def test_events_come_back_in_order_of_time(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        writer.add_event(7.25, "slump_ended", detail="sat up")
        writer.add_event(5.0, "slump_started", np.float64(14.5))
        writer.commit(8, wall(8))

        assert store.events(store.sessions()[0]) == [
            Event(5.0, "slump_started", 14.5, ""),
            Event(7.25, "slump_ended", None, "sat up"),
        ]


def test_only_sessions_that_overlap_the_time_asked_for_are_found(folder: Path):
    hours = (9, 13, 17)
    with Store.open(folder, write=True) as store:
        for hour in hours:
            began = STARTED.replace(hour=hour)
            writer = store.begin("clip-1", {}, began)
            writer.commit(3600, began + timedelta(hours=1))
            writer.close(3600, began + timedelta(hours=1))

        def found(start_hour: float, end_hour: float) -> list[int]:
            midnight = STARTED.replace(hour=0)
            start, end = (midnight + timedelta(hours=h) for h in (start_hour, end_hour))
            return [session.started.hour for session in store.sessions(start, end)]

        assert found(0, 24) == [9, 13, 17]
        assert found(9.5, 13.5) == [9, 13]
        assert found(10.1, 13) == []
        assert [s.started.hour for s in store.sessions()] == [9, 13, 17]


def test_two_clips_may_be_recorded_at_once(folder: Path):
    with Store.open(folder, write=True) as store:
        writers = [store.begin(clip, {}, STARTED) for clip in ("back", "waist")]
        for second in range(61):
            for writer in writers:
                record_second(writer, second)

        for session in store.sessions():
            assert list(store.packets(session)) == arrivals(0, 61)


def test_a_calibration_comes_back_as_it_was_saved(folder: Path):
    saved = [calibration("C-2", made_s=60), calibration("C-1"), calibration("C-3", "clip-2", 90)]
    with Store.open(folder, write=True) as store:
        for each in saved:
            store.save_calibration(each)

        assert store.calibration("C-1") == saved[1]
        assert store.calibration("C-9") is None
        assert [c.id for c in store.calibrations()] == ["C-1", "C-2", "C-3"]
        assert store.latest_calibration("clip-1") == saved[0]
        assert store.latest_calibration("clip-9") is None


def test_a_calibration_is_never_overwritten(folder: Path):
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration("C-1"))
        store.save_calibration(calibration("C-1"))
        with pytest.raises(RecordingError, match=r"C-1 .*calibrate again"):
            store.save_calibration(calibration("C-1", made_s=5))

        assert store.calibration("C-1") == calibration("C-1")


def test_a_summary_is_kept_by_date_and_version(folder: Path):
    with Store.open(folder, write=True) as store:
        store.save_summary("2026-03-04", 1, "old")
        store.save_summary("2026-03-04", 1, "new")

        assert store.summary("2026-03-04", 1) == "new"
        assert store.summary("2026-03-04", 2) is None
        assert store.summary("2026-03-05", 1) is None


def test_new_data_throw_away_the_summaries_of_their_date_wherever_the_wearer_is(folder: Path):
    dates = [f"2026-03-0{day}" for day in range(1, 8)]
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for date in dates:
            store.save_summary(date, 1, "{}")
        writer.commit(1, wall(1))
        before = [date for date in dates if store.summary(date, 1)]
        record_second(writer, 1)

        assert before == dates
        # The UTC date is the 4th; east or west of it, the local date may be a neighbour.
        assert [date for date in dates if store.summary(date, 1)] == [*dates[:2], *dates[5:]]


def test_other_threads_may_read_while_one_records(folder: Path):
    with Store.open(folder, write=True) as store, ThreadPoolExecutor(2) as pool:
        writer = begin(store)
        recording = pool.submit(record, writer, 0, 125)
        while not recording.done():
            seconds = store.seconds(store.sessions()[0])
            assert seconds.tolist() == expected_seconds(len(seconds))
        recording.result()

        assert list(store.packets(store.sessions()[0])) == arrivals(0, 125)
