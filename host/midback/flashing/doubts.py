"""What speaks against copying the firmware's files onto a board, for the user to weigh."""

from __future__ import annotations

from midback.flashing.board import Board, Survey
from midback.flashing.chips import Chip
from midback.flashing.copying import Plan

GUIDE = "firmware/boards/README.md"


def doubts(board: Board, survey: Survey, changes: Plan, version: str) -> list[str]:
    """Sentences without their full stop, none when nothing speaks against it."""
    found: list[str] = []
    if board.built_in:
        found.append(_of_another_version(board.built_in, version))
    elif not board.chip.roomy and (changes.copy or changes.waiting):
        found.append(short_of_memory(board.chip))
    if _runs_another_program(survey):
        found.append("The board has a main.py that is not Midback's: it is replaced")
    return found


def short_of_memory(chip: Chip) -> str:
    """A chip whose memory is probably too small for the firmware as files."""
    return (
        f"The memory of an {chip.name} will probably not do for the firmware as files (computed, "
        f"not tried): {GUIDE} says how to build a MicroPython with the firmware in it"
    )


def _of_another_version(built_in: str, version: str) -> str:
    return (
        f"Firmware {built_in} is built into the board's MicroPython, this is {version}: better "
        f"build one with this in it ({GUIDE}) and write it with --base; files take memory, and "
        f"the main.py of {built_in} goes on starting them"
    )


def _runs_another_program(survey: Survey) -> bool:
    ours = any(path.startswith("/clip_firmware/") for path in survey.files)
    return "/main.py" in survey.files and not ours
