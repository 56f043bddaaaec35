"""Opening: private, alone, and never harming what another version wrote."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from recording.scenes import arrivals, begin, record, wall

from midback.errors import NothingRecorded, RecordingBusy, RecordingError, RecordingTooNew
from midback.recording import Store, data_folder, schema
from midback.recording.folder import DATABASE

ADD_A_TABLE: schema.Migration = ("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT",)
posix_only = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def record_some(folder: Path) -> None:
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 70)
        writer.close(70, wall(70))


def set_version(folder: Path, version: int) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def test_where_nothing_is_recorded_yet_a_reader_is_told_what_to_do(folder: Path):
    with pytest.raises(NothingRecorded, match="start 'midback live'"):
        Store.open(folder, write=False)
    assert not folder.exists()


@pytest.mark.parametrize("write", [True, False])
def test_a_file_of_a_newer_midback_is_refused_and_left_as_it_is(folder: Path, *, write: bool):
    record_some(folder)
    set_version(folder, schema.VERSION + 3)
    before = (folder / DATABASE).read_bytes()

    with pytest.raises(RecordingTooNew, match=r"format 5.*up to 2.*upgrade"):
        Store.open(folder, write=write)
    assert (folder / DATABASE).read_bytes() == before


def test_a_newer_midbacks_journal_is_left_as_it_is_too(folder: Path, tmp_path: Path):
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 10)
        store._database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        names = [DATABASE, f"{DATABASE}-wal"]
        for name in names:
            (crashed / name).write_bytes((folder / name).read_bytes())
    before = [(crashed / name).read_bytes() for name in names]

    with pytest.raises(RecordingTooNew):
        Store.open(crashed, write=True)
    assert [(crashed / name).read_bytes() for name in names] == before


def test_an_older_file_is_upgraded_after_a_backup(folder: Path, monkeypatch: pytest.MonkeyPatch):
    record_some(folder)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ADD_A_TABLE))
    monkeypatch.setattr(schema, "VERSION", 3)

    with pytest.raises(RecordingError, match=r"older format 2.*start 'midback live'"):
        Store.open(folder, write=False)
    with Store.open(folder, write=True) as store:
        assert list(store.packets(store.sessions()[0])) == arrivals(0, 70)
        assert schema.version_of(store._database.connection) == 3
    (backup,) = folder.glob("*.backup-v2")
    with closing(sqlite3.connect(backup)) as old:
        assert schema.version_of(old) == 2
        assert old.execute("SELECT count(*) FROM chunk").fetchone() == (2,)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600 or os.name != "posix"


def test_an_upgrade_that_fails_leaves_the_older_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    record_some(folder)
    with monkeypatch.context() as patch:
        broken = (*ADD_A_TABLE, "CREATE TABLE later (id)")
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        patch.setattr(schema, "VERSION", 3)
        with pytest.raises(RecordingError, match="cannot be written"):
            Store.open(folder, write=True)

    with Store.open(folder, write=True) as store:
        assert list(store.packets(store.sessions()[0])) == arrivals(0, 70)


def test_a_second_writer_is_told_which_process_records(folder: Path):
    with Store.open(folder, write=True) as store:
        with pytest.raises(RecordingBusy, match=rf"process {os.getpid()}\) already records"):
            Store.open(folder, write=True)
        record(begin(store), 0, 2)
    with Store.open(folder, write=True) as store:
        assert len(store.sessions()) == 1


def test_a_second_process_cannot_write_either(folder: Path):
    script = (
        "import sys; from pathlib import Path; from midback.recording import Store\n"
        "from midback.errors import RecordingBusy\n"
        "try: Store.open(Path(sys.argv[1]), write=True)\n"
        "except RecordingBusy as busy: print(busy)"
    )
    with Store.open(folder, write=True):
        told = subprocess.run(
            [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
        ).stdout

    assert f"(process {os.getpid()}) already records in {folder}" in told


def test_a_store_closed_twice_does_no_harm(folder: Path):
    store = Store.open(folder, write=True)
    store.close()
    store.close()
    with Store.open(folder, write=True):
        store.close()
        with pytest.raises(RecordingBusy):
            Store.open(folder, write=True)


def test_a_reader_cannot_write(folder: Path):
    record_some(folder)
    with Store.open(folder, write=False) as store, pytest.raises(RecordingError, match="readonly"):
        begin(store)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"is yours and has space, or choose another folder$"):
        Store.open(tmp_path / "file" / "data", write=True)


@posix_only
def test_only_the_owner_can_read_even_under_a_loose_umask(folder: Path):
    umask = os.umask(0)
    try:
        with Store.open(folder, write=True) as store:
            record(begin(store), 0, 3)
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}
    finally:
        os.umask(umask)

    names = [DATABASE, *(f"{DATABASE}{end}" for end in ("-wal", "-shm", ".lock", ".pid"))]
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix_only
def test_a_file_that_others_could_read_is_closed_to_them(folder: Path):
    record_some(folder)
    (folder / DATABASE).chmod(0o644)
    with Store.open(folder, write=True):
        assert stat.S_IMODE((folder / DATABASE).stat().st_mode) == 0o600


def test_a_writer_keeps_the_promises_it_makes_to_sqlite(folder: Path):
    with Store.open(folder, write=True) as store:

        def pragma(name: str) -> object:
            return store._database.query(f"PRAGMA {name}")[0][0]

        # mmap_size answers nothing where SQLite was built without it.
        assert store._database.query("PRAGMA mmap_size") in ([(0,)], [])
        assert (pragma("journal_mode"), pragma("synchronous")) == ("wal", 1)


def test_a_reader_never_checkpoints(folder: Path):
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 70)
        journal = (folder / f"{DATABASE}-wal").read_bytes()
        with Store.open(folder, write=False) as reader:
            list(reader.packets(reader.sessions()[0]))
            with pytest.raises(sqlite3.OperationalError):
                reader._database.checkpoint()

        assert (folder / f"{DATABASE}-wal").read_bytes() == journal


def test_the_chosen_folder_wins_over_the_environment_over_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MIDBACK_DATA", str(tmp_path / "environment"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder(tmp_path / "chosen") == tmp_path / "chosen"
    assert data_folder() == tmp_path / "environment"

    monkeypatch.setenv("MIDBACK_DATA", "~/mine")
    assert data_folder() == Path("~/mine").expanduser()

    monkeypatch.delenv("MIDBACK_DATA")
    assert data_folder().name == "midback"
    assert not data_folder().is_relative_to(Path.cwd())


def test_the_store_needs_neither_scipy_nor_a_radio_nor_a_window():
    script = (
        "import sys, midback.recording\n"
        "print({'scipy', 'bleak', 'PySide6', 'pyqtgraph'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert loaded == "set()\n"
