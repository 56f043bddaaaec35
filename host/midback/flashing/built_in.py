"""A board whose MicroPython has the firmware built in, and runs it from flash.

Imports find a file of the same name first, or even an empty folder (``sys.path``, and
py/builtinimport.c of MicroPython): that would bring the program back into memory, or keep it from
starting.  ``main.py`` is the built-in one whatever lies in the file system
(``pyexec_file_if_exists``, shared/runtime/pyexec.c).
"""

from __future__ import annotations

from midback.errors import ClipError
from midback.flashing.board import Board, Survey
from midback.flashing.on_board import NEW

_FOLDERS = ("/clip_firmware", "/midback")
_OURS = ("/clip_firmware/", "/midback/shared/", "/midback/__init__.")


def in_the_way(survey: Survey) -> list[str]:
    """The files that have to go for what is built in to be what runs.

    Somebody else's ``main.py`` may stay: it is not started.
    """
    ours = any(path.startswith(_OURS) for path in survey.files)
    mains = ["/main.py"] if ours else []
    return sorted(
        path
        for path in survey.files
        if path.startswith(tuple(f"{folder}/" for folder in _FOLDERS))
        or path in [*mains, "/main.py" + NEW]
    )


def not_ours(paths: list[str]) -> list[str]:
    """Those that no installer of ours has put there."""
    return [path for path in paths if not path.startswith((*_OURS, "/main.py"))]


def clear_the_way(board: Board, paths: list[str]) -> None:
    """Remove these files, and the folders of our names even when they are empty.

    Raises:
        ClipError: the board does not let go of them.
    """
    board.remove(paths)
    for folder in _FOLDERS:
        board.sweep(folder)
    left = in_the_way(board.survey())
    if left:
        raise ClipError(f"{left[0]} cannot be removed: erase the board by writing it with --base")
