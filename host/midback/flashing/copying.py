"""Making the firmware's files on a board those of this release, so that nothing half stays.

All changed files are written and verified beside those in use, and then take over at once: a
copy that breaks off leaves the old firmware whole, and the next run reuses what has arrived.
Only where the flash is too small for both do files take over one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from midback.errors import ClipError
from midback.flashing.board import Board, Survey, no_space
from midback.flashing.compiling import BoardFile
from midback.flashing.on_board import NEW

_OWN_FOLDERS = ("/clip_firmware/", "/midback/shared/")
_TRIES = 2
_SPARE_BLOCKS = 4
"""For the folders' own entries, which littlefs writes anew at each change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to change on a board.

    Attributes:
        same: already there.
        waiting: arrived in an earlier run, but not yet in use.
        copy: to be written.
        remove: paths of an older firmware, or of a run that broke off.
        at_once: whether there is space for all of them beside those in use.
    """

    same: list[BoardFile]
    waiting: list[BoardFile]
    copy: list[BoardFile]
    remove: list[str]
    at_once: bool

    @property
    def changes(self) -> bool:
        """Whether anything has to change."""
        return bool(self.waiting or self.copy or self.remove)


def plan(files: Sequence[BoardFile], survey: Survey) -> Plan:
    """What has to change on a board for it to have exactly *files*.

    Raises:
        ClipError: there is not even space to change one file after the other.
    """
    there = survey.files
    same = [file for file in files if there.get(file.path) == file.sha256]
    changed = [file for file in files if file not in same]
    waiting = [file for file in changed if there.get(file.path + NEW) == file.sha256]
    copy = [file for file in changed if file not in waiting]
    needs = [_space(file, survey.block) for file in copy]
    spare = _SPARE_BLOCKS * survey.block
    if copy and max(needs) + spare > survey.free:
        raise no_space(max(needs) + spare - survey.free)
    keep = {file.path for file in files} | {file.path + NEW for file in waiting}
    remove = sorted(path for path in there if path not in keep and _is_ours(path, files))
    return Plan(same, waiting, copy, remove, sum(needs) + spare <= survey.free)


def carry_out(board: Board, plan: Plan) -> Iterator[BoardFile]:
    """Copy what is to be copied, each file given once it has arrived, then bring it into use.

    Raises:
        ClipError: a file arrives broken, or there is no space.
    """
    if not plan.at_once:
        board.remove(plan.remove)
    for file in plan.copy:
        _write(board, file)
        if not plan.at_once:
            board.take_over([file.path])
        yield file
    written = plan.waiting + (plan.copy if plan.at_once else [])
    board.take_over([file.path for file in written])
    board.remove(plan.remove)
    _verify(board, plan)


def _write(board: Board, file: BoardFile) -> None:
    for _ in range(_TRIES):
        if board.write(file):
            return
    raise _broken(file.path)


def _verify(board: Board, plan: Plan) -> None:
    there = board.survey().files
    for file in plan.same + plan.waiting + plan.copy:
        if there.get(file.path) != file.sha256:
            raise _broken(file.path)


def _broken(path: str) -> ClipError:
    return ClipError(
        f"{path} arrived broken {_TRIES} times: try another cable or USB port; if it stays so, "
        "the board's flash is worn"
    )


def _space(file: BoardFile, block: int) -> int:
    return -(-len(file.content) // block) * block


def _is_ours(path: str, files: Sequence[BoardFile]) -> bool:
    if path.startswith(_OWN_FOLDERS):
        return True
    # A .py beside a .mpy of the same name would be the one that MicroPython takes.
    stem = path.removesuffix(NEW).rpartition(".")[0]
    return any(file.path.rpartition(".")[0] == stem for file in files)
