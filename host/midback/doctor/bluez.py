"""Bluetooth on Linux: the message bus, BlueZ and its adapters, asked without bleak."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midback.doctor.finding import Finding, note, ok, problem
from midback.errors import BluetoothUnavailable
from midback.shared import wire

if TYPE_CHECKING:
    # There is none but on Linux.
    from dbus_fast.aio import MessageBus

_ANSWER_S = 5.0
_LEAST_VERSION = (5, 55)
"""What bleak needs."""

_RFKILL = Path("/sys/class/rfkill")
_BLUEZ = "org.bluez"
_DBUS = "org.freedesktop.DBus"

DENIED = "denied"
STOPPED = "stopped"
ABSENT = "absent"
"""Reasons in ``Asked.service``; any other is what the bus said."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A Bluetooth adapter as BlueZ has it: its name, and whether it is on and fit for a clip."""

    name: str
    powered: bool = True
    central: bool = True

    @property
    def usable(self) -> bool:
        """Whether a clip can be reached with it."""
        return self.powered and self.central


@dataclass(frozen=True, slots=True)
class Asked:
    """What the message bus and BlueZ answered.

    Attributes:
        bus: why the bus cannot be used; empty where it answers.
        service: why BlueZ cannot be used; empty where it answers.
        adapters: all of them.
        paired: addresses of the clips that this computer is paired with.
    """

    bus: str = ""
    service: str = ""
    adapters: tuple[Adapter, ...] = ()
    paired: tuple[str, ...] = ()


def ask_bluez() -> Asked:
    """Ask the system's message bus for BlueZ, and BlueZ for what it has."""
    from dbus_fast import DBusFastError

    try:
        return asyncio.run(_asked())
    except (OSError, EOFError, DBusFastError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        return Asked(bus=said or type(error).__name__)


def bluez_version() -> str:
    """BlueZ's version as its own tool tells it, or an empty string."""
    try:
        told = subprocess.run(
            ["bluetoothctl", "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_S,
            text=True,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+\.\d+", told)
    return found[0] if found else ""


def what_blocks(folder: Path = _RFKILL) -> str:
    """What keeps Bluetooth off in the kernel: ``"a switch"``, ``"software"``, or nothing."""
    for radio in sorted(folder.glob("rfkill*")):
        try:
            if (radio / "type").read_text().strip() == "bluetooth":
                for name, words in (("hard", "a switch"), ("soft", "software")):
                    if (radio / name).read_text().strip() == "1":
                        return words
        except OSError:
            continue
    return ""


def findings(asked: Asked, version: str, blocked_by: str) -> list[Finding]:
    """What the answers mean.

    Args:
        asked: as ``ask_bluez`` returns it.
        version: as ``bluez_version`` returns it.
        blocked_by: as ``what_blocks`` returns it.
    """
    if asked.bus:
        to_do = "Start it (sudo systemctl start dbus); a container needs the bus of its host."
        return [problem("D-Bus", f"no answer ({asked.bus})", to_do, BluetoothUnavailable)]
    bus = ok("D-Bus", "answers")
    if asked.service:
        return [bus, _no_service(asked.service, version)]
    return [bus, _service(version), *_adapters(asked.adapters, blocked_by)]


def _no_service(why: str, version: str) -> Finding:
    if why == DENIED:
        found = "its service runs, but not for this account"
        to_do = "Run 'sudo usermod -aG bluetooth $USER', then log out and in again."
    elif why == ABSENT and not version:
        found = "not installed"
        to_do = "Install it: on Debian and Ubuntu 'sudo apt install bluez'."
    elif why in (ABSENT, STOPPED):
        found = f"{version or 'installed'}, but its service does not run"
        to_do = "Start it: 'sudo systemctl enable --now bluetooth'."
    else:
        found = f"its service does not answer ({why})"
        to_do = "Start it anew: 'sudo systemctl restart bluetooth'."
    return problem("BlueZ", found, to_do, BluetoothUnavailable)


def _service(version: str) -> Finding:
    if not version:
        return note("BlueZ", "its service runs; without bluetoothctl its version is not known")
    if tuple(int(part) for part in version.split(".")) < _LEAST_VERSION:
        least = ".".join(str(part) for part in _LEAST_VERSION)
        to_do = f"Upgrade the system: Midback needs {least} or later."
        return problem("BlueZ", f"{version} is too old", to_do, BluetoothUnavailable)
    return ok("BlueZ", f"{version}, its service runs")


def _adapters(adapters: Sequence[Adapter], blocked_by: str) -> list[Finding]:
    if not adapters:
        found = f"none, and Bluetooth is blocked by {blocked_by}" if blocked_by else "none"
        to_do = "Plug one in for Bluetooth 4.0 or later."
        return [problem("adapter", found, to_do, BluetoothUnavailable)]
    one_will_do = any(adapter.usable for adapter in adapters)
    return [_adapter(adapter, blocked_by, one_will_do) for adapter in adapters]


def _adapter(adapter: Adapter, blocked_by: str, one_will_do: bool) -> Finding:
    if adapter.usable:
        return ok("adapter", f"{adapter.name}, switched on")
    if not adapter.central:
        fault, to_do = "it cannot connect to a clip", "Plug in one for Bluetooth 4.0 or later."
    elif blocked_by == "a switch":
        fault = "switched off by a switch or key of the computer"
        to_do = "Switch radios on there."
    elif blocked_by:
        fault, to_do = "blocked by software", "Switch it on: 'rfkill unblock bluetooth'."
    else:
        fault = "switched off"
        to_do = "Switch it on: in the system's settings, or 'bluetoothctl power on'."
    if one_will_do:
        return note("adapter", f"{adapter.name}, {fault}; the other is used")
    return problem("adapter", f"{adapter.name}, {fault}", to_do, BluetoothUnavailable)


class _Refused(Exception):
    """The bus, or who was asked on it, answered with an error."""


async def _asked() -> Asked:
    from dbus_fast import BusType
    from dbus_fast.aio import MessageBus

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        async with asyncio.timeout(_ANSWER_S):
            await bus.connect()
            return await _ask_service(bus)
    except _Refused as refusal:
        return Asked(bus=str(refusal))
    finally:
        bus.disconnect()


async def _ask_service(bus: MessageBus) -> Asked:
    if not await _call(bus, _DBUS, "NameHasOwner", _BLUEZ):
        activatable = await _call(bus, _DBUS, "ListActivatableNames")
        return Asked(service=STOPPED if _BLUEZ in activatable else ABSENT)
    try:
        objects = await _call(bus, _BLUEZ, "GetManagedObjects")
    except _Refused as refusal:
        return Asked(service=DENIED if "AccessDenied" in str(refusal) else str(refusal))
    return Asked(adapters=tuple(_adapters_in(objects)), paired=tuple(_paired_in(objects)))


async def _call(bus: MessageBus, destination: str, member: str, *strings: str) -> Any:
    from dbus_fast import Message, MessageType, unpack_variants

    manager = member == "GetManagedObjects"
    reply = await bus.call(
        Message(
            destination=destination,
            path="/" if manager else "/org/freedesktop/DBus",
            interface=f"{_DBUS}.ObjectManager" if manager else _DBUS,
            member=member,
            signature="s" * len(strings),
            body=list(strings),
        )
    )
    if reply.message_type is MessageType.ERROR:
        raise _Refused(reply.error_name)
    return unpack_variants(reply.body[0])


def _adapters_in(objects: dict[str, dict[str, dict[str, Any]]]) -> Iterable[Adapter]:
    for path, interfaces in sorted(objects.items()):
        facts = interfaces.get(f"{_BLUEZ}.Adapter1")
        if facts is not None:
            central = "central" in facts.get("Roles", ())
            yield Adapter(path.rpartition("/")[2], bool(facts.get("Powered")), central)


def _paired_in(objects: dict[str, dict[str, dict[str, Any]]]) -> Iterable[str]:
    for interfaces in objects.values():
        facts = interfaces.get(f"{_BLUEZ}.Device1", {})
        if facts.get("Paired") and wire.SERVICE_UUID in facts.get("UUIDs", ()):
            yield str(facts["Address"])
