"""All checks, part by part: each goes on after a failure of another, and each ends in time."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from midback.doctor import air, bluez, computer, data, window
from midback.doctor.discreet import discreet
from midback.doctor.finding import Finding, Mark, failed, note, ok, problem
from midback.errors import BluetoothUnavailable, DataError, MidbackError
from midback.flashing.sources import firmware_version
from midback.recording import Store
from midback.recording.lock import held_by

_LIMIT_S = 40.0
"""For one part.  What it calls has limits of its own, but a file system may hang."""

_ANSWER_S = 5.0
_LOOK_S = 0.2

_SETTINGS = {
    "darwin": "System Settings, Privacy & Security, Bluetooth",
    "win32": "Settings, Bluetooth & devices",
}

T = TypeVar("T")
Check = Callable[[], Iterable[Finding]]
Listen = Callable[[air.Wish], list[Finding]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report.

    Attributes:
        title: what it is about.
        examine: looks, which may take a while, and tells what it found; raises nothing.
        waiting: what takes so long, as a sentence; empty where nothing does.
    """

    title: str
    examine: Callable[[], list[Finding]]
    waiting: str = ""


@dataclass(slots=True)
class Examination:
    """Goes through everything.

    Args:
        folder: where recordings are kept.
        chosen_by: how that was chosen, in words.
        wanted: name or address of the clip, or ``None`` for the nearest.
        seconds: how long to listen for clips.
        simulated: examines a simulated clip in place of what Bluetooth reaches.
        platform: as ``sys.platform``.
    """

    folder: Path
    chosen_by: str
    wanted: str | None = None
    seconds: float = 5.0
    simulated: Listen | None = None
    platform: str = sys.platform
    _bluetooth_failed: bool = field(default=False, init=False)
    _paired: tuple[str, ...] | None = field(default=None, init=False)

    def parts(self) -> Iterator[Part]:
        """The parts in their order; each is to be examined before the next."""
        yield Part("This computer", lambda: limited(computer.examine))
        yield Part("Bluetooth", self._bluetooth)
        listening = f"Listening for clips for {self.seconds:g} s, then looking at one."
        yield Part("Clip", self._clip, listening)
        recordings = "Reading the recordings."
        yield Part("Recordings", lambda: limited(self._recordings, DataError), recordings)
        yield Part("Window", lambda: limited(window.examine), "Trying to open a window.")

    def _bluetooth(self) -> list[Finding]:
        if self.simulated is not None:
            return [ok("adapter", "not looked at: the clip is simulated")]
        check = self._bluez if self.platform == "linux" else self._told_by_the_scan
        found = limited(check, BluetoothUnavailable)
        self._bluetooth_failed = any(finding.mark is Mark.PROBLEM for finding in found)
        return found

    def _bluez(self) -> Iterable[Finding]:
        asked = bluez.ask_bluez()
        self._paired = None if asked.bus or asked.service else asked.paired
        return bluez.findings(asked, bluez.bluez_version(), bluez.what_blocks())

    def _told_by_the_scan(self) -> list[Finding]:
        settings = _SETTINGS.get(self.platform, "the system's settings")
        return [ok("adapter", f"told by the scan below; {settings} switch it on and permit it")]

    def _clip(self) -> list[Finding]:
        wish = air.Wish(
            wanted=self.wanted,
            seconds=self.seconds,
            bluetooth_failed=self._bluetooth_failed,
            paired=self._paired,
            release=_release(),
            calibrated=answered(self._calibrated, frozenset[str]()),
        )
        simulated = self.simulated
        if simulated is not None:
            return told(lambda: simulated(wish))
        recording = answered(lambda: held_by(self.folder) is not None, default=False)
        # In this thread, so that Ctrl-C ends the link properly.
        return told(lambda: asyncio.run(air.examine(replace(wish, recording=recording))))

    def _calibrated(self) -> frozenset[str]:
        with Store.open(self.folder, write=False) as store:
            return frozenset(made.clip_id for made in store.calibrations())

    def _recordings(self) -> Iterable[Finding]:
        return data.examine(self.folder, self.chosen_by)


def limited(
    check: Check, kind: type[MidbackError] | None = None, limit_s: float = _LIMIT_S
) -> list[Finding]:
    """What a check tells within its time; a check that hangs is left behind.

    Args:
        check: what to do; may raise anything.
        kind: what error it is if the check itself fails; ``None``: nothing depends on it.
        limit_s: how long to wait for it.
    """
    found: list[Finding] = []
    in_time = _within(limit_s, lambda: _collect(check, kind, found))
    kept = list(found)
    if not in_time:
        kept.append(_unfinished(f"no answer within {limit_s:.0f} s", kind))
    return [_discreetly(finding) for finding in kept]


def answered(question: Callable[[], T], default: T, limit_s: float = _ANSWER_S) -> T:
    """The answer to a question of the file system, or *default* where none comes in time.

    A file or folder that cannot be read is told about by its own part.
    """
    answers = [default]

    def ask() -> None:
        with suppress(OSError, MidbackError):
            answers.append(question())

    _within(limit_s, ask)
    return answers[-1]


def _within(limit_s: float, work: Callable[[], object]) -> bool:
    """Work in a thread that is left behind if it takes too long; whether it ended in time."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    deadline_s = time.monotonic() + limit_s
    # In short waits, between which Windows notices Ctrl-C.
    while thread.is_alive() and time.monotonic() < deadline_s:
        thread.join(_LOOK_S)
    return not thread.is_alive()


def told(check: Check) -> list[Finding]:
    """What a check of Bluetooth tells that has limits of its own."""
    found: list[Finding] = []
    _collect(check, BluetoothUnavailable, found)
    return [_discreetly(finding) for finding in found]


def _collect(check: Check, kind: type[MidbackError] | None, found: list[Finding]) -> None:
    try:
        for finding in check():
            found.append(finding)
    except MidbackError as error:
        found.append(failed("the rest", error))
    # A report with a hole in it is better than a traceback in place of a report.
    except Exception as error:
        found.append(_unfinished(f"this check failed ({type(error).__name__}: {error})", kind))


def _unfinished(what: str, kind: type[MidbackError] | None) -> Finding:
    to_do = "Please tell in an issue how this came about."
    if kind is None:
        return note("the rest", what, to_do)
    return problem("the rest", what, to_do, kind)


def _discreetly(finding: Finding) -> Finding:
    return replace(finding, found=discreet(finding.found), to_do=discreet(finding.to_do))


def _release() -> str:
    try:
        return firmware_version()
    except DataError:
        return ""
