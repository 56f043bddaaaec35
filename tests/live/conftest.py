"""A display in memory, and a hand that clicks and types.

Not pytest-qt: it cannot even start where Qt's system libraries are missing, and everything
else must still be tested there.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget
except ImportError:
    # The tests that need Qt say themselves why they are skipped.
    pass
else:

    class Hand:
        """Uses widgets as a person would; closes those given to it at the end of the test."""

        def __init__(self) -> None:
            self._widgets: list[QWidget] = []

        def take(self, widget: QWidget) -> None:
            """Close this widget at the end."""
            self._widgets.append(widget)

        def press(self, widget: QWidget, key: Qt.Key) -> None:
            """Press and release a key."""
            QTest.keyClick(widget, key)

        def click(self, widget: QWidget) -> None:
            """Click with the left button."""
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

        def wait(self, milliseconds: int) -> None:
            """Let the window live for a while."""
            QTest.qWait(milliseconds)

        def wait_until(self, happened: Callable[[], bool], seconds: float = 5.0) -> None:
            """Let the window live until something happened."""
            until = time.monotonic() + seconds
            while not happened():
                assert time.monotonic() < until, "waited in vain"
                QTest.qWait(10)

        def drop(self) -> None:
            """Close what was taken."""
            for widget in self._widgets:
                widget.close()
                widget.deleteLater()
            QApplication.processEvents()

    @pytest.fixture(scope="session")
    def app() -> QApplication:
        there = QApplication.instance()
        return there if isinstance(there, QApplication) else QApplication(["tests"])

    @pytest.fixture
    def hand(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
        """Also fails the test when a slot or an event handler raised: Qt swallows that."""
        del app
        raised: list[BaseException] = []
        monkeypatch.setattr(sys, "excepthook", lambda *told: raised.append(told[1]))
        hand = Hand()
        yield hand
        hand.drop()
        assert raised == []
