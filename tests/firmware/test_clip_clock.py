"""The whole clip's time: when samples were taken, and what happens as its counters wrap.

MicroPython's ``ticks_us`` and ``ticks_ms`` wrap at 2**30 on the board, after 18 min and 12 days.
The ticks in packets wrap at 2**32 tenths of a millisecond, after 119 h: there the clip's own
count is begun shortly before.  asyncio's own count of time is the rig's, not the board's.
"""

from collections.abc import Generator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import worn
from firmware.worlds import CHIPS, World, switched_on

from midback.clock import ClipClock
from midback.shared import wire
from midback.simulated.day_plan import Activity, plan_of
from midback.simulated.wearer import Wearer

WRAPS_AT_S = 30.0
PERIOD_US = 1 << 30
WRAPS = {
    "microseconds": PERIOD_US - round(WRAPS_AT_S * 1e6),
    "milliseconds": 1000 * PERIOD_US - round(WRAPS_AT_S * 1e6),
}
"""Where the board's clock stands when the clip comes on."""

_TICKS_WRAP = f"""
from clip_firmware.clock import Clock

begin = Clock.__init__

def begin_late(clock, time):
    begin(clock, time)
    clock._ticks_now = (1 << 32) - {round(WRAPS_AT_S * 1e4)}

Clock.__init__ = begin_late
"""


def sitting(folder: Path, ticks_us: int):
    wearer = Wearer(plan_of([(Activity.TYPING, 10)]), seed=1)
    return switched_on(folder, worn(wearer), ticks_us=ticks_us)


def begin(world: World) -> World:
    world.set_up()
    world.pair()
    assert world.start().result == wire.OK
    return world


@pytest.fixture(params=WRAPS.values(), ids=list(WRAPS))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[World]:
    """Streams from 6 s on; its counter wraps at 30 s."""
    with sitting(tmp_path, request.param) as world:
        yield begin(world)


@pytest.fixture
def late(tmp_path: Path) -> Generator[World]:
    """The same; the ticks that it tells wrap."""
    with sitting(tmp_path, 0) as world:
        world.run_before(_TICKS_WRAP)
        yield begin(world)


def steps_us(world: World) -> list[float]:
    """By how much each packet's stamp is off what period and count make of the one before."""
    packets = [packet for _, packet in world.packets()]
    return [
        100 * ((b.ticks - a.ticks) % wire.TICKS_MODULUS) - b.count * b.period_us
        for a, b in pairwise(packets)
    ]


def test_no_packet_is_missing_or_stamped_wrongly(world: World):
    world.clip.run_until(60)
    sequences = [packet.sequence for _, packet in world.packets()]

    assert sequences == list(range(len(sequences)))
    # A tick is 100 us, and the period told is rounded to 10 us.
    assert max(map(abs, steps_us(world))) <= 200


def stamps_off_s(world: World, from_s: float) -> list[float]:
    """By how much later the packets say that their last sample was taken than it was."""
    assert world.imu is not None
    timeline = world.imu.engine._timeline
    assert timeline is not None
    off_s: list[float] = []
    for at_s, packet in world.packets():
        stamp_s = packet.ticks * wire.TICK_S
        nearest = round((stamp_s - timeline.start_s) * world.imu.setup.hz)
        if at_s >= from_s:
            off_s.append(stamp_s - timeline.time_s(nearest))
    return off_s


@pytest.mark.parametrize("trim", [-40, 0, 77])
@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.NAME)
def test_samples_were_taken_when_their_stamps_say(
    tmp_path: Path, chip: type[Lsm6dsv16x] | type[Lsm6dsox], trim: int
):
    wearer = Wearer(plan_of([(Activity.TYPING, 10)]), seed=1)
    part = partial(chip.typical, trim=trim)
    with switched_on(tmp_path, worn(wearer), chip=part) as world:
        begin(world).clip.run_until(20)

    # The clock counts in 0.1 ms and cuts twice; the period is rounded to 1 us.
    assert max(map(abs, stamps_off_s(world, 0.0))) < 3e-4


def test_stamps_are_right_again_within_seconds_of_a_loss(tmp_path: Path):
    with sitting(tmp_path, 0) as world:
        begin(world).clip.run_until(20)
        assert world.imu is not None
        world.imu.overflow()
        world.clip.run_until(30)

    assert max(map(abs, stamps_off_s(world, 24.0))) < 3e-4


def test_the_clips_clock_goes_on(world: World):
    seen: list[float] = []
    for at_s in (20, 29, 31, 60):
        world.clip.run_until(at_s)
        seen.append(world.status().ticks * wire.TICK_S)

    # The status is made anew once a second.
    assert seen == pytest.approx([20, 29, 31, 60], abs=1.01)


def test_epochs_are_ten_seconds_long(world: World):
    world.clip.run_until(65)
    ticks = [record.ticks for record in world.log()]

    assert [after - before for before, after in pairwise(ticks)] == [100_000] * (len(ticks) - 1)
    assert len(ticks) >= 6


def test_a_pulse_across_the_wrap_is_as_long_as_ever(world: World):
    world.clip.run_until(WRAPS_AT_S - 0.3)
    world.command(wire.OP_BUZZ, wire.PATTERN_LONG, 2, 80)
    world.clip.run_for(3)

    assert world.felt(29.0) == [(600,), (600,)]


def test_a_lease_across_the_wrap_ends_when_it_should(world: World):
    world.clip.run_until(WRAPS_AT_S - 2)
    world.command(wire.OP_HEARTBEAT, 5)
    modes: list[int] = []
    for at_s in (29.9, 31.5, 34.5):
        world.clip.run_until(at_s)
        modes.append(world.status().mode)

    assert modes == [wire.MODE_LIVE, wire.MODE_LIVE, wire.MODE_ALONE]


def test_a_hold_of_the_button_across_the_wrap_is_three_seconds(world: World):
    world.clip.run_until(WRAPS_AT_S - 1.5)
    world.press(3.3)
    world.clip.run_for(4)
    begun_s = [at_s for at_s in world.buzzes() if at_s > 20]

    assert begun_s[0] == pytest.approx(WRAPS_AT_S - 1.5 + 3.0, abs=0.1)


def test_the_ticks_of_packets_wrap_without_a_gap(late: World):
    late.clip.run_until(60)
    ticks = [packet.ticks for _, packet in late.packets()]

    assert min(ticks) < 300_000
    assert max(ticks) > wire.TICKS_MODULUS - 300_000
    assert max(map(abs, steps_us(late))) <= 200


def test_across_the_wrap_of_its_ticks_the_host_places_packets_as_before(late: World):
    late.clip.run_until(60)
    clock = ClipClock()
    placed = [(at_s, clock.update(packet, at_s)) for at_s, packet in late.packets()]

    assert sum(place.lost_packets or place.duplicate for _, place in placed) == 0
    assert max(at_s - place.last_s for at_s, place in placed) < 0.3


def test_an_epoch_across_the_wrap_of_the_ticks_is_ten_seconds_long(late: World):
    late.clip.run_until(65)
    ticks = [record.ticks for record in late.log()]
    steps = [(after - before) % wire.TICKS_MODULUS for before, after in pairwise(ticks)]

    assert min(ticks) < max(ticks) - (1 << 31)
    assert steps == [100_000] * len(steps)
