"""Gives cues one at a time: a newer one cuts the older short.

A thread of its own starts and ends the programs, because starting one may take a moment; whoever
asks for a cue goes on at once.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from midback.cues.programs import Program, asked, player, speech
from midback.cues.tones import Tone, sound

_log = logging.getLogger(__name__)

_ENDS_S = 1.0
"""A program that does not end by then is killed."""

_NO_CONSOLE = 0x08000000
"""Windows: CREATE_NO_WINDOW, else each cue would flash a black window."""


class Mode(StrEnum):
    """How cues are given."""

    SPOKEN = "spoken"
    BEEPS = "beeps"
    OFF = "off"


class _Cue(NamedTuple):
    tone: Tone
    words: str


class Cueing:
    """Speaks or beeps; every method returns at once.

    Args:
        speaks: what speaks here, or ``None``.
        plays: what plays a sound file here, or ``None``.
        bell: beeps where nothing plays; called by whoever asks for the cue.

    Attributes:
        mode: how cues are given; change it at any time.
    """

    def __init__(
        self,
        speaks: Program | None = None,
        plays: Program | None = None,
        bell: Callable[[], None] = lambda: None,
    ) -> None:
        self.mode = Mode.OFF
        self._speaks = speaks
        self._plays = plays
        self._bell = bell
        self._next: _Cue | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._running: subprocess.Popen[bytes] | None = None
        self._speaking = False
        self._thread: threading.Thread | None = None

    @classmethod
    def of_this_computer(cls, bell: Callable[[], None]) -> Cueing:
        """By what is installed here."""
        return cls(speech(), player(), bell)

    @property
    def can_speak(self) -> bool:
        """Whether something here speaks."""
        return self._speaks is not None

    @property
    def modes(self) -> tuple[Mode, ...]:
        """What can be chosen here."""
        return tuple(Mode) if self.can_speak else (Mode.BEEPS, Mode.OFF)

    def cue(self, tone: Tone, words: str = "") -> None:
        """Give a cue: its words where cues are spoken and it has some, else its tone."""
        if self.mode is Mode.OFF or self._closed:
            return
        spoken = words if self.mode is Mode.SPOKEN and self.can_speak else ""
        if not spoken and self._plays is None:
            self._bell()
            return
        with self._changed:
            self._next = _Cue(tone, spoken)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="midback cues", daemon=True)
            self._thread.start()

    def hush(self) -> None:
        """End what sounds now."""
        with self._changed:
            self._next = None
            running = self._running
        if running is not None:
            with suppress(OSError):
                running.terminate()

    def close(self) -> None:
        """No more cues; returns once no program of them runs any more."""
        with self._changed:
            self._closed = True
            self._next = None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        with tempfile.TemporaryDirectory(prefix="midback-cues-") as folder:
            while (cue := self._wait()) is not None:
                self._end()
                self._start(cue, Path(folder))
            self._end()

    def _wait(self) -> _Cue | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next is not None)
            cue, self._next = self._next, None
            return None if self._closed else cue

    def _start(self, cue: _Cue, folder: Path) -> None:
        speaks, plays = self._speaks if cue.words else None, self._plays
        if speaks is not None:
            command, told = asked(speaks, cue.words)
        elif plays is not None:
            command, told = asked(plays, _file(cue.tone, folder))
        else:
            # It was to be spoken, and just now nothing speaks any more.
            return
        try:
            running = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=_NO_CONSOLE if sys.platform == "win32" else 0,
            )
        except OSError as error:
            _log.warning("a cue was not heard: %s", error)
            if speaks is not None:
                self._speaks = None
            return
        self._running, self._speaking = running, speaks is not None
        assert running.stdin is not None
        # It may have ended before it read anything.
        with suppress(OSError):
            running.stdin.write(told)
        with suppress(OSError):
            running.stdin.close()

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        if running.poll():
            self._failed(running)
        with suppress(OSError):
            running.terminate()
        try:
            running.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()

    def _failed(self, running: subprocess.Popen[bytes]) -> None:
        """What speaks is there and cannot: beep from now on.  Being cut short is no failure."""
        _log.warning("a cue was not heard: %s ended with %d", running.args, running.returncode)
        if self._speaking and running.returncode > 0:
            self._speaks = None


def _file(tone: Tone, folder: Path) -> Path:
    file = folder / f"{tone.name.lower()}.wav"
    if not file.exists():
        file.write_bytes(sound(tone))
    return file
