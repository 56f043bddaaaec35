"""Shows a wearing: in the window where there is a display, in words where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, TextIO

import platformdirs

from midback.cli.background import Background, Loop
from midback.live.controls import Controls
from midback.live.display import display_available, open_window
from midback.live.terminal import watch
from midback.live.trace import Trace

Main = Callable[[], Coroutine[Any, Any, None]]


class Stage:
    """Where a wearing is watched.

    Args:
        headless: words in the terminal even where there is a display.
        out: where the words go; standard output unless given.

    Attributes:
        trace: what the monitor tells, and the view draws.
        windowed: whether there will be a window.
    """

    def __init__(self, *, headless: bool, out: TextIO | None = None) -> None:
        self.trace = Trace()
        self.windowed = not headless and display_available()
        self._out = out or sys.stdout

    def show(self, main: Main, run: Loop, make_controls: Callable[[Background], Controls]) -> None:
        """Run *main* by *run* in the background, until it ends or the view is closed.

        Raises:
            MidbackError: what ended the wearing.
        """
        background = Background(main, run)
        controls = make_controls(background)
        background.start()
        try:
            if self.windowed:
                state = platformdirs.user_state_path("midback", appauthor=False)
                remember = state / "window.ini"
                finished = background.finished
                open_window(self.trace, controls, remember=remember, finished=finished)
            else:
                watch(self.trace, controls, finished=background.finished, out=self._out)
        finally:
            background.stop()
