"""bleak on a bumble device in the central role: ``radio_of`` for ``midback.clip``.

Behaves as an operating system's stack does: exchanges the MTU, encrypts with a bond it has, pairs
when a characteristic wants it (macOS and Linux; Windows does not), and reports ATT errors as bleak
does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import att, core, hci
from bumble.core import AdvertisingData
from bumble.device import Advertisement, Connection, Peer
from firmware.rig.system import System

from midback.clip import Radio

_MTU = 517
_NAMES = (AdvertisingData.COMPLETE_LOCAL_NAME, AdvertisingData.SHORTENED_LOCAL_NAME)
_UUIDS = {0x02: 2, 0x03: 2, 0x06: 16, 0x07: 16}  # lists of service UUIDs, by their length
_WANTS_A_KEY = (att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR, att.ATT_INSUFFICIENT_ENCRYPTION_ERROR)

_T = TypeVar("_T")


def radio_of(computer: System) -> Radio:
    """bleak's backends on this computer."""

    class Scanner(BumbleScanner):
        system = computer

    class Client(BumbleClient):
        system = computer

    class Adapter(BumbleAdapter):
        system = computer

    return Radio(Scanner, Client, Adapter)


def _name(uuid: core.UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _advertisement(seen: Advertisement) -> AdvertisementData:
    name, makers, uuids = None, dict[int, bytes](), list[str]()
    for kind, data in seen.data.ad_structures:
        if kind in _NAMES:
            name = data.decode("utf-8", "replace")
        elif kind == AdvertisingData.MANUFACTURER_SPECIFIC_DATA:
            makers[int.from_bytes(data[:2], "little")] = bytes(data[2:])
        elif size := _UUIDS.get(int(kind)):
            cuts = range(0, len(data), size)
            uuids += [_name(core.UUID.from_bytes(data[at : at + size])) for at in cuts]
    return AdvertisementData(name, makers, {}, uuids, None, seen.rssi, ())


class BumbleAdapter(BaseBleakAdapter):
    """Knows who is linked."""

    system: System

    @classmethod
    async def get(cls, **_: Any) -> Self:
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        await self.system.works()
        return self.system.linked(service_uuids)


class BumbleScanner(BaseBleakScanner):
    """Scans."""

    system: System

    def __init__(
        self, detection_callback: Any, service_uuids: list[str] | None, *_: Any, **__: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        await self.system.works()
        self.system.device.on("advertisement", self._on_advertisement)
        await self.system.device.start_scanning(active=True, filter_duplicates=False)

    async def stop(self) -> None:
        await self.system.works()
        self.system.device.remove_listener("advertisement", self._on_advertisement)
        await self.system.device.stop_scanning()

    def _on_advertisement(self, seen: Advertisement) -> None:
        data = _advertisement(seen)
        if self.system.stalled or not self.is_allowed_uuid(data.service_uuids):
            return
        address = seen.address.to_string(False)
        device = self.create_or_update_device(
            address, address, data.local_name, {"address": seen.address}, data
        )
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """Connects to what a scan or the adapter found."""

    system: System

    def __init__(
        self, address_or_ble_device: BLEDevice | str, _services: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        if isinstance(address_or_ble_device, str):
            raise BleakError("this backend connects to what was found, not to an address")
        self._device = address_or_ble_device
        self._link: Connection | None = None
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self._device.name or self.address

    @property
    def mtu_size(self) -> int:
        return self._link.att_mtu if self._link else 23

    @property
    def is_connected(self) -> bool:
        return self._link is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        timeout_s = kwargs.get("timeout", self._timeout)
        await self.system.works()
        self._link = self.system.link_to(self._device) or await self._open(timeout_s)
        self._link.on("disconnection", self._on_disconnection)
        self.system.users.append(self)
        try:
            async with asyncio.timeout(timeout_s):
                await self._secure(self._link, pair=pair)
                await self._discover(self._link)
        except BaseException as error:
            await self.disconnect()
            if isinstance(error, (core.BaseError, hci.HCI_Error, asyncio.CancelledError)):
                raise BleakError(f"failed to connect: {error}") from error
            raise

    async def _open(self, timeout_s: float) -> Connection:
        try:
            address = self._device.details["address"]
            return await self.system.device.connect(address, timeout=timeout_s)
        except asyncio.CancelledError:
            # Otherwise the radio would go on trying, and take no other attempt.
            await self.system.device.cancel_connection()
            raise
        except core.TimeoutError as error:
            raise TimeoutError from error
        except (core.BaseError, hci.HCI_Error) as error:
            raise BleakError(f"failed to connect: {error}") from error

    async def _secure(self, link: Connection, *, pair: bool) -> None:
        if pair:
            await self.pair()
        elif not link.is_encrypted and await self.system.keys.get(str(link.peer_address)):
            await _while_linked(link, link.encrypt())

    async def _discover(self, link: Connection) -> None:
        peer = Peer(link)
        await _while_linked(link, peer.request_mtu(_MTU))
        await _while_linked(link, peer.discover_all())
        found = BleakGATTServiceCollection()
        for service in peer.services:
            ours = BleakGATTService(service, service.handle, _name(service.uuid))
            found.add_service(ours)
            for row in service.characteristics:
                self._add(found, ours, row)
        self.services = found
        self.system.learn(link, self._device, [service.uuid for service in found])

    def _add(self, found: BleakGATTServiceCollection, service: BleakGATTService, row: Any) -> None:
        properties = list(gatt_char_props_to_strs(int(row.properties)))
        ours = BleakGATTCharacteristic(
            row, row.handle, _name(row.uuid), properties, lambda: self.mtu_size - 3, service
        )
        found.add_characteristic(ours)
        for descriptor in row.descriptors:
            name = _name(descriptor.type)
            found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, name, ours))

    def _on_disconnection(self, _: int) -> None:
        self._link = None
        self.system.users.remove(self)
        self.system.tell(self._end)

    def _end(self) -> None:
        self._listeners.clear()
        if self._disconnected_callback:
            self._disconnected_callback()

    def let_go(self) -> None:
        if self._link is not None:
            self._link.remove_listener("disconnection", self._on_disconnection)
        self._link = None
        self._listeners.clear()

    async def disconnect(self) -> None:
        await self.system.works()
        if self._link is None:
            return
        try:
            await self._link.disconnect()
        except (core.BaseError, hci.HCI_Error):
            # It ended at the same moment.
            return

    async def pair(self, *_: Any, **__: Any) -> None:
        link = self._need_link()
        try:
            await _while_linked(link, link.pair())
        except (core.BaseError, hci.HCI_Error) as error:
            raise BleakError(f"failed to pair: {error}") from error

    async def unpair(self) -> None:
        await self.system.keys.delete(str(self._device.details["address"]))

    def _need_link(self) -> Connection:
        if self._link is None:
            raise BleakError("Not connected")
        return self._link

    async def _request(self, request: Callable[[], Awaitable[_T]]) -> _T:
        """Do it; where the clip wants a key first, pair and do it again, as systems do."""
        for attempt in (0, 1):
            await self.system.works()
            link = self._need_link()
            try:
                return await _while_linked(link, request())
            except core.ProtocolError as error:
                wants_a_key = error.error_code in _WANTS_A_KEY
                if attempt or not (wants_a_key and self.system.pairs):
                    raise BleakGATTProtocolError(error.error_code or 0) from error
                await self.pair()
            except core.BaseError as error:
                raise BleakError(f"failed: {error}") from error
        raise AssertionError("the second attempt returns or raises")

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        return bytearray(await self._request(characteristic.obj.read_value))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        return bytearray(await self._request(descriptor.obj.read_value))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        await self._request(
            lambda: characteristic.obj.write_value(bytes(data), with_response=response)
        )

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        await self._request(lambda: descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any
    ) -> None:
        def take(value: bytes) -> None:
            if self._listeners.get(characteristic.handle) is listen:
                callback(bytearray(value))

        def listen(value: bytes) -> None:
            self.system.hand_over(characteristic.uuid, value, take)

        self._listeners[characteristic.handle] = listen
        await self._request(lambda: characteristic.obj.subscribe(listen))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        listen = self._listeners.pop(characteristic.handle, None)
        if listen is not None:
            await self._request(lambda: characteristic.obj.unsubscribe(listen))


async def _while_linked(link: Connection, request: Awaitable[_T]) -> _T:
    """Await it; a link that ends meanwhile is an error, not a wait for ever."""
    try:
        return await link.cancel_on_disconnection(request)
    except asyncio.CancelledError:
        if link.handle not in link.device.connections:
            raise BleakError("disconnected") from None
        raise
