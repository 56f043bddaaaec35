"""Whether there is a display, and opening the window on it; without one, a plain error.

No Qt is imported until there is a display to show something on: without one Qt does
not raise, it ends the process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from midback.errors import UsageError
from midback.live.controls import Controls
from midback.live.guided.scene import Leader
from midback.live.trace import Trace

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from midback.live.guided.window import GuidedWindow
    from midback.live.window import LiveWindow

_Window = TypeVar("_Window", "LiveWindow", "GuidedWindow")

HEADLESS = ("offscreen", "minimal", "minimalegl", "vnc")


LIBRARIES = "libegl1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
"""What a fresh Debian lacks for a window on X11; the rest comes with these."""

_TRIAL = "from PySide6.QtWidgets import QApplication; QApplication([])"
_TRIAL_S = 30.0


class NoWindow(UsageError):
    """There can be no window here; the terminal view still works."""


def display_available(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> bool:
    """Whether a window could be shown; looks only at the environment.

    Args:
        platform: as ``sys.platform``.
        environment: as ``os.environ``.

    >>> display_available("linux", {})
    False
    >>> display_available("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    True
    """
    if platform in ("win32", "darwin"):
        return True
    chosen = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen in HEADLESS:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_window(
    trace: Trace,
    controls: Controls,
    *,
    remember: Path | None = None,
    finished: Callable[[], bool] | None = None,
    opened: Callable[[LiveWindow], None] | None = None,
) -> None:
    """Show the window; return when it is closed.  Call from the main thread.

    Args:
        trace: what to draw.
        controls: whom the buttons and keys ask.
        remember: file that keeps place and size; None forgets them.
        finished: asked about once a second; the window closes when it says True.
        opened: called once with the window, whose ``request_close`` any thread may call.

    Raises:
        NoWindow: there is no display, or Qt cannot be loaded.
    """
    _look_for_display()
    with _telling_what_is_missing():
        from midback.live.window import LiveWindow

        _have_application()
    window = LiveWindow(trace, controls, _remembered(remember), finished or _never)
    _show_until_closed(window, opened)


def open_guided(
    leader: Leader,
    *,
    remember: Path | None = None,
    quiet: bool = False,
    opened: Callable[[GuidedWindow], None] | None = None,
) -> None:
    """Show the window that *leader* leads through; return when it is closed.

    Args:
        leader: who leads.
        remember: file that keeps place, size, and how cues are given; None forgets them.
        quiet: no cues this time.
        opened: as for ``open_window``.

    Raises:
        NoWindow: there is no display, or Qt cannot be loaded.
    """
    _look_for_display()
    with _telling_what_is_missing():
        from PySide6.QtWidgets import QApplication

        from midback.cues import Cueing
        from midback.live.guided.window import GuidedWindow

        _have_application()
    cueing = Cueing.of_this_computer(QApplication.beep)
    window = GuidedWindow(leader, cueing, _remembered(remember), quiet=quiet)
    _show_until_closed(window, opened)


def _look_for_display() -> None:
    if not display_available():
        raise NoWindow("there is no display to open a window on; the terminal view needs none")
    _try_qt(sys.platform, os.environ)


@contextmanager
def _telling_what_is_missing() -> Generator[None]:
    try:
        yield
    except ImportError as error:
        raise NoWindow(
            f"the window cannot be opened because Qt does not load ({error})"
        ) from error


def _have_application() -> None:
    """Must come before any widget."""
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        app = QApplication(["midback"])
        app.setApplicationDisplayName("Midback")
        app.setStyle("Fusion")


def _remembered(file: Path | None) -> QSettings | None:
    from PySide6.QtCore import QSettings

    return None if file is None else QSettings(str(file), QSettings.Format.IniFormat)


def _show_until_closed(window: _Window, opened: Callable[[_Window], None] | None) -> None:
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    window.closed.connect(loop.quit)
    before = signal.signal(signal.SIGINT, _closing(window))
    try:
        window.show()
        if opened is not None:
            opened(window)
        if window.isVisible():
            loop.exec()
    finally:
        signal.signal(signal.SIGINT, before)


def _try_qt(platform: str, environment: Mapping[str, str]) -> None:
    """Start Qt in another process first: where it cannot show a window, it aborts."""
    chosen = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in ("win32", "darwin") or chosen in HEADLESS:
        return
    command = [sys.executable, "-c", _TRIAL]
    try:
        trial = subprocess.run(
            command, env=environment, capture_output=True, timeout=_TRIAL_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NoWindow("the display does not answer; the terminal view needs none") from error
    if trial.returncode == 0:
        return
    said = trial.stderr.decode(errors="replace")
    if "could not connect to display" in said:
        where = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
        raise NoWindow(f"the display {where} does not answer; the terminal view needs none")
    raise NoWindow(
        "Qt cannot open a window for want of system libraries "
        f"(Debian and Ubuntu: sudo apt install {LIBRARIES}); the terminal view needs none"
    )


def _never() -> bool:
    """Keep the slow timer going, in whose gaps Python can notice Ctrl-C."""
    return False


def _closing(window: LiveWindow | GuidedWindow) -> Callable[[int, FrameType | None], None]:
    def close(number: int, frame: FrameType | None) -> None:
        del number, frame
        window.request_close()

    return close
