import subprocess
import sys

import pytest
from live.scenes import Wearing, Wishes

from midback.live import display
from midback.live.display import NoWindow, display_available, open_window


@pytest.mark.parametrize(
    ("platform", "environment", "available"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen:size=800x600"}, True),
        ("linux", {"QT_QPA_PLATFORM": "xcb"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_a_display_is_found_where_there_is_one(
    platform: str, environment: dict[str, str], available: bool
):
    assert display_available(platform, environment) is available


def test_without_a_display_there_is_one_sentence_and_no_crash(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(display, "display_available", lambda: False)
    with pytest.raises(NoWindow, match="no display"):
        open_window(Wearing().trace, Wishes())


def test_a_qt_that_does_not_load_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    with pytest.raises(NoWindow, match="Qt does not load"):
        open_window(Wearing().trace, Wishes())


def failing_with(text: str):
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], -6, b"", text.encode())

    return run


def test_missing_system_libraries_are_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    said = "no Qt platform plugin could be initialized"
    monkeypatch.setattr(subprocess, "run", failing_with(said))
    with pytest.raises(NoWindow, match="sudo apt install libegl1 libxcb-cursor0"):
        display._try_qt("linux", {"DISPLAY": ":0"})


def test_a_display_that_is_gone_is_told_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "run", failing_with("qt: could not connect to display :7"))
    with pytest.raises(NoWindow, match="the display :7 does not answer"):
        display._try_qt("linux", {"DISPLAY": ":7"})


def test_qt_that_would_abort_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    # Really tried, in another process: there is no such display.
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":9999")
    with pytest.raises(NoWindow, match="the terminal view needs none"):
        open_window(Wearing().trace, Wishes())


def test_everything_but_the_window_works_without_qt():
    modules = "display, sentences, terminal, trace"
    code = f"import sys; from midback.live import {modules}; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
