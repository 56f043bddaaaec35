"""Bonds that the firmware keeps, as NimBLE has it: asked for and handed over as secrets."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable

from bumble.hci import Address
from bumble.keys import KeyStore, PairingKeys
from firmware.rig import gatt
from firmware.rig.shims import _ops as ops

Ask = Callable[[int, bytes], Awaitable[tuple[int, bytes]]]
"""Sends the firmware an event that it answers: op and payload in, error and bytes out."""

_VALUE = struct.Struct("<7s16s57x")  # as long as NimBLE's struct ble_store_value_sec


class FirmwareKeys(KeyStore):
    """A key store whose memory is the firmware's."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def get(self, name: str) -> PairingKeys | None:
        error, value = await self._secret(gatt.IRQ_GET_SECRET, gatt.OUR_SECRET, name)
        if error or len(value) != _VALUE.size:
            return None
        _, key = _VALUE.unpack(value)
        keys = PairingKeys()
        keys.ltk = PairingKeys.Key(key)
        return keys

    async def update(self, name: str, keys: PairingKeys) -> None:
        if keys.ltk is None:
            return
        value = _VALUE.pack(_key(name), keys.ltk.value)
        for kind in (gatt.OUR_SECRET, gatt.PEER_SECRET):
            await self._secret(gatt.IRQ_SET_SECRET, kind, name, value)

    async def delete(self, name: str) -> None:
        for kind in (gatt.OUR_SECRET, gatt.PEER_SECRET):
            await self._secret(gatt.IRQ_SET_SECRET, kind, name)

    async def _secret(
        self, irq: int, kind: int, name: str, value: bytes = b""
    ) -> tuple[int, bytes]:
        key = _key(name)
        head = struct.pack("<BBBB", irq, kind, 0, len(key))
        return await self._ask(ops.EV_SECRET, head + key + value)


def _key(name: str) -> bytes:
    """NimBLE's ``ble_addr_t``: the type, then the address, least byte first."""
    address = Address(name)
    return bytes([address.address_type & 1]) + bytes(address)
