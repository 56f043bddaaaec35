"""What carries data between simulated clips and one host: range, delays, lost links, bonds.

One timer drives everything: it lets each clip live up to now and carries what it notifies.
Times are those of the running event loop, so a virtual clock makes a day pass in seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol, Self

import numpy as np

from midback.simulated.clip import SimulatedClip
from midback.simulated.gatt import Notification
from midback.simulated.link import Link, LinkQuality, Receiver


class Listener(Protocol):
    """A host that scans."""

    def hear(self, clip: SimulatedClip, rssi_dbm: int) -> None:
        """An advertisement arrived."""
        ...


class Medium:
    """Clips and a host within reach of each other, or not.

    Use it as an async context manager: the clips live while it is entered.

    Args:
        clips: who is there.
        quality: delays and losses.
        out_of_range: when the host cannot hear them, as (start, end) in seconds after entering.
        seed: chance.

    Attributes:
        bonds: the host's keys of the clips it is paired with, by address.
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
        self.bonds: dict[str, object] = {}
        self._planned = tuple(out_of_range)
        self._away = False
        self._links: list[Link] = []
        self._listeners: list[Listener] = []
        self._rng = np.random.default_rng([seed, 0xA12])
        self._timer: asyncio.Handle | None = None
        self._failure: Exception | None = None
        self._began = self._advertise_s = self._armed_s = 0.0
        self._due_s = [0.0 for _ in self.clips]
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
        if self._away or not clip.on_air or self._timer is None:
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

    def fate(self, notification: Notification) -> tuple[float, ...]:
        """After how many seconds the host's system hands this over: once, twice or never."""
        quality = self.quality
        if not quality.spoils or (quality.spoilt and notification.uuid not in quality.spoilt):
            return (0.0,)
        lost, doubled, late = self._rng.random(3) < (
            quality.loss_rate,
            quality.double_rate,
            quality.late_rate,
        )
        after_s = float(self._rng.uniform(*quality.late_s)) if late else 0.0
        return () if lost else (after_s,) * (1 + int(doubled))

    @property
    def linked(self) -> tuple[SimulatedClip, ...]:
        """The clips that this computer is linked to, by whichever program."""
        return tuple(link.clip for link in self._links)

    def left_behind(self, clip: SimulatedClip) -> bool:
        """Whether the system keeps a link to this clip that no program holds."""
        return any(link.clip is clip and link.receiver is None for link in self._links)

    async def advertised(self, clip: SimulatedClip) -> None:
        """Wait until this clip is heard, free for a connection."""
        while not self.reaches(clip) or clip in self.linked:  # noqa: ASYNC110 (nobody announces it)
            await asyncio.sleep(self.quality.advertise_s)

    def join(self, clip: SimulatedClip, receiver: Receiver) -> Link | None:
        """Open a link, or take over one that was left behind; ``None`` if that cannot be."""
        for link in self._links:
            if link.clip is clip:
                if link.receiver is not None:
                    return None
                link.receiver = receiver
                return link
        if not self.reaches(clip):
            return None
        link = Link(self, clip, receiver)
        self._links.append(link)
        clip.link_up()
        return link

    def forget(self, link: Link) -> None:
        """A link is over."""
        if link in self._links:
            self._links.remove(link)

    def kill_host(self) -> None:
        """Kill the program on this computer: its links stay, held by the system.

        The clips notice nothing and do not advertise; whoever looks for them finds them by the
        adapter.  What the program still tries, finds it has no link.
        """
        self._listeners.clear()
        for link in self._links:
            link.receiver = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Scan; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def look_at(self, clip: SimulatedClip) -> None:
        """Come back earlier if this clip was given something to do meanwhile."""
        index = self.clips.index(clip)
        if self.alive and clip.due_s < self._due_s[index]:
            self._plan(index)
            if self._wake_s[index] < self._armed_s:
                self._arm(self._wake_s[index])

    def tell(self, callback: Callable[..., None], *args: object) -> None:
        """Call the host; what it raises is its own affair, as with any event loop."""
        try:
            callback(*args)
        except Exception as error:
            context = {"message": f"{callback!r} raised", "exception": error}
            self._loop.call_exception_handler(context)

    def _live(self) -> None:
        """Let every clip live up to now, and come back when one has more to say."""
        try:
            due_s = self._lived()
        # A timer has nobody to raise to; leaving the air raises it instead.
        except Exception as failure:
            self._failure = failure
            return
        self._arm(due_s)

    def _arm(self, due_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed_s = due_s
        # A microsecond late, or rounding would wake us just before the sample is there.
        self._timer = self._loop.call_at(self._began + due_s + 1e-6, self._live)

    def _lived(self) -> float:
        now_s = self.now_s
        for index, clip in enumerate(self.clips):
            if now_s >= self._wake_s[index]:
                self._serve(clip, now_s)
                self._plan(index)
        if self._listeners and now_s >= self._advertise_s:
            self._advertise()
            self._advertise_s = now_s + self.quality.advertise_s
        due_s = min(self._wake_s, default=now_s + 1.0)
        return max(now_s, min(due_s, self._advertise_s)) if self._listeners else due_s

    def _plan(self, index: int) -> None:
        self._due_s[index] = self.clips[index].due_s
        # A clip is looked at when its data arrives, not when it sends: nobody can tell.
        self._wake_s[index] = self._due_s[index] + self.delay_s()

    def _serve(self, clip: SimulatedClip, now_s: float) -> None:
        out = clip.advance(now_s)
        for link in tuple(self._links):
            if link.clip is clip:
                link.watch()
                link.carry(out)

    def _advertise(self) -> None:
        for clip in self.clips:
            if not self.reaches(clip) or clip in self.linked:
                continue
            for listener in tuple(self._listeners):
                rssi = self.quality.rssi_dbm + 3.0 * float(self._rng.standard_normal())
                self.tell(listener.hear, clip, round(rssi))
