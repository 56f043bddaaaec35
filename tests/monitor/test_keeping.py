"""What is kept of a wearing, and what the wearer hears when it cannot be."""

import asyncio
from contextlib import suppress

import pytest
from monitor.worlds import STARTED, World, clip_on, live, living, stored, wearer

from midback.calibration import Pose
from midback.errors import RecordingBusy, RecordingError
from midback.recording import Store
from midback.recording.folder import DATABASE
from midback.shared import wire
from midback.simulated import virtual_time
from midback.words import State


async def a_while(world):
    await asyncio.sleep(30.0)
    return world


def fill_the_disk(world):
    """From now on the file cannot grow, as on a full disk."""
    connection = world.monitor._store._database.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def free_the_disk(world):
    world.monitor._store._database.connection.execute("PRAGMA max_page_count = 1000000")


def test_every_packet_is_kept_as_it_came(folder):
    world = live(World(folder), a_while)
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        kept = [wire.decode_stream(payload) for _, payload in store.packets(session)]

    assert sum(packet.count for packet in kept) == len(world.watcher.seen)
    assert [p.sequence for p in kept] == list(
        range(kept[0].sequence, kept[0].sequence + len(kept))
    )


def test_a_session_knows_its_clip_and_when_it_began(folder):
    world = live(World(folder), a_while)
    session, _ = stored(folder)

    assert session.clip_id == "000001"
    assert session.clip_facts["model"] == "Midback simulated clip"
    assert session.clip_facts["buzzing"] == "normal"
    assert (session.started - STARTED).total_seconds() == pytest.approx(world.air_s(0.0), abs=0.1)
    assert session.duration_s == pytest.approx(30.0, abs=2.0)
    assert session.closed


def test_a_raw_stream_can_be_asked_for(folder):
    live(World(folder, kind=wire.KIND_RAW), a_while)
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        kinds = {wire.decode_stream(payload).kind for _, payload in store.packets(session)}

    assert kinds == {wire.KIND_RAW}


def test_a_second_monitor_on_the_same_folder_is_turned_away(folder):
    async def both(world):
        other = World(folder, clip_on(wearer(), 2))
        with pytest.raises(RecordingBusy, match=r"records"):
            await living(other, a_while)
        return world.watcher.latest.link

    assert live(World(folder), both) == "linked"


def test_a_full_disk_reaches_the_wearer_as_a_notice_and_the_view_goes_on(folder):
    async def body(world):
        await world.calibrated()
        fill_the_disk(world)
        await asyncio.sleep(90.0)
        return world.watcher.latest

    world = World(folder)
    with pytest.raises(RecordingError, match="was not saved: The disk is full"):
        live(world, body)
    now = world.watcher.latest

    assert now.state is State.UPRIGHT
    assert now.flexion_deg is not None
    assert any("The disk is full: free some space." in notice for notice in world.watcher.notices)


def test_the_notice_of_a_full_disk_stays_without_chattering(folder):
    async def body(world):
        fill_the_disk(world)
        await asyncio.sleep(150.0)

    world = World(folder)
    with suppress(RecordingError):
        live(world, body)
    told = [now.notice for now in world.watcher.nows if now.time_s > 60.0]

    # Repeated once a minute with the news, and never gone in between.
    assert None not in told
    assert 2 <= len(set(told)) <= 4


def test_a_slump_is_buzzed_on_a_full_disk_as_ever(folder):
    async def body(world):
        await world.calibrated()
        fill_the_disk(world)
        await world.pose(Pose.SLUMP, 32.0)
        return len(world.clip.wearer.truth.buzzes)

    world = World(folder)
    with suppress(RecordingError):
        live(world, body)

    assert len(world.clip.wearer.truth.buzzes) == 1


def test_once_there_is_space_again_nothing_is_missing_and_the_wearer_hears(folder):
    async def body(world):
        await asyncio.sleep(20.0)
        fill_the_disk(world)
        await asyncio.sleep(60.0)
        free_the_disk(world)
        await asyncio.sleep(10.0)

    world = World(folder)
    live(world, body)
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        kept = sum(wire.decode_stream(payload).count for _, payload in store.packets(session))

    assert world.watcher.notices[-1] == "The recording goes on."
    assert kept == len(world.watcher.seen)


def test_a_calibration_that_cannot_be_kept_is_said_and_not_judged_by(folder):
    async def body(world):
        await world.pose(Pose.TALL)
        world.monitor._store._database.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(RecordingError, match="cannot be written"):
            await world.monitor.calibrate()
        world.monitor._store._database.connection.execute("PRAGMA query_only = OFF")
        return world.watcher.notices, world.watcher.state

    notices, state = live(World(folder), body)

    assert any("cannot be written" in notice for notice in notices)
    assert state is State.NEW


def test_a_damaged_recording_is_set_aside_and_the_wearer_is_told(folder):
    live(World(folder), a_while)
    file = folder / DATABASE
    file.write_bytes(b"this is no database at all" * 1000)

    world = live(World(folder), a_while)

    assert world.watcher.notices[0].startswith("The recording was damaged")
    assert len(list(folder.glob(f"{DATABASE}*"))) >= 2
    assert stored(folder)[0].closed


def test_a_wearing_that_ends_with_an_error_is_closed_all_the_same(folder):
    async def main():
        world = World(folder)
        async with world.air:
            running = asyncio.create_task(world.monitor.run())
            await world.monitor.wait_until_streaming()
            await asyncio.sleep(10.0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    virtual_time.run(main())

    assert stored(folder)[0].closed
