"""The firmware's radio on the virtual air: a bumble device that does what ``bluetooth`` asks.

NimBLE hands over the keys of a new bond, and only of a bond, then tells that the link is
encrypted, and only then serves what the host asks next (``ble_sm_process_result``).  bumble tells
of the encryption first, stores keys without a bond too, and lets requests overtake all that; here
everything comes in NimBLE's order.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from bumble import att, core, hci
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service
from bumble.keys import PairingKeys
from bumble.pairing import PairingConfig
from firmware.rig import gatt
from firmware.rig.air import Air, AirController, host_on, just_works
from firmware.rig.secrets import Ask, FirmwareKeys
from firmware.rig.shims import _ops as ops

Tell = Callable[[int, bytes], None]
"""Sends the firmware an event."""

_PERMISSIONS = att.Attribute.Permissions
_GUARDS = {
    gatt.READ_ENCRYPTED: _PERMISSIONS.READ_REQUIRES_ENCRYPTION,
    gatt.READ_AUTHENTICATED: _PERMISSIONS.READ_REQUIRES_AUTHENTICATION,
    gatt.WRITE_ENCRYPTED: _PERMISSIONS.WRITE_REQUIRES_ENCRYPTION,
    gatt.WRITE_AUTHENTICATED: _PERMISSIONS.WRITE_REQUIRES_AUTHENTICATION,
}
_PROPERTIES = 0xFF  # the flags that a host sees


class _AgreedKeys(FirmwareKeys):
    """Keeps the keys of those pairings only that agreed on a bond."""

    def __init__(self, ask: Ask, agreed: Callable[[str], bool]) -> None:
        super().__init__(ask)
        self._agreed = agreed

    async def update(self, name: str, keys: PairingKeys) -> None:
        if self._agreed(name):
            await super().update(name, keys)


class Peripheral:
    """The radio between one ``active(True)`` and the next ``active(False)``.

    Args:
        air: where it radiates.
        address: its own.
        settings: what the firmware configured, before and after.
        tell: sends an event.
        ask: sends an event and waits for what the firmware answers.
    """

    def __init__(
        self, air: Air, address: str, settings: dict[str, str | int], tell: Tell, ask: Ask
    ) -> None:
        self._air, self._settings, self._tell, self._ask = air, settings, tell, ask
        self._radio = AirController("clip", link=air, public_address=address)
        keys = _AgreedKeys(ask, lambda name: bonding_agreed(self._device, name))
        self._device = host_on(self._radio, keys=keys, pairing=self._pairing)
        self._values: dict[int, Characteristic[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._paired: dict[int, asyncio.Event] = {}
        self._on = False

    async def start(self) -> None:
        """Switch on."""
        self._device.on("connection", self._on_connection)
        await self._device.power_on()
        self._on = True
        self.configure()

    def stop(self, reason: int = hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR) -> None:
        """Switch off; hosts find their link ended with *reason*."""
        self._on = False
        for task in list(self._tasks):
            task.cancel()
        # Not ``power_off``: it waits for packets of links that are gone.
        self._air.remove(self._radio, reason)

    def configure(self) -> None:
        """Take over what the firmware configured."""
        self._device.gatt_server.max_mtu = int(self._settings.get("mtu", 256))
        self._device.name = str(self._settings.get("gap_name", "nimble"))

    def _pairing(self) -> PairingConfig:
        wanted = {"sc": "le_secure", "mitm": "mitm", "bonding": "bond"}
        return just_works(
            **{ours: bool(self._settings.get(name)) for ours, name in wanted.items()}
        )

    # What the firmware wants

    async def advertise(self, interval_us: int, data: bytes, response: bytes) -> None:
        """Advertise, in place of what was advertised."""
        await self.quiet()
        await self._device.start_advertising(
            advertising_data=data,
            scan_response_data=response,
            advertising_interval_min=interval_us / 1000,
            advertising_interval_max=interval_us / 1000,
        )

    async def quiet(self) -> None:
        """Stop advertising."""
        if self._device.is_advertising:
            await self._device.stop_advertising()

    def register(self, services: list[gatt.Service]) -> None:
        """Offer these services."""
        for service in services:
            rows = [self._characteristic(row) for row in service.characteristics]
            self._device.add_service(Service(core.UUID.from_bytes(service.uuid), rows))

    async def notify(self, link: int, handle: int, value: bytes) -> int:
        """Notify, subscribed or not; returns an errno, 0 for sent."""
        connection = self._device.connections.get(link)
        if connection is None:
            return gatt.ENOTCONN
        # NimBLE sends to hosts that did not subscribe, too.
        await self._device.gatt_server.notify_subscriber(
            connection, self._values[handle], value, force=True
        )
        return 0

    def indicate(self, link: int, handle: int, value: bytes) -> None:
        """Indicate; the firmware hears when the host confirmed."""
        self._spawn(self._indicate(link, handle, value))

    async def update(self, handle: int, value: bytes) -> None:
        """Notify whoever subscribed."""
        await self._device.gatt_server.notify_subscribers(self._values[handle], value)

    def disconnect(self, link: int) -> None:
        """End a link."""
        connection = self._device.connections.get(link)
        if connection is not None:
            self._spawn(self._disconnect(connection))

    def pair(self, link: int) -> None:
        """Ask the host to encrypt."""
        connection = self._device.connections.get(link)
        if connection is not None:
            connection.request_pairing()

    async def _indicate(self, link: int, handle: int, value: bytes) -> None:
        status = 13  # BLE_HS_ETIMEOUT
        with suppress(core.BaseError, KeyError, asyncio.TimeoutError):
            await self._device.gatt_server.indicate_subscriber(
                self._device.connections[link], self._values[handle], value, force=True
            )
            status = 0
        self._numbers(gatt.IRQ_INDICATE_DONE, link, handle, status)

    @staticmethod
    async def _disconnect(connection: Connection) -> None:
        with suppress(core.BaseError, hci.HCI_Error):
            await connection.disconnect()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What hosts want

    def _characteristic(self, row: gatt.Characteristic) -> Characteristic[bytes]:
        permissions = _PERMISSIONS.READABLE | _PERMISSIONS.WRITEABLE
        for flag, guard in _GUARDS.items():
            if row.flags & flag:
                permissions |= guard
        value = Characteristic(
            core.UUID.from_bytes(row.uuid),
            Characteristic.Properties(row.flags & _PROPERTIES),
            permissions,
            self._value(row.handle, row.flags),
            [self._descriptor(descriptor) for descriptor in row.descriptors],
        )
        self._values[row.handle] = value
        return value

    def _descriptor(self, row: gatt.Descriptor) -> Descriptor:
        return Descriptor(
            core.UUID.from_bytes(row.uuid),
            _PERMISSIONS.READABLE | _PERMISSIONS.WRITEABLE,
            self._value(row.handle, row.flags),
        )

    def _value(self, handle: int, flags: int) -> CharacteristicValue[bytes]:
        async def read(connection: Connection) -> bytes:
            # Without this, bumble leaves the host waiting for half a minute.
            _check(flags & gatt.READ, gatt.READ_NOT_PERMITTED)
            await self._until_paired(connection)
            payload = struct.pack("<HH", connection.handle, handle)
            error, value = await self._ask(ops.EV_READ, payload)
            _check(not error, error)
            return value

        async def write(connection: Connection, value: bytes) -> None:
            writes = gatt.WRITE | gatt.WRITE_NO_RESPONSE
            _check(flags & writes, gatt.WRITE_NOT_PERMITTED)
            await self._until_paired(connection)
            payload = struct.pack("<HH", connection.handle, handle) + value
            error, _ = await self._ask(ops.EV_WRITE, payload)
            _check(not error, error)

        return CharacteristicValue(read=read, write=write)

    def _on_connection(self, connection: Connection) -> None:
        link = connection.handle
        peer = bytes([connection.peer_address.address_type & 1])
        peer += bytes(reversed(bytes(connection.peer_address)))
        self._event(ops.EV_LINK, struct.pack("<BH", gatt.IRQ_CONNECT, link) + peer)
        gone = struct.pack("<BH", gatt.IRQ_DISCONNECT, link) + peer
        connection.on("disconnection", lambda _: self._on_disconnection(link, gone))
        connection.on(
            "connection_att_mtu_update",
            lambda *_: self._numbers(gatt.IRQ_MTU, link, connection.att_mtu),
        )
        connection.on("connection_encryption_change", lambda *_: self._on_encryption(connection))
        for outcome in ("pairing", "pairing_failure"):
            connection.on(outcome, lambda *_: self._on_paired(connection))

    def _on_disconnection(self, link: int, gone: bytes) -> None:
        self._pairing_over(link)
        self._event(ops.EV_LINK, gone)

    def _on_encryption(self, connection: Connection) -> None:
        session = self._device.smp_manager.sessions.get(connection.handle)
        if session is None or session.completed:
            self._tell_encryption(connection)
        else:
            self._paired[connection.handle] = asyncio.Event()

    def _on_paired(self, connection: Connection) -> None:
        self._tell_encryption(connection)
        self._pairing_over(connection.handle)

    def _pairing_over(self, link: int) -> None:
        if link in self._paired:
            self._paired.pop(link).set()

    async def _until_paired(self, connection: Connection) -> None:
        if connection.handle in self._paired:
            await self._paired[connection.handle].wait()

    def _tell_encryption(self, connection: Connection) -> None:
        flags = [int(bool(self._settings.get(name))) for name in ("mitm", "bond")]
        encrypted = int(connection.is_encrypted)
        link = connection.handle
        self._numbers(gatt.IRQ_ENCRYPTION, link, encrypted, *flags, gatt.KEY_BYTES)

    def _numbers(self, irq: int, *values: int) -> None:
        self._event(ops.EV_NUMBERS, struct.pack(f"<B{len(values)}H", irq, *values))

    def _event(self, op: int, payload: bytes) -> None:
        if self._on:
            self._tell(op, payload)


def _check(allowed: object, error: int) -> None:
    if not allowed:
        raise att.ATT_Error(att.ErrorCode(error))


def bonding_agreed(device: Device, peer: str) -> bool:
    """Whether both sides of the pairing under way with this peer want a bond."""
    sessions = device.smp_manager.sessions.values()
    return any(one.bonding for one in sessions if str(one.connection.peer_address) == peer)
