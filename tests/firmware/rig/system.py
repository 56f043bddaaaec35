"""What a computer's system does between its radio and the programs that use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from bleak.backends.device import BLEDevice
from bumble.device import Connection, Device
from bumble.keys import KeyStore

Fate = Callable[[str, bytes], Iterable[float]]
"""From a characteristic and a value: after how many seconds it is handed over, each time."""


class User(Protocol):
    """A program's hold on a link."""

    def let_go(self) -> None:
        """The program is no more; the link may go on."""
        ...


class System:
    """The system.

    Args:
        device: its radio.
        pairs: whether it pairs by itself where a clip wants it.

    Attributes:
        fate: when the programs get a notification: at once, unless a test thinks of something
            else, such as never, twice, or later than others.
        users: what programs hold.
    """

    def __init__(self, device: Device, *, pairs: bool = True) -> None:
        self.device = device
        self.pairs = pairs
        self.fate: Fate = lambda _, __: (0.0,)
        self.users: list[User] = []
        self._works = asyncio.Event()
        self._works.set()
        self._held: list[Callable[[], None]] = []
        self._known: dict[Connection, tuple[BLEDevice, frozenset[str]]] = {}

    def hand_over(self, uuid: str, value: bytes, take: Callable[[bytes], None]) -> None:
        """Give a program a notification, as its fate is."""
        for after_s in self.fate(uuid, value):
            self.tell(lambda: take(value), after_s)

    def tell(self, what: Callable[[], None], after_s: float = 0.0) -> None:
        """Let a program know, in its own time."""
        loop = asyncio.get_running_loop()
        if after_s > 0.0:
            loop.call_later(after_s, self._tell, what)
        else:
            loop.call_soon(self._tell, what)  # in order: timers due at once have none

    def _tell(self, what: Callable[[], None]) -> None:
        if not self.stalled:
            what()
        else:
            self._held.append(what)

    @property
    def keys(self) -> KeyStore:
        """Of its bonds."""
        assert self.device.keystore is not None
        return self.device.keystore

    @property
    def stalled(self) -> bool:
        """Whether nothing passes."""
        return not self._works.is_set()

    async def works(self) -> None:
        """Wait until requests of programs are taken."""
        await self._works.wait()

    def stall(self) -> None:
        """Stop between radio and programs: links stay, and nothing passes in either direction."""
        self._works.clear()

    def go_on(self) -> None:
        """Do all that was left undone."""
        self._works.set()
        held, self._held = self._held, []
        for what in held:
            what()

    def kill_programs(self) -> None:
        """Kill whoever uses the radio; as on Linux, the links stay.

        The clips notice nothing, and do not advertise.  What such a program still tries, finds it
        has no link.
        """
        users, self.users = self.users, []
        for user in users:
            user.let_go()

    async def forget_bonds(self) -> None:
        """Forget every clip: its link ends, and its keys are gone."""
        for link in list(self.device.connections.values()):
            await link.disconnect()
        for name, _ in await self.keys.get_all():
            await self.keys.delete(name)

    def link_to(self, device: BLEDevice) -> Connection | None:
        """The link there is to this clip, whoever opened it."""
        for link, (known, _) in self._known.items():
            if known.address == device.address and self._lives(link):
                return link
        return None

    def learn(self, link: Connection, device: BLEDevice, services: Iterable[str]) -> None:
        """Remember what is at the other end of a link."""
        self._known[link] = device, frozenset(services)

    def linked(self, services: frozenset[str]) -> list[BLEDevice]:
        """Who is linked and offers one of these services."""
        return [
            device
            for link, (device, offered) in self._known.items()
            if self._lives(link) and offered & services
        ]

    def _lives(self, link: Connection) -> bool:
        return self.device.connections.get(link.handle) is link
