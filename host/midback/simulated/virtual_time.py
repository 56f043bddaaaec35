"""An asyncio event loop whose clock runs as fast as the work behind it.

``loop.time()`` advances only when the loop would otherwise sleep, and then at once by the time
it would have slept.  Timers, timeouts and queues behave as ever; a nine hour day takes as long
as its computing does.  Wall clocks (``time.time``, ``datetime.now``) are not virtual: code that
is to run here asks ``asyncio.get_running_loop().time()``.

Real files, sockets and threads work, but virtual time does not wait for them, except that it
stands still while a new thread pool job runs.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_Events = list[tuple[selectors.SelectorKey, int]]

START_S = 1000.0
"""What a new loop's clock shows: not zero, so that nobody takes it for the session's clock."""

_SLICE_S = 0.2
"""Longest real wait in one go: Windows notices Ctrl-C only between two waits."""

_CATCH_UP_S = 0.05
"""Real seconds a paced clock may lag and still catch up; a longer hold-up is not made good."""

_POLL_EVERY = 8
"""Turns of the loop between two looks at real files; each look costs as much as a small task."""

_THREAD_PATIENCE_S = 1.0
"""Real seconds the clock stands still for a new thread pool job; then the job may wait for us."""


def run(main: Coroutine[Any, Any, _Result], *, speed: float | None = None) -> _Result:
    """Run a coroutine on a fresh loop with a virtual clock, like ``asyncio.run``.

    Args:
        main: what to run.
        speed: the most virtual seconds that may pass in one real second; ``None`` is as fast as
            it computes.

    Returns:
        What ``main`` returns.

    Raises:
        ValueError: if the speed is not positive.
        KeyboardInterrupt: on Ctrl-C, after ``main`` was cancelled and has cleaned up.

    >>> import asyncio
    >>> run(asyncio.sleep(36000, "ten hours later"))
    'ten hours later'
    """
    try:
        factory = _loop_factory(speed)
    except ValueError:
        main.close()
        raise
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


def freeze(seconds: float) -> None:
    """Let time pass in which the running program does nothing, as if it were stopped.

    Timers that fell due meanwhile are late by then; simulated clips have lived on, and what they
    sent arrives in one burst.  To be called inside the loop of ``run``.

    Limits: a range that was lost and regained meanwhile has not ended any link.

    Raises:
        RuntimeError: the running loop has no virtual clock.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise RuntimeError("only a virtual clock can go on while the program stands still")
    loop.freeze(seconds)


def _loop_factory(speed: float | None) -> Callable[[], asyncio.AbstractEventLoop]:
    if speed is not None and not speed > 0:
        raise ValueError(f"speed ({speed}) must be above 0")
    return lambda: VirtualTimeLoop(speed)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector loop that owns its clock.

    Args:
        speed: the most virtual seconds in one real second, or ``None`` for no limit.
    """

    def __init__(self, speed: float | None = None) -> None:
        self._clock = _Clock(speed)
        super().__init__(_VirtualSelector(self._clock))
        # asyncio runs timers that fall due within one tick of the real clock, which is 16 ms on
        # Windows: a virtual clock is exact, and a day must be the same on every system.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds, starting at ``START_S``."""
        return self._clock.now_s

    def freeze(self, seconds: float) -> None:
        """Let time pass before anything else runs."""
        self._clock.now_s += seconds

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Run a function in a thread pool; the clock waits for it a little."""
        self._clock.jobs += 1
        self._clock.patient_until_real_s = time.monotonic() + _THREAD_PATIENCE_S
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._job_done)
        return future

    def _job_done(self, _future: object) -> None:
        self._clock.jobs -= 1

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 (the base class's parameter)
        """Wait for the thread pool however long it takes: a virtual timeout passes at once."""
        del timeout
        await super().shutdown_default_executor()


class _Clock:
    def __init__(self, speed: float | None) -> None:
        self.now_s = START_S
        self.jobs = 0
        self.patient_until_real_s = 0.0
        self._speed = speed
        self._anchor_s = START_S
        self._anchor_real_s = time.monotonic()

    def real_wait_s(self, until_s: float) -> float:
        """Real seconds to wait before the clock may show ``until_s``."""
        if self._speed is None:
            return 0.0
        due_real_s = self._anchor_real_s + (until_s - self._anchor_s) / self._speed
        wait_s = due_real_s - time.monotonic()
        if wait_s < -_CATCH_UP_S:
            self._anchor_s, self._anchor_real_s = until_s, time.monotonic()
        return max(0.0, wait_s)

    def follow(self, until_s: float) -> None:
        """Show what the pace allows by now, at most ``until_s``."""
        if self._speed is None:
            return
        passed_s = (time.monotonic() - self._anchor_real_s) * self._speed
        self.now_s = max(self.now_s, min(until_s, self._anchor_s + passed_s))


class _VirtualSelector(selectors.BaseSelector):
    """The system's selector, except that a timeout passes on the virtual clock."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._real = selectors.DefaultSelector()
        self._turns = 0

    def select(self, timeout: float | None = None) -> _Events:
        if timeout is None:
            return self._wait(None)
        self._turns += 1
        if self._clock.jobs and timeout > 0:
            events = self._wait(self._clock.patient_until_real_s - time.monotonic())
        elif self._turns % _POLL_EVERY == 0:
            events = self._real.select(0)
        else:
            events = []
        if events or timeout <= 0:
            return events
        return self._pass(self._clock.now_s + timeout)

    def _pass(self, until_s: float) -> _Events:
        real_s = self._clock.real_wait_s(until_s)
        events = self._wait(real_s) if real_s > 0 else []
        if events:
            self._clock.follow(until_s)
        else:
            self._clock.now_s = until_s
        return events

    def _wait(self, real_s: float | None) -> _Events:
        deadline = None if real_s is None else time.monotonic() + real_s
        while True:
            left_s = _SLICE_S if deadline is None else deadline - time.monotonic()
            events = self._real.select(max(0.0, min(_SLICE_S, left_s)))
            if events or (deadline is not None and time.monotonic() >= deadline):
                return events

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Any:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
