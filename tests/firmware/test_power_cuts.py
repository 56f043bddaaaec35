"""The flash fails in every way it can, and nothing that was promised is gone.

One scenario is played on a flash that keeps book: records over several segments, the oldest given
up, the time learned and corrected, the host's trims, settings, restarts.  The power is cut before
every single step of it, every call is made to fail once, the flash is filled to every size, and
its content is damaged at random.

Segments have ten places here: one mark and nine records.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faulty_flash import EIO, ENOSPC, KINDS, FaultyFlash
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shared.board import ROOT, micropython

from clip_firmware.files import Files
from clip_firmware.log import RESERVE_BYTES, Log
from clip_firmware.settings import Settings
from midback.shared import wire

HERE = Path(__file__).parent
SMALL = 200
SEGMENTS = 4
RESERVE = -(-RESERVE_BYTES // SMALL) * SMALL

Values = tuple[int, ...]
Chosen = tuple[object, ...]

# What is done, in order: how many records, up to where the host trims, which name is chosen, what
# the time is.
SCENARIO: tuple[tuple[str, int], ...] = (
    ("append", 12),
    ("choose", 1),
    ("prepare", 0),
    ("append", 4),
    ("restart", 1),
    ("append", 4),
    ("tell_time", 1_700_000_000),
    ("append", 2),
    ("pause", 0),
    ("append", 6),
    ("tell_time", 1_700_000_107),
    ("append", 7),
    ("read", 10),
    ("choose", 2),
    ("append", 6),
    ("trim", 20),
    ("prepare", 0),
    ("append", 3),
    ("trim", 35),
    ("restart", 2),
    ("tell_time", 1_700_200_000),
    ("append", 10),
    ("read", 40),
    ("choose", 3),
    ("trim", 53),
    ("append", 3),
)


def values(record: wire.EpochRecord) -> Values:
    """All of them, the sequence number first."""
    others = [getattr(record, name) for name in wire.EpochRecord.__slots__]
    return (record.sequence, *others)


def everything(log: Log) -> dict[int, Values]:
    found: dict[int, Values] = {}
    while page := log.read(max(found) + 1 if found else 0):
        found |= {record.sequence: values(record) for record in page}
    return found


def opened(flash: Any) -> tuple[Files, Log]:
    files = Files("/clip", flash, flash.open)
    log = Log("/clip/log", flash, flash.open, files, SEGMENTS, SMALL)
    log.open()
    return files, log


def told(settings: Settings) -> Chosen:
    return settings.name, settings.contexts.neutral, settings.alone


class Book:
    """What was promised, and what is under way without an answer yet."""

    def __init__(self) -> None:
        self.kept: dict[int, Values] = {}
        self.next = 0
        self.deed = 0
        self.first = 0  # what the log gave up for new records, or on the host's word
        self.trimmed = 0
        self.chosen: Chosen = told(Settings())
        # Tried and refused, or under way: they may be there, under a number nobody else has.
        self.tried: dict[int, list[Values]] = {}
        self.trimming = 0
        self.choosing: Chosen = self.chosen

    def allows(self, record: Values) -> bool:
        sequence = record[0]
        if sequence in self.kept:
            return self.kept[sequence] == record
        return record in self.tried.get(sequence, [])

    def copy(self) -> "Book":
        book = Book()
        vars(book).update(vars(self), kept=dict(self.kept), tried=dict(self.tried))
        return book


class Scenario:
    """Plays it on one flash; a refusal is noted and the next thing done."""

    def __init__(self, flash: Any) -> None:
        self.flash = flash
        self.book = Book()
        self.files, self.log = opened(flash)
        self.settings = Settings.load(self.files)
        self.firsts: list[int] = []  # after each deed
        self.boot = 1000
        self.ticks = 0
        self.made = 0
        self.unix_s: int | None = None  # at the present ticks

    def play(self) -> None:
        for what, number in SCENARIO:
            for _ in range(number if what == "append" else 1):
                getattr(self, what)(number)
                self.book.first = max(self.book.first, self.log.first)
                self.firsts.append(self.book.first)
                self.book.deed += 1

    def append(self, _: int) -> None:
        self.made += 1
        self.ticks += 100000
        record = wire.EpochRecord(
            self.log.next, self.ticks, self.boot, self.made, -5, 9, 0, 3, 90, 0, 1, 9, 0, 4
        )
        if self.unix_s is not None:
            self.unix_s += 10
            record.set_time(self.unix_s)
        self.book.tried.setdefault(self.log.next, []).append(values(record))
        record.flags, record.time_20s = 4, 0
        if self.log.append(record, self.unix_s):
            assert record.sequence not in self.book.kept
            self.book.kept[record.sequence] = values(record)
            self.book.next = record.sequence + 1

    def trim(self, up_to: int) -> None:
        self.book.trimming = min(up_to, self.log.next)
        if self.log.trim(up_to):
            self.book.trimmed = self.book.trimming

    def choose(self, number: int) -> None:
        self.settings.name = f"clip {number}"
        contexts = self.settings.contexts
        contexts.slot = number % 4
        contexts.neutrals[contexts.slot] = (number, 2, 32000, 0, 32000, -3)
        self.book.choosing = told(self.settings)
        if self.settings.save(self.files):
            self.book.chosen = self.book.choosing

    def prepare(self, _: int) -> None:
        self.log.prepare()

    def pause(self, _: int) -> None:
        self.ticks += 7_000_000
        if self.unix_s is not None:
            self.unix_s += 700

    def tell_time(self, unix_s: int) -> None:
        self.unix_s = unix_s

    def restart(self, number: int) -> None:
        self.files, self.log = opened(self.flash)
        self.boot, self.ticks, self.unix_s = 1000 + number, 0, None

    def read(self, first: int) -> None:
        for record in self.log.read(first):
            assert self.book.allows(values(record))


def wrong_with(flash: Any, book: Book) -> Iterator[str]:
    """What a restart on this flash finds amiss."""
    files, log = opened(flash)
    found = everything(log)
    if not all(book.allows(record) for record in found.values()):
        yield "a record that was never written"
    due = {n for n in book.kept if n >= max(book.first, book.trimming)}
    if not due <= set(found):
        yield f"records {sorted(due - set(found))} are gone"
    if found and min(found) < book.trimmed:
        yield "what the host has came back"
    if not book.next <= log.next:
        yield f"number {log.next} would be given again"
    settings = Settings.load(files)
    if settings.lost or told(settings) not in (book.chosen, book.choosing):
        yield f"settings {told(settings)}"
    yield from going_on(log, found)


def going_on(log: Log, found: dict[int, Values]) -> Iterator[str]:
    new: dict[int, Values] = {}
    for number in range(3):
        record = wire.EpochRecord(0, 500_000 + number, 77, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0)
        if not log.append(record):
            yield "the log does not go on"
        new[record.sequence] = values(record)
    kept = {n: record for n, record in found.items() if n >= log.first and n not in new}
    if everything(log) != kept | new:
        yield "the log goes on wrongly"


@pytest.mark.parametrize("kind", KINDS)
def test_the_power_may_fail_before_any_byte(kind: str):
    flash = FaultyFlash(kind, block=SMALL)
    cuts: list[tuple[dict[str, bytes], Book]] = []
    scenario = Scenario(flash)

    def cut() -> None:
        files = {name: bytes(body) for name, body in flash.files.items()}
        cuts.append((files, scenario.book.copy()))

    flash.before_step = cut
    scenario.play()
    cut()

    wrong: list[str] = []
    for files, book in cuts:
        book.first = scenario.firsts[min(book.deed, len(scenario.firsts) - 1)]
        wrong += wrong_with(FaultyFlash(kind, block=SMALL, files=files), book)
    assert wrong == []
    assert len(cuts) > {"littlefs": 80, "fat": 2000}[kind]


@pytest.mark.parametrize("error", [EIO, ENOSPC])
@pytest.mark.parametrize("kind", KINDS)
def test_any_call_may_be_refused(kind: str, error: int):
    flash = FaultyFlash(kind, block=SMALL)
    Scenario(flash).play()
    wrong: list[str] = []
    for failing in range(1, flash.operations + 1):
        lasting = 1 if failing % 3 else 6
        wrong += after_refusals(kind, error, failing, failing + lasting)
    assert wrong == []


def after_refusals(kind: str, error: int, first: int, end: int) -> Iterator[str]:
    flash = FaultyFlash(kind, block=SMALL)
    flash.refusing = error
    flash.refused = lambda number: first <= number < end
    scenario = Scenario(flash)
    scenario.play()
    flash.refusing = 0
    for problem in wrong_with(flash, scenario.book):
        yield f"refused from {first} to {end}: {problem}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_flash_may_be_full_from_any_moment(kind: str):
    wrong: list[str] = []
    for size in range(0, 12 * SMALL, 50):
        flash = FaultyFlash(kind, RESERVE + size, SMALL)
        scenario = Scenario(flash)
        scenario.play()
        flash.capacity += 4 * SMALL
        wrong += [f"{size} bytes: {problem}" for problem in wrong_with(flash, scenario.book)]
    assert wrong == []


def test_a_flash_full_from_the_start_takes_nothing_and_raises_nothing():
    flash = FaultyFlash(capacity=0)
    scenario = Scenario(flash)
    scenario.play()
    # 13 records since the last restart.
    assert (scenario.book.kept, scenario.log.next, scenario.log.refused) == ({}, 0, 13)


def on_littlefs(*arguments: str) -> str:
    """What MicroPython's own littlefs says; the flash lies in memory, which takes 6 MB."""
    folders = ("host", "firmware", "tests/firmware", "tests/firmware/fakes")
    search = ":".join([*(str(ROOT / folder) for folder in folders), ".frozen"])
    done = subprocess.run(
        [micropython(), "-X", "heapsize=6m", str(HERE / "on_littlefs.py"), *arguments],
        env=os.environ | {"MICROPYPATH": search},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_power_may_fail_within_any_program_of_the_boards_own_file_system():
    cuts, what = on_littlefs("cuts").split()
    assert what == "cuts"
    assert int(cuts) > 100


def test_two_weeks_fit_beside_the_program_in_the_boards_own_file_system():
    # 0x1F0000 bytes, 64 kB less than MicroPython leaves on a 4 MiB board.
    left, _ = on_littlefs("capacity", "496").split(maxsplit=1)
    assert int(left) * 4096 >= RESERVE_BYTES


@pytest.mark.parametrize("blocks", ["24", "496"])
def test_failed_starts_are_counted_in_the_boards_own_file_system_when_it_is_full(blocks: str):
    # After safe mode every other start is one.
    assert on_littlefs("full", blocks) == "3 failed starts, 200 of 400 later"


DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["flip", "fill", "cut", "longer"]),
        st.integers(0, SMALL),
        st.binary(min_size=1, max_size=60),
    ),
    min_size=1,
    max_size=8,
)


def damaged(flash: Any, damage: list[tuple[int, str, int, bytes]]) -> None:
    names = sorted(flash.files)
    for file, how, at, noise in damage:
        content = flash.files[names[file % len(names)]]
        at %= len(content) + 1
        if how == "flip" and at < len(content):
            content[at] ^= noise[0] or 1
        elif how == "fill":
            content[at : at + len(noise)] = noise
        elif how == "cut":
            del content[at:]
        elif how == "longer":
            content += noise


@hypothesis_settings(max_examples=250, deadline=None)
@given(damage=DAMAGE)
def test_damage_loses_records_but_never_makes_one(
    damage: list[tuple[int, str, int, bytes]],
):
    flash = FaultyFlash("fat", block=SMALL)
    scenario = Scenario(flash)
    scenario.play()
    damaged(flash, damage)

    files, log = opened(flash)
    found = everything(log)
    name = Settings.load(files).name

    assert all(scenario.book.kept[sequence] == found[sequence] for sequence in found)
    assert name in ("Midback", "clip 2", "clip 3")
    assert list(going_on(log, found)) == []
