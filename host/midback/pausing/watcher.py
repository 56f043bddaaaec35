"""Looks again and again, and tells when the reasons to wait have changed."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress

from midback.pausing.looks import looks_of
from midback.pausing.signs import Look, Sign

_log = logging.getLogger(__name__)

EVERY_S = 7.0
"""A call that begins is noticed within this; one look takes some hundredths of a second."""


async def reasons_to_wait(
    looks: Sequence[Look] | None = None, every_s: float = EVERY_S
) -> AsyncGenerator[frozenset[str]]:
    """The reasons now, and again whenever they have changed, for ever.

    Looks happen in a thread of their own, which ends with the generator: close it.

    Args:
        looks: whom to ask; those of this system unless given.
        every_s: pause between two rounds, in real seconds.
    """
    asked = looks_of() if looks is None else looks
    if not asked:
        return
    loop = asyncio.get_running_loop()
    found = asyncio.Queue[frozenset[str]]()
    done = threading.Event()

    def tell(reasons: frozenset[str]) -> None:
        # The loop may have ended during a look.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(found.put_nowait, reasons)

    threading.Thread(
        target=_keep_looking, args=(asked, every_s, tell, done), name="midback pauses", daemon=True
    ).start()
    try:
        while True:
            yield await found.get()
    finally:
        done.set()


def _keep_looking(
    looks: Sequence[Look],
    every_s: float,
    tell: Callable[[frozenset[str]], None],
    done: threading.Event,
) -> None:
    before: frozenset[str] | None = None
    broken: set[Look] = set()
    while not done.is_set():
        reasons = frozenset(
            sign.reason for look in looks for sign in _signs(look, broken) if sign.on
        )
        if reasons != before:
            before = reasons
            tell(reasons)
        done.wait(every_s)


def _signs(look: Look, broken: set[Look]) -> list[Sign]:
    """What a look tells; one that fails is told about once, and asked again."""
    try:
        return list(look())
    # Systems differ more than can be known here, and none of it may harm the monitor.
    except Exception:
        if look not in broken:
            broken.add(look)
            _log.warning("a look for calls and talks failed", exc_info=True)
        return []
