"""Every check of what clip and host share, on both Pythons."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from shared import (
    check_coach,
    check_contexts,
    check_epochs,
    check_flexion,
    check_home,
    check_judge,
    check_motion,
    check_nudge,
    check_posture,
    check_rezero,
    check_slump,
    check_tilt,
    check_wear,
    check_wire,
)
from shared.board import run_on_board

MODULES = (
    check_wire,
    check_tilt,
    check_flexion,
    check_slump,
    check_judge,
    check_nudge,
    check_posture,
    check_epochs,
    check_coach,
    check_wear,
    check_contexts,
    check_rezero,
    check_home,
    check_motion,
)


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def checks_of(module: ModuleType) -> dict[str, Callable[[], None]]:
    return {name: check for name, check in vars(module).items() if name.startswith("check_")}


CHECKS = [
    pytest.param(check, id=f"{name_of(module)}:{name.removeprefix('check_')}")
    for module in MODULES
    for name, check in checks_of(module).items()
]


@pytest.mark.parametrize("check", CHECKS)
def test_the_host_holds(check: Callable[[], None]):
    check()


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_the_clip_holds_every_check_of(module: ModuleType):
    said = run_on_board(Path(str(module.__file__)))
    assert said == f"{len(checks_of(module))} checks hold\n"
