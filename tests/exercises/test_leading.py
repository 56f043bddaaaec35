"""A wearer is led over the simulated air: what by, what is kept, and that nothing buzzes."""

import asyncio
from contextlib import suppress
from datetime import UTC, timedelta
from itertools import pairwise

import pytest
from monitor.worlds import STARTED, World, clip_on, wearer

from midback.calibration import Pose
from midback.clip import Radio
from midback.errors import RecordingBusy
from midback.exercises.exercise import Exercise
from midback.leading import LATE_S, ClipUse, Room
from midback.link import Link
from midback.local_time import TURN_HOUR
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire
from midback.simulated import Activity, virtual_time
from midback.words import STILL, State
from midback_analysis.day import read_day

HOLD_S = 30.0
AN_HOUR = ((Activity.TYPING, 3600),)


class Leader:
    """Keeps what it is given, and is over when told so."""

    def __init__(self, wearer):
        self.wearer = wearer
        self.over = False
        self.packets: list[wire.StreamPacket] = []

    def receive(self, arrival_s, payload):
        assert arrival_s > 0.0
        self.packets.append(wire.decode_stream(payload))


class Led:
    """A room, and a monitor before and after it, on one clip."""

    def __init__(self, folder):
        self.folder = folder
        self.world = World(folder, clip_on(wearer(AN_HOUR)))
        air = self.world.air
        self.radio = Radio(air.scanner_type, air.client_type)
        self.room: Room | None = None

    @property
    def leader(self) -> Leader:
        assert self.room is not None
        assert isinstance(self.room.leads, Leader)
        return self.room.leads

    @property
    def buzzes(self):
        return self.world.clip.wearer.truth.buzzes

    @property
    def rest_s(self):
        """How long the clip still rests."""
        clip = self.world.clip
        return clip._program.judging.coach.snooze_s(round(1000 * clip.now_s))

    async def led(self, body):
        """Let *body* happen while the wearer is led, then end it."""
        self.room = room = Room(
            Exercise.CHECK,
            Leader,
            ClipUse(self.folder, UTC, radio=self.radio, wall=self.world.wall),
        )
        running = asyncio.create_task(room.run())
        await asyncio.wait([running], timeout=10.0)
        if not running.done():
            await body(self)
            self.leader.over = True
        await asyncio.wait_for(running, 30.0)

    async def watched(self, body):
        """Let *body* happen in an ordinary wearing."""
        monitor = self.world.monitor = Monitor(
            self.folder, radio=self.radio, listeners=[self.world.watcher], wall=self.world.wall
        )
        running = asyncio.create_task(monitor.run())
        await monitor.wait_until_streaming()
        await body(self.world)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    def run(self, *, first=None, body, then=None):
        async def main():
            async with self.world.air:
                if first is not None:
                    await self.watched(first)
                await self.led(body)
                if then is not None:
                    await self.watched(then)

        virtual_time.run(main())
        return self

    def day(self):
        with Store.open(self.folder, write=False) as store:
            return read_day(store, STARTED.date(), UTC, TURN_HOUR)


async def calibrated(world):
    await world.calibrated()


async def slump(led, seconds=HOLD_S + 120.0):
    await led.world.pose(Pose.SLUMP, seconds)


async def slump_out_of_reach(led):
    led.world.air.out_of_range()
    await slump(led, HOLD_S + 60.0)
    led.world.air.come_back()
    await asyncio.sleep(30.0)


def test_who_slumps_in_an_exercise_is_not_buzzed_and_not_slumped_in_the_day(folder):
    led = Led(folder).run(first=calibrated, body=slump)
    day = led.day()
    (check,) = day.exercises
    within = day.state[check.start_s : check.end_s]

    assert led.buzzes == []
    assert check.exercise == "movement check"
    assert set(within.tolist()) == {State.MOVING}
    assert check.end_s - check.start_s == pytest.approx(HOLD_S + 136.0, abs=6.0)
    assert not [event for event in day.events if event.kind == "slump_started"]


def test_the_rest_of_the_day_is_judged_as_ever(folder):
    async def slumped(world):
        await world.pose(Pose.SLUMP, HOLD_S + 30.0)

    led = Led(folder).run(first=calibrated, body=slump, then=slumped)
    day = led.day()
    (check,) = day.exercises

    assert len(led.buzzes) == 1
    assert State.SLUMPED in day.state[check.end_s :]
    # Between two sessions a second or two is cut in half.
    assert (day.state[check.start_s :] == State.NO_DATA).sum() <= 2


def test_the_clip_alone_does_not_buzz_in_an_exercise_either(folder):
    led = Led(folder).run(first=calibrated, body=slump_out_of_reach)
    day = led.day()

    assert led.buzzes == []
    assert day.slumps == ()
    assert not set(STILL) & set(day.state[day.exercises[0].start_s :].tolist())


def test_without_an_exercise_the_same_clip_would_have_buzzed(folder):
    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        await world.pose(Pose.SLUMP, HOLD_S + 30.0)

    led = Led(folder)

    async def main():
        async with led.world.air:
            await led.watched(body)

    virtual_time.run(main())

    assert len(led.buzzes) == 1


def test_the_clips_rest_ends_with_the_exercise(folder):
    rests = []

    async def body(led):
        await asyncio.sleep(200.0)
        rests.append(led.rest_s)

    led = Led(folder).run(first=calibrated, body=body)

    assert 120 <= rests[0] <= 240
    # A second begun counts whole, and the clip's clock lags.
    assert led.rest_s <= 1


def test_a_longer_rest_that_the_wearer_asked_for_outlasts_the_exercise(folder):
    async def snoozed(world):
        await world.calibrated()
        world.monitor.snooze(30)
        await asyncio.sleep(5.0)

    async def a_minute(_):
        await asyncio.sleep(60.0)

    led = Led(folder).run(first=snoozed, body=a_minute)

    assert led.rest_s == pytest.approx(1800 - 65, abs=30)


def test_what_was_lost_is_kept_but_too_late_to_lead_by(folder):
    async def body(led):
        await asyncio.sleep(20.0)
        led.world.air.out_of_range()
        await asyncio.sleep(25.0)
        assert led.room.link in (Link.LOST, Link.FINDING)
        led.world.air.come_back()
        await asyncio.sleep(30.0)

    led = Led(folder).run(body=body)
    ticks = [packet.ticks * wire.TICK_S for packet in led.leader.packets]
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        kept = [wire.decode_stream(payload).ticks for _, payload in store.packets(session)]
    longest_s = max(b - a for a, b in pairwise(ticks))

    assert 25.0 - LATE_S <= longest_s <= 40.0
    assert max(b - a for a, b in pairwise(kept)) * wire.TICK_S < 1.0


def test_who_is_led_is_known_by_their_clip_and_upright(folder):
    async def nothing(_):
        await asyncio.sleep(1.0)

    led = Led(folder).run(first=calibrated, body=nothing)
    who = led.leader.wearer

    assert who.clip_id == "000001"
    assert who.calibration is not None
    assert who.calibration.made_at - STARTED < timedelta(minutes=1)


def test_a_cue_is_felt(folder):
    async def body(led):
        # The clip rests meanwhile, and a cue is no nudge.
        led.room.buzz()
        await asyncio.sleep(2.0)

    led = Led(folder).run(first=calibrated, body=body)

    assert len(led.buzzes) == 1


def test_nobody_is_led_while_another_midback_has_the_clip(folder):
    async def nothing(_):
        await asyncio.sleep(1.0)

    led = Led(folder)

    async def main():
        async with led.world.air:
            other = asyncio.create_task(led.watched(lambda _: asyncio.sleep(60.0)))
            await asyncio.sleep(20.0)
            with pytest.raises(RecordingBusy, match="close it first"):
                await led.led(nothing)
            other.cancel()
            with suppress(asyncio.CancelledError):
                await other

    virtual_time.run(main())


def test_who_cancels_it_while_it_parts_from_the_clip_leaves_the_recording_to_others(
    folder, monkeypatch
):
    led = Led(folder)

    async def main():
        parting = asyncio.Event()

        async def parts():
            parting.set()
            await asyncio.sleep(1.0)

        async with led.world.air:
            led.room = room = Room(
                Exercise.CHECK,
                Leader,
                ClipUse(folder, UTC, radio=led.radio, wall=led.world.wall),
            )
            monkeypatch.setattr(room._monitor, "end_exercise", parts)
            running = asyncio.create_task(room.run())
            await asyncio.sleep(10.0)
            led.leader.over = True
            await parting.wait()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            with Store.open(folder, write=True) as store:
                return [each.closed for each in store.sessions()]

    assert virtual_time.run(main()) == [True]


def test_a_clip_that_still_greets_is_not_lost(folder):
    led, lost = Led(folder), []
    use = ClipUse(folder, UTC, radio=led.radio, wall=led.world.wall)

    async def main():
        async with led.world.air:
            room = Room(Exercise.CHECK, Leader, use)
            running = asyncio.create_task(room.run())
            for _ in range(200):
                await asyncio.sleep(0.05)
                lost.append(room.lost)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            return room.leads

    assert virtual_time.run(main()) is not None
    assert not any(lost)
