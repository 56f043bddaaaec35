"""A whole check over the simulated clip and its air, in virtual time."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from midback.clip import Radio
from midback.exercises.check import Check, Kept
from midback.exercises.items import Hold
from midback.exercises.view import Phase, View
from midback.monitor import Monitor
from midback.received import Received
from midback.shared import wire
from midback.simulated import simulated_day, virtual_time
from midback.simulated.exerciser import HEALTHY, STIFF, Exerciser, Ranges

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)


def led(ranges: Ranges, seed: int = 3) -> Check:
    """The check of a simulated wearer with these ranges."""
    day = simulated_day(seed, STARTED, 40.0)
    who = Exerciser(day.wearer, ranges, seed)
    check = Check(Kept(STARTED, "clip-1"))
    over = asyncio.Event()
    cues = -1

    def do(view: View) -> None:
        now_s, item = day.air.now_s, view.item
        if isinstance(item, Hold) and view.phase is Phase.HOLD:
            who.hold(item.seconds, now_s)
        elif item is not None and view.way is not None and view.phase is Phase.GO:
            who.go(item.id, view.way.name, now_s)
        elif item is not None and view.phase is Phase.BACK:
            who.come_back(item.id, now_s)
        else:
            who.sit_tall(now_s)

    def follow(received: Received) -> None:
        nonlocal cues
        check.receive(received.arrival_s, received.payload)
        if check.view.cues != cues:
            cues = check.view.cues
            do(check.view)
        if check.over:
            over.set()

    air = day.air
    radio = Radio(air.scanner_type, air.client_type, air.adapter_type)
    monitor = Monitor(None, radio=radio, wall=day.now, kind=wire.KIND_RAW, follower=follow)

    async def main() -> None:
        async with air:
            wearing = asyncio.create_task(monitor.run())
            await asyncio.wait_for(over.wait(), 2000.0)
            wearing.cancel()
            with suppress(asyncio.CancelledError):
                await wearing

    virtual_time.run(main())
    return check


@pytest.mark.parametrize("ranges", [HEALTHY, STIFF], ids=["healthy", "stiff"])
def test_the_check_says_what_is_true_of_whoever_does_it(ranges: Ranges):
    check = led(ranges)
    found = check.results()

    assert check.over
    assert found.sides("rotation") == pytest.approx(ranges.turn, abs=3.0)
    assert found.sides("side_bend") == pytest.approx(ranges.side, abs=2.0)
    assert found.degrees("tall_slump") == pytest.approx(ranges.slump, abs=2.0)
    assert found.degrees("arm_raise") == pytest.approx(ranges.arms_up, abs=2.0)
    assert found.degrees("chair_extension") == pytest.approx(ranges.chair, abs=2.0)
    assert found.finding is not None
    assert found.endurance is not None
    assert found.finding.constant_deg == pytest.approx(ranges.finds_to, abs=1.0)
    # They sink fastest in the middle of the minute.
    assert found.endurance.slope_deg_per_min == pytest.approx(ranges.sinks_per_min, abs=2.0)
