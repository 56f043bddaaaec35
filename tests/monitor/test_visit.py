"""What the host asks of a linked clip, and when: the lease, what is kept, the time, the log."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from monitor.streaming import StreamingClip, radio_of
from monitor.worlds import Watcher

from midback.errors import RecordingError
from midback.lease import HEARTBEAT_S, LEASE_S
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import wire
from midback.simulated import virtual_time

STARTED = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


class Watched:
    """A monitor on a clip on the bench, and a wall clock that can be set."""

    def __init__(self, folder, clip):
        self.clip = clip
        self.watcher = Watcher()
        self.jump_s = 0.0
        self.monitor = Monitor(
            folder,
            radio=radio_of(clip),
            listeners=[self.watcher],
            wall=self.wall,
            chance=random.Random(1),
        )

    def wall(self):
        passed_s = asyncio.get_running_loop().time() - virtual_time.START_S
        return STARTED + timedelta(seconds=passed_s + self.jump_s)

    def asked(self, op):
        """The arguments of every such command so far."""
        return [command.args for command in self.clip.commands if command.op == op]

    async def until_linked(self):
        await self.monitor.wait_until_streaming()


def passing(seconds):
    """Nothing but time."""

    async def body(_here):
        await asyncio.sleep(seconds)

    return body


def watching(folder, body, clip=None, **options):
    clip = clip or StreamingClip(**options)

    async def main():
        here = Watched(folder, clip)
        clip.live()
        running = asyncio.create_task(here.monitor.run())
        try:
            await here.until_linked()
            await body(here)
            assert not running.done()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            clip.die()
        return here

    return virtual_time.run(main())


def stored_sequences(folder):
    with Store.open(folder, write=False) as store:
        (session,) = store.sessions()
        return [wire.decode_stream(payload).sequence for _, payload in store.packets(session)]


def test_while_all_is_well_the_lease_is_renewed_long_before_it_ends(folder):
    body = passing(60.0)

    here = watching(folder, body)

    assert len(here.asked(wire.OP_HEARTBEAT)) >= 60.0 / HEARTBEAT_S - 2
    assert set(here.asked(wire.OP_HEARTBEAT)) == {(LEASE_S,)}


def test_while_it_lags_the_clip_is_left_to_itself(folder):
    heartbeats = []

    async def body(here):
        await asyncio.sleep(5.0)
        here.clip.go_away()
        await asyncio.sleep(50.0)
        here.clip.come_back()
        here.clip.commands.clear()
        while not here.asked(wire.OP_RESEND):  # noqa: ASYNC110 (nobody announces it)
            await asyncio.sleep(0.1)
        await asyncio.sleep(8.0)
        heartbeats.append(len(here.asked(wire.OP_HEARTBEAT)))
        await asyncio.sleep(20.0)
        heartbeats.append(len(here.asked(wire.OP_HEARTBEAT)))

    watching(folder, body)

    assert heartbeats[0] == 0
    assert heartbeats[1] > 0


def test_a_packet_is_acknowledged_once_it_is_on_disk(folder):
    async def body(here):
        await asyncio.sleep(30.0)
        kept = stored_sequences(folder)
        assert here.clip.acknowledged[-1] <= kept[-1]
        assert here.clip.acknowledged[-1] > kept[-1] - 20

    here = watching(folder, body)

    assert here.clip.acknowledged == sorted(here.clip.acknowledged)


def fails(writer, *_):
    writer.trouble = "The disk is gone."


def test_what_cannot_be_written_is_not_acknowledged(folder, monkeypatch):
    async def body(here):
        await asyncio.sleep(10.0)
        writer = here.monitor.wearing.writer
        monkeypatch.setattr(type(writer), "commit", fails)
        # What was committed before is still to be told.
        await asyncio.sleep(2 * HEARTBEAT_S)
        told = len(here.clip.acknowledged)
        await asyncio.sleep(20.0)
        assert len(here.clip.acknowledged) == told
        monkeypatch.undo()

    watching(folder, body)


@pytest.mark.parametrize("lose_every", [2, 7, 50])
def test_notifications_that_are_lost_on_the_way_are_asked_for(folder, lose_every):
    async def body(here):
        await asyncio.sleep(120.0)
        here.clip.lose_every = 0
        await asyncio.sleep(5.0)

    watching(folder, body, lose_every=lose_every)
    sequences = stored_sequences(folder)

    assert {after - before for before, after in pairwise(sequences)} == {1}
    assert len(sequences) > 550


def test_the_time_is_told_at_the_start_and_every_hour(folder):
    body = passing(3660.0)

    told_ms = [args[0] for args in watching(folder, body).asked(wire.OP_SET_TIME)]

    assert len(told_ms) == 2
    assert told_ms[0] == pytest.approx(1000 * STARTED.timestamp(), abs=5000)
    assert told_ms[1] - told_ms[0] == pytest.approx(3_600_000, abs=5000)


def test_a_wall_clock_that_was_set_is_told_at_once(folder):
    async def body(here):
        await asyncio.sleep(60.0)
        here.jump_s = -3600.0
        await asyncio.sleep(10.0)

    told_ms = [args[0] for args in watching(folder, body).asked(wire.OP_SET_TIME)]

    assert len(told_ms) == 2
    assert told_ms[1] - told_ms[0] == pytest.approx(-3_600_000 + 60_000, abs=15_000)


def test_a_clip_that_does_not_take_the_time_is_used_all_the_same(folder):
    body = passing(10.0)

    clip = StreamingClip()
    clip.answer = lambda c: wire.BAD_COMMAND if c.op == wire.OP_SET_TIME else wire.OK

    assert watching(folder, body, clip).watcher.seen


def test_a_rest_that_was_asked_for_here_counts_on_the_clip(folder):
    async def body(here):
        await asyncio.sleep(5.0)
        here.monitor.snooze(10)
        await asyncio.sleep(5.0)
        here.monitor.snooze(0)
        await asyncio.sleep(5.0)

    (first,), (second,) = watching(folder, body).asked(wire.OP_SNOOZE)

    assert first == pytest.approx(600, abs=4)
    assert second == 0


def test_a_rest_that_ends_by_itself_is_not_ended_on_the_clip(folder):
    async def body(here):
        here.monitor.snooze(1)
        await asyncio.sleep(90.0)

    assert len(watching(folder, body).asked(wire.OP_SNOOZE)) == 1


def tell_snooze(clip, seconds):
    status = wire.decode_status(clip.values[wire.STATUS_UUID])
    status.snooze_s = seconds
    clip.notify(wire.STATUS_UUID, wire.encode_status(status))


def test_a_rest_that_was_asked_for_by_the_clips_button_counts_here(folder):
    async def body(here):
        await asyncio.sleep(5.0)
        tell_snooze(here.clip, 600)
        await asyncio.sleep(4.0)

    here = watching(folder, body)
    until = here.watcher.latest.snoozed_until

    assert until is not None
    assert (until - here.watcher.latest.wall).total_seconds() == pytest.approx(596, abs=4)
    assert here.asked(wire.OP_SNOOZE) == []


def test_an_old_status_does_not_bring_back_a_rest_that_was_ended_here(folder):
    async def body(here):
        await asyncio.sleep(5.0)
        tell_snooze(here.clip, 600)
        await asyncio.sleep(4.0)
        here.monitor.snooze(0)
        await asyncio.sleep(6.0)

    here = watching(folder, body)

    assert here.watcher.latest.snoozed_until is None
    assert here.asked(wire.OP_SNOOZE) == [(0,)]


def test_a_buzz_that_the_clip_gave_by_itself_counts_for_the_next_one(folder):
    async def body(here):
        await asyncio.sleep(3.0)
        nudging = here.monitor.wearing.nudging
        now_s = asyncio.get_running_loop().time() - here.monitor.wearing.start_s
        quiet_s = nudging.quiet_until_s(now_s, here.watcher.latest.wall)
        assert quiet_s - now_s == pytest.approx(120.0 - 30.0, abs=6.0)

    clip = StreamingClip()
    status = wire.decode_status(clip.values[wire.STATUS_UUID])
    status.since_buzz_s = 30
    clip.values[wire.STATUS_UUID] = wire.encode_status(status)
    watching(folder, body, clip)


def test_a_stream_ten_times_too_fast_is_told_and_most_of_it_left_out(folder):
    async def body(here):
        here.clip.rate = 10
        await asyncio.sleep(150.0)

    here = watching(folder, body)

    assert "flood" in here.watcher.kinds
    assert any("sends far more than was asked for" in notice for notice in here.watcher.notices)
    assert len(here.watcher.of("flood")) <= 3


def test_a_stream_ten_times_too_fast_does_not_pile_up(folder):
    held = []

    async def body(here):
        here.clip.rate = 10
        for _ in range(20):
            await asyncio.sleep(30.0)
            gatherer = here.monitor._gatherer
            held.append(len(gatherer._held) + here.monitor._clip._packets.qsize())

    watching(folder, body)

    assert max(held[5:]) <= 2 * max(held[:5]) + 100
    assert max(held) < 4200


class LoggingClip(StreamingClip):
    """A clip with records in its log, which it gives page by page and forgets when told."""

    def __init__(self, count):
        super().__init__()
        self.records = [record(n) for n in range(count)]
        self.trimmed = []
        self.question = 0
        self.tell()

    def tell(self):
        status = wire.decode_status(self.values[wire.STATUS_UUID])
        status.log_first = self.records[0].sequence if self.records else 0
        status.log_next = self.records[-1].sequence + 1 if self.records else 0
        self.values[wire.STATUS_UUID] = wire.encode_status(status)

    def _did(self, command):
        if command.op == wire.OP_LOG_READ:
            self.send_pages(*command.args)
        elif command.op == wire.OP_LOG_TRIM:
            self.trimmed.append(command.args[0])
            self.records = [r for r in self.records if r.sequence >= command.args[0]]
            self.tell()
        return super()._did(command)

    def send_pages(self, first, pages):
        left = [r for r in self.records if r.sequence >= first]
        # As on the clip, a new question takes the place of the last one.
        self.question += 1
        question = self.question
        for page in range(pages):
            some, left = left[: wire.MAX_RECORDS], left[wire.MAX_RECORDS :]
            buffer = bytearray(wire.MAX_PAYLOAD)
            length = wire.encode_page(self.boot, 5000, some, buffer)
            payload = bytes(buffer[:length])
            self._later(0.02 + 0.05 * page, lambda p=payload: self.answer_page(question, p))
            if not some:
                return

    def answer_page(self, question, payload):
        if question == self.question:
            self.page(payload)

    def page(self, payload):
        self.notify(wire.LOG_UUID, payload)


def record(number):
    return wire.EpochRecord(
        number, 100_000 * (number + 1), 7, 500, 400, 600, 0, 5, 100, 0, 0, 0, 0, 0, 0
    )


def kept_records(folder):
    with Store.open(folder, write=False) as store:
        return store._database.query("SELECT count(*) FROM epoch")[0][0]


@pytest.mark.parametrize("count", [1, 7, 8, 500])
def test_the_clips_log_comes_home_and_is_forgotten_there(folder, count):
    body = passing(20.0)

    clip = LoggingClip(count)
    watching(folder, body, clip)

    assert kept_records(folder) == count
    assert clip.records == []


def test_records_that_cannot_be_kept_stay_on_the_clip(folder, monkeypatch):
    def full(*_):
        raise RecordingError("the disk is full")

    monkeypatch.setattr(Store, "save_epochs", full)

    body = passing(20.0)

    clip = LoggingClip(30)
    here = watching(folder, body, clip)

    assert (clip.trimmed, len(clip.records)) == ([], 30)
    assert "The disk is full." in here.watcher.notices


def test_a_log_whose_pages_are_spoilt_on_the_way_is_read_again(folder):
    class Spoils(LoggingClip):
        left = 2

        def page(self, payload):
            if self.left:
                self.left -= 1
                payload = payload[:-1] + b"?"
            super().page(payload)

    body = passing(60.0)

    clip = Spoils(30)
    watching(folder, body, clip)

    assert kept_records(folder) == 30


@pytest.mark.parametrize("lost", [0, 1, 3, 4, 5])
def test_a_page_of_the_log_that_is_lost_on_the_way_is_not_forgotten_by_the_clip(folder, lost):
    # Thirty records are four full pages, one of two, and the empty one that ends it.
    class Loses(LoggingClip):
        sent = 0

        def page(self, payload):
            self.sent += 1
            if self.sent != lost + 1:
                super().page(payload)

    clip = Loses(30)
    here = watching(folder, passing(60.0), clip)

    assert (kept_records(folder), clip.records) == (30, [])
    assert "link_lost" not in here.watcher.kinds


def test_records_that_the_clip_itself_cannot_read_are_not_waited_for(folder):
    clip = LoggingClip(30)
    del clip.records[10:13]
    here = watching(folder, passing(60.0), clip)

    assert (kept_records(folder), clip.records) == (27, [])
    assert "link_lost" not in here.watcher.kinds


def test_without_a_store_the_log_stays_on_the_clip():
    body = passing(20.0)

    clip = LoggingClip(30)
    watching(None, body, clip)

    assert len(clip.records) == 30
