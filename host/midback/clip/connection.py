"""A connection to one clip: its commands, its stream, its log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakCharacteristicNotFoundError

from midback.clip.finding import plain_text
from midback.clip.flood import Floodgate
from midback.clip.radio import (
    NO_ANSWER,
    SILENT,
    STACK_ERRORS,
    Radio,
    failed,
    needs_pairing,
    of_the_clip,
)
from midback.errors import ClipIncompatible, ClipLost, ClipNotFound, ClipRefused, ClipUnpaired
from midback.received import Received
from midback.shared import wire
from midback.shared.slump import SlumpPolicy

_log = logging.getLogger(__name__)

_CONNECT_S = 20.0
_HANDSHAKE_S = 10.0
_DISCONNECT_S = 5.0
_REPLY_S = 5.0
_PAIR_S = 60.0  # the system may ask the person
_PAGE_S = 5.0
_PAGES = 32  # of the log, asked for at once
_PAGE_FAILURES = 3
_QUEUE_PACKETS = 2048  # what a host that is frozen for a while finds waiting; then the oldest go

BATTERY_UUID = "00002a19-0000-1000-8000-00805f9b34fb"
_FACTS = {
    "maker": "00002a29-0000-1000-8000-00805f9b34fb",
    "model": "00002a24-0000-1000-8000-00805f9b34fb",
    "serial": "00002a25-0000-1000-8000-00805f9b34fb",
    "firmware": "00002a26-0000-1000-8000-00805f9b34fb",
    "hardware": "00002a27-0000-1000-8000-00805f9b34fb",
}

_RESULTS = {
    wire.BAD_COMMAND: "does not know this command: update the clip's firmware",
    wire.BAD_ARGUMENT: "cannot do this with these settings: update its firmware",
    wire.BUSY: "is busy: try again in a few seconds",
    wire.REFUSED: "does not allow this now: try again in a minute",
    wire.STORAGE: "cannot write to its memory: switch it off and on again",
}

_ENDED = "the connection to the clip ended: bring it nearer"

T = TypeVar("T")


class Page(NamedTuple):
    """A page of the clip's log: boot and ticks when it was read, and its records."""

    arrival_s: float
    boot: int
    ticks: int
    records: list[wire.EpochRecord]


class Clip:
    """A connected clip; use it as an async context manager, once.

        async with Clip(found.device) as clip:
            await clip.start()
            async for arrival_s, payload, packet in clip.packets():
                ...

    Args:
        device: what a scan returned.
        radio: bleak backend to use in place of the platform's own.
        pairs: whether to pair when the clip wants it; some systems do so by themselves.

    Attributes:
        facts: what Device Information says (maker, model, serial, firmware, hardware).
        status: the latest status the clip sent.
        status_s: loop time at which it came.
        streams: whether the stream was started.
        heard_s: loop time at which the last good packet came, or ``None``.
        bad_packets: notifications that did not follow the protocol.
        dropped_packets: packets dropped because nobody read them.
        flood: keeps out what comes too fast, and counts it.
    """

    facts: dict[str, str]
    status: wire.Status
    status_s: float

    def __init__(
        self, device: BLEDevice, radio: Radio | None = None, *, pairs: bool = True
    ) -> None:
        self._pairs = pairs
        self.facts = {}
        self.streams = False
        self.heard_s: float | None = None
        self.bad_packets = 0
        self.dropped_packets = 0
        self.flood = Floodgate()
        self._client = BleakClient(
            device,
            disconnected_callback=self._on_disconnect,
            timeout=_CONNECT_S,
            # Windows would go on using the services of a firmware that was since replaced.
            winrt={"use_cached_services": False},
            backend=radio.client if radio else None,
        )
        self._packets: asyncio.Queue[Received | None] = asyncio.Queue(_QUEUE_PACKETS)
        self._pages: asyncio.Queue[Page | None] = asyncio.Queue()
        self._reads_log = False
        self._replies: dict[int, asyncio.Future[wire.Reply]] = {}
        self._tag = 0
        self._lost = False
        self._trusted = False

    @property
    def id(self) -> str:
        """What names this clip for good: its serial, or its address where it has none."""
        return self.facts.get("serial") or self._client.address

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
            await self.greet()
        except BaseException:
            await self.disconnect()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        """Open the link; whoever calls this by hand calls ``greet`` next, ``disconnect`` at last.

        Raises:
            BluetoothUnavailable: Bluetooth went away.
            ClipNotFound: it does not answer.
            ClipLost: the link ended at once.
        """
        await self._within(_CONNECT_S + 5.0, of_the_clip(self._client.connect()))

    async def greet(self) -> None:
        """See who is there, and listen to it.

        Raises:
            ClipIncompatible: it speaks another protocol.
            ClipNotFound: it does not answer.
            ClipLost: the link ended, or nobody can read what it says.
        """
        await self._within(_HANDSHAKE_S, self._handshake())

    async def disconnect(self) -> None:
        """Close the link; safe at any time."""
        # Some stacks take minutes to disconnect, or never do.
        try:
            async with asyncio.timeout(_DISCONNECT_S):
                await self._client.disconnect()
        except STACK_ERRORS as error:
            _log.warning("the link did not close properly: %s", error)

    async def start(self, kind: int = wire.KIND_ORIENTATION, period_us: int | None = None) -> None:
        """Start the stream: orientation at 25 Hz unless told otherwise, raw at 50 Hz.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot.
        """
        period_us = period_us or (40_000 if kind == wire.KIND_ORIENTATION else 20_000)
        batch = max(1, min(round(200_000 / period_us), wire.MAX_SAMPLES[kind]))
        try:
            await self.command(wire.OP_START, kind, period_us // wire.PERIOD_UNIT_US, batch)
        except ClipRefused as refusal:
            raise ClipRefused(self._why_silent() or str(refusal), refusal.result) from refusal
        self.streams = True

    def _why_silent(self) -> str | None:
        """Why it does not stream, by its own status."""
        if self.status.flags & wire.STATUS_NO_IMU:
            return "the clip does not find its sensor: see 'First light' in hardware.md"
        if self.status.flags & wire.STATUS_SAFE_MODE:
            return "the clip's firmware does not start: put it onto the clip again, midback flash"
        if self.status.flags & wire.STATUS_LOW_BATTERY:
            return "the clip's battery is too low to stream: charge it"
        return None

    async def stop(self) -> None:
        """Stop the stream.

        Raises:
            ClipLost: the link ended.
        """
        await self.command(wire.OP_STOP)
        self.streams = False

    async def buzz(
        self, pattern: int = wire.PATTERN_NUDGE, repeats: int = 1, strength_percent: int = 80
    ) -> None:
        """Buzz the wearer.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip's own limits forbid it now.
        """
        await self.command(wire.OP_BUZZ, pattern, repeats, strength_percent)

    async def teach(
        self,
        slot: int,
        neutral_up: tuple[float, float, float],
        left: tuple[float, float, float],
        policy: SlumpPolicy,
    ) -> None:
        """Tell the clip an upright of the wearer and its slump lines, by which it goes on alone.

        It keeps them over power-offs, and judges by them if this slot is the one in use.

        Args:
            slot: where it keeps them, 0 to ``wire.SLOTS - 1``; what was there is gone.
            neutral_up: unit 'up' in clip coordinates while sitting tall.
            left: unit vector to the wearer's left, in clip coordinates.
            policy: when a slump starts and ends.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot keep it.
        """
        axes = [round(part * wire.QUATERNION_ONE) for part in (*neutral_up, *left)]
        await self.command(wire.OP_SET_NEUTRAL, slot, *axes)
        lines_deg = (
            policy.enter_deg,
            policy.leave_deg,
            policy.back_enter_deg or 0.0,
            policy.back_leave_deg or 0.0,
        )
        times_s = (policy.hold_s, policy.exit_hold_s)
        cdeg = [round(100 * line) for line in lines_deg]
        tenths_s = [round(10 * time) for time in times_s]
        await self.command(wire.OP_SET_SLUMP, slot, *cdeg, *tenths_s)

    async def unteach(self, slot: int) -> None:
        """Have the clip forget what it keeps in this slot.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the slot is in use, or the clip cannot write to its memory.
        """
        await self.command(wire.OP_SET_NEUTRAL, slot, *[0] * 6)

    async def use_context(self, slot: int) -> None:
        """Have the clip judge by this slot, over power-offs, until its wearer goes to another.

        ``status`` is read anew, so that its ``context`` is the slot that is in use now.

        Raises:
            ClipLost: the link ended.
            ClipRefused: nothing was taught to this slot, or the clip cannot keep the choice.
        """
        try:
            await self.command(wire.OP_USE_CONTEXT, slot)
        except ClipRefused as refusal:
            if refusal.result != wire.REFUSED:
                raise
            why = f"the clip knows no upright number {slot + 1}: calibrate that one anew"
            raise ClipRefused(why, refusal.result) from refusal
        await self.read_status()

    async def stay_alone(self, alone: bool) -> None:
        """Go off the air once the link ends, but for a minute after the button was held; or stay.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot keep it.
        """
        await self.command(wire.OP_ALONE, int(alone))

    async def read_status(self) -> wire.Status:
        """Ask for the status now; the clip brings it up to date once a second.

        Raises:
            ClipLost: the link ended, or nobody can read what came.
            ClipIncompatible: it follows another protocol.
        """
        data = bytes(await of_the_clip(self._client.read_gatt_char(wire.STATUS_UUID)))
        if data and data[0] != wire.VERSION:
            raise ClipIncompatible(data[0], wire.VERSION)
        try:
            self.status, self.status_s = wire.decode_status(data), _now_s()
        except wire.WireError as error:
            raise ClipLost(
                f"the clip sent a status nobody can read ({error}): restart it"
            ) from error
        return self.status

    @property
    def calibrated(self) -> bool:
        """Whether the clip knows its wearer's upright, by its latest status."""
        return bool(self.status.flags & wire.STATUS_NEUTRAL_SET)

    async def battery_percent(self) -> int:
        """Charge of the clip's battery.

        Raises:
            ClipLost: the link ended.
        """
        data = await of_the_clip(self._client.read_gatt_char(BATTERY_UUID))
        return min(data[0], 100) if data else self.status.battery_percent

    async def agree(self) -> None:
        """See that this computer may command the clip; changes nothing but perhaps a pairing.

        Raises:
            ClipUnpaired: it may not.
            ClipLost: the link ended.
        """
        # Packets of a start that the clip has not had.
        await self.acknowledge(self.status.boot ^ 0xFFFF, 0)

    async def acknowledge(self, boot: int, sequence: int) -> None:
        """Tell the clip that all packets of this boot up to *sequence* are kept here.

        Raises:
            ClipLost: the link ended.
        """
        await self.command(wire.OP_ACKNOWLEDGE, boot, sequence)

    async def resend(self, boot: int, first: int, count: int) -> tuple[int, int]:
        """Ask for *count* packets from sequence *first* on once more.

        Returns:
            First sequence and number of those that the clip still has, and sends; all others
            of the range never come.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip has started anew since.
        """
        data = await self.command(wire.OP_RESEND, boot, first, count)
        try:
            return wire.decode_kept(data)
        except wire.WireError as error:
            raise ClipLost(f"the clip's answer makes no sense ({error}): restart it") from error

    async def log_pages(self, first: int, known_end: int = 0) -> AsyncIterator[Page]:
        """Yield the clip's log from record *first* on, page by page, up to its end.

        A page that is lost or spoilt on the way is asked for again; records that are missing
        however often they are asked for, the clip itself cannot read.

        Args:
            first: the first record wanted.
            known_end: the log goes on at least to the record before this one.

        Raises:
            ClipLost: the link ended, or the log did not come.
            ClipRefused: the clip cannot.
        """
        if not self._reads_log:
            await of_the_clip(self._client.start_notify(wire.LOG_UUID, self._on_page))
            self._reads_log = True
        failures = 0
        while failures <= _PAGE_FAILURES:
            failures += 1
            while not self._pages.empty():
                self._pages.get_nowait()
            await self.command(wire.OP_LOG_READ, first, _PAGES)
            for _ in range(_PAGES):
                page = await self._next_page()
                if page is None:
                    break
                begins = page.records[0].sequence if page.records else known_end
                if begins > first and failures <= _PAGE_FAILURES:
                    break
                if not page.records:
                    return
                yield page
                first, failures = page.records[-1].sequence + 1, 0
        raise ClipLost("the clip's log cannot be read: restart the clip")

    async def _next_page(self) -> Page | None:
        """The next page; ``None`` for one that was spoilt or did not come."""
        try:
            async with asyncio.timeout(_PAGE_S):
                return await self._pages.get()
        except TimeoutError:
            return None

    async def trim_log(self, up_to: int) -> None:
        """Let the clip forget its log before record *up_to*: it is kept here.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot write to its memory.
        """
        await self.command(wire.OP_LOG_TRIM, up_to)

    async def command(self, op: int, *args: int) -> bytes:
        """Send one command of ``shared.wire`` and wait for its reply's data.

        The first one may make the system pair with the clip, and ask the person.

        Raises:
            ClipLost: the link ended, or the clip did not answer.
            ClipUnpaired: the clip wants a bond first.
            ClipRefused: the clip answered with an error.
        """
        bonded_only = bool(self.status.flags & wire.STATUS_BONDED_ONLY)
        if self._trusted or not bonded_only:
            answer = await self._asked(op, args, _REPLY_S)
        else:
            try:
                answer = await self._asked(op, args, _PAIR_S)
            except ClipLost as error:
                # A clip that does not want to pair ends the link.
                raise ClipUnpaired from error
        self._trusted = True
        if answer.result != wire.OK:
            raise ClipRefused(f"the clip {_RESULTS[answer.result]}", answer.result)
        return answer.data

    async def _asked(self, op: int, args: tuple[int, ...], limit_s: float) -> wire.Reply:
        self._tag = (self._tag + 1) % 256
        tag = self._tag
        reply: asyncio.Future[wire.Reply] = asyncio.get_running_loop().create_future()
        self._replies[tag] = reply
        try:
            async with asyncio.timeout(limit_s):
                await self._write(wire.encode_command(op, tag, *args))
                return await reply
        except TimeoutError as error:
            raise ClipLost(NO_ANSWER) from error
        finally:
            del self._replies[tag]
            # A broken link ends the write and the reply: one of the two errors is enough.
            if not reply.cancel() and not reply.cancelled():
                reply.exception()

    async def _write(self, payload: bytes) -> None:
        uuid = wire.CONTROL_UUID
        try:
            await self._client.write_gatt_char(uuid, payload, response=True)
        except STACK_ERRORS as error:
            if self._trusted or not self._pairs or not needs_pairing(error):
                raise failed(error) from error
            await self._pair()
            await of_the_clip(self._client.write_gatt_char(uuid, payload, response=True))

    async def _pair(self) -> None:
        # macOS pairs by itself, and has no call for it.
        try:
            await self._client.pair()
        except (*STACK_ERRORS, NotImplementedError) as error:
            raise ClipUnpaired from error

    async def packets(self) -> AsyncIterator[Received]:
        """Yield packets as they arrive; those that came before the link ended are not lost.

        Raises:
            ClipLost: the connection ended.
        """
        while not (self._lost and self._packets.empty()):
            received = await self._packets.get()
            if received is not None:
                yield received
        raise ClipLost(_ENDED)

    async def _handshake(self) -> None:
        # The status first: an incompatible clip is told apart before anything else.
        await self.read_status()
        for name, uuid in _FACTS.items():
            data = await of_the_clip(self._optional(uuid))
            if data is not None:
                self.facts[name] = plain_text(data)
        await of_the_clip(self._client.start_notify(wire.CONTROL_UUID, self._on_reply))
        await of_the_clip(self._client.start_notify(wire.STATUS_UUID, self._on_status))
        await of_the_clip(self._client.start_notify(wire.STREAM_UUID, self._on_stream))

    async def _optional(self, uuid: str) -> bytes | None:
        try:
            return bytes(await self._client.read_gatt_char(uuid))
        except BleakCharacteristicNotFoundError:
            return None

    async def _within(self, limit_s: float, request: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(limit_s):
                await request
        except TimeoutError as error:
            raise ClipNotFound(SILENT) from error

    def _on_stream(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        arrival_s = _now_s()
        if not self.flood.admits(arrival_s):
            return
        data = bytes(payload)
        try:
            self._put(Received(arrival_s, data, wire.decode_stream(data)))
            self.heard_s = arrival_s
        except wire.WireError as error:
            self._ignore("a packet", error)

    def _on_reply(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        try:
            reply = wire.decode_reply(bytes(payload))
        except wire.WireError as error:
            self._ignore("a reply", error)
            return
        waiting = self._replies.get(reply.tag)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _on_status(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        try:
            self.status, self.status_s = wire.decode_status(bytes(payload)), _now_s()
        except wire.WireError as error:
            self._ignore("a status", error)

    def _on_page(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        arrival_s = _now_s()
        page = None
        try:
            page = Page(arrival_s, *wire.decode_page(bytes(payload)))
        except wire.WireError as error:
            self._ignore("a page of the log", error)
        if self._pages.qsize() < _PAGES:
            self._pages.put_nowait(page)

    def _ignore(self, what: str, error: wire.WireError) -> None:
        # bleak would swallow an exception here; count it and carry on.
        self.bad_packets += 1
        # One of a kind is enough to go by; thousands would fill a disk.
        level = logging.WARNING if self.bad_packets == 1 else logging.DEBUG
        _log.log(level, "ignored %s: %s", what, error)

    def _on_disconnect(self, _: BleakClient) -> None:
        self._lost = True
        self._put(None)
        if self._pages.qsize() < _PAGES:
            self._pages.put_nowait(None)
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_exception(ClipLost(_ENDED))

    def _put(self, item: Received | None) -> None:
        if self._packets.full():
            self._packets.get_nowait()
            self.dropped_packets += 1
        self._packets.put_nowait(item)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
