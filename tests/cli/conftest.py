from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.user import Demo, Outcome, demo_of, run

# One story has the whole firmware in it, which needs what the board has built in.
_FAKES = Path(__file__).parents[1] / "firmware" / "fakes"

for _folder in (_FAKES, _FAKES / "cpython"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))


@pytest.fixture(autouse=True)
def _own_places(  # pyright: ignore[reportUnusedFunction]
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read from or left in the places of whoever runs the tests."""
    monkeypatch.setenv("MIDBACK_DATA", str(tmp_path / "nothing yet"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def midback(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """The command as a user types it: ``midback("day", "--json")``."""

    def typed(*argv: object) -> Outcome:
        capsys.readouterr()
        code = run(argv)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return typed


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """What a headless demo of twenty minutes left and said."""
    return demo_of(tmp_path_factory.mktemp("demo") / "day", seed=6, minutes=20)
