"""A routine in the terminal: what to do, a line that counts along, and keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TextIO

from midback.cli.background import Background
from midback.cli.led_terminal import follow
from midback.exercises.drill import By
from midback.exercises.routine import RoutineWish
from midback.exercises.routine_view import RoutineView
from midback.exercises.view import Phase
from midback.live.keys import Keys
from midback.live.lines import Lines
from midback.routine_led import RoutineLed
from midback.words import LOOKING, OUT_OF_REACH, degrees

HINT = "Keys: P pause and go on, S skip, C another drill, H it hurts, Q quit."
_BAR = 20
_INDENT = "    "


class RoutineTerminal:
    """Writes what is to be done.

    Args:
        out: where to.
        environment: as ``os.environ``; ``TERM=dumb`` is obeyed.
    """

    def __init__(self, out: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        self._lines = Lines(out, environment)
        self._told = ("", "")
        self._counted: tuple[object, ...] = ()

    def look(self, view: RoutineView | None, *, lost: bool, paused: bool) -> None:
        """Write what is new."""
        words = words_of(view, lost=lost, paused=paused)
        if words != self._told:
            self._told = words
            self._lines.line(" ".join(part for part in words if part), _INDENT)
        if view is None:
            return
        if self._lines.redraws:
            self._lines.redraw(counted_of(view)[: self._lines.room])
        elif (view.drill, view.side, view.number) != self._counted:
            self._counted = (view.drill, view.side, view.number)
            if view.number:
                self._lines.line(f"  {counted_of(view)}", _INDENT)

    def close(self) -> None:
        """Leave the cursor on a line of its own."""
        if self._lines.redraws:
            self._lines.redraw("")


def words_of(view: RoutineView | None, *, lost: bool, paused: bool) -> tuple[str, str]:
    """Which drill, and what to do now."""
    if view is None:
        return "", LOOKING
    title = "" if view.drill is None else f"{view.drill.title}{_side(view)}:"
    if paused:
        return title, "Paused. P goes on."
    if lost:
        return title, OUT_OF_REACH
    return title, view.words


def counted_of(view: RoutineView) -> str:
    """The line that counts along."""
    parts = [f"{round(view.left_s) // 60}:{round(view.left_s) % 60:02d} left"]
    if view.phase is Phase.HOLD:
        done = round(_BAR * view.share)
        parts.append(f"[{'#' * done}{'.' * (_BAR - done)}]")
    elif view.of:
        how = "paced, not counted" if view.paced else "seen"
        parts.append(f"{view.number} of {view.of} {how}")
    if view.last is not None:
        parts.append(f"the last {degrees(view.last.peak_deg)}")
    drill = view.drill
    moves = view.phase in (Phase.GO, Phase.HOLD) and not view.paced
    if moves and drill is not None and drill.by is not By.OFF:
        parts.append(f"now {degrees(view.angle_deg)}")
    return "  ".join(parts)


def watch(led: RoutineLed, background: Background, out: TextIO, keys: Keys | None = None) -> None:
    """Show the routine until it is over, Q or Ctrl-C."""
    terminal = RoutineTerminal(out)
    wishes: dict[str, Callable[[], None]] = {
        "p": led.pause,
        "s": lambda: led.wish(RoutineWish.SKIP),
        "c": lambda: led.wish(RoutineWish.CHANGE),
        "h": lambda: led.wish(RoutineWish.HURTS),
    }

    def look() -> None:
        routine = led.routine
        view = None if routine is None else routine.view
        terminal.look(view, lost=led.lost, paused=routine is not None and routine.paused)

    follow(background, out, HINT, look, wishes, keys)
    terminal.close()


def _side(view: RoutineView) -> str:
    return f", {view.side}" if view.side else ""
