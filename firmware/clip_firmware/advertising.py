"""What the clip tells everybody in the air: its service, and on request its name.

Limits: an advertisement and a scan response carry 31 bytes each (Core Specification 5.4, Vol 6,
Part B, 2.3.1), so the name, in the scan response, is cut after 29.
"""

import binascii

from micropython import const

_FLAGS = const(0x01)
_SERVICES_128 = const(0x07)
_SHORTENED_NAME = const(0x08)
_COMPLETE_NAME = const(0x09)

_DISCOVERABLE_LE_ONLY = b"\x06"
_LONGEST_NAME = const(29)


def advertisement(service_uuid: str) -> bytes:
    """The payload that names the service, 21 bytes."""
    uuid = bytes(reversed(binascii.unhexlify(service_uuid.replace("-", ""))))
    return _field(_FLAGS, _DISCOVERABLE_LE_ONLY) + _field(_SERVICES_128, uuid)


def scan_response(name: str) -> bytes:
    """The payload that tells the name, at most 31 bytes."""
    whole = name.encode()
    short = fitting_name(name)
    return _field(_COMPLETE_NAME if short == whole else _SHORTENED_NAME, short)


def fitting_name(name: str) -> bytes:
    """As much of the name as fits, in UTF-8 and never with half a character."""
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-1]
    return name.encode()


def _field(kind: int, content: bytes) -> bytes:
    return bytes((len(content) + 1, kind)) + content
