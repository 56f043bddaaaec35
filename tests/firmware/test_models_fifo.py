"""The modelled FIFO: depth, watermark, overrun, and what a reader can do wrong."""

import pytest
from firmware.models.bench import Bench
from firmware.models.lsm6 import Lsm6
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Still

PARTS = {
    # Nominal rate, status register, words it holds, how to begin.
    "LSM6DSV16X": (60.0, 0x1B, 256, ((0x09, 0x55), (0x0A, 6), (0x10, 5), (0x11, 5))),
    "LSM6DSOX": (
        6667 / 128,
        0x3A,
        512,
        ((0x18, 0xE2), (0x09, 0x33), (0x0A, 6), (0x10, 0x30), (0x11, 0x30)),
    ),
}
OVERRUN, FULL, LATCHED, WATERMARK = 0x40, 0x20, 0x08, 0x80


class Running:
    """One part whose FIFO fills, two words a slot."""

    def __init__(self, name: str, watermark: int = 0) -> None:
        self.hz, self.status, self.words, begin = PARTS[name]
        part: type[Lsm6] = Lsm6dsv16x if name == "LSM6DSV16X" else Lsm6dsox
        self.chip = part(Still())
        self.bench = Bench(self.chip)
        if watermark:
            self.bench.write((0x07, watermark), (0x0D, 0x08))
        self.bench.write(*begin)
        # Half way between two slots the bus's own time does not matter.
        self.bench.wait(0.5 / self.hz)

    def slots(self, count: int) -> None:
        """Let so many slots go by."""
        self.bench.wait(count / self.hz)

    def status_now(self) -> tuple[int, int]:
        """Words to be read, and the flags; reading them unlatches one."""
        low, high = self.bench.read(self.status, 2)
        return low | (high & 3) << 8, high & 0xF8

    def level(self) -> int:
        return self.status_now()[0]

    def flags(self) -> int:
        return self.status_now()[1]


@pytest.fixture(params=PARTS)
def running(request: pytest.FixtureRequest) -> Running:
    return Running(request.param)


def test_a_slot_of_two_sensors_is_two_words(running: Running):
    running.slots(7)

    assert running.level() == 14


def test_what_was_read_is_gone(running: Running):
    running.slots(7)
    running.bench.words(5)

    assert running.level() == 9


def test_a_full_fifo_keeps_the_newest_words(running: Running):
    running.slots(running.words // 2 + 7)

    assert running.status_now() == (running.words, OVERRUN | FULL | LATCHED)


def test_one_word_short_of_full_nothing_is_lost(running: Running):
    running.slots(running.words // 2 - 1)

    assert running.status_now() == (running.words - 2, 0)


def test_exactly_full_is_no_overrun(running: Running):
    running.slots(running.words // 2)

    assert running.flags() == FULL


def test_reading_its_status_unlatches_an_overrun(running: Running):
    running.slots(running.words)
    running.flags()

    assert running.flags() == OVERRUN | FULL


def test_reading_words_ends_the_overrun_but_not_its_memory(running: Running):
    running.slots(running.words)
    running.bench.words(4)

    assert running.flags() == LATCHED


def test_an_overrun_can_be_made(running: Running):
    running.slots(7)
    running.level()
    running.chip.overflow(3)

    assert running.status_now() == (11, OVERRUN | LATCHED)


def test_bypass_empties_it(running: Running):
    running.slots(7)
    running.bench.write((0x0A, 0), (0x0A, 6))

    assert running.level() == 0


def test_fifo_mode_stops_when_full(running: Running):
    running.bench.write((0x0A, 0), (0x0A, 1))
    running.slots(1)
    first = running.bench.words(1)
    running.slots(running.words)
    running.bench.words(1)

    assert int(first[0][:2], 16) >> 3 == 1
    assert running.level() == running.words - 1


def test_words_stay_after_the_sensors_are_off(running: Running):
    running.slots(7)
    running.bench.write((0x10, 0), (0x11, 0))
    running.slots(100)

    assert running.level() == 14


def test_an_empty_fifo_shows_tag_0_and_tells(running: Running):
    running.slots(1)
    read = running.bench.words(3)

    assert (read[2], running.chip.misuse) == ("0" * 14, ["read past the end of the FIFO: tag 0"])


def test_a_tag_may_be_read_before_its_six_bytes(running: Running):
    running.slots(3)
    tag, data = running.bench.read(0x78), running.bench.read(0x79, 6)

    assert (tag[0] & 0xF8, len(data), running.level(), running.chip.misuse) == (8, 6, 5, [])


def test_half_a_word_is_told(running: Running):
    running.slots(3)
    running.bench.read(0x78, 10)
    running.bench.read(0x78, 7)

    assert running.chip.misuse == ["read a word of the FIFO in parts that do not fit together"]


@pytest.mark.parametrize("name", PARTS)
def test_the_watermark_raises_int1_when_its_last_word_comes(name: str):
    running = Running(name, watermark=24)
    due_s = running.chip.next_int1_s(running.bench.now_s)
    assert due_s is not None
    before, then = running.chip.int1(due_s - 1e-4), running.chip.int1(due_s)

    assert (before, then, running.chip.level) == (False, True, 24)


@pytest.mark.parametrize("name", PARTS)
def test_reading_below_the_watermark_lowers_int1_until_it_is_reached_again(name: str):
    running = Running(name, watermark=24)
    first_s = running.chip.next_int1_s(0.0) or 0.0
    running.bench.now_s = first_s
    raised = running.flags() & WATERMARK, running.chip.next_int1_s(first_s)
    running.bench.words(24)
    again_s = running.chip.next_int1_s(first_s) or 0.0

    assert raised == (WATERMARK, None)
    assert again_s - first_s == pytest.approx(12 / running.hz)


@pytest.mark.parametrize("name", PARTS)
def test_a_clock_of_whole_microseconds_finds_the_watermark_at_its_time(name: str):
    running = Running(name, watermark=24)
    due_s = running.chip.next_int1_s(0.0) or 0.0

    assert running.chip.int1(int(due_s * 1e6) / 1e6)


def test_asking_for_the_next_interrupt_changes_nothing():
    running, other = Running("LSM6DSOX", watermark=24), Running("LSM6DSOX", watermark=24)
    for _ in range(20):
        running.chip.next_int1_s(0.05)
    running.slots(12)
    other.slots(12)

    assert running.bench.words(24) == other.bench.words(24)
