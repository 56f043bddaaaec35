"""A file of format 1 keeps everything, and takes what the clip keeps from then on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from recording.scenes import arrivals, begin, calibration, expected_seconds, record, wall
from recording.worn_clip import WornClip, ends_s, mark, save

from midback.errors import RecordingError
from midback.recording import Event, Store, schema
from midback.recording.folder import DATABASE

# As the code of format 1 made it, written down when it was current.
FORMAT_1 = """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        clip_id TEXT NOT NULL,
        clip_facts TEXT NOT NULL,
        calibration_id TEXT,
        started_utc_us INTEGER NOT NULL,
        earliest_utc_us INTEGER NOT NULL,
        latest_utc_us INTEGER NOT NULL,
        last_us INTEGER NOT NULL,
        closed INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE staged_packet (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        arrival_us INTEGER NOT NULL,
        payload BLOB NOT NULL
    ) STRICT;
    CREATE TABLE staged_second (
        session_id INTEGER NOT NULL,
        second INTEGER NOT NULL,
        row BLOB NOT NULL,
        PRIMARY KEY (session_id, second)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE chunk (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        first_us INTEGER NOT NULL,
        last_us INTEGER NOT NULL,
        malformed INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        packets BLOB NOT NULL
    ) STRICT;
    CREATE INDEX chunk_list ON chunk (session_id, id, first_us, last_us, malformed);
    CREATE TABLE minute (
        session_id INTEGER NOT NULL,
        minute INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        seconds BLOB NOT NULL,
        PRIMARY KEY (session_id, minute)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE anchor (
        session_id INTEGER NOT NULL,
        time_us INTEGER NOT NULL,
        utc_us INTEGER NOT NULL,
        PRIMARY KEY (session_id, time_us)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL,
        time_us INTEGER NOT NULL,
        kind TEXT NOT NULL,
        value REAL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_list ON event (session_id, time_us, id);
    CREATE TABLE calibration (
        id TEXT PRIMARY KEY,
        clip_id TEXT NOT NULL,
        made_utc_us INTEGER NOT NULL,
        json TEXT NOT NULL
    ) STRICT;
    CREATE TABLE summary (
        date TEXT NOT NULL,
        version INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (date, version)
    ) STRICT;
    PRAGMA user_version = 1;
"""
TABLES = (
    *("session", "staged_packet", "staged_second", "chunk", "minute"),
    *("anchor", "event", "calibration", "summary"),
)
SECONDS = 150


@pytest.fixture
def older(folder: Path, tmp_path: Path) -> Path:
    """A folder with a file of format 1 whose writer crashed after two and a half minutes."""
    with Store.open(tmp_path / "rows", write=True) as store:
        store.save_calibration(calibration("C-1"))
        writer = begin(store)
        writer.add_event(5.0, "slump_started", 14.5)
        record(writer, 0, SECONDS)
        store.save_summary("2026-01-01", 1, "{}")
        folder.mkdir()
        with closing(sqlite3.connect(folder / DATABASE)) as file:
            file.executescript(FORMAT_1)
            file.execute("ATTACH ? AS rows", (str(tmp_path / "rows" / DATABASE),))
            for table in TABLES:
                file.execute(f"INSERT INTO main.{table} SELECT * FROM rows.{table}")
            file.commit()
    return folder


def assert_all_there(store: Store) -> None:
    (session,) = store.sessions()
    assert list(store.packets(session)) == arrivals(0, SECONDS)
    assert store.seconds(session).tolist() == expected_seconds(SECONDS)
    assert store.events(session) == [Event(5.0, "slump_started", 14.5, "")]
    assert store.utc_of(session)(60.0) == wall(60.0).timestamp()
    assert store.calibrations() == [calibration("C-1")]
    assert store.summary("2026-01-01", 1) == "{}"
    assert session.closed
    assert store.problems == []


def test_an_older_file_keeps_everything_and_takes_epochs(older: Path):
    clip = WornClip()
    with Store.open(older, write=True) as store:
        assert_all_there(store)
        mark(store, clip, 0)
        save(store, clip.wear(10), 100)

        assert ends_s(store) == [10.0 * k for k in range(1, 11)]
    with Store.open(older, write=True) as store:
        assert_all_there(store)


def test_an_older_file_is_left_as_it_was_in_a_backup(older: Path):
    with closing(sqlite3.connect(older / DATABASE)) as file:
        before = list(file.iterdump())
    with Store.open(older, write=True):
        pass

    with closing(sqlite3.connect(older / f"{DATABASE}.backup-v1")) as backup:
        assert list(backup.iterdump()) == before
        assert schema.version_of(backup) == 1


def test_an_older_file_becomes_one_like_a_new_one(older: Path, tmp_path: Path):
    def tables(folder: Path) -> dict[str, str]:
        with Store.open(folder, write=True) as store:
            rows = store._database.query("SELECT name, sql FROM sqlite_schema WHERE sql != ''")
        return {name: " ".join(sql.split()) for name, sql in rows}

    assert tables(older) == tables(tmp_path / "new")


def test_an_older_file_is_only_read_after_its_upgrade(older: Path):
    with pytest.raises(RecordingError, match=r"older format 1.*start 'midback live'"):
        Store.open(older, write=False)


def test_an_older_file_without_its_head_is_salvaged_into_a_newer_one(older: Path):
    file = older / DATABASE
    file.write_bytes(b"?" * 4096 + file.read_bytes()[4096:])

    with Store.open(older, write=True) as store:
        (session,) = store.sessions()
        assert list(store.packets(session)) == arrivals(0, SECONDS)
        assert ends_s(store) == []
        assert store.problems[0].endswith("minutes copied from the old one: 2")
