"""What the window's buttons and keys do."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from midback.calibration import Pose
from midback.cli.background import Background
from midback.errors import MidbackError
from midback.monitor import Monitor
from midback.pausing import PAUSE


@dataclass(slots=True)
class MonitorControls:
    """Each wish is carried into the event loop's thread.

    Args:
        background: where the event loop runs.
        monitor: who obeys.
        page: writes today's page and returns its path; called in a thread.
        poses: the poses of a calibration.
        prompt: told each pose as the wearer is asked for it.
        thank: called when no more poses are asked for.
    """

    background: Background
    monitor: Monitor
    page: Callable[[], Path]
    poses: Sequence[Pose] = (Pose.TALL,)
    prompt: Callable[[Pose], None] | None = None
    thank: Callable[[], None] | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def calibrate(self) -> None:
        """Guide the wearer through the poses."""
        self._start(self._calibrate)

    def choose_next(self) -> None:
        """Go on to the next context."""
        self.background.call(self.monitor.choose_next)

    def answer(self, yes: bool) -> None:
        """Answer the question on show."""
        self.background.call(lambda: self.monitor.answer(yes))

    def snooze(self, minutes: float) -> None:
        """Let buzzes rest; 0 ends it."""
        self.background.call(lambda: self.monitor.snooze(minutes))

    def pause(self, *, on: bool) -> None:
        """Let buzzes wait until further notice, or end that."""
        wish = self.monitor.hold if on else self.monitor.release
        self.background.call(lambda: wish(PAUSE))

    def buzz(self) -> None:
        """Buzz as a test."""
        self.background.call(self.monitor.buzz)

    def report(self) -> None:
        """Write today's page and open it."""
        self._start(self._report)

    def _start(self, make: Callable[[], Coroutine[Any, Any, None]]) -> None:
        def begin() -> None:
            task = asyncio.ensure_future(make())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self.background.call(begin)

    async def _calibrate(self) -> None:
        # The monitor has told the wearer why.
        with suppress(MidbackError):
            await self.monitor.calibrate(self.poses, self.prompt)
        if self.thank is not None:
            self.thank()

    async def _report(self) -> None:
        try:
            path = await asyncio.to_thread(self.page)
        except MidbackError as error:
            self.monitor.say(f"No page: {error}.")
            return
        if not await asyncio.to_thread(webbrowser.open, path.as_uri()):
            self.monitor.say(f"The page is {path}.")
