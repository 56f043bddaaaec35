"""What carries data between simulated clips and one host: range, delays, lost links.

One timer drives everything: it lets each clip live up to now and carries what it notifies.
Times are those of the running event loop, so a virtual clock makes a day pass in seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from midback.simulated.clip import Notification, SimulatedClip


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
    """

    interval_s: float = 0.045
    stall_rate: float = 0.004
    stall_s: tuple[float, float] = (0.1, 0.4)
    supervision_s: float = 4.0
    advertise_s: float = 0.3
    setup_s: float = 0.7
    rssi_dbm: float = -62.0


class Receiver(Protocol):
    """A host's end of a link."""

    def receive(self, notification: Notification) -> None:
        """Data arrived."""
        ...

    def lost(self) -> None:
        """The link is gone, and the host did not ask for it."""
        ...


class Listener(Protocol):
    """A host that scans."""

    def hear(self, clip: SimulatedClip, rssi_dbm: int) -> None:
        """An advertisement arrived."""
        ...


class Link:
    """One connection; ordered, delayed, and over when range or power is."""

    def __init__(self, medium: Medium, clip: SimulatedClip, receiver: Receiver) -> None:
        self.clip = clip
        self.open = True
        self._starts = clip.starts
        self._medium = medium
        self._receiver = receiver
        self._loop = asyncio.get_running_loop()
        self._last_at = 0.0
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
        self.arrive(self.clip.advance(now_s))
        for notification in self.clip.write(payload, now_s):
            # Timers of one and the same moment would run in any order.
            at = max(self._last_at + 1e-5, self._loop.time() + self._medium.delay_s())
            self._last_at = at
            self._loop.call_at(at, self.arrive, (notification,))

    def arrive(self, notifications: Iterable[Notification]) -> None:
        """Hand data to the host, or hold it while the link is silent."""
        if self._silent_since is not None:
            self._held.extend(notifications)
            return
        for notification in notifications:
            if self.open:
                self._medium.tell(self._receiver.receive, notification)

    def watch(self) -> None:
        """Notice silence; give up after the supervision time."""
        now_s = self._medium.now_s
        # A clip that started anew knows nothing of this link.
        reachable = self.clip.starts == self._starts and self._medium.reaches(self.clip)
        if reachable and self._silent_since is not None:
            self._silent_since = None
            self._clear.set()
            held, self._held = self._held, []
            self.arrive(held)
        elif not reachable and self._silent_since is None:
            self._silent_since = now_s
            self._clear.clear()
        elif (
            not reachable
            and now_s - (self._silent_since or 0.0) >= self._medium.quality.supervision_s
        ):
            self.close()
            self._medium.tell(self._receiver.lost)

    def close(self) -> None:
        """End the link; safe to call twice."""
        if self.open:
            self.open = False
            self._medium.forget(self)
            if self.clip.starts == self._starts:
                self.clip.link_down()
            self._clear.set()


class Medium:
    """Clips and a host within reach of each other, or not.

    Use it as an async context manager: the clips live while it is entered.

    Args:
        clips: who is there.
        quality: delays and losses.
        out_of_range: when the host cannot hear them, as (start, end) in seconds after entering.
        seed: chance.
    """

    def __init__(
        self,
        clips: Iterable[SimulatedClip],
        *,
        quality: LinkQuality | None = None,
        out_of_range: Iterable[tuple[float, float]] = (),
        seed: int = 0,
    ) -> None:
        self.clips = tuple(clips)
        self.quality = LinkQuality() if quality is None else quality
        self._planned = tuple(out_of_range)
        self._away = False
        self._links: list[Link] = []
        self._listeners: list[Listener] = []
        self._rng = np.random.default_rng([seed, 0xA12])
        self._timer: asyncio.Handle | None = None
        self._failure: Exception | None = None
        self._began = self._advertise_s = 0.0
        self._wake_s = [0.0 for _ in self.clips]

    async def __aenter__(self) -> Self:
        if self.alive:
            raise RuntimeError("these clips already live")
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._advertise_s = 0.0
        self._timer = self._loop.call_soon(self._live)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for link in tuple(self._links):
            link.close()
        if self._failure is not None:
            raise self._failure

    @property
    def now_s(self) -> float:
        """Seconds since it was entered."""
        return self._loop.time() - self._began

    @property
    def alive(self) -> bool:
        """Whether it is entered."""
        return self._timer is not None

    def reaches(self, clip: SimulatedClip) -> bool:
        """Whether the host can hear this clip now."""
        if self._away or not clip.powered or self._timer is None:
            return False
        now_s = self.now_s
        return all(now_s < start or now_s >= end for start, end in self._planned)

    def out_of_range(self) -> None:
        """Carry the clips away; links break after the supervision time."""
        self._away = True

    def come_back(self) -> None:
        """Bring them back."""
        self._away = False

    def delay_s(self) -> float:
        """How long the next transmission takes, waiting for its connection event included."""
        quality = self.quality
        delay_s = quality.interval_s * float(self._rng.random())
        if self._rng.random() < quality.stall_rate:
            delay_s += float(self._rng.uniform(*quality.stall_s))
        return delay_s

    def connected(self, clip: SimulatedClip) -> bool:
        """Whether a host holds a link to this clip."""
        return any(link.clip is clip for link in self._links)

    async def advertised(self, clip: SimulatedClip) -> None:
        """Wait until this clip is heard, free for a connection."""
        while not self.reaches(clip) or self.connected(clip):  # noqa: ASYNC110 (nobody announces it)
            await asyncio.sleep(self.quality.advertise_s)

    def join(self, clip: SimulatedClip, receiver: Receiver) -> Link:
        """Open a link."""
        link = Link(self, clip, receiver)
        self._links.append(link)
        clip.link_up()
        return link

    def forget(self, link: Link) -> None:
        """A link is over."""
        if link in self._links:
            self._links.remove(link)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Scan; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _live(self) -> None:
        """Let every clip live up to now, and come back when one has more to say."""
        try:
            due_s = self._lived()
        # A timer has nobody to raise to; leaving the air raises it instead.
        except Exception as failure:
            self._failure = failure
            return
        # A microsecond late, or rounding would wake us just before the sample is there.
        self._timer = self._loop.call_at(self._began + due_s + 1e-6, self._live)

    def _lived(self) -> float:
        now_s = self.now_s
        for index, clip in enumerate(self.clips):
            if now_s >= self._wake_s[index]:
                self._serve(clip, now_s)
                # A clip is looked at when its data arrives, not when it sends: nobody can tell.
                self._wake_s[index] = clip.due_s + self.delay_s()
        if self._listeners and now_s >= self._advertise_s:
            self._advertise()
            self._advertise_s = now_s + self.quality.advertise_s
        due_s = min(self._wake_s, default=now_s + 1.0)
        return max(now_s, min(due_s, self._advertise_s)) if self._listeners else due_s

    def _serve(self, clip: SimulatedClip, now_s: float) -> None:
        out = clip.advance(now_s)
        for link in tuple(self._links):
            if link.clip is clip:
                link.watch()
                link.arrive(out)

    def tell(self, callback: Callable[..., None], *args: object) -> None:
        """Call the host; what it raises is its own affair, as with any event loop."""
        try:
            callback(*args)
        except Exception as error:
            context = {"message": f"{callback!r} raised", "exception": error}
            self._loop.call_exception_handler(context)

    def _advertise(self) -> None:
        for clip in self.clips:
            if not self.reaches(clip) or self.connected(clip):
                continue
            for listener in tuple(self._listeners):
                rssi = self.quality.rssi_dbm + 3.0 * float(self._rng.standard_normal())
                self.tell(listener.hear, clip, round(rssi))
