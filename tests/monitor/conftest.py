from pathlib import Path

import pytest

from midback.shared import wire


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def patterns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the clip was asked to buzz."""
    asked: list[int] = []
    real = wire.encode_command

    def encode(op: int, tag: int, *args: int) -> bytes:
        asked.extend(args[:1] if op == wire.OP_BUZZ else ())
        return real(op, tag, *args)

    monkeypatch.setattr("midback.shared.wire.encode_command", encode)
    return asked
