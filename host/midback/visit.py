"""What the host does with a clip from one connection to its end.

It teaches the clip, has it stream, asks for what is missing, brings its log home, and decides on
buzzes as long as it sees the wearer as they are now: while it lags, the clip goes on by itself.

Limits: everything runs in one event loop, whose clock is the only monotonic time.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from midback.clip import Clip
from midback.errors import ClipRefused, DataError
from midback.gather import Gatherer, Missing, Place
from midback.lease import HEARTBEAT_S, LEASE_S, Lease
from midback.log_sync import EpochKeeper, sync_log
from midback.received import Received
from midback.shared import wire
from midback.tasks import together
from midback.teaching import Slots
from midback.wearing import Wearing
from midback.words import sentence

_log = logging.getLogger(__name__)

_ASK_S = 0.1
_FOLLOW_S = 0.5
_LISTEN_S = 2.0  # ten packets: the least delayed of them by some milliseconds only
_LOG_EVERY_S = 300.0
_TIME_EVERY_S = 3600.0
_WALL_JUMP_S = 1.0
_SAME_BUZZ_S = 15.0
_SAME_SNOOZE_S = 5.0
_STATUS_AGE_S = 2.0  # a status that was made before a command may arrive after its reply
_FLOOD_TOLD_S = 60.0
_STRENGTH_PERCENT = {wire.PATTERN_LONG: 50}  # long enough to be felt well (own choice)


class Visit:
    """One connection's worth of work.

    Args:
        clip: connected.
        wearing: gets the packets, in order.
        gatherer: puts them in order, over all visits of a wearing.
        keeper: where the clip's log goes, or ``None`` to leave it on the clip.
        wall: gives the wall time now, UTC.
        kind: stream kind, orientation or raw.
        slots: where the wearer's contexts lie on the clip, over all visits of a wearing.
        chosen: told the context that the wearer chose by the clip's button.

    Attributes:
        lease: when this host decides on buzzes, by session time.
        committed: the last packet that is on disk, or need not be.
    """

    def __init__(
        self,
        clip: Clip,
        wearing: Wearing,
        gatherer: Gatherer,
        *,
        keeper: EpochKeeper | None,
        wall: Callable[[], datetime],
        kind: int,
        slots: Slots,
        chosen: Callable[[str], object],
    ) -> None:
        self._chosen = chosen
        self._slots = slots
        self._tidy = False
        self.lease = Lease()
        self.committed: Place | None = None
        self._clip = clip
        self._wearing = wearing
        self._gatherer = gatherer
        self._keeper = keeper
        self._wall = wall
        self._kind = kind
        self._buzzes: asyncio.Queue[int] = asyncio.Queue()
        self._whole = asyncio.Event()
        self._missing = asyncio.Event()
        self._untaught = asyncio.Event()
        self._told_wall_s = float("-inf")
        self._told_time_s = float("-inf")
        self._acknowledged: Place | None = None
        self._marked = False
        self._sharing = asyncio.Lock()
        self._shared_snooze_s: float | None = None
        self._snooze_told_s = float("-inf")
        self._flood_seen = 0
        self._flood_told_s = float("-inf")

    async def run(self) -> None:
        """Go on until the link ends.

        Raises:
            ClipError: why it ended.
        """
        await self._keep_time()
        gone_to = self._slots.reconnected(self._clip.status.context)
        if gone_to is not None:
            self._chosen(gone_to)
        await self.teach()
        await self._clip.start(self._kind)
        self._gatherer.link_up()
        try:
            await together(
                self._read(),
                self._ask(),
                self._lead(),
                self._buzz(),
                self._bring_log(),
                self._teach_again(),
                self._follow_button(),
            )
        finally:
            self._gatherer.link_down()
            self._wearing.behind_s = 0.0

    async def teach(self) -> None:
        """Give the clip the wearer's uprights and slump lines, by which it goes on alone."""
        wearing, slots = self._wearing, self._slots
        slot = None
        try:
            for slot, calibration in slots.lessons(
                wearing.contexts, wearing.context, wearing.hold_s
            ):
                policy = calibration.policy(wearing.hold_s)
                await self._clip.teach(slot, calibration.neutral_up, calibration.left, policy)
            slot = None
            here = slots.slot_of(wearing.context)
            if here is not None and self._clip.status.context != here:
                await self._clip.use_context(here)
            await self._forget_others()
        except ClipRefused as refusal:
            if slot is not None:
                slots.forget(slot)
            # Nothing that is measured now depends on it.
            _log.warning("the clip did not learn the calibration: %s", refusal)
            self._say(str(refusal))
        slots.seen = self._clip.status.context

    async def _forget_others(self) -> None:
        """What somebody else taught it must not be come upon by its button."""
        if self._tidy or not self._wearing.contexts:
            return
        self._tidy = True
        for slot in self._slots.empty():
            if slot != self._clip.status.context:
                await self._clip.unteach(slot)

    async def _follow_button(self) -> None:
        """Go along when the wearer goes to another context by the clip's button."""
        while True:
            await asyncio.sleep(_FOLLOW_S)
            name = self._slots.moved(self._clip.status.context)
            if name is not None:
                self._chosen(name)

    def teach_soon(self) -> None:
        """Teach the clip anew: the wearer is judged by something else now."""
        self._untaught.set()

    async def _teach_again(self) -> None:
        while True:
            await self._untaught.wait()
            self._untaught.clear()
            await self.teach()

    def buzz(self, pattern: int) -> None:
        """Buzz the clip as soon as can be."""
        self._buzzes.put_nowait(pattern)

    # Packets

    async def _read(self) -> None:
        async for received in self._clip.packets():
            ready = self._gatherer.take(received)
            if not ready and not received.packet.flags & wire.FLAG_RESENT:
                self._wearing.prime(received)
            self._receive(ready)

    def _receive(self, ready: list[Received]) -> None:
        for received in ready:
            pattern = self._wearing.receive(received, self.lease)
            if pattern is not None:
                self.buzz(pattern)
        self._wearing.behind_s = self._gatherer.behind_s
        _set(self._whole, self._gatherer.whole)
        _set(self._missing, not self._gatherer.whole)

    async def _ask(self) -> None:
        while True:
            await self._missing.wait()
            if self._wearing.new:
                # Some packets that come in time tell where what comes late belongs.
                await asyncio.sleep(_LISTEN_S)
            while not self._gatherer.whole:
                now_s = _now_s()
                self._receive(self._gatherer.given_up_by(now_s))
                missing = self._gatherer.ask(now_s)
                if missing is not None:
                    await self._asked(missing)
                await asyncio.sleep(_ASK_S)

    async def _asked(self, missing: Missing) -> None:
        try:
            first, count = await self._clip.resend(*missing)
        except ClipRefused:
            first, count = missing.first, 0
        self._receive(self._gatherer.answered(missing, first, count, _now_s()))

    # Decisions

    async def _lead(self) -> None:
        while True:
            await self._keep_time()
            await self._acknowledge()
            await self.share_rest()
            if self._whole.is_set():
                await self._renew()
            self._wearing.charge(self._clip.status.battery_percent, self._session_s())
            self._tell_flood()
            await asyncio.sleep(HEARTBEAT_S)

    async def _renew(self) -> None:
        if not self.lease.held(self._session_s()):
            await self._take_over()
        sent_s = self._session_s()
        await self._clip.command(wire.OP_HEARTBEAT, LEASE_S)
        self.lease.renewed(sent_s, self._session_s())

    async def _take_over(self) -> None:
        """Know of a buzz that the clip gave by itself, so that another does not follow at once."""
        status = await self._clip.read_status()
        if status.since_buzz_s == wire.NO_BUZZ_S:
            return
        nudging = self._wearing.nudging
        buzzed_s, known_s = self._session_s() - status.since_buzz_s, nudging.last_buzz_s()
        if known_s is None or buzzed_s > known_s + _SAME_BUZZ_S:
            nudging.buzzed(buzzed_s, self._wall() - timedelta(seconds=status.since_buzz_s))
            # An event, because a day that is decided anew needs it as well.
            self._wearing.event(buzzed_s, "buzz_by_clip")

    async def share_rest(self) -> None:
        """A rest counts on both sides, whether asked for here or by the clip's button.

        Raises:
            ClipError: the clip does not answer.
        """
        async with self._sharing:
            await self._share_rest_now()

    async def _share_rest_now(self) -> None:
        now_s, clip = self._session_s(), self._clip
        ours_s, shared_s = self._wearing.clip_rests_until_s(now_s), self._shared_snooze_s
        theirs_s = now_s + clip.status.snooze_s - (_now_s() - clip.status_s)
        longer = (
            clip.status.snooze_s > 0
            and clip.status_s > self._snooze_told_s + _STATUS_AGE_S
            and theirs_s > (ours_s or now_s) + _SAME_SNOOZE_S
        )
        to_tell = ours_s != shared_s and (ours_s is not None or now_s < (shared_s or 0.0))
        if longer and (shared_s is None or not to_tell):
            self._wearing.snooze(theirs_s, now_s)
            ours_s = theirs_s
        elif to_tell:
            seconds = 0 if ours_s is None else min(math.ceil(ours_s - now_s), 0xFFFF)
            await clip.command(wire.OP_SNOOZE, seconds)
            self._snooze_told_s = _now_s()
        self._shared_snooze_s = ours_s

    async def _buzz(self) -> None:
        while True:
            pattern = await self._buzzes.get()
            # A rest that ended just now must have ended on the clip as well.
            await self.share_rest()
            try:
                await self._clip.buzz(pattern, strength_percent=_STRENGTH_PERCENT.get(pattern, 80))
            except ClipRefused as refusal:
                _log.warning("the clip did not buzz: %s", refusal)
                self._say(str(refusal))

    # What is kept where

    async def _acknowledge(self) -> None:
        place = self.committed
        if place is not None and place != self._acknowledged:
            self._acknowledged = place
            await self._clip.acknowledge(place.boot, place.sequence)

    async def _keep_time(self) -> None:
        """Tell the clip the time at first, once an hour, and when the wall clock was set."""
        wall, now_s = self._wall(), _now_s()
        wall_s = wall.timestamp() - now_s
        moved = abs(wall_s - self._told_wall_s) > _WALL_JUMP_S
        if moved or now_s - self._told_time_s > _TIME_EVERY_S:
            await self._set_time(round(1000 * wall.timestamp()))
            self._told_wall_s, self._told_time_s = wall_s, now_s
            self._marked = False
        if not self._marked and self._keeper is not None and self._whole.is_set():
            self._marked = self._mark(self._keeper, wall)

    def _mark(self, keeper: EpochKeeper, wall: datetime) -> bool:
        """Keep what time it is on the clip, by the clock that is fitted to all packets."""
        last = self._wearing.last_placed
        if last is None:
            return False
        then = wall - timedelta(seconds=self._session_s() - last.time_s)
        try:
            keeper.mark_clip_time(self._clip.id, last.boot, last.ticks, then)
        except DataError as error:
            _log.warning("what time it was on the clip is not kept: %s", error)
        return True

    async def _set_time(self, unix_ms: int) -> None:
        try:
            await self._clip.command(wire.OP_SET_TIME, unix_ms)
        except ClipRefused as refusal:
            # Its records find their time by the marks kept here, too.
            _log.warning("the clip did not take the time: %s", refusal)

    async def _bring_log(self) -> None:
        while self._keeper is not None:
            await self._whole.wait()
            try:
                await sync_log(self._clip, self._keeper, self._wall)
            except (DataError, ClipRefused) as error:
                # The clip keeps what it has until the next time.
                _log.warning("the clip's log stays where it is: %s", error)
                self._say(str(error))
            await asyncio.sleep(_LOG_EVERY_S)

    def _tell_flood(self) -> None:
        refused, now_s = self._clip.flood.refused, _now_s()
        if refused == self._flood_seen or now_s - self._flood_told_s < _FLOOD_TOLD_S:
            return
        self._flood_seen, self._flood_told_s = refused, now_s
        self._wearing.event(self._session_s(), "flood", float(refused))
        self._say(
            "the clip sends far more than was asked for, and part of it is left out: restart it"
        )

    def _say(self, text: str) -> None:
        self._wearing.say(sentence(text), self._session_s())

    def _session_s(self) -> float:
        return _now_s() - self._wearing.start_s


def _set(event: asyncio.Event, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
