"""A movement check in the terminal: what to do, a gauge in one line, a bell, and keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TextIO

from midback.check_led import CheckLed
from midback.cli.background import Background
from midback.cli.led_terminal import follow
from midback.exercises.check import Wish
from midback.exercises.items import Hold
from midback.exercises.view import Phase, View
from midback.live.keys import Keys
from midback.live.lines import Lines
from midback.words import LOOKING, OUT_OF_REACH, degrees

HINT = "Keys: P pause and go on, R repeat this test, S skip it, H it hurts, Q quit."
_BAR = 30
_MOST_DEG = 60.0
_UNSEEN = "find_upright"
_BELL = "\a"


class CheckTerminal:
    """Writes what is to be done.

    Args:
        out: where to.
        quiet: without the bell.
        environment: as ``os.environ``; ``TERM=dumb`` is obeyed.
    """

    def __init__(
        self, out: TextIO, *, quiet: bool, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._lines = Lines(out, environment)
        self._rings = not quiet and out.isatty()
        self._told = ("", "")
        self._noticed = ""
        self._cues = 0

    def look(self, view: View | None, *, lost: bool, paused: bool) -> None:
        """Write what is new."""
        head, words = words_of(view, lost=lost, paused=paused)
        if (head, words) != self._told:
            if head and head != self._told[0]:
                self._lines.line(f"\n{head}")
            self._told = (head, words)
            self._lines.line(words)
        if view is None:
            return
        if view.cues != self._cues:
            self._cues = view.cues
            if self._rings and not paused:
                self._lines.write(_BELL)
        if self._lines.redraws:
            self._lines.redraw(gauge_of(view)[: self._lines.room])

    def notice(self, words: str) -> None:
        """Write what they are to know, once."""
        if words and words != self._noticed:
            self._noticed = words
            self._lines.line(f"\n{words}")

    def close(self) -> None:
        """Leave the cursor on an empty line."""
        if self._lines.redraws:
            self._lines.redraw("")


def words_of(view: View | None, *, lost: bool, paused: bool) -> tuple[str, str]:
    """Which repetition of which test, and what to do now."""
    if view is None:
        return "", LOOKING
    head = "" if view.item is None else f"{view.item.title}, {_count(view)}"
    if isinstance(view.item, Hold):
        head = view.item.title
    if paused:
        return head, "Paused. P goes on; what was under way is done again."
    if lost:
        return head, OUT_OF_REACH
    return head, view.words


def gauge_of(view: View) -> str:
    """The live line: how much of a hold has passed, or how far they are."""
    if view.phase is Phase.HOLD:
        done = round(_BAR * view.share)
        return f"  [{'#' * done}{'.' * (_BAR - done)}]"
    # To see it would spoil the test.
    hidden = view.item is not None and view.item.id == _UNSEEN
    if view.phase not in (Phase.GO, Phase.BACK) or hidden:
        return ""
    there = round(_BAR * min(max(view.angle_deg, 0.0) / _MOST_DEG, 1.0))
    return f"  {degrees(view.angle_deg):>4}  {'=' * there}|"


def watch(
    led: CheckLed, background: Background, out: TextIO, *, quiet: bool, keys: Keys | None = None
) -> None:
    """Show the check until it is over, Q or Ctrl-C."""
    terminal = CheckTerminal(out, quiet=quiet)
    wishes: dict[str, Callable[[], None]] = {
        "p": led.pause,
        "r": lambda: led.wish(Wish.REPEAT),
        "s": lambda: led.wish(Wish.SKIP),
        "h": lambda: led.wish(Wish.HURTS),
    }

    def look() -> None:
        check = led.check
        terminal.notice(led.notice)
        view = None if check is None else check.view
        terminal.look(view, lost=led.lost, paused=check is not None and check.paused)

    follow(background, out, HINT, look, wishes, keys)
    terminal.close()


def _count(view: View) -> str:
    if view.practice:
        return "for practice"
    side = f", {view.way.name}" if view.way is not None and view.way.name else ""
    number = f"{view.number} of {view.of}" if view.number <= view.of else "one more"
    return f"{number}{side}"
