"""``midback.monitor`` and the real firmware together: a wearing from end to end.

One wearing takes place for each backend, with a computer that pairs by itself as macOS and Linux
do; the tests look at what it brought.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from firmware.rig.fixtures import KINDS
from firmware.rooms import BETWEEN_PULSES_S, LONGEST_S, Room, Told, room, until
from monitor.worlds import Watcher

from clip_firmware import VERSION
from midback.calibration import Calibration
from midback.monitor import Monitor
from midback.recording import Event, Session, Store
from midback.shared import wire
from midback.shared.flexion import angle_between_deg
from midback.watching import Now
from midback.words import State

TAUGHT = wire.STATUS_NEUTRAL_SET | wire.STATUS_TIME_SET


@dataclass(frozen=True, slots=True)
class Brought:
    """What a wearing brought.

    Attributes:
        calibration: as the monitor gave it back.
        session, events, packets: as recorded.
        linked, back: what the listeners were told last before the slump, and after the link was
            lost and found.
        tall, slumped: the states they were told before the slump, and in it.
        status: what the clip said of itself when linked, slumped and back.
        pulses: of the motor because of the slump, and how long the first came after the
            host's decision.
        estimates_since: how many the listeners got from the clip that was found again.
    """

    calibration: Calibration
    session: Session
    events: list[Event]
    packets: list[wire.StreamPacket]
    linked: Now
    back: Now
    tall: set[State]
    slumped: set[State]
    status: dict[str, wire.Status]
    pulses: list[float]
    estimates_since: int


class Story:
    """A monitor, who watches it, and the room in which both are."""

    def __init__(self, here: Room, folder: Path) -> None:
        self.here = here
        self.watcher = Watcher()
        self.monitor = Monitor(folder, radio=here.rig.radio, listeners=[self.watcher])
        self.status: dict[str, wire.Status] = {}

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """With the monitor under way; an error of its own ends the story."""
        async with asyncio.TaskGroup() as group:
            run = group.create_task(self.monitor.run())
            await self.streaming()
            yield
            run.cancel()

    def states(self) -> set[State]:
        """What the listeners were told since calibrating."""
        return {now.state for now in self.watcher.nows} - {State.NO_DATA}

    async def streaming(self) -> None:
        """Until packets arrive."""
        async with asyncio.timeout(LONGEST_S):
            await self.monitor.wait_until_streaming()

    async def until_status(self, when: str, flags: int, mode: int, buzzes: int = 0) -> None:
        """The clip brings its status up to date once a second; at least *buzzes* more."""
        assert self.monitor._clip is not None
        client = self.monitor._clip._client
        async with asyncio.timeout(LONGEST_S):
            while True:
                status = wire.decode_status(await client.read_gatt_char(wire.STATUS_UUID))
                self.status[when] = status
                more = status.buzzes - self.status.get("linked", status).buzzes
                if (status.flags & flags, status.mode) == (flags, mode) and more >= buzzes:
                    return
                await asyncio.sleep(0.2)

    async def slump(self) -> list[float]:
        """The wearer slumps until the clip buzzes; its pulses, in s after the host's decision."""
        before = len(self.here.buzzes)
        self.here.ask("slump")
        await until(lambda: "buzz" in self.watcher.kinds)
        assert self.monitor.wearing is not None
        decided_s = self.monitor.wearing.start_s + self.watcher.of("buzz")[0][0]
        await until(
            lambda: self.here.quiet_s > BETWEEN_PULSES_S and len(self.here.buzzes) > before
        )
        return [buzz_s - decided_s for buzz_s in self.here.buzzes[before:]]

    async def lose_and_find(self) -> int:
        """Leave the room until the link is lost, and come back; estimates since."""
        self.here.rig.air.go_out_of_range()
        await until(lambda: "link_lost" in self.watcher.kinds)
        self.here.rig.air.come_back()
        await until(lambda: "link_back" in self.watcher.kinds)
        seen = len(self.watcher.seen)
        await self.streaming()
        await until(lambda: len(self.watcher.seen) > seen + 5)
        return len(self.watcher.seen) - seen


async def wearing(folder: Path, kind: str) -> Brought:
    async with room(folder, kind) as here:
        story = Story(here, folder / "data")
        await here.started()
        await here.open_pairing()
        async with story.running():
            made = await story.monitor.calibrate()
            story.watcher.nows.clear()
            await story.until_status("linked", TAUGHT, wire.MODE_LIVE)
            # The status may come before the next packet.
            await until(story.states)
            linked, tall = story.watcher.latest, story.states()
            pulses = await story.slump()
            slumped = story.states()
            await story.until_status("slumped", TAUGHT, wire.MODE_LIVE, buzzes=1)
            since = await story.lose_and_find()
            await story.until_status("back", TAUGHT, wire.MODE_LIVE)
            back = story.watcher.latest
    with Store.open(folder / "data", write=False) as store:
        (session,) = store.sessions()
        packets = [wire.decode_stream(payload) for _, payload in store.packets(session)]
        events = store.events(session)
    return Brought(
        made,
        session,
        events,
        packets,
        linked,
        back,
        tall,
        slumped,
        story.status,
        pulses,
        since,
    )


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> Told[Brought]:
    return Told(wearing, tmp_path_factory)


@pytest.fixture(params=KINDS)
def brought(request: pytest.FixtureRequest, worn: Told[Brought]) -> Brought:
    return worn.by(request.param)


def test_the_recording_names_the_clip_by_its_serial(brought: Brought):
    assert brought.session.clip_id == "005e01"  # the end of the rig's processor's number


def test_the_recording_says_what_the_clip_is(brought: Brought):
    facts = brought.session.clip_facts
    assert (facts["model"], facts["firmware"], facts["hardware"]) == (
        "Midback clip",
        VERSION,
        "XIAO ESP32-C3",
    )


def test_the_recording_has_every_packet_in_order_but_for_the_absence(brought: Brought):
    sequences = [packet.sequence for packet in brought.packets]
    jumps = [now - before for before, now in pairwise(sequences) if now != before + 1]
    assert len(jumps) <= 1


def test_the_recording_ends_closed(brought: Brought):
    assert brought.session.closed


def test_nothing_was_taken_for_a_restart_of_the_clip(brought: Brought):
    assert len({packet.boot for packet in brought.packets}) == 1


def test_sitting_tall_is_a_calibration(brought: Brought):
    # The chip is on a vertical upper back: up is its own up.
    assert angle_between_deg(brought.calibration.neutral_up, (0.0, 0.0, 1.0)) < 10.0


def test_the_calibration_is_kept(brought: Brought):
    kept = [event.detail for event in brought.events if event.kind == "calibration"]
    assert kept == [brought.calibration.id]


def test_the_clip_learns_the_upright_and_the_time(brought: Brought):
    assert brought.status["linked"].flags & TAUGHT == TAUGHT


def test_the_clip_leaves_the_buzzing_to_the_host_while_that_is_there(brought: Brought):
    assert brought.status["linked"].mode == wire.MODE_LIVE


def test_a_wearer_who_sits_tall_is_upright(brought: Brought):
    assert brought.tall == {State.UPRIGHT}


def test_a_slump_is_a_slump(brought: Brought):
    assert State.SLUMPED in brought.slumped


def test_a_slump_makes_the_motor_run_as_a_nudge_does(brought: Brought):
    # A nudge has two pulses; with the clip's own there were more.
    assert len(brought.pulses) == 2


def test_the_motor_runs_right_after_the_hosts_decision(brought: Brought):
    # A packet of ten samples waits for the end of the burst of twelve it came in, of 0.2 s.
    assert 0.0 <= brought.pulses[0] < 0.2


def test_the_clip_says_that_it_buzzed(brought: Brought):
    assert brought.status["slumped"].buzzes == brought.status["linked"].buzzes + 1


def test_the_battery_is_shown_as_the_clip_tells_it(brought: Brought):
    assert brought.linked.battery_percent == brought.status["linked"].battery_percent > 0


def test_after_a_loss_of_range_the_stream_goes_on(brought: Brought):
    assert (brought.back.link, brought.estimates_since > 5) == ("linked", True)


def test_after_a_loss_of_range_the_clip_still_knows_everything(brought: Brought):
    back = brought.status["back"]
    assert (back.flags & TAUGHT, back.mode) == (TAUGHT, wire.MODE_LIVE)


def test_a_loss_of_range_is_recorded_once(brought: Brought):
    kinds = [event.kind for event in brought.events if event.kind.startswith("link")]
    assert kinds == ["link_lost", "link_back"]
