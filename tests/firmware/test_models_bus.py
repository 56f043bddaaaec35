"""The modelled bus: what it brings, and the faults it makes on request."""

import errno

import pytest
from firmware.models.bench import Bench
from firmware.models.drv2605l import Drv2605l

NAME = 0x5A
STATUS, ODT = 0x00, 0x0D


@pytest.fixture
def bench() -> Bench:
    return Bench(Drv2605l(), NAME)


def error_of(bench: Bench) -> int | None:
    with pytest.raises(OSError, match=r"nothing answers|injected") as raised:
        bench.read(STATUS)
    return raised.value.errno


def test_a_part_that_is_there_answers(bench: Bench):
    buffer = bytearray(2)
    bench.bus.readfrom_mem_into(NAME, STATUS, buffer)

    assert buffer.hex() == "e040"


def test_what_was_written_can_be_read_into_a_slice(bench: Bench):
    buffer = bytearray(4)
    bench.bus.writeto_mem(NAME, ODT, b"\x11\x22")
    bench.bus.readfrom_mem_into(NAME, ODT, memoryview(buffer)[1:3])

    assert buffer.hex() == "00112200"


def test_a_scan_finds_what_is_plugged_in(bench: Bench):
    assert bench.bus.scan() == [NAME]


def test_nobody_answers_at_the_address_of_an_unplugged_part(bench: Bench):
    bench.bus.unplug(NAME)

    assert error_of(bench) == errno.ENODEV


def test_exactly_the_next_transfers_fail_on_request(bench: Bench):
    bench.bus.fail_next(2)
    errors = [error_of(bench), error_of(bench)]

    assert (errors, bench.read(STATUS)) == ([errno.EIO, errno.EIO], b"\xe0")


def test_a_stuck_bus_fails_until_it_is_recovered(bench: Bench):
    bench.bus.stuck = True
    errors = {error_of(bench) for _ in range(5)}
    bench.bus.recover()

    assert (errors, bench.read(STATUS)) == ({errno.EIO}, b"\xe0")


def test_polling_takes_bus_time_even_under_a_frozen_clock():
    times_s: list[float] = []

    class Watch(Drv2605l):
        def read(self, reg: int, n: int, now_s: float) -> bytes:
            times_s.append(now_s)
            return super().read(reg, n, now_s)

    bench = Bench(Watch(), NAME)
    bench.read(STATUS)
    bench.read(STATUS)

    # Two addresses, the register and one byte, of nine bits at 400 kHz.
    assert times_s == pytest.approx([0.0, 4 * 9 / 400e3])
