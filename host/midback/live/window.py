"""The live window: cards on a page, keys, and the timer that decides what to draw when.

It reads a ``Trace`` and asks a ``Controls``; it knows neither Bluetooth nor asyncio.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from midback.live.bar import Bar
from midback.live.controls import Controls
from midback.live.glance import Glance
from midback.live.graph_card import GraphCard
from midback.live.picture import Picture, Span
from midback.live.place import Place
from midback.live.ribbon import Ribbon
from midback.live.scale import lines_of
from midback.live.sentences import clock_time, paused, say, snoozed, steady
from midback.live.style import style_sheet
from midback.live.theme import Theme, system_theme
from midback.live.trace import Trace
from midback.watching import Now
from midback.words import State, duration

LEAST_PX = (360, 250)
BRIEF_BELOW_PX = (720, 460)
"""A narrower or lower window keeps figure, words and strip only."""

SNOOZE_MIN = 15.0

QUICK_MS, CALM_MS, HIDDEN_MS = 50, 100, 1000
"""Time between looks at the trace: with a moving curve, without one, and while hidden."""


NUMBER_S = 0.25
"""The number changes at most this often: faster cannot be read."""


class LiveWindow(QWidget):
    """The window.

    Args:
        trace: what to draw.
        controls: whom the buttons and keys ask.
        settings: where place and size are remembered; None forgets them.
        finished: asked about once a second; the window closes when it says True.
        theme: a fixed appearance; None follows the system, also while running.
    """

    close_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        trace: Trace,
        controls: Controls,
        settings: QSettings | None = None,
        finished: Callable[[], bool] | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__()
        self._trace = trace
        self._controls = controls
        self._finished = finished
        self._follows_system = theme is None
        self._theme = theme or system_theme()
        self._brief = False
        self._span = Span.MINUTE
        self._picture: Picture | None = None
        self._frozen_at: datetime | None = None
        self._number_deg: int | None = None
        self._graph_drawn: object = None
        self._graph_drawn_s = 0.0
        self._day_drawn: object = None
        self._number_s = 0.0
        self._asked_s = 0.0
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Midback")
        self.setMinimumSize(*LEAST_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.glance, self.graph_card = Glance(self._theme), GraphCard(self._theme)
        self.ribbon, self.day_card = Ribbon(self._theme), QFrame()
        self.bar = self._make_bar()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self.graph_card.span_chosen.connect(self.show_span)
        self.graph_card.show_span(self._span)
        self.close_requested.connect(self.close)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._restyle()
        self._place = Place(self, settings)
        self._place.recall()
        self.on_top_action.setChecked(self._place.on_top)
        self._set_brief()

    def request_close(self) -> None:
        """Close the window; may be called from any thread."""
        self.close_requested.emit()

    def show_span(self, span: Span) -> None:
        """Let the graph show *span*; a frozen graph moves again."""
        self._span = span
        self.graph_card.show_span(span)
        self._unfreeze()
        self._set_pace()
        self._look()

    def toggle_frozen(self) -> None:
        """Hold the graph still, or let it go on."""
        now = self._trace.latest()
        if self._brief or now is None:
            return
        if self._frozen_at is not None:
            self._unfreeze()
            return
        self._frozen_at = now.wall.astimezone(self._trace.zone)
        self.graph_card.show_note(f"Frozen at {self._frozen_at:%H:%M:%S}. Space goes on.")
        self._graph_drawn = None
        self._look()

    def toggle_corner(self) -> None:
        """Go to the corner of the screen, or come back."""
        self._place.toggle(in_corner=self._brief)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep only what has room."""
        super().resizeEvent(event)
        self._set_brief()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw again."""
        super().showEvent(event)
        self.setFocus()
        self._set_pace()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        """Stop drawing."""
        super().hideEvent(event)
        self._set_pace()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Stop drawing while minimised."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._set_pace()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Space freezes the graph, unless a button has the focus and takes it."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle_frozen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Remember the place and stop."""
        self._timer.stop()
        self._place.remember(in_corner=self._brief)
        super().closeEvent(event)
        self.closed.emit()

    # What it is made of.

    def _make_bar(self) -> Bar:
        controls = self._controls
        yes = self._action("Yes", "Y", lambda: controls.answer(True))
        no = self._action("No", "N", lambda: controls.answer(False))
        calibrate = self._action("Calibrate", "C", controls.calibrate)
        context = self._action("At: desk (next)", "A", controls.choose_next)
        snooze = self._action("Snooze 15 min", "S", self._snooze)
        self._action("Pause the buzzes, or end the pause", "P", self._pause)
        buzz = self._action("Test buzz", "B", controls.buzz)
        report = self._action("Report", "R", controls.report)
        self._separate()
        for key, span in enumerate(Span, start=1):
            self._action(span.label, str(key), lambda span=span: self.show_span(span))
        # Without a shortcut of its own, because Space must still press a focused button.
        self._action("Freeze the graph\tSpace", None, self.toggle_frozen)
        self._separate()
        self._action("Corner or normal size", "Esc", self.toggle_corner)
        self.on_top_action = self._action("Always on top", "T", self._set_on_top)
        self.on_top_action.setCheckable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return Bar(calibrate, context, snooze, buzz, report, self.on_top_action, yes, no)

    def _action(self, text: str, key: str | None, then: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: then())
        self.addAction(action)
        return action

    def _separate(self) -> None:
        line = QAction(self)
        line.setSeparator(True)
        self.addAction(line)

    def _lay_out(self) -> None:
        self.day_card.setObjectName("card")
        self._day_box = QVBoxLayout(self.day_card)
        self._day_box.addWidget(self.ribbon)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self.glance)
        upper.addWidget(self.graph_card, 1)
        self._page = QVBoxLayout(self)
        self._page.addLayout(upper, 1)
        self._page.addWidget(self.day_card)
        self._page.addWidget(self.bar)
        in_order = [*self.bar.buttons, *self.graph_card.buttons.values()]
        for first, then in pairwise(in_order):
            self.setTabOrder(first, then)

    # What it does.

    def _look(self) -> None:
        """Look at the trace and touch what has changed."""
        self._ask_finished()
        if not self._shows():
            return
        now = self._trace.latest()
        self._show_now(now)
        self._show_graph(now)
        self._show_day(now)

    def _ask_finished(self) -> None:
        if self._finished is None or time.monotonic() - self._asked_s < HIDDEN_MS / 1000 * 0.9:
            return
        self._asked_s = time.monotonic()
        if self._finished():
            self.close()

    def _shows(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _show_now(self, now: Now | None) -> None:
        known = now is not None and now.flexion_deg is not None
        lean_deg = self._trace.lean_deg() if known else None
        if lean_deg is None or time.monotonic() - self._number_s >= NUMBER_S:
            self._number_s = time.monotonic()
            self._number_deg = steady(self._number_deg, lean_deg)
        if now is not None:
            now = replace(now, flexion_deg=self._number_deg)
        said = say(now, self._trace.zone)
        self.glance.show_words(said)
        drawn_deg = lean_deg if lean_deg is not None or now is None else now.last_deg
        self.glance.show_lean(said.state, drawn_deg, lines_of(now))
        self.bar.show_facts(said.state, said.link, snoozed=snoozed(now))
        self.bar.show_question(asks=said.asks)
        if now is not None:
            self.bar.show_context(now.context)

    def _show_graph(self, now: Now | None) -> None:
        if self._brief:
            return
        state = State.NO_DATA if now is None else now.state
        frozen_at, lines = self._frozen_at, lines_of(now)
        wanted = frozen_at or (self._span, lines, state, self._trace.revision)
        due = time.monotonic() - self._graph_drawn_s >= self._span.frame_s * 0.9
        if wanted == self._graph_drawn and (frozen_at is not None or not due):
            return
        self._graph_drawn, self._graph_drawn_s = wanted, time.monotonic()
        if self._picture is None or frozen_at is None:
            self._picture = self._trace.picture(self._span)
        now_word = "now" if frozen_at is None else f"{frozen_at:%H:%M}"
        self.graph_card.graph.show_picture(self._picture, self._span, state, lines, now_word)

    def _show_day(self, now: Now | None) -> None:
        minute = None if now is None else now.wall.timestamp() // 60
        wanted = (self._trace.revision, minute)
        if wanted == self._day_drawn:
            return
        self._day_drawn = wanted
        self.ribbon.show_day(self._trace.day())
        self.graph_card.graph.setAccessibleDescription(self._last_slump())

    def _last_slump(self) -> str:
        slump = self._trace.last_slump()
        if slump is None:
            return "No slump since this window opened."
        began = datetime.fromtimestamp(slump[0], self._trace.zone)
        return f"Last slump at {clock_time(began, self._trace.zone)}, {duration(slump[1])}."

    def _snooze(self) -> None:
        self._controls.snooze(0.0 if snoozed(self._trace.latest()) else SNOOZE_MIN)

    def _pause(self) -> None:
        self._controls.pause(on=not paused(self._trace.latest()))

    def _set_on_top(self) -> None:
        self._place.set_on_top(self.on_top_action.isChecked())

    def _unfreeze(self) -> None:
        if self._frozen_at is not None:
            self._frozen_at = None
            self.graph_card.show_note(None)
        self._graph_drawn = None

    # How it looks.

    def _set_pace(self) -> None:
        """Look as often as something can have changed to see, and no more."""
        if self._shows():
            moving = self._span is Span.MINUTE and not self._brief
            self._timer.start(QUICK_MS if moving else CALM_MS)
        elif self._finished is not None:
            self._timer.start(HIDDEN_MS)
        else:
            self._timer.stop()

    def _set_brief(self) -> None:
        brief = self.width() < BRIEF_BELOW_PX[0] or self.height() < BRIEF_BELOW_PX[1]
        self._brief = brief
        self.graph_card.setHidden(brief)
        self.bar.setHidden(brief)
        self.glance.set_brief(brief)
        self.ribbon.set_brief(brief)
        gap, margin = (8, 8) if brief else (12, 14)
        self._page.setSpacing(gap)
        self._page.setContentsMargins(margin, margin, margin, margin)
        self._day_box.setContentsMargins(*((12, 6, 12, 0) if brief else (18, 10, 18, 4)))
        self._graph_drawn = None
        self._set_pace()

    def _follow_system(self) -> None:
        if self._follows_system:
            self.show_theme(system_theme())

    def show_theme(self, theme: Theme) -> None:
        """Take on another appearance."""
        self._theme = theme
        self._restyle()

    def _restyle(self) -> None:
        self.setStyleSheet(style_sheet(self._theme))
        self.glance.show_theme(self._theme)
        self.graph_card.show_theme(self._theme)
        self.ribbon.show_theme(self._theme)
