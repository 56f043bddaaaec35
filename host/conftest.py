"""Broken imports fail the run of the library's own examples, but for those of the window.

Its modules are skipped with the reason where Qt does not load, whose wheels need libraries of the
system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

_WINDOW = Path(__file__).parent / "midback" / "live"

Collect = Callable[[], Iterable[pytest.Item | pytest.Collector]]


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Look for tests in the window's modules only where they can be imported."""
    if collector.path.parent == _WINDOW:
        collector.collect = partial(_where_qt_loads, collector.collect)


def _where_qt_loads(collect: Collect) -> Iterable[pytest.Item | pytest.Collector]:
    try:
        return list(collect())
    except pytest.Collector.CollectError as error:
        if isinstance(cause := error.__cause__, ImportError) and _is_qts(cause):
            pytest.skip(f"Qt does not load here: {cause}")
        raise


def _is_qts(error: ImportError) -> bool:
    """Whether Qt is not there, or what it needs is not; pyqtgraph says it in words of its own."""
    return "PySide6" in f"{error.name} {error.path} {error}"
