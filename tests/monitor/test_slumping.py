"""From a slump to a buzz, on the clip and in the store."""

import asyncio

import numpy as np
import pytest
from monitor.worlds import World, clip_on, live, stored, wearer

from midback.calibration import Pose
from midback.nudge_settings import NudgeSettings
from midback.recording import Store
from midback.reprocess import reprocess
from midback.shared import wire
from midback.simulated import Activity, Habits
from midback.words import State

HOLD_S = 30.0
WITHIN_S = 1.5
"""A packet, a connection interval, a command and its way: together below a second or so."""


async def slumped(world):
    """Calibrated, then in a slump for two seconds longer than the hold."""
    await world.calibrated()
    await world.pose(Pose.SLUMP, HOLD_S + 2.0)
    return world


def test_a_slump_held_for_thirty_seconds_buzzes_the_clip(folder):
    world = live(World(folder), slumped)
    (started,) = world.watcher.of("slump_started")
    (buzz,) = world.watcher.of("buzz")
    (felt,) = world.clip.wearer.truth.buzzes

    assert buzz[3] == "nudge"
    assert buzz[0] == pytest.approx(started[0], abs=0.5)
    assert felt.time_s == pytest.approx(world.air_s(started[0]), abs=WITHIN_S)


def test_the_wearer_is_told_the_state_of_the_moment_all_along(folder):
    world = live(World(folder), slumped)
    states = [now.state for now in world.watcher.nows]
    order = [state for k, state in enumerate(states) if k == 0 or state is not states[k - 1]]

    assert [s for s in order if s not in (State.MOVING, State.NO_DATA, State.DOUBTFUL)] == [
        State.NEW,
        State.UPRIGHT,
        State.LEANING,
        State.SLUMPED,
    ]


def test_a_slump_and_its_buzz_are_in_the_store(folder):
    live(World(folder), slumped)
    _, events = stored(folder)

    assert [event.kind for event in events] == [
        "calibration",
        "slump_started",
        "buzz",
        "slump_ended",
    ]
    # The wearer's span of 20 degrees, as they vary it, beyond a line of 10.
    assert events[1].value == pytest.approx(20.0, abs=4.0)
    assert events[2].detail == "nudge"


def test_a_shorter_lean_gets_no_buzz(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.SLUMP, HOLD_S - 12.0)
        await world.pose(Pose.TALL, 5.0)

    world = World(folder)
    live(world, body)

    assert world.watcher.kinds == ["calibration"]
    assert world.clip.wearer.truth.buzzes == []


def test_sitting_up_ends_the_slump(folder):
    async def body(world):
        await slumped(world)
        await world.pose(Pose.TALL, 5.0)
        return world.watcher.state

    world = World(folder)

    assert live(world, body) is State.UPRIGHT
    assert world.watcher.of("slump_ended")[0][3] == "sat up"


def test_another_hold_time_is_obeyed_and_kept_with_the_session(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.SLUMP, 12.0)

    world = World(folder, nudges=NudgeSettings(hold_s=10.0))
    live(world, body)
    session, _ = stored(folder)

    assert world.watcher.kinds[:2] == ["calibration", "slump_started"]
    assert session.clip_facts["hold_s"] == "10"


def test_without_a_calibration_nobody_is_judged(folder):
    async def body(world):
        await world.pose(Pose.SLUMP, HOLD_S + 5.0)
        return world.watcher.state

    world = World(folder)

    assert live(world, body) is State.NEW
    assert world.watcher.events == []
    assert np.isnan([e.flexion_deg for e in world.watcher.seen]).all()


def test_without_a_folder_everything_works_and_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = live(World(None), slumped)

    assert "buzz" in world.watcher.kinds
    assert list(tmp_path.iterdir()) == []


def test_a_snooze_silences_buzzes_but_not_the_record(folder):
    async def body(world):
        await world.calibrated()
        world.monitor.snooze(15)
        await world.pose(Pose.SLUMP, HOLD_S + 2.0)
        return world.watcher.latest

    world = World(folder)
    now = live(world, body)

    assert world.watcher.kinds[:3] == ["calibration", "snooze", "slump_started"]
    assert world.watcher.of("snooze")[0][2] == 900.0
    assert world.clip.wearer.truth.buzzes == []
    assert (now.snoozed_until - now.wall).total_seconds() == pytest.approx(
        900.0 - HOLD_S - 8.0, abs=2.0
    )


def test_the_end_of_a_snooze_brings_the_buzz_that_was_due(folder):
    async def body(world):
        await world.calibrated()
        world.monitor.snooze(15)
        await world.pose(Pose.SLUMP, HOLD_S + 2.0)
        world.monitor.snooze(0)
        await asyncio.sleep(WITHIN_S)
        return world.watcher.latest

    world = World(folder)

    assert live(world, body).snoozed_until is None
    assert len(world.clip.wearer.truth.buzzes) == 1


def test_a_test_buzz_reaches_the_clip_and_is_no_event(folder):
    async def body(world):
        world.monitor.buzz(wire.PATTERN_LONG)
        await asyncio.sleep(WITHIN_S)

    world = World(folder)
    live(world, body)

    assert len(world.clip.wearer.truth.buzzes) == 1
    assert world.watcher.events == []


def test_a_buzz_that_the_clip_refuses_is_said_and_the_stream_goes_on(folder):
    async def body(world):
        world.monitor.buzz(wire.PATTERN_LONG)
        world.monitor.buzz(wire.PATTERN_LONG)
        await asyncio.sleep(WITHIN_S)
        return world.watcher.latest

    now = live(World(folder), body)

    assert now.notice == "The clip is busy: try again in a few seconds."
    assert now.link == "linked"


def close_in_a_slump(folder, quiet_s):
    async def body(world):
        await slumped(world)
        if quiet_s:
            world.air.out_of_range()
            await asyncio.sleep(quiet_s)
        return world.session_s()

    return live(World(folder), body), stored(folder)


def test_closing_in_the_middle_of_a_slump_ends_it_there(folder):
    now_s, (session, events) = close_in_a_slump(folder, 0.0)

    assert (events[-1].kind, events[-1].detail) == ("slump_ended", "end")
    assert events[-1].time_s == pytest.approx(now_s, abs=0.5)
    assert session.closed


def test_a_slump_is_not_prolonged_by_the_silence_before_the_end(folder):
    now_s, (_, events) = close_in_a_slump(folder, 60.0)
    ended = [event for event in events if event.kind == "slump_ended"]

    assert [event.detail for event in ended] == ["end"]
    # One second of silence is still taken for the state before it.
    assert ended[0].time_s == pytest.approx(now_s - 60.0 + 1.0, abs=1.0)


def test_a_new_calibration_in_the_middle_of_a_slump_ends_it(folder):
    async def body(world):
        await slumped(world)
        await world.calibrate()
        await asyncio.sleep(2.0)
        return world.watcher.state

    world = World(folder)

    assert live(world, body) is State.UPRIGHT
    slump = [kind for kind in world.watcher.kinds if kind not in ("asked", "answered")]
    assert slump[1:6] == [
        "slump_started",
        "buzz",
        "upright_questioned",
        "slump_ended",
        "calibration",
    ]


RESTLESS = Habits(
    slump_span_deg=20.0,
    slump_onset_s=(20.0, 40.0),
    slump_creep_s=(20.0, 30.0),
    slump_stay_s=80.0,
    answer_rate=0.8,
)


@pytest.fixture(scope="module", params=[wire.KIND_ORIENTATION, wire.KIND_RAW])
def busy_wearing(request, tmp_path_factory):
    """Twelve minutes of everything: slumps, walks, a lost link, a second calibration."""

    async def body(world):
        await world.calibrated()
        world.clip.wearer.ask("free", world.air.now_s)
        await asyncio.sleep(200.0)
        world.air.out_of_range()
        # Longer than the clip's memory reaches.
        await asyncio.sleep(120.0)
        world.air.come_back()
        await asyncio.sleep(200.0)
        await world.pose(Pose.TALL)
        await world.monitor.calibrate()
        world.clip.wearer.ask("free", world.air.now_s)
        await asyncio.sleep(200.0)

    folder = tmp_path_factory.mktemp("busy")
    parts = [(Activity.TYPING, 4), (Activity.WALKING, 1), (Activity.TYPING, 20)]
    world = World(folder, clip_on(wearer(parts, RESTLESS)), kind=request.param)
    live(world, body)
    return folder


@pytest.fixture
def again(busy_wearing):
    """The stored session, its events, its seconds, and what reprocessing its packets says."""
    with Store.open(busy_wearing, write=False) as store:
        (session,) = store.sessions()
        events = store.events(session)
        calibrations = [
            (event.time_s, store.calibration(event.detail))
            for event in events
            if event.kind == "calibration"
        ]
        judged = reprocess(store.packet_blocks(session), calibrations)
        return events, store.seconds(session), judged


def test_the_seconds_stored_live_are_those_of_the_packets_reprocessed(again):
    _, live_seconds, judged = again
    count = len(judged.seconds)

    assert count > 600
    assert set(live_seconds["state"].tolist()) >= {
        State.NO_DATA,
        State.UPRIGHT,
        State.LEANING,
        State.SLUMPED,
        State.MOVING,
        State.NEW,
    }
    # The link stays silent from the last packet on.
    assert (live_seconds["samples"][count:] == 0).all()
    for name in ("state", "samples"):
        np.testing.assert_array_equal(live_seconds[name][:count], judged.seconds[name])
    for name in ("flexion_cdeg", "lateral_cdeg"):
        # The two round the same angles in another order of operations.
        np.testing.assert_allclose(live_seconds[name][:count], judged.seconds[name], atol=1)


def test_the_slumps_told_live_are_those_of_the_packets_reprocessed(again):
    events, _, judged = again
    told = [e for e in events if e.kind.startswith("slump") and e.detail != "end"]
    expected = judged.changes

    assert len(expected) >= 2
    assert [(e.kind, e.detail) for e in told] == [(c.kind, c.detail) for c in expected]
    assert [e.time_s for e in told] == pytest.approx([c.time_s for c in expected], abs=1e-5)
