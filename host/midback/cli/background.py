"""The event loop in a thread of its own: radio and recording never wait for the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from contextlib import suppress
from typing import Any, TypeVar

_LOOK_S = 0.2
"""Windows notices Ctrl-C only between two waits."""

T = TypeVar("T")

Loop = Callable[[Coroutine[Any, Any, None]], None]
"""Runs one coroutine to its end: ``asyncio.run``, or a loop with a clock of its own."""


class Background:
    """One coroutine in one thread, from ``start`` until it ends or is stopped.

    There is one event loop for the life of the thread, as bleak needs it.
    """

    def __init__(self, main: Callable[[], Coroutine[Any, Any, None]], run: Loop) -> None:
        self._main = main
        self._run = run
        self._thread = threading.Thread(target=self._work, name="midback radio", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._started.wait()

    def finished(self) -> bool:
        """Whether the coroutine has ended."""
        return not self._thread.is_alive()

    @property
    def error(self) -> BaseException | None:
        """What ended the coroutine, if not the cancelling and not its own end."""
        return self._error

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the loop's thread; does not wait for it."""
        # A loop that has ended has nobody left to call.
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(function)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run another coroutine in the same loop and wait for its result; Ctrl-C cancels it.

        Raises:
            BaseException: whatever ends it.
        """
        assert self._loop is not None
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            while not wait([future], _LOOK_S).done:
                pass
            return future.result()
        finally:
            future.cancel()

    def stop(self) -> None:
        """Cancel the coroutine and wait until it has cleaned up.

        Raises:
            BaseException: whatever ended the coroutine, if not the cancelling.
        """
        task = self._task
        if task is not None:
            self.call(task.cancel)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            self._run(self._guarded())
        except BaseException as error:
            self._error = error
        finally:
            self._started.set()

    async def _guarded(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._started.set()
        try:
            await self._main()
        except asyncio.CancelledError:
            return
