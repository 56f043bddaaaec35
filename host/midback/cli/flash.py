"""``midback flash``: put the clip's firmware onto a board."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from midback.clip import scan_clips
from midback.errors import BluetoothUnavailable, ClipError, ClipNotFound, UsageError
from midback.flashing.answer import wait_for_clip
from midback.flashing.base import Image, read_image, write_image
from midback.flashing.board import Board, Survey, board_on, runs_micropython
from midback.flashing.compiling import BoardFile, board_files, can_compile
from midback.flashing.copying import Plan, carry_out, plan
from midback.flashing.ports import find_port
from midback.flashing.sources import firmware_sources

_STARTS_WITHIN_S = 30.0
"""A board formats its file system when it starts for the first time."""

_SCAN_S = 5.0


def run(args: argparse.Namespace) -> int:
    """Copy the firmware, restart the board, and wait for the clip to answer."""
    image = read_image(args.base) if args.base else None
    compiled = can_compile()
    files = board_files(firmware_sources(), compiled=compiled)
    port = args.port or _only_board(files, args)
    if image and not _base(image, port, args):
        return 0
    if not compiled:
        _say(
            "Without MicroPython's compiler the board gets sources, which take it more time and "
            "memory to start: pip install 'midback[flash]' is better."
        )
    done = _firmware(files, port, args, patience_s=_STARTS_WITHIN_S if image else 0.0)
    if done:
        _say("Waiting for the clip.")
        _say(f"The clip answers: {wait_for_clip(port)}.")
        _say(_next_step())
    return 0


def _only_board(files: Sequence[BoardFile], args: argparse.Namespace) -> str:
    """Where the board is; where there is none, a dry run still tells what any would get.

    Raises:
        ClipNotFound: no board is connected, or several are.
    """
    try:
        return find_port()
    except ClipNotFound:
        if args.dry_run:
            for file in files:
                _say(f"would copy    {_kb(len(file.content)):>8}  {file.path}")
            _say(f"{_files(files)}, {_size(files)} in all.")
        raise


def _base(image: Image, port: str, args: argparse.Namespace) -> bool:
    """Write MicroPython itself; whether there is more to do."""
    erase = not runs_micropython(port)
    what = f"MicroPython {image.version} for {image.chip.name} ({_kb(image.size)}) to {port}"
    if args.dry_run:
        before = "erase the whole flash, then write" if erase else "write"
        _say(f"Would {before} {what}, and the firmware after it.")
        return False
    if erase:
        _confirm(f"No MicroPython answers on {port}: everything on the board is erased", args)
    _say(f"Writing {what}; takes about half a minute.")
    write_image(image, port, erase=erase)
    if not args.port:
        _see_again(port)
    return True


def _see_again(port: str) -> None:
    """Wait until a board whose USB starts anew is back.

    Raises:
        ClipNotFound: it is not.
    """
    deadline_s = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            found = find_port()
        except ClipNotFound:
            found = ""
        if found == port:
            return
        if time.monotonic() > deadline_s:
            raise ClipNotFound(
                "MicroPython is written, but the board is not seen again: press its reset "
                "button, and run this again without --base"
            )
        time.sleep(0.5)


def _firmware(
    files: Sequence[BoardFile], port: str, args: argparse.Namespace, patience_s: float
) -> bool:
    """Make the board's files those of this release; whether the clip has to answer now."""
    with board_on(port, patience_s) as board:
        _say(f"{board.machine} on {port}, MicroPython {board.version}.")
        survey = board.survey()
        changes = plan(files, survey)
        if args.dry_run:
            _list(changes, survey)
            return False
        if _runs_another_program(survey):
            _confirm("The board has a main.py that is not Midback's: it is replaced", args)
        _copy(board, changes)
    return True


def _copy(board: Board, changes: Plan) -> None:
    if changes.same:
        _say(f"{_files(changes.same)} already there.")
    total = len(changes.copy)
    for number, file in enumerate(carry_out(board, changes), 1):
        _say(f"{number:3} of {total}  {_kb(len(file.content)):>8}  {file.path}")
    for path in changes.remove:
        _say(f"removed  {path}")
    _say("Every file is verified; the board restarts.")


def _list(changes: Plan, survey: Survey) -> None:
    for file in changes.copy + changes.waiting:
        _say(f"would copy    {_kb(len(file.content)):>8}  {file.path}")
    for file in changes.same:
        _say(f"already there {_kb(len(file.content)):>8}  {file.path}")
    for path in changes.remove:
        _say(f"would remove            {path}")
    everything = changes.copy + changes.waiting + changes.same
    _say(
        f"{_files(everything)}, {_size(everything)} in all; {_size(changes.copy)} to copy, "
        f"{len(changes.remove)} to remove, {_kb(survey.free)} free."
    )
    _say("Nothing was changed; the board restarts.")


def _runs_another_program(survey: Survey) -> bool:
    ours = any(path.startswith("/clip_firmware/") for path in survey.files)
    return "/main.py" in survey.files and not ours


def _confirm(what: str, args: argparse.Namespace) -> None:
    """Go on only if the user wants to.

    Raises:
        UsageError: they do not, or nobody is there to ask.
    """
    if args.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: say --yes if that is meant")
    if input(f"{what}. Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UsageError("nothing was changed; name another board with --port")


def _next_step() -> str:
    try:
        seen = asyncio.run(scan_clips(_SCAN_S))
    except (BluetoothUnavailable, ClipError) as error:
        return f"This computer cannot look for it: {error}.  Then: 'midback scan'."
    if not seen:
        return "Bluetooth does not see it yet: 'midback scan' looks again."
    return "Bluetooth sees it.  Next: put it on, and 'midback calibrate --bow --slump'."


def _files(files: Sequence[BoardFile]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"


def _size(files: Sequence[BoardFile]) -> str:
    return _kb(sum(len(file.content) for file in files))


def _kb(size: int) -> str:
    return f"{size / 1000:.1f} kB" if size >= 1000 else f"{size} B"


def _say(text: str) -> None:
    print(text, flush=True)
