"""Who else has the clip: another Midback, or another program on this computer."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from midback.cli import LOOK_CLOSER
from midback.errors import ClipNotFound, RecordingBusy
from midback.recording.lock import held_by


def refuse_second(folder: Path) -> None:
    """Leave before anything is shown where another Midback records already.

    Raises:
        RecordingBusy: one does; says which process it is.
    """
    busy = _busy(folder)
    if busy is not None:
        raise busy


@contextmanager
def telling_who_has_it(folder: Path) -> Generator[None]:
    """A clip that no scan hears may be linked to this very computer: then say so instead.

    Raises:
        ClipNotFound: who has the clip, as far as that is known.
    """
    try:
        yield
    except ClipNotFound as error:
        busy = _busy(folder)
        if busy is not None:
            raise ClipNotFound(
                f"no clip is heard because {busy.who} has it: close that first"
            ) from error
        linked = asyncio.run(_linked())
        if not linked:
            raise ClipNotFound(f"{error}; {LOOK_CLOSER}") from error
        raise ClipNotFound(
            f"the clip {linked[0]} is linked to this computer already, to another program or one "
            "that was killed: close that program, or switch the clip off and on"
        ) from error


def _busy(folder: Path) -> RecordingBusy | None:
    # A folder that cannot be looked into is told about when it is opened.
    with suppress(OSError):
        return held_by(folder)
    return None


async def _linked() -> list[str]:
    # Here, because a clip that is found need not wait for it to load.
    from midback.doctor.linked import linked_here

    return await linked_here()
