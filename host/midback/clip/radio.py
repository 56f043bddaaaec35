"""Which bleak backend to use, and what its errors mean to people."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from midback.errors import (
    BluetoothUnavailable,
    ClipLost,
    ClipNotFound,
    ClipUnpaired,
    MidbackError,
)

T = TypeVar("T")

STACK_ERRORS = (BleakError, OSError, EOFError)
"""What bleak and the stacks below it raise; a broken D-Bus connection is an ``EOFError``."""

NO_ANSWER = "the clip does not answer: bring it nearer"
SILENT = "the clip does not answer: bring it near, or switch it off and on again"

_NO_SERVICE = (
    "no Bluetooth service runs here: install BlueZ, start it "
    "(sudo systemctl start bluetooth), and see that D-Bus runs"
)
_NOBODY_ANSWERS = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
)

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


@dataclass(frozen=True, slots=True)
class Radio:
    """Which bleak backend to use; ``None`` is the platform's own.

    A simulated clip passes its own set, and everything above is unchanged.
    """

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    adapter: type[BaseBleakAdapter] | None = None


def needs_pairing(error: BaseException) -> bool:
    """Whether the clip refused because the link is not encrypted with a bond's keys."""
    return isinstance(error, BleakGATTProtocolError) and error.code in _UNPAIRED


async def of_the_clip(request: Awaitable[T]) -> T:
    """Await a bleak call to a clip.

    Raises:
        BluetoothUnavailable: Bluetooth went away.
        ClipNotFound: nothing answers.
        ClipLost: the link broke meanwhile.
        ClipUnpaired: the clip wants a bond first.
    """
    try:
        return await request
    except STACK_ERRORS as error:
        raise failed(error) from error


async def of_the_adapter(request: Awaitable[T]) -> T:
    """Await a bleak call to this computer's own Bluetooth.

    Raises:
        BluetoothUnavailable: says why, and what to do.
    """
    try:
        return await request
    except BleakBluetoothNotAvailableError as error:
        raise _unavailable(error) from error
    except (FileNotFoundError, ConnectionError) as error:
        # Linux: the socket of D-Bus, through which BlueZ is reached.
        raise BluetoothUnavailable(_NO_SERVICE) from error
    except BleakDBusError as error:
        raise BluetoothUnavailable(_of_d_bus(error)) from error
    except STACK_ERRORS as error:
        raise BluetoothUnavailable(_not_working(error)) from error


def failed(error: Exception) -> MidbackError:
    """What a request to a clip that bleak could not fulfil means to the caller."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _unavailable(error)
    if isinstance(error, BleakDeviceNotFoundError):
        return ClipNotFound(SILENT)
    # It is an OSError too, and usually without a word.
    if isinstance(error, TimeoutError):
        return ClipLost(NO_ANSWER)
    if isinstance(error, BleakCharacteristicNotFoundError):
        return ClipLost(
            f"the clip lacks characteristic {error.char_specifier}: update its firmware"
        )
    if needs_pairing(error):
        return ClipUnpaired()
    return ClipLost(f"the connection to the clip failed ({_words(error)}): bring it nearer")


def _unavailable(error: BleakBluetoothNotAvailableError) -> BluetoothUnavailable:
    told = f"Bluetooth does not work here ({error.args[0]}): switch it off and on again"
    return BluetoothUnavailable(_NO_BLUETOOTH.get(error.reason, told))


def _of_d_bus(error: BleakDBusError) -> str:
    """What D-Bus answered in place of BlueZ, as a sentence."""
    if error.dbus_error == "org.freedesktop.DBus.Error.AccessDenied":
        return (
            "this account may not use Bluetooth: run 'sudo usermod -aG bluetooth $USER', "
            "then log in again"
        )
    if error.dbus_error in _NOBODY_ANSWERS:
        return _NO_SERVICE
    return _not_working(error)


def _not_working(error: Exception) -> str:
    return (
        f"Bluetooth does not work here ({_words(error)}): "
        "see that its service runs and an adapter is on"
    )


def _words(error: Exception) -> str:
    if isinstance(error, BleakGATTProtocolError):
        return str(error.args[1])
    return str(error) or type(error).__name__
