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


def test_a_missing_x11_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(display, "X11_LIBRARY", "libthere-is-none.so.0")
    with pytest.raises(NoWindow, match="sudo apt install libxcb-cursor0"):
        display._check_x11("linux", {"DISPLAY": ":0"})


def test_everything_but_the_window_works_without_qt():
    modules = "display, sentences, terminal, trace"
    code = f"import sys; from midback.live import {modules}; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
