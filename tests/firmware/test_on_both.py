"""Every check of the firmware's parts, on both Pythons."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from shared.board import HEAP, run_on_board

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("check_*.py"))
LARGE = dict.fromkeys(["check_clip", "check_control", "check_stream", "check_wearer"], "1m")
"""Memory for those that import nearly all of the firmware: on a board it lies compiled in flash,
here it is compiled where it runs."""


def checks_of(module: ModuleType) -> dict[str, Callable[[], None]]:
    return {name: check for name, check in vars(module).items() if name.startswith("check_")}


@pytest.mark.parametrize("name", NAMES)
def test_the_desktop_interpreter_holds_every_check_of(name: str):
    for check in checks_of(importlib.import_module(f"firmware.{name}")).values():
        check()


@pytest.mark.parametrize("name", NAMES)
def test_the_boards_interpreter_holds_every_check_of(name: str):
    count = len(checks_of(importlib.import_module(f"firmware.{name}")))
    said = run_on_board(HERE / f"{name}.py", heap=LARGE.get(name, HEAP))
    assert said == f"{count} checks hold\n"
