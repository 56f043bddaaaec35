"""One connection between a simulated clip and a host, and how good it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from midback.simulated.clip import SimulatedClip
from midback.simulated.gatt import Notification


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """How the link behaves; times in seconds.

    Attributes:
        interval_s: connection interval: data arrives at its multiples.  30 to 50 ms is what
            desktop systems choose.
        stall_rate: share of notifications that need retransmission for a while.
        stall_s: least and most that takes; what follows waits and arrives in one burst.
        supervision_s: silence after which both ends give the link up.
        advertise_s: time between two advertisements.
        setup_s: from asking for a connection until services are known.
        rssi_dbm: signal strength, on average.
        loss_rate: share of notifications that the host's system loses.
        double_rate: share of notifications that it brings twice.
        late_rate: share of notifications that it brings late, after others.
        late_s: least and most by which they are late.
        spoilt: of which characteristics it does so; of all if empty.
    """

    interval_s: float = 0.045
    stall_rate: float = 0.004
    stall_s: tuple[float, float] = (0.1, 0.4)
    supervision_s: float = 4.0
    advertise_s: float = 0.3
    setup_s: float = 0.7
    rssi_dbm: float = -62.0
    loss_rate: float = 0.0
    double_rate: float = 0.0
    late_rate: float = 0.0
    late_s: tuple[float, float] = (0.1, 1.0)
    spoilt: tuple[str, ...] = ()

    @property
    def spoils(self) -> bool:
        """Whether the host's system loses, doubles or delays anything."""
        return self.loss_rate > 0 or self.double_rate > 0 or self.late_rate > 0


class Receiver(Protocol):
    """A host's end of a link."""

    def receive(self, notification: Notification) -> None:
        """Data arrived."""
        ...

    def lost(self) -> None:
        """The link is gone, and the host did not ask for it."""
        ...


class Carrier(Protocol):
    """What a link needs of the air around it; ``Medium`` is one."""

    quality: LinkQuality
    bonds: dict[str, object]

    @property
    def now_s(self) -> float:
        """The time on which the clips live."""
        ...

    def reaches(self, clip: SimulatedClip) -> bool:
        """Whether the host can hear this clip now."""
        ...

    def delay_s(self) -> float:
        """How long the next transmission takes."""
        ...

    def fate(self, notification: Notification) -> tuple[float, ...]:
        """After how many seconds the host's system hands this over: once, twice or never."""
        ...

    def look_at(self, clip: SimulatedClip) -> None:
        """This clip may have been given something to do."""
        ...

    def tell(self, callback: Callable[..., None], *args: object) -> None:
        """Call the host."""
        ...

    def forget(self, link: Link) -> None:
        """A link is over."""
        ...


class Link:
    """One connection; ordered, delayed, and over when range, power or trust is.

    Attributes:
        clip: the far end.
        receiver: the near end; ``None`` when the program that opened the link was killed and
            the system keeps it.
        open: whether it lasts.
    """

    def __init__(self, medium: Carrier, clip: SimulatedClip, receiver: Receiver) -> None:
        self.clip = clip
        self.receiver: Receiver | None = receiver
        self.open = True
        self._starts = clip.starts
        self._medium = medium
        self._loop = asyncio.get_running_loop()
        self._way: deque[tuple[float, Notification]] = deque()
        self._held: list[Notification] = []
        self._silent_since: float | None = None
        self._clear = asyncio.Event()
        self._clear.set()

    async def clear(self) -> None:
        """Wait until data can pass, or never will again."""
        self.watch()
        await self._clear.wait()

    def ask(self, payload: bytes) -> None:
        """Bring the clip a command; its answers come back after a while."""
        now_s = self._medium.now_s
        self.carry(self.clip.advance(now_s))
        self.carry(self.clip.write(payload, now_s), self._medium.delay_s())
        self._medium.look_at(self.clip)

    def carry(self, notifications: Iterable[Notification], delay_s: float = 0.0) -> None:
        """Bring data to the host, after all that is under way already."""
        self._bring()
        for notification in notifications:
            at = self._loop.time() + delay_s
            if self._way or delay_s > 0:
                at = max(at, self._way[-1][0]) if self._way else at
                self._way.append((at, notification))
                self._loop.call_at(at, self._bring)
            else:
                self._arrive(notification)

    def _bring(self) -> None:
        """Bring what is due.  Timers of one and the same moment run in any order."""
        now = self._loop.time()
        while self._way and self._way[0][0] <= now:
            self._arrive(self._way.popleft()[1])

    def _arrive(self, notification: Notification) -> None:
        """Hand data to the host, or hold it while the link is silent."""
        if self._silent_since is not None:
            self._held.append(notification)
            return
        for after_s in self._medium.fate(notification):
            if after_s > 0:
                self._loop.call_later(after_s, self._hand, notification)
            else:
                self._hand(notification)

    def _hand(self, notification: Notification) -> None:
        if self.open and self.receiver is not None:
            self._medium.tell(self.receiver.receive, notification)

    def watch(self) -> None:
        """Notice silence, give up after the supervision time; and notice a clip that hangs up."""
        now_s = self._medium.now_s
        # A clip that started anew knows nothing of this link.
        reachable = self.clip.starts == self._starts and self._medium.reaches(self.clip)
        if reachable and self.clip.hangs_up:
            self.end()
        elif reachable and self._silent_since is not None:
            self._silent_since = None
            self._clear.set()
            held, self._held = self._held, []
            for notification in held:
                self._arrive(notification)
        elif not reachable and self._silent_since is None:
            self._silent_since = now_s
            self._clear.clear()
        elif (
            not reachable
            and now_s - (self._silent_since or 0.0) >= self._medium.quality.supervision_s
        ):
            self.end()

    def pair(self) -> bool:
        """Make a bond, if the clip takes one; if not, the link ends."""
        bond = object()
        if not self.clip.pair(bond):
            self.end()
            return False
        self._medium.bonds[self.clip.traits.address] = bond
        return True

    def encrypt(self) -> bool | None:
        """Encrypt with the bond's keys; the link ends if the clip does not know them.

        Returns:
            Whether it did; ``None`` if there is no bond on this side.
        """
        bond = self._medium.bonds.get(self.clip.traits.address)
        if bond is None:
            return None
        if not self.clip.encrypt(bond):
            self.end()
            return False
        return True

    def end(self) -> None:
        """The link ends, and the host did not ask for it."""
        if self.open:
            self.close()
            if self.receiver is not None:
                self._medium.tell(self.receiver.lost)

    def close(self) -> None:
        """End the link; safe to call twice."""
        if self.open:
            self.open = False
            self._medium.forget(self)
            if self.clip.starts == self._starts:
                self.clip.link_down()
            self._clear.set()
