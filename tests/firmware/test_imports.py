"""Which module may need what: the board in one place, the radio in one place."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from shared.board import ROOT

from clip_firmware import VERSION

FIRMWARE = ROOT / "firmware"
FILES = [FIRMWARE / "main.py", *sorted((FIRMWARE / "clip_firmware").glob("*.py"))]
DRIVERS = {
    "battery.py",
    "button.py",
    "buzzer.py",
    "clock.py",
    "drv2605l.py",
    "imu.py",
    "lsm6.py",
    "lsm6dsox.py",
    "lsm6dsv16x.py",
    "motor.py",
    "sampler.py",
}
OWN = {"clip_firmware", "midback"}
ALLOWED = {"array", "binascii", "errno", "gc", "math", "micropython", "struct"}
"""What any module may import: a board has it, and so has CPython or the tests' fakes."""

ONLY = {
    "machine": {"main.py"},
    "esp32": {"main.py"},
    "os": {"main.py"},
    "sys": {"main.py"},
    "time": {"main.py"},
    "bluetooth": {"radio.py"},
    "asyncio": {"app.py", "main.py", "radio.py"},
}


def for_the_checker(node: ast.AST) -> bool:
    """Whether this is ``if TYPE_CHECKING``, which no board ever enters."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST) -> Iterator[str]:
    """The modules imported when it runs, with the names taken from them."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert not node.level, "the board's code says from where it imports"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    children = node.orelse if for_the_checker(node) and isinstance(node, ast.If) else None
    for child in ast.iter_child_nodes(node) if children is None else children:
        yield from imports(child)


def imported(file: Path) -> set[str]:
    return set(imports(ast.parse(file.read_text())))


def roots(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(file)}


def test_what_a_module_needs_at_runtime_is_told_from_what_only_the_checker_reads():
    source = "if TYPE_CHECKING:\n    import typing\nelse:\n    import a\nfrom b import c\n"
    assert set(imports(ast.parse(source))) == {"a", "b.c"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_those_that_may_import_it_do(file: Path):
    wrong = {name for name in roots(file) & ONLY.keys() if file.name not in ONLY[name]}
    assert wrong == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_imported_that_the_tests_or_a_board_lack(file: Path):
    assert roots(file) - OWN - ALLOWED - ONLY.keys() == set()


@pytest.mark.parametrize("module", sorted(ONLY))
def test_each_rule_is_about_somebody(module: str):
    assert any(module in roots(file) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_of_midback_only_what_is_shared_runs_on_the_clip(file: Path):
    own = {name for name in imported(file) if name.startswith("midback")}
    assert all(name.startswith("midback.shared.") for name in own)


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_a_driver_knows_no_board_and_no_clip(name: str):
    own = imported(FIRMWARE / "clip_firmware" / name)
    above = (
        "clip_firmware.board",
        "clip_firmware.app",
        "clip_firmware.clip.",
        "clip_firmware.radio",
    )
    assert not [found for found in own if found.startswith(above)]


def test_the_firmware_is_of_the_projects_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
