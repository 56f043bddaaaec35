"""The live view without a display: one status line, or plain lines where output is kept.

No Qt.  On a terminal the line is drawn anew about once a second; into a file or a
pipe goes one line at each change of state, with the time before it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from midback.live.controls import Controls
from midback.live.keys import Keys
from midback.live.lines import Lines
from midback.live.sentences import Said, lean_in_words, paused, say, snoozed, steady
from midback.live.trace import Trace
from midback.words import LOOK, State

SNOOZE_MIN = 15.0
LOOK_S = 1.0
HINT = (
    "Keys: C calibrate, A where you are, S snooze, P pause (each again: end it), B test buzz,\n"
    "R report, Q quit."
)
ANSWERS = "Y yes, N no"
COLOURS = {
    State.UPRIGHT: 32,
    State.LEANING: 178,
    State.SLUMPED: 208,
    State.BACK: 175,
    State.MOVING: 108,
    State.WALKING: 108,
}
"""Numbers of the 256-colour table nearest to the palette that read on light and on dark."""


class Terminal:
    """Writes what the trace says.

    Args:
        trace: what to show.
        out: where to.
        environment: as ``os.environ``; ``NO_COLOR`` and ``TERM=dumb`` are obeyed.
    """

    def __init__(
        self, trace: Trace, out: TextIO, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._trace = trace
        self._lines = Lines(out, environment)
        self._number_deg: int | None = None
        self._facts: object = None
        self._sentence: str | None = None

    def look(self) -> None:
        """Look at the trace once and write what is new."""
        now = self._trace.latest()
        lean_deg = None if now is None else now.flexion_deg
        self._number_deg = steady(self._number_deg, lean_deg)
        said = say(now, self._trace.zone)
        if self._lines.redraws:
            self._redraw(said)
            return
        told = () if now is None else (now.notice, now.question, now.held_by, now.doubt)
        facts = (said.state, *told, snoozed(now))
        sentence = _sentence(said)
        # What has changed may be nothing that is said in this state.
        if facts != self._facts and sentence != self._sentence:
            at = "" if now is None else f"{now.wall.astimezone(self._trace.zone):%H:%M:%S}  "
            self._lines.write(f"{at}{sentence}\n")
            self._sentence = sentence
        self._facts = facts

    def close(self) -> None:
        """Leave the cursor on a line of its own."""
        if self._lines.redraws:
            self._lines.write("\n")

    def _redraw(self, said: Said) -> None:
        shape = LOOK[said.state].shape
        parts = [lean_in_words(said), _help(said), said.link]
        rest = f"  ·  {'  ·  '.join(parts)}"
        head = f"{shape} {said.headline}"
        room = self._lines.room
        rest = rest[: max(room - len(head), 0)]
        if self._lines.coloured and said.state in COLOURS:
            head = f"\x1b[1;38;5;{COLOURS[said.state]}m{head}\x1b[0m"
        self._lines.redraw(f"{head}{rest}")


def watch(
    trace: Trace,
    controls: Controls,
    *,
    finished: Callable[[], bool] = lambda: False,
    out: TextIO | None = None,
    keys: Keys | None = None,
) -> None:
    """Show the trace until *finished*, Q or Ctrl-C.

    Args:
        trace: what to show.
        controls: whom the keys ask.
        finished: asked about once a second.
        out: where to write; standard output unless given.
        keys: where keys come from; standard input unless given.
    """
    shown_on: TextIO = sys.stdout if out is None else out
    terminal = Terminal(trace, shown_on)
    with keys or Keys() as pressed:
        if pressed.listening:
            shown_on.write(f"{HINT}\n")
        try:
            while not finished():
                terminal.look()
                if (key := pressed.wait(LOOK_S)) == "q":
                    break
                _obey(key, trace, controls)
        except KeyboardInterrupt:
            pass
        terminal.close()


def _obey(key: str | None, trace: Trace, controls: Controls) -> None:
    if key == "c":
        controls.calibrate()
    elif key == "s":
        controls.snooze(0.0 if snoozed(trace.latest()) else SNOOZE_MIN)
    elif key == "p":
        controls.pause(on=not paused(trace.latest()))
    elif key == "a":
        controls.choose_next()
    elif key in ("y", "n"):
        controls.answer(key == "y")
    elif key == "b":
        controls.buzz()
    elif key == "r":
        controls.report()


def _sentence(said: Said) -> str:
    return f"{LOOK[said.state].words}, {lean_in_words(said)}. {_help(said)}"


def _help(said: Said) -> str:
    return f"{said.help} ({ANSWERS})" if said.asks else said.help
