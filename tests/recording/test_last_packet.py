"""A new process learns where the stream of a clip broke off, without reading the day."""

from datetime import timedelta
from pathlib import Path

import pytest
from recording.scenes import STARTED, arrivals, begin, packet, record, wall

from midback.recording import LastPacket, Store, chunk
from midback.recording.folder import DATABASE

CLIP = "clip-1"
BOOT = 7
TICKS_A_SECOND = 10_000


def last(number: int, at_s: float) -> LastPacket:
    return LastPacket(BOOT, number % 65536, number * 2000, wall(at_s))


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 125])
def test_the_last_packet_is_found_whether_it_was_rolled_or_not(folder: Path, seconds: int):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, seconds)
        number = 5 * seconds - 1

        assert store.last_packet(CLIP) == last(number, number / 5)


def test_it_is_found_after_a_crash_and_by_a_reader(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 130)
    with Store.open(folder, write=True) as store:
        found = store.last_packet(CLIP)
    with Store.open(folder, write=False) as reader:
        assert found == reader.last_packet(CLIP) == last(649, 129.8)


def test_of_a_clip_that_was_never_worn_there_is_none(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 5)

        assert store.last_packet("another") is None


def test_a_session_in_which_nothing_came_does_not_hide_the_one_before(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 70)
        store.begin(CLIP, {}, wall(80)).commit(1.0, wall(81))

        assert store.last_packet(CLIP) == last(349, 69.8)


def test_the_newest_session_counts_though_its_packets_have_lower_numbers(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 100, 170)
        later = store.begin(CLIP, {}, wall(1000))
        later.add_packet(2.0, packet(3))
        later.commit(3.0, wall(1003))

        assert store.last_packet(CLIP) == last(3, 1002)


def test_what_does_not_follow_the_protocol_is_passed_over(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 60)
        writer.add_packet(60.1, b"nonsense")
        writer.commit(61, wall(61))
        staged = store.last_packet(CLIP)
        writer.close(61, wall(61))

        assert staged == store.last_packet(CLIP) == last(299, 59.8)


def test_a_damaged_minute_is_passed_over(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 120)
        writer.close(120, wall(120))
        ((newest,),) = store._database.rows("SELECT packets FROM chunk ORDER BY id DESC LIMIT 1")
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[data.index(newest[:16])] ^= 0x55
    file.write_bytes(data)

    with Store.open(folder, write=False) as store:
        assert store.last_packet(CLIP) == last(299, 59.8)


def test_one_minute_is_read_of_a_long_session(folder: Path, monkeypatch: pytest.MonkeyPatch):
    read: list[int] = []

    def counted(data: bytes) -> object:
        read.append(len(data))
        return decode(data)

    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 600)
        writer.close(600, wall(600))
        decode = chunk.decode
        monkeypatch.setattr(chunk, "decode", counted)

        assert store.last_packet(CLIP) == last(2999, 599.8)
        assert len(read) == 1


def test_its_time_is_that_of_its_samples_where_the_clips_clock_is_known(folder: Path):
    """It came 70 s late; the mark was made an hour before, at clip time 0."""
    with Store.open(folder, write=True) as store:
        store.mark_clip_time(CLIP, BOOT, 0, STARTED)
        writer = begin(store)
        for _, payload in arrivals(0, 5):
            writer.add_packet(75.0, payload)
        writer.commit(76, wall(76))

        assert store.last_packet(CLIP) == last(24, 4.8)


def test_a_mark_of_another_start_with_the_same_name_does_not_move_it(folder: Path):
    with Store.open(folder, write=True) as store:
        store.mark_clip_time(CLIP, BOOT, 123_456_789, STARTED - timedelta(days=90))
        record(begin(store), 0, 5)

        assert store.last_packet(CLIP) == last(24, 4.8)


def test_of_several_marks_one_that_fits_counts(folder: Path):
    with Store.open(folder, write=True) as store:
        for hours, ticks in ((-48, 5), (-1, 2**32 - 3600 * TICKS_A_SECOND), (1, 77)):
            store.mark_clip_time(CLIP, BOOT, ticks, STARTED + timedelta(hours=hours))
        writer = begin(store)
        writer.add_packet(60.0, packet(24))
        writer.commit(61, wall(61))

        assert store.last_packet(CLIP) == last(24, 4.8)
