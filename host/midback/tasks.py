"""Several things at once, until one of them fails.

Not ``asyncio.TaskGroup``: before Python 3.13 a group that fails at the moment at which it is
cancelled forgets the latter, and a link that breaks while the program is closed would be looked
for again for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from midback.errors import MidbackError


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do several things at once until one fails; the others end, and its error is ours.

    Raises:
        MidbackError: the first that one of them raised.
        ExceptionGroup: anything else they raised.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await _ended(tasks)
    _raise_first([task.exception() for task in tasks if not task.cancelled()])


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait until all have ended, also when that is cancelled, which is raised afterwards."""
    cancelled: asyncio.CancelledError | None = None
    while pending := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(pending)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


def _raise_first(outcomes: list[BaseException | None]) -> None:
    errors = [error for error in outcomes if error is not None]
    unexpected = [error for error in errors if not isinstance(error, MidbackError)]
    if unexpected:
        raise BaseExceptionGroup("what was done at once failed", unexpected)
    if errors:
        raise errors[0]
