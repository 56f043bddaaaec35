from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flashing.pty_board import PtyBoard
from flashing.releases import boards, firmware_of

from midback.flashing import sources
from midback.flashing.compiling import BoardFile, board_files

collect_ignore = ["board_side"]
"""What runs on MicroPython only."""


@pytest.fixture
def plug_in(tmp_path: Path) -> Iterator[Callable[..., PtyBoard]]:
    """Plugs boards in."""
    yield from boards(tmp_path)


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small firmware in place of the real one, which needs a board's hardware."""
    folder = tmp_path / "firmware"
    firmware_of(folder)
    monkeypatch.setattr(sources, "firmware_folder", lambda: folder)
    return folder


@pytest.fixture
def files(release: Path) -> list[BoardFile]:
    """What the release puts onto a board."""
    assert release.is_dir()
    return board_files(sources.firmware_sources(), compiled=True)
