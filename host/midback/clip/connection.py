"""A clip reached over Bluetooth; the only importer of bleak."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from midback.errors import (
    BluetoothUnavailable,
    ClipIncompatible,
    ClipLost,
    ClipNotFound,
    ClipRefused,
    MidbackError,
)
from midback.received import Received
from midback.shared import wire
from midback.shared.slump import SlumpPolicy

_log = logging.getLogger(__name__)

_CONNECT_S = 20.0
_REPLY_S = 5.0
_QUEUE_PACKETS = 512  # two minutes of stream: a stalled reader then sees the present

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
_NO_ANSWER = "the clip does not answer: bring it nearer"
_SILENT = "the clip does not answer: bring it near, or switch it off and on again"
_UNPAIRED = (
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
)

_REASON = BleakBluetoothNotAvailableReason

_NO_BLUETOOTH = {
    _REASON.NO_BLUETOOTH: "this computer has no Bluetooth adapter: plug one in",
    _REASON.NO_BLE_CENTRAL_ROLE: (
        "this Bluetooth adapter cannot connect to a clip: plug in one for Bluetooth 4.0 or later"
    ),
    _REASON.POWERED_OFF: "Bluetooth is switched off: switch it on",
    _REASON.DENIED_BY_USER: (
        "Bluetooth is not allowed here: allow it for this terminal in the privacy settings"
    ),
    _REASON.DENIED_BY_SYSTEM: (
        "the system does not allow Bluetooth here: ask whoever manages this computer"
    ),
    _REASON.DENIED_BY_UNKNOWN: (
        "Bluetooth is not allowed here: look into the system's privacy settings"
    ),
}

T = TypeVar("T")


class ClipFound(NamedTuple):
    """A clip that a scan saw: the handle to connect to, its name, its signal in dBm."""

    device: BLEDevice
    name: str
    rssi_dbm: int


@dataclass(frozen=True, slots=True)
class Radio:
    """Which bleak backend to use; ``None`` is the platform's own.

    A simulated clip passes its own pair, and everything above is unchanged.
    """

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None


async def scan_clips(timeout_s: float = 5.0, radio: Radio | None = None) -> list[ClipFound]:
    """Clips in range, the nearest first.

    Raises:
        BluetoothUnavailable: no adapter, switched off, or not allowed.
    """
    async with _scanner(radio) as scanner:
        await asyncio.sleep(timeout_s)
        seen = scanner.discovered_devices_and_advertisement_data
    clips = [_found(device, adv) for device, adv in seen.values()]
    return sorted(clips, key=lambda clip: -clip.rssi_dbm)


async def find_clip(
    wanted: str | None = None, timeout_s: float = 10.0, radio: Radio | None = None
) -> ClipFound:
    """The first clip that advertises, or the one whose name or address is *wanted*.

    Raises:
        BluetoothUnavailable: no adapter, switched off, or not allowed.
        ClipNotFound: none came in time.
    """

    def matches(device: BLEDevice, adv: AdvertisementData) -> bool:
        if wire.SERVICE_UUID not in adv.service_uuids:
            return False
        names = (device.address, adv.local_name or "", device.name or "")
        return wanted is None or wanted.lower() in (name.lower() for name in names)

    async with _scanner(radio) as scanner:
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(timeout_s),
                contextlib.aclosing(scanner.advertisement_data()) as seen,
            ):
                async for device, adv in seen:
                    if matches(device, adv):
                        return _found(device, adv)
    called = f" called {wanted}" if wanted else ""
    raise ClipNotFound(
        f"no clip{called} in range after {timeout_s:.0f} s: switch it on, bring it near, "
        "and see that no phone is connected to it"
    )


class Clip:
    """A connected clip; use it as an async context manager, once.

        async with Clip(found.device) as clip:
            await clip.start()
            async for arrival_s, payload, packet in clip.packets():
                ...

    Args:
        device: what a scan returned.
        radio: bleak backend to use in place of the platform's own.

    Attributes:
        facts: what Device Information says (maker, model, serial, firmware, hardware).
        status: the latest status the clip sent.
        bad_packets: notifications that did not follow the protocol.
        dropped_packets: packets dropped because nobody read them.
    """

    facts: dict[str, str]
    status: wire.Status

    def __init__(self, device: BLEDevice, radio: Radio | None = None) -> None:
        self.facts = {}
        self.bad_packets = 0
        self.dropped_packets = 0
        self._client = BleakClient(
            device,
            disconnected_callback=self._on_disconnect,
            timeout=_CONNECT_S,
            # Windows would go on using the services of a firmware that was since replaced.
            winrt={"use_cached_services": False},
            backend=radio.client if radio else None,
        )
        self._packets: asyncio.Queue[Received | None] = asyncio.Queue(_QUEUE_PACKETS)
        self._replies: dict[int, asyncio.Future[wire.Reply]] = {}
        self._tag = 0
        self._lost = False

    @property
    def id(self) -> str:
        """What names this clip for good: its serial, or its address where it has none."""
        return self.facts.get("serial") or self._client.address

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(_CONNECT_S + 10.0):
                await self._bluetooth(self._client.connect())
                await self._handshake()
        except BaseException as error:
            await self._disconnect()
            if isinstance(error, TimeoutError):
                raise ClipNotFound(_SILENT) from error
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._disconnect()

    async def start(self, kind: int = wire.KIND_ORIENTATION, period_us: int | None = None) -> None:
        """Start the stream: orientation at 25 Hz unless told otherwise, raw at 50 Hz.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot.
        """
        period_us = period_us or (40_000 if kind == wire.KIND_ORIENTATION else 20_000)
        batch = max(1, min(round(200_000 / period_us), wire.MAX_SAMPLES[kind]))
        await self.command(wire.OP_START, kind, period_us // wire.PERIOD_UNIT_US, batch)

    async def stop(self) -> None:
        """Stop the stream.

        Raises:
            ClipLost: the link ended.
        """
        await self.command(wire.OP_STOP)

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
        neutral_up: tuple[float, float, float],
        left: tuple[float, float, float],
        policy: SlumpPolicy,
    ) -> None:
        """Tell the clip the wearer's upright and slump lines, by which it goes on alone.

        It keeps them over power-offs.

        Args:
            neutral_up: unit 'up' in clip coordinates while sitting tall.
            left: unit vector to the wearer's left, in clip coordinates.
            policy: when a slump starts and ends.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot keep it.
        """
        axes = [round(part * wire.QUATERNION_ONE) for part in (*neutral_up, *left)]
        await self.command(wire.OP_SET_NEUTRAL, *axes)
        lines_deg = (
            policy.enter_deg,
            policy.leave_deg,
            policy.back_enter_deg or 0.0,
            policy.back_leave_deg or 0.0,
        )
        times_s = (policy.hold_s, policy.exit_hold_s)
        cdeg = [round(100 * line) for line in lines_deg]
        await self.command(wire.OP_SET_SLUMP, *cdeg, *[round(10 * time) for time in times_s])

    async def stay_alone(self, alone: bool) -> None:
        """Go off the air once the link ends, but for a minute after the button was held; or stay.

        Raises:
            ClipLost: the link ended.
            ClipRefused: the clip cannot keep it.
        """
        await self.command(wire.OP_ALONE, int(alone))

    @property
    def calibrated(self) -> bool:
        """Whether the clip knows its wearer's upright, by its latest status."""
        return bool(self.status.flags & wire.STATUS_NEUTRAL_SET)

    async def battery_percent(self) -> int:
        """Charge of the clip's battery.

        Raises:
            ClipLost: the link ended.
        """
        data = await self._bluetooth(self._client.read_gatt_char(BATTERY_UUID))
        return min(data[0], 100) if data else self.status.battery_percent

    async def command(self, op: int, *args: int) -> bytes:
        """Send one command of ``shared.wire`` and wait for its reply's data.

        Raises:
            ClipLost: the link ended, or the clip did not answer.
            ClipRefused: the clip answered with an error.
        """
        self._tag = (self._tag + 1) % 256
        tag = self._tag
        reply: asyncio.Future[wire.Reply] = asyncio.get_running_loop().create_future()
        self._replies[tag] = reply
        try:
            async with asyncio.timeout(_REPLY_S):
                payload = wire.encode_command(op, tag, *args)
                await self._bluetooth(
                    self._client.write_gatt_char(wire.CONTROL_UUID, payload, response=True)
                )
                answer = await reply
        except TimeoutError as error:
            raise ClipLost(_NO_ANSWER) from error
        finally:
            del self._replies[tag]
            # A broken link ends the write and the reply: one of the two errors is enough.
            if not reply.cancel() and not reply.cancelled():
                reply.exception()
        if answer.result != wire.OK:
            raise ClipRefused(f"the clip {_RESULTS[answer.result]}", answer.result)
        return answer.data

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
        status = bytes(await self._bluetooth(self._client.read_gatt_char(wire.STATUS_UUID)))
        if status and status[0] != wire.VERSION:
            raise ClipIncompatible(status[0], wire.VERSION)
        try:
            self.status = wire.decode_status(status)
        except wire.WireError as error:
            raise ClipLost(
                f"the clip sent a status nobody can read ({error}): restart it"
            ) from error
        for name, uuid in _FACTS.items():
            data = await self._bluetooth(self._optional(uuid))
            if data is not None:
                self.facts[name] = _plain_text(data)
        await self._bluetooth(self._client.start_notify(wire.CONTROL_UUID, self._on_reply))
        await self._bluetooth(self._client.start_notify(wire.STATUS_UUID, self._on_status))
        await self._bluetooth(self._client.start_notify(wire.STREAM_UUID, self._on_stream))

    async def _optional(self, uuid: str) -> bytes | None:
        try:
            return bytes(await self._client.read_gatt_char(uuid))
        except BleakCharacteristicNotFoundError:
            return None

    async def _disconnect(self) -> None:
        # Some stacks take minutes to disconnect, or never do.
        try:
            async with asyncio.timeout(5.0):
                await self._client.disconnect()
        except (TimeoutError, BleakError, OSError, EOFError) as error:
            _log.warning("the link did not close properly: %s", error)

    async def _bluetooth(self, request: Awaitable[T]) -> T:
        """Await a bleak call; a link that breaks meanwhile is a lost clip."""
        try:
            return await request
        except (BleakError, OSError, EOFError) as error:
            raise _failed(error) from error

    def _on_stream(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        arrival_s = asyncio.get_running_loop().time()
        data = bytes(payload)
        try:
            self._put(Received(arrival_s, data, wire.decode_stream(data)))
        except wire.WireError as error:
            # bleak would swallow an exception here; count it and carry on.
            self.bad_packets += 1
            _log.warning("ignored a packet: %s", error)

    def _on_reply(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        try:
            reply = wire.decode_reply(bytes(payload))
        except wire.WireError as error:
            self.bad_packets += 1
            _log.warning("ignored a reply: %s", error)
            return
        waiting = self._replies.get(reply.tag)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _on_status(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        try:
            self.status = wire.decode_status(bytes(payload))
        except wire.WireError as error:
            self.bad_packets += 1
            _log.warning("ignored a status: %s", error)

    def _on_disconnect(self, _: BleakClient) -> None:
        self._lost = True
        self._put(None)
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_exception(ClipLost(_ENDED))

    def _put(self, item: Received | None) -> None:
        if self._packets.full():
            self._packets.get_nowait()
            self.dropped_packets += 1
        self._packets.put_nowait(item)


def _found(device: BLEDevice, adv: AdvertisementData) -> ClipFound:
    return ClipFound(device, _plain_text((adv.local_name or device.name or "").encode()), adv.rssi)


def _plain_text(data: bytes) -> str:
    """What a device says about itself, without anything a terminal or page would act on."""
    text = data.decode("utf-8", "replace").strip("\0 ")
    return "".join(c for c in text if c.isprintable())[:64]


def _scanner(radio: Radio | None) -> _Scanning:
    return _Scanning(
        BleakScanner(service_uuids=[wire.SERVICE_UUID], backend=radio.scanner if radio else None)
    )


class _Scanning:
    """A scan whose start fails with a sentence rather than with a stack's own error."""

    def __init__(self, scanner: BleakScanner) -> None:
        self._scanner = scanner

    async def __aenter__(self) -> BleakScanner:
        await _bluetooth(self._scanner.start())
        return self._scanner

    async def __aexit__(self, *_: object) -> None:
        # What the scan found is good even where the stack cannot end it.
        try:
            async with asyncio.timeout(5.0):
                await self._scanner.stop()
        except (BleakError, OSError, EOFError) as error:
            _log.warning("the scan did not end properly: %s", error)


async def _bluetooth(request: Awaitable[T]) -> T:
    try:
        return await request
    except BleakBluetoothNotAvailableError as error:
        raise _unavailable(error) from error
    except (FileNotFoundError, ConnectionError) as error:
        # Linux: the socket of D-Bus, through which BlueZ is reached.
        raise BluetoothUnavailable(
            "no Bluetooth service runs here: install BlueZ, start it "
            "(sudo systemctl start bluetooth), and see that D-Bus runs"
        ) from error
    except (BleakError, OSError, EOFError) as error:
        raise BluetoothUnavailable(
            f"Bluetooth does not work here ({_words(error)}): "
            "see that its service runs and an adapter is on"
        ) from error


def _failed(error: Exception) -> MidbackError:
    """What a request to a clip that bleak could not fulfil means to the caller."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _unavailable(error)
    if isinstance(error, BleakDeviceNotFoundError):
        return ClipNotFound(_SILENT)
    # It is an OSError too, and usually without a word.
    if isinstance(error, TimeoutError):
        return ClipLost(_NO_ANSWER)
    if isinstance(error, BleakCharacteristicNotFoundError):
        return ClipLost(
            f"the clip lacks characteristic {error.char_specifier}: update its firmware"
        )
    if isinstance(error, BleakGATTProtocolError) and error.code in _UNPAIRED:
        return ClipLost(
            "the clip talks to paired computers only: open its pairing with the button, "
            "and pair it in the system's Bluetooth settings"
        )
    return ClipLost(f"the connection to the clip failed ({_words(error)}): bring it nearer")


def _unavailable(error: BleakBluetoothNotAvailableError) -> BluetoothUnavailable:
    told = f"Bluetooth does not work here ({error.args[0]}): switch it off and on again"
    return BluetoothUnavailable(_NO_BLUETOOTH.get(error.reason, told))


def _words(error: Exception) -> str:
    if isinstance(error, BleakGATTProtocolError):
        return str(error.args[1])
    return str(error) or type(error).__name__
