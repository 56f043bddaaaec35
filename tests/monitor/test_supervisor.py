"""The link to a clip, from finding it to losing it, through everything a radio can do."""

import asyncio
import random
from contextlib import suppress
from itertools import pairwise

import pytest
from bleak.exc import BleakError
from clip.backends import HANG
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from monitor.streaming import StreamingClip, radio_of

from midback.errors import ClipIncompatible, ClipNotFound, ClipRefused, ClipShuts, ClipUnpaired
from midback.link import LOST_S, Link
from midback.shared import wire
from midback.simulated import virtual_time
from midback.simulated.virtual_time import VirtualTimeLoop
from midback.supervisor import Supervisor

MEANWHILE_S = 60.0
"""A pause of half a minute with its jitter, a scan of ten seconds, a connection."""

AT_MOST_S = 100.0
"""The longest pause (36 s), a step that hangs to its limit (25 s, 10 s or 5 s for the end of it),
then the attempt that works, which another such pause precedes."""


class Held:
    """A supervisor and what it told."""

    def __init__(self, clip):
        self.clip = clip
        self.links = []
        self.errors = []
        self.uses = 0
        self.supervisor = Supervisor(self.told, radio=radio_of(clip), chance=random.Random(1))

    def told(self, link, error):
        self.links.append(link)
        if error is not None:
            self.errors.append(str(error))

    async def use(self, clip):
        self.uses += 1
        await clip.start()
        async for _ in clip.packets():
            pass

    @property
    def steps(self):
        """Every change, as (from, to)."""
        return list(pairwise(self.links))


def holding(clip, body):
    """Let *body* do things to the clip while it is held; what the supervisor told."""

    async def main():
        held = Held(clip)
        clip.live()
        running = asyncio.create_task(held.supervisor.run(held.use))
        story = asyncio.create_task(body(held))
        try:
            await asyncio.wait([running, story], return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            await story
        finally:
            clip.die()
            for task in (running, story):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task
        return held

    return virtual_time.run(main())


async def nothing(_held):
    await asyncio.sleep(1000.0)


async def linked(held):
    await asyncio.sleep(2.0)
    assert held.links[-1] is Link.STREAMING


def test_a_clip_is_found_connected_greeted_and_streams():
    async def body(held):
        await linked(held)

    assert holding(StreamingClip(), body).links == [
        Link.FINDING,
        Link.CONNECTING,
        Link.GREETING,
        Link.STREAMING,
    ]


def test_a_second_of_silence_is_stale_and_the_next_packet_ends_it():
    async def body(held):
        await linked(held)
        held.clip.silent = True
        await asyncio.sleep(3.0)
        held.clip.silent = False
        await asyncio.sleep(1.0)

    assert holding(StreamingClip(), body).links[-3:] == [
        Link.STREAMING,
        Link.STALE,
        Link.STREAMING,
    ]


def test_five_seconds_of_silence_end_a_link_that_the_system_still_takes_for_good():
    async def body(held):
        await linked(held)
        held.clip.silent = True
        await asyncio.sleep(LOST_S + 1.0)
        held.clip.silent = False
        await asyncio.sleep(3.0)

    held = holding(StreamingClip(), body)

    assert held.links[3:] == [
        Link.STREAMING,
        Link.STALE,
        Link.LOST,
        Link.FINDING,
        Link.CONNECTING,
        Link.GREETING,
        Link.STREAMING,
    ]
    assert held.errors == ["nothing came from the clip for 5 s: bring it nearer"]
    assert held.uses == 2


def test_a_link_that_ends_is_lost_and_looked_for():
    async def body(held):
        await linked(held)
        held.clip.go_away()
        await asyncio.sleep(30.0)
        held.clip.come_back()
        await asyncio.sleep(4.0)

    held = holding(StreamingClip(), body)

    assert (Link.STREAMING, Link.LOST) in held.steps
    assert (Link.FINDING, Link.LOST) in held.steps
    assert held.links[-1] is Link.STREAMING


@pytest.mark.parametrize(
    ("step", "fault", "state"),
    [
        ("connect", BleakError("no"), Link.CONNECTING),
        ("connect", HANG, Link.CONNECTING),
        ("read", BleakError("no"), Link.GREETING),
        ("read", HANG, Link.GREETING),
        ("notify", HANG, Link.GREETING),
        ("write", BleakError("no"), Link.GREETING),
        ("write", HANG, Link.GREETING),
        ("scan", BleakError("no"), Link.FINDING),
        ("scan", HANG, Link.FINDING),
    ],
)
def test_a_step_that_fails_or_hangs_on_the_way_back_is_tried_again(step, fault, state):
    async def body(held):
        await linked(held)
        held.clip.faults[step] = fault
        held.clip.lose_link()
        await asyncio.sleep(MEANWHILE_S)
        held.clip.faults.clear()
        await asyncio.sleep(AT_MOST_S)

    held = holding(StreamingClip(), body)

    assert (state, Link.LOST) in held.steps
    assert held.links[-1] is Link.STREAMING


def test_a_disconnect_that_never_ends_does_not_hold_up_the_next_attempt():
    async def body(held):
        await linked(held)
        held.clip.faults["disconnect"] = HANG
        held.clip.silent = True
        await asyncio.sleep(LOST_S + 6.0)
        held.clip.silent = False
        await asyncio.sleep(6.0)

    assert holding(StreamingClip(), body).links[-1] is Link.STREAMING


def test_every_attempt_has_a_client_of_its_own():
    clients = []

    async def body(held):
        for _ in range(3):
            await asyncio.sleep(3.0)
            clients.append(held.clip.client)
            held.clip.lose_link()

    holding(StreamingClip(), body)

    assert len({id(client) for client in clients}) == 3


def test_no_clip_at_the_start_is_told_after_one_scan():
    clip = StreamingClip()
    clip.service = "0000ffff-0000-1000-8000-00805f9b34fb"
    with pytest.raises(ClipNotFound):
        holding(clip, nothing)


def test_a_first_attempt_that_fails_is_nothing_to_give_up_for():
    async def body(held):
        await asyncio.sleep(0.5)
        del held.clip.faults["connect"]
        await asyncio.sleep(5.0)

    clip = StreamingClip()
    clip.faults["connect"] = BleakError("le-connection-abort-by-local")

    assert holding(clip, body).links[-1] is Link.STREAMING


def test_a_clip_that_cannot_be_connected_to_at_the_start_is_given_up_in_the_end():
    clip = StreamingClip()
    clip.faults["connect"] = BleakError("le-connection-abort-by-local")
    with pytest.raises(ClipShuts, match="every connection to it ends at once"):
        holding(clip, nothing)


def test_a_clip_that_shuts_every_connection_later_is_told_with_what_to_do():
    async def body(held):
        await linked(held)
        held.clip.faults["read"] = BleakError("authentication failed")
        held.clip.lose_link()
        await asyncio.sleep(20.0)

    errors = holding(StreamingClip(), body).errors

    assert "authentication failed" in errors[1]
    assert "pair anew with 'midback setup'" in errors[-1]


def test_a_clip_that_refuses_to_stream_at_the_start_says_why():
    clip = StreamingClip()
    status = wire.decode_status(clip.values[wire.STATUS_UUID])
    status.flags = wire.STATUS_LOW_BATTERY
    clip.values[wire.STATUS_UUID] = wire.encode_status(status)
    clip.answer = lambda command: wire.REFUSED if command.op == wire.OP_START else wire.OK
    with pytest.raises(ClipRefused, match="battery is too low to stream: charge it"):
        holding(clip, nothing)


def test_a_clip_that_talks_to_paired_computers_only_says_how_to_pair():
    clip = StreamingClip()
    status = wire.decode_status(clip.values[wire.STATUS_UUID])
    status.flags = wire.STATUS_BONDED_ONLY
    clip.values[wire.STATUS_UUID] = wire.encode_status(status)

    def leaves(_command):
        clip.lose_link()

    clip.answer = leaves
    with pytest.raises(ClipUnpaired, match="hold its button for 3 s"):
        holding(clip, nothing)


def test_a_clip_that_was_updated_to_another_protocol_meanwhile_ends_it():
    async def body(held):
        await linked(held)
        status = held.clip.values[wire.STATUS_UUID]
        held.clip.values[wire.STATUS_UUID] = bytes([9]) + status[1:]
        held.clip.lose_link()
        await asyncio.sleep(1000.0)

    with pytest.raises(ClipIncompatible):
        holding(StreamingClip(), body)


def test_a_loss_of_less_than_a_minute_is_mended_before_the_clip_forgets_anything():
    # The clip keeps 75 s: whenever it comes back within 60, it must be asked before that is over.
    async def body(held):
        lost_for_s = random.Random(2)
        for _ in range(20):
            await asyncio.sleep(20.0)
            assert held.links[-1] is Link.STREAMING
            held.clip.go_away()
            await asyncio.sleep(lost_for_s.uniform(30.0, 60.0))
            held.clip.come_back()
            came_s = asyncio.get_running_loop().time()
            while held.links[-1] is not Link.STREAMING:  # noqa: ASYNC110 (nobody announces it)
                await asyncio.sleep(0.1)
            took_s.append(asyncio.get_running_loop().time() - came_s)

    took_s = []
    holding(StreamingClip(), body)

    assert max(took_s) < 10.0


class AnyRadio(RuleBasedStateMachine):
    """Whatever the radio does: once it behaves, the clip streams again."""

    def __init__(self):
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.clip = StreamingClip()
        self.loop.run_until_complete(self.begin())

    async def begin(self):
        self.clip.live()
        self.held = Held(self.clip)
        self.running = asyncio.create_task(self.held.supervisor.run(self.held.use))
        await asyncio.sleep(2.0)

    def passing(self, seconds):
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule(seconds=st.sampled_from([0.05, 0.3, 1.0, 4.0, 12.0, 45.0]))
    def time_passes(self, seconds):
        self.passing(seconds)

    @rule(
        step=st.sampled_from(["connect", "disconnect", "read", "write", "notify", "scan"]),
        hangs=st.booleans(),
    )
    def a_step_begins_to_fail(self, step, hangs):
        self.clip.faults[step] = HANG if hangs else BleakError("not now")

    @rule()
    def everything_works_again(self):
        self.clip.faults.clear()
        self.clip.silent = False
        self.clip.answer = lambda _: wire.OK

    @rule()
    def the_link_breaks(self):
        self.clip.lose_link()

    @rule()
    def the_wearer_walks_away(self):
        self.clip.go_away()

    @rule()
    def the_wearer_comes_back(self):
        self.clip.come_back()

    @rule()
    def the_clip_falls_silent(self):
        self.clip.silent = True

    @rule()
    def the_clip_restarts(self):
        self.clip.restart()
        self.clip.lose_link()

    @rule(result=st.sampled_from([wire.BUSY, wire.REFUSED, wire.BAD_COMMAND, None]))
    def the_clip_refuses_everything(self, result):
        self.clip.answer = lambda _: result

    @invariant()
    def it_goes_on(self):
        assert not self.running.done()

    def teardown(self):
        self.everything_works_again()
        self.clip.come_back()
        self.passing(AT_MOST_S)
        links, done = self.held.links, self.running.done()
        self.running.cancel()
        with suppress(asyncio.CancelledError, Exception):
            self.loop.run_until_complete(self.running)
        self.clip.die()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()
        assert not done
        assert links[-1] is Link.STREAMING


TestAnyRadio = AnyRadio.TestCase
TestAnyRadio.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
