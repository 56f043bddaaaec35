"""What the window asks while it leads through a check or a routine, carried to the clip's thread.

The window asks from its own thread and never waits: wishes are handed over, and what comes of it
in the end is worked out in a thread of its own.
"""

from __future__ import annotations

import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tzlocal import get_localzone

from midback.check_led import CheckLed
from midback.cli.background import Background
from midback.cli.checked import account_with_earlier, page_beside, write_check_page
from midback.errors import DataError, MidbackError
from midback.exercises import check, screened
from midback.exercises.check import Kept
from midback.exercises.routine import RoutineWish
from midback.exercises.routine_plan import Task
from midback.link import Link
from midback.live.guided.check_outcome import outcome_of
from midback.live.guided.check_scene import scene_of
from midback.live.guided.drawings import figure_of
from midback.live.guided.routine_outcome import routine_outcome
from midback.live.guided.routine_scene import routine_scene
from midback.live.guided.scene import Outcome, Scene, Where, Wish
from midback.routine_led import RoutineLed
from midback.words import LOOK, LOOKING, OUT_OF_REACH, State, sentence

CHECK_AHEAD = (
    "Seven movements, about fifteen minutes. You need a firm chair without arms, a cushion, "
    "something to read, and the clip between your shoulder blades."
)
ROUTINE_AHEAD = "Five minutes of movements, with the clip between your shoulder blades."

_FAULT = "Something failed inside Midback. What was done is kept; close this window to see more."
_CHECK_WISHES = {
    Wish.PAUSE: check.Wish.PAUSE,
    Wish.GO_ON: check.Wish.GO_ON,
    Wish.REPEAT: check.Wish.REPEAT,
    Wish.SKIP: check.Wish.SKIP,
    Wish.HURTS: check.Wish.HURTS,
}
_ROUTINE_WISHES = {
    Wish.PAUSE: RoutineWish.PAUSE,
    Wish.GO_ON: RoutineWish.GO_ON,
    Wish.SKIP: RoutineWish.SKIP,
    Wish.CHANGE: RoutineWish.CHANGE,
    Wish.HURTS: RoutineWish.HURTS,
}


class Led(Protocol):
    """A check or a routine on a clip."""

    problem: str

    @property
    def link(self) -> Link:
        """How the link to the clip stands."""
        ...

    @property
    def lost(self) -> bool:
        """Whether the clip is out of reach though it is needed."""
        ...

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        ...


L = TypeVar("L", bound=Led)

Start = Callable[[L], Background]
"""Lets one run in the background, which is not started yet."""


class ClipLeader(ABC, Generic[L]):
    """What check and routine have in common.

    Args:
        start: see ``Start``.
        folder: where everything is kept, or ``None`` where nothing is.

    Attributes:
        led: the check or the routine; ``None`` before it began.
    """

    name = ""
    ahead = ""
    left = ""
    screens = True
    asks_pain = True

    def __init__(self, start: Start[L], folder: Path | None) -> None:
        self.led: L | None = None
        self._start = start
        self._folder = folder
        self._background: Background | None = None
        self._worker: threading.Thread | None = None
        self._outcome: Outcome | None = None
        self._failure: Exception | None = None

    def go_on(self, left: bool) -> None:
        """Whether to go on with the one that was left."""

    def cleared(self) -> None:
        """All red flags were answered with no."""
        if self._folder is not None:
            try:
                screened.keep_screened(self._folder, datetime.now(UTC))
            except DataError:
                # They are asked again the next time, and no harm is done.
                return

    def begin(self, pain: int | None) -> None:
        """Look for the clip and lead."""
        self.led = self._make(pain)
        self._background = self._start(self.led)
        self._background.start()

    def scene(self) -> Scene:
        """What to show now."""
        led, background = self.led, self._background
        if led is None or background is None:
            return Scene()
        scene = self._led_scene(led)
        if scene.where is Where.OVER:
            return scene
        if background.finished():
            error = background.error
            words = sentence(str(error)) if isinstance(error, MidbackError) else _FAULT
            return Scene(Where.FAILED, words)
        if led.lost:
            return replace(scene, words=OUT_OF_REACH, lost=True, gauge=None)
        return scene

    def wish(self, wish: Wish) -> None:
        """Do what the wearer asks for."""
        led, background = self.led, self._background
        if led is not None and background is not None:
            background.call(lambda: self._obey(led, wish))

    def finish(self, pain: int | None) -> None:
        """Work out what came of it."""
        self._worker = threading.Thread(target=self._work_out, args=(pain,), daemon=True)
        self._worker.start()

    def outcome(self) -> Outcome | None:
        """What came of it; ``None`` while it is worked out."""
        return self._outcome

    def close(self) -> None:
        """The window is closed: what was done until now is kept.

        Raises:
            BaseException: what ended it before.
        """
        if self._worker is not None:
            self._worker.join()
        if self._background is not None:
            self._background.stop()
        if self._failure is not None:
            raise self._failure

    def _work_out(self, pain: int | None) -> None:
        assert self.led is not None
        assert self._background is not None
        try:
            self._background.stop()
            made = self._result(self.led, pain)
        except MidbackError as error:
            made = Outcome(sentence(str(error)))
        except Exception as error:
            # Told with all its details when the window is closed.
            self._failure = error
            made = Outcome(_FAULT)
        problem = self.led.problem
        notes = (problem, *made.notes) if problem else made.notes
        self._outcome = replace(made, notes=notes, folder=self._folder)

    @abstractmethod
    def _make(self, pain: int | None) -> L: ...

    @abstractmethod
    def _led_scene(self, led: L) -> Scene: ...

    @abstractmethod
    def _obey(self, led: L, wish: Wish) -> None: ...

    @abstractmethod
    def _result(self, led: L, pain: int | None) -> Outcome: ...


class CheckLeader(ClipLeader[CheckLed]):
    """Leads the window through a movement check.

    Args:
        make: makes one, from the pain before it and the check to go on with.
        start: see ``Start``.
        folder: where everything is kept, or ``None`` where nothing is.
        left: a check of today that was left, if there is one.
    """

    name = "Movement check"
    ahead = CHECK_AHEAD

    def __init__(
        self,
        make: Callable[[int | None, Kept | None], CheckLed],
        start: Start[CheckLed],
        folder: Path | None,
        left: Kept | None = None,
    ) -> None:
        super().__init__(start, folder)
        self.left = "" if left is None else f"{left.started.astimezone(get_localzone()):%H:%M}"
        self._left = left
        self._make_led = make

    def go_on(self, left: bool) -> None:
        """Whether to go on with the one that was left."""
        if not left:
            self._left = None

    def _make(self, pain: int | None) -> CheckLed:
        return self._make_led(pain, self._left)

    def _led_scene(self, led: CheckLed) -> Scene:
        check = led.check
        if check is None:
            return _finding(led.link)
        scene = scene_of(check.view, check.items, paused=check.paused)
        # Until the first test begins; then there is more to say.
        return replace(scene, note=led.notice) if check.view.item is None else scene

    def _obey(self, led: CheckLed, wish: Wish) -> None:
        if wish in _CHECK_WISHES:
            led.wish(_CHECK_WISHES[wish])

    def _result(self, led: CheckLed, pain: int | None) -> Outcome:
        assert led.check is not None
        led.pain_after(pain)
        account, problems = account_with_earlier(led.check.kept, led.path)
        outcome = outcome_of(account)
        notes = [f"Left out: {problem}" for problem in problems]
        page = self._page(led)
        try:
            write_check_page(account, page)
        except MidbackError as error:
            page = None
            notes.append(sentence(str(error)))
        return replace(outcome, notes=(*outcome.notes, *notes), page=page)

    @staticmethod
    def _page(led: CheckLed) -> Path:
        if led.path is not None:
            return page_beside(led.path)
        return Path(tempfile.mkdtemp(prefix="midback-check-")) / "check.html"


class RoutineLeader(ClipLeader[RoutineLed]):
    """Leads the window through a routine.

    Args:
        make: makes one.
        tasks: today's drills, in their order.
        start: see ``Start``.
        folder: where everything is kept, or ``None`` where nothing is.
        screens: whether to ask what comes before any movement.
        advised: what the last check advised, a sentence each.
    """

    name = "Routine"
    asks_pain = False

    def __init__(
        self,
        make: Callable[[], RoutineLed],
        tasks: Sequence[Task],
        start: Start[RoutineLed],
        folder: Path | None,
        *,
        screens: bool,
        advised: Sequence[str] = (),
    ) -> None:
        super().__init__(start, folder)
        self.screens = screens
        self.ahead = " ".join([ROUTINE_AHEAD, *advised])
        self._make_led = make
        self._tasks = tasks

    def _make(self, pain: int | None) -> RoutineLed:
        del pain  # it is not asked for
        return self._make_led()

    def _led_scene(self, led: RoutineLed) -> Scene:
        routine = led.routine
        if routine is None:
            return _finding(led.link)
        return routine_scene(routine.view, self._tasks, paused=routine.paused)

    def _obey(self, led: RoutineLed, wish: Wish) -> None:
        if wish in _ROUTINE_WISHES:
            led.wish(_ROUTINE_WISHES[wish])

    def _result(self, led: RoutineLed, pain: int | None) -> Outcome:
        del pain
        assert led.done is not None
        return routine_outcome(led.done)


def _finding(link: Link) -> Scene:
    there = link is Link.STREAMING
    return Scene(
        words="The clip is there. Hold still for a moment." if there else LOOKING,
        step="To begin with",
        title="The clip",
        how=LOOK[State.AWAY].help,
        figure=figure_of("upright"),
    )
