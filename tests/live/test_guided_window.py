from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from live.leaders import FAILED, FINDING, LOST, OUTCOME, OVER, GuidingLeader, ToldLeader

from midback.cues import Cueing, Mode, Tone
from midback.exercises.screening import (
    AT_ONCE,
    MOST_PAIN,
    NOT_MEDICAL,
    RED_FLAGS,
    SEE_SOMEBODY,
    TOO_MUCH_PAIN,
)
from midback.live.display import open_guided
from midback.live.guided.asks import NO_VOICE
from midback.live.guided.scene import Gauge, Scene, Where, Wish
from midback.words import NBSP

try:
    from PySide6.QtCore import QSettings, Qt, QUrl
    from PySide6.QtGui import QDesktopServices, QGuiApplication
    from PySide6.QtWidgets import QApplication, QLabel, QPushButton
except ImportError as missing:
    pytest.skip(f"Qt does not load here: {missing}", allow_module_level=True)

from midback.live.guided.window import LEAST_PX, GuidedWindow, Step
from midback.live.theme import Theme

if TYPE_CHECKING:
    from live.conftest import Hand

Open = Callable[..., GuidedWindow]

SIZES = [(1100, 700), LEAST_PX]
FLAGS = range(len(RED_FLAGS))


class Heard(Cueing):
    """Cues that are written down in place of being heard."""

    def __init__(self, *, speaks: bool = True) -> None:
        super().__init__()
        self.speaks = speaks
        self.cues: list[tuple[Tone, str]] = []
        self.closed = False

    @property
    def can_speak(self) -> bool:
        return self.speaks

    def cue(self, tone: Tone, words: str = "") -> None:
        if self.mode is not Mode.OFF:
            self.cues.append((tone, words))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def leader() -> ToldLeader:
    return ToldLeader()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def opened(hand: Hand, leader: ToldLeader, heard: Heard) -> Open:
    def show(**options: Any) -> GuidedWindow:
        options.setdefault("theme", Theme(dark=False))
        size = options.pop("size", (1100, 700))
        window = GuidedWindow(
            options.pop("leader", leader), options.pop("cueing", heard), **options
        )
        hand.take(window)
        window.resize(*size)
        window.show()
        window.activateWindow()
        hand.wait_until(window.isActiveWindow)  # keys go to the active window only
        return window

    return show


def words_on(window: GuidedWindow) -> str:
    labels = [each for each in window.findChildren(QLabel) if each.isVisible()]
    return "\n".join(each.text() for each in labels).replace(NBSP, " ")


def buttons_on(window: GuidedWindow) -> list[str]:
    buttons = [each for each in window.findChildren(QPushButton) if each.isVisible()]
    return [each.text().replace("&", "") for each in buttons]


def button(window: GuidedWindow, text: str) -> QPushButton:
    found = [
        each
        for each in window.findChildren(QPushButton)
        if each.isVisible() and each.text().replace("&", "") == text
    ]
    assert len(found) == 1, text
    return found[0]


def say_no(hand: Hand, window: GuidedWindow, times: int = len(RED_FLAGS)) -> None:
    hand.press(window, Qt.Key.Key_Return)
    for _ in range(times):
        hand.press(window, Qt.Key.Key_N)


def be_led(hand: Hand, window: GuidedWindow, scene: Scene | None = None) -> None:
    """Up to the movements."""
    say_no(hand, window)
    hand.press(window, Qt.Key.Key_1)
    if scene is not None:
        assert isinstance(window._leader, ToldLeader)
        window._leader.shown = scene
        window._look()


GOING = Scene(
    Where.LEADING,
    "Turn to your left.",
    step="Test 4 of 7",
    title="Turning",
    how="Arms crossed.",
    count="2 of 3",
    number=2,
    of=3,
    gauge=Gauge(23.0, 70.0, -1),
    wishes=(Wish.PAUSE, Wish.REPEAT, Wish.SKIP, Wish.HURTS),
    cues=1,
    tone=Tone.GO,
    spoken="Turn to your left.",
)


# --- before anything is measured ---


@pytest.mark.parametrize("size", SIZES)
def test_first_it_is_said_what_midback_is_not(opened: Open, size: tuple[int, int]):
    assert NOT_MEDICAL in words_on(opened(size=size))


@pytest.mark.parametrize("flag", FLAGS)
def test_a_yes_ends_in_its_words_and_nothing_is_measured(
    opened: Open, hand: Hand, leader: ToldLeader, flag: int
):
    window = opened()
    say_no(hand, window, flag)
    assert RED_FLAGS[flag].question in words_on(window)
    hand.press(window, Qt.Key.Key_Y)
    assert (AT_ONCE if RED_FLAGS[flag].at_once else SEE_SOMEBODY) in words_on(window)
    assert leader.heard == []


def test_neither_answer_is_chosen_beforehand(opened: Open, hand: Hand):
    window = opened()
    say_no(hand, window, 2)
    assert not button(window, "No").hasFocus()
    assert not button(window, "Yes").hasFocus()
    hand.press(window, Qt.Key.Key_Return)
    assert RED_FLAGS[2].question in words_on(window)


def test_a_slip_of_the_finger_is_taken_back(opened: Open, hand: Hand):
    window = opened()
    say_no(hand, window, 2)
    hand.press(window, Qt.Key.Key_Y)
    hand.press(window, Qt.Key.Key_M)
    assert RED_FLAGS[2].question in words_on(window)
    hand.press(window, Qt.Key.Key_B)
    assert RED_FLAGS[1].question in words_on(window)


@pytest.mark.parametrize("pain", range(11))
def test_with_much_pain_there_is_no_check(opened: Open, hand: Hand, leader: ToldLeader, pain: int):
    window = opened(size=LEAST_PX)
    say_no(hand, window)
    hand.click(button(window, str(pain)))
    ends = pain > MOST_PAIN
    assert (TOO_MUCH_PAIN in words_on(window)) == ends
    assert leader.heard == ([] if ends else [("begin", pain)])


def test_a_routine_is_begun_without_these_questions(opened: Open, hand: Hand):
    leader = ToldLeader("Routine", screens=False)
    window = opened(leader=leader)
    assert NOT_MEDICAL in words_on(window)
    hand.press(window, Qt.Key.Key_Return)
    assert leader.heard == [("begin", None)]
    assert window.step is Step.LED


def test_a_first_routine_asks_the_questions_and_not_for_pain(opened: Open, hand: Hand):
    leader = ToldLeader("Routine")
    leader.asks_pain = False
    window = opened(leader=leader)
    say_no(hand, window, len(RED_FLAGS) - 1)
    assert not leader.is_cleared
    hand.press(window, Qt.Key.Key_N)
    assert leader.is_cleared
    assert leader.heard == [("begin", None)]
    leader.shown = OVER
    window._look()
    assert window.step is Step.RESULTS


@pytest.mark.parametrize(("key", "goes_on"), [(Qt.Key.Key_O, True), (Qt.Key.Key_N, False)])
def test_a_check_that_was_left_is_offered(opened: Open, hand: Hand, key: Qt.Key, goes_on: bool):
    leader = ToldLeader(left="08:30")
    window = opened(leader=leader)
    hand.press(window, Qt.Key.Key_Return)
    assert "08:30" in words_on(window)
    hand.press(window, key)
    assert leader.heard == [("go on", goes_on)]
    assert RED_FLAGS[0].question in words_on(window)


# --- while it goes on ---


@pytest.mark.parametrize("scene", [FINDING, FAILED, LOST], ids=["finding", "failed", "lost"])
@pytest.mark.parametrize("size", SIZES)
def test_problems_are_said_in_words(opened: Open, hand: Hand, scene: Scene, size: tuple[int, int]):
    window = opened(size=size)
    be_led(hand, window, scene)
    assert scene.words in words_on(window)


def test_a_lost_clip_has_no_angle(opened: Open, hand: Hand):
    window = opened()
    be_led(hand, window, replace(GOING, lost=True))
    assert window.lead_page.dial.text() == "– –"


def test_what_failed_is_tried_again(opened: Open, hand: Hand, leader: ToldLeader):
    window = opened()
    be_led(hand, window, FAILED)
    hand.press(window, Qt.Key.Key_T)
    assert leader.heard == [("begin", 1), ("begin", 1)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True])
def test_a_movement_is_shown_with_all_that_belongs_to_it(
    opened: Open, hand: Hand, size: tuple[int, int], dark: bool
):
    window = opened(size=size, theme=Theme(dark=dark))
    be_led(hand, window, replace(GOING, note="That was the other way."))
    shown = words_on(window)
    told = ("Test 4 of 7", "Turning", "Arms crossed.", "Turn to your left.", "2 of 3")
    assert [words for words in told if words not in shown] == []
    assert "That was the other way." in shown
    assert window.lead_page.dial.text() == "23°"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pixels", [12, 24])
def test_no_button_is_cut_off_and_none_covers_another(
    opened: Open, hand: Hand, size: tuple[int, int], pixels: int
):
    usual = QApplication.font()
    large = QApplication.font()
    large.setPixelSize(pixels)
    QApplication.setFont(large)
    try:
        window = opened(size=size)
        be_led(hand, window, GOING)
        hand.wait(20)
        shown = [each for each in window.findChildren(QPushButton) if each.isVisible()]
        cut = [each.text() for each in shown if each.width() < each.sizeHint().width()]
        places = [
            each.rect().translated(each.mapTo(window, each.rect().topLeft())) for each in shown
        ]
        pairs = [(a, b) for k, a in enumerate(places) for b in places[:k]]

        assert cut == []
        assert not any(a.intersects(b) for a, b in pairs)
        assert all(window.rect().contains(place) for place in places)
    finally:
        QApplication.setFont(usual)


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        (Qt.Key.Key_P, Wish.PAUSE),
        (Qt.Key.Key_Space, Wish.PAUSE),
        (Qt.Key.Key_R, Wish.REPEAT),
        (Qt.Key.Key_S, Wish.SKIP),
        (Qt.Key.Key_H, Wish.HURTS),
    ],
)
def test_keys_ask(opened: Open, hand: Hand, leader: ToldLeader, key: Qt.Key, wish: Wish):
    window = opened(size=LEAST_PX)
    be_led(hand, window, GOING)
    hand.press(window, key)
    assert leader.heard[1:] == [wish]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Pause", Wish.PAUSE),
        ("Repeat", Wish.REPEAT),
        ("Skip", Wish.SKIP),
        ("It hurts", Wish.HURTS),
    ],
)
def test_buttons_ask(opened: Open, hand: Hand, leader: ToldLeader, text: str, wish: Wish):
    window = opened()
    be_led(hand, window, GOING)
    hand.click(button(window, text))
    assert leader.heard[1:] == [wish]


def test_while_paused_the_same_key_goes_on(opened: Open, hand: Hand, leader: ToldLeader):
    window = opened()
    be_led(hand, window, replace(GOING, wishes=(Wish.GO_ON, Wish.SKIP)))
    hand.press(window, Qt.Key.Key_P)
    assert leader.heard[1:] == [Wish.GO_ON]


def test_the_notice_stays_reachable_and_waits(opened: Open, hand: Hand, leader: ToldLeader):
    window = opened(size=LEAST_PX)
    be_led(hand, window, GOING)
    hand.press(window, Qt.Key.Key_I)
    shown = words_on(window)
    hand.press(window, Qt.Key.Key_B)

    assert all(flag.question in shown for flag in RED_FLAGS)
    assert NOT_MEDICAL in shown
    assert leader.heard[1:] == [Wish.PAUSE, Wish.GO_ON]
    assert "Turn to your left." in words_on(window)


# --- cues ---


def test_each_cue_is_given_once(opened: Open, hand: Hand, leader: ToldLeader, heard: Heard):
    window = opened()
    be_led(hand, window, GOING)
    window._look()
    leader.shown = replace(GOING, cues=2, tone=Tone.BACK, spoken="And back.")
    window._look()
    assert heard.cues == [(Tone.GO, "Turn to your left."), (Tone.BACK, "And back.")]


def test_cues_are_chosen_by_a_key_and_shown(opened: Open, hand: Hand, heard: Heard):
    window = opened()
    be_led(hand, window, GOING)
    seen = []
    for _ in range(3):
        seen.append(next(text for text in buttons_on(window) if text.startswith("Cues")))
        hand.press(window, Qt.Key.Key_C)
    assert seen == ["Cues: spoken", "Cues: beeps", "Cues: off"]
    assert heard.mode is Mode.SPOKEN


def test_the_choice_of_cues_is_remembered(opened: Open, hand: Hand, tmp_path: Path):
    def settings() -> QSettings:
        return QSettings(str(tmp_path / "guided.ini"), QSettings.Format.IniFormat)

    first = opened(settings=settings())
    hand.press(first, Qt.Key.Key_C)
    hand.press(first, Qt.Key.Key_C)
    first.close()
    later = Heard()
    opened(settings=settings(), cueing=later)
    assert later.mode is Mode.OFF


def test_where_nothing_speaks_the_window_says_so_and_beeps(opened: Open):
    mute = Heard(speaks=False)
    window = opened(cueing=mute)
    assert NO_VOICE in words_on(window)
    assert "Cues: beeps" in buttons_on(window)


def test_a_voice_that_was_chosen_and_is_gone_gives_beeps(opened: Open, tmp_path: Path):
    settings = QSettings(str(tmp_path / "guided.ini"), QSettings.Format.IniFormat)
    settings.setValue("cues", "spoken")
    assert "Cues: beeps" in buttons_on(opened(cueing=Heard(speaks=False), settings=settings))


# --- afterwards ---


def test_pain_is_asked_for_again_and_then_the_results_come(
    opened: Open, hand: Hand, leader: ToldLeader
):
    window = opened(size=LEAST_PX)
    be_led(hand, window, OVER)
    assert window.step is Step.PAIN_AFTER
    hand.press(window, Qt.Key.Key_2)
    adding = words_on(window)
    leader.made = OUTCOME
    window._look()
    shown = words_on(window)

    assert leader.heard == [("begin", 1), ("finish", 2)]
    assert "Adding it up" in adding
    assert OUTCOME.sentence in shown
    assert [row for row in OUTCOME.rows if row.name not in shown or row.more not in shown] == []
    assert all(todo.what in shown and todo.why in shown for todo in OUTCOME.todo)


def test_pain_afterwards_may_stay_unsaid(opened: Open, hand: Hand, leader: ToldLeader):
    window = opened()
    be_led(hand, window, OVER)
    hand.press(window, Qt.Key.Key_N)
    assert leader.heard[1:] == [("finish", None)]


def test_a_page_and_a_folder_can_be_opened(
    opened: Open, hand: Hand, leader: ToldLeader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    asked: list[str] = []

    def opens(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", opens)
    page, folder = tmp_path / "check.html", tmp_path
    leader.made = replace(OUTCOME, page=page, folder=folder)
    window = opened()
    be_led(hand, window, OVER)
    hand.press(window, Qt.Key.Key_0)
    hand.click(button(window, "Open the report"))
    said = words_on(window)
    hand.press(window, Qt.Key.Key_F)

    assert [Path(each) for each in asked] == [page, folder]
    # Nothing opened it, so it says where it is.
    assert str(page) in said


def test_where_nothing_was_measured_there_is_no_page_to_open(
    opened: Open, hand: Hand, leader: ToldLeader
):
    leader.made = replace(OUTCOME, page=None)
    window = opened()
    be_led(hand, window, OVER)
    hand.press(window, Qt.Key.Key_0)
    assert "Open the report" not in buttons_on(window)


def test_quiet_is_for_this_time_only(opened: Open, hand: Hand, tmp_path: Path):
    del hand

    def settings() -> QSettings:
        return QSettings(str(tmp_path / "guided.ini"), QSettings.Format.IniFormat)

    quiet, later = Heard(), Heard()
    opened(settings=settings(), cueing=quiet, quiet=True).close()
    opened(settings=settings(), cueing=later)
    assert (quiet.mode, later.mode) == (Mode.OFF, Mode.SPOKEN)


# --- a whole check, and leaving it ---


def test_a_whole_check_is_led_through(opened: Open, hand: Hand, heard: Heard):
    leader = GuidingLeader()
    window = opened(leader=leader)
    be_led(hand, window)
    titles: list[str] = []
    while window.step is Step.LED:
        leader.live(0.5)
        window._look()
        title = window.lead_page.title.text()
        if titles[-1:] != [title]:
            titles.append(title)
    repetitions = [each for each in leader.guide.done if hasattr(each, "angle_deg")]

    assert window.step is Step.PAIN_AFTER
    assert titles[0] == "Your upright"
    assert len(titles) == 8
    # Three of each of the eight ways, and six of finding the upright.
    assert len(repetitions) == 3 * 7 + 6
    assert any(words == "And back to sitting tall." for _, words in heard.cues)


def test_a_skipped_test_is_left(opened: Open, hand: Hand):
    leader = GuidingLeader()
    window = opened(leader=leader)
    be_led(hand, window)
    while leader.guide.view.item is None:
        leader.live(0.5)
    window._look()
    hand.press(window, Qt.Key.Key_S)
    leader.live(0.5)
    window._look()
    assert window.lead_page.title.text() == "Arms overhead"
    assert leader.guide.left_out == ["tall_slump"]


@pytest.mark.parametrize("step", [Step.NOTICE, Step.LED, Step.PAIN_AFTER])
def test_closing_asks_nothing_and_ends_the_cues(
    opened: Open, hand: Hand, heard: Heard, step: Step
):
    window = opened()
    if step is not Step.NOTICE:
        be_led(hand, window, OVER if step is Step.PAIN_AFTER else GOING)
    told: list[bool] = []
    window.closed.connect(lambda: told.append(True))
    window.close()
    assert not window.isVisible()
    assert QApplication.activeModalWidget() is None
    assert (told, heard.closed) == ([True], True)


def test_any_thread_may_close_the_window(hand: Hand, opened: Open):
    window = opened()
    threading.Thread(target=window.request_close).start()
    hand.wait_until(lambda: not window.isVisible())


def test_the_window_follows_the_systems_light_and_dark(
    opened: Open, monkeypatch: pytest.MonkeyPatch
):
    window = opened(theme=None)
    seen: list[bool] = []
    for dark in (True, False):
        monkeypatch.setattr(
            "midback.live.guided.window.system_theme", lambda dark=dark: Theme(dark=dark)
        )
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        seen.append(window.grab().toImage().pixelColor(3, 3).lightness() < 128)
    assert seen == [True, False]


@pytest.mark.usefixtures("app")
def test_it_opens_and_returns_when_it_is_closed(leader: ToldLeader, tmp_path: Path):
    seen: list[str] = []

    def closing(window: GuidedWindow) -> None:
        seen.append(window.windowTitle())
        window.request_close()

    open_guided(leader, remember=tmp_path / "guided.ini", opened=closing)
    assert seen == ["Midback – Movement check"]
