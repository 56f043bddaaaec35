"""An event loop whose time passes only while nobody computes: not it, and no firmware either.

However slow the machine is, what takes a second on the air takes a second on this clock, and what
is to happen within a tenth of one does.  Limits: threads are not waited for.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from firmware.rig.process import LOOK_S

_T = TypeVar("_T")

_ONE_INSTANT_S = 1e-9


class Computing(Protocol):
    """A process that computes, and then sends something to a socket the loop reads."""

    def look(self) -> None:
        """Give it up if it hangs; called now and then while everything waits for it."""
        ...


class LockstepLoop(asyncio.SelectorEventLoop):
    """A selector loop with a clock of its own.

    Attributes:
        computing: who is waited for before anything else is done, or time passes.
    """

    def __init__(self, *, paced: bool = False) -> None:
        self._clock = _Clock(paced)
        self.computing = self._clock.computing
        super().__init__(self._clock)
        # Timers due at once run at once, and no others: by default those of the next tick too.
        self._clock_resolution = _ONE_INSTANT_S

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._clock.now_s


def lockstep_loop() -> LockstepLoop:
    """The loop that runs; whoever shares its time with a firmware needs this kind."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LockstepLoop), "run this with firmware.rig.lockstep.run"
    return loop


def run(main: Coroutine[Any, Any, _T], *, paced: bool = False) -> _T:
    """Like ``asyncio.run``, in lockstep.

    Args:
        main: what to run.
        paced: for a story that has processes with clocks of their own: time then passes no faster
            than theirs.
    """
    with asyncio.Runner(loop_factory=lambda: LockstepLoop(paced=paced)) as runner:
        return runner.run(main)


class _Clock(selectors.DefaultSelector):
    """What the loop waits on: sockets first, and when nothing more comes from them, time."""

    def __init__(self, paced: bool) -> None:
        super().__init__()
        self.now_s = 0.0
        self._paced = paced
        self.computing: set[Computing] = set()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        while self.computing:
            if events := super().select(LOOK_S):
                return events
            for one in list(self.computing):
                one.look()
        if self._paced and timeout is not None:
            return self._paced_select(max(0.0, timeout))
        events = super().select(None if timeout is None else 0)
        if not events and timeout is not None:
            self.now_s += max(0.0, timeout)
        return events

    def _paced_select(self, timeout_s: float) -> list[tuple[selectors.SelectorKey, int]]:
        began_s = time.monotonic()
        events = super().select(timeout_s)
        self.now_s += min(timeout_s, time.monotonic() - began_s) if events else timeout_s
        return events
