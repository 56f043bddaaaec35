"""What the clip kept by itself lies in the store as it was received, once."""

import random
import shutil
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recording.scenes import begin, record
from recording.test_disk_full import fail, heal
from recording.worn_clip import CLIP, MORNING, WornClip, at, encoded, ends_s, epoch, mark, save

from midback.errors import RecordingError
from midback.recording import Store
from midback.recording.epochs import RECORD
from midback.recording.folder import DATABASE
from midback.shared import wire
from midback.shared.wire import EpochRecord

FIELDS = EpochRecord.__slots__


def records(store: Store) -> list[bytes]:
    rows = store._database.rows("SELECT record FROM epoch ORDER BY id")
    return [row[0] for row in rows]


def fields(record: EpochRecord) -> dict[str, int]:
    return {name: getattr(record, name) for name in FIELDS}


angle = st.integers(-18000, 18000)
tenths = st.integers(0, 100)
any_record = st.builds(
    EpochRecord,
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFF),
    *(angle, angle, angle),
    st.integers(-9000, 9000),
    st.integers(0, 0xFFFF),
    *(tenths, tenths, tenths, tenths),
    st.integers(0, 255),
    st.integers(0, 7),
    st.integers(0, 65535),
)


@settings(deadline=None)
@given(any_record)
def test_a_record_is_read_from_its_bytes_as_the_wire_reads_it(record: EpochRecord):
    (row,) = np.frombuffer(encoded(record), dtype=RECORD)

    assert {name: int(row[name]) for name in FIELDS} == fields(record)
    assert fields(wire.decode_record(encoded(record))) == fields(record)


def test_records_are_kept_byte_for_byte_in_the_order_of_the_clip(folder: Path):
    kept = WornClip().wear(20)
    with Store.open(folder, write=True) as store:
        assert save(store, kept[:7], 300) == 7
        assert save(store, kept[7:], 300) == 13

    with Store.open(folder, write=False) as reader:
        assert records(reader) == [encoded(each.record) for each in kept]


def test_the_same_record_read_twice_is_stored_once(folder: Path):
    kept = WornClip().wear(10)
    with Store.open(folder, write=True) as store:
        save(store, kept[:7], 300)

        assert save(store, kept[3:], 301) == 3
        assert save(store, kept, 302) == 0
        assert records(store) == [encoded(each.record) for each in kept]


def test_a_clip_that_counts_anew_has_its_records_kept_beside_the_old_ones(folder: Path):
    old, new = WornClip(boot=7).wear(5), WornClip(boot=8, started_s=100).wear(5)
    with Store.open(folder, write=True) as store:
        assert [save(store, old, 60), save(store, new, 200)] == [5, 5]
        assert len(records(store)) == 10


def test_nothing_to_save_is_nothing_new(folder: Path):
    with Store.open(folder, write=True) as store:
        assert save(store, [], 0) == 0
        assert store.epochs(at(0), at(1000)) == []


def test_two_clips_are_told_apart(folder: Path):
    with Store.open(folder, write=True) as store:
        for clip_id, seconds in (("back", 0), ("waist", 500)):
            clip = WornClip(started_s=seconds)
            kept = [each.record for each in clip.wear(3)]
            store.mark_clip_time(clip_id, clip.boot, clip.ticks(), at(clip.now_s))
            store.save_epochs(clip_id, kept, at(600))

        assert ends_s(store, "back") == [10, 20, 30]
        assert ends_s(store, "waist") == [510, 520, 530]


def test_only_epochs_that_reach_into_the_time_asked_for_are_found(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        save(store, clip.wear(100), 1000)
        (found,) = store.epochs(at(205), at(230))

        begins_s = (found.start_s - MORNING.timestamp()).tolist()
        assert begins_s == [200, 210, 220]
        assert found.records["sequence"].tolist() == [20, 21, 22]


def test_days_long_ago_are_found_among_years_of_others(folder: Path):
    """Half a year of worn hours; the rows lie in the file as the host got them."""
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        for _ in range(183):
            mark(store, clip, clip.now_s)
            save(store, clip.wear(360), clip.now_s)
            clip.wait(86_400 - 3_600)
        (found,) = store.epochs(at(20 * 86_400), at(21 * 86_400))

        assert found.records["sequence"].tolist() == list(range(20 * 360, 21 * 360))


def test_what_is_saved_is_committed_so_that_a_power_cut_does_not_take_it_back(folder: Path):
    """SQLite waits for the disk at a commit only while ``synchronous`` is FULL."""
    said: list[str] = []
    with Store.open(folder, write=True) as store:
        store._database.connection.set_trace_callback(said.append)
        save(store, WornClip().wear(7), 100)
        store._database.connection.set_trace_callback(None)

        order = [line for line in said if line.startswith(("PRAGMA", "BEGIN", "INSERT", "COMMIT"))]
        assert [line.split(" ", 1)[0] for line in order] == [
            *("PRAGMA", "BEGIN", *["INSERT"] * 7, "COMMIT", "PRAGMA")
        ]
        assert order[0] == "PRAGMA synchronous = FULL"
        # And what is recorded every second is not slowed down.
        assert store._database.query("PRAGMA synchronous") == [(1,)]


def test_what_cannot_be_written_is_told_and_not_half_there(folder: Path):
    with Store.open(folder, write=True) as store:
        store._database.connection.execute("PRAGMA query_only = 1")
        with pytest.raises(RecordingError, match="cannot be written"):
            save(store, WornClip().wear(7), 100)
        with pytest.raises(RecordingError, match="cannot be written"):
            mark(store, WornClip(), 0)
        store._database.connection.execute("PRAGMA query_only = 0")

        assert records(store) == []
        assert save(store, WornClip().wear(7), 100) == 7


def test_a_reader_cannot_save(folder: Path):
    with Store.open(folder, write=True):
        pass
    with (
        Store.open(folder, write=False) as store,
        pytest.raises(RecordingError, match="readonly"),
    ):
        save(store, WornClip().wear(1), 100)


def damage(folder: Path, record: bytes, at_byte: int) -> None:
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[data.index(record) + at_byte] ^= 0x55
    file.write_bytes(data)


def test_a_damaged_record_costs_itself_only_and_is_told(folder: Path, tmp_path: Path):
    chance = random.Random(1)
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        kept = clip.wear(300)
        save(store, kept, 3000)
    for trial in range(20):
        copy = tmp_path / f"copy-{trial}"
        shutil.copytree(folder, copy)
        lost = chance.randrange(300)
        damage(copy, encoded(kept[lost].record), chance.randrange(wire.RECORD_SIZE))
        with Store.open(copy, write=False) as store:
            left = [each.end_s for k, each in enumerate(kept) if k != lost]
            assert ends_s(store) == left
            assert store.problems == [
                f"1 of the epochs that clip {CLIP} kept are lost "
                "(their checksums do not match); the others are unharmed"
            ]


def test_a_damaged_page_of_epochs_leaves_the_pages_before_and_after(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        kept = clip.wear(1000)
        save(store, kept, 10_000)
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    page = data.index(encoded(kept[500].record)) // 4096 * 4096
    data[page : page + 8] = bytes(8)
    file.write_bytes(data)

    with Store.open(folder, write=False) as store:
        found = set(ends_s(store))
        lost = [k for k, each in enumerate(kept) if each.end_s not in found]

        assert 500 in lost
        assert lost == list(range(lost[0], lost[-1] + 1))
        # A row takes 32 bytes of record and some 20 more; with the page goes its neighbour's key.
        assert len(lost) <= 4096 // 50
        assert any(f"some epochs that clip {CLIP} kept are lost" in p for p in store.problems)


def test_a_damaged_mark_is_as_if_it_had_never_been_made(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        clip.off_s = None
        save(store, clip.wear(30), 300)
        store._database.execute("UPDATE clip_time SET utc_us = utc_us + 3600000000")

        assert ends_s(store) == []


def test_epochs_and_marks_are_salvaged_from_a_file_without_its_head(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 70)
        mark(store, clip, 0)
        kept = clip.wear(200)
        save(store, kept, 2000)
    file = folder / DATABASE
    file.write_bytes(b"?" * 4096 + file.read_bytes()[4096:])

    with Store.open(folder, write=True) as store:
        assert "set aside" in store.problems[0]
        assert records(store) == [encoded(each.record) for each in kept]
        assert ends_s(store) == [each.end_s for each in kept]
        assert save(store, kept, 3000) == 0


def test_the_list_of_tables_fits_the_page_that_salvage_lends(folder: Path):
    with Store.open(folder, write=True):
        pass
    head = (folder / DATABASE).read_bytes()[:4096]

    # 13: a page of rows; a list that had outgrown it would be a page of pointers, 5.
    assert head[100] == 13


def saved_summaries(store: Store, days: range) -> list[str]:
    dates = [(MORNING + timedelta(days=day)).date().isoformat() for day in days]
    for date in dates:
        store.save_summary(date, 1, "{}")
    return dates


def left(store: Store, dates: list[str]) -> list[str]:
    return [date for date in dates if store.summary(date, 1)]


def test_epochs_that_come_late_throw_away_the_summaries_of_the_days_they_are_of(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        kept = clip.wear(100)
        dates = saved_summaries(store, range(-3, 15))
        save(store, kept, 10 * 86_400)

        assert left(store, dates) == [*dates[:2], *dates[5:]]


def test_epochs_that_come_again_throw_away_nothing(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        kept = clip.wear(100)
        save(store, kept, 1000)
        dates = saved_summaries(store, range(-3, 3))
        save(store, kept, 1001)

        assert left(store, dates) == dates


def test_epochs_that_have_no_time_yet_may_be_of_any_day(folder: Path):
    with Store.open(folder, write=True) as store:
        dates = saved_summaries(store, range(-3, 3))
        save(store, WornClip().wear(100), 1000)

        assert left(store, dates) == []


def test_the_first_mark_of_a_start_gives_its_epochs_their_day(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        save(store, clip.wear(100), 1000)
        dates = saved_summaries(store, range(-3, 3))
        mark(store, clip, 1000)

        assert left(store, dates) == []


def test_a_later_mark_moves_only_what_lies_after_the_one_before(folder: Path):
    clip = WornClip(ppm=100)
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        save(store, clip.wear(100), 1000)
        dates = saved_summaries(store, range(-5, 5))
        mark(store, clip, 3600)

        assert left(store, dates) == [*dates[:4], *dates[7:]]


def test_a_mark_of_a_start_without_epochs_throws_away_nothing(folder: Path):
    with Store.open(folder, write=True) as store:
        dates = saved_summaries(store, range(-3, 3))
        mark(store, WornClip(), 0)

        assert left(store, dates) == dates


def test_a_mark_that_says_what_the_one_before_said_is_not_kept(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        for second in range(0, 3601, 10):
            mark(store, clip, second)

        # One in ten minutes.
        assert store._database.query("SELECT count(*) FROM clip_time") == [(7,)]


def test_a_mark_after_the_clock_was_set_is_kept(folder: Path):
    clip = WornClip()
    with Store.open(folder, write=True) as store:
        mark(store, clip, 0)
        store.mark_clip_time(CLIP, clip.boot, clip.ticks(10), at(10 + 60))

        assert store._database.query("SELECT count(*) FROM clip_time") == [(2,)]


def test_saving_is_refused_whole_when_a_value_does_not_fit_the_wire(folder: Path):
    good, bad = epoch(1, 1), epoch(2, 2, upright_ds=101)
    with Store.open(folder, write=True) as store:
        with pytest.raises(wire.WireError, match="upright"):
            store.save_epochs(CLIP, [good, bad], at(0))

        assert records(store) == []


def test_whichever_write_fails_all_of_a_page_is_there_or_nothing(folder: Path):
    kept = WornClip().wear(7)
    whole = [encoded(each.record) for each in kept]
    with Store.open(folder, write=True) as store:
        failed = 0
        for number in count(1):
            failing = fail(store, number, number)
            with suppress(RecordingError):
                save(store, kept, 100)
            heal(store)
            if failing.count < number:
                break
            failed += 1
            assert records(store) in ([], whole)
            store._database.execute("DELETE FROM epoch")

        assert records(store) == whole
        assert failed >= 5  # begin, look, insert, look, commit
