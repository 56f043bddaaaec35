"""A wearing told line by line: what was judged and when, on the clock of that day."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TextIO

from tzlocal import get_localzone

from midback.curl import Posture
from midback.estimator import Estimate
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.places import PLACE
from midback.recording import context_of
from midback.watching import Now
from midback.wearing import POSTURE
from midback.words import degrees, spoken
from midback_analysis import moved_clip


class Chronicle:
    """Writes one line for each event, and one for each slump once it is over.

    It is a ``monitor.Listener``.

    Args:
        started: wall time at session time 0, until the wearing itself tells it.
        out: where to write; standard output unless given.
        closely: tell each step of a slump as it comes, and what stands in place of the help.
    """

    def __init__(
        self, started: datetime, out: TextIO | None = None, *, closely: bool = False
    ) -> None:
        self._started = started.astimezone(get_localzone())
        self._out = out or sys.stdout
        self._closely = closely
        self._notice: str | None = None
        self._slump: tuple[float, float | None] | None = None
        self._buzzes = 0
        self._withheld: list[str] = []

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Single estimates are not told."""

    def now(self, now: Now) -> None:
        """Learn the clock of that day; tell a new notice, when told closely."""
        self._started = (now.wall - timedelta(seconds=now.time_s)).astimezone(get_localzone())
        if self._closely and now.notice is not None and now.notice != self._notice:
            self._tell(now.time_s, now.notice)
        self._notice = now.notice

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Tell an event."""
        if self._closely or not _is_detail(kind, detail):
            words = _EVENTS.get(kind, _other(kind))(value, detail)
            self._tell(time_s, f"  {words}" if self._closely else words)
        elif kind == "slump_started":
            self._slump, self._buzzes = (time_s, value), 0
            self._withheld.clear()
        elif kind == "buzz":
            self._buzzes += 1
        elif kind == "buzz_withheld":
            self._withheld.append(detail)
        elif kind == "slump_ended" and self._slump is not None:
            self._tell_slump(*self._slump, time_s, detail)
            self._slump = None

    def _tell_slump(
        self, began_s: float, lean_deg: float | None, ended_s: float, how: str
    ) -> None:
        lean = "" if lean_deg is None else f" {degrees(lean_deg)}"
        buzzes = _TIMES.get(self._buzzes, f"{self._buzzes} buzzes")
        if not self._buzzes and self._withheld:
            buzzes = f"{buzzes} ({', '.join(self._withheld)})"
        length = spoken(ended_s - began_s)
        self._tell(began_s, f"slump,{lean} for {length}, {buzzes}, {how}")

    def _tell(self, time_s: float, text: str) -> None:
        at = self._started + timedelta(seconds=time_s)
        print(f"{at:%H:%M:%S}  {text}", file=self._out, flush=True)


_OF_A_SLUMP = ("slump_started", "buzz", "buzz_withheld", "confirmation", "slump_ended")
_HOLDS = ("nudges_held", "nudges_released")
_OF_A_LEAN = (LOOKS_LIKE_A_LEAN, Posture.LEAN)
_TIMES = {0: "no buzz", 1: "1 buzz"}

_Telling = Callable[[float | None, str], str]


def _asked(_: float | None, about: str) -> str:
    return f"asked {_QUESTIONS.get(about, f'about the {about}')}"


_QUESTIONS = {
    PLACE: "whether you are in another place",
    POSTURE: "whether this posture is good",
    "upright": "whether this upright is meant",
}


def _answered(yes: float | None, _: str) -> str:
    return "answered yes" if yes else "answered no"


def _context(_: float | None, detail: str) -> str:
    return f"now at the {context_of(detail)}"


def _slipped(angle_deg: float | None, cause: str) -> str:
    return f"the clip seems to have slipped: {moved_clip.reason(cause, angle_deg)}"


def _questioned(_: float | None, words: str) -> str:
    return f"this upright is questioned: {words}"


def _move(minutes: float | None, _: str) -> str:
    return f"time for another posture, after {spoken(60.0 * (minutes or 0.0))} in one"


def _is_detail(kind: str, detail: str) -> bool:
    """Whether its slump tells of it: leans come every few minutes, and few hold back a buzz."""
    return kind in _OF_A_SLUMP or (kind in _HOLDS and detail in _OF_A_LEAN)


def _battery(percent: float | None, _: str) -> str:
    return f"battery at {percent or 0:.0f} %"


def _calibration(moved_deg: float | None, name: str) -> str:
    apart = "" if moved_deg is None else f", {degrees(moved_deg)} from the one before"
    return f"judged by calibration {name}{apart}"


def _snooze(seconds: float | None, _: str) -> str:
    return f"buzzes rest for {spoken(seconds)}" if seconds else "buzzes are back"


def _held(_: float | None, reason: str) -> str:
    return f"buzzes wait: {reason}"


def _released(_: float | None, reason: str) -> str:
    return f"buzzes no longer wait: {reason}"


def _slump_started(lean_deg: float | None, _: str) -> str:
    return "slump begins" if lean_deg is None else f"slump begins, {degrees(lean_deg)}"


def _slump_ended(_: float | None, how: str) -> str:
    return f"slump ends, {how}"


def _withheld(_: float | None, reason: str) -> str:
    return f"a buzz is withheld: {reason}"


def _block(_: float | None, condition: str) -> str:
    return f"the experiment's next hour: {condition}"


def _fixed(words: str) -> _Telling:
    def tell(value: float | None, detail: str) -> str:
        del value, detail
        return words

    return tell


def _other(kind: str) -> _Telling:
    return _fixed(kind.replace("_", " "))


_EVENTS: dict[str, _Telling] = {
    "answered": _answered,
    "asked": _asked,
    "battery": _battery,
    "buzz": _fixed("a buzz is due"),
    "buzz_by_clip": _fixed("the clip had buzzed by itself"),
    "buzz_withheld": _withheld,
    "calibration": _calibration,
    "confirmation": _fixed("sat up after the buzz"),
    "context": _context,
    "experiment_block": _block,
    "link_back": _fixed("the clip is back"),
    "link_lost": _fixed("the clip is out of reach"),
    "move": _move,
    "nudges_held": _held,
    "nudges_released": _released,
    "reminded": _fixed("reminded of the routine"),
    "reboot": _fixed("the clip started anew"),
    "remounted": _fixed("the clip was put on anew"),
    "slipped": _slipped,
    "slump_ended": _slump_ended,
    "slump_started": _slump_started,
    "snooze": _snooze,
    "upright_questioned": _questioned,
    "walk": _fixed("walked"),
}
