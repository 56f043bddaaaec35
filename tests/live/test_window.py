from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from live.scenes import NINE, Wearing, Wishes

from midback.live.display import open_window
from midback.live.picture import Span
from midback.live.scale import NEUTRAL_DEG
from midback.pausing import PAUSE
from midback.words import LOOK, NBSP, State
from midback_analysis.levels import borders_deg

try:
    from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QLabel
except ImportError as missing:
    pytest.skip(f"Qt does not load here: {missing}", allow_module_level=True)

from midback.live.theme import Theme
from midback.live.window import LiveWindow

if TYPE_CHECKING:
    from live.conftest import Hand

Open = Callable[..., LiveWindow]

LEANS_DEG = {State.LEANING: 17.0, State.SLUMPED: 22.0, State.BACK: -14.0}


@pytest.fixture
def wearing() -> Wearing:
    return Wearing()


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
def opened(hand: Hand, wearing: Wearing, wishes: Wishes) -> Open:
    def show(**options: Any) -> LiveWindow:
        options.setdefault("theme", Theme(dark=False))
        window = LiveWindow(wearing.trace, wishes, **options)
        hand.take(window)
        window.resize(1100, 640)
        window.show()
        window.activateWindow()
        hand.wait_until(window.isActiveWindow)  # keys go to the active window only
        return window

    return show


def words_on(window: LiveWindow) -> str:
    labels = [label for label in window.findChildren(QLabel) if label.isVisible()]
    return "\n".join(label.text() for label in labels).replace(NBSP, " ")


def paints(window: LiveWindow) -> int:
    plot = window.graph_card.graph.plot
    return plot.paints + window.glance.figure.paints + window.ribbon.paints


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(1100, 640), (420, 300)])
def test_every_state_is_shown_in_words(
    opened: Open, wearing: Wearing, state: State, dark: bool, size: tuple[int, int]
):
    wearing.wears(20, State.UPRIGHT, 2.0)
    wearing.wears(14, state, LEANS_DEG.get(state, 2.0))
    window = opened(theme=Theme(dark=dark))
    window.resize(*size)
    assert LOOK[state].words in words_on(window)
    assert not window.grab().isNull()


@pytest.mark.parametrize("span", Span)
def test_every_span_is_drawn(opened: Open, wearing: Wearing, span: Span):
    wearing.wears(20, State.UPRIGHT, 2.0)
    window = opened()
    window.show_span(span)
    assert not window.grab().isNull()
    assert np.isfinite(window.graph_card.graph.plot.curve()[1]).any()


def test_before_the_clip_is_found_the_window_looks_for_it(opened: Open):
    assert "Looking for the clip." in words_on(opened())


def test_the_state_is_heard_without_its_sign(opened: Open, wearing: Wearing):
    wearing.wears(80, State.SLUMPED, 24.0)
    name = opened().glance.headline.accessibleName().replace(NBSP, " ")
    assert name == "Slumped 1 min 20 s, 24 degrees"


def test_the_strip_is_heard_as_the_days_totals(opened: Open, wearing: Wearing):
    wearing.wears(120, State.UPRIGHT)
    wearing.wears(60, State.SLUMPED, 24.0)
    name = opened().ribbon.accessibleName().replace(NBSP, " ")
    assert name == "Today: Upright 2 min, Slumped 1 min"


def test_the_graph_is_heard_as_its_last_slump(opened: Open, wearing: Wearing):
    wearing.wears(60, State.UPRIGHT)
    wearing.wears(180, State.SLUMPED, 24.0)
    said = opened().graph_card.graph.accessibleDescription().replace(NBSP, " ")
    assert said == "Last slump at 09:01, 3 min."


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        (Qt.Key.Key_C, "calibrate"),
        (Qt.Key.Key_A, "choose next"),
        (Qt.Key.Key_S, "snooze 15"),
        (Qt.Key.Key_P, "pause on"),
        (Qt.Key.Key_B, "buzz"),
        (Qt.Key.Key_R, "report"),
    ],
)
@pytest.mark.parametrize("size", [(1100, 640), (420, 300)])
def test_keys_ask_at_every_size(
    opened: Open,
    hand: Hand,
    wearing: Wearing,
    wishes: Wishes,
    key: Qt.Key,
    wish: str,
    size: tuple[int, int],
):
    wearing.wears(1, State.UPRIGHT)
    window = opened()
    window.resize(*size)
    hand.press(window, key)
    assert wishes.heard == [wish]


def test_buttons_ask(opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes):
    wearing.wears(1, State.UPRIGHT)
    window = opened()
    for button in (window.bar.calibrate, window.bar.snooze):
        hand.click(button)
    for button in (window.bar.buzz, window.bar.report):
        hand.click(button)
    assert wishes.heard == ["calibrate", "snooze 15", "buzz", "report"]


def test_while_paused_the_same_key_ends_it(
    opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes
):
    wearing.wears(1, State.UPRIGHT, held_by=(PAUSE,))
    hand.press(opened(), Qt.Key.Key_P)
    assert wishes.heard == ["pause off"]


def test_while_snoozed_the_same_button_ends_it(
    opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes
):
    wearing.wears(1, State.LEANING, 18.0, snoozed_until=NINE + timedelta(minutes=15))
    window = opened()
    hand.click(window.bar.snooze)
    assert wishes.heard == ["snooze 0"]
    assert "Buzzes rest until 09:15." in words_on(window)


def test_where_the_wearer_is_stands_on_a_button(
    opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes
):
    wearing.wears(1, State.UPRIGHT, context="standing desk")
    window = opened()
    assert window.bar.context.text() == "&At: standing desk"
    hand.click(window.bar.context)
    assert wishes.heard == ["choose next"]


QUESTION = "You often sit like this. Is it good?"


@pytest.mark.parametrize("size", [(1100, 640), (420, 300)])
@pytest.mark.parametrize(("key", "wish"), [(Qt.Key.Key_Y, "yes"), (Qt.Key.Key_N, "no")])
def test_a_question_is_answered_by_a_key(
    opened: Open,
    hand: Hand,
    wearing: Wearing,
    wishes: Wishes,
    size: tuple[int, int],
    key: Qt.Key,
    wish: str,
):
    wearing.wears(1, State.UPRIGHT, question=QUESTION)
    window = opened()
    window.resize(*size)
    assert QUESTION in words_on(window)
    assert ("Y or N?" in words_on(window)) == (size == (420, 300))
    hand.press(window, key)
    assert wishes.heard == [wish]


def test_the_answers_are_at_hand_only_while_there_is_a_question(
    opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes
):
    wearing.wears(1, State.UPRIGHT)
    window = opened()
    assert not window.bar.yes.isVisible()
    hand.press(window, Qt.Key.Key_Y)
    assert wishes.heard == []
    wearing.wears(1, State.UPRIGHT, question=QUESTION)
    window._look()
    hand.click(window.bar.no)
    assert wishes.heard == ["no"]


def test_calibrate_stands_out_only_while_it_is_needed(opened: Open, wearing: Wearing):
    wearing.wears(1, State.NEW)
    window = opened()
    assert window.bar.calibrate.objectName() == "main"
    wearing.wears(1, State.UPRIGHT)
    window._look()
    assert window.bar.calibrate.objectName() == ""


def test_number_keys_choose_the_span(opened: Open, hand: Hand, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT)
    window = opened()
    chosen: list[str] = []
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_1):
        hand.press(window, key)
        buttons = window.graph_card.buttons.values()
        chosen += [button.text() for button in buttons if button.isChecked()]
    assert chosen == ["10 min", "Today", "Last minute"]


def test_space_freezes_the_graph_and_lets_it_go_on(opened: Open, hand: Hand, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT, 2.0)
    window = opened()
    plot = window.graph_card.graph.plot
    hand.press(window, Qt.Key.Key_Space)
    frozen = plot.curve()[0].copy()
    wearing.wears(5, State.UPRIGHT, 2.0)
    window._look()
    assert np.array_equal(plot.curve()[0], frozen)
    assert "Frozen at 09:00:20. Space goes on." in words_on(window)
    hand.press(window, Qt.Key.Key_Space)
    window._look()
    assert len(plot.curve()[0]) > 0
    assert "Frozen" not in words_on(window)


def test_space_presses_the_button_that_has_the_focus(
    opened: Open, hand: Hand, wearing: Wearing, wishes: Wishes
):
    wearing.wears(20, State.UPRIGHT, 2.0)
    window = opened()
    window.bar.buzz.setFocus()
    hand.press(window.bar.buzz, Qt.Key.Key_Space)
    assert wishes.heard == ["buzz"]
    assert "Frozen" not in words_on(window)


def test_esc_goes_to_the_corner_and_back(opened: Open, hand: Hand, wearing: Wearing):
    wearing.wears(5, State.UPRIGHT)
    window = opened()
    window.resize(780, 520)  # fits on the smallest screen; Qt would make it fit otherwise
    hand.press(window, Qt.Key.Key_Escape)
    corner = (window.width(), window.graph_card.isVisible(), window.bar.isVisible())
    hand.press(window, Qt.Key.Key_Escape)
    normal = (window.width(), window.graph_card.isVisible(), window.bar.isVisible())
    assert corner == (420, False, False)
    assert normal == (780, True, True)


def test_the_window_opens_where_it_was_left(opened: Open, hand: Hand, tmp_path: Path):
    def settings() -> QSettings:
        return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)

    first = opened(settings=settings())
    hand.press(first, Qt.Key.Key_Escape)
    first.resize(400, 280)
    first.on_top_action.trigger()
    first.close()
    second = LiveWindow(first._trace, Wishes(), settings(), theme=Theme(dark=False))
    hand.take(second)
    assert (second.width(), second.height()) == (400, 280)
    assert second.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_always_on_top_keeps_the_window_open(opened: Open, hand: Hand):
    window = opened()
    hand.click(window.bar.on_top)
    assert window.isVisible()
    assert window.bar.on_top.isChecked()
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    hand.press(window, Qt.Key.Key_T)
    assert not window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_a_hidden_window_draws_nothing(opened: Open, hand: Hand, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT)
    window = opened()
    window.hide()
    hand.wait(20)
    before = paints(window)
    wearing.wears(20, State.SLUMPED, 20.0)
    hand.wait(200)
    assert paints(window) == before
    assert not window._timer.isActive()


def test_a_minimised_window_draws_nothing(opened: Open, hand: Hand, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT)
    window = opened()
    window.showMinimized()
    hand.wait(20)
    before = paints(window)
    wearing.wears(20, State.SLUMPED, 20.0)
    hand.wait(200)
    assert paints(window) == before


def test_a_window_shown_again_is_up_to_date(opened: Open, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT)
    window = opened()
    window.hide()
    wearing.wears(20, State.SLUMPED, 20.0)
    window.show()
    assert "Slumped" in words_on(window)


def test_a_gap_is_drawn_as_a_gap(opened: Open, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT, 2.0)
    wearing.wears(10, State.NO_DATA)
    wearing.wears(20, State.UPRIGHT, 2.0)
    plot = opened().graph_card.graph.plot
    x_s, y_deg = plot.curve()
    inside = (x_s > -29.7) & (x_s < -20.3)
    assert np.isnan(y_deg[inside]).all()
    # Two strokes of the pen, one on each side: "finite" never joins them.
    path = plot._curve.getPath()
    moves = [path.elementAt(i).isMoveTo() for i in range(path.elementCount())]
    assert sum(moves) == 2


def test_a_slump_that_begins_while_watching_gets_its_bar(opened: Open, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT, 2.0)
    window = opened()
    plot = window.graph_card.graph.plot
    slumped = Theme(dark=False).hue(State.SLUMPED).name()
    before = plot.grab().toImage().pixelColor(round(plot.across(-5)), 4).name()
    wearing.wears(10, State.SLUMPED, 20.0)
    window._look()
    after = plot.grab().toImage().pixelColor(round(plot.across(-5)), 4).name()
    assert (before == slumped, after == slumped) == (False, True)


def test_the_window_opens_on_the_last_minute(opened: Open):
    assert opened().graph_card.buttons[Span.MINUTE].isChecked()


def test_the_neutral_band_is_that_of_the_day_page():
    assert list(NEUTRAL_DEG) == borders_deg(12.0)[:2] == [-8.0, 5.0]


def test_curve_and_words_share_one_scale(opened: Open, wearing: Wearing):
    wearing.wears(70, State.UPRIGHT, 14.0)
    plot = opened().graph_card.graph.plot
    seen = plot._box.mapViewToScene(QPointF(-30.0, 14.0))
    # Half a pixel: both round to the same one.
    assert seen.x() == pytest.approx(plot.across(-30.0), abs=0.5)
    assert seen.y() == pytest.approx(plot.down(14.0), abs=0.5)


def test_a_backward_slumpers_second_line_is_drawn(opened: Open, wearing: Wearing):
    wearing.wears(20, State.UPRIGHT, 2.0, back_enter_deg=12.0)
    plot = opened().graph_card.graph.plot
    picture = plot.grab().toImage()
    y = round(plot.down(-12.0))
    on_line = {picture.pixelColor(QPoint(x, y)).name() for x in range(60)}
    assert Theme(dark=False).hue(State.SLUMPED).name() in on_line


def test_the_window_follows_the_systems_light_and_dark(
    opened: Open, wearing: Wearing, monkeypatch: pytest.MonkeyPatch
):
    wearing.wears(5, State.UPRIGHT)
    window = opened(theme=None)
    seen: list[bool] = []
    for dark in (True, False):
        monkeypatch.setattr("midback.live.window.system_theme", lambda dark=dark: Theme(dark=dark))
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        page = window.grab().toImage().pixelColor(3, 3)
        seen.append(page.lightness() < 128)
    assert seen == [True, False]


def test_any_thread_may_close_the_window(hand: Hand, opened: Open):
    window = opened()
    threading.Thread(target=window.request_close).start()
    hand.wait_until(lambda: not window.isVisible())


@pytest.mark.usefixtures("app")
def test_the_window_closes_by_itself_when_the_wearing_has_ended(
    wearing: Wearing, wishes: Wishes, tmp_path: Path
):
    seen: list[str] = []
    open_window(
        wearing.trace,
        wishes,
        remember=tmp_path / "window.ini",
        finished=lambda: True,
        opened=lambda window: seen.append(window.windowTitle()),
    )
    assert seen == ["Midback"]
