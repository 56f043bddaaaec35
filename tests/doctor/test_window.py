"""Whether a window could be shown, found out without showing one."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from midback.doctor import Mark, window

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="others always have a display")


def found(**environment):
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "")}
    return window.examine(kept | environment)


def answering(monkeypatch, returncode, said=b""):
    def run(command, **_):
        return subprocess.CompletedProcess(command, returncode, b"", said)

    monkeypatch.setattr("midback.doctor.window.subprocess.run", run)


@linux_only
def test_without_a_display_there_are_words_and_no_problem():
    findings = found()

    assert [(f.name, f.mark) for f in findings] == [("Qt", Mark.OK), ("display", Mark.NOTE)]
    assert findings[1].to_do == "'midback live' tells the same in words."


def test_where_qt_starts_a_window_can_be_opened(monkeypatch):
    answering(monkeypatch, 0)
    findings = found(DISPLAY=":0")

    assert [finding.mark for finding in findings] == [Mark.OK] * 3


@linux_only
@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"DISPLAY": "annes-laptop:0"}, "X11"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "Wayland"),
        ({"QT_QPA_PLATFORM": "offscreen:anne"}, "offscreen"),
    ],
)
def test_the_display_is_told_by_its_kind_only(monkeypatch, environment, kind):
    answering(monkeypatch, 0)

    assert found(**environment)[1].found == kind


ABORTED = b"""qt.qpa.plugin: From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb
qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.

Available platform plugins are: minimal, linuxfb, offscreen, xcb, wayland.
"""
NO_LIBRARY = b"""Traceback (most recent call last):
  File "<string>", line 1, in <module>
    raise ImportError("libEGL.so.1: cannot open shared object file")
ImportError: libEGL.so.1: cannot open shared object file: No such file or directory
"""
NO_DISPLAY = b"qt.qpa.xcb: could not connect to display annes-laptop:0\n"


@linux_only
@pytest.mark.parametrize(
    ("said", "words", "to_do"),
    [
        (ABORTED, "xcb-cursor0 or libxcb-cursor0 is needed", "sudo apt install libegl1"),
        (
            NO_LIBRARY,
            "(ImportError: libEGL.so.1: cannot open shared object",
            "sudo apt install libegl1",
        ),
        (NO_DISPLAY, "the display does not answer", "in words"),
        (b"", "without a word", "sudo apt install"),
    ],
)
def test_a_qt_that_does_not_start_is_a_note_with_something_to_do(monkeypatch, said, words, to_do):
    answering(monkeypatch, -6, said)
    trial = found(DISPLAY=":0")[2]

    assert trial.mark is Mark.NOTE
    assert words in trial.found
    assert to_do in trial.to_do
    assert "annes-laptop" not in trial.found


def test_a_display_that_hangs_is_given_up(monkeypatch):
    def hangs(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr("midback.doctor.window.subprocess.run", hangs)

    assert found(DISPLAY=":0")[2].found == "the display does not answer"


def test_a_qt_that_is_not_installed_is_a_note(monkeypatch):
    monkeypatch.setattr("midback.doctor.window.version", _nothing_is_installed)

    assert found()[0].mark is Mark.NOTE


def _nothing_is_installed(name):
    raise PackageNotFoundError(name)


@linux_only
def test_the_trial_itself_runs_as_a_process_that_may_die(tmp_path):
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("import os; os.abort()")
    findings = found(DISPLAY=":0", PYTHONPATH=str(tmp_path))

    assert findings[2].mark is Mark.NOTE
    assert findings[2].found == "Qt does not start (without a word)"
