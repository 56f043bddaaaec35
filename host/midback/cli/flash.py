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
from midback.flashing.built_in import clear_the_way, in_the_way, not_ours
from midback.flashing.compiling import BoardFile, board_files, can_compile
from midback.flashing.copying import Plan, carry_out, plan
from midback.flashing.doubts import doubts, short_of_memory
from midback.flashing.ports import find_port
from midback.flashing.sources import firmware_sources, firmware_version

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
    done = _firmware(files, port, args, written=image is not None)
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
    files = "with the firmware in it" if image.has_firmware else "and the firmware after it"
    doubt = "" if image.has_firmware or image.chip.roomy else short_of_memory(image.chip)
    if args.dry_run:
        before = "erase the whole flash, then write" if erase else "write"
        _say(f"Would {before} {what}, {files}.")
        _warn([doubt] if doubt else [])
        return False
    if doubt:
        _confirm(doubt, args)
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
    files: Sequence[BoardFile], port: str, args: argparse.Namespace, *, written: bool
) -> bool:
    """Make what runs on the board that of this release; whether the clip has to answer now.

    *written* is whether MicroPython was written just now, and asked about.
    """
    with board_on(port, _STARTS_WITHIN_S if written else 0.0) as board:
        _say(f"{board.machine} on {port}, MicroPython {board.version}.")
        version = firmware_version()
        survey = board.survey()
        if board.built_in == version:
            return _built_in(board, survey, args)
        changes = plan(files, survey)
        against = doubts(board, survey, changes, version)
        if args.dry_run:
            _warn(against)
            _list(changes, survey)
            return False
        for doubt in against:
            if not (written and doubt == short_of_memory(board.chip)):
                _confirm(doubt, args)
        _copy(board, changes)
    return True


def _built_in(board: Board, survey: Survey, args: argparse.Namespace) -> bool:
    """Leave the firmware where it runs from flash; whether the clip has to answer now."""
    _say(f"Firmware {board.built_in} is built into its MicroPython: nothing is to copy.")
    remove = in_the_way(survey)
    if args.dry_run:
        for path in remove:
            _say(f"would remove            {path}")
        _say("Nothing was changed; the board restarts.")
        return False
    for path in not_ours(remove):
        _confirm(f"{path} is not Midback's, but keeps the firmware from starting: it goes", args)
    clear_the_way(board, remove)
    for path in remove:
        _say(f"removed  {path}")
    _say("The board restarts.")
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


def _warn(against: Sequence[str]) -> None:
    for doubt in against:
        _say(f"Mind: {doubt}.")


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
