"""Holds the link to one clip: finds it, connects, watches, lets go, and begins again.

    finding -> connecting -> greeting -> streaming <-> stale
       ^           |             |           |           |
       +- pause <- +----- lost <-+-----------+-----------+

Every attempt has a client of its own, every step its time limit, and all times come from the
event loop's monotonic clock.

Limits: the first clip that is found is the one that is held; another in range may be worn by
somebody else.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from midback.clip import Clip, Radio, find_clip
from midback.errors import (
    BluetoothUnavailable,
    ClipError,
    ClipIncompatible,
    ClipLost,
    ClipNotFound,
    ClipRefused,
    ClipShuts,
    ClipUnpaired,
    MidbackError,
)
from midback.link import LOST_S, Backoff, Link, LinkWatch
from midback.tasks import together

_log = logging.getLogger(__name__)

_FIND_S = 10.0
_LOOK_S = 0.25
_FIRST_ATTEMPTS = 3
"""Connecting fails now and then for no reason: a start gives up after so many times."""

Told = Callable[[Link, MidbackError | None], None]
"""Hears of every change of the link, and what ended it."""

Use = Callable[[Clip], Coroutine[Any, Any, None]]
"""What is done with a clip while it is linked: starts the stream, and goes on until it fails."""


class Supervisor:
    """Holds the link to one clip.

    Args:
        told: hears how the link stands.
        wanted: name or address of the clip, or ``None`` for the first in range.
        radio: bleak backend in place of the platform's own.
        chance: draws the jitter of the pauses.
        unwanted: addresses of clips with another role, never this one.
        finding: held while looking, where several share one radio: systems let a program scan
            once at a time.
    """

    def __init__(
        self,
        told: Told,
        *,
        wanted: str | None = None,
        radio: Radio | None = None,
        chance: random.Random | None = None,
        unwanted: Collection[str] = (),
        finding: asyncio.Lock | None = None,
    ) -> None:
        self._told = told
        self._unwanted = unwanted
        self._finding = finding or asyncio.Lock()
        self._wanted = wanted
        self._radio = radio
        self._backoff = Backoff(chance)
        self._link: Link | None = None
        self._streams_since_s: float | None = None
        self._streamed = False
        # Since the last one that streamed.
        self._attempts = 0
        self._found = False

    async def run(self, use: Use) -> None:
        """Let *use* have the clip whenever it is linked, until cancelled.

        Raises:
            BluetoothUnavailable: there is no Bluetooth.
            ClipError: no clip, or none that streams.
            ClipIncompatible: the clip speaks another protocol.

        The first two end it only before anything has streamed; later they are waited out.
        """
        while True:
            try:
                await self._attempt(use)
            except (ClipError, BluetoothUnavailable) as failure:
                error = self._explained(failure)
                if isinstance(error, ClipIncompatible) or self._hopeless(error):
                    raise error from failure
                self._lost(error)
            await asyncio.sleep(self._backoff.pause_s(_now_s()))

    async def _attempt(self, use: Use) -> None:
        self._streams_since_s = None
        self._found = False
        self._enter(Link.FINDING)
        async with self._finding:
            found = await find_clip(self._wanted, _FIND_S, self._radio, self._unwanted)
        # From here on it is this clip and no other.
        self._wanted = found.device.address
        self._attempts += 1
        self._found = True
        clip = Clip(found.device, self._radio)
        try:
            self._enter(Link.CONNECTING)
            await clip.connect()
            self._enter(Link.GREETING)
            await clip.greet()
            await together(use(clip), self._watch(clip))
        finally:
            await clip.disconnect()

    async def _watch(self, clip: Clip) -> None:
        watch: LinkWatch | None = None
        while True:
            await asyncio.sleep(_LOOK_S)
            now_s = _now_s()
            if watch is None and clip.streams:
                watch = LinkWatch(now_s)
            if watch is None:
                continue
            link = watch.update(now_s, clip.heard_s)
            if link is Link.LOST:
                raise ClipLost(f"nothing came from the clip for {LOST_S:.0f} s: bring it nearer")
            if link is Link.STREAMING and self._streams_since_s is None:
                self._streamed, self._streams_since_s = True, now_s
                self._attempts = 0
            self._enter(link)

    def _explained(self, error: MidbackError) -> MidbackError:
        """What it means that a clip which is heard could not be used several times in a row."""
        passing = isinstance(error, ClipLost | ClipNotFound) and self._found
        return ClipShuts() if passing and self._attempts >= _FIRST_ATTEMPTS else error

    def _hopeless(self, error: MidbackError) -> bool:
        passing = isinstance(error, ClipLost) or self._attempts > 0
        worth_another = passing and not isinstance(error, ClipUnpaired | ClipRefused)
        return not self._streamed and not (worth_another and self._attempts < _FIRST_ATTEMPTS)

    def _lost(self, error: MidbackError) -> None:
        _log.info("%s (%s)", error, self._link)
        now_s = _now_s()
        since_s = self._streams_since_s
        self._backoff.lost(now_s, 0.0 if since_s is None else now_s - since_s)
        self._enter(Link.LOST, error)

    def _enter(self, link: Link, error: MidbackError | None = None) -> None:
        if link is not self._link:
            self._link = link
            self._told(link, error)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
