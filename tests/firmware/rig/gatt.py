"""The firmware's attribute table as its hosts see it."""

from __future__ import annotations

import json
import uuid
from typing import NamedTuple

READ, WRITE_NO_RESPONSE, WRITE, NOTIFY, INDICATE = 0x02, 0x04, 0x08, 0x10, 0x20
READ_ENCRYPTED, READ_AUTHENTICATED = 0x0200, 0x0400
WRITE_ENCRYPTED, WRITE_AUTHENTICATED = 0x1000, 0x2000

READ_NOT_PERMITTED, WRITE_NOT_PERMITTED = 0x02, 0x03
INSUFFICIENT_AUTHENTICATION = 0x05
INSUFFICIENT_ENCRYPTION = 0x0F

IRQ_CONNECT, IRQ_DISCONNECT = 1, 2
IRQ_INDICATE_DONE, IRQ_MTU = 20, 21
IRQ_ENCRYPTION, IRQ_GET_SECRET, IRQ_SET_SECRET, IRQ_PASSKEY = 28, 29, 30, 31

OUR_SECRET, PEER_SECRET = 1, 2
KEY_BYTES = 16

ENOMEM, ENOTCONN = 12, 107


class Descriptor(NamedTuple):
    """A descriptor: UUID as little-endian bytes, the firmware's flags, handle."""

    uuid: bytes
    flags: int
    handle: int


class Characteristic(NamedTuple):
    """A characteristic: UUID as little-endian bytes, the firmware's flags, handle of its value."""

    uuid: bytes
    flags: int
    handle: int
    descriptors: tuple[Descriptor, ...]


class Service(NamedTuple):
    """A service and what it has."""

    uuid: bytes
    characteristics: tuple[Characteristic, ...]


def decode_services(payload: bytes) -> list[Service]:
    """The table a firmware registered."""
    return [
        Service(bytes.fromhex(name), tuple(_characteristic(*row) for row in rows))
        for name, rows in json.loads(payload)
    ]


def _characteristic(
    name: str, flags: int, handle: int, descriptors: list[tuple[str, int, int]]
) -> Characteristic:
    rows = tuple(Descriptor(bytes.fromhex(a), b, c) for a, b, c in descriptors)
    return Characteristic(bytes.fromhex(name), flags, handle, rows)


def name_of(little_endian: bytes) -> str:
    """The UUID as bleak and ``shared.wire`` write it."""
    if len(little_endian) == 2:
        return f"0000{little_endian[::-1].hex()}-0000-1000-8000-00805f9b34fb"
    return str(uuid.UUID(bytes=little_endian[::-1]))
