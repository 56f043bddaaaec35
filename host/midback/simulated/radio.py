"""Bleak backends for simulated clips: from bleak upwards everything is what a real clip meets."""

from __future__ import annotations

import asyncio
from typing import Any, Self

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from bleak.uuids import normalize_uuid_16, normalize_uuid_str

from midback.shared import wire
from midback.simulated import gatt
from midback.simulated.clip import SimulatedClip
from midback.simulated.gatt import Notification
from midback.simulated.link import Link
from midback.simulated.medium import Medium

MTU = 247

_PAIRING_S = 0.5
"""How long pairing takes where nobody is asked."""

_GENERIC_UUID = normalize_uuid_16(0x1801)
"""A service that every device has."""

_Characteristics = tuple[tuple[str, tuple[CharacteristicPropertyName, ...]], ...]

_SERVICES: tuple[tuple[str, _Characteristics], ...] = (
    (
        wire.SERVICE_UUID,
        (
            (wire.STREAM_UUID, ("notify",)),
            (wire.CONTROL_UUID, ("write", "notify")),
            (wire.STATUS_UUID, ("read", "notify")),
            (wire.LOG_UUID, ("notify",)),
        ),
    ),
    (normalize_uuid_16(0x180F), ((gatt.BATTERY_UUID, ("read", "notify")),)),
    (
        normalize_uuid_16(0x180A),
        (
            (gatt.MAKER_UUID, ("read",)),
            (gatt.MODEL_UUID, ("read",)),
            (gatt.SERIAL_UUID, ("read",)),
            (gatt.FIRMWARE_UUID, ("read",)),
            (gatt.HARDWARE_UUID, ("read",)),
        ),
    ),
)


def backend_types(
    medium_: Medium,
) -> tuple[type[BaseBleakScanner], type[BaseBleakClient], type[BaseBleakAdapter]]:
    """The scanner, client and adapter classes that reach the clips of this medium."""

    class SimulatedScanner(_Scanner):
        """Hears simulated clips."""

        medium = medium_

    class SimulatedClient(_Client):
        """Connects to simulated clips."""

        medium = medium_

    class SimulatedAdapter(_Adapter):
        """Knows the simulated clips that this computer is linked to."""

        medium = medium_

    return SimulatedScanner, SimulatedClient, SimulatedAdapter


class _Adapter(BaseBleakAdapter):
    medium: Medium

    @classmethod
    async def get(cls, **_options: Any) -> Self:
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        if service_uuids.isdisjoint((_GENERIC_UUID, *(uuid for uuid, _ in _SERVICES))):
            return []
        return [
            BLEDevice(clip.traits.address, clip.traits.name, clip) for clip in self.medium.linked
        ]


class _Scanner(BaseBleakScanner):
    medium: Medium

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **_options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._named = scanning_mode == "active"
        self._stop: Any = None

    async def start(self) -> None:
        if self._stop is not None:
            raise BleakError("Scanner already started")
        self.seen_devices = {}
        self._stop = self.medium.listen(self)

    async def stop(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    def hear(self, clip: SimulatedClip, rssi_dbm: int) -> None:
        """An advertisement arrived."""
        name = clip.traits.name if self._named else None
        heard = AdvertisementData(name, {}, {}, [wire.SERVICE_UUID], None, rssi_dbm, ())
        if not self.is_allowed_uuid(heard.service_uuids):
            return
        address = clip.traits.address
        device = self.create_or_update_device(address, address, name, clip, heard)
        self.call_detection_callbacks(device, heard)


class _Client(BaseBleakClient):
    medium: Medium

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        services: set[str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(address_or_ble_device, **options)
        self._wanted = None if services is None else {normalize_uuid_str(u) for u in services}
        self._link: Link | None = None
        self._connecting = False
        self._callbacks: dict[str, NotifyCallback] = {}

    @property
    def name(self) -> str:
        return self._clip.traits.name

    @property
    def mtu_size(self) -> int:
        return MTU if self.is_connected else 23

    @property
    def is_connected(self) -> bool:
        return self._held is not None

    @property
    def _held(self) -> Link | None:
        """The link, as long as it lasts and nobody killed the program that holds it."""
        link = self._link
        return link if link is not None and link.open and link.receiver is self else None

    @property
    def _clip(self) -> SimulatedClip:
        for clip in self.medium.clips:
            if clip.traits.address.lower() == self.address.lower():
                return clip
        message = f"Device with address {self.address} was not found."
        raise BleakDeviceNotFoundError(self.address, message)

    async def connect(self, pair: bool, **options: Any) -> None:
        if self.is_connected or self._connecting:
            raise BleakError("Client is already connected")
        medium, clip = self.medium, self._clip
        self._connecting = True
        try:
            async with asyncio.timeout(options.get("timeout", self._timeout)):
                if not medium.left_behind(clip):
                    await medium.advertised(clip)
                await asyncio.sleep(medium.quality.setup_s)
            self._link = medium.join(clip, self)
            if self._link is None:
                raise BleakError("disconnected")
            self.services = self._discovered()
        finally:
            self._connecting = False
        if pair:
            await self.pair()

    def _discovered(self) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        handle = 1
        for service_uuid, characteristics in _SERVICES:
            service = BleakGATTService(None, handle, service_uuid)
            handle += 1
            wanted = self._wanted is None or service_uuid in self._wanted
            if wanted:
                found.add_service(service)
            for uuid, properties in characteristics:
                characteristic = BleakGATTCharacteristic(
                    None, handle, uuid, list(properties), lambda: self.mtu_size - 3, service
                )
                handle += 2
                if wanted:
                    found.add_characteristic(characteristic)
        return found

    async def disconnect(self) -> None:
        link, self._link = self._held, None
        self._callbacks.clear()
        if link is not None:
            link.close()
            self._tell()

    def receive(self, notification: Notification) -> None:
        """Data arrived."""
        callback = self._callbacks.get(notification.uuid)
        if callback is not None:
            callback(bytearray(notification.payload))

    def lost(self) -> None:
        """The link is gone, and nobody asked for it."""
        self._link = None
        self._callbacks.clear()
        self._tell()

    def _tell(self) -> None:
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def pair(self, *_args: Any, **_options: Any) -> None:
        """Make a bond with a clip that wants one; with any other there is nothing to pair."""
        link = await self._exchange()
        if link.clip.trusts:
            return
        await asyncio.sleep(_PAIRING_S)
        link = await self._exchange()
        if not link.pair():
            raise BleakError("disconnected")

    async def unpair(self) -> None:
        """Forget the bond on this side, which ends the link."""
        self.medium.bonds.pop(self._clip.traits.address, None)
        await self.disconnect()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        del use_cached
        link = await self._exchange()
        value = link.clip.read(characteristic.uuid)
        if value is None:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.READ_NOT_PERMITTED)
        return bytearray(value)

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        payload = bytes(data)
        link = await self._exchange(wait=response)
        if characteristic.uuid != wire.CONTROL_UUID:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.WRITE_NOT_PERMITTED)
        if len(payload) > wire.MAX_PAYLOAD:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.INVALID_ATTRIBUTE_VALUE_LENGTH)
        if not link.clip.trusts:
            self._encrypt(link)
        link.ask(payload)

    def _encrypt(self, link: Link) -> None:
        """Do what a system does by itself with a bond's keys, if it has them."""
        encrypted = link.encrypt()
        if encrypted is None:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION)
        if not encrypted:
            raise BleakError("disconnected")

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_options: Any
    ) -> None:
        if characteristic.uuid in self._callbacks:
            raise BleakError("Characteristic notifications already started")
        self._callbacks[characteristic.uuid] = callback
        await self._exchange()

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self._callbacks.pop(characteristic.uuid, None)
        await self._exchange()

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        del descriptor, use_cached
        raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.READ_NOT_PERMITTED)

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        del descriptor, data
        raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.WRITE_NOT_PERMITTED)

    async def _exchange(self, *, wait: bool = True) -> Link:
        """Wait for one round trip on the link; out of range it ends with the link."""
        link = self._held
        if link is None:
            raise BleakError("Not connected")
        medium = self.medium
        await asyncio.sleep(medium.delay_s() + medium.quality.interval_s if wait else 0.0)
        await link.clear()
        if self._held is not link:
            raise BleakError("disconnected")
        return link
