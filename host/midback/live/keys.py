"""Single key presses from a terminal, without waiting for Enter; nothing where there is none."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Any, TextIO

if sys.platform == "win32":
    import msvcrt
else:
    import select
    import termios
    import tty

POLL_S = 0.05


class Keys:
    """Reads keys while entered; the terminal is as before afterwards.

    Args:
        source: where keys come from; anything but a terminal gives none.
    """

    def __init__(self, source: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._terminal = self._source.isatty()
        self._before: Any = None

    @property
    def listening(self) -> bool:
        """Whether a key press can come."""
        return self._terminal

    def __enter__(self) -> Keys:
        if sys.platform != "win32" and self._terminal:
            descriptor = self._source.fileno()
            self._before = termios.tcgetattr(descriptor)
            tty.setcbreak(descriptor)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if sys.platform != "win32" and self._before is not None:
            termios.tcsetattr(self._source.fileno(), termios.TCSADRAIN, self._before)

    def wait(self, seconds: float) -> str | None:
        """The key pressed within *seconds*, lower case; None when there was none."""
        if not self._terminal:
            time.sleep(seconds)
            return None
        if sys.platform == "win32":
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if msvcrt.kbhit():
                    return msvcrt.getwch().lower()
                time.sleep(POLL_S)
            return None
        descriptor = self._source.fileno()
        ready, _, _ = select.select([descriptor], [], [], seconds)
        if not ready:
            return None
        pressed = os.read(descriptor, 1)
        # A terminal that went away is always ready and never says anything.
        self._terminal = bool(pressed)
        return pressed.decode(errors="replace").lower() or None
