"""Shows a wearing: in the window where there is a display, in words where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TextIO

import platformdirs

from midback.cli.background import Background, Loop
from midback.live.controls import Controls
from midback.live.display import NoWindow, display_available, open_window
from midback.live.picture import Span
from midback.live.terminal import watch
from midback.live.trace import Trace

if TYPE_CHECKING:
    # Importing the window needs Qt, which may be missing.
    from midback.live.window import LiveWindow

Main = Callable[[], Coroutine[Any, Any, None]]


class Stage:
    """Where a wearing is watched.

    Args:
        headless: words in the terminal even where there is a display.
        out: where the words go; standard output unless given.
        fast: time runs so fast that only the whole day can be followed.

    Attributes:
        trace: what the monitor tells, and the view draws.
        windowed: whether there will be a window.
    """

    def __init__(self, *, headless: bool, out: TextIO | None = None, fast: bool = False) -> None:
        self.trace = Trace()
        self.windowed = not headless and display_available()
        self._out = out or sys.stdout
        self._fast = fast

    def show(self, main: Main, run: Loop, make_controls: Callable[[Background], Controls]) -> None:
        """Run *main* by *run* in the background, until it ends or the view is closed.

        Raises:
            MidbackError: what ended the wearing.
        """
        background = Background(main, run)
        controls = make_controls(background)
        background.start()
        try:
            if not self.windowed or not self._windowed(background, controls):
                watch(self.trace, controls, finished=background.finished, out=self._out)
        finally:
            background.stop()

    def _windowed(self, background: Background, controls: Controls) -> bool:
        """Show the window until it is closed; false where there can be none after all."""
        state = platformdirs.user_state_path("midback", appauthor=False)
        try:
            open_window(
                self.trace,
                controls,
                remember=state / "window.ini",
                finished=background.finished,
                opened=self._opened,
            )
        except NoWindow as reason:
            print(f"midback: {reason}", file=sys.stderr)
            return False
        return True

    def _opened(self, window: LiveWindow) -> None:
        if self._fast:
            window.show_span(Span.TODAY)
