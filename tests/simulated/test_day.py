"""A simulated day holds what it promises."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from bleak import BleakClient, BleakScanner

from midback.shared import wire
from midback.simulated import (
    Activity,
    DayPlan,
    Habits,
    Stretch,
    simulated_day,
    virtual_time,
    workday,
)

START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SEEDS = range(12)


def minutes_of(plan, activity):
    return sum(s.end_s - s.start_s for s in plan.stretches if s.activity is activity) / 60


@pytest.mark.parametrize("seed", SEEDS)
def test_a_workday_is_nine_hours_with_lunch_meetings_walks_and_one_loss_of_range(seed):
    plan = workday(seed)

    assert plan.duration_s == pytest.approx(9 * 3600, abs=1)
    assert 25 <= minutes_of(plan, Activity.OFF_BODY) <= 50
    assert 60 <= minutes_of(plan, Activity.MEETING) <= 100
    assert 10 <= minutes_of(plan, Activity.WALKING) <= 40
    assert minutes_of(plan, Activity.TYPING) >= 0.6 * 540
    ((start_s, end_s),) = plan.out_of_range
    assert 180 <= end_s - start_s <= 360


@pytest.mark.parametrize("seed", SEEDS)
def test_desk_workers_sit_for_most_of_the_day(seed):
    plan = workday(seed)
    seated = minutes_of(plan, Activity.TYPING) + minutes_of(plan, Activity.MEETING)

    # Nine tenths of a working day in the field (PubMed 39255720), lunch left out.
    assert 0.85 <= seated / (540 - minutes_of(plan, Activity.OFF_BODY)) <= 0.98


@pytest.mark.parametrize("minutes", [20.0, 60.0, 180.0])
def test_a_short_day_still_has_a_walk_a_gap_and_a_break(minutes):
    plan = workday(1, minutes)

    assert plan.duration_s == pytest.approx(60 * minutes, abs=1)
    assert minutes_of(plan, Activity.WALKING) >= 1
    assert minutes_of(plan, Activity.OFF_BODY) >= 2
    assert len(plan.out_of_range) == 1


@pytest.mark.parametrize("minutes", [0.5, 2.0, 5.0, 10.0, 239.9, 240.0, 700.0])
def test_any_length_is_planned_without_a_gap(minutes):
    plan = workday(3, minutes)

    assert plan.duration_s == pytest.approx(60 * minutes, abs=1)
    assert all(stretch.end_s > stretch.start_s for stretch in plan.stretches)


@pytest.mark.parametrize("seed", range(4))
def test_a_twenty_minute_day_has_slumps(seed):
    day = simulated_day(seed, START, 20)
    while day.wearer.now_s < day.duration_s:
        day.wearer.move(100, 0.02)
    slumped = day.truth.table()["slumped"]

    # Long enough to be seen, and not all the time.
    assert slumped.sum() >= 90
    assert slumped.mean() < 0.8


def test_a_day_of_no_length_is_refused():
    with pytest.raises(ValueError, match="is none"):
        workday(1, 0)


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        simulated_day(1, datetime(2026, 3, 2, 8, 30))  # noqa: DTZ001 (that is the point)


def test_a_plan_with_a_hole_is_refused():
    stretches = (Stretch(Activity.TYPING, 0, 60), Stretch(Activity.WALKING, 61, 90))
    with pytest.raises(ValueError, match="nothing is planned from 60 to 61 s"):
        DayPlan(stretches)


def test_the_days_own_clock_starts_when_the_clip_is_put_on():
    start = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=1)))
    day = simulated_day(1, start, 20)

    async def main():
        async with day.air:
            await asyncio.sleep(90)
            return day.now()

    assert virtual_time.run(main()) == datetime(2026, 3, 2, 7, 31, 30, tzinfo=UTC)


def test_the_wearer_can_be_given():
    day = simulated_day(1, START, 20, habits=Habits(slump_span_deg=-14.0))

    assert day.wearer.habits.slump_span_deg == -14.0


def followed(seed):
    """Payloads and arrival times of three minutes of a day."""
    day = simulated_day(seed, START, 20)
    seen = []

    async def main():
        loop = asyncio.get_running_loop()
        async with day.air as air:
            device = await BleakScanner.find_device_by_name("Midback", backend=air.scanner_type)
            assert device is not None
            async with BleakClient(device, backend=air.client_type) as client:
                await client.start_notify(
                    wire.STREAM_UUID, lambda _, data: seen.append((loop.time(), bytes(data)))
                )
                start = wire.encode_command(wire.OP_START, 1, wire.KIND_ORIENTATION, 4000, 5)
                await client.write_gatt_char(wire.CONTROL_UUID, start, response=True)
                await asyncio.sleep(180)

    virtual_time.run(main())
    return seen


def test_the_same_seed_is_the_same_day_to_the_last_byte_and_microsecond():
    assert followed(4) == followed(4)


def test_after_the_day_the_clip_lies_on_the_desk():
    day = simulated_day(2, START, 3)
    while day.wearer.now_s < day.duration_s + 60:
        day.wearer.move(100, 0.02)

    assert not day.wearer.wears_it
    assert not day.truth.table()["worn"][-50:].any()
