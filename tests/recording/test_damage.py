"""Damage costs what was damaged, is told, and never more."""

import random
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from recording.scenes import arrivals, begin, calibration, expected_seconds, judged, record, wall

from midback.errors import RecordingError
from midback.recording import Store
from midback.recording.folder import DATABASE
from midback.words import State

MINUTES = 8
TRIALS = 25


@pytest.fixture
def recorded(folder: Path) -> Path:
    """A closed session of whole minutes."""
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, MINUTES * 60)
        writer.close(MINUTES * 60, wall(MINUTES * 60))
    return folder


def blobs(folder: Path, column: str, table: str, order: str) -> list[bytes]:
    with Store.open(folder, write=False) as store:
        rows = store._database.rows(f"SELECT {column} FROM {table} ORDER BY {order}")
    return [blob for (blob,) in rows]


def flip_inside(folder: Path, blob: bytes, at: int) -> None:
    """Change the stored byte number *at* of *blob*, wherever SQLite put it."""
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    # A long blob is spread over pages: the bytes are found unless a page ends among them.
    place = data.find(blob[at : at + 16])
    if place < 0:
        place = data.find(blob[:16])
    data[place] ^= 0x55
    file.write_bytes(data)


def test_a_damaged_chunk_costs_its_minute_only_and_is_told(recorded: Path, tmp_path: Path):
    chance = random.Random(3)
    chunks = blobs(recorded, "packets", "chunk", "id")
    assert len(chunks) == MINUTES
    for trial in range(TRIALS):
        folder = tmp_path / f"copy-{trial}"
        shutil.copytree(recorded, folder)
        minute = chance.randrange(MINUTES)
        flip_inside(folder, chunks[minute], chance.randrange(len(chunks[minute])))
        with Store.open(folder, write=bool(trial % 2)) as store:
            (session,) = store.sessions()

            packets = list(store.packets(session))
            left = arrivals(0, minute * 60) + arrivals(minute * 60 + 60, MINUTES * 60)
            assert packets == left
            assert sum(len(b.arrival_s) for b in store.packet_blocks(session)) == len(left)
            assert store.seconds(session).tolist() == expected_seconds(MINUTES * 60)
            assert store.problems == [
                f"packets of minute {minute} of session 1 are lost "
                "(its checksum does not match); the other minutes are unharmed"
            ]


def test_damaged_judgements_cost_their_minute_only(recorded: Path):
    minutes = blobs(recorded, "seconds", "minute", "minute")
    flip_inside(recorded, minutes[2], 100)
    with Store.open(recorded, write=False) as store:
        (session,) = store.sessions()
        seconds = store.seconds(session)

        expected = [second % 9000 for second in range(MINUTES * 60)]
        expected[120:180] = [-32768] * 60
        assert seconds["flexion_cdeg"].tolist() == expected
        assert len(store.problems) == 1
        assert "minute 2 of session 1" in store.problems[0]


def test_a_damaged_page_of_judgements_leaves_the_pages_before_and_after(folder: Path):
    long_s = 60 * 60
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        for second in range(long_s):
            writer.add_second(second, judged(second))
        writer.commit(long_s, wall(long_s))
        writer.close(long_s, wall(long_s))
    minutes = blobs(folder, "seconds", "minute", "minute")
    data = bytearray((folder / DATABASE).read_bytes())
    page = data.find(minutes[30]) // 4096 * 4096
    data[page : page + 8] = bytes(8)
    (folder / DATABASE).write_bytes(data)

    with Store.open(folder, write=False) as store:
        seconds = store.seconds(store.sessions()[0])
        lost = np.unique(np.flatnonzero(seconds["state"] == State.NO_DATA) // 60).tolist()

        assert 30 in lost
        assert lost == list(range(lost[0], lost[-1] + 1))
        # A page holds eleven minutes; with it goes the one that separates it from the next.
        assert len(lost) <= 4096 // 360 + 1
        assert "some judged seconds of session 1 are lost" in store.problems[0]


def test_damage_anywhere_in_the_file_never_shows_wrong_packets(recorded: Path, tmp_path: Path):
    chance = random.Random(4)
    truth = set(arrivals(0, MINUTES * 60))
    size = (recorded / DATABASE).stat().st_size
    for trial in range(TRIALS):
        folder = tmp_path / f"copy-{trial}"
        shutil.copytree(recorded, folder)
        with (folder / DATABASE).open("r+b") as file:
            file.seek(chance.randrange(4096, size - 32))
            file.write(chance.randbytes(32))
        # Where it hits a page that lists things, only an error can be told.
        with suppress(RecordingError), Store.open(folder, write=False) as store:
            for session in store.sessions():
                assert truth.issuperset(store.packets(session))


@pytest.mark.parametrize("length", [16, 100, 4096])
def test_a_file_without_its_head_is_set_aside_and_its_days_are_kept(recorded: Path, length: int):
    file = recorded / DATABASE
    damaged = random.Random(5).randbytes(length) + file.read_bytes()[length:]
    file.write_bytes(damaged)

    with Store.open(recorded, write=True) as store:
        (aside,) = recorded.glob("*.corrupt-*")
        assert aside.read_bytes() == damaged
        assert store.problems == [
            f"the recording was damaged (file is not a database): it was set aside as {aside}, "
            f"and a new one begun; minutes copied from the old one: {MINUTES}"
        ]
        record(begin(store), 0, 5)
        old, new = store.sessions()
        assert list(store.packets(old)) == arrivals(0, MINUTES * 60)
        assert store.seconds(old).tolist() == expected_seconds(MINUTES * 60)
        assert list(store.packets(new)) == arrivals(0, 5)


def test_the_last_second_before_a_crash_is_salvaged_too(folder: Path, tmp_path: Path):
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration("C-1"))
        record(begin(store), 0, 130)
        shutil.copytree(folder, tmp_path / "crashed")
    file = tmp_path / "crashed" / DATABASE
    file.write_bytes(b"?" * 100 + file.read_bytes()[100:])

    with Store.open(tmp_path / "crashed", write=True) as store:
        (session,) = store.sessions()
        assert list(store.packets(session)) == arrivals(0, 130)
        assert session.closed
        assert store.calibrations() == [calibration("C-1")]


def test_of_a_file_full_of_nonsense_nothing_is_salvaged(recorded: Path):
    file = recorded / DATABASE
    file.write_bytes(random.Random(6).randbytes(file.stat().st_size))

    with Store.open(recorded, write=True) as store:
        assert store.problems[0].endswith("minutes copied from the old one: 0")
        assert store.sessions() == []
        record(begin(store), 0, 70)
        assert list(store.packets(store.sessions()[0])) == arrivals(0, 70)
    names = {path.name.removeprefix(DATABASE)[:9] for path in recorded.iterdir()}
    assert names == {"", ".corrupt-", ".lock"}


def test_a_reader_of_a_file_without_its_head_says_what_to_do(recorded: Path):
    file = recorded / DATABASE
    file.write_bytes(b"x" * 100 + file.read_bytes()[100:])
    damaged = file.read_bytes()

    with pytest.raises(RecordingError, match=r"cannot be read .*start 'midback live'"):
        Store.open(recorded, write=False)
    assert file.read_bytes() == damaged


def test_two_damaged_files_are_both_kept(recorded: Path):
    file = recorded / DATABASE
    for _ in range(2):
        file.write_bytes(b"not a database at all")
        with Store.open(recorded, write=True):
            pass

    assert len(list(recorded.glob("*.corrupt-*"))) == 2
