"""As much of BlueZ's D-Bus interface as bleak uses, on a bumble device in the central role.

With it bleak's own BlueZ backend runs unchanged.  As with BlueZ, notifications come as changed
properties and the MTU is told with each characteristic.  Limits: no agent, no AcquireNotify.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError, BleakGATTProtocolError
from dbus_fast import Message, Variant
from firmware.rig.bleak_bumble import radio_of
from firmware.rig.dbus import Answer, Bus
from firmware.rig.system import System

_NAME = "org.bluez"
_ROOT, _ADAPTER = "/org/bluez", "/org/bluez/hci0"
_ADAPTER1, _DEVICE1 = "org.bluez.Adapter1", "org.bluez.Device1"
_SERVICE1, _CHARACTERISTIC1 = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
_DESCRIPTOR1 = "org.bluez.GattDescriptor1"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_HIDDEN_SERVICES = ("1800", "1801")  # BlueZ keeps these to itself
_CCCD = "2902"
_CONNECT_S = 5.0

# src/gatt-client.c: create_gatt_dbus_error
_ATT_ERRORS = {0x02: "NotPermitted", 0x03: "NotPermitted", 0x05: "NotAuthorized"}

_Properties = dict[str, Variant]
_Reply = tuple[str, list[Any]] | None


def _device_properties(device: BLEDevice) -> _Properties:
    flags = ("Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected")
    return {
        "Address": Variant("s", device.address),
        "AddressType": Variant("s", "random"),
        "Alias": Variant("s", device.name or device.address),
        "Adapter": Variant("o", _ADAPTER),
        "ServicesResolved": Variant("b", False),
        **{flag: Variant("b", False) for flag in flags},
    }


def _advertised(seen: AdvertisementData) -> _Properties:
    properties = {"RSSI": Variant("n", seen.rssi), "UUIDs": Variant("as", seen.service_uuids)}
    if seen.local_name:
        properties["Name"] = properties["Alias"] = Variant("s", seen.local_name)
    if seen.manufacturer_data:
        makers = {maker: Variant("ay", data) for maker, data in seen.manufacturer_data.items()}
        properties["ManufacturerData"] = Variant("a{qv}", makers)
    return properties


@dataclass
class _Remote:
    """A device BlueZ knows."""

    device: BLEDevice
    client: BaseBleakClient | None = None
    paths: list[str] = field(default_factory=list[str])
    bonded: bool = False
    opening: asyncio.Task[None] | None = None


class BlueZ:
    """``org.bluez`` on this bus; an async context manager."""

    def __init__(self, system: System, bus: Bus) -> None:
        self._system = system
        self._bus = bus
        self._objects: dict[str, dict[str, _Properties]] = {}
        self._remotes: dict[str, _Remote] = {}
        self._rows: dict[str, tuple[BaseBleakClient, BleakGATTCharacteristic]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        radio = radio_of(system)
        assert radio.scanner is not None
        assert radio.client is not None
        self._client = radio.client
        self._scanner = radio.scanner(self._on_advertisement, None)  # pyright: ignore[reportCallIssue]
        self._scanning: set[str] = set()
        self._listening: defaultdict[str, set[str]] = defaultdict(set)
        self._methods: dict[str, Callable[[Message], Awaitable[_Reply]]] = {
            "Set": self._set,
            "SetDiscoveryFilter": self._nothing,
            "StartDiscovery": self._start_discovery,
            "StopDiscovery": self._stop_discovery,
            "RemoveDevice": self._remove_device,
            "Connect": self._connect,
            "Disconnect": self._disconnect,
            "Pair": self._pair,
            "ReadValue": self._read_value,
            "WriteValue": self._write_value,
            "StartNotify": self._start_notify,
            "StopNotify": self._stop_notify,
        }

    async def __aenter__(self) -> Self:
        self._objects[_ROOT] = {"org.bluez.AgentManager1": {}}
        self._objects[_ADAPTER] = {
            _ADAPTER1: {
                "Address": Variant("s", self._system.device.random_address.to_string(False)),
                "AddressType": Variant("s", "random"),
                "Powered": Variant("b", True),
                "Discovering": Variant("b", False),
                "Roles": Variant("as", ["central"]),
                "UUIDs": Variant("as", []),
            }
        }
        self._bus.offer(_NAME, self)
        return self

    async def __aexit__(self, *_: object) -> None:
        for remote in self._remotes.values():
            if remote.client is not None:
                await remote.client.disconnect()
        if self._scanning:
            await self._scanner.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # For tests

    def kill_programs(self) -> None:
        """Kill every program that uses it; the links stay."""
        self._bus.throw_out()

    async def forget_bonds(self) -> None:
        """Forget every clip."""
        for path in list(self._remotes):
            await self._forget(path)

    # D-Bus

    def take(self, call: Message, answer: Answer) -> None:
        """Do what a program calls for."""
        if call.path == "/" and call.member == "GetManagedObjects":
            answer(Message.new_method_return(call, "a{oa{sa{sv}}}", [self._objects]))
        elif call.path not in self._objects or call.member not in self._methods:
            unknown = "org.freedesktop.DBus.Error.UnknownObject"
            answer(Message.new_error(call, unknown, f"no {call.member} {call.path}"))
        else:
            self._spawn(self._obey(call, answer))

    def see_off(self, member: str) -> None:
        """Give up what a program that is gone has asked for, but for links."""
        self._spawn(self._end_sessions(member))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_sessions(self, member: str) -> None:
        with suppress(BleakError):
            await self._end_discovery(member)
            for path in list(self._listening):
                await self._end_notify(path, member)

    async def _obey(self, call: Message, answer: Answer) -> None:
        try:
            reply = await self._methods[str(call.member)](call)
        except BleakGATTProtocolError as error:
            answer(_att_error(call, int(error.code)))
        except (BleakError, TimeoutError) as error:
            text = str(error) or "le-connection-abort-by-local"
            answer(Message.new_error(call, "org.bluez.Error.Failed", text))
        else:
            signature, body = reply or ("", [])
            answer(Message.new_method_return(call, signature, body))

    def _add(self, path: str, interface: str, properties: _Properties) -> None:
        self._objects[path] = {interface: properties}
        added = self._objects[path]
        self._bus.signal("/", _OBJECTS, "InterfacesAdded", "oa{sa{sv}}", path, added)

    def _remove(self, path: str) -> None:
        interfaces = list(self._objects.pop(path))
        self._bus.signal("/", _OBJECTS, "InterfacesRemoved", "oas", path, interfaces)

    def _change(self, path: str, interface: str, **properties: Variant) -> None:
        if path in self._objects:
            self._objects[path][interface].update(properties)
            changed = (interface, properties, [])
            self._bus.signal(path, _PROPERTIES, "PropertiesChanged", "sa{sv}as", *changed)

    # The adapter

    async def _nothing(self, _: Message) -> None:
        return

    async def _set(self, message: Message) -> None:
        interface, name, value = message.body
        self._change(str(message.path), interface, **{name: value})

    async def _start_discovery(self, message: Message) -> None:
        first = not self._scanning
        self._scanning.add(str(message.sender))
        if first:
            await self._scanner.start()
        self._change(_ADAPTER, _ADAPTER1, Discovering=Variant("b", True))

    async def _stop_discovery(self, message: Message) -> None:
        await self._end_discovery(str(message.sender))

    async def _end_discovery(self, member: str) -> None:
        if member in self._scanning:
            self._scanning.remove(member)
            if not self._scanning:
                await self._scanner.stop()
            self._change(_ADAPTER, _ADAPTER1, Discovering=Variant("b", bool(self._scanning)))

    async def _remove_device(self, message: Message) -> None:
        await self._forget(message.body[0])

    async def _forget(self, path: str) -> None:
        remote = self._remotes[path]
        if remote.client is not None:
            await remote.client.disconnect()
        await self._system.keys.delete(str(remote.device.details["address"]))
        del self._remotes[path]
        self._remove(path)

    def _on_advertisement(self, device: BLEDevice, seen: AdvertisementData) -> None:
        path = f"{_ADAPTER}/dev_{device.address.replace(':', '_')}"
        if path in self._remotes:
            self._change(path, _DEVICE1, **_advertised(seen))
            return
        self._remotes[path] = _Remote(device)
        self._add(path, _DEVICE1, _device_properties(device) | _advertised(seen))

    # Devices

    async def _connect(self, message: Message) -> None:
        remote = self._remotes[str(message.path)]
        if remote.opening is not None:
            raise BleakError("Operation already in progress")
        remote.opening = asyncio.current_task()
        try:
            await self._open(str(message.path), pair=False)
        except asyncio.CancelledError as cancelled:
            raise BleakError("Operation canceled") from cancelled
        finally:
            remote.opening = None

    async def _pair(self, message: Message) -> None:
        path = str(message.path)
        remote = self._remotes[path]
        if remote.client is not None:
            await remote.client.pair()
        else:
            await self._open(path, pair=True)
        await self._look_for_bond(path)

    async def _look_for_bond(self, path: str) -> None:
        """See whether there are keys now: a request may have made the computer pair by itself."""
        remote = self._remotes[path]
        keys = await self._system.keys.get(str(remote.device.details["address"]))
        remote.bonded = keys is not None
        paired = Variant("b", remote.bonded or remote.client is not None)
        self._change(path, _DEVICE1, Paired=paired, Bonded=Variant("b", remote.bonded))

    async def _disconnect(self, message: Message) -> None:
        remote = self._remotes[str(message.path)]
        if remote.client is not None:
            await remote.client.disconnect()
        elif remote.opening is not None:
            # It also ends an attempt that is under way (device.c, device_request_disconnect).
            remote.opening.cancel()

    async def _open(self, path: str, *, pair: bool) -> None:
        remote = self._remotes[path]
        client = self._client(
            remote.device, timeout=_CONNECT_S, disconnected_callback=lambda: self._gone(path)
        )
        await client.connect(pair)
        remote.client = client
        self._change(path, _DEVICE1, Connected=Variant("b", True))
        self._add_services(path, remote, client)
        self._change(path, _DEVICE1, ServicesResolved=Variant("b", True))

    def _add_services(self, path: str, remote: _Remote, client: BaseBleakClient) -> None:
        assert client.services is not None
        for service in client.services:
            if service.uuid[4:8] in _HIDDEN_SERVICES:
                continue
            own = f"{path}/service{service.handle:04x}"
            properties = {
                "UUID": Variant("s", service.uuid),
                "Device": Variant("o", path),
                "Primary": Variant("b", True),
                "Includes": Variant("ao", []),
            }
            self._add(own, _SERVICE1, properties)
            remote.paths.append(own)
            for row in service.characteristics:
                self._add_characteristic(own, row, remote, client)

    def _add_characteristic(
        self, service: str, row: BleakGATTCharacteristic, remote: _Remote, client: BaseBleakClient
    ) -> None:
        own = f"{service}/char{row.handle - 1:04x}"
        properties = {
            "UUID": Variant("s", row.uuid),
            "Service": Variant("o", service),
            "Value": Variant("ay", b""),
            "Notifying": Variant("b", False),
            "Flags": Variant("as", sorted(row.properties)),
            "MTU": Variant("q", client.mtu_size),
        }
        self._add(own, _CHARACTERISTIC1, properties)
        remote.paths.append(own)
        self._rows[own] = client, row
        for descriptor in row.descriptors:
            if descriptor.uuid[4:8] != _CCCD:
                path = f"{own}/desc{descriptor.handle:04x}"
                uuid = {"UUID": Variant("s", descriptor.uuid)}
                self._add(path, _DESCRIPTOR1, uuid | {"Characteristic": Variant("o", own)})
                remote.paths.append(path)

    def _gone(self, path: str) -> None:
        remote = self._remotes.get(path)
        if remote is None:
            return
        remote.client = None
        while remote.paths:
            own = remote.paths.pop()
            self._listening.pop(own, None)
            self._remove(own)
        # Without a bond it is paired for this link only (device.c, device_remove_connection).
        no, paired = Variant("b", False), Variant("b", remote.bonded)
        self._change(path, _DEVICE1, Connected=no, ServicesResolved=no, Paired=paired)

    # Characteristics

    async def _read_value(self, message: Message) -> _Reply:
        client, row = self._rows[str(message.path)]
        return "ay", [bytes(await client.read_gatt_char(row))]

    async def _write_value(self, message: Message) -> None:
        client, row = self._rows[str(message.path)]
        value, options = message.body
        response = options["type"].value == "request"
        await client.write_gatt_char(row, bytes(value), response)
        for path, remote in list(self._remotes.items()):
            if remote.client is client and not remote.bonded:
                await self._look_for_bond(path)

    async def _start_notify(self, message: Message) -> None:
        path = str(message.path)
        client, row = self._rows[path]

        def tell(value: bytearray) -> None:
            self._change(path, _CHARACTERISTIC1, Value=Variant("ay", bytes(value)))

        if not self._listening[path]:
            await client.start_notify(row, tell)
        self._listening[path].add(str(message.sender))
        self._change(path, _CHARACTERISTIC1, Notifying=Variant("b", True))

    async def _stop_notify(self, message: Message) -> None:
        await self._end_notify(str(message.path), str(message.sender))

    async def _end_notify(self, path: str, member: str) -> None:
        if member in self._listening[path]:
            self._listening[path].remove(member)
            if not self._listening[path]:
                client, row = self._rows[path]
                await client.stop_notify(row)
                self._change(path, _CHARACTERISTIC1, Notifying=Variant("b", False))


def _att_error(message: Message, code: int) -> Message:
    name = _ATT_ERRORS.get(code, "Failed")
    text = f"Operation failed with ATT error: 0x{code:02x}"
    return Message.new_error(message, f"org.bluez.Error.{name}", text)
