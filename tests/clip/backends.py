"""An in-memory clip behind bleak's own ``backend=``, whose every answer a test can spoil."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError

from midback.clip import Clip, Radio, find_clip
from midback.shared import wire
from midback.simulated import virtual_time

HANG = "hang"
"""A fault: the answer never comes."""

BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
MODEL = "00002a24-0000-1000-8000-00805f9b34fb"
SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE = "00002a26-0000-1000-8000-00805f9b34fb"

STATUS = wire.Status(wire.MODE_ALONE, 0, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0)

Fault = BaseException | str
T = TypeVar("T")


@dataclass
class BenchClip:
    """A clip on the bench.

    ``faults`` names steps that go wrong, and how: ``scan``, ``end scan``, ``connect``,
    ``disconnect``, ``read``, ``write``, ``notify``.
    ``answer`` gives each command its result code, or ``None`` for no answer at all.
    """

    name: str | None = "Midback"
    address: str = "C0:5E:00:00:00:01"
    rssi_dbm: int = -60
    service: str = wire.SERVICE_UUID
    values: dict[str, bytes] = field(
        default_factory=lambda: {
            wire.STATUS_UUID: wire.encode_status(STATUS),
            BATTERY: bytes([77]),
            MODEL: b"Bench clip",
            SERIAL: b"B1",
            FIRMWARE: b"0.1.0",
        }
    )
    faults: dict[str, Fault] = field(default_factory=dict[str, Fault])
    answer: Callable[[wire.Command], int | None] = lambda _: wire.OK
    commands: list[wire.Command] = field(default_factory=list[wire.Command])
    client: BenchClient | None = None

    async def step(self, name: str) -> None:
        """Meet the fault of this step, if it has one."""
        fault = self.faults.get(name)
        if isinstance(fault, BaseException):
            raise fault
        if fault == HANG:
            await asyncio.Event().wait()

    def notify(self, uuid: str, payload: bytes) -> None:
        """Send a notification to the host, if it listens."""
        assert self.client is not None
        callback = self.client.callbacks.get(uuid)
        if callback is not None:
            callback(bytearray(payload))

    def lose_link(self) -> None:
        """End the link as a stack does that lost it."""
        assert self.client is not None
        self.client.drop()

    def obey(self, payload: bytes) -> None:
        """Take a command and answer it."""
        command = wire.decode_command(payload)
        self.commands.append(command)
        result = self.answer(command)
        if result is not None:
            reply = wire.encode_reply(command.op, command.tag, result)
            asyncio.get_running_loop().call_later(0.01, self.notify, wire.CONTROL_UUID, reply)


def radio(*clips: BenchClip) -> Radio:
    """Bleak backends through which these clips are in range."""

    class Scanner(BenchScanner):
        bench = clips

    class Client(BenchClient):
        bench = clips

    return Radio(Scanner, Client)


def on_the_bench(clip: BenchClip, body: Callable[[Clip], Awaitable[T]]) -> T:
    """Connect to one clip on a virtual clock and let *body* use it."""

    async def main() -> T:
        reached = radio(clip)
        found = await find_clip(radio=reached)
        async with Clip(found.device, reached) as connected:
            return await body(connected)

    return virtual_time.run(main())


async def connecting(clip: BenchClip) -> None:
    """Find this clip without a fault, then connect with all its faults and leave."""
    faults, clip.faults = clip.faults, {}
    found = await find_clip(radio=radio(clip))
    clip.faults = faults
    async with Clip(found.device, radio(clip)):
        pass


class BenchScanner(BaseBleakScanner):
    """Hears every clip on the bench ten times a second."""

    bench: tuple[BenchClip, ...]

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        *_mode: str,
        **_options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        self.seen_devices = {}
        for clip in self.bench:
            await clip.step("scan")
        self._hear_later()

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for clip in self.bench:
            await clip.step("end scan")

    def _hear_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(0.1, self._hear)

    def _hear(self) -> None:
        for clip in self.bench:
            heard = AdvertisementData(clip.name, {}, {}, [clip.service], None, clip.rssi_dbm, ())
            if self.is_allowed_uuid(heard.service_uuids):
                device = self.create_or_update_device(
                    clip.address, clip.address, clip.name, clip, heard
                )
                self.call_detection_callbacks(device, heard)
        self._hear_later()


class BenchClient(BaseBleakClient):
    """One link to a clip on the bench."""

    bench: tuple[BenchClip, ...]

    def __init__(self, address_or_ble_device: BLEDevice | str, **options: Any) -> None:
        options.pop("services", None)
        super().__init__(address_or_ble_device, **options)
        self.callbacks: dict[str, NotifyCallback] = {}
        self.linked = False

    @property
    def clip(self) -> BenchClip:
        return next(clip for clip in self.bench if clip.address == self.address)

    @property
    def name(self) -> str:
        return self.clip.name or ""

    @property
    def mtu_size(self) -> int:
        return 247

    @property
    def is_connected(self) -> bool:
        return self.linked

    async def connect(self, pair: bool, **_options: Any) -> None:
        del pair
        await self.clip.step("connect")
        self.clip.client = self
        self.linked = True
        self.services = _services(self.clip)

    async def disconnect(self) -> None:
        if self.linked:
            await self.clip.step("disconnect")
            self.drop()

    def drop(self) -> None:
        """End the link, as bleak's backends do: nothing is known any more."""
        self.linked = False
        self.services = None
        self.callbacks.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def pair(self, *_args: Any, **_options: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **_options: Any
    ) -> bytearray:
        await self.clip.step("read")
        return bytearray(self.clip.values[characteristic.uuid])

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        assert response
        assert characteristic.uuid == wire.CONTROL_UUID
        await self.clip.step("write")
        if not self.linked:
            raise BleakError("Not connected")
        self.clip.obey(bytes(data))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_options: Any
    ) -> None:
        await self.clip.step("notify")
        self.callbacks[characteristic.uuid] = callback

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self.callbacks.pop(characteristic.uuid, None)

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, **_options: Any
    ) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        raise NotImplementedError


def _services(clip: BenchClip) -> BleakGATTServiceCollection:
    services = BleakGATTServiceCollection()
    service = BleakGATTService(None, 1, wire.SERVICE_UUID)
    services.add_service(service)
    uuids = dict.fromkeys(
        [*clip.values, wire.STREAM_UUID, wire.CONTROL_UUID, wire.STATUS_UUID, wire.LOG_UUID]
    )
    for number, uuid in enumerate(uuids):
        if uuid not in clip.values and uuid == wire.STATUS_UUID:
            continue
        services.add_characteristic(
            BleakGATTCharacteristic(
                None, 2 + 2 * number, uuid, ["read", "write", "notify"], lambda: 244, service
            )
        )
    return services
