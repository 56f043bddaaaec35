"""The window that leads through a movement check or a routine: one page at a time, and keys.

It asks a ``Leader`` what to show, some twenty times a second; nothing in it waits or blocks, and
it opens no other window.  Closing it asks nothing: whoever leads keeps what there is.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from midback.cues import Cueing, Mode
from midback.exercises.screening import MOST_PAIN, RED_FLAGS
from midback.live.guided import asks
from midback.live.guided.ask_page import AskPage
from midback.live.guided.asks import Ask, Choice
from midback.live.guided.bar import Bar
from midback.live.guided.lead_page import LeadPage
from midback.live.guided.results_page import ResultsPage
from midback.live.guided.scene import Leader, Outcome, Scene, Where, Wish
from midback.live.guided.type import USUAL_PX, scale_of, small_px, system_px
from midback.live.style import style_sheet
from midback.live.theme import Theme, system_theme

LEAST_PX = (560, 480)
LOOK_MS, IDLE_MS = 50, 500
"""Time between looks at the leader, and between two gaps in which Python can notice Ctrl-C."""

_LARGE_PX, _MOST_MORE = 16, 1.5

_PLACE, _CUES = "place", "cues"

_WISHES = {
    Wish.PAUSE: ("&Pause", "P Space"),
    Wish.GO_ON: ("&Go on", "G P Space"),
    Wish.REPEAT: ("&Repeat", "R"),
    Wish.SKIP: ("&Skip", "S"),
    Wish.CHANGE: ("Another &drill", "D"),
    Wish.HURTS: ("It &hurts", "H"),
}
_HELP = {
    Wish.REPEAT: "Begin this one anew",
    Wish.SKIP: "Leave this one out",
    Wish.CHANGE: "Do something else that serves as well",
    Wish.HURTS: "Stop this one because of pain",
}


class Step(Enum):
    """The steps, in their order."""

    NOTICE = "notice"
    LEFT = "left"
    QUESTION = "question"
    STOPPED = "stopped"
    PAIN_BEFORE = "pain before"
    LED = "led"
    PAIN_AFTER = "pain after"
    RESULTS = "results"


_CUED = (Step.NOTICE, Step.LEFT, Step.QUESTION, Step.PAIN_BEFORE, Step.LED)
"""Where cues can be chosen."""


class GuidedWindow(QWidget):
    """The window.

    Args:
        leader: who leads.
        cueing: how cues are given; closed with the window.
        settings: where place and cues are remembered; None forgets them.
        theme: a fixed appearance; None follows the system, also while running.
        quiet: no cues this time, whatever was chosen.
    """

    close_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        leader: Leader,
        cueing: Cueing,
        settings: QSettings | None = None,
        theme: Theme | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        super().__init__()
        self._leader = leader
        self._cueing = cueing
        self._settings = settings
        self._quiet = quiet
        self._follows_system = theme is None
        self._theme = theme or system_theme()
        self._scene = Scene()
        self._pain: int | None = None
        self._asked = 0
        self._reading = False
        self._goes_on_after = False
        self.step = Step.NOTICE
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(f"Midback – {leader.name}")
        self.setMinimumSize(self._least())
        self.ask_page, self.lead_page = AskPage(), LeadPage(self._theme)
        self.results_page, self.bar = ResultsPage(), Bar()
        self._pages = QStackedWidget()
        for page in (self.ask_page, self.lead_page, self.results_page):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(self._pages, 1)
        column.addWidget(self.bar)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(IDLE_MS)
        self.close_requested.connect(self.close)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._recall()
        self._restyle()
        self._go(Step.NOTICE)

    def request_close(self) -> None:
        """Close the window; may be called from any thread."""
        self.close_requested.emit()

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Let the type grow with the window."""
        super().resizeEvent(event)
        self._set_scale()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Remember the choices and stop; what was measured is kept by whoever leads."""
        self._timer.stop()
        if self._settings is not None:
            self._settings.setValue(_PLACE, self.saveGeometry())
            if not self._quiet:
                self._settings.setValue(_CUES, str(self._cueing.mode))
            self._settings.sync()
        self._cueing.close()
        super().closeEvent(event)
        self.closed.emit()

    # The steps.

    def _go(self, step: Step) -> None:
        """Show another step."""
        self.step = step
        self._reading = False
        self._show_step()

    def _show_step(self) -> None:
        ask = self._ask()
        if self.step is Step.LED and not self._reading:
            self._pages.setCurrentWidget(self.lead_page)
            self._look()
        elif self.step is Step.RESULTS and not self._reading:
            self._pages.setCurrentWidget(self.results_page)
            self._look()
        elif ask is not None:
            self.ask_page.show_ask(ask)
            self._pages.setCurrentWidget(self.ask_page)
        self._offer()

    def _ask(self) -> Ask | None:
        """What the step says or asks, where it does so on a page of its own."""
        if self._reading:
            return asks.reading(self._read_on)
        match self.step:
            case Step.NOTICE:
                leader, speaks = self._leader, self._cueing.can_speak
                then, screens = self._after_notice, leader.screens
                return asks.first(leader.name, leader.ahead, then, screens=screens, speaks=speaks)
            case Step.LEFT:
                return asks.left(self._leader.left, self._after_left)
            case Step.QUESTION:
                return asks.question(self._asked, self._no, self._yes, self._ask_before)
            case Step.STOPPED:
                flag = self._asked if self._pain is None else None
                return asks.stopped(flag, self._ask_again, self.close)
            case Step.PAIN_BEFORE:
                return asks.pain_before(self._begin)
            case Step.PAIN_AFTER:
                return asks.pain_after(self._finish)
            case Step.LED | Step.RESULTS:
                return None

    def _after_notice(self) -> None:
        if self._leader.left:
            self._go(Step.LEFT)
        else:
            self._screen()

    def _after_left(self, on: bool) -> None:
        self._leader.go_on(on)
        self._screen()

    def _screen(self) -> None:
        if self._leader.screens:
            self._asked = 0
            self._go(Step.QUESTION)
        else:
            self._after_questions()

    def _after_questions(self) -> None:
        if self._leader.asks_pain:
            self._go(Step.PAIN_BEFORE)
        else:
            self._begin(None)

    def _yes(self) -> None:
        self._go(Step.STOPPED)

    def _no(self) -> None:
        if self._asked + 1 < len(RED_FLAGS):
            self._asked += 1
            self._go(Step.QUESTION)
        else:
            self._leader.cleared()
            self._after_questions()

    def _ask_before(self) -> None:
        self._asked -= 1
        self._go(Step.QUESTION)

    def _ask_again(self) -> None:
        """The answer that ended it was a slip of the finger."""
        too_much, self._pain = self._pain is not None, None
        self._go(Step.PAIN_BEFORE if too_much else Step.QUESTION)

    def _begin(self, pain: int | None) -> None:
        self._pain = pain
        if pain is not None and pain > MOST_PAIN:
            self._go(Step.STOPPED)
            return
        self._leader.begin(pain)
        self._timer.start(LOOK_MS)
        self._go(Step.LED)

    def _finish(self, pain: int | None) -> None:
        self._leader.finish(pain)
        self._timer.start(LOOK_MS)
        self._go(Step.RESULTS)

    def _read(self) -> None:
        """Show the notice; whoever is led waits meanwhile."""
        self._goes_on_after = Wish.PAUSE in self._scene.wishes and self.step is Step.LED
        if self._goes_on_after:
            self._wish(Wish.PAUSE)
        self._reading = True
        self._show_step()

    def _read_on(self) -> None:
        if self._goes_on_after:
            self._leader.wish(Wish.GO_ON)
        self._reading = False
        self._show_step()

    # While it goes on.

    def _look(self) -> None:
        """Look at what there is to show, and show what has changed."""
        if self.step is Step.RESULTS:
            outcome = self._leader.outcome()
            self.results_page.show_outcome(outcome)
            if outcome is not None:
                self._timer.start(IDLE_MS)
                self._offer()
        elif self.step is Step.LED:
            before, self._scene = self._scene, self._leader.scene()
            self._cue(before, self._scene)
            if self._scene.where is Where.OVER:
                self._over()
                return
            self.lead_page.show_scene(self._scene)
            self._offer()

    def _cue(self, before: Scene, now: Scene) -> None:
        if now.cues != before.cues and Wish.GO_ON not in now.wishes:
            self._cueing.cue(now.tone, now.spoken)

    def _over(self) -> None:
        if self._leader.asks_pain:
            self._timer.start(IDLE_MS)
            self._go(Step.PAIN_AFTER)
        else:
            self._finish(None)

    def _wish(self, wish: Wish) -> None:
        self._cueing.hush()
        self._leader.wish(wish)

    def _offer(self) -> None:
        """The bar has what can be chosen now."""
        self.bar.left.offer(self._offered())
        read = Choice("&Info", "I F1", self._read, help="When not to do these movements")
        cues = Choice(
            f"&Cues: {self._mode()}", "C", self._next_mode, help="Speak, beep, or neither"
        )
        cued = self.step in _CUED
        self.bar.right.offer([] if self._reading else [cues, read] if cued else [read])
        self.bar.fit()

    def _offered(self) -> list[Choice]:
        if self._reading:
            return []
        outcome = self._leader.outcome() if self.step is Step.RESULTS else None
        if outcome is not None:
            return self._afterwards(outcome)
        if self.step is not Step.LED:
            return []
        if self._scene.where is Where.FAILED:
            again = Choice("&Try again", f"T {asks.ENTER}", self._try_again, main=True)
            return [again, Choice("C&lose", "L", self.close)]
        return [
            Choice(*_WISHES[wish], lambda wish=wish: self._wish(wish), help=_HELP.get(wish, ""))
            for wish in self._scene.wishes
        ]

    def _afterwards(self, outcome: Outcome) -> list[Choice]:
        choices: list[Choice] = []
        if outcome.page is not None:
            show = partial(self._open, outcome.page)
            choices.append(Choice("Open the &report", f"R {asks.ENTER}", show, main=True))
        if outcome.folder is not None:
            show = partial(self._open, outcome.folder)
            choices.append(Choice("Show the &folder", "F", show))
        return [*choices, Choice("C&lose", "L", self.close)]

    def _open(self, path: Path) -> None:
        """With whatever the system opens such things; else it says where it is."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.results_page.show_note(f"Nothing here opens it: it is {path}.")

    def _try_again(self) -> None:
        self._begin(self._pain)

    # Cues, and what is remembered.

    def _mode(self) -> Mode:
        """How cues are given in fact."""
        spoken = self._cueing.mode is Mode.SPOKEN and self._cueing.can_speak
        return Mode.BEEPS if self._cueing.mode is Mode.SPOKEN and not spoken else self._cueing.mode

    def _next_mode(self) -> None:
        modes = self._cueing.modes
        self._cueing.mode = modes[(modes.index(self._mode()) + 1) % len(modes)]
        self._cueing.hush()
        self._offer()

    def _recall(self) -> None:
        wide, tall = USUAL_PX
        room = self.screen().availableGeometry()
        self.resize(min(wide, room.width()), min(tall, room.height()))
        self._cueing.mode = Mode.OFF if self._quiet else self._cueing.modes[0]
        if self._settings is None:
            return
        place, cues = self._settings.value(_PLACE), self._settings.value(_CUES)
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)
        if cues in [str(mode) for mode in Mode] and not self._quiet:
            self._cueing.mode = Mode(str(cues))

    # How it looks.

    def _least(self) -> QSize:
        """The smallest size; for whoever has set large type it is larger, if the screen is."""
        more = min(max(system_px() / _LARGE_PX, 1.0), _MOST_MORE)
        return (QSize(*LEAST_PX) * more).boundedTo(self.screen().availableGeometry().size())

    def _set_scale(self) -> None:
        scale = scale_of(self)
        for page in (self.ask_page, self.lead_page, self.results_page):
            page.set_scale(scale)
        self.bar.set_type(small_px(scale))

    def _follow_system(self) -> None:
        if self._follows_system:
            self.show_theme(system_theme())

    def _restyle(self) -> None:
        self.setStyleSheet(style_sheet(self._theme) + _scroll_bar(self._theme))
        self.lead_page.show_theme(self._theme)


def _scroll_bar(theme: Theme) -> str:
    """The system's own would be light on dark ground."""
    return (
        "QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }"
        f"QScrollBar::handle {{ background: {theme.grey(0.6).name()}; border-radius: 4px; }}"
        "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
    )
