"""A writer that dies at any moment loses nothing that it had committed."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from recording.fast_writer import PAGE
from recording.scenes import arrivals, begin, expected_seconds, record, wall
from recording.worn_clip import WornClip, ends_s

from midback.recording import Session, Store
from midback.recording.folder import DATABASE

KILLS = 25
KILLS_SAVING = 12
TORN = 30
LONGEST_S = 300  # virtual seconds that a writer gets through before it is killed: five rolls


def assert_whole(store: Store, session: Session, at_least_s: int, at_most_s: int) -> None:
    """The session is a clean beginning of what was recorded."""
    packets = list(store.packets(session))
    seconds = len(packets) // 5
    assert at_least_s <= seconds <= at_most_s
    assert packets == arrivals(0, seconds)
    assert store.seconds(session).tolist() == expected_seconds(seconds)


class FastWriter:
    """Drives fast_writer.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout

    def kill_after(self, folder: Path, seconds: int, delay_s: float) -> int:
        """Let a writer commit that many seconds, kill it a little later.

        Returns:
            How many seconds it had reported as committed.
        """
        self._stdin.write(f"{folder}\n")
        self._stdin.flush()
        writer, committed, killed = 0, 0, False
        while (line := self._stdout.readline().split()) != ["ended"]:
            if line[0] == "writer":
                writer = int(line[1])
            else:
                committed = int(line[1])
            if writer and committed >= seconds and not killed:
                time.sleep(delay_s)
                os.kill(writer, signal.SIGKILL)
                killed = True
        return committed


@contextmanager
def fast_writer(*arguments: str) -> Generator[FastWriter]:
    tests = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, str(tests / "recording" / "fast_writer.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tests)},
    )
    with process:
        yield FastWriter(process)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_writer_killed_at_any_moment_loses_nothing_it_had_committed(folder: Path):
    chance = random.Random(1)
    committed: list[int] = []
    with fast_writer() as writer:
        for _ in range(KILLS):
            # Half of the kills aim at a roll, which takes longer than any other commit.
            moment = chance.choice(
                [chance.randrange(LONGEST_S), chance.randrange(59, LONGEST_S, 60)]
            )
            committed.append(writer.kill_after(folder, moment, chance.uniform(0, 0.01)))
            with Store.open(folder, write=False) as reader:
                assert_whole(reader, reader.sessions()[-1], committed[-1], committed[-1] + 1)

    with Store.open(folder, write=True) as store:
        sessions = store.sessions()
        for session, seconds in zip(sessions, committed, strict=True):
            assert_whole(store, session, seconds, seconds + 1)
            assert session.closed
        assert store.problems == []
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM staged_packet").fetchone() == (0,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_writer_killed_while_it_saves_epochs_has_what_the_clip_was_told_to_trim(tmp_path: Path):
    """And no page in part, so that the clip is asked for just the rest again."""
    chance = random.Random(3)
    with fast_writer("epochs") as writer:
        for trial in range(KILLS_SAVING):
            folder = tmp_path / str(trial)
            pages = writer.kill_after(folder, chance.randrange(1, 60), chance.uniform(0, 0.01))
            truth_s = [each.end_s for each in WornClip().wear(PAGE * (pages + 1))]
            with Store.open(folder, write=True) as store:
                found_s = ends_s(store)
                assert any(
                    found_s == pytest.approx(t, abs=1e-3) for t in (truth_s, truth_s[:-PAGE])
                )
                assert store.problems == []
                (session,) = store.sessions()
                assert_whole(store, session, pages, pages + 1)


def test_a_torn_journal_leaves_a_clean_beginning(folder: Path, tmp_path: Path):
    chance = random.Random(2)
    with Store.open(folder, write=True) as store:
        record(begin(store), 0, 150)
        for number in range(TORN):
            torn = tmp_path / f"torn-{number}"
            shutil.copytree(folder, torn)
            _tear(torn / f"{DATABASE}-wal", chance)
            with Store.open(torn, write=True) as copy:
                (session,) = copy.sessions()
                # The last checkpoint, at the full minute, is what a power cut cannot take.
                assert_whole(copy, session, 120, 150)
                assert copy.problems == []


def _tear(journal: Path, chance: random.Random) -> None:
    """Cut the journal off, or overwrite a page of it, as a power cut may."""
    data = bytearray(journal.read_bytes())
    at = chance.randrange(len(data))
    if chance.random() < 0.5:
        del data[at:]
    else:
        data[at : at + 4096] = chance.randbytes(min(4096, len(data) - at))
    journal.write_bytes(data)


def test_the_next_writer_closes_a_crashed_session_at_its_last_packet(folder: Path):
    with Store.open(folder, write=True) as store:
        writer = begin(store)
        record(writer, 0, 70)
        writer.commit(100, wall(100))

    with Store.open(folder, write=False) as reader:
        (left_open,) = reader.sessions()
        assert list(reader.packets(left_open)) == arrivals(0, 70)
    with Store.open(folder, write=True) as store:
        (session,) = store.sessions()

        assert (left_open.closed, left_open.duration_s) == (False, 100)
        assert (session.closed, session.duration_s) == (True, 69.8)
