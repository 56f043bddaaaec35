"""Links that end and come back, clips that are taken off, batteries that run down."""

import asyncio
from datetime import timedelta

import numpy as np
import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from clip.backends import BenchClip
from clip.backends import radio as bench_radio
from monitor.worlds import CALM, STARTED, World, clip_on, live, stored, wearer

from midback.calibration import Pose
from midback.clip import Radio
from midback.errors import BluetoothUnavailable, ClipIncompatible, ClipNotFound
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire
from midback.simulated import Activity, Air, Habits, virtual_time
from midback.simulated.clip import Notification
from midback.words import State

SUPERVISION_S = 4.0
"""Silence after which the simulated radio gives a link up."""

CAUGHT_UP_S = 30.0
"""300 packets at 20 a second, while five more a second come in."""

LONGEST_PAUSE_S = 36.0
"""Half a minute, and a fifth more by chance."""

RAM_S = 75.0
"""What the clip keeps, in seconds of its usual stream."""

FOUND_AGAIN_S = 10.0
"""A second's pause, an advertisement, a connection, and the first packet."""

OFF_BODY_S = 75.0
"""A minute without breathing, after the second or two of laying it down."""


async def away_for(world, seconds):
    world.air.out_of_range()
    await asyncio.sleep(seconds)
    world.air.come_back()
    await asyncio.sleep(FOUND_AGAIN_S)


def test_after_a_second_of_silence_nothing_is_known_any_more(folder):
    async def body(world):
        await world.calibrated()
        before = world.watcher.latest
        world.air.out_of_range()
        await asyncio.sleep(2.0)
        return before, world.watcher.latest

    before, after = live(World(folder), body)

    assert (before.state, after.state) == (State.UPRIGHT, State.NO_DATA)
    assert before.flexion_deg == pytest.approx(0.0, abs=2.0)
    assert after.flexion_deg is None
    assert after.last_deg == pytest.approx(before.flexion_deg, abs=2.0)


def test_half_a_second_of_silence_changes_nothing(folder):
    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        await asyncio.sleep(0.5)
        world.air.come_back()
        await asyncio.sleep(3.0)

    world = World(folder)
    live(world, body)
    # Before the calibration there is a moment of finding the clip, and of no calibration.
    calibrated_s = world.watcher.of("calibration")[0][0]
    states = {now.state for now in world.watcher.nows if now.time_s > calibrated_s + 0.3}

    assert states == {State.UPRIGHT}


def test_a_lost_link_and_its_return_are_told_in_the_same_session(folder):
    async def body(world):
        await world.calibrated()
        await away_for(world, 30.0)
        return world.watcher.latest

    now = live(World(folder), body)
    _, events = stored(folder)
    lost, back = events[1:]

    assert [event.kind for event in events] == ["calibration", "link_lost", "link_back"]
    assert "the connection to the clip" in lost.detail
    assert back.time_s - lost.time_s == pytest.approx(30.0 - SUPERVISION_S, abs=FOUND_AGAIN_S)
    assert (now.link, now.state) == ("linked", State.UPRIGHT)


@pytest.mark.parametrize("gone_for_s", [50.0, 600.0])
def test_what_the_clip_recorded_alone_lies_where_it_was(folder, gone_for_s):
    async def body(world):
        await world.calibrated()
        world.clip.wearer.ask("free", world.air.now_s)
        await away_for(world, gone_for_s)
        await asyncio.sleep(CAUGHT_UP_S + 60.0)

    world = World(folder)
    live(world, body)
    with Store.open(folder, write=False) as store:
        (kept,) = store.epochs(STARTED, STARTED + timedelta(hours=1))
    uptime_s = world.clip.traits.uptime_s
    truth_s = kept.records["ticks"] * wire.TICK_S - uptime_s + STARTED.timestamp()

    assert len(truth_s) > gone_for_s / 10
    assert np.abs(kept.end_s - truth_s).max() < 0.1


def test_while_the_link_is_lost_the_view_says_what_is_being_done(folder):
    async def body(world):
        world.air.out_of_range()
        await asyncio.sleep(20.0)
        return world.watcher.latest.link

    assert live(World(folder), body) == "looking for the clip"


def silent_after(folder, gone_for_s):
    """The seconds of the store without a sample, and when the clip was carried away."""

    async def body(world):
        await world.calibrated()
        gone_s = world.session_s()
        await away_for(world, gone_for_s)
        await asyncio.sleep(LONGEST_PAUSE_S + CAUGHT_UP_S)
        return gone_s

    gone_s = live(World(folder), body)
    with Store.open(folder, write=False) as store:
        seconds = store.seconds(store.sessions()[0])
    inside = slice(round(gone_s) - 5, round(gone_s + gone_for_s) + 5)
    assert (seconds["state"][seconds["samples"] == 0] == State.NO_DATA).all()
    return np.flatnonzero(seconds["samples"][inside] == 0) + inside.start, gone_s


@pytest.mark.parametrize("gone_for_s", [0.5, 6.0, 30.0, 60.0])
def test_a_loss_of_up_to_a_minute_leaves_no_gap_in_the_store(folder, gone_for_s):
    silent, _ = silent_after(folder, gone_for_s)

    assert list(silent) == []


def test_a_longer_loss_leaves_the_gap_that_the_clips_memory_does_not_reach(folder):
    silent, gone_s = silent_after(folder, 180.0)

    assert silent[0] == pytest.approx(gone_s, abs=2.0)
    # After minutes nobody hurries: it may take a pause until the clip is looked for.
    assert 180.0 - RAM_S - 2.0 <= len(silent) <= 180.0 - RAM_S + FOUND_AGAIN_S + LONGEST_PAUSE_S


def test_a_link_that_keeps_breaking_is_waited_for_longer_and_longer(folder):
    async def body(world):
        for clip in world.air.clips:
            clip.write = refuse_to_start
        world.air.out_of_range()
        await asyncio.sleep(SUPERVISION_S + 1.0)
        world.air.come_back()
        await asyncio.sleep(400.0)

    def refuse_to_start(payload, time_s):
        if payload[1] == wire.OP_START:
            tries_s.append(time_s)
        reply = wire.encode_reply(payload[1], payload[2], wire.BAD_ARGUMENT)
        return [Notification(wire.CONTROL_UUID, reply)]

    tries_s = []
    live(World(folder), body)

    assert len(tries_s) > 3
    assert tries_s[-1] - tries_s[-2] > 2 * (tries_s[1] - tries_s[0])


def test_another_persons_clip_is_not_taken_for_the_one_that_was_lost(folder):
    mine = clip_on(wearer(), 1)
    theirs = clip_on(wearer(seed=2), 2)

    class Apart(Air):
        """The first clip can be carried away alone."""

        gone = False

        def reaches(self, clip):
            return super().reaches(clip) and not (self.gone and clip is mine)

    air = Apart([mine, theirs], seed=1)

    async def carried_away(world):
        await asyncio.sleep(3.0)
        air.gone = True
        await asyncio.sleep(60.0)
        meanwhile = world.watcher.latest.link
        air.gone = False
        await asyncio.sleep(45.0)
        return meanwhile, world.watcher.latest.link

    meanwhile, after = live(World(folder, mine, air=air), carried_away)
    session, events = stored(folder)

    assert (meanwhile, after) == ("looking for the clip", "linked")
    assert session.clip_id == "000001"
    assert [event.kind for event in events] == ["link_lost", "link_back"]


def test_a_clip_that_restarts_is_followed_into_its_new_life(folder):
    async def body(world):
        await world.calibrated()
        world.clip.restart(world.air.now_s)
        await asyncio.sleep(30.0)
        return world.watcher.state

    world = World(folder)

    assert live(world, body) is State.UPRIGHT
    assert "reboot" in world.watcher.kinds
    assert world.watcher.kinds.count("link_back") == 1


def test_a_buzz_that_was_due_before_the_link_was_lost_does_not_come_out_of_the_blue(folder):
    async def body(world):
        world.air.out_of_range()
        world.monitor.buzz()
        await asyncio.sleep(10.0)
        world.monitor.buzz()
        await asyncio.sleep(1.0)
        said = world.watcher.latest.notice
        world.air.come_back()
        await asyncio.sleep(40.0)
        return said, world.watcher.latest.link

    world = World(folder)
    said, link = live(world, body)

    assert said == "No buzz: the clip is not linked."
    assert link == "linked"
    assert world.clip.wearer.truth.buzzes == []


TAKEN_OFF = [(Activity.TYPING, 1.0), (Activity.OFF_BODY, 30.0)]


def taken_off(folder, then):
    """Calibrated, then laid on the desk until the clip has noticed, then *then*."""

    async def body(world):
        await world.calibrated()
        world.clip.wearer.ask("free", world.air.now_s)
        await asyncio.sleep(60.0 - world.air.now_s + OFF_BODY_S)
        return await then(world)

    world = World(folder, clip_on(wearer(TAKEN_OFF)))
    return world, live(world, body)


async def state_now(world):
    return world.watcher.state


def test_a_clip_that_was_taken_off_is_not_worn(folder):
    world, state = taken_off(folder, state_now)

    assert state is State.AWAY
    assert world.watcher.latest.flexion_deg is None


def test_a_clip_that_was_taken_off_and_then_fell_silent_is_still_not_worn(folder):
    async def silent(world):
        world.air.out_of_range()
        await asyncio.sleep(120.0)
        return world.watcher.state, round(world.session_s())

    _, (state, ended_s) = taken_off(folder, silent)
    with Store.open(folder, write=False) as store:
        seconds = store.seconds(store.sessions()[0])

    assert state is State.AWAY
    assert (seconds["state"][ended_s - 110 : ended_s - 1] == State.AWAY).all()
    assert (seconds["samples"][ended_s - 110 : ended_s - 1] == 0).all()


async def two_minutes(world):
    await asyncio.sleep(120.0)
    return [now.battery_percent for now in world.watcher.nows]


def test_a_low_battery_is_told_once(folder):
    # A battery for an hour loses a percent every 36 s.
    clip = clip_on(wearer(), battery_percent=17.0, battery_hours=1.0)
    world = World(folder, clip)
    percents = live(world, two_minutes)
    (told,) = world.watcher.of("battery")

    assert percents[-1] < told[2] == 15.0
    assert "The clip's battery is at 15 %: charge it soon." in world.watcher.notices


def test_the_battery_is_shown_as_it_runs_down(folder):
    percents = live(World(folder, clip_on(wearer(), battery_hours=1.0)), two_minutes)

    assert percents[0] in (95, 96)
    assert percents[-1] < percents[0]
    assert percents == sorted(percents, reverse=True)


class Adapter:
    """A computer's Bluetooth, which somebody can switch off."""

    def __init__(self, air):
        self.on = True
        start = air.scanner_type.start

        async def start_if_on(scanner):
            if not self.on:
                off = BleakBluetoothNotAvailableReason.POWERED_OFF
                raise BleakBluetoothNotAvailableError("off", off)
            await start(scanner)

        scanner_type = type("Scanner", (air.scanner_type,), {"start": start_if_on})
        self.radio = Radio(scanner_type, air.client_type)


def test_bluetooth_that_is_off_at_the_start_ends_it_with_what_to_do(folder):
    air = Air([clip_on(wearer())])
    adapter = Adapter(air)
    adapter.on = False

    with pytest.raises(BluetoothUnavailable, match="switch it on"):
        live(World(folder, air.clips[0], air=air, radio=adapter.radio), state_now)


def test_bluetooth_that_is_switched_off_for_a_while_is_said_and_waited_for(folder):
    air = Air([clip_on(wearer(habits=CALM))], seed=1)
    adapter = Adapter(air)

    async def body(world):
        adapter.on = False
        world.air.out_of_range()
        await asyncio.sleep(30.0)
        world.air.come_back()
        adapter.on = True
        await asyncio.sleep(60.0)
        return world.watcher.latest.link

    world = World(folder, air.clips[0], air=air, radio=adapter.radio)

    assert live(world, body) == "linked"
    assert "Bluetooth is switched off: switch it on." in world.watcher.notices


def test_no_clip_at_the_start_is_an_error_within_the_time_limit(folder):
    async def took_s():
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        with pytest.raises(ClipNotFound):
            await Monitor(folder, radio=bench_radio()).run()
        return loop.time() - before_s

    assert virtual_time.run(took_s()) == pytest.approx(10.0, abs=0.5)


def test_a_clip_of_another_protocol_is_refused_and_leaves_no_session(folder):
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = b"\x09" + clip.values[wire.STATUS_UUID][1:]

    with pytest.raises(ClipIncompatible, match="update the Midback on this computer"):
        virtual_time.run(Monitor(folder, radio=bench_radio(clip)).run())
    with Store.open(folder, write=False) as store:
        assert store.sessions() == []


def test_a_clip_that_stops_answering_is_a_lost_link(folder):
    clip = BenchClip()

    async def main():
        world = World(folder, radio=bench_radio(clip))
        running = asyncio.create_task(world.monitor.run())
        await asyncio.sleep(5.0)
        clip.answer = lambda _: None
        await asyncio.sleep(10.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtual_time.run(main())
    _, events = stored(folder)

    assert events[0].kind == "link_lost"
    assert "nothing came from the clip for 5 s" in events[0].detail


def test_a_view_that_fails_ends_the_wearing_rather_than_the_record_in_silence(folder):
    class Broken(RuntimeError):
        pass

    async def body(world):
        def fail(_):
            raise Broken

        world.watcher.now = fail
        world.air.out_of_range()
        await asyncio.sleep(60.0)

    with pytest.raises(ExceptionGroup) as caught:
        live(World(folder), body)
    assert caught.group_contains(Broken)


def test_the_same_seed_gives_the_same_wearing(tmp_path):
    async def body(world):
        await world.calibrated()
        world.clip.wearer.ask("free", world.air.now_s)
        await asyncio.sleep(120.0)

    def wearing(name):
        world = World(tmp_path / name, clip_on(wearer(habits=Habits(answer_rate=0.5))))
        live(world, body)
        return world.watcher.events, world.watcher.seen

    assert wearing("one") == wearing("two")


def test_the_pose_while_the_link_was_lost_is_what_the_clip_measured_then(folder):
    async def body(world):
        await world.calibrated()
        world.air.out_of_range()
        gone_s = world.session_s()
        await world.pose(Pose.SLUMP, 10.0)
        await world.pose(Pose.TALL)
        world.air.come_back()
        await asyncio.sleep(FOUND_AGAIN_S + CAUGHT_UP_S)
        return gone_s

    world = World(folder)
    gone_s = live(world, body)
    meanwhile = [e.flexion_deg for e in world.watcher.seen if 8.0 < e.time_s - gone_s < 14.0]

    assert len(meanwhile) == pytest.approx(150, abs=5)
    assert min(meanwhile) > 15.0
    times_s = [e.time_s for e in world.watcher.seen]
    assert times_s == sorted(times_s)
