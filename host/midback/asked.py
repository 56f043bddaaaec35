"""What other processes can ask of the running monitor, and its answers.

A new request is a function here that takes the monitor and the request's facts and gives the
answer's, and a line in ``requests_of``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from enum import Enum
from functools import partial
from math import isfinite
from typing import Any, Protocol, cast

from midback.control import Facts, Request
from midback.errors import UsageError
from midback.link import Link
from midback.pausing import PAUSE
from midback.watching import Now
from midback.words import State

LONGEST_SNOOZE_MIN = 24 * 60.0


class Obeying(Protocol):
    """What a monitor does for whoever asks."""

    def snooze(self, minutes: float) -> None:
        """No buzzes for so long; 0 ends the rest."""
        ...

    @property
    def contexts(self) -> list[str]:
        """The names the wearer can choose from."""
        ...

    def choose(self, context: str) -> bool:
        """The wearer is in another context; whether an upright is known there."""
        ...

    def hold(self, reason: str) -> None:
        """Let nudges wait for a reason."""
        ...

    def release(self, reason: str) -> None:
        """That reason no longer stands."""
        ...

    def now(self) -> Now | None:
        """The facts of this moment; ``None`` until a clip was found."""
        ...


def requests_of(monitor: Obeying) -> Mapping[str, Request]:
    """All requests by name, as *monitor* meets them."""
    return {
        "context": partial(_context, monitor),
        "pause": partial(_pause, monitor),
        "snooze": partial(_snooze, monitor),
        "status": partial(_status, monitor),
    }


def facts_of(now: Now) -> Facts:
    """The facts of a moment as they go over a line."""
    return {field.name: _plain(getattr(now, field.name)) for field in fields(now)}


def now_of(facts: Facts) -> Now:
    """The moment that ``facts_of`` gave these facts of; what is new to us is left out.

    Raises:
        UsageError: something is missing that must be known.
    """
    try:
        return Now(
            **{
                field.name: _read(str(field.type), facts[field.name])
                for field in fields(Now)
                if field.name in facts
            }
        )
    except (TypeError, ValueError, KeyError) as error:
        raise UsageError(
            "the running Midback tells something else than is asked for here: "
            "both must be of the same release"
        ) from error


async def _snooze(monitor: Obeying, facts: Facts) -> Facts:
    """Let buzzes rest: ``minutes``, 0 to end it."""
    minutes = facts.get("minutes")
    # True is a number as well.
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        raise UsageError("minutes is a number")
    if not (isfinite(minutes) and 0.0 <= minutes <= LONGEST_SNOOZE_MIN):
        raise UsageError(f"minutes is from 0 to {LONGEST_SNOOZE_MIN:.0f}")
    monitor.snooze(minutes)
    return _told(monitor)


async def _context(monitor: Obeying, facts: Facts) -> Facts:
    """Go to another context: ``name``; without one, only tell which there are."""
    name = facts.get("name")
    known = None
    if name is not None:
        try:
            known = monitor.choose(str(name))
        except ValueError as error:
            raise UsageError(str(error)) from error
    return {**_told(monitor), "contexts": monitor.contexts, "known": known}


async def _pause(monitor: Obeying, facts: Facts) -> Facts:
    """Let buzzes wait until further notice: ``on``, or not."""
    on = facts.get("on")
    if not isinstance(on, bool):
        raise UsageError("on is true or false")
    (monitor.hold if on else monitor.release)(PAUSE)
    return _told(monitor)


async def _status(monitor: Obeying, facts: Facts) -> Facts:
    """What is known at this moment."""
    del facts
    return _told(monitor)


def _told(monitor: Obeying) -> Facts:
    now = monitor.now()
    return {"now": None if now is None else facts_of(now)}


def _plain(value: Any) -> Any:
    if isinstance(value, State):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return list(cast(tuple[str, ...], value)) if isinstance(value, tuple) else value


def _read(kind: str, value: Any) -> Any:
    """The value of a field whose annotation is *kind*."""
    if value is None:
        return None
    match kind.removesuffix(" | None"):
        case "State":
            return State[value.upper()]
        case "Link":
            return Link(value)
        case "datetime":
            return datetime.fromisoformat(value)
        case "tuple[str, ...]":
            return tuple(value)
        case _:
            return value
