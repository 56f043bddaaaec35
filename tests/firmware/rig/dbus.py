"""A private D-Bus with one service on it, and the end of bleak's connection to it.

It runs in the test's own event loop: what is on its way over a socket is there at once, and no
time passes meanwhile.  Limits: the others on the bus can only call the service and hear its
signals.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import re
import struct
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, cast

import pytest
from bleak.backends.bluezdbus.manager import _global_instances
from bleak.backends.bluezdbus.version import BlueZFeatures
from dbus_fast import Message, MessageType
from dbus_fast._private.unmarshaller import Unmarshaller

Answer = Callable[[Message], None]
"""Sends the reply to a call."""


class Service(Protocol):
    """Somebody who does what others call for."""

    def take(self, call: Message, answer: Answer) -> None:
        """Answer a call, now or later."""
        ...

    def see_off(self, member: str) -> None:
        """Somebody has left."""
        ...


_BUS = "org.freedesktop.DBus"
_HEAD = struct.Struct("<4xI4xI")  # bytes of the body, and of the header's fields
_RULE = re.compile(r"(\w+)='?([^',]*)")
_SASL = {b"AUTH": b"OK " + 32 * b"0", b"NEGOTIATE_UNIX_FD": b"AGREE_UNIX_FD"}


class Bus:
    """The bus."""

    def __init__(self) -> None:
        self._members: dict[asyncio.Task[None], Member] = {}
        self._name, self._service = "", cast(Service, None)
        self._serials = itertools.count(1)
        self._names = itertools.count(1)

    def offer(self, name: str, service: Service) -> None:
        """Let calls to *name* be answered by this service."""
        self._name, self._service = name, service

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let somebody in, until they leave."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        member = self._members[task] = Member(f":1.{next(self._names)}", writer)
        try:
            await _let_in(reader, writer)
            while True:
                self._obey(member, await _read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self._members[task]
            writer.close()
            self._service.see_off(member.name)

    def signal(self, path: str, interface: str, member: str, kinds: str, *body: object) -> None:
        """Tell everybody who wants to hear it."""
        signal = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=interface,
            member=member,
            signature=kinds,
            body=list(body),
        )
        for one in self._members.values():
            if any(_matches(rule, signal) for rule in one.rules):
                self._send(one, signal)

    def throw_out(self) -> None:
        """End the connection of everybody there is now, and bleak's knowledge of it."""
        _global_instances.pop(asyncio.get_running_loop(), None)
        for member in self._members.values():
            member.throw_out()

    async def close(self) -> None:
        """Return once nobody is there any more."""
        self.throw_out()
        await asyncio.gather(*self._members)

    def _obey(self, member: Member, call: Message) -> None:
        call.sender = member.name

        def answer(reply: Message) -> None:
            self._send(member, reply)

        if call.destination == self._name:
            self._service.take(call, answer)
            return
        assert call.destination == _BUS
        if call.member == "NameHasOwner":
            answer(Message.new_method_return(call, "b", [call.body[0] == self._name]))
        else:
            answer(_own_answer(member, call))

    def _send(self, member: Member, message: Message) -> None:
        message.sender = self._name
        message.serial = next(self._serials)
        member.send(message)


class Member:
    """Somebody on the bus.

    Attributes:
        rules: which signals they want to hear.
    """

    def __init__(self, name: str, writer: asyncio.StreamWriter) -> None:
        self.name = name
        self.rules: list[dict[str, str]] = []
        self._writer = writer

    def send(self, message: Message) -> None:
        """Give them a message, unless they left."""
        if not self._writer.is_closing():
            self._writer.write(message._marshall(negotiate_unix_fd=False))

    def throw_out(self) -> None:
        """End their connection."""
        self._writer.transport.abort()


def _own_answer(member: Member, call: Message) -> Message:
    """What the bus itself does for its members."""
    if call.member == "Hello":
        return Message.new_method_return(call, "s", [member.name])
    rule = dict(_RULE.findall(call.body[0]))
    if call.member == "AddMatch":
        member.rules.append(rule)
    else:
        assert call.member == "RemoveMatch"
        member.rules.remove(rule)
    return Message.new_method_return(call)


def _matches(rule: dict[str, str], signal: Message) -> bool:
    """Whether a signal is meant (D-Bus specification, match rules)."""
    path, first = signal.path or "", signal.body[0] if signal.body else ""
    meant = {
        "type": lambda value: value == "signal",
        "interface": lambda value: value == signal.interface,
        "member": lambda value: value == signal.member,
        "path_namespace": lambda value: f"{path}/".startswith(f"{value}/"),
        # bleak's end with a slash.
        "arg0path": lambda value: str(first).startswith(value),
    }
    return all(meant[key](value) for key, value in rule.items())


async def _let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whoever reaches the socket may come in."""
    await reader.readexactly(1)
    while (line := await reader.readuntil(b"\r\n")) != b"BEGIN\r\n":
        writer.write(_SASL[line.split()[0]] + b"\r\n")


async def _read(reader: asyncio.StreamReader) -> Message:
    head = await reader.readexactly(16)
    body, fields = _HEAD.unpack(head)
    rest = await reader.readexactly(-(-fields // 8) * 8 + body)
    stream = io.BytesIO(head + rest)
    message = Unmarshaller(stream).unmarshall()  # pyright: ignore[reportArgumentType]
    assert message is not None
    return message


@asynccontextmanager
async def private_bus(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Bus]:
    """A message bus of our own, which bleak takes for the system's."""
    # Otherwise bleak starts a program to ask, which knows nothing of this loop's clock.
    monkeypatch.setattr(BlueZFeatures, "checked_bluez_version", True)
    bus = Bus()
    # A folder of its own: a socket's path has room for about a hundred letters.
    with tempfile.TemporaryDirectory(prefix="rig") as folder:
        path = Path(folder) / "bus"
        server = await asyncio.start_unix_server(bus.welcome, path)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        try:
            yield bus
            await _end_bleak()
        finally:
            server.close()
            await bus.close()


async def _end_bleak() -> None:
    """Close bleak's connection: it keeps one for each event loop, and has no call to end it."""
    one = _global_instances.pop(asyncio.get_running_loop(), None)
    if one is not None and one._bus is not None:
        one._bus.disconnect()
        if one._bus_watcher_task is not None:
            await one._bus_watcher_task
