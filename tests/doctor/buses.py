"""A message bus of our own with as much of BlueZ on it as a test wants, in a thread of its own.

bleak takes it for the system's.  Nothing is on the air: scans hear nobody.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from doctor.daemon import real_bus
from firmware.rig.dbus import _end_bleak

from midback.shared import wire

T = TypeVar("T")

HCI = "/org/bluez/hci0"
_REAL_RUN = asyncio.run


@dataclass
class BlueZ:
    """What BlueZ has.

    Attributes:
        runs: whether it is there at all.
        powered: of each adapter, whether it is on.
        roles: of each adapter.
        clips: address of each clip it knows, and which of its flags are set.
        error: what it answers to everything, or ``None``.
    """

    runs: bool = True
    powered: tuple[bool, ...] = (True,)
    roles: tuple[str, ...] = ("central", "peripheral")
    clips: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    error: str | None = None

    def objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        found = {
            f"/org/bluez/hci{number}": {
                "org.bluez.Adapter1": {
                    "Address": Variant("s", "00:00:5E:00:53:00"),
                    "Alias": Variant("s", "annes-laptop"),
                    "Powered": Variant("b", powered),
                    "Discovering": Variant("b", False),
                    "Roles": Variant("as", list(self.roles)),
                    "UUIDs": Variant("as", []),
                }
            }
            for number, powered in enumerate(self.powered)
        }
        for address, flags in self.clips.items():
            path = f"{HCI}/dev_{address.replace(':', '_')}"
            if "Connected" in flags:
                found[f"{path}/service0001"] = {
                    "org.bluez.GattService1": {
                        "UUID": Variant("s", wire.SERVICE_UUID),
                        "Device": Variant("o", path),
                        "Primary": Variant("b", True),
                        "Includes": Variant("ao", []),
                    }
                }
            found[path] = {
                "org.bluez.Device1": {
                    "Address": Variant("s", address),
                    "AddressType": Variant("s", "public"),
                    "Alias": Variant("s", "Midback"),
                    "Adapter": Variant("o", HCI),
                    "UUIDs": Variant("as", [wire.SERVICE_UUID]),
                    **{
                        flag: Variant("b", flag in flags)
                        for flag in ("Paired", "Bonded", "Trusted", "Connected", "Blocked")
                    },
                    "LegacyPairing": Variant("b", False),
                    "ServicesResolved": Variant("b", "Connected" in flags),
                }
            }
        return found

    def answer(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if self.error is not None:
            return Message.new_error(message, self.error, "as the test wants it")
        if message.member == "GetManagedObjects":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.objects()])
        if message.member in ("SetDiscoveryFilter", "StartDiscovery", "StopDiscovery"):
            return Message.new_method_return(message)
        return None


@contextmanager
def on_a_bus(bluez: BlueZ, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """With this BlueZ in place of the system's; skips the test where there is no D-Bus."""
    monkeypatch.setattr(asyncio, "run", run)
    ready, done = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            address = await stack.enter_async_context(real_bus(monkeypatch))
            if bluez.runs:
                bus = await MessageBus(bus_address=address).connect()
                stack.callback(bus.disconnect)
                bus.add_message_handler(bluez.answer)
                await bus.request_name("org.bluez")
            ready.set()
            await asyncio.to_thread(done.wait)

    def work() -> None:
        try:
            _REAL_RUN(serve())
        except BaseException as failure:
            failures.append(failure)
        finally:
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    try:
        if not failures:
            yield
    finally:
        done.set()
        thread.join()
    for failure in failures:
        raise failure


def without_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""
    monkeypatch.setattr(asyncio, "run", run)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")


def run(main: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run``, and the end of bleak's connection, which it keeps for good."""

    async def ended() -> T:
        try:
            return await main
        finally:
            await _end_bleak()

    return _REAL_RUN(ended())
